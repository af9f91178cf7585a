/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/room.h"
#include "mapping/session.h"

/* Whole rooms shown to a client: everything of D.3, or the differences of D.9. */

/* Occupants sent to a joining client in one turn of the loop (D.3). */
enum { SLICE = 200 };

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

/* ---- everything a joining client receives (D.3) ---- */

static void fill_start(struct view *v)
{
	struct room *r = v->room;
	struct slice me = room_nick(r);
	const struct istr *mine = casemap_lookup(
		ircnet_isupport(r->net)->casemap, me);
	uint32_t pos = 0;
	struct map_slot *slot;

	v->fill = must_calloc(r->chan->members.used, sizeof(struct istr *));
	v->fill_at = 0;
	v->fill_count = 0;
	while ((slot = map_next(&r->chan->members, &pos)) != NULL) {
		if (slot->entry->key != mine) {
			v->fill[v->fill_count++] = istr_ref(slot->entry->key);
		}
	}
	v->state = VIEW_FILLING;
}

static void fill_end(struct view *v)
{
	struct mapping *m = core(v->room);

	free(v->fill);
	v->fill = NULL;
	v->fill_at = 0;
	v->fill_count = 0;
	timer_stop(m->clock, &v->fill_timer);
	v->state = VIEW_JOINED;
	room_show_self(v);
	room_show_subject(v->room, v, true);
	if (v->held.len > 0) {
		m->ports.xmpp_send(m->ports.ctx, v->held.p, v->held.len);
	}
	buf_finish(&v->held);
	istr_set(&v->id, NULL);
}

static void fill_some(struct view *v, size_t count)
{
	struct room *r = v->room;
	struct shown s = {.only = v};

	while (v->fill_at < v->fill_count && count-- > 0) {
		const struct istr *key = v->fill[v->fill_at++];
		uint32_t bits = 0;
		struct ircuser *u = chan_member(r->chan, key, &bits);

		if (u != NULL) {
			room_show(r, u, bits, &s);
		}
		istr_unref(key);
	}
	if (v->fill_at == v->fill_count) {
		fill_end(v);
	} else {
		timer_start(core(r)->clock, &v->fill_timer, 0);
	}
}

void room_fill(struct view *v, const char *id)
{
	if (!core(v->room)->online) {
		v->state = VIEW_JOINED; /* nobody can hear it now (A.3) */
		v->stale = true;
		return;
	}
	if (v->state != VIEW_FILLING) {
		const struct istr *copy = id ? intern(id, strlen(id)) : NULL;

		istr_set(&v->id, copy);
		fill_start(v);
	}
	fill_some(v, SLICE);
}

void room_fill_finish(struct view *v)
{
	if (v->state == VIEW_FILLING) {
		fill_some(v, v->fill_count);
	}
}

void room_fills_finish(struct room *r)
{
	list_each(it, &r->views) {
		room_fill_finish(list_entry(it, struct view, link));
	}
}

/* ---- what changed while the link was away (D.9) ---- */

static void show_missing(struct room *r, const struct ircchan *was,
	const struct ircchan *now, const struct istr *mine)
{
	uint32_t pos = 0;
	struct map_slot *slot;
	struct shown gone = {.unavailable = true, .codes = {333}};

	while ((slot = map_next(&was->members, &pos)) != NULL) {
		if (slot->entry->key != mine &&
			chan_member(now, slot->entry->key, NULL) == NULL) {
			room_show(r, (struct ircuser *)(void *)slot->entry,
				slot->word, &gone);
		}
	}
}

static bool looks_same(const struct ircuser *a, uint32_t a_bits,
	const struct ircuser *b, uint32_t b_bits)
{
	return a_bits == b_bits && a->away == b->away && a->nick == b->nick;
}

/* `was_mine`: our nick of then; whoever has it now is somebody else. */
static void show_changed(struct room *r, const struct ircchan *was,
	const struct ircchan *now, const struct istr *mine,
	const struct istr *was_mine)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&now->members, &pos)) != NULL) {
		struct ircuser *u = (struct ircuser *)(void *)slot->entry;
		uint32_t before = 0;
		struct ircuser *old = chan_member(was, slot->entry->key,
			&before);
		struct shown s = {.self = slot->entry->key == mine};

		if (s.self && mine != was_mine) {
			s.codes[0] = 210;
		}
		if (old == NULL ||
			(slot->entry->key == was_mine && was_mine != mine) ||
			!looks_same(old, before, u, slot->word)) {
			room_show(r, u, slot->word, &s);
		}
	}
}

static const struct istr *own_key(const struct ircnet *net)
{
	return casemap_lookup(ircnet_isupport(net)->casemap,
		ircnet_nick_now(net));
}

void room_show_differences(struct room *r, struct ircnet *net,
	struct ircchan *now)
{
	struct ircnet *old = r->net;
	struct ircchan *was = r->chan;
	const struct istr *mine = own_key(net);
	const struct istr *was_mine = own_key(old);

	if (!ircnet_is_me(net, ircnet_nick_now(old))) {
		struct shown s = {
			.unavailable = true,
			.self = true,
			.codes = {303},
			.new_nick = ircnet_nick_now(net),
		};

		room_show_gone(r, ircnet_nick_now(old), &s);
	}
	show_missing(r, was, now, was_mine);
	r->chan = now;
	r->net = net;
	show_changed(r, was, now, mine, was_mine);
	if ((was->topic == NULL) != (now->topic == NULL) ||
		(was->topic && strcmp(was->topic, now->topic) != 0)) {
		room_show_subject(r, NULL, false);
	}
}
