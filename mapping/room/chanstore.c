/* SPDX-License-Identifier: MIT */
#include "mapping/room/chanstore.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

struct chanstore_entry {
	uint32_t at; /* of the name in the text; the topic follows it */
	uint32_t users;
	uint16_t name_len;
	uint16_t topic_len;
};

enum { ENTRIES_FIRST = 256 };

void chanstore_init(struct chanstore *c)
{
	*c = (struct chanstore){0};
	buf_init(&c->text, CHANSTORE_TEXT);
}

void chanstore_finish(struct chanstore *c)
{
	buf_finish(&c->text);
	free(c->entries);
	chanstore_init(c);
}

static void grow(struct chanstore *c)
{
	c->cap = c->cap ? c->cap * 2 : ENTRIES_FIRST;
	c->entries = must_realloc(c->entries, c->cap * sizeof *c->entries);
}

bool chanstore_add(struct chanstore *c, const struct chanstore_channel *channel)
{
	struct slice topic = channel->topic;
	size_t at = c->text.len;

	must(channel->name.len <= CASEMAP_NAME_MAX);
	topic.len = utf8_cut(topic, CHANSTORE_TOPIC);
	if (c->n == CHANSTORE_CHANNELS) {
		return false;
	}
	buf_add_slice(&c->text, channel->name);
	buf_add_slice(&c->text, topic);
	if (c->text.overflow) {
		buf_truncate(&c->text, at);
		return false;
	}
	if (c->n == c->cap) {
		grow(c);
	}
	c->entries[c->n++] = (struct chanstore_entry){
		.at = (uint32_t)at,
		.users = channel->users,
		.name_len = (uint16_t)channel->name.len,
		.topic_len = (uint16_t)topic.len,
	};
	return true;
}

/* ---- order ---- */

static struct slice name_of(const struct chanstore *c,
	const struct chanstore_entry *e)
{
	return slice(c->text.p + e->at, e->name_len);
}

/*
 * While sorting: names are folded once, and most differ in the characters that
 * are compared as one number.
 */
struct sorted {
	uint64_t key; /* the eight characters after the first */
	struct slice name; /* folded */
	uint32_t i;
};

static uint64_t key_of(struct slice name)
{
	uint64_t key = 0;

	for (size_t i = 1; i <= sizeof key; i++) {
		unsigned char c =
			i < name.len ? (unsigned char)name.p[i] : '\0';

		key = key << 8 | c;
	}
	return key;
}

static int order_of(struct slice a, struct slice b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.p, b.p, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_name(const void *a, const void *b)
{
	const struct sorted *one = a;
	const struct sorted *two = b;
	int order;

	if (one->key != two->key && one->name.len > 0 && two->name.len > 0 &&
		one->name.p[0] == two->name.p[0]) {
		return one->key < two->key ? -1 : 1;
	}
	order = order_of(one->name, two->name);
	/* The one told first stands first: the last of equal ones stays. */
	return order != 0 ? order : (one->i < two->i ? -1 : 1);
}

/* The entries' names, folded into `text`, in the order of the entries. */
static struct sorted *fold(const struct chanstore *c, struct buf *text)
{
	struct sorted *order = must_calloc(c->n, sizeof *order);
	char *p = buf_reserve(text, c->text.len);

	must(p != NULL);
	for (size_t i = 0; i < c->n; i++) {
		struct slice name = name_of(c, &c->entries[i]);

		for (size_t k = 0; k < name.len; k++) {
			p[k] = casemap_fold_char(c->casemap, name.p[k]);
		}
		order[i].name = slice(p, name.len);
		order[i].key = key_of(order[i].name);
		order[i].i = (uint32_t)i;
		p += name.len;
	}
	return order;
}

/* Entries and their text in the new order, in exactly as much memory. */
static void rebuild(struct chanstore *c, const struct sorted *order, size_t n)
{
	struct chanstore_entry *entries = must_calloc(n, sizeof *entries);
	struct buf text;
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++) {
		const struct chanstore_entry *e = &c->entries[order[i].i];

		bytes += (size_t)e->name_len + e->topic_len;
	}
	buf_init(&text, bytes);
	must(bytes == 0 || buf_reserve(&text, bytes) != NULL);
	for (size_t i = 0; i < n; i++) {
		entries[i] = c->entries[order[i].i];
		entries[i].at = (uint32_t)text.len;
		buf_add(&text, c->text.p + c->entries[order[i].i].at,
			(size_t)entries[i].name_len + entries[i].topic_len);
	}
	must(!text.overflow);
	free(c->entries);
	buf_finish(&c->text);
	c->entries = entries;
	c->text = text;
	c->n = n;
	c->cap = n;
}

static void choose_largest(struct chanstore *c)
{
	uint32_t *kept = c->largest;
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		uint32_t users = c->entries[i].users;
		size_t at = n;

		while (at > 0 && c->entries[kept[at - 1]].users < users) {
			at--;
		}
		if (at == CHANSTORE_LARGEST) {
			continue; /* as large as the smallest of them, or less */
		}
		if (n < CHANSTORE_LARGEST) {
			n++;
		}
		memmove(&kept[at + 1], &kept[at], (n - at - 1) * sizeof *kept);
		kept[at] = (uint32_t)i;
	}
	c->nlargest = n;
}

void chanstore_sort(struct chanstore *c, enum casemap casemap)
{
	struct sorted *order;
	struct buf folded;
	size_t kept = 0;

	c->casemap = casemap;
	c->nlargest = 0;
	if (c->n == 0) {
		return;
	}
	buf_init(&folded, CHANSTORE_TEXT);
	order = fold(c, &folded);
	qsort(order, c->n, sizeof *order, by_name);
	for (size_t i = 0; i < c->n; i++) {
		if (kept > 0 &&
			slice_eq(order[kept - 1].name, order[i].name)) {
			kept--;
		}
		order[kept++] = order[i];
	}
	rebuild(c, order, kept);
	choose_largest(c);
	free(order);
	buf_finish(&folded);
}

/* ---- reading ---- */

size_t chanstore_bytes(const struct chanstore *c)
{
	return c->text.cap + c->cap * sizeof *c->entries;
}

struct chanstore_channel chanstore_at(const struct chanstore *c, size_t i)
{
	const struct chanstore_entry *e = &c->entries[i];

	must(i < c->n);
	return (struct chanstore_channel){
		.name = name_of(c, e),
		.topic = slice(c->text.p + e->at + e->name_len, e->topic_len),
		.users = e->users,
	};
}

size_t chanstore_before(const struct chanstore *c, struct slice name,
	bool through)
{
	size_t low = 0;
	size_t high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = casemap_compare(c->casemap,
			name_of(c, &c->entries[mid]), name);

		if (order < 0 || (through && order == 0)) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return low;
}

bool chanstore_find(const struct chanstore *c, struct slice name,
	struct chanstore_channel *out)
{
	size_t at = chanstore_before(c, name, false);

	if (at == c->n ||
		!casemap_equal(c->casemap, chanstore_at(c, at).name, name)) {
		return false;
	}
	if (out != NULL) {
		*out = chanstore_at(c, at);
	}
	return true;
}

size_t chanstore_largest(const struct chanstore *c, const uint32_t **out)
{
	*out = c->largest;
	return c->nlargest;
}
