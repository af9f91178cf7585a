/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/command/raw.h"
#include "mapping/out.h"
#include "mapping/room/history.h"
#include "mapping/room/knock.h"
#include "mapping/room/lazy.h"
#include "mapping/room/own.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/children.h"
#include "mapping/talk/compose.h"
#include "mapping/talk/correct.h"
#include "mapping/talk/displayed.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/message.h"
#include "mapping/talk/react.h"
#include "mapping/talk/readmark.h"
#include "mapping/talk/redact.h"
#include "mapping/talk/reply.h"
#include "mapping/talk/sent.h"
#include "mapping/user.h"

/* Messages and the subject of rooms, both ways (PROTOCOL D.4, D.5). */

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

/* ---- IRC to Jabber ---- */

/* Everything that is shown of it; false: nothing is. */
static bool read_past(struct room *r, const struct irc_text *t,
	struct past *p)
{
	struct mapping *m = core(r);
	/* As the list of occupants spells it. */
	struct slice nick = t->from ? istr_slice(t->from->nick) :
				      t->source.nick;
	struct slice body = message_body(m, t);

	if (body.p == NULL) {
		return false;
	}
	*p = (struct past){
		.at_ms = t->time_ms > 0 ? t->time_ms : m->clock->wall_ms,
		.exact = t->time_ms > 0,
		.mine = t->from_me,
		.named = t->msgid.len > 0,
		.media = message_is_media(m, t, body),
		.nick = t->from_server ? slice(NULL, 0) : nick,
		.text = body,
		.html = message_html(m, t),
		.reply = reply_of_room(r, t),
	};
	p->sid = message_id(m, t);
	p->id = p->sid;
	if (!t->from_server) {
		p->occupant = room_occupant(r, r->session->net, t->from, nick);
	}
	return true;
}

/* What we say comes back; what comes back unasked was said elsewhere. */
static bool is_echo(const struct room *r)
{
	return ircnet_cap(r->session->net, "echo-message");
}

/* Nobody was shown it yet, and it is nothing that waits for its proof. */
static bool is_news(struct room *r, const struct irc_text *t,
	const struct past *p)
{
	struct known k;

	if (!t->history) {
		return !t->from_me || !history_has(r, p);
	}
	return !ids_find_msgid(&r->ids, t->msgid, &k) &&
		!history_has(r, p) && !sent_proven(r->session, r, t) &&
		history_is_news(r, p);
}

void room_on_text(const struct irc_text *t)
{
	struct room *r = t->chan->owner;
	struct mapping *m;
	struct past p;
	bool waits;

	if (r == NULL || (t->from_me && !t->history && !is_echo(r)) ||
		own_hides(r, t) || knock_on_notice(r, t)) {
		return;
	}
	m = core(r);
	if (m->congested) {
		r->missed++;
		m->counts.dropped++;
		return;
	}
	if (t->from != NULL && !t->history) {
		room_reveal(r, t->from);
		chan_mark(t->chan, t->from->entry.key);
	}
	if (!read_past(r, t, &p)) {
		return;
	}
	if (!is_news(r, t, &p)) {
		return;
	}
	if (!t->history && t->from != NULL) {
		room_typing_over(r, t->from->entry.key);
	}
	waits = t->history && history_waits(r);
	history_add(r, &p);
	if (!waits) {
		past_write(r, &p,
			t->history		? PAST_CACHED :
				message_is_old(m, t) ? PAST_LATE :
						  PAST_NOW);
		room_broadcast(r);
	}
	ids_add(&r->ids, &(struct known){
		.msgid = t->msgid,
		.sid = p.sid,
		.id = p.id,
		.nick = p.nick,
		.text = p.text,
		.at_ms = p.at_ms,
		.exact = p.exact,
		.mine = p.mine,
	});
	displayed_known(r, p.at_ms);
}

void room_on_played(struct ircchan *c)
{
	struct room *r = c->owner;

	if (r != NULL) {
		history_played(r);
	}
}

void room_on_topic(struct session *s, struct ircchan *c,
	const struct ircsource *by)
{
	struct room *r = c->owner;
	struct slice id = slice(NULL, 0);

	if (r != NULL && ircnet_is_me(s->net, by->nick)) {
		id = sent_topic_set(s, r);
		raw_on_topic(s);
	}
	if (r != NULL && r->chan == c) {
		log_debug(&s->log, "topic channel=%s", c->name->p);
		room_reveal(r, ircnet_user(s->net, by->nick));
		room_show_subject(r, NULL, id, false);
	}
}

void room_notice(struct room *r, const char *text)
{
	struct mapping *m = core(r);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", r->jid->p);
	xw_attr(w, "type", "groupchat");
	xw_elem(w, "body", NS_NONE, slice_str(text));
	out_end(m);
	room_broadcast(r);
}

/* ---- Jabber to IRC ---- */

/* F.2: of a correction IRC hears what changed; nothing did: only clients do. */
static void say_corrected(const struct request *q, struct room *r,
	const struct message_parts *p, struct saying *say)
{
	struct slice text = correct_text(core_of(q), &r->said, q->stanza->id,
		p->replace, say->text);

	say->unsaid = text.len == 0;
	say->text = say->unsaid ? say->text : text;
}

void room_message(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct view *v = room_view_of(q, a);
	struct message_parts p;
	struct saying say = {.parts = &p};

	children_read(q, &p);
	if (v != NULL && (p.retract != NULL || p.reactions != NULL)) {
		(p.retract != NULL ? redact_in_room : react_in_room)(q, v, &p);
		return;
	}
	if (p.body.p == NULL && p.oob == NULL && !p.encrypted &&
		p.retract == NULL && p.reactions == NULL &&
		(p.subject.p == NULL || p.thread.p != NULL)) {
		if (v != NULL && p.typing != IRC_TYPING_NONE) {
			room_tell_typing(v, p.typing);
		}
		if (v != NULL && p.displayed != NULL) {
			readmark_in_room(v->room, p.displayed);
		}
		return; /* and whatever else IRC has no use for */
	}
	if (v == NULL) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
		return;
	}
	if (children_refused(q, &p)) {
		return;
	}
	say.session = v->room->session;
	say.room = v->room;
	say.name = istr_slice(v->room->chan ? v->room->chan->name :
					      v->room->name);
	if (p.body.p == NULL && p.oob == NULL) {
		say.kind = SENT_TOPIC;
		say.text = p.subject;
	} else {
		say.kind = SENT_ROOM;
		reply_in_room(v->room, &p);
		say.text = compose_room(m, &p);
		if (say.text.len == 0) {
			out_error(m, q->stanza, E_NOT_ACCEPTABLE,
				"The message is empty. Write some text.");
			return;
		}
		room_typing_said(v->room);
		say_corrected(q, v->room, &p, &say);
	}
	sent_message(q, &say);
}
