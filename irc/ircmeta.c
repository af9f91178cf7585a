/* SPDX-License-Identifier: MIT */
#include "irc/ircmeta.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/map.h"
#include "base/utf8.h"

static const char *const names[META_KEYS] = {
	[META_AVATAR] = "avatar",
	[META_DISPLAY_NAME] = "display-name",
	[META_HOMEPAGE] = "homepage",
	[META_STATUS] = "status",
	[META_PRONOUNS] = "pronouns",
	[META_BOT] = "bot",
	[META_COLOR] = "color",
};

struct meta {
	struct map_entry entry; /* key: folded nick or channel */
	struct list link;       /* in metas->order */
	const struct istr *values[META_KEYS];
	unsigned believed;      /* bits of those nobody has confirmed */
};

struct metas {
	struct map map;
	struct list order; /* told of longest ago first */
	size_t bytes;
	size_t unsettled;  /* entries with something believed */
	struct share_place place; /* without an owner: nothing is shared */
	metas_lost_fn *lost;
	void *ctx;
};

const char *irc_meta_name(enum irc_meta key)
{
	return names[key];
}

enum irc_meta irc_meta_find(struct slice name)
{
	int i = 0;

	while (i < META_KEYS && !slice_is(name, names[i])) {
		i++;
	}
	return (enum irc_meta)i;
}

/* ---- counting ---- */

static size_t cost(const struct meta *e)
{
	return sizeof *e + e->entry.key->len;
}

static void more(struct metas *s, size_t size)
{
	s->bytes += size;
	if (s->place.owner != NULL) {
		share_more(&s->place, size);
	}
}

static void less(struct metas *s, size_t size)
{
	s->bytes -= size;
	if (s->place.owner != NULL) {
		share_less(&s->place, size);
	}
}

static void set_believed(struct metas *s, struct meta *e, unsigned bits)
{
	s->unsettled += bits != 0;
	s->unsettled -= e->believed != 0;
	e->believed = bits;
}

static unsigned known_keys(const struct meta *e)
{
	unsigned bits = 0;

	for (int i = 0; i < META_KEYS; i++) {
		bits |= e->values[i] != NULL ? 1U << i : 0;
	}
	return bits;
}

/* ---- life ---- */

static void free_meta(struct metas *s, struct meta *e)
{
	size_t size = cost(e);

	for (int i = 0; i < META_KEYS; i++) {
		size += e->values[i] != NULL ? e->values[i]->len : 0;
		istr_unref(e->values[i]);
	}
	set_believed(s, e, 0);
	map_remove(&s->map, &e->entry);
	list_remove(&e->link);
	less(s, size);
	istr_unref(e->entry.key);
	free(e);
}

static struct meta *oldest(const struct metas *s)
{
	struct list *first = list_first(&s->order);

	return first != NULL ? list_entry(first, struct meta, link) : NULL;
}

static void on_drop(struct share_place *p)
{
	struct metas *s = list_entry(p, struct metas, place);
	struct meta *e = oldest(s);
	const struct istr *target = istr_ref(e->entry.key);
	unsigned keys = known_keys(e);

	free_meta(s, e);
	if (s->lost != NULL) {
		s->lost(s->ctx, target, keys);
	}
	istr_unref(target);
}

struct metas *metas_create(struct share_owner *owner, metas_lost_fn *lost,
	void *ctx)
{
	struct metas *s = must_calloc(1, sizeof *s);

	map_init(&s->map);
	list_init(&s->order);
	share_place_init(&s->place, owner, on_drop);
	s->lost = lost;
	s->ctx = ctx;
	return s;
}

void metas_destroy(struct metas *s)
{
	if (s == NULL) {
		return;
	}
	while (!list_empty(&s->order)) {
		free_meta(s, oldest(s));
	}
	map_finish(&s->map);
	free(s);
}

const struct istr *metas_take(struct metas *s, unsigned *keys)
{
	struct meta *e = oldest(s);
	const struct istr *target;

	if (e == NULL) {
		return NULL;
	}
	target = istr_ref(e->entry.key);
	*keys = known_keys(e);
	free_meta(s, e);
	return target;
}

/* ---- values ---- */

static struct meta *find(const struct metas *s, const struct istr *target)
{
	return (struct meta *)(void *)map_get(&s->map, target);
}

static struct meta *add(struct metas *s, const struct istr *target)
{
	struct meta *e = must_calloc(1, sizeof *e);

	e->entry.key = istr_ref(target);
	list_init(&e->link);
	more(s, cost(e));
	map_put(&s->map, &e->entry, 0);
	list_add(&s->order, &e->link);
	return e;
}

static void clear(struct metas *s, struct meta *e, enum irc_meta key)
{
	if (e->values[key] != NULL) {
		less(s, e->values[key]->len);
		istr_set(&e->values[key], NULL);
	}
	set_believed(s, e, e->believed & ~(1U << key));
	if (known_keys(e) == 0) {
		free_meta(s, e);
	}
}

static size_t cost_of(const struct istr *target, struct slice value)
{
	return value.len + sizeof(struct meta) + target->len;
}

static bool is_fit(const struct metas *s, const struct meta *e,
	const struct istr *target, struct slice value)
{
	size_t size = e == NULL ? cost_of(target, value) : value.len;

	return value.len <= META_VALUE_MAX && utf8_valid(value) &&
		s->bytes + size <= META_BYTES_MAX;
}

/* Where all is full, whoever has most makes place: these, perhaps. */
static void put(struct metas *s, const struct istr *target, enum irc_meta key,
	struct slice value)
{
	struct meta *e;

	if (s->place.owner != NULL) {
		share_make_room(&s->place, cost_of(target, value));
	}
	e = find(s, target);
	if (e == NULL) {
		e = add(s, target);
	}
	list_remove(&e->link);
	list_add(&s->order, &e->link);
	more(s, value.len);
	if (e->values[key] != NULL) {
		less(s, e->values[key]->len);
	}
	istr_set(&e->values[key], intern(value.p, value.len));
}

enum metas_result metas_set(struct metas *s, const struct istr *target,
	enum irc_meta key, struct slice value)
{
	struct meta *e = find(s, target);
	const struct istr *now = e != NULL ? e->values[key] : NULL;

	if (e != NULL) {
		set_believed(s, e, e->believed & ~(1U << key));
	}
	if (value.len == 0 ? now == NULL :
			     now != NULL && slice_eq(istr_slice(now), value)) {
		return METAS_SAME;
	}
	if (value.len > 0 && !is_fit(s, e, target, value)) {
		if (now != NULL) {
			clear(s, e, key);
		}
		return METAS_REFUSED;
	}
	if (value.len == 0) {
		clear(s, e, key);
	} else {
		put(s, target, key, value);
	}
	return METAS_CHANGED;
}

bool metas_believe(struct metas *s, const struct istr *target,
	enum irc_meta key, struct slice value)
{
	struct meta *e = find(s, target);

	if ((e != NULL && e->values[key] != NULL) || value.len == 0 ||
		!is_fit(s, e, target, value)) {
		return false;
	}
	put(s, target, key, value);
	e = find(s, target);
	set_believed(s, e, e->believed | 1U << key);
	return true;
}

unsigned metas_settle(struct metas *s, const struct istr *target)
{
	struct meta *e = find(s, target);
	unsigned bits = e != NULL ? e->believed : 0;

	for (unsigned left = bits; left != 0; left &= left - 1) {
		clear(s, e, (enum irc_meta)__builtin_ctz(left));
	}
	return bits;
}

bool metas_unsettled(const struct metas *s)
{
	return s->unsettled > 0;
}

struct slice metas_get(const struct metas *s, const struct istr *target,
	enum irc_meta key)
{
	const struct meta *e =
		s != NULL && target != NULL ? find(s, target) : NULL;

	return e != NULL ? istr_slice(e->values[key]) : slice(NULL, 0);
}

void metas_forget(struct metas *s, const struct istr *target)
{
	struct meta *e = find(s, target);

	if (e != NULL) {
		free_meta(s, e);
	}
}

void metas_rename(struct metas *s, const struct istr *from,
	const struct istr *to)
{
	struct meta *e = find(s, from);

	if (from == to) {
		return;
	}
	metas_forget(s, to);
	if (e == NULL) {
		return;
	}
	map_remove(&s->map, &e->entry);
	less(s, from->len);
	more(s, to->len);
	istr_set(&e->entry.key, istr_ref(to));
	map_put(&s->map, &e->entry, 0);
}

size_t metas_bytes(const struct metas *s)
{
	return s->bytes;
}
