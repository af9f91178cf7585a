/* SPDX-License-Identifier: MIT */
#include "irc/ircformat.h"
#include "mapping/out.h"
#include "mapping/room/history.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/sent.h"

/*
 * Messages under way: what is shown of one that IRC has. To a room the
 * reflection (PROTOCOL D.4), to the sender of a one-to-one message what it asked
 * for; both are known by their ids from then on (F.1).
 */

static struct mapping *core(const struct sent *t)
{
	return t->session->user->mapping;
}

/* ---- ids ---- */

/* The sid of the user's own message that this one corrects; absent: none. */
static struct slice corrected(const struct sent *t, const struct ids *ids)
{
	struct slice id = istr_slice(t->corrects);
	struct slice first;
	struct known k;

	if (!ids_find(ids, id, &k) || !k.mine) {
		return slice(NULL, 0);
	}
	first = k.first.len > 0 ? k.first : k.sid;
	return slice(arena_strndup(&core(t)->arena, first.p, first.len),
		first.len);
}

static void remember(const struct sent *t, struct ids *ids,
	const struct past *p)
{
	struct slice names = buf_slice(&t->names);
	struct known k = {
		.first = corrected(t, ids),
		.msgid = slice_cut(&names, '\n'),
		.sid = p->sid,
		.id = p->id,
		.origin = istr_slice(t->origin),
		.nick = p->nick,
		.text = p->text,
		.at_ms = p->at_ms,
		.exact = p->exact,
		.mine = true,
	};

	ids_add(ids, &k);
	while (names.len > 0) { /* the other lines, as IRC knows them */
		k.msgid = slice_cut(&names, '\n');
		k.part = true;
		ids_add(ids, &k);
	}
}

/* A name of a line is enough for that. */
void sent_hide(const struct sent *t)
{
	struct slice names = buf_slice(&t->names);

	while (t->room != NULL && names.len > 0) {
		ids_add(&t->room->ids, &(struct known){
			.msgid = slice_cut(&names, '\n'),
			.id = istr_slice(t->asker.id),
			.nick = istr_slice(t->as),
			.part = true,
			.mine = true,
		});
	}
}

/* ---- rooms ---- */

/* As it would come back from IRC (D.12). */
static struct slice said(const struct sent *t)
{
	struct mapping *m = core(t);

	if (t->say != IRC_ACTION && !t->formats) {
		return buf_slice(&t->text);
	}
	buf_reset(&m->text, CORE_KEEP_BYTES);
	buf_add_str(&m->text, t->say == IRC_ACTION ? "/me " : "");
	irc_strip_formats(&m->text, buf_slice(&t->text));
	return buf_slice(&m->text);
}

/* What the server made of it, in place of the sender's own words. */
static void replace_body(struct sent *t, struct slice body)
{
	struct buf all;
	struct xw w;

	buf_init(&all, t->xml.max);
	xw_init(&w, &all, ns_uri(NS_STANZA));
	xw_elem(&w, "body", NS_NONE, body);
	buf_add_slice(&all, slice(buf_slice(&t->xml).p + t->wording,
		t->xml.len - t->wording));
	if (!all.overflow) {
		buf_reset(&t->xml, t->xml.cap);
		buf_add_slice(&t->xml, buf_slice(&all));
		buf_reset(&t->text, t->text.cap);
		buf_add_slice(&t->text, body);
		t->say = IRC_PRIVMSG; /* `/me ` is in it */
		t->formats = false;
	}
	buf_finish(&all);
}

/* D.4: what the room shows to all clients of the user, the sender too. */
static void reflect(struct sent *t, const struct sent_echo *e)
{
	struct room *r = t->room;
	struct mapping *m = core(t);
	struct slice nick = room_nick(r);
	const struct istr *folded =
		casemap_lookup(t->session->casemap, nick);
	struct ircuser *me = folded && r->chan ?
		chan_member(r->chan, folded, NULL) :
		NULL;
	struct slice names = buf_slice(&t->names);
	struct slice name = out_clean(m, slice_cut(&names, '\n'));
	struct past p = {
		.at_ms = e->at_ms > 0 ? e->at_ms : m->clock->wall_ms,
		.exact = e->at_ms > 0,
		.mine = true,
		.named = name.len > 0,
		.nick = nick,
		.id = istr_slice(t->asker.id),
		.occupant = room_occupant(r, r->net, me, nick),
	};
	char uuid[OUT_UUID];

	if (e->body.len > 0) {
		replace_body(t, e->body);
	}
	p.xml = buf_slice(&t->xml);
	p.text = said(t);
	p.sid = name;
	if (!p.named) {
		out_uuid(m, uuid);
		p.sid = slice_str(uuid);
	}
	history_add(r, &p);
	past_write(r, &p, e->late ? PAST_LATE : PAST_NOW);
	room_broadcast(r);
	remember(t, &r->ids, &p);
}

/* ---- people ---- */

/* An empty message that is about this one, to its sender. */
static struct xw *answer(const struct sent *t)
{
	struct xw *w = out_begin(core(t), "message");

	xw_attr(w, "from", t->asker.to->p);
	return w;
}

static void send_answer(const struct sent *t)
{
	out_end(core(t));
	out_send(core(t), NULL, t->asker.from->p);
}

void sent_tell_delivered(struct sent *t)
{
	struct xw *w;

	if (!t->tell_delivered) {
		return;
	}
	w = answer(t);
	xw_start(w, "x", NS_X_EVENT);
	xw_empty(w, "delivered", NS_NONE);
	xw_elem(w, "id", NS_NONE, istr_slice(t->asker.id));
	xw_end(w);
	send_answer(t);
	t->tell_delivered = false;
}

/* XEP-0184: only what the server has confirmed (F.2). */
static void tell_received(struct sent *t)
{
	char uuid[OUT_UUID];
	struct xw *w;

	if (!t->tell_received) {
		return;
	}
	out_uuid(core(t), uuid);
	w = answer(t);
	xw_attr(w, "type", "chat");
	xw_attr(w, "id", uuid);
	xw_start(w, "received", NS_RECEIPTS);
	xw_attr_slice(w, "id", istr_slice(t->asker.id));
	xw_end(w);
	send_answer(t);
	t->tell_received = false;
}

/* A text to a person: nobody is shown it, but its ids are known from now on. */
static void note_said(struct sent *t, const struct sent_echo *e)
{
	struct chat *c = chat_find(t->session, istr_slice(t->name));
	struct past p = {
		.at_ms = e->at_ms > 0 ? e->at_ms : core(t)->clock->wall_ms,
		.exact = e->at_ms > 0,
		.nick = istr_slice(t->session->nick),
		.id = istr_slice(t->asker.id),
		.text = said(t),
	};

	p.sid = p.id;
	if (c != NULL) {
		remember(t, &c->ids, &p);
	}
	if (e->confirmed) {
		sent_tell_delivered(t);
		tell_received(t);
	}
}

void sent_show(struct sent *t, const struct sent_echo *e)
{
	switch (t->kind) {
	case SENT_ROOM:
		if (t->room != NULL) { /* else nobody is there to see it */
			reflect(t, e);
		}
		break;
	case SENT_CHAT:
		note_said(t, e);
		break;
	case SENT_IQ:
		asker_done(core(t), &t->asker);
		break;
	default:
		break;
	}
}
