/* SPDX-License-Identifier: MIT */
#include "mapping/talk/redact.h"

#include "mapping/out.h"
#include "mapping/room/lazy.h"
#include "mapping/room/history.h"
#include "mapping/room/moderate.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/message.h"
#include "mapping/talk/sent.h"
#include "mapping/text.h"

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static bool can_redact(const struct session *s)
{
	return session_is_up(s) &&
		ircnet_cap(s->net, "draft/message-redaction");
}

static const struct fault cannot = {E_FEATURE_NOT_IMPLEMENTED,
	N_("On this IRC network no message can be taken back. Write a new one "
	   "that says what you meant.")};
static const struct fault unknown = {E_ITEM_NOT_FOUND,
	N_("IRC does not know this message any more. Write a new one about "
	   "it.")};

/* ---- Jabber to IRC ---- */

/*
 * IRC's name for what a client calls so. One that nobody remembers may be as old
 * as the channel; in a room it is IRC's own name then. Absent: there is none.
 */
static struct slice msgid_of(const struct ids *ids, struct slice id, bool room,
	struct known *k)
{
	if (ids_find(ids, id, k)) {
		return k->msgid;
	}
	*k = (struct known){.mine = true};
	return room ? id : slice(NULL, 0);
}

/*
 * REDACT of each line that the message was on IRC, with what corrected it: that
 * would else be left of it. It is all of them or none: there must be room in the
 * queue for all. *msgid: of the first line, whose echo comes first.
 */
static enum err redact_lines(struct session *s, const struct ids *ids,
	const struct known *k, struct slice target, struct slice *msgid,
	struct slice reason)
{
	struct known line;
	unsigned lines = 0;
	enum err err = ERR_OK;

	while (k->mine && lines < REDACT_LINES_MAX &&
		ids_version(ids, k->sid, lines, &line)) {
		lines++;
	}
	if (lines == 0) {
		return ircnet_redact(s->net, target, *msgid, reason);
	}
	if (moderation_room_for(s) < lines) {
		return ERR_FULL;
	}
	for (unsigned i = 0; err == ERR_OK && i < lines; i++) {
		ids_version(ids, k->sid, i, &line);
		*msgid = i == 0 ? line.msgid : *msgid;
		err = ircnet_redact(s->net, target, line.msgid, reason);
	}
	return err;
}

static void retract(struct request *q, struct session *s, struct room *r,
	const struct ids *ids, struct slice target,
	const struct message_parts *p)
{
	struct mapping *m = core(s);
	struct slice id = slice_str(elem_attr(p->retract, "id"));
	struct slice msgid;
	struct known k;
	enum err err;

	if (!session_is_up(s) || (r != NULL && r->state != ROOM_COMPLETE)) {
		out_error(m, q->stanza, E_RECIPIENT_UNAVAILABLE,
			"IRC is not reachable at the moment. Try again soon.");
		return;
	}
	if (!can_redact(s)) {
		out_fault(m, q->stanza, &cannot);
		return;
	}
	msgid = msgid_of(ids, id, r != NULL, &k);
	if (msgid.len == 0) {
		out_fault(m, q->stanza, &unknown);
		return;
	}
	if (!k.mine) {
		out_error(m, q->stanza, E_FORBIDDEN,
			"Only your own messages can be retracted. Operators of "
			"the channel can take away others by moderation.");
		return;
	}
	err = redact_lines(s, ids, &k, target, &msgid, slice(NULL, 0));
	if (err != ERR_OK) {
		out_error(m, q->stanza,
			err == ERR_FULL ? E_RESOURCE_CONSTRAINT :
					  E_ITEM_NOT_FOUND,
			err == ERR_FULL ? N_("Too much is waiting for IRC. Try "
					     "again soon.") :
					  unknown.text);
		return;
	}
	sent_redact(q, s, r, target, msgid);
}

void redact_in_room(struct request *q, struct view *v,
	const struct message_parts *p)
{
	struct room *r = v->room;

	retract(q, r->session, r, &r->ids,
		istr_slice(r->chan ? r->chan->name : r->name), p);
}

void redact_in_talk(struct request *q, struct session *s, struct chat *c,
	const struct message_parts *p)
{
	retract(q, s, NULL, &c->ids, istr_slice(c->nick), p);
}

/* ---- moderation ---- */

void iq_moderate(struct request *q, const struct addr *a)
{
	const struct elem *e = elem_first(q->stanza->root);
	struct slice id = slice_str(elem_attr(e, "id"));
	struct room *r = moderation_room(q, a);
	struct mapping *m = core_of(q);
	struct moderation *p = NULL;
	struct fault fault;
	uint64_t label;
	struct slice msgid;
	struct known k;
	enum err err = ERR_BAD_INPUT;

	if (r == NULL) {
		return; /* it was answered */
	}
	if (!can_redact(r->session)) {
		out_fault(m, q->stanza, &cannot);
		return;
	}
	if (id.len == 0 || elem_child(e, "retract", NS_RETRACT) == NULL) {
		out_error(m, q->stanza, E_BAD_REQUEST,
			"It is not said which message is to be removed, or "
			"that it is. Name it, with <retract/>.");
		return;
	}
	msgid = msgid_of(&r->ids, id, true, &k);
	if (!moderation_possible(r->session, &fault) ||
		moderation_room_for(r->session) < 2) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	label = answer_label(r->session);
	if (msgid.len > 0) {
		err = redact_lines(r->session, &r->ids, &k,
			istr_slice(r->chan->name), &msgid,
			elem_child_text(e, "reason", e->ns));
	}
	if (err == ERR_OK) {
		p = moderation_start(q, r->session, r->entry.key,
			&moderation_redact, label, &fault);
	} else if (err != ERR_FULL) { /* else it is that too much waits */
		fault = unknown;
	}
	answer_labelled(r->session);
	if (p == NULL) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	p->asker.element = "moderate";
}

/* ---- IRC to Jabber ---- */

static void write_retract(struct xw *w, struct slice id)
{
	xw_start(w, "retract", NS_RETRACT);
	xw_attr_slice(w, "id", id);
}

void redact_finish(struct room *r, struct slice id)
{
	struct mapping *m = core(r->session);
	struct xw *w = &m->out.w;

	xw_empty(w, "store", NS_HINTS);
	xw_start(w, "stanza-id", NS_SID);
	xw_attr(w, "by", r->jid->p);
	xw_attr_slice(w, "id", id);
	xw_end(w);
}

/* By who wrote it; id: of the stanza. */
static void show_retracted(struct room *r, struct slice nick, struct slice sid,
	struct slice id)
{
	struct mapping *m = core(r->session);
	const struct istr *folded =
		casemap_lookup(r->session->casemap, nick);
	struct ircuser *u = folded != NULL && r->chan != NULL ?
		chan_member(r->chan, folded, NULL) :
		NULL;
	char uuid[OUT_UUID];
	struct xw *w;

	out_uuid(m, uuid);
	w = out_begin(m, "message");
	xw_attr(w, "from", room_occ(r, nick));
	xw_attr(w, "type", "groupchat");
	xw_attr_slice(w, "id", id.len > 0 ? id : slice_str(uuid));
	write_retract(w, sid);
	xw_end(w);
	redact_finish(r, slice_str(uuid));
	room_occupant_id(r, r->net, u, nick);
	out_end(m);
	room_broadcast(r);
	history_drop(r, sid);
	ids_gone(&r->ids, sid);
}

/* By somebody else: the room says so. */
static void show_moderated(struct room *r, const struct irc_text *where,
	struct slice sid)
{
	struct mapping *m = core(r->session);
	struct slice nick = where->source.nick;
	struct slice reason = out_clean(m, where->text);
	char uuid[OUT_UUID];
	struct xw *w;

	out_uuid(m, uuid);
	w = out_begin(m, "message");
	xw_attr(w, "from", r->jid->p);
	xw_attr(w, "type", "groupchat");
	xw_attr(w, "id", uuid);
	write_retract(w, sid);
	xw_start(w, "moderated", NS_MODERATE);
	if (!where->from_server) {
		xw_attr(w, "by", room_occ(r, nick));
		room_occupant_id(r, r->net, where->from, nick);
	}
	xw_end(w);
	if (reason.len > 0) {
		xw_elem(w, "reason", NS_NONE, reason);
	}
	xw_end(w);
	redact_finish(r, slice_str(uuid));
	out_end(m);
	room_broadcast(r);
	history_drop(r, sid);
	ids_gone(&r->ids, sid);
}

static void on_room(struct room *r, const struct irc_text *where,
	struct slice msgid)
{
	struct session *s = r->session;
	struct slice nick = where->source.nick;
	struct known k;
	bool known = ids_find_msgid(&r->ids, msgid, &k);
	struct slice id = slice(NULL, 0);

	if (known && k.gone) {
		return; /* a further line of what is taken back whole */
	}
	if (!known) {
		k = (struct known){.sid = out_clean(core(s), msgid)};
	}
	if (where->from_me) {
		id = sent_redacted(s, r, msgid); /* of the stanza that asked */
	}
	if (known && id.p == NULL && redact_line(r, where, msgid, &k)) {
		return;
	}
	if (id.p != NULL || (k.nick.len > 0 &&
		casemap_equal(s->casemap, k.nick, nick))) {
		show_retracted(r, nick, k.sid, id);
	} else {
		show_moderated(r, where, k.sid);
	}
}

static void show_in_talk(struct chat *c, struct slice nick, struct slice id)
{
	struct session *s = c->session;
	struct mapping *m = core(s);
	bool by_room = false;
	char uuid[OUT_UUID];

	out_uuid(m, uuid);
	for (unsigned i = 0; i <= c->npeers; i++) {
		struct view *via = i < c->npeers ? c->peers[i].via : NULL;
		struct xw *w;

		if (i < c->npeers ? via == NULL : by_room) {
			continue;
		}
		by_room = true;
		w = out_begin(m, "message");
		xw_attr(w, "from", via != NULL ? room_occ(via->room, nick) :
						 chat_jid(s, c, nick));
		xw_attr(w, "type", "chat");
		xw_attr(w, "id", uuid);
		write_retract(w, id);
		xw_end(w);
		xw_empty(w, "store", NS_HINTS);
		if (via != NULL) {
			xw_empty(w, "x", NS_MUC_USER);
		}
		out_end(m);
		out_send(m, s->user, via != NULL ? c->peers[i].full->p :
						   s->user->entry.key->p);
	}
}

/* Of a message of theirs; ours comes back, and our client knows it. */
static void on_talk(struct session *s, const struct irc_text *where,
	struct slice msgid)
{
	struct slice nick = where->source.nick;
	struct chat *c = nick.len <= CASEMAP_NAME_MAX && !where->from_me ?
		chat_find(s, nick) :
		NULL;
	struct known k;

	if (where->from_me) {
		sent_redacted(s, NULL, msgid);
	} else if (c != NULL && ids_find_msgid(&c->ids, msgid, &k) &&
		!k.mine && k.id.len > 0) {
		chat_reveal(c, where->from);
		show_in_talk(c, nick, k.id);
	}
}

void redact_on_irc(struct session *s, const struct irc_text *where,
	struct slice msgid)
{
	struct room *r = where->chan != NULL ? where->chan->owner : NULL;

	if (where->chan == NULL) {
		on_talk(s, where, msgid);
	} else if (r != NULL && r->chan == where->chan) {
		room_reveal(r, where->from);
		on_room(r, where, msgid);
	}
}

void redact_done(struct sent *t)
{
	struct room *r = t->room;
	struct known k;

	if (t->kind != SENT_REDACT || r == NULL) {
		return;
	}
	if (!ids_find_msgid(&r->ids, buf_slice(&t->text), &k)) {
		k = (struct known){.sid = buf_slice(&t->text)};
	}
	show_retracted(r, room_nick(r), k.sid, istr_slice(t->asker.id));
}
