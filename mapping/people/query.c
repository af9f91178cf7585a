/* SPDX-License-Identifier: MIT */
#include "mapping/people/query.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/advice.h"
#include "mapping/people/about.h"
#include "mapping/asker.h"
#include "mapping/people/ctcp.h"
#include "mapping/out.h"
#include "mapping/room/chanlist.h"
#include "mapping/people/roll.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/user.h"
#include "mapping/people/whois.h"

enum {
	ANSWER_MS = 20000,
	SAME_TARGET_MS = 2000,
	QUERIES_MAX = 32,
};

struct query {
	struct list link; /* in session->queries */
	struct session *session;
	enum query_kind kind;
	const struct istr *nick; /* folded; QUERY_SELF: the room; SRV: NULL */
	struct asker asker;
	const struct istr *ctcp; /* QUERY_CTCP: its name; who wants the answer: */
	query_fn *done;
	void *ctx;
	uint64_t asked_ms;
	uint64_t token;          /* of a PING */
	bool answered;           /* kept so that nobody is asked too often */
	struct patience patience;
};

static void answer_ping(struct mapping *m, const struct asker *a,
	struct slice text, bool server)
{
	(void)text;
	(void)server;
	asker_done(m, a);
}

static const struct kind {
	const char *ask; /* the CTCP, or the command */
	int numeric;     /* that answers the command; 0: it is a CTCP */
	enum ns ns;      /* of the iq */
	const char *element;
	void (*answer)(struct mapping *m, const struct asker *a,
		struct slice text, bool server);
} kinds[QUERY_KINDS] = {
	[QUERY_PING] = {"PING", 0, NS_PING, "ping", answer_ping},
	[QUERY_VERSION] = {"VERSION", 0, NS_IQ_VERSION, "query",
		about_answer_version},
	[QUERY_TIME] = {"TIME", 0, NS_TIME, "time", about_answer_time},
	[QUERY_TIME_OLD] = {"TIME", 0, NS_IQ_TIME, "query",
		about_answer_time},
	[QUERY_SELF] = {"", 0, NS_PING, "ping", answer_ping}, /* asks nobody */
	[QUERY_SRV_VERSION] = {"VERSION", 351, NS_IQ_VERSION, "query",
		about_answer_version},
	[QUERY_SRV_TIME] = {"TIME", 391, NS_TIME, "time", about_answer_time},
	[QUERY_SRV_TIME_OLD] = {"TIME", 391, NS_IQ_TIME, "query",
		about_answer_time},
	[QUERY_CTCP] = {"", 0, NS_PING, "ping", answer_ping}, /* by done */
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static void query_free(struct query *p)
{
	patience_stop(&p->patience, core(p->session)->clock);
	list_remove(&p->link);
	istr_unref(p->nick);
	istr_unref(p->ctcp);
	asker_finish(&p->asker);
	free(p);
}

/* To the command that waits for it, once. */
static void tell(struct query *p, struct slice text, const struct fault *fault)
{
	query_fn *done = p->done;

	p->done = NULL;
	if (done != NULL) {
		done(p->ctx, text, fault,
			core(p->session)->clock->now_ms -
				p->patience.left_ms);
	}
}

/* It was answered: kept for a while, so that nobody is asked too often. */
static void finish(struct query *p)
{
	struct mapping *m = core(p->session);
	uint64_t age = m->clock->now_ms - p->asked_ms;

	if (p->kind != QUERY_SELF && age < SAME_TARGET_MS) {
		p->answered = true;
		patience_now(&p->patience, p->session, SAME_TARGET_MS - age);
	} else {
		query_free(p);
	}
}

static void fail(struct query *p, enum stanza_error e, const char *text)
{
	if (p->kind == QUERY_CTCP) {
		tell(p, slice(NULL, 0), &(struct fault){e, text});
	} else {
		asker_fail(core(p->session), &p->asker, e, text);
	}
	finish(p);
}

static void on_timeout(void *ctx)
{
	struct query *p = ctx;

	arena_reset(&core(p->session)->arena);
	if (p->answered) {
		query_free(p);
	} else if (p->kind == QUERY_SELF) {
		fail(p, E_NOT_ACCEPTABLE, session_lost_text(p->session));
	} else {
		fail(p, E_REMOTE_SERVER_TIMEOUT,
			"No answer came from IRC. Try again later.");
	}
}

/* ---- asking ---- */

static bool too_soon(struct session *s, const struct istr *nick)
{
	unsigned n = 0;

	list_each(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (nick != NULL && p->nick == nick &&
			core(s)->clock->now_ms - p->asked_ms < SAME_TARGET_MS) {
			return true;
		}
		n++;
	}
	return n >= QUERIES_MAX;
}

/* A session that is up; NULL: the iq was answered. */
static struct session *session_of(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct user *u = user_find(m, q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;

	if (s == NULL || !session_is_up(s)) {
		out_error(m, q->stanza,
			a->kind == ADDR_OCC ? E_NOT_ACCEPTABLE :
					      E_RECIPIENT_UNAVAILABLE,
			"You are not connected to this network. Write "
			"\"connect\" to it first.");
		return NULL;
	}
	return s;
}

struct session *query_target(struct request *q, const struct addr *a,
	struct slice *nick)
{
	struct mapping *m = core_of(q);
	struct session *s = session_of(q, a);
	struct view *v;
	struct ircuser *to;

	if (s == NULL) {
		return NULL;
	}
	if (a->kind == ADDR_NICK) {
		to = ircnet_user(s->net, a->name);
		*nick = to ? istr_slice(to->nick) : a->name;
		return s;
	}
	v = room_view_of(q, a);
	if (v == NULL) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
		return NULL;
	}
	to = addr_find_occupant(v->room->session, v->room->net, v->room->chan,
		a->nick, NULL);
	if (to == NULL) {
		out_error(m, q->stanza, E_ITEM_NOT_FOUND,
			"Nobody of that name is in this room. Look at who is "
			"there, and at the spelling.");
		return NULL;
	}
	*nick = istr_slice(to->nick);
	return s;
}

bool query_is_self(const struct request *q, const struct addr *a)
{
	struct user *u = user_find(q->core, q->from.bare);
	struct session *s = u ? session_find(u, a->network) : NULL;
	struct view *v;

	if (a->kind == ADDR_NICK) {
		return s != NULL && session_is_up(s) &&
			ircnet_is_me(s->net, a->name);
	}
	v = room_view_of(q, a);
	return v != NULL && room_nick_is(v->room, a->nick);
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
	patience_init(&p->patience, on_timeout, p);
	return p;
}

static void start(struct query *p)
{
	struct mapping *m = core(p->session);

	p->asked_ms = m->clock->now_ms;
	list_add(&p->session->queries, &p->link);
	patience_begin(&p->patience, p->session, ANSWER_MS);
}

static struct fault not_sent_fault(enum err err)
{
	if (err == ERR_BAD_INPUT || err == ERR_TOO_BIG) {
		return (struct fault){E_ITEM_NOT_FOUND, advice(ADVICE_PERSON, 401)};
	}
	return (struct fault){E_RESOURCE_CONSTRAINT,
		"Too much is waiting for IRC. Try again soon."};
}

/* Nothing went out: why not. */
static void not_sent(struct request *q, enum err err)
{
	struct fault fault = not_sent_fault(err);

	out_fault(core_of(q), q->stanza, &fault);
}

static const struct fault too_soon_fault = {E_RESOURCE_CONSTRAINT,
	"That was asked a moment ago. Try again soon."};

static void refuse_too_soon(struct request *q)
{
	out_fault(core_of(q), q->stanza, &too_soon_fault);
}

void query_ask(struct request *q, const struct addr *a, enum query_kind kind)
{
	struct mapping *m = core_of(q);
	struct slice nick;
	struct session *s = query_target(q, a, &nick);
	struct query *p;
	char token[32] = "";
	enum err err;

	if (s == NULL) {
		return;
	}
	if (too_soon(s, casemap_lookup(s->casemap, nick))) {
		refuse_too_soon(q);
		return;
	}
	if (kind == QUERY_PING) {
		snprintf(token, sizeof token, "%llu",
			(unsigned long long)++m->tokens);
	}
	err = ircnet_ctcp(s->net, nick, slice_str(kinds[kind].ask),
		slice_str(token));
	if (err != ERR_OK) {
		not_sent(q, err);
		return;
	}
	p = query_new(q, s, kind, casemap_intern(s->casemap, nick));
	p->token = kind == QUERY_PING ? m->tokens : 0;
	start(p);
}

bool query_ctcp(struct session *s, struct slice nick, struct slice command,
	struct slice args, query_fn *done, void *ctx, struct fault *fault)
{
	struct mapping *m = core(s);
	struct query *p;
	char token[32];
	enum err err;

	if (too_soon(s, casemap_lookup(s->casemap, nick))) {
		*fault = too_soon_fault;
		return false;
	}
	if (slice_is(command, "PING")) {
		snprintf(token, sizeof token, "%llu",
			(unsigned long long)++m->tokens);
		args = slice_str(token);
	}
	err = ircnet_ctcp(s->net, nick, command, args);
	if (err != ERR_OK) {
		*fault = not_sent_fault(err);
		return false;
	}
	p = must_calloc(1, sizeof *p);
	p->session = s;
	p->kind = QUERY_CTCP;
	p->nick = casemap_intern(s->casemap, nick);
	p->ctcp = intern(command.p, command.len);
	p->token = slice_is(command, "PING") ? m->tokens : 0;
	p->done = done;
	p->ctx = ctx;
	list_init(&p->link);
	patience_init(&p->patience, on_timeout, p);
	start(p);
	return true;
}

/* The server was asked the same and has not answered, or did just now. */
static bool asked_before(struct session *s, int numeric, bool *answered)
{
	list_each(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (kinds[p->kind].numeric == numeric) {
			*answered = p->answered;
			return true;
		}
	}
	return false;
}

void query_ask_server(struct request *q, const struct addr *a,
	enum query_kind kind)
{
	struct session *s = session_of(q, a);
	bool answered = false;
	enum err err = ERR_OK;

	if (s == NULL) {
		return;
	}
	if (too_soon(s, NULL)) {
		refuse_too_soon(q);
		return;
	}
	if (asked_before(s, kinds[kind].numeric, &answered)) {
		if (answered) {
			refuse_too_soon(q);
			return;
		}
	} else {
		err = ircnet_command(s->net, kinds[kind].ask, NULL, 0,
			slice(NULL, 0));
	}
	if (err != ERR_OK) {
		not_sent(q, err);
		return;
	}
	start(query_new(q, s, kind, NULL));
}

void query_hold(struct request *q, const struct room *r)
{
	if (too_soon(r->session, NULL)) {
		out_error(core_of(q), q->stanza, E_RESOURCE_CONSTRAINT,
			"Too many questions wait already. Try again soon.");
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

static void answer(struct query *p, struct slice text)
{
	const struct kind *k = &kinds[p->kind];

	if (p->kind == QUERY_CTCP) {
		tell(p, text.p != NULL ? text : slice("", 0), NULL);
	} else {
		k->answer(core(p->session), &p->asker, text, k->numeric != 0);
	}
	finish(p);
}

void query_on_reply(struct session *s, const struct irc_text *t,
	struct slice command, struct slice args)
{
	const struct istr *nick = casemap_lookup(s->casemap, t->source.nick);

	list_each(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);
		const struct kind *k = &kinds[p->kind];

		if (nick != NULL && p->nick == nick && !p->answered &&
			k->numeric == 0 &&
			slice_is_nocase(command,
				p->ctcp ? p->ctcp->p : k->ask) &&
			(p->token == 0 ||
				slice_number(slice_trim(args), INT64_MAX) ==
					(int64_t)p->token)) {
			answer(p, args);
			return;
		}
	}
}

/* All who asked the server this: `text`, or a refusal. */
static bool server_said(struct session *s, int numeric, struct slice text,
	const struct fault *fault)
{
	bool any = false;

	list_each_safe(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (p->answered || kinds[p->kind].numeric != numeric) {
			continue;
		}
		any = true;
		if (fault != NULL) {
			fail(p, fault->error, fault->text);
		} else {
			answer(p, text);
		}
	}
	return any;
}

/* 351 me version server :comments */
static bool on_version(struct session *s, const struct ircmsg *m)
{
	struct buf text;
	bool ours;

	buf_init(&text, 1024);
	buf_add_slice(&text, ircmsg_param(m, 1));
	if (m->nparams > 3 && slice_trim(ircmsg_last(m)).len > 0) {
		buf_add_char(&text, ' ');
		buf_add_slice(&text, slice_trim(ircmsg_last(m)));
	}
	ours = server_said(s, 351, buf_slice(&text), NULL);
	buf_finish(&text);
	return ours;
}

/* 263, 421 ...: me VERSION :text */
static bool on_refused(struct session *s, const struct ircmsg *m,
	enum stanza_error e)
{
	struct fault fault = {e, out_clean(core(s), ircmsg_last(m)).p};
	struct slice what = ircmsg_param(m, 1);

	if (slice_is_nocase(what, "VERSION")) {
		return server_said(s, 351, what, &fault);
	}
	return slice_is_nocase(what, "TIME") &&
		server_said(s, 391, what, &fault);
}

static bool on_no_such_nick(struct session *s, const struct ircmsg *m)
{
	const struct istr *nick =
		casemap_lookup(s->casemap, ircmsg_param(m, 1));

	list_each(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (nick != NULL && p->nick == nick && !p->answered &&
			p->kind != QUERY_SELF) {
			fail(p, E_ITEM_NOT_FOUND, advice(ADVICE_PERSON, 401));
			return true;
		}
	}
	return false;
}

bool query_on_numeric(struct session *s, int numeric, const struct ircmsg *m)
{
	if (whois_on_numeric(s, numeric, m) || roll_on_numeric(s, numeric, m) ||
		chanlist_on_numeric(s, numeric, m)) {
		return true;
	}
	switch (numeric) {
	case 263:
		return on_refused(s, m, E_RESOURCE_CONSTRAINT);
	case 351:
		return on_version(s, m);
	case 391:
		return server_said(s, 391, ircmsg_last(m), NULL);
	case 401:
		return on_no_such_nick(s, m);
	case 421:
		return on_refused(s, m, E_FEATURE_NOT_IMPLEMENTED);
	default:
		return false;
	}
}

/* ---- ends ---- */

void queries_init(struct session *s)
{
	list_init(&s->queries);
	whois_init(s);
	roll_init(s);
	ctcp_init(s);
}

static void end_all(struct session *s, bool self)
{
	list_each_safe(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		if (p->answered) {
			query_free(p);
		} else if (p->kind != QUERY_SELF) {
			fail(p, E_SESSION_CLOSED, session_lost_text(s));
		} else if (self) {
			fail(p, E_NOT_ACCEPTABLE, session_lost_text(s));
		}
	}
}

void queries_lost(struct session *s)
{
	ctcp_drop(s);
	whois_lost(s);
	roll_lost(s);
	end_all(s, false);
}

void queries_fail(struct session *s)
{
	ctcp_drop(s);
	whois_lost(s);
	roll_lost(s);
	end_all(s, true);
}

void queries_destroy(struct session *s)
{
	ctcp_drop(s);
	whois_destroy(s);
	roll_destroy(s);
	chanlist_destroy(s);
	list_each_safe(it, &s->queries) {
		struct query *p = list_entry(it, struct query, link);

		tell(p, slice(NULL, 0), NULL);
		query_free(p);
	}
}
