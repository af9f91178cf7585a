/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/conference.h"
#include "mapping/room/history.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/room/sliced.h"

/*
 * Whole rooms shown to a client (PROTOCOL D.3), in slices. Asked for again it
 * begins anew.
 */

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

static void drop_list(struct view *v)
{
	for (; v->fill_at < v->fill_count; v->fill_at++) {
		istr_unref(v->fill[v->fill_at]);
	}
	free(v->fill);
	v->fill = NULL;
	v->fill_at = 0;
	v->fill_count = 0;
	v->fill_again = false;
}

void room_fill_drop(struct view *v)
{
	sliced_drop(&v->filling);
	drop_list(v);
}

/* Is this member to be shown now? Entering: all but us. +m: without a prefix. */
static bool is_wanted(const struct view *v, const struct map_slot *slot,
	const struct istr *mine)
{
	if (slot->entry->key != mine && lazy_hides_word(v->room, slot->word)) {
		return false;
	}
	return v->state == VIEW_FILLING ? slot->entry->key != mine :
		(slot->word & MEMBER_PREFIXES) == 0;
}

static void list_members(struct view *v)
{
	struct room *r = v->room;
	const struct istr *mine = casemap_lookup(
		ircnet_isupport(r->net)->casemap, room_nick(r));
	uint32_t pos = 0;
	struct map_slot *slot;
	size_t n = 0;

	drop_list(v);
	while ((slot = map_next(&r->chan->members, &pos)) != NULL) {
		n += is_wanted(v, slot, mine);
	}
	v->fill = must_calloc(n + 1, sizeof(struct istr *));
	pos = 0;
	while ((slot = map_next(&r->chan->members, &pos)) != NULL) {
		if (is_wanted(v, slot, mine)) {
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
	room_show_subject(v->room, v, slice(NULL, 0), true);
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

/* The list is at its end; true: there is another one. */
static bool fill_end(struct view *v, unsigned *done)
{
	bool again = v->fill_again;

	drop_list(v);
	if (v->state == VIEW_FILLING) {
		*done += welcome(v);
	}
	if (again) {
		list_members(v);
	}
	return again;
}

static bool fill_some(struct sliced *sliced, unsigned most, unsigned *done)
{
	struct view *v = list_entry(sliced, struct view, filling);

	while (v->fill_at < v->fill_count && *done < most) {
		const struct istr *key = v->fill[v->fill_at++];

		show_one(v, key);
		istr_unref(key);
		++*done;
	}
	return v->fill_at < v->fill_count || fill_end(v, done);
}

void room_fill_init(struct view *v)
{
	sliced_init(&v->filling, fill_some);
}

void room_fill(struct view *v, const char *id)
{
	struct mapping *m = core(v->room);
	const struct istr *copy = id ? intern(id, strlen(id)) : NULL;

	istr_set(&v->id, copy);
	if (v->state == VIEW_WAITING) {
		lazy_decide(v->room);
	}
	if (!m->online) {
		v->state = VIEW_JOINED; /* nobody can hear it now (A.3) */
		v->stale = true;
		return;
	}
	if (v->state == VIEW_JOINED) {
		v->past_end = v->room->past_next;
	}
	v->state = VIEW_FILLING;
	v->beliefs = v->room->beliefs;
	conference_entered(v);
	sliced_drop(&v->filling);
	list_members(v);
	sliced_begin(m, &v->filling);
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
			sliced_begin(m, &v->filling);
		}
	}
}

void room_fill_finish(struct view *v)
{
	unsigned done = 0;

	if (v->state == VIEW_FILLING) {
		sliced_drop(&v->filling);
		if (fill_some(&v->filling, UINT_MAX, &done)) {
			sliced_begin(core(v->room), &v->filling);
		}
	}
}

void room_fills_finish(struct room *r)
{
	list_each(it, &r->views) {
		room_fill_finish(list_entry(it, struct view, link));
	}
}
