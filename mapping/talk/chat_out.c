/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/compose.h"
#include "mapping/talk/correct.h"
#include "mapping/talk/envelope.h"
#include "mapping/talk/react.h"
#include "mapping/talk/readmark.h"
#include "mapping/talk/redact.h"
#include "mapping/talk/reply.h"
#include "mapping/talk/sent.h"
#include "mapping/user.h"

/* Whom a stanza to OCC or NICK is for. */
struct listener {
	struct session *session;
	struct view *via;  /* OCC: the sender's view of the room */
	struct slice nick; /* as IRC is to see it */
	bool known;        /* on IRC for sure */
	bool self;         /* it is the user */
};

static bool find_occupant(struct request *q, const struct addr *a,
	struct listener *l, struct fault *fault)
{
	struct ircuser *to;

	l->via = room_view_of(q, a);
	if (l->via == NULL) {
		*fault = (struct fault){E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first."};
		return false;
	}
	to = addr_find_occupant(l->via->room->session, l->via->room->net,
		l->via->room->chan, a->nick, NULL);
	if (to == NULL) {
		*fault = (struct fault){E_ITEM_NOT_FOUND,
			"Nobody of that name is in this room. Look at who is "
			"there, and at the spelling."};
		return false;
	}
	l->session = l->via->room->session;
	l->nick = istr_slice(to->nick);
	l->known = true;
	l->self = slice_eq(l->nick, room_nick(l->via->room));
	return true;
}

/* Makes the session when there is none. */
static bool find_nick(struct request *q, const struct addr *a,
	struct listener *l, struct fault *fault)
{
	struct user *u = user_get(core_of(q), q->from.bare);
	struct session *s;

	user_touch(u);
	s = session_get(u, a->network, slice(NULL, 0), fault);
	if (s == NULL) { /* none may be opened (C.1) */
		fault->error = E_RECIPIENT_UNAVAILABLE;
		return false;
	}
	l->session = s;
	l->nick = addr_find_nick(s, a);
	l->known = s->net != NULL && ircnet_user(s->net, l->nick) != NULL;
	l->self = s->net != NULL && ircnet_is_me(s->net, l->nick);
	return true;
}

static bool find_listener(struct request *q, const struct addr *a,
	struct listener *l, struct fault *fault)
{
	*l = (struct listener){0};
	return a->kind == ADDR_OCC ? find_occupant(q, a, l, fault) :
				     find_nick(q, a, l, fault);
}

/* A message to oneself never leaves the gateway (D.7). */
static void loop_back(struct request *q, const struct addr *a,
	const struct listener *l, struct slice text)
{
	struct mapping *m = core_of(q);
	bool room = l->via != NULL;
	const char *from = room ? room_occ(l->via->room, l->nick) : a->bare;
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", from);
	xw_attr(w, "type", "chat");
	xw_attr(w, "id", room ? q->stanza->id : NULL);
	xw_elem(w, "body", NS_NONE, text);
	if (room) {
		xw_empty(w, "x", NS_MUC_USER);
	}
	out_end(m);
	out_send(m, l->session->user, room ? q->from.full : q->from.bare);
}

static struct chat *begin_talk(const struct addr *a, const struct listener *l)
{
	struct session *s = l->session;
	struct chat *c = chat_get(s, l->nick);

	c->seen |= l->known;
	if (l->via == NULL) {
		istr_set(&c->jid, intern(a->bare, strlen(a->bare)));
	} else if (s->net != NULL) { /* else the link is lost, and comes again */
		room_reveal(l->via->room, ircnet_user(s->net, l->nick));
	}
	session_hold(s);
	session_open(s);
	return c;
}

/* ---- messages ---- */

struct copying {
	struct request *q;
	struct saying say;
};

/* The same text to somebody else whom the envelope names. */
static void copy_to(void *ctx, const char *jid, struct slice nick)
{
	struct copying *c = ctx;

	c->say.name = nick;
	c->say.to = jid;
	chat_get(c->say.session, nick);
	sent_message(c->q, &c->say);
}

static void say(struct request *q, const struct listener *l, struct chat *c,
	const struct message_parts *p)
{
	struct mapping *m = core_of(q);
	struct invitation invitation;
	struct copying copying = {.q = q, .say = {
		.session = l->session,
		.name = l->nick,
		.kind = SENT_INVITE,
		.parts = p,
	}};
	struct saying *s = &copying.say;

	invitation_read(l->session, p, &invitation);
	if (invitation.channel.len > 0) {
		s->text = invitation.channel;
		sent_message(q, s);
	}
	s->kind = SENT_CHAT;
	s->text = compose_chat(m, p, invitation.words);
	if (s->text.len > 0) {
		s->text = correct_text(m, &c->said, q->stanza->id, p->replace,
			s->text);
		if (s->text.len == 0) {
			return; /* nothing of it changed */
		}
		sent_message(q, s);
		envelope_others(l->session, p, l->nick, copy_to, &copying);
	} else if (invitation.channel.len == 0) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"There is nothing in this message that IRC could "
			"carry. Write it as text.");
	}
}

/* Only that somebody is typing: no session is opened for that. */
static void note_typing(struct request *q, const struct addr *a,
	const struct message_parts *p)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s =
		u != NULL ? session_find(u, a->network) : NULL;
	enum irc_typing typing = p->typing;
	struct listener l;
	struct fault fault;

	if (children_event(p, "id")) { /* a notice, not a wish (XEP-0022) */
		typing = children_event(p, "composing") ? IRC_TYPING_ACTIVE :
							  IRC_TYPING_DONE;
		if (children_event(p, "delivered") ||
			children_event(p, "displayed") ||
			children_event(p, "offline")) {
			return;
		}
	}
	if (typing == IRC_TYPING_NONE || s == NULL || !session_is_up(s) ||
		!find_listener(q, a, &l, &fault) || l.self) {
		return;
	}
	chat_tell_typing(l.session, l.nick, q->from.full, typing);
}

/* Up to where it was read; the same. */
static void note_displayed(struct request *q, const struct addr *a,
	const struct message_parts *p)
{
	struct user *u = user_find(core_of(q), q->from.bare);
	struct session *s =
		u != NULL ? session_find(u, a->network) : NULL;
	struct listener l;
	struct fault fault;
	struct chat *c;

	if (p->displayed == NULL || s == NULL || !session_is_up(s) ||
		!find_listener(q, a, &l, &fault) || l.self) {
		return;
	}
	c = chat_find(l.session, l.nick);
	if (c != NULL) {
		readmark_in_talk(c, p->displayed);
	}
}

/* About a message of this talk: no session is opened for that. */
static void about_message(struct request *q, const struct addr *a,
	const struct message_parts *p)
{
	struct mapping *m = core_of(q);
	struct listener l;
	struct fault fault;
	struct chat *c;

	if (!find_listener(q, a, &l, &fault)) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	c = l.self ? NULL : chat_find(l.session, l.nick);
	if (c == NULL) {
		out_error(m, q->stanza, E_ITEM_NOT_FOUND,
			"IRC does not know this message any more. Write a new "
			"one about it.");
	} else if (p->retract != NULL) {
		redact_in_talk(q, l.session, c, p);
	} else {
		react_in_talk(q, l.session, c, p);
	}
}

static bool says_something(const struct message_parts *p)
{
	return p->body.len > 0 || p->subject.len > 0 || p->oob != NULL ||
		p->invite != NULL || p->roster != NULL || p->encrypted;
}

void chat_to_person(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct message_parts p;
	struct listener l;
	struct fault fault;
	struct chat *c;

	children_read(q, &p);
	reply_in_talk(&p);
	if (p.attention != NULL && m->config->attention &&
		!says_something(&p)) {
		p.body = slice_str("attention!"); /* XEP-0224 */
	}
	if (p.retract != NULL || p.reactions != NULL) {
		about_message(q, a, &p);
		return;
	}
	if (!says_something(&p)) {
		note_typing(q, a, &p);
		note_displayed(q, a, &p);
		return;
	}
	if (children_refused(q, &p)) {
		return;
	}
	if (!find_listener(q, a, &l, &fault)) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	if (l.self) {
		p.coded = slice(NULL, 0);
		loop_back(q, a, &l, compose_chat(m, &p, slice(NULL, 0)));
		return;
	}
	c = begin_talk(a, &l);
	chat_note_peer(c, q, l.via, &p);
	typing_said(&c->typing);
	reply_names(l.session, &c->ids, &p);
	say(q, &l, c, &p);
}

void chat_say_iq(struct request *q, const struct addr *a, enum ns ns,
	struct slice text)
{
	struct mapping *m = core_of(q);
	struct listener l;
	struct fault fault;

	if (!find_listener(q, a, &l, &fault)) {
		out_fault(m, q->stanza, &fault);
	} else if (l.self) {
		loop_back(q, a, &l, text);
		out_result(m, q->stanza);
		out_answer(m, q->stanza);
	} else {
		begin_talk(a, &l);
		sent_message(q, &(struct saying){
			.session = l.session,
			.name = l.nick,
			.kind = SENT_IQ,
			.text = text,
			.ns = ns,
		});
	}
}
