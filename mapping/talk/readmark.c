/* SPDX-License-Identifier: MIT */
#include "mapping/talk/readmark.h"

#include <stdio.h>

#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/displayed.h"
#include "mapping/talk/ids.h"

enum { AGAIN_MS = 3000, SECONDS_LEN = 19 /* 2011-10-19T16:40:51 */ };

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static bool marks_on(const struct session *s)
{
	return session_is_up(s) && ircnet_cap(s->net, "draft/read-marker");
}

/* ---- to IRC ---- */

/* true: there was something to be told; what finds no place waits. */
static bool tell(struct session *s, struct readmark *mark, struct slice target)
{
	char stamp[OUT_STAMP];
	char text[OUT_STAMP + 8];
	enum err err;

	if (mark->wanted_ms <= mark->told_ms) {
		return false;
	}
	if (ircnet_queued(s->net) > 0) {
		return true;
	}
	out_stamp(mark->wanted_ms, stamp);
	snprintf(text, sizeof text, "%.*s.%03dZ", SECONDS_LEN, stamp,
		(int)(mark->wanted_ms % 1000));
	err = ircnet_markread(s->net, target, slice_str(text));
	if (err != ERR_FULL) {
		mark->told_ms = mark->wanted_ms;
	}
	return true;
}

static void tell_all(void *ctx)
{
	struct session *s = ctx;
	struct map_slot *slot;
	bool more = false;
	uint32_t pos = 0;

	if (!marks_on(s)) {
		return; /* MARKREAD after the next JOIN goes on */
	}
	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (r->state == ROOM_COMPLETE) {
			more |= tell(s, &r->read, istr_slice(r->entry.key));
		}
	}
	pos = 0;
	while ((slot = map_next(&s->chats, &pos)) != NULL) {
		struct chat *c = (struct chat *)(void *)slot->entry;

		more |= tell(s, &c->read, istr_slice(c->nick));
	}
	if (more) {
		timer_start(core(s)->clock, &s->mark_timer, AGAIN_MS);
	}
}

static void go(struct session *s)
{
	if (!timer_running(&s->mark_timer)) {
		tell_all(s);
	}
}

void readmark_init(struct session *s)
{
	timer_init(&s->mark_timer, tell_all, s);
}

void readmark_forget(struct session *s)
{
	timer_stop(core(s)->clock, &s->mark_timer);
}

/* ---- from clients ---- */

static void mark(struct session *s, struct readmark *mark,
	const struct known *k)
{
	if (marks_on(s) && k->exact && k->at_ms > mark->wanted_ms) {
		mark->wanted_ms = k->at_ms;
		go(s);
	}
}

static bool names(const struct elem *displayed, const struct ids *ids,
	struct known *k)
{
	return ids_find(ids, slice_str(elem_attr(displayed, "id")), k);
}

void readmark_by_client(struct room *r, const struct known *k)
{
	displayed_by_client(r, k->at_ms);
	mark(r->session, &r->read, k);
}

void readmark_in_room(struct room *r, const struct elem *displayed)
{
	struct known k;

	if (names(displayed, &r->ids, &k)) {
		readmark_by_client(r, &k);
	}
}

void readmark_in_talk(struct chat *c, const struct elem *displayed)
{
	struct known k;

	if (names(displayed, &c->ids, &k)) {
		mark(c->session, &c->read, &k);
	}
}

void readmark_write(const struct session *s, struct xw *w, bool exact)
{
	if (exact && marks_on(s)) {
		xw_empty(w, "markable", NS_MARKERS);
	}
}

/* ---- from IRC ---- */

/* Where it is kept; NULL: nowhere, as for a channel that we are not in. */
static struct readmark *mark_of(struct session *s, struct slice target)
{
	struct room *r = session_room(s, target);
	struct chat *c = r == NULL && target.len <= CASEMAP_NAME_MAX ?
		chat_find(s, target) :
		NULL;

	if (r != NULL) {
		return r->state == ROOM_JOINED || r->state == ROOM_COMPLETE ?
			&r->read : NULL;
	}
	return c != NULL ? &c->read : NULL;
}

/* What we were about to tell, or told, comes back: a client of ours set it. */
static void tell_clients(struct session *s, struct slice target,
	const struct readmark *mark, int64_t time_ms)
{
	struct room *r = session_room(s, target);

	if (r != NULL && time_ms > mark->told_ms && time_ms > mark->wanted_ms) {
		displayed_on_irc(r, time_ms);
	}
}

void readmark_on_irc(struct session *s, struct slice target, int64_t time_ms)
{
	struct readmark *mark = mark_of(s, target);

	if (mark == NULL) {
		return;
	}
	tell_clients(s, target, mark, time_ms);
	if (time_ms > mark->told_ms) {
		mark->told_ms = time_ms;
	}
	if (time_ms > mark->wanted_ms) {
		mark->wanted_ms = time_ms;
	}
	if (mark->wanted_ms > mark->told_ms) {
		go(s); /* it was read while there was no link */
	}
}

bool readmark_failed(struct session *s, const struct ircmsg *m)
{
	if (!ircmsg_is(m, "FAIL") ||
		!slice_is_nocase(ircmsg_param(m, 0), "MARKREAD")) {
		return false;
	}
	log_info(&s->log, "mark not taken code=%.*s",
		SLICE_ARG(ircmsg_param(m, 1)));
	return true;
}
