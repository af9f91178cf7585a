/* SPDX-License-Identifier: MIT */
#include "mapping/room/room_private.h"
#include "mapping/room/roomconfig.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/people/contacts.h"
#include "mapping/room/conference.h"
#include "mapping/room/history.h"
#include "mapping/room/own.h"
#include "mapping/room/storm.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/correct.h"
#include "mapping/talk/displayed.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/sent.h"
#include "mapping/user.h"

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

/* ---- views ---- */

struct view *view_create(struct room *r, struct resource *res)
{
	struct view *v = must_calloc(1, sizeof *v);

	v->room = r;
	v->resource = res;
	v->past_end = r->past_next;
	list_init(&v->link);
	list_init(&v->of);
	room_fill_init(v);
	buf_init(&v->held, 65536);
	list_add(&r->views, &v->link);
	list_add(&res->views, &v->of);
	return v;
}

void view_free(struct view *v)
{
	room_fill_drop(v);
	buf_finish(&v->held);
	list_remove(&v->link);
	list_remove(&v->of);
	if (v->entering != NULL) {
		conference_refused(v, &(struct fault){E_SESSION_CLOSED,
			"You left this room before you were in it. Enter it "
			"again."});
	}
	istr_unref(v->asked);
	istr_unref(v->id);
	free(v);
}

bool view_joined(const struct view *v)
{
	return v->state == VIEW_JOINED || v->state == VIEW_FILLING;
}

struct view *room_view(const struct room *r, const struct resource *res)
{
	list_each(it, &res->views) {
		struct view *v = list_entry(it, struct view, of);

		if (v->room == r) {
			return v;
		}
	}
	return NULL;
}

struct room *room_find(struct session *s, const struct addr *a)
{
	struct room *r = session_room(s, a->name);
	uint32_t pos = 0;
	struct map_slot *slot;

	if (r == NULL) {
		r = session_room(s, a->prepared);
	}
	while (r == NULL && (slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *other = (struct room *)(void *)slot->entry;

		if (strcmp(other->jid->p, a->bare) == 0) {
			r = other;
		}
	}
	return r;
}

struct view *room_view_of(const struct request *q, const struct addr *a)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct resource *res = u ? resource_find(u, q->from.full) : NULL;
	struct room *r = s && res ? room_find(s, a) : NULL;
	struct view *v = r ? room_view(r, res) : NULL;

	return v != NULL && view_joined(v) ? v : NULL;
}

/* ---- rooms ---- */

struct room *room_create(struct session *s, const struct addr *a)
{
	struct room *r = must_calloc(1, sizeof *r);
	struct slice name = addr_find_channel(s, a);

	r->session = s;
	r->name = intern(name.p, name.len);
	r->jid = intern(a->bare, strlen(a->bare));
	list_init(&r->views);
	history_init(r);
	ids_init(&r->ids, &s->user->names);
	said_init(&r->said);
	patience_init(&r->join, room_on_join_timeout, r);
	timer_init(&r->expect, room_on_expect, r);
	own_begin(r);
	session_add_room(s, r);
	return r;
}

void room_destroy(struct room *r)
{
	struct session *s = r->session;
	struct ircchan *c = s->net ? ircnet_chan(s->net, istr_slice(r->name)) :
				     NULL;

	if (c != NULL && c->owner == r) {
		c->owner = NULL;
	}
	roomconfig_forget(r);
	patience_stop(&r->join, core(r)->clock);
	timer_stop(core(r)->clock, &r->expect);
	contacts_room(r, false);
	sent_drop_room(s, r);
	chats_drop_room(s, r);
	room_typing_free(r);
	said_finish(&r->said);
	while (!list_empty(&r->views)) {
		view_free(list_entry(list_first(&r->views), struct view, link));
	}
	session_remove_room(s, r);
	istr_unref(r->name);
	istr_unref(r->jid);
	storm_drop(r);
	room_bans_forget(r);
	history_forget(r);
	ids_forget(&r->ids);
	displayed_forget_room(r);
	istr_unref(r->forward);
	istr_unref(r->forward_text);
	wipe_free(r->key);
	free(r);
	session_forget_old(s);
	user_touch(s->user);
}

void rooms_destroy(struct session *s)
{
	uint32_t pos;
	struct map_slot *slot;

	while (pos = 0, (slot = map_next(&s->rooms, &pos)) != NULL) {
		room_destroy((struct room *)(void *)slot->entry);
	}
}

void room_part(struct room *r, struct slice status)
{
	struct session *s = r->session;
	struct slice name = istr_slice(r->chan ? r->chan->name : r->name);

	if (r->kept) {
		session_update_away(s);
		user_touch(s->user);
		return;
	}
	if (session_is_up(s) && r->state != ROOM_NONE && r->forward == NULL &&
		ircnet_part(s->net, name, status) != ERR_OK) {
		/* The queue is full: what waits there is of no use now. */
		log_warn(&s->log, "part not sent channel=%.*s", SLICE_ARG(name));
	}
	room_destroy(r);
}

void view_destroy(struct view *v)
{
	struct room *r = v->room;

	chats_drop_view(r->session, v);
	sent_drop_view(r->session, v);
	room_typing_left(v);
	view_free(v);
	if (list_empty(&r->views)) {
		room_part(r, slice(NULL, 0));
	} else {
		session_update_away(r->session);
	}
}

void room_leave(struct view *v, struct slice status, bool present)
{
	struct room *r = v->room;

	if (present) {
		struct shown shown = {
			.unavailable = true,
			.self = true,
			.only = v,
		};

		room_show_gone(r, room_nick(r), &shown);
	}
	if (r->views.next->next == &r->views) {
		chats_drop_view(r->session, v);
		view_free(v);
		room_part(r, status);
	} else {
		view_destroy(v);
	}
}

/* ---- the channel is another one now (room_move.c) ---- */

void room_become(struct room *r, struct room *other)
{
	other->state = r->state;
	other->net = r->net;
	other->kept |= r->kept;
	other->joined_ms = r->joined_ms;
	other->chan = r->chan;
	wipe_free(other->key);
	other->key = r->key;
	history_move(other, r);
	ids_move(&other->ids, &r->ids);
	r->key = NULL;
	r->chan = NULL;
	r->net = NULL;
	r->state = ROOM_NONE;
	room_moved(r);
}

void room_moved(struct room *r)
{
	struct fault fault = {E_REDIRECT,
		"The channel sends its visitors to this one."};

	list_each_safe(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->entering != NULL) {
			conference_refused(v, &fault);
		}
	}
	room_destroy(r);
}
