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
	const struct istr *values[META_KEYS];
};

struct metas {
	struct map map;
	size_t bytes;
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

struct metas *metas_create(void)
{
	struct metas *s = must_calloc(1, sizeof *s);

	map_init(&s->map);
	return s;
}

static size_t cost(const struct meta *e)
{
	return sizeof *e + e->entry.key->len;
}

/* It is in the map no more. */
static void free_meta(struct metas *s, struct meta *e)
{
	for (int i = 0; i < META_KEYS; i++) {
		s->bytes -= e->values[i] != NULL ? e->values[i]->len : 0;
		istr_unref(e->values[i]);
	}
	s->bytes -= cost(e);
	istr_unref(e->entry.key);
	free(e);
}

void metas_destroy(struct metas *s)
{
	struct map_entry *e;

	if (s == NULL) {
		return;
	}
	while ((e = map_pop(&s->map)) != NULL) {
		free_meta(s, (struct meta *)(void *)e);
	}
	map_finish(&s->map);
	free(s);
}

static struct meta *find(const struct metas *s, const struct istr *target)
{
	return (struct meta *)(void *)map_get(&s->map, target);
}

static struct meta *add(struct metas *s, const struct istr *target)
{
	struct meta *e = must_calloc(1, sizeof *e);

	e->entry.key = istr_ref(target);
	s->bytes += cost(e);
	map_put(&s->map, &e->entry, 0);
	return e;
}

static bool is_empty(const struct meta *e)
{
	for (int i = 0; i < META_KEYS; i++) {
		if (e->values[i] != NULL) {
			return false;
		}
	}
	return true;
}

static void clear(struct metas *s, struct meta *e, enum irc_meta key)
{
	if (e->values[key] != NULL) {
		s->bytes -= e->values[key]->len;
		istr_set(&e->values[key], NULL);
	}
	if (is_empty(e)) {
		map_remove(&s->map, &e->entry);
		free_meta(s, e);
	}
}

static bool is_fit(const struct metas *s, const struct meta *e,
	const struct istr *target, struct slice value)
{
	size_t more = value.len + (e == NULL ? sizeof *e + target->len : 0);

	return value.len <= META_VALUE_MAX && utf8_valid(value) &&
		s->bytes + more <= META_BYTES_MAX;
}

enum metas_result metas_set(struct metas *s, const struct istr *target,
	enum irc_meta key, struct slice value)
{
	struct meta *e = find(s, target);
	const struct istr *now = e != NULL ? e->values[key] : NULL;

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
		return METAS_CHANGED;
	}
	if (e == NULL) {
		e = add(s, target);
	}
	s->bytes += value.len;
	s->bytes -= now != NULL ? now->len : 0;
	istr_set(&e->values[key], intern(value.p, value.len));
	return METAS_CHANGED;
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
		map_remove(&s->map, &e->entry);
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
	s->bytes -= cost(e);
	istr_set(&e->entry.key, istr_ref(to));
	s->bytes += cost(e);
	map_put(&s->map, &e->entry, 0);
}

size_t metas_bytes(const struct metas *s)
{
	return s->bytes;
}
