/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "irc/ircformat.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/sent.h"

/* Messages under way: made from a stanza. */

/* Children that are not shown again (D.4). */
static bool is_private(const struct elem *e, const struct room *r)
{
	static const enum ns hidden[] = {NS_DELAY, NS_X_DELAY, NS_OCCUPANT_ID,
		NS_HATS, NS_MUC_USER};

	for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
		if (e->ns == hidden[i]) {
			return true;
		}
	}
	if (r != NULL && elem_is(e, "stanza-id", NS_SID)) {
		const char *by = elem_attr(e, "by");

		return by != NULL && strcmp(by, r->jid->p) == 0;
	}
	return false;
}

static bool is_payload(const struct elem *e)
{
	return elem_is(e, "body", NS_STANZA) ||
		elem_is(e, "subject", NS_STANZA);
}

/* What it may be called by later (XEP-0359), and what it corrects. */
static void keep_id(const struct istr **to, const struct elem *e)
{
	struct slice id = slice_str(elem_attr(e, "id"));

	if (id.len > 0 && id.len <= IDS_NAME_MAX) {
		istr_set(to, intern(id.p, id.len));
	}
}

static bool is_html(const struct elem *e)
{
	return elem_is(e, "html", NS_XHTML_IM) || elem_is(e, "html", NS_XHTML);
}

static void copy_others(const struct sent *t, const struct elem *root,
	struct xw *w, bool html)
{
	for (const struct elem *e = root->first; e != NULL; e = e->next) {
		if (e->name != NULL && !is_payload(e) &&
			is_html(e) == html && !is_private(e, t->room)) {
			xw_copy(w, e);
		}
	}
}

/* For the error (C.0), and for the reflection. */
static void keep_children(struct sent *t, const struct elem *root,
	struct slice text)
{
	struct xw w;

	xw_init(&w, &t->xml, ns_uri(NS_STANZA));
	for (const struct elem *e = root->first; e != NULL; e = e->next) {
		if (is_payload(e)) {
			xw_copy(&w, e);
		} else if (elem_is(e, "origin-id", NS_SID)) {
			keep_id(&t->origin, e);
		} else if (elem_is(e, "replace", NS_CORRECT)) {
			keep_id(&t->corrects, e);
		}
	}
	t->payload = t->xml.len;
	if (t->kind != SENT_ROOM) {
		return;
	}
	if (elem_child(root, "body", NS_STANZA) == NULL) {
		xw_elem(&w, "body", NS_NONE, text); /* C.1: always there */
	}
	copy_others(t, root, &w, true);
	t->wording = t->xml.len;
	copy_others(t, root, &w, false);
}

/* Whom it was that could not be invited. */
static void keep_invited(struct sent *t, const char *to)
{
	struct xw w;

	xw_init(&w, &t->xml, ns_uri(NS_STANZA));
	xw_start(&w, "x", NS_MUC_USER);
	xw_start(&w, "invite", NS_NONE);
	xw_attr(&w, "to", to);
	xw_end(&w);
	xw_end(&w);
	t->payload = t->xml.len;
}

/* What the sender wants to know or not (C.20). */
static void read_wishes(struct sent *t, const struct message_parts *p)
{
	uint64_t now = t->session->user->mapping->clock->now_ms;

	if (p == NULL) {
		return;
	}
	if (p->expire_s >= 0 && t->kind != SENT_TOPIC) {
		t->expires_ms = now + (uint64_t)p->expire_s * 1000;
	}
	t->tell_delivered = t->kind == SENT_CHAT &&
		children_event(p, "delivered") && t->asker.id != NULL;
	t->tell_received = t->kind == SENT_CHAT && p->receipt != NULL &&
		t->session->user->mapping->config->receipts &&
		t->asker.id != NULL;
}

/* `/me ` is an action, a headline a NOTICE (C.1, XEP-0245). */
static void add_text(struct sent *t, const struct request *q, struct slice text)
{
	bool spoken = t->kind == SENT_ROOM || t->kind == SENT_CHAT;
	size_t after = spoken ? irc_format_skip(text, "/me ") : 0;

	t->say = IRC_PRIVMSG;
	if (after > 0) {
		t->say = IRC_ACTION;
		irc_format_at(&t->text, text, after);
		text = slice(text.p + after, text.len - after);
	} else if (spoken && stanza_type_is(q->stanza, "headline")) {
		t->say = IRC_NOTICE;
	}
	buf_add_slice(&t->text, text);
}

void sent_message(const struct request *q, const struct saying *say)
{
	struct session *s = say->session;
	struct sent *t = sent_take(s);

	t->kind = say->kind;
	t->unsaid = say->unsaid;
	t->room = say->room;
	t->name = intern(say->name.p, say->name.len);
	t->target = casemap_intern(s->casemap, say->name);
	if (say->kind == SENT_INVITE) {
		t->channel = casemap_intern(s->casemap, say->text);
	} else if (say->channel.len > 0) {
		t->channel = casemap_intern(s->casemap, say->channel);
	}
	asker_init(&t->asker, q, say->ns, "query");
	if (say->to != NULL) {
		istr_set(&t->asker.to, intern(say->to, strlen(say->to)));
	}
	if (say->parts != NULL) {
		t->formats = say->parts->coded.p != NULL &&
			(t->kind == SENT_ROOM || t->kind == SENT_CHAT);
		keep_children(t, q->stanza->root,
			t->formats ? say->parts->body : say->text);
	}
	if (say->invited != NULL) {
		keep_invited(t, say->invited);
	}
	if (say->parts != NULL && say->parts->answers.len > 0) {
		t->answers = intern(say->parts->answers.p,
			say->parts->answers.len);
	}
	read_wishes(t, say->parts);
	add_text(t, q, say->text);
	t->say = say->notice ? IRC_NOTICE : t->say;
	if (say->parts != NULL && say->parts->attention != NULL &&
		t->say == IRC_NOTICE) {
		t->say = IRC_PRIVMSG; /* a headline by its form only (F.2) */
	}
	if (t->xml.overflow || t->text.overflow) {
		t->payload = 0;
		sent_fail(t, &(struct fault){E_NOT_ACCEPTABLE,
				     "The message is too long for IRC. Send it "
				     "in shorter pieces."});
	} else {
		sent_go(t);
	}
}

/* ---- what was written by other ways ---- */

static struct sent *watch(const struct request *q, struct session *s,
	struct room *r, struct slice target, enum sent_kind kind)
{
	struct sent *t = sent_take(s);

	t->kind = kind;
	t->unsaid = true;
	t->room = r;
	t->name = intern(target.p, target.len);
	t->target = casemap_intern(s->casemap, target);
	t->say = IRC_PRIVMSG;
	asker_init(&t->asker, q, NS_NONE, "query");
	return t;
}

void sent_watch(const struct request *q, struct session *s, struct room *r,
	struct slice target)
{
	sent_go(watch(q, s, r, target, SENT_TAGS));
}

void sent_redact(const struct request *q, struct session *s, struct room *r,
	struct slice target, struct slice msgid)
{
	struct sent *t = watch(q, s, r, target, SENT_REDACT);

	buf_add_slice(&t->text, msgid);
	sent_go(t);
}

void sent_reflect(const struct request *q, struct room *r)
{
	struct mapping *m = core_of(q);
	struct slice nick = room_nick(r);
	const struct istr *folded =
		casemap_lookup(r->session->casemap, nick);
	struct ircuser *me = folded != NULL && r->chan != NULL ?
		chan_member(r->chan, folded, NULL) :
		NULL;
	struct xw *w = out_begin(m, "message");
	char uuid[OUT_UUID];

	out_uuid(m, uuid);
	xw_attr(w, "from", room_occ(r, nick));
	xw_attr(w, "type", "groupchat");
	xw_attr(w, "id", q->stanza->id);
	for (const struct elem *e = q->stanza->root->first; e != NULL;
		e = e->next) {
		if (e->name != NULL && !is_private(e, r)) {
			xw_copy(w, e);
		}
	}
	xw_start(w, "stanza-id", NS_SID);
	xw_attr(w, "by", r->jid->p);
	xw_attr(w, "id", uuid);
	xw_end(w);
	room_occupant_id(r, r->net, me, nick);
	out_end(m);
	room_broadcast(r);
}
