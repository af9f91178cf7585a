/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "mapping/out.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/room/storm.h"
#include "mapping/session.h"
#include "mapping/talk/typing.h"

/*
 * Who is typing in a room (PROTOCOL F.2): +typing of IRCv3 on the one side, chat
 * states (XEP-0085) as groupchat on the other. Taken by a room only when
 * somebody types there.
 */
enum { TYPERS_MAX = 50 }; /* shown at a time */

struct typer {
	struct list link; /* in room_typing.typers */
	struct room *room;
	const struct istr *key; /* folded nick */
	struct timer timer;     /* until what is shown is too old */
	enum irc_typing shown;
};

struct room_typing {
	struct typing ours;
	struct list typers;
	unsigned ntypers;
};

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

static struct room_typing *get(struct room *r)
{
	if (r->typing == NULL) {
		r->typing = must_calloc(1, sizeof *r->typing);
		typing_init(&r->typing->ours, r->session, &r->name);
		list_init(&r->typing->typers);
	}
	return r->typing;
}

/* ---- IRC to Jabber ---- */

static void typer_free(struct typer *t)
{
	timer_stop(core(t->room)->clock, &t->timer);
	list_remove(&t->link);
	t->room->typing->ntypers--;
	istr_unref(t->key);
	free(t);
}

static struct typer *find(const struct room *r, const struct istr *key)
{
	if (r->typing == NULL) {
		return NULL;
	}
	list_each(it, &r->typing->typers) {
		struct typer *t = list_entry(it, struct typer, link);

		if (t->key == key) {
			return t;
		}
	}
	return NULL;
}

/* Nobody enters a list of occupants because he types (D.3). */
static bool is_shown(struct room *r, const struct istr *key)
{
	return !lazy_hides(r, key) && !storm_waits(r, key);
}

/* To whoever sees the room now; it is worth nothing later. */
static void show(struct room *r, struct ircuser *u, enum irc_typing typing)
{
	struct mapping *m = core(r);
	struct xw *w;

	if (!is_shown(r, u->entry.key)) {
		return; /* he left meanwhile, and is another one */
	}
	w = out_begin(m, "message");
	xw_attr(w, "from", room_occ(r, istr_slice(u->nick)));
	xw_attr(w, "type", "groupchat");
	typing_write(w, typing);
	room_occupant_id(r, r->net, u, istr_slice(u->nick));
	out_end(m);
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->state == VIEW_JOINED) {
			out_send(m, NULL, v->resource->full->p);
		}
	}
}

/* The end is not kept. */
static void change(struct typer *t, struct ircuser *u, enum irc_typing typing)
{
	struct room *r = t->room;

	if (t->shown != typing) {
		t->shown = typing;
		show(r, u, typing);
	}
	if (typing == IRC_TYPING_DONE) {
		typer_free(t);
	} else {
		timer_start(core(r)->clock, &t->timer, typing_lasts_ms(typing));
	}
}

static void on_timer(void *ctx)
{
	struct typer *t = ctx;
	struct room *r = t->room;
	struct ircuser *u =
		r->chan != NULL ? chan_member(r->chan, t->key, NULL) : NULL;

	arena_reset(&core(r)->arena);
	if (u == NULL) {
		typer_free(t); /* clients do not see the room as it was */
	} else {
		change(t, u, typing_next(t->shown));
	}
}

static struct typer *begin(struct room *r, const struct istr *key)
{
	struct room_typing *all = get(r);
	struct typer *t;

	if (all->ntypers >= TYPERS_MAX) {
		return NULL;
	}
	t = must_calloc(1, sizeof *t);
	t->room = r;
	t->key = istr_ref(key);
	timer_init(&t->timer, on_timer, t);
	list_init(&t->link);
	list_add(&all->typers, &t->link);
	all->ntypers++;
	return t;
}

void room_on_typing(const struct irc_text *text, enum irc_typing typing)
{
	struct room *r = text->chan->owner;
	struct ircuser *u = text->from;
	struct typer *t;

	if (r == NULL || r->chan != text->chan || u == NULL || text->from_me ||
		text->history || text->status != 0 || core(r)->congested ||
		chan_member(r->chan, u->entry.key, NULL) == NULL) {
		return;
	}
	t = find(r, u->entry.key);
	if (t == NULL && typing != IRC_TYPING_DONE &&
		is_shown(r, u->entry.key)) {
		t = begin(r, u->entry.key);
	}
	if (t != NULL) {
		change(t, u, typing);
	}
}

void room_typing_over(struct room *r, const struct istr *folded)
{
	struct typer *t = find(r, folded);

	if (t != NULL) {
		typer_free(t);
	}
}

/* ---- Jabber to IRC ---- */

void room_tell_typing(struct view *v, enum irc_typing typing)
{
	struct room *r = v->room;

	if (r->state != ROOM_COMPLETE ||
		(r->typing == NULL && typing != IRC_TYPING_ACTIVE)) {
		return;
	}
	typing_tell(&get(r)->ours, v->resource->full, typing);
}

void room_typing_said(struct room *r)
{
	if (r->typing != NULL) {
		typing_said(&r->typing->ours);
	}
}

void room_typing_left(struct view *v)
{
	struct room *r = v->room;

	if (r->typing == NULL) {
		return;
	}
	if (list_first(&r->views) == &v->link && v->link.next == &r->views) {
		typing_said(&r->typing->ours); /* the user leaves, too */
	} else {
		typing_client_gone(&r->typing->ours, v->resource->full);
	}
}

void room_typing_free(struct room *r)
{
	if (r->typing == NULL) {
		return;
	}
	typing_finish(&r->typing->ours);
	list_each_safe(it, &r->typing->typers) {
		typer_free(list_entry(it, struct typer, link));
	}
	free(r->typing);
	r->typing = NULL;
}
