/* SPDX-License-Identifier: MIT */
#include "mapping/chat.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/message.h"
#include "mapping/out.h"
#include "mapping/room.h"
#include "mapping/sent.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum {
	CHATS_MAX = 500,         /* known at a time, per session */
	CHAT_OPEN_MS = 600000,   /* a NOTICE belongs to a talk of ten minutes */
	CHAT_VIA_MS = 86400000,  /* the choice of address is kept for a day */
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- what is known of talks ---- */

static void chat_free(struct session *s, struct chat *c)
{
	map_remove(&s->chats, &c->entry);
	istr_unref(c->entry.key);
	istr_unref(c->jid);
	free(c);
}

static struct chat *chat_find(struct session *s, struct slice nick)
{
	return (struct chat *)(void *)map_get(&s->chats,
		casemap_lookup(s->casemap, nick));
}

bool chat_seen(const struct session *s, const struct istr *folded)
{
	const struct chat *c =
		(const struct chat *)(void *)map_get(&s->chats, folded);

	return c != NULL && c->seen;
}

/* The one that was silent longest makes place. */
static void evict(struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;
	struct chat *oldest = NULL;

	while ((slot = map_next(&s->chats, &pos)) != NULL) {
		struct chat *c = (struct chat *)(void *)slot->entry;

		if (oldest == NULL || c->last_ms < oldest->last_ms) {
			oldest = c;
		}
	}
	chat_free(s, oldest);
}

static struct chat *chat_get(struct session *s, struct slice nick)
{
	struct chat *c = chat_find(s, nick);

	if (c == NULL) {
		if (s->chats.used >= CHATS_MAX) {
			evict(s);
		}
		c = must_calloc(1, sizeof *c);
		c->entry.key = casemap_intern(s->casemap, nick);
		map_put(&s->chats, &c->entry, 0);
	}
	c->last_ms = core(s)->clock->now_ms;
	return c;
}

static void add_via(struct chat *c, struct view *v)
{
	for (unsigned i = 0; i < c->nvia; i++) {
		if (c->via[i] == v) {
			return;
		}
	}
	if (c->nvia == CHAT_VIAS) {
		memmove(c->via, c->via + 1, sizeof c->via - sizeof *c->via);
		c->nvia--;
	}
	c->via[c->nvia++] = v;
}

static void drop_via(struct session *s, const struct view *v,
	const struct room *r)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->chats, &pos)) != NULL) {
		struct chat *c = (struct chat *)(void *)slot->entry;
		unsigned n = 0;

		for (unsigned i = 0; i < c->nvia; i++) {
			if (c->via[i] != v && c->via[i]->room != r) {
				c->via[n++] = c->via[i];
			}
		}
		c->nvia = n;
	}
}

void chats_drop_view(struct session *s, const struct view *v)
{
	drop_via(s, v, NULL);
}

void chats_drop_room(struct session *s, const struct room *r)
{
	drop_via(s, NULL, r);
}

void chats_forget(struct session *s)
{
	uint32_t pos;
	struct map_slot *slot;

	while (pos = 0, (slot = map_next(&s->chats, &pos)) != NULL) {
		chat_free(s, (struct chat *)(void *)slot->entry);
	}
}

void chats_destroy(struct session *s)
{
	chats_forget(s);
	map_finish(&s->chats);
}

void chat_on_nick(struct session *s, struct slice old, struct slice now)
{
	struct chat *c = chat_find(s, old);
	const struct istr *key;

	if (c == NULL) {
		return;
	}
	key = casemap_intern(s->casemap, now);
	if (key == c->entry.key || map_get(&s->chats, key) != NULL) {
		istr_unref(key);
		return;
	}
	map_remove(&s->chats, &c->entry);
	istr_set(&c->entry.key, key);
	istr_set(&c->jid, NULL);
	map_put(&s->chats, &c->entry, 0);
}

/* ---- Jabber to IRC ---- */

/* A message to oneself never leaves the gateway (D.7). */
static void loop_back(struct request *q, struct room *r, struct slice body)
{
	struct mapping *m = core_of(q);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", room_occ(r, room_nick(r)));
	xw_attr(w, "type", "chat");
	xw_attr(w, "id", q->stanza->id);
	xw_elem(w, "body", NS_NONE, body);
	xw_empty(w, "x", NS_MUC_USER);
	out_end(m);
	out_send(m, r->session->user, q->from.full);
}

void chat_to_occupant(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct slice body = message_choose(q->stanza->root, "body", q->lang);
	struct view *v = room_view_of(q, a);
	struct session *s = v ? v->room->session : NULL;
	struct ircuser *to;
	struct chat *c;

	if (body.len == 0) {
		return;
	}
	if (v == NULL) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
		return;
	}
	if (message_refused(q)) {
		return;
	}
	to = addr_find_occupant(m, v->room->net, v->room->chan,
		a->nick, NULL);
	if (to == NULL) {
		out_error(m, q->stanza, E_ITEM_NOT_FOUND,
			"Nobody of that name is in this room.");
		return;
	}
	if (slice_eq(istr_slice(to->nick), room_nick(v->room))) {
		loop_back(q, v->room, body);
		return;
	}
	c = chat_get(s, istr_slice(to->nick));
	c->seen = true;
	add_via(c, v);
	session_hold(s);
	sent_message(s, NULL, istr_slice(to->nick), q, SENT_CHAT, body);
}

void chat_to_nick(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct slice body = message_choose(q->stanza->root, "body", q->lang);
	struct user *u = user_get(m, q->from.bare);
	struct fault fault;
	struct session *s;
	struct ircuser *to;
	struct chat *c;

	user_touch(u);
	if (body.len == 0 || message_refused(q)) {
		return;
	}
	s = session_get(u, a->network, slice(NULL, 0), &fault);
	if (s == NULL) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	if (s->net != NULL && ircnet_is_me(s->net, a->name)) {
		out_message(m, u, a->bare, q->from.bare, "chat",
			slice(NULL, 0), body);
		return;
	}
	to = s->net ? ircnet_user(s->net, a->name) : NULL;
	c = chat_get(s, to ? istr_slice(to->nick) : a->name);
	c->nvia = 0;
	c->seen |= to != NULL;
	istr_set(&c->jid, intern(a->bare, strlen(a->bare)));
	session_hold(s);
	session_open(s);
	sent_message(s, NULL, to ? istr_slice(to->nick) : a->name, q,
		SENT_CHAT, body);
}

/* ---- IRC to Jabber ---- */

static void send_via(struct session *s, struct view *v,
	const struct irc_text *t, struct slice body, const char *id)
{
	struct mapping *m = core(s);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", room_occ(v->room, t->source.nick));
	xw_attr(w, "type", "chat");
	xw_attr(w, "id", id);
	xw_elem(w, "body", NS_NONE, body);
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
	bool open = c != NULL &&
		m->clock->now_ms - c->last_ms < CHAT_OPEN_MS;
	struct xw *w = out_begin(m, "message");
	struct buf jid;

	buf_init(&jid, 2048);
	if (c != NULL && c->jid != NULL) {
		buf_add_slice(&jid, istr_slice(c->jid));
	} else {
		addr_add_name(m, &jid, s->network, t->source.nick);
	}
	xw_attr(w, "from", buf_cstr(&jid));
	xw_attr(w, "type",
		t->kind == IRC_NOTICE && !open ? "normal" : "chat");
	xw_attr(w, "id", id);
	xw_elem(w, "body", NS_NONE, body);
	if (message_is_old(m, t)) {
		out_delay(m, buf_cstr(&jid), t->time_ms);
	}
	out_end(m);
	out_send(m, s->user, s->user->entry.key->p);
	buf_finish(&jid);
}

void chat_on_text(struct session *s, const struct irc_text *t)
{
	struct mapping *m = core(s);
	struct slice body = message_body(m, t);
	struct chat *c;
	char uuid[OUT_UUID];

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
	out_uuid(m, uuid);
	c = chat_find(s, t->source.nick);
	if (c != NULL && m->clock->now_ms - c->last_ms > CHAT_VIA_MS) {
		c->nvia = 0;
	}
	if (c == NULL || c->nvia == 0) {
		send_direct(s, c, t, body, uuid);
	} else {
		for (unsigned i = 0; i < c->nvia; i++) {
			send_via(s, c->via[i], t, body, uuid);
		}
	}
	if (t->kind != IRC_NOTICE) {
		chat_get(s, t->source.nick)->seen = true;
		session_hold(s);
	}
}
