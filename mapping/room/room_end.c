/* SPDX-License-Identifier: MIT */
#include "mapping/room/room_private.h"

#include <stdlib.h>

#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/room/conference.h"
#include "mapping/room/history.h"
#include "mapping/room/storm.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* How rooms end, or are lost for a while (PROTOCOL D.9). */

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

void rooms_off(struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		r->state = ROOM_NONE;
		patience_stop(&r->join, core(r)->clock);
		istr_set(&r->forward, NULL);
		history_lost(r);
	}
}

/* ---- ends ---- */

/* D.2: the join's presence error, from the OCC as it was asked for. */
static void refuse(struct view *v, const struct fault *fault)
{
	struct room *r = v->room;
	struct mapping *m = core(r);
	struct slice uri = slice_str(r->moved_to);
	struct xw *w;

	if (v->entering != NULL) {
		conference_refused(v, fault);
		return;
	}
	w = out_begin(m, "presence");
	xw_attr(w, "from", room_occ(r, istr_slice(v->asked)));
	xw_attr(w, "id", v->id ? v->id->p : NULL);
	xw_attr(w, "type", "error");
	xw_empty(w, "x", NS_MUC);
	text_redirect(m, w, fault->error, user_lang(r->session->user),
		fault->text, r->jid->p, uri);
	out_end(m);
	out_send(m, NULL, v->resource->full->p);
}

void room_thrown_out(struct room *r, const struct fault *fault,
	const struct shown *how)
{
	struct session *s = r->session;

	if (r->chan != NULL) {
		room_show_gone(r, room_nick(r), how);
	}
	list_each_safe(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->state == VIEW_WAITING) {
			refuse(v, fault);
		}
	}
	log_info(&s->log, "room ended channel=%s reason=%s", r->name->p,
		fault->text ? text_whole(core(r), NULL, fault->text) : "");
	room_destroy(r);
}

void room_destroyed(struct room *r, const char *venue, struct slice reason)
{
	struct session *s = r->session;
	struct shown gone = {
		.unavailable = true,
		.self = true,
		.destroyed = true,
		.venue = venue,
		.reason = reason,
	};

	room_show_gone(r, room_nick(r), &gone);
	log_info(&s->log, "room destroyed channel=%s", r->name->p);
	r->kept = false;
	room_part(r, reason);
}

static void room_end(struct room *r, const struct fault *fault, int code,
	struct slice status)
{
	struct shown gone = {
		.unavailable = true,
		.self = true,
		.codes = {code},
		.status = status,
	};

	if (code == 307) {
		gone.reason = status;
		gone.status = slice(NULL, 0);
	}
	room_thrown_out(r, fault, &gone);
}

static struct slice own_text(const struct session *s, const struct fault *fault)
{
	return slice_str(text_whole(s->user->mapping, user_lang(s->user),
		fault->text));
}

/* No client is in it to be told. */
static void tell_kept(struct room *r, const char *why)
{
	const char *lang = user_lang(r->session->user);
	struct buf line;

	buf_init(&line, 2048);
	buf_addf(&line, text(core(r), lang, "%s: %s"), r->name->p,
		text(core(r), lang, why));
	session_headline(r->session, N_("Error"), buf_slice(&line));
	buf_finish(&line);
}

void room_fail(struct room *r, const struct fault *fault)
{
	if (list_empty(&r->views) && fault->text != NULL) {
		tell_kept(r, own_text(r->session, fault).p);
	}
	room_end(r, fault, 333, own_text(r->session, fault));
}

enum which { ALL_ROOMS, NOT_BACK };

static void end_rooms(struct session *s, enum which which,
	const struct fault *fault, int code, struct slice status)
{
	struct room **all = must_calloc(s->nrooms, sizeof *all);
	uint32_t pos = 0;
	struct map_slot *slot;
	size_t n = 0;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (which == ALL_ROOMS ||
			(r->net != NULL && r->net != s->net)) {
			all[n++] = r;
		}
	}
	for (size_t i = 0; i < n; i++) {
		room_end(all[i], fault, code, status);
	}
	free(all);
}

void rooms_lost(struct session *s, const struct fault *fault)
{
	end_rooms(s, ALL_ROOMS, fault, 333, own_text(s, fault));
}

void rooms_not_back(struct session *s, const struct fault *fault)
{
	end_rooms(s, NOT_BACK, fault, 333, own_text(s, fault));
}

/* As if it had just asked to enter; what it was told of the room is over. */
static void wait_again(struct view *v)
{
	room_fill_drop(v);
	buf_finish(&v->held);
	chats_drop_view(v->room->session, v);
	history_wish(core(v->room), NULL, &v->wish);
	v->past_end = v->room->past_next;
	v->state = VIEW_WAITING;
	v->stale = false;
}

static void room_wait_again(struct room *r, struct slice status)
{
	struct shown gone = {
		.unavailable = true,
		.self = true,
		.codes = {333},
		.status = status,
	};

	room_show_gone(r, room_nick(r), &gone);
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (view_joined(v)) {
			wait_again(v);
		}
	}
	contacts_room(r, false);
	sent_drop_room(r->session, r);
	storm_drop(r);
	r->chan = NULL;
	r->net = NULL;
}

void rooms_wait_again(struct session *s, const struct fault *fault)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (r->chan != NULL && r->net != s->net) {
			room_wait_again(r, own_text(s, fault));
		}
	}
	session_forget_old(s);
}

void rooms_removed(struct session *s)
{
	static const char text[] = "registration removed";
	struct fault fault = {E_SESSION_CLOSED,
		"Your registration was removed meanwhile. Register again, or "
		"enter the room once more."};

	end_rooms(s, ALL_ROOMS, &fault, 307, slice_str(text));
}

void rooms_stop(struct session *s)
{
	struct fault fault = {E_SERVICE_UNAVAILABLE,
		"The gateway is stopping. Try again in a minute."};

	end_rooms(s, ALL_ROOMS, &fault, 332, slice(NULL, 0));
}

void rooms_quit(struct session *s)
{
	struct fault fault = {E_SESSION_CLOSED,
		"You disconnected from this network. Enter the room again to "
		"come back."};

	end_rooms(s, ALL_ROOMS, &fault, 0, slice(NULL, 0));
}
