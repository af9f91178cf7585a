/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/room/storm.h"

/* What changed while the link was away (PROTOCOL D.9). */

static const struct istr *own_key(const struct ircnet *net)
{
	return casemap_lookup(ircnet_isupport(net)->casemap,
		ircnet_nick_now(net));
}

/* Both connections and their channel, and who we are and were. */
struct change {
	struct room *room;
	const struct ircnet *old;
	const struct ircchan *was;
	const struct istr *mine;
	const struct istr *was_mine;
};

/* What somebody says who is here (F.1); who is away says that instead. */
static bool says_same(const struct change *c, const struct ircuser *a,
	const struct ircuser *b)
{
	struct slice was = ircnet_meta(c->old, a->entry.key, META_STATUS);
	struct slice now =
		ircnet_meta(c->room->net, b->entry.key, META_STATUS);

	return ircuser_away(b) != NULL || slice_eq(was, now);
}

static bool looks_same(const struct change *c, const struct ircuser *a,
	uint32_t a_bits, const struct ircuser *b, uint32_t b_bits)
{
	return a_bits == b_bits && ircuser_away(a) == ircuser_away(b) &&
		a->nick == b->nick && says_same(c, a, b);
}

static void differs(const struct change *c, const struct istr *key,
	struct ircuser *old, uint32_t bits)
{
	struct room *r = c->room;
	struct ircuser *u;

	if (storm_differs(r, key, old, bits)) {
		return;
	}
	u = chan_member(r->chan, key, &bits);
	if (u != NULL) {
		room_show(r, u, bits, &(struct shown){0});
	} else {
		room_show(r, old, bits, &(struct shown){
			.unavailable = true,
			.codes = {333},
		});
	}
}

static void show_missing(const struct change *c)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&c->was->members, &pos)) != NULL) {
		const struct istr *key = slot->entry->key;

		if (key != c->was_mine && !lazy_hides_word(c->room, slot->word) &&
			chan_member(c->room->chan, key, NULL) == NULL) {
			differs(c, key, (struct ircuser *)(void *)slot->entry,
				slot->word & MEMBER_PREFIXES);
		}
	}
}

/* Whoever has our nick of then is somebody else: clients saw it go. */
static void show_changed(const struct change *c)
{
	struct room *r = c->room;
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&r->chan->members, &pos)) != NULL) {
		struct ircuser *u = (struct ircuser *)(void *)slot->entry;
		const struct istr *key = slot->entry->key;
		uint32_t before = 0;
		uint32_t now = slot->word & MEMBER_PREFIXES;
		struct ircuser *old = key == c->was_mine ? NULL :
			chan_member(c->was, key, &before);

		if (key != c->mine && !lazy_hides_word(r, slot->word) &&
			(old == NULL || !looks_same(c, old, before, u, now))) {
			differs(c, key, old, before);
		}
	}
}

static void show_myself(const struct change *c)
{
	struct room *r = c->room;
	struct shown s = {.self = true};
	uint32_t before = 0;
	uint32_t now = 0;
	struct ircuser *old = chan_member(c->was, c->was_mine, &before);
	struct ircuser *u = chan_member(r->chan, c->mine, &now);

	if (c->mine != c->was_mine) {
		s.codes[0] = 210;
	} else if (u == NULL || (old && looks_same(c, old, before, u, now))) {
		return;
	}
	if (u != NULL) {
		room_show(r, u, now, &s);
	}
}

/* Who was shown stays so. */
static void keep_marks(const struct room *r, const struct ircchan *was,
	struct ircchan *now)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while (r->lazy && (slot = map_next(&was->members, &pos)) != NULL) {
		if (slot->word != 0) {
			chan_mark(now, slot->entry->key);
		}
	}
}

void room_show_differences(struct room *r, struct ircnet *net,
	struct ircchan *now)
{
	struct change c = {
		.room = r,
		.old = r->net,
		.was = r->chan,
		.mine = own_key(net),
		.was_mine = own_key(r->net),
	};

	if (!ircnet_is_me(net, ircnet_nick_now(r->net))) {
		struct shown s = {
			.unavailable = true,
			.self = true,
			.codes = {303},
			.new_nick = ircnet_nick_now(net),
		};

		room_show_gone(r, ircnet_nick_now(r->net), &s);
	}
	keep_marks(r, r->chan, now);
	ircnet_meta_inherit(net, now, r->net, r->chan);
	r->chan = now;
	r->net = net;
	show_missing(&c);
	show_changed(&c);
	storm_begin(r);
	show_myself(&c);
	if ((c.was->topic == NULL) != (now->topic == NULL) ||
		(c.was->topic && strcmp(c.was->topic, now->topic) != 0)) {
		room_show_subject(r, NULL, slice(NULL, 0), false);
	}
}
