/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/conference.h"
#include "mapping/room/history.h"
#include "mapping/room/room.h"
#include "mapping/session.h"

/* Whole rooms shown to a client: everything of D.3, or the differences of D.9. */

enum {
	SLICE = 200,      /* occupants of one room before another has its turn */
	TURN_SLICES = 1,  /* of all rooms in one turn of the loop */
};

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

static const struct istr *own_key(const struct ircnet *net)
{
	return casemap_lookup(ircnet_isupport(net)->casemap,
		ircnet_nick_now(net));
}

static void show_change(struct room *r, const struct istr *nick,
	const struct istr *was_mine, const struct view *only);

/* ---- everything a joining client receives (D.3) ---- */

/*
 * One queue for all clients: a stanza, or a mode of a channel, may ask for
 * thousands of presences, and thousands may ask at the same time. What goes out
 * at once is bounded by `fill_left`; the timer gives the next turn its share.
 */

void room_fill_drop(struct view *v)
{
	list_remove(&v->filling);
	for (; v->fill_at < v->fill_count; v->fill_at++) {
		istr_unref(v->fill[v->fill_at]);
	}
	free(v->fill);
	v->fill = NULL;
	v->fill_at = 0;
	v->fill_count = 0;
	v->fill_again = false;
	v->fill_changes = false;
}

/* The members who are to be shown now: all but us, or those without prefix. */
static void list_members(struct view *v)
{
	struct room *r = v->room;
	bool joining = v->state == VIEW_FILLING;
	const struct istr *mine = casemap_lookup(
		ircnet_isupport(r->net)->casemap, room_nick(r));
	uint32_t pos = 0;
	struct map_slot *slot;

	room_fill_drop(v);
	v->fill = must_calloc(r->chan->members.used, sizeof(struct istr *));
	while ((slot = map_next(&r->chan->members, &pos)) != NULL) {
		if (joining ? slot->entry->key != mine : slot->word == 0) {
			v->fill[v->fill_count++] = istr_ref(slot->entry->key);
		}
	}
}

/* Returns how many messages of the history that took. */
static unsigned welcome(struct view *v)
{
	struct mapping *m = core(v->room);
	unsigned shown;

	v->state = VIEW_JOINED;
	room_show_self(v, true);
	shown = history_show(v);
	room_show_subject(v->room, v, true);
	if (v->held.len > 0) {
		m->ports.xmpp_send(m->ports.ctx, v->held.p, v->held.len);
	}
	buf_finish(&v->held);
	istr_set(&v->id, NULL);
	return shown;
}

static void show_one(struct view *v, const struct istr *key)
{
	struct room *r = v->room;
	struct shown s = {.only = v};
	uint32_t bits = 0;
	struct ircuser *u = chan_member(r->chan, key, &bits);

	if (u == NULL || (v->state != VIEW_FILLING && bits != 0)) {
		return; /* gone meanwhile, or shown with the new prefix */
	}
	s.self = v->state != VIEW_FILLING &&
		ircnet_is_me(r->net, istr_slice(u->nick));
	room_show(r, u, bits, &s);
	if (v->state == VIEW_FILLING) {
		conference_push(r, v, istr_slice(u->nick), true);
	}
}

static unsigned fill_end(struct view *v)
{
	bool again = v->fill_again;
	bool changes = v->fill_changes;
	unsigned shown = 0;

	room_fill_drop(v);
	if (v->state == VIEW_FILLING) {
		shown = welcome(v);
	}
	if (changes) {
		session_forget_old(v->room->session);
	}
	if (again) {
		list_members(v);
		list_add(&core(v->room)->fills, &v->filling);
	}
	return shown;
}

/* Shows up to `count` of them; the view waits for its next turn if it must. */
static unsigned fill_some(struct view *v, unsigned count)
{
	unsigned shown = 0;

	list_remove(&v->filling);
	while (v->fill_at < v->fill_count && shown < count) {
		const struct istr *key = v->fill[v->fill_at++];

		if (v->fill_changes) {
			show_change(v->room, key, own_key(v->room->net), v);
		} else {
			show_one(v, key);
		}
		istr_unref(key);
		shown++;
	}
	if (v->fill_at == v->fill_count) {
		shown += fill_end(v);
	} else {
		list_add(&core(v->room)->fills, &v->filling);
	}
	return shown + 1; /* a room of nobody is work, too */
}

static bool is_high(const struct mapping *m)
{
	return m->ports.xmpp_high != NULL && m->ports.xmpp_high(m->ports.ctx);
}

/* One slice of one room, as far as this turn goes. */
static void fill_now(struct mapping *m, struct view *v)
{
	unsigned most = m->fill_left < SLICE ? m->fill_left : SLICE;
	unsigned done;

	if (most == 0 || is_high(m)) {
		return;
	}
	done = fill_some(v, most);
	m->fill_left -= done < m->fill_left ? done : m->fill_left;
}

/* Also when all is shown: the next turn has its share again. */
void fills_go_on(struct mapping *m)
{
	if (!timer_running(&m->fill_timer) && !is_high(m)) {
		timer_start(m->clock, &m->fill_timer, 0);
	}
}

/* Those there are now, one slice each. */
static void on_fill_timer(void *ctx)
{
	struct mapping *m = ctx;
	struct list *last = m->fills.prev;
	struct list *first;

	arena_reset(&m->arena);
	m->fill_left = TURN_SLICES * SLICE;
	while ((first = list_first(&m->fills)) != NULL && m->fill_left > 0 &&
		!is_high(m)) {
		fill_now(m, list_entry(first, struct view, filling));
		if (first == last) {
			break;
		}
	}
	if (!list_empty(&m->fills)) {
		fills_go_on(m);
	}
}

void fills_init(struct mapping *m)
{
	list_init(&m->fills);
	m->fill_left = TURN_SLICES * SLICE;
	timer_init(&m->fill_timer, on_fill_timer, m);
}

void room_fill(struct view *v, const char *id)
{
	struct mapping *m = core(v->room);
	const struct istr *copy = id ? intern(id, strlen(id)) : NULL;

	istr_set(&v->id, copy);
	if (!m->online) {
		v->state = VIEW_JOINED; /* nobody can hear it now (A.3) */
		v->stale = true;
		return;
	}
	if (v->state == VIEW_JOINED) {
		v->past_end = v->room->past_next;
	}
	v->state = VIEW_FILLING;
	conference_entered(v);
	list_members(v);
	list_add(&m->fills, &v->filling);
	fill_now(m, v);
	fills_go_on(m);
}

void room_fill_plain(struct room *r)
{
	struct mapping *m = core(r);

	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->fill != NULL) {
			v->fill_again = true;
		} else if (v->state == VIEW_JOINED && m->online) {
			list_members(v);
			list_add(&m->fills, &v->filling);
			fill_now(m, v);
		}
	}
	fills_go_on(m);
}

void room_fill_finish(struct view *v)
{
	if (v->state == VIEW_FILLING) {
		fill_some(v, UINT_MAX);
	}
}

void room_fills_finish(struct room *r)
{
	list_each(it, &r->views) {
		room_fill_finish(list_entry(it, struct view, link));
	}
}

/* ---- what changed while the link was away (D.9) ---- */

/* Nicks of those who are to be shown, or shown as gone. */
struct changes {
	const struct istr **nicks;
	size_t count;
};

static void list_missing(struct changes *c, const struct ircchan *was,
	const struct ircchan *now, const struct istr *mine)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&was->members, &pos)) != NULL) {
		if (slot->entry->key != mine &&
			chan_member(now, slot->entry->key, NULL) == NULL) {
			c->nicks[c->count++] =
				((struct ircuser *)(void *)slot->entry)->nick;
		}
	}
}

static bool looks_same(const struct ircuser *a, uint32_t a_bits,
	const struct ircuser *b, uint32_t b_bits)
{
	return a_bits == b_bits && ircuser_away(a) == ircuser_away(b) && a->nick == b->nick;
}

/* `was_mine`: our nick of then; whoever has it now is somebody else. */
static void list_changed(struct changes *c, const struct ircchan *was,
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

		if (old == NULL || (slot->entry->key == was_mine &&
				was_mine != mine) ||
			!looks_same(old, before, u, slot->word)) {
			c->nicks[c->count++] = u->nick;
		}
	}
}

/* As it is now: who is shown late is shown right. */
static void show_change(struct room *r, const struct istr *nick,
	const struct istr *was_mine, const struct view *only)
{
	const struct istr *mine = own_key(r->net);
	const struct istr *key = casemap_lookup(
		ircnet_isupport(r->net)->casemap, istr_slice(nick));
	uint32_t bits = 0;
	struct ircuser *u = key ? chan_member(r->chan, key, &bits) : NULL;
	struct shown s = {.only = only};

	if (u == NULL) {
		u = key ? chan_member(r->was, key, &bits) : NULL;
		s.unavailable = true;
		s.codes[0] = 333;
		if (u != NULL) {
			room_show(r, u, bits, &s);
		} else {
			room_show_gone(r, istr_slice(nick), &s);
		}
		return;
	}
	s.self = key == mine;
	if (s.self && mine != was_mine) {
		s.codes[0] = 210;
	}
	room_show(r, u, bits, &s);
}

/* Many: in the same way as the list of those who are there. */
static void queue_changes(struct view *v, const struct changes *c)
{
	struct mapping *m = core(v->room);

	room_fill_drop(v);
	v->fill = must_calloc(c->count, sizeof(struct istr *));
	for (; v->fill_count < c->count; v->fill_count++) {
		v->fill[v->fill_count] = istr_ref(c->nicks[v->fill_count]);
	}
	v->fill_changes = true;
	list_add(&m->fills, &v->filling);
	fills_go_on(m);
}

static void show_changes(struct room *r, const struct changes *c,
	const struct istr *was_mine)
{
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->state == VIEW_JOINED && c->count > SLICE) {
			queue_changes(v, c);
		}
	}
	for (size_t i = 0; i < c->count; i++) {
		list_each(it, &r->views) {
			struct view *v = list_entry(it, struct view, link);

			if (view_joined(v) && !v->fill_changes) {
				show_change(r, c->nicks[i], was_mine, v);
			}
		}
	}
}

/* Nothing of an earlier loss is left to be shown. */
static void finish_changes(struct room *r)
{
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->fill_changes) {
			fill_some(v, UINT_MAX);
		}
	}
}

void room_show_differences(struct room *r, struct ircnet *net,
	struct ircchan *now)
{
	struct ircnet *old = r->net;
	struct ircchan *was = r->chan;
	const struct istr *mine = own_key(net);
	const struct istr *was_mine = own_key(old);
	struct changes c = {0};

	if (!ircnet_is_me(net, ircnet_nick_now(old))) {
		struct shown s = {
			.unavailable = true,
			.self = true,
			.codes = {303},
			.new_nick = ircnet_nick_now(net),
		};

		room_show_gone(r, ircnet_nick_now(old), &s);
	}
	finish_changes(r);
	c.nicks = must_calloc((size_t)was->members.used + now->members.used + 1,
		sizeof(struct istr *));
	list_missing(&c, was, now, was_mine);
	list_changed(&c, was, now, mine, was_mine);
	r->was = was;
	r->was_net = old;
	r->chan = now;
	r->net = net;
	show_changes(r, &c, was_mine);
	free(c.nicks);
	if ((was->topic == NULL) != (now->topic == NULL) ||
		(was->topic && strcmp(was->topic, now->topic) != 0)) {
		room_show_subject(r, NULL, false);
	}
}
