/* SPDX-License-Identifier: MIT */
#include "mapping/register/channel.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/register/account_private.h"

static const char *const names[CHANNEL_SETTINGS] = {
	[CHANNEL_PERSISTENT] = "persistent",
	[CHANNEL_HISTORY] = "history",
	[CHANNEL_NOTICES] = "notices",
	[CHANNEL_PRESENCE] = "presence",
	[CHANNEL_ENCODING] = "encoding",
};

const char *channel_setting_name(enum channel_setting s)
{
	return names[s];
}

enum channel_setting channel_setting_find(struct slice name)
{
	int s = 0;

	while (s < CHANNEL_SETTINGS && !slice_is_nocase(name, names[s])) {
		s++;
	}
	return (enum channel_setting)s;
}

/* ---- what is kept, in memory ---- */

static void destroy(struct account *a, struct channel *c)
{
	a->nchannels--;
	list_remove(&c->link);
	for (int i = 0; i < CHANNEL_SETTINGS; i++) {
		istr_unref(c->values[i]);
	}
	istr_unref(c->network);
	istr_unref(c->name);
	free(c);
}

void channels_free(struct account *a)
{
	list_each_safe(it, &a->channels) {
		destroy(a, list_entry(it, struct channel, link));
	}
}

static bool is_empty(const struct channel *c)
{
	for (int i = 0; i < CHANNEL_SETTINGS; i++) {
		if (c->values[i] != NULL) {
			return false;
		}
	}
	return true;
}

static struct channel *find(const struct account *a, const char *network,
	struct slice name)
{
	list_each(it, &a->channels) {
		struct channel *c = list_entry(it, struct channel, link);

		if (strcmp(c->network->p, network) == 0 &&
			slice_is(name, c->name->p)) {
			return c;
		}
	}
	return NULL;
}

static struct channel *get(struct account *a, const char *network,
	struct slice name)
{
	struct channel *c = find(a, network, name);

	if (c == NULL) {
		c = must_calloc(1, sizeof *c);
		c->network = intern(network, strlen(network));
		c->name = intern(name.p, name.len);
		list_init(&c->link);
		list_add(&a->channels, &c->link);
		a->nchannels++;
	}
	return c;
}

/* "#channel,setting": no channel has a comma in its name. */
static enum channel_setting read_key(const char *key, struct slice *name)
{
	struct slice rest = slice_str(key);

	*name = slice_cut(&rest, ',');
	return name->len > 0 ? channel_setting_find(rest) : CHANNEL_SETTINGS;
}

void channel_row(struct account *a, const struct store_row *row)
{
	struct slice name;
	enum channel_setting s = read_key(row->key, &name);
	struct channel *c;

	if (s == CHANNEL_SETTINGS) {
		return; /* of a later version */
	}
	c = get(a, row->scope, name);
	istr_set(&c->values[s], row->value.p != NULL ?
			intern(row->value.p, row->value.len) : NULL);
	if (is_empty(c)) {
		destroy(a, c);
	}
}

const struct channel *channel_find(const struct account *a,
	const char *network, enum casemap casemap, struct slice name)
{
	if (a == NULL || !a->registered) {
		return NULL;
	}
	list_each(it, &a->channels) {
		struct channel *c = list_entry(it, struct channel, link);

		if (strcmp(c->network->p, network) == 0 &&
			casemap_equal(casemap, istr_slice(c->name), name)) {
			return c;
		}
	}
	return NULL;
}

const char *channel_value(const struct channel *c, enum channel_setting s)
{
	return c != NULL && c->values[s] != NULL ? c->values[s]->p : NULL;
}

/* ---- what is being kept ---- */

static bool is_channel(const struct store_row *row, const char *network)
{
	return strcmp(row->kind, "channel") == 0 &&
		strcmp(row->scope, network) == 0;
}

/* A row that is under way and sets something of this network. */
typedef bool row_fn(void *ctx, const struct store_row *row);

static bool each_coming(const struct mapping *m, const char *bare,
	const char *network, row_fn *fn, void *ctx)
{
	list_each(it, &m->changes) {
		const struct change *c = list_entry(it, struct change, link);

		for (size_t i = 0; strcmp(c->user->p, bare) == 0 &&
			i < c->nrows; i++) {
			if (is_channel(&c->rows[i], network) &&
				c->rows[i].value.p != NULL &&
				fn(ctx, &c->rows[i])) {
				return true;
			}
		}
	}
	return false;
}

struct spelling {
	enum casemap casemap;
	struct slice name;
};

static bool is_spelled(void *ctx, const struct store_row *row)
{
	struct spelling *s = ctx;
	struct slice name;

	if (read_key(row->key, &name) == CHANNEL_SETTINGS ||
		!casemap_equal(s->casemap, name, s->name)) {
		return false;
	}
	s->name = name;
	return true;
}

const char *channel_spelling(struct mapping *m, const char *bare,
	const char *network, enum casemap casemap, struct slice name)
{
	const struct channel *c = channel_find(account_find(m, bare), network,
		casemap, name);
	struct spelling s = {casemap, name};

	if (c != NULL) {
		s.name = istr_slice(c->name);
	} else {
		each_coming(m, bare, network, is_spelled, &s);
	}
	return arena_strndup(&m->arena, s.name.p, s.name.len);
}

static bool yes(void *ctx, const struct store_row *row)
{
	(void)ctx;
	(void)row;
	return true;
}

bool channels_will_be(const struct mapping *m, const char *bare,
	const char *network)
{
	const struct account *a = account_find(m, bare);

	if (a != NULL) {
		list_each(it, &a->channels) {
			if (strcmp(list_entry(it, struct channel, link)
					->network->p, network) == 0) {
				return true;
			}
		}
	}
	return each_coming(m, bare, network, yes, NULL);
}

/* ---- changes ---- */

void change_channel(struct change *c, const char *network, const char *name,
	enum channel_setting s, const char *value)
{
	struct buf key;

	must(value == NULL || strlen(value) <= CHANNEL_VALUE_MAX);
	buf_init(&key, CASEMAP_NAME_MAX + 40);
	buf_addf(&key, "%s,%s", name, names[s]);
	change_add_row(c, "channel", network, buf_cstr(&key), value, false);
	buf_finish(&key);
}

static bool drop(void *ctx, const struct store_row *row)
{
	change_add_row(ctx, "channel", row->scope, row->key, NULL, false);
	return false;
}

void change_drop_channels(struct change *c, const char *network)
{
	const struct account *a = account_find(c->mapping, c->user->p);

	if (a != NULL) {
		list_each(it, &a->channels) {
			const struct channel *k =
				list_entry(it, struct channel, link);

			for (int i = 0; strcmp(k->network->p, network) == 0 &&
				i < CHANNEL_SETTINGS; i++) {
				if (k->values[i] != NULL) {
					change_channel(c, network, k->name->p,
						(enum channel_setting)i, NULL);
				}
			}
		}
	}
	each_coming(c->mapping, c->user->p, network, drop, c);
}

size_t channels_new(const struct account *a, const struct change *c)
{
	struct slice last = {0};
	size_t n = 0;

	for (size_t i = 0; i < c->nrows; i++) {
		const struct store_row *row = &c->rows[i];
		struct slice name;

		if (strcmp(row->kind, "channel") == 0 && row->value.p != NULL &&
			read_key(row->key, &name) != CHANNEL_SETTINGS &&
			!slice_eq(name, last) &&
			(a == NULL || find(a, row->scope, name) == NULL)) {
			n++;
			last = name;
		}
	}
	return n;
}
