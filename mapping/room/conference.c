/* SPDX-License-Identifier: MIT */
#include "mapping/room/conference.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/asker.h"
#include "mapping/iq.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/user.h"

enum { NICKS_MAX = 10, NICKS_BYTES = 1000 };

/* ---- what the room wants ---- */

/* As far as this user's connection knows the channel. */
static bool wants_key(struct request *q, const struct addr *a)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct room *r = s ? room_find(s, a) : NULL;

	return r != NULL && r->chan != NULL && chan_has_mode(r->chan, 'k');
}

void iq_conference_get(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_result(m, q->stanza);

	xw_start(w, "query", NS_IQ_CONFERENCE);
	xw_elem(w, "name", NS_NONE, iq_name(q, a));
	xw_empty(w, "nick", NS_NONE);
	xw_empty(w, "privacy", NS_NONE);
	if (wants_key(q, a)) {
		xw_empty(w, "secret", NS_NONE);
	}
	xw_end(w);
	out_answer(m, q->stanza);
}

/* ---- entering ---- */

/*
 * The first nick, prepared; the others as words for when it is in use. false: it
 * is no nick. None at all is fine: the user's own nick is taken.
 */
static bool read_nicks(struct request *q, const struct elem *query,
	struct slice *first, struct buf *others)
{
	const struct elem *e = elem_child(query, "nick", NS_IQ_CONFERENCE);
	const char *nick;

	for (int i = 0; e != NULL && i < NICKS_MAX; i++) {
		nick = jid_prepare_resource(slice_trim(elem_text(e)),
			&core_of(q)->arena);
		if (nick == NULL && i == 0) {
			return false;
		}
		if (i == 0) {
			*first = slice_str(nick);
		} else if (nick != NULL && strchr(nick, ' ') == NULL) {
			buf_addf(others, "%s%s", others->len ? " " : "", nick);
		}
		e = elem_next(e, "nick", NS_IQ_CONFERENCE);
	}
	return true;
}

/* <privacy/>: the Jabber address stays with us (expose_jid). */
static bool keep_private(struct session *s, struct fault *fault)
{
	if (s->net != NULL && s->jid_shown) {
		fault->error = E_NOT_ACCEPTABLE;
		fault->text = "Your address is shown on this network already. "
			      "Leave all its rooms first.";
		return false;
	}
	s->private = true;
	return true;
}

static bool enter(struct request *q, const struct addr *a, struct slice nick,
	const struct buf *others, struct fault *fault)
{
	const struct elem *query = elem_first(q->stanza->root);
	struct user *u = user_get(core_of(q), q->from.bare);
	struct addr occ = *a;
	struct asker *asker;
	struct join join = {
		.addr = &occ,
		.dialect = DIALECT_CONFERENCE,
		.password = elem_child_text(query, "secret", NS_IQ_CONFERENCE),
	};
	struct session *s;
	struct resource *res;
	bool fine;

	user_touch(u);
	s = session_get(u, a->network, nick, fault);
	res = s ? resource_get(u, q->from.full) : NULL;
	if (res == NULL || (elem_child(query, "privacy", NS_IQ_CONFERENCE) &&
				   !keep_private(s, fault))) {
		return false;
	}
	if (others->len > 0) {
		istr_set(&s->nicks, intern(others->p, others->len));
	}
	occ.nick = nick.len > 0 ? nick : istr_slice(s->nick);
	asker = must_calloc(1, sizeof *asker);
	asker_init(asker, q, NS_IQ_CONFERENCE, "query");
	join.asker = asker;
	fine = room_enter(res, s, &join, fault);
	if (!fine) {
		asker_finish(asker);
		free(asker);
	}
	return fine;
}

void iq_conference_set(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct fault fault = {E_RESOURCE_CONSTRAINT,
		"Too many of your clients are here. Leave a room with one of "
		"them first."};
	struct slice nick = {0};
	struct buf others;

	buf_init(&others, NICKS_BYTES);
	if (q->from.resource == NULL) {
		out_error(m, q->stanza, E_BAD_REQUEST,
			"It is not known which of your clients is to enter. "
			"Join the channel as a group chat with your client.");
	} else if (!read_nicks(q, elem_first(q->stanza->root), &nick,
			   &others)) {
		out_error(m, q->stanza, E_JID_MALFORMED,
			"IRC does not allow this nick. Use letters, digits and "
			"-_[]{}\\|^` without spaces.");
	} else if (!enter(q, a, nick, &others, &fault)) {
		out_fault(m, q->stanza, &fault);
	}
	buf_finish(&others);
}

/* ---- for the room ---- */

/* The iq of the view is about to be answered. */
static struct asker take(struct view *v)
{
	struct asker a = *v->entering;

	free(v->entering);
	v->entering = NULL;
	return a;
}

void conference_waits(struct view *v, struct asker *asker)
{
	if (v->entering != NULL) {
		conference_refused(v, &(struct fault){E_CONFLICT,
			"Your client asked to enter this room once more. Wait "
			"for the answer to that."});
	}
	v->entering = asker;
}

void conference_entered(struct view *v)
{
	struct mapping *m = v->room->session->user->mapping;
	struct asker a;
	struct xw *w;

	if (v->entering == NULL) {
		return;
	}
	a = take(v);
	w = asker_result(m, &a);
	xw_start(w, "query", NS_IQ_CONFERENCE);
	xw_elem(w, "id", NS_NONE,
		slice_str(room_occ(v->room, room_nick(v->room))));
	xw_elem(w, "nick", NS_NONE, out_clean(m, room_nick(v->room)));
	xw_end(w);
	asker_send(m, &a);
	asker_finish(&a);
}

void conference_refused(struct view *v, const struct fault *fault)
{
	struct mapping *m = v->room->session->user->mapping;
	struct asker a;

	if (v->entering == NULL) {
		return;
	}
	a = take(v);
	asker_fail(m, &a, fault->error, fault->text);
	asker_finish(&a);
}

void conference_push(struct room *r, const struct view *only, struct slice nick,
	bool there)
{
	struct mapping *m = r->session->user->mapping;
	bool written = false;

	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);
		struct xw *w;
		char id[OUT_UUID];

		if (v->dialect != DIALECT_CONFERENCE || !view_joined(v) ||
			(only != NULL && v != only)) {
			continue;
		}
		if (!written) {
			out_uuid(m, id);
			w = out_begin(m, "iq");
			xw_attr(w, "from", r->jid->p);
			xw_attr(w, "id", id);
			xw_attr(w, "type", "set");
			xw_start(w, "user", NS_IQ_BROWSE);
			xw_attr(w, "jid", room_occ(r, nick));
			xw_attr_slice(w, "name", out_clean(m, nick));
			xw_attr(w, "type", there ? NULL : "remove");
			xw_end(w);
			out_end(m);
			written = true;
		}
		out_send(m, NULL, v->resource->full->p);
	}
}
