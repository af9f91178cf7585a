/* SPDX-License-Identifier: MIT */
#include "mapping/query.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/asker.h"
#include "mapping/out.h"
#include "mapping/room.h"
#include "mapping/session.h"
#include "mapping/user.h"

enum {
	ANSWER_MS = 20000,
	SAME_TARGET_MS = 2000,
	QUERIES_MAX = 32,
	REPLIES = 3,
	REPLIES_MS = 10000,
};

struct query {
	struct list link; /* in session->queries */
	struct session *session;
	enum query_kind kind;
	const struct istr *nick; /* folded; QUERY_SELF: the room */
	struct asker asker;
	uint64_t asked_ms;
	uint64_t token;          /* of a PING */
	bool answered;           /* kept so that nobody is asked too often */
	struct timer timer;
};

static const struct {
	const char *ctcp;
	enum ns ns; /* of the iq */
	const char *element;
} kinds[QUERY_KINDS] = {
	[QUERY_PING] = {"PING", NS_PING, "ping"},
	[QUERY_VERSION] = {"VERSION", NS_IQ_VERSION, "query"},
	[QUERY_SELF] = {"", NS_PING, "ping"}, /* asks nobody */
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static void query_free(struct query *p)
{
	timer_stop(core(p->session)->clock, &p->timer);
	list_remove(&p->link);
	istr_unref(p->nick);
	asker_finish(&p->asker);
	free(p);
}

/* It was answered: kept for a while, so that nobody is asked too often. */
static void finish(struct query *p)
{
	struct mapping *m = core(p->session);
	uint64_t age = m->clock->now_ms - p->asked_ms;

	if (p->kind != QUERY_SELF && age < SAME_TARGET_MS) {
		p->answered = true;
		timer_start(m->clock, &p->timer,
			(unsigned)(SAME_TARGET_MS - age));
	} else {
		query_free(p);
	}
}

static void fail(struct query *p, enum stanza_error e, const char *text)
{
	asker_fail(core(p->session), &p->asker, e, text);
	finish(p);
}

static void on_timeout(void *ctx)
{
	struct query *p = ctx;

	if (p->answered) {
		query_free(p);
	} else if (p->kind == QUERY_SELF) {
		fail(p, E_NOT_ACCEPTABLE, "The connection to IRC is lost.");
	} else {
		fail(p, E_REMOTE_SERVER_TIMEOUT, "No answer came from IRC.");
	}
}

/* ---- asking ---- */

static bool too_soon(struct session *s, const struct istr *nick)
{
	unsigned n = 0;

	list_each(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (p->nick == nick &&
			core(s)->clock->now_ms - p->asked_ms < SAME_TARGET_MS) {
			return true;
		}
		n++;
	}
	return n >= QUERIES_MAX;
}

/* Whom the address means on IRC; absent: *fault. */
static struct slice target_nick(struct request *q, const struct addr *a,
	struct session *s, struct fault *fault)
{
	struct view *v;
	struct ircuser *to;

	if (a->kind == ADDR_NICK) {
		to = ircnet_user(s->net, a->name);
		return to ? istr_slice(to->nick) : a->name;
	}
	v = room_view_of(q, a);
	if (v == NULL) {
		*fault = (struct fault){E_NOT_ACCEPTABLE,
			"You are not in this room."};
		return slice(NULL, 0);
	}
	to = addr_find_occupant(core(s), v->room->net, v->room->chan, a->nick, NULL);
	if (to == NULL) {
		*fault = (struct fault){E_ITEM_NOT_FOUND,
			"Nobody of that name is in this room."};
		return slice(NULL, 0);
	}
	return istr_slice(to->nick);
}

/* Takes the reference of nick. */
static struct query *query_new(const struct request *q, struct session *s,
	enum query_kind kind, const struct istr *nick)
{
	struct query *p = must_calloc(1, sizeof *p);

	p->session = s;
	p->kind = kind;
	p->nick = nick;
	asker_init(&p->asker, q, kinds[kind].ns, kinds[kind].element);
	list_init(&p->link);
	timer_init(&p->timer, on_timeout, p);
	return p;
}

static void start(struct query *p)
{
	struct mapping *m = core(p->session);

	p->asked_ms = m->clock->now_ms;
	list_add(&p->session->queries, &p->link);
	timer_start(m->clock, &p->timer, ANSWER_MS);
}

void query_ask(struct request *q, const struct addr *a, enum query_kind kind)
{
	struct mapping *m = core_of(q);
	struct user *u = user_find(m, q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct fault fault;
	struct slice nick;
	struct query *p;
	char token[32] = "";

	if (s == NULL || !session_is_up(s)) {
		out_error(m, q->stanza,
			a->kind == ADDR_NICK ? E_RECIPIENT_UNAVAILABLE :
					       E_NOT_ACCEPTABLE,
			"You are not connected to that network.");
		return;
	}
	nick = target_nick(q, a, s, &fault);
	if (nick.p == NULL) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	if (too_soon(s, casemap_lookup(s->casemap, nick))) {
		out_error(m, q->stanza, E_RESOURCE_CONSTRAINT,
			"That was asked a moment ago. Try again soon.");
		return;
	}
	if (kind == QUERY_PING) {
		snprintf(token, sizeof token, "%llu",
			(unsigned long long)++m->tokens);
	}
	if (ircnet_ctcp(s->net, nick, slice_str(kinds[kind].ctcp),
		    slice_str(token)) != ERR_OK) {
		out_error(m, q->stanza, E_RESOURCE_CONSTRAINT,
			"Too much waits for IRC.");
		return;
	}
	p = query_new(q, s, kind, casemap_intern(s->casemap, nick));
	p->token = m->tokens;
	start(p);
}

void query_hold(struct request *q, const struct room *r)
{
	if (too_soon(r->session, NULL)) {
		out_error(core_of(q), q->stanza, E_RESOURCE_CONSTRAINT,
			"Too many questions wait already.");
		return;
	}
	start(query_new(q, r->session, QUERY_SELF, istr_ref(r->entry.key)));
}

void query_release(struct session *s, const struct room *r)
{
	list_each_safe(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (p->kind == QUERY_SELF && p->nick == r->entry.key) {
			asker_done(core(s), &p->asker);
			finish(p);
		}
	}
}

/* ---- answers ---- */

static void answer(struct query *p, struct slice args)
{
	struct mapping *m = core(p->session);
	struct slice text = out_clean(m, args);
	struct xw *w = asker_result(m, &p->asker);

	if (p->kind == QUERY_VERSION) {
		xw_start(w, "query", NS_IQ_VERSION);
		xw_elem(w, "name", NS_NONE, text.p ? text : slice_str("IRC"));
		xw_elem(w, "version", NS_NONE, slice_str(""));
		xw_end(w);
	}
	asker_send(m, &p->asker);
	finish(p);
}

static void reply(struct session *s, const struct irc_text *t,
	struct slice command, struct slice args)
{
	struct mapping *m = core(s);
	enum err err = ERR_OK;

	if (m->clock->now_ms - s->ctcp_since > REPLIES_MS) {
		s->ctcp_since = m->clock->now_ms;
		s->ctcp_replies = 0;
	}
	/* A channel is not answered (G.2). */
	if (t->chan != NULL || t->from_server || ++s->ctcp_replies > REPLIES) {
		return;
	}
	if (slice_is_nocase(command, "PING")) {
		err = ircnet_ctcp_reply(s->net, t->source.nick, command, args);
	} else if (slice_is_nocase(command, "VERSION")) {
		err = ircnet_ctcp_reply(s->net, t->source.nick, command,
			slice_str("Isthmus " ISTHMUS_VERSION));
	} else if (slice_is_nocase(command, "TIME")) {
		char stamp[OUT_STAMP];

		out_stamp(m->clock->wall_ms, stamp);
		err = ircnet_ctcp_reply(s->net, t->source.nick, command,
			slice_str(stamp));
	} else if (slice_is_nocase(command, "CLIENTINFO")) {
		err = ircnet_ctcp_reply(s->net, t->source.nick, command,
			slice_str("ACTION CLIENTINFO PING TIME VERSION"));
	}
	if (err != ERR_OK) {
		log_debug(&s->log, "ctcp not answered reason=%s",
			err_text(err));
	}
}

void query_on_ctcp(struct session *s, const struct irc_text *t,
	struct slice command, struct slice args, bool is_reply)
{
	const struct istr *nick;

	if (!is_reply) {
		reply(s, t, command, args);
		return;
	}
	nick = casemap_lookup(s->casemap, t->source.nick);
	list_each(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (p->nick == nick && !p->answered &&
			slice_is_nocase(command, kinds[p->kind].ctcp) &&
			(p->kind != QUERY_PING ||
				slice_number(slice_trim(args), LONG_MAX) ==
					(long)p->token)) {
			answer(p, args);
			return;
		}
	}
}

bool query_on_no_such_nick(struct session *s, const struct ircmsg *m)
{
	const struct istr *nick =
		casemap_lookup(s->casemap, ircmsg_param(m, 1));

	list_each(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (nick != NULL && p->nick == nick && !p->answered &&
			p->kind != QUERY_SELF) {
			fail(p, E_ITEM_NOT_FOUND, "No such nick on IRC.");
			return true;
		}
	}
	return false;
}

static void end_all(struct session *s, bool self)
{
	list_each_safe(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (p->answered) {
			query_free(p);
		} else if (p->kind != QUERY_SELF) {
			fail(p, E_SESSION_CLOSED,
				"The connection to IRC was lost.");
		} else if (self) {
			fail(p, E_NOT_ACCEPTABLE,
				"The connection to IRC is lost.");
		}
	}
}

void queries_lost(struct session *s)
{
	end_all(s, false);
}

void queries_fail(struct session *s)
{
	end_all(s, true);
}

void queries_destroy(struct session *s)
{
	list_each_safe(it, &s->queries) {
		query_free(list_entry(it, struct query, link));
	}
}
