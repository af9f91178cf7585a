/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/message.h"
#include "mapping/talk/readmark.h"
#include "mapping/talk/reply.h"
#include "mapping/text.h"
#include "mapping/user.h"

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

const char *chat_jid(struct session *s, const struct chat *c,
	struct slice nick)
{
	struct mapping *m = core(s);

	if (c != NULL && c->jid != NULL) {
		return c->jid->p;
	}
	buf_truncate(&m->item, 0);
	addr_add_name(m, &m->item, s->network, nick);
	return buf_cstr(&m->item);
}

/* ---- texts ---- */

/* Who serves the network: what they say belongs to a conversation (C.1). */
static bool is_service(const struct ircsource *source)
{
	static const char *const names[] = {
		"AuthServ", "BotServ", "ChanServ", "Global", "GroupServ",
		"HelpServ", "HostServ", "InfoServ", "MemoServ", "NickServ",
		"OperServ", "Q", "SaslServ", "SpamServ", "StatServ",
	};
	struct slice host = source->host;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (slice_is_nocase(source->nick, names[i])) {
			return true;
		}
	}
	return host.len >= 8 && slice_is_nocase(slice(host.p, 8), "services") &&
		(host.len == 8 || host.p[8] == '.');
}

static void add_children(struct session *s, const struct irc_text *t,
	struct slice body, struct slice reply, const struct peer *peer)
{
	struct mapping *m = core(s);
	struct xw *w = &m->out.w;

	xw_elem(w, "body", NS_NONE, body);
	xw_fragment(w, message_html(m, t));
	xw_fragment(w, reply);
	if (peer != NULL) {
		xw_elem(w, "thread", NS_NONE, istr_slice(peer->thread));
	}
	message_add_oob(m, t, body);
	readmark_write(s, w, t->time_ms > 0 && t->kind != IRC_NOTICE);
}

/* c: the talk with them, NULL when there is none. */
static void send_via(struct session *s, const struct chat *c,
	const struct peer *peer, const struct irc_text *t, struct slice body,
	const char *id)
{
	struct mapping *m = core(s);
	struct view *v = peer->via;
	const char *from = room_occ(v->room, t->source.nick);
	struct slice reply =
		reply_of_talk(s, c != NULL ? &c->ids : NULL, t, from);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", from);
	xw_attr(w, "type", "chat");
	xw_attr(w, "id", id);
	add_children(s, t, body, reply, peer);
	xw_empty(w, "x", NS_MUC_USER);
	if (message_is_old(m, t)) {
		out_delay(m, v->room->jid->p, t->time_ms);
	}
	out_end(m);
	out_send(m, s->user, v->resource->full->p);
}

static void send_direct(struct session *s, const struct chat *c,
	const struct irc_text *t, struct slice body, const char *id)
{
	struct mapping *m = core(s);
	bool talk = t->kind != IRC_NOTICE || (c != NULL && chat_is_open(c)) ||
		is_service(&t->source);
	const struct peer *peer =
		c != NULL && c->npeers > 0 ? &c->peers[c->npeers - 1] : NULL;
	const char *from = chat_jid(s, c, t->source.nick);
	struct slice reply =
		reply_of_talk(s, c != NULL ? &c->ids : NULL, t, from);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", from);
	xw_attr(w, "type", talk ? "chat" : "normal");
	xw_attr(w, "id", id);
	add_children(s, t, body, reply, peer);
	if (message_is_old(m, t)) {
		out_delay(m, from, t->time_ms);
	}
	out_end(m);
	out_send(m, s->user, s->user->entry.key->p);
}

/* To the clients that wrote through a room last; false: there are none. */
static bool send_to_rooms(struct chat *c, const struct irc_text *t,
	struct slice body, const char *id)
{
	bool sent = false;

	for (unsigned i = 0; i < c->npeers; i++) {
		if (c->peers[i].via != NULL) {
			send_via(c->session, c, &c->peers[i], t, body, id);
			sent = true;
		}
	}
	return sent;
}

static bool is_seen(const struct room *r)
{
	list_each(it, &r->views) {
		if (list_entry(it, struct view, link)->state == VIEW_JOINED) {
			return true;
		}
	}
	return false;
}

/* Both are in the channel that the message belongs to (channel-context). */
static struct room *context_of(struct session *s, const struct irc_text *t)
{
	struct slice name = irc_text_tag(t, "channel-context");
	struct room *r = name.len > 0 ? session_room(s, name) : NULL;
	uint32_t bits = 0;

	if (r == NULL || r->chan == NULL || r->state != ROOM_COMPLETE ||
		t->from == NULL || !is_seen(r) ||
		chan_member(r->chan, t->from->entry.key, &bits) != t->from) {
		return NULL;
	}
	return r;
}

/* To the clients in that room; false: there are none. */
static bool send_to_context(struct session *s, const struct chat *c,
	const struct irc_text *t, struct slice body, const char *id)
{
	struct room *r = context_of(s, t);

	if (r == NULL) {
		return false;
	}
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->state == VIEW_JOINED) {
			send_via(s, c, &(struct peer){.via = v}, t, body, id);
		}
	}
	return true;
}

static void remember(struct chat *c, const struct irc_text *t,
	struct slice body, struct slice id)
{
	struct mapping *m = core(c->session);

	ids_add(&c->ids, &(struct known){
		.msgid = t->msgid,
		.sid = id,
		.id = id,
		.nick = t->source.nick,
		.text = body,
		.at_ms = t->time_ms > 0 ? t->time_ms : m->clock->wall_ms,
		.exact = t->time_ms > 0,
	});
}

void chat_reveal(const struct chat *c, struct ircuser *u)
{
	for (unsigned i = 0; i < c->npeers; i++) {
		if (c->peers[i].via != NULL) {
			room_reveal(c->peers[i].via->room, u);
		}
	}
}

/* Where a message will be shown, before anything of it is made. */
static void reveal(struct session *s, const struct irc_text *t)
{
	const struct chat *c = chat_find(s, t->source.nick);
	struct room *r = context_of(s, t);

	if (r != NULL) {
		room_reveal(r, t->from);
	} else if (c != NULL) {
		chat_reveal(c, t->from);
	}
}

void chat_on_text(struct session *s, const struct irc_text *t)
{
	struct mapping *m = core(s);
	struct slice body;
	struct chat *c;
	struct slice id;

	if (!t->from_me) {
		reveal(s, t);
	}
	body = message_body(m, t);
	if (body.p == NULL || t->from_me) {
		return;
	}
	if (t->from_server || t->source.nick.len == 0 ||
		t->source.nick.len > CASEMAP_NAME_MAX ||
		t->target.p[0] == '$') {
		/* The server's own words, or an operator's to everybody. */
		session_headline(s, N_("Notice"), body);
		return;
	}
	id = message_id(m, t);
	c = chat_find(s, t->source.nick);
	if (!send_to_context(s, c, t, body, id.p) &&
		(c == NULL || !send_to_rooms(c, t, body, id.p))) {
		send_direct(s, c, t, body, id.p);
	}
	if (t->kind != IRC_NOTICE) {
		c = chat_get(s, t->source.nick);
		remember(c, t, body, id);
		c->seen = true;
		c->shown = IRC_TYPING_NONE; /* the text is there */
		timer_stop(m->clock, &c->shown_timer);
		session_hold(s);
	}
}

bool chat_on_screened(struct session *s, int numeric, const struct ircmsg *msg)
{
	struct mapping *m = core(s);
	struct slice nick = ircmsg_param(msg, 1);
	struct slice clean = out_clean(m, nick);
	struct buf body;

	if (numeric != 718 || clean.len == 0) {
		return false;
	}
	buf_init(&body, 8192);
	buf_addf(&body,
		text(m, user_lang(s->user), "%.*s wants to talk to you, but "
			"you screen messages on this network. To let them, "
			"write to %s: ACCEPT %.*s"),
		SLICE_ARG(clean), session_srv(s), SLICE_ARG(clean));
	out_message(m, s->user, chat_jid(s, NULL, nick),
		s->user->entry.key->p, "chat", slice(NULL, 0),
		buf_slice(&body));
	buf_finish(&body);
	return true;
}
