/* SPDX-License-Identifier: MIT */
#include "mapping/sent.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/chat.h"
#include "mapping/errmap.h"
#include "mapping/message.h"
#include "mapping/out.h"
#include "mapping/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum {
	HELD_MAX = 20,
	HELD_MS = 60000,
	REFUSAL_MS = 10000,
	POOL_MAX = 64,
	XML_MAX = 65536,
	KEEP_BYTES = 1024,
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- the pool ---- */

static void on_timer(void *ctx);

static struct sent *take(struct session *s)
{
	struct mapping *m = core(s);
	struct list *first = list_first(&m->sent_pool);
	struct sent *t;

	if (first != NULL) {
		t = list_entry(first, struct sent, link);
		list_remove(first);
		m->sent_pooled--;
	} else {
		t = must_calloc(1, sizeof *t);
		list_init(&t->link);
		buf_init(&t->xml, XML_MAX);
		buf_init(&t->text, XML_MAX);
		timer_init(&t->timer, on_timer, t);
	}
	t->session = s;
	t->token = ++m->tokens;
	list_add(&s->sent, &t->link);
	return t;
}

static void release(struct sent *t)
{
	struct mapping *m = core(t->session);

	timer_stop(m->clock, &t->timer);
	list_remove(&t->link);
	istr_set(&t->target, NULL);
	istr_set(&t->name, NULL);
	istr_set(&t->by, NULL);
	istr_set(&t->to, NULL);
	istr_set(&t->id, NULL);
	t->room = NULL;
	t->payload = 0;
	if (m->sent_pooled < POOL_MAX) {
		buf_reset(&t->xml, KEEP_BYTES);
		buf_reset(&t->text, KEEP_BYTES);
		list_add(&m->sent_pool, &t->link);
		m->sent_pooled++;
		return;
	}
	buf_finish(&t->xml);
	buf_finish(&t->text);
	free(t);
}

void sent_pool_free(struct mapping *m)
{
	struct list *first;

	while ((first = list_first(&m->sent_pool)) != NULL) {
		struct sent *t = list_entry(first, struct sent, link);

		list_remove(first);
		buf_finish(&t->xml);
		buf_finish(&t->text);
		free(t);
	}
}

/* ---- ends ---- */

static void fail(struct sent *t, const struct fault *fault)
{
	struct mapping *m = core(t->session);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", t->to->p);
	xw_attr(w, "id", t->id ? t->id->p : NULL);
	xw_attr(w, "type", "error");
	xw_fragment(w, slice(buf_slice(&t->xml).p, t->payload));
	text_error(m, w, fault->error, user_lang(t->session->user), fault->text,
		t->room ? t->room->jid->p : NULL);
	out_end(m);
	out_send(m, t->session->user, t->by->p);
	release(t);
}

static void on_timer(void *ctx)
{
	struct sent *t = ctx;

	arena_reset(&core(t->session)->arena);
	if (t->state == SENT_HELD) {
		fail(t, &(struct fault){E_REMOTE_SERVER_TIMEOUT,
				"IRC could not be reached in time; the message "
				"was not sent."});
	} else {
		release(t);
	}
}

/* D.4: what the room shows to all clients of the user, the sender too. */
static void reflect(struct sent *t)
{
	struct room *r = t->room;
	struct mapping *m = core(t->session);
	struct slice nick = room_nick(r);
	const struct istr *folded =
		casemap_lookup(t->session->casemap, nick);
	struct ircuser *me = folded && r->chan ?
		chan_member(r->chan, folded, NULL) :
		NULL;
	struct xw *w = out_begin(m, "message");
	char uuid[OUT_UUID];

	xw_attr(w, "from", room_occ(r, nick));
	xw_attr(w, "type", "groupchat");
	xw_attr(w, "id", t->id ? t->id->p : NULL);
	xw_fragment(w, buf_slice(&t->xml));
	out_uuid(m, uuid);
	xw_start(w, "stanza-id", NS_SID);
	xw_attr(w, "by", r->jid->p);
	xw_attr(w, "id", uuid);
	xw_end(w);
	room_occupant_id(r, r->net, me, nick);
	out_end(m);
	room_broadcast(r);
}

void sent_written(struct session *s, uint64_t token)
{
	list_each_safe(it, &s->sent) {
		struct sent *t = list_entry(it, struct sent, link);

		if (t->token != token || t->state != SENT_QUEUED) {
			continue;
		}
		t->state = SENT_WRITTEN;
		timer_start(core(s)->clock, &t->timer, REFUSAL_MS);
		if (t->kind == SENT_ROOM) {
			reflect(t);
		}
		return;
	}
}

/* ---- the way out ---- */

static enum err say(struct sent *t)
{
	struct ircnet *net = t->session->net;
	struct slice target = istr_slice(t->name);

	if (t->kind == SENT_TOPIC) {
		return ircnet_topic(net, target, buf_slice(&t->text));
	}
	return ircnet_say(net, t->say, target, buf_slice(&t->text), t->token);
}

static void send_now(struct sent *t)
{
	static const struct {
		enum err err;
		struct fault fault;
	} faults[] = {
		{ERR_FULL, {E_RESOURCE_CONSTRAINT,
			"Too much is waiting for IRC. Try again in a moment."}},
		{ERR_TOO_BIG, {E_NOT_ACCEPTABLE,
			"The message is too long for IRC."}},
		{ERR_BAD_INPUT, {E_NOT_ACCEPTABLE,
			"There is nothing in this message that IRC could "
			"carry."}},
	};
	enum err err;

	/* Before the call: the last line may be written within it. */
	t->state = SENT_QUEUED;
	err = say(t);
	if (err == ERR_OK && t->kind == SENT_TOPIC) {
		t->state = SENT_WRITTEN;
		timer_start(core(t->session)->clock, &t->timer, REFUSAL_MS);
	}
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		if (err == faults[i].err) {
			fail(t, &faults[i].fault);
			return;
		}
	}
	if (err != ERR_OK) { /* the connection is ending */
		fail(t, &(struct fault){E_LINK_FAILED,
				"The connection to IRC is closing."});
	}
}

static bool is_open(const struct sent *t)
{
	return session_is_up(t->session) &&
		(t->room == NULL || t->room->state == ROOM_COMPLETE);
}

static void hold(struct sent *t)
{
	unsigned held = 0;

	list_each(it, &t->session->sent) {
		const struct sent *other = list_entry(it, struct sent, link);

		held += other != t && other->state == SENT_HELD;
	}
	if (held >= HELD_MAX) {
		t->state = SENT_QUEUED;
		fail(t, &(struct fault){E_RESOURCE_CONSTRAINT,
				"IRC is not reachable at the moment and too "
				"many messages wait already."});
		return;
	}
	t->state = SENT_HELD;
	timer_start(core(t->session)->clock, &t->timer, HELD_MS);
}

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

static void keep_children(struct sent *t, const struct elem *root)
{
	struct xw w;

	xw_init(&w, &t->xml, ns_uri(NS_STANZA));
	for (const struct elem *e = root->first; e != NULL; e = e->next) {
		if (elem_is(e, "body", NS_STANZA) ||
			elem_is(e, "subject", NS_STANZA)) {
			xw_copy(&w, e);
		}
	}
	t->payload = t->xml.len;
	if (t->kind != SENT_ROOM) {
		return;
	}
	for (const struct elem *e = root->first; e != NULL; e = e->next) {
		if (e->name != NULL && !elem_is(e, "body", NS_STANZA) &&
			!elem_is(e, "subject", NS_STANZA) &&
			!is_private(e, t->room)) {
			xw_copy(&w, e);
		}
	}
}

static const struct istr *intern_str(const char *s)
{
	return s != NULL ? intern(s, strlen(s)) : NULL;
}

/* It becomes the first line (C.1). */
static void add_subject(struct sent *t, const struct request *q)
{
	struct slice subject =
		message_choose(q->stanza->root, "subject", q->lang);

	if (subject.len > 0) {
		buf_add_str(&t->text, "Subject: ");
		buf_add_slice(&t->text, subject);
		buf_add_char(&t->text, '\n');
	}
}

void sent_message(struct session *s, struct room *r, struct slice name,
	const struct request *q, enum sent_kind kind, struct slice text)
{
	struct sent *t = take(s);

	t->kind = kind;
	t->room = r;
	t->name = intern(name.p, name.len);
	t->target = casemap_intern(s->casemap, name);
	t->by = intern_str(q->from.full);
	t->to = intern_str(q->stanza->to);
	t->id = intern_str(q->stanza->id);
	t->say = IRC_PRIVMSG;
	keep_children(t, q->stanza->root);
	if (kind != SENT_TOPIC && text.len >= 4 &&
		memcmp(text.p, "/me ", 4) == 0) {
		t->say = IRC_ACTION;
		text = slice(text.p + 4, text.len - 4);
	} else if (stanza_type_is(q->stanza, "headline")) {
		t->say = IRC_NOTICE;
	}
	if (kind == SENT_CHAT) {
		add_subject(t, q);
	}
	buf_add_slice(&t->text, text);
	if (t->xml.overflow || t->text.overflow) {
		t->payload = 0;
		fail(t, &(struct fault){E_NOT_ACCEPTABLE,
				"The message is too long for IRC."});
	} else if (is_open(t)) {
		send_now(t);
	} else {
		hold(t);
	}
}

void sent_release(struct session *s, const struct room *r)
{
	list_each_safe(it, &s->sent) {
		struct sent *t = list_entry(it, struct sent, link);

		if (t->state == SENT_HELD && t->room == r && is_open(t)) {
			timer_stop(core(s)->clock, &t->timer);
			send_now(t);
		}
	}
}

void sent_topic_set(struct session *s, const struct room *r)
{
	list_each(it, &s->sent) {
		struct sent *t = list_entry(it, struct sent, link);

		if (t->room == r && t->kind == SENT_TOPIC &&
			t->state == SENT_WRITTEN) {
			release(t);
			return;
		}
	}
}

bool sent_refused(struct session *s, int numeric, const struct ircmsg *m)
{
	const struct istr *target =
		casemap_lookup(s->casemap, ircmsg_param(m, 1));

	list_each(it, &s->sent) {
		struct sent *t = list_entry(it, struct sent, link);
		struct fault fault;
		bool known;

		if (target == NULL || t->target != target ||
			t->state == SENT_HELD) {
			continue;
		}
		known = t->room == NULL && chat_seen(s, target);
		if (t->kind == SENT_TOPIC ?
				!errmap_channel(numeric, &fault) :
				!errmap_message(numeric, t->room != NULL, known,
					&fault)) {
			continue;
		}
		fault.text = out_clean(core(s), ircmsg_last(m)).p;
		fail(t, &fault);
		return true;
	}
	return false;
}

/* ---- many at once ---- */

static void fail_those(struct session *s, const struct fault *fault, bool held)
{
	list_each_safe(it, &s->sent) {
		struct sent *t = list_entry(it, struct sent, link);

		if (t->state == SENT_WRITTEN) {
			release(t);
		} else if (t->state == SENT_QUEUED || held) {
			fail(t, fault);
		}
	}
}

void sent_fail_queued(struct session *s, const struct fault *fault)
{
	fail_those(s, fault, false);
}

void sent_fail_all(struct session *s, const struct fault *fault)
{
	fail_those(s, fault, true);
}

void sent_drop_view(struct session *s, const struct view *v)
{
	list_each_safe(it, &s->sent) {
		struct sent *t = list_entry(it, struct sent, link);

		/* Written ones still become visible to the other clients. */
		if (t->room == v->room && t->by == v->resource->full &&
			t->state == SENT_HELD) {
			release(t);
		}
	}
}

void sent_drop_room(struct session *s, const struct room *r)
{
	list_each_safe(it, &s->sent) {
		struct sent *t = list_entry(it, struct sent, link);

		if (t->room == r && t->state == SENT_WRITTEN) {
			release(t);
		} else if (t->room == r) {
			fail(t, &(struct fault){E_NOT_ACCEPTABLE,
					"You are no longer in this room."});
		}
	}
}

void sent_forget_all(struct session *s)
{
	list_each_safe(it, &s->sent) {
		release(list_entry(it, struct sent, link));
	}
}
