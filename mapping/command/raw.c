/* SPDX-License-Identifier: MIT */
#include "mapping/command/raw.h"

#include <stdio.h>
#include <string.h>

#include "mapping/advice.h"
#include "mapping/command/raw_words.h"
#include "mapping/errmap.h"
#include "mapping/out.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum {
	TEXT_WINDOW_MS = 10000, /* after the last line */
	FORM_FIRST_MS = 10000,
	FORM_SILENCE_MS = 2000,
	READERS_MAX = 4,
};

/* ---- reading ---- */

static void show(struct run *r)
{
	if (r->answer.len > 0) {
		run_say(r, slice_trim(buf_slice(&r->answer)));
		buf_reset(&r->answer, 0);
	}
}

static void knocked(struct run *r)
{
	run_done(r, run_text(r, "Those inside were asked to let you in. You "
				"get an invitation when they do."));
}

/* Nothing more is expected. */
static void finish(struct run *r)
{
	if (r->knocks) {
		knocked(r);
	} else if (r->by_text) {
		show(r);
		run_destroy(r);
	} else if (r->nothing) {
		run_donef(r, "%.*s",
			SLICE_ARG(slice_trim(buf_slice(&r->answer))));
	} else if (r->answer.len > 0) {
		run_list(r, run_text(r, "The server answers"),
			slice_trim(buf_slice(&r->answer)));
	} else {
		run_done(r, run_text(r, "It was sent to the IRC server, which "
					"said nothing to it."));
	}
}

void raw_label(struct run *r, struct session *s)
{
	r->label = answer_label(s);
}

/* Nothing of an answer to it can be told from answers to a later line. */
static bool is_open(const struct run *r)
{
	return r->label == 0 || r->elsewhere ||
		!ircnet_cap(r->session->net, "labeled-response");
}

/* Of those that read the oldest makes place for new ones. */
static void make_place(struct session *s, const struct run *r)
{
	struct run *oldest = NULL;
	unsigned n = 0;

	list_each(it, &s->user->runs) {
		struct run *o = list_entry(it, struct run, link);

		if (o != r && o->wait == RUN_READS && o->session == s) {
			oldest = oldest != NULL ? oldest : o;
			n++;
		}
	}
	if (n >= READERS_MAX) {
		finish(oldest);
	}
}

void raw_read(struct run *r, struct session *s)
{
	if (s->reader != NULL && s->reader != r && is_open(s->reader)) {
		finish(s->reader);
	}
	make_place(s, r);
	s->reader = r;
	r->session = s;
	if (r->by_text && r->kind == ADDR_GW) {
		const char *srv = session_srv(s);

		/* What a server says is from it, also when asked through GW. */
		istr_set(&r->asker.to, intern(srv, strlen(srv)));
	}
	r->wait = RUN_READS;
	timer_stop(core_of_run(r)->clock, &r->timer);
	patience_begin(&r->patience, s,
		r->by_text ? TEXT_WINDOW_MS : FORM_FIRST_MS);
}

void raw_stop(struct run *r)
{
	patience_stop(&r->patience, core_of_run(r)->clock);
	if (r->session != NULL && r->session->reader == r) {
		r->session->reader = NULL;
	}
	r->session = NULL;
	r->wait = RUN_WAITS_NOT;
}

void raw_on_silence(void *ctx)
{
	struct run *r = ctx;

	arena_reset(&core_of_run(r)->arena);
	finish(r);
}

void raw_on_turn(void *ctx)
{
	struct run *r = ctx;

	arena_reset(&core_of_run(r)->arena);
	if (r->whole || (r->over && !r->by_text)) {
		finish(r);
	} else if (r->by_text) {
		show(r);
	}
}

static void lose(struct run *r)
{
	if (r->knocks || (!r->by_text && r->answer.len == 0)) {
		run_fail(r, E_SESSION_CLOSED, session_lost_text(r->session));
	} else {
		finish(r);
	}
}

void raw_lost(struct session *s)
{
	list_each_safe(it, &s->user->runs) {
		struct run *r = list_entry(it, struct run, link);

		if (r->session == s && r->wait == RUN_READS) {
			lose(r);
		}
	}
}

static void add_line(struct run *r, struct slice line)
{
	if (r->answer.len + line.len + 200 > r->answer.max && r->by_text) {
		show(r);
	}
	buf_add_slice(&r->answer, line);
	buf_add_char(&r->answer, '\n');
}

static void end_turn(struct run *r)
{
	if (!timer_running(&r->turn)) {
		timer_start(core_of_run(r)->clock, &r->turn, 0);
	}
}

/* The turn's lines are shown together; the time for more begins anew. */
static void more(struct run *r, bool last)
{
	r->over = last && is_open(r);
	patience_now(&r->patience, r->session,
		r->by_text ? TEXT_WINDOW_MS : FORM_SILENCE_MS);
	end_turn(r);
}

/*
 * FAIL says what is to be done, by its code, and the server's words; WARN and NOTE
 * (F.3) refuse nothing: their words.
 */
static void add_reply(struct run *r, const struct ircmsg *m)
{
	struct mapping *core = core_of_run(r);
	struct fault fault;

	r->nothing = false;
	if (!ircmsg_is(m, "FAIL")) {
		add_line(r, out_clean(core, ircmsg_last(m)));
		return;
	}
	errmap_fail(ircmsg_param(m, 1), &fault);
	advise_fail(core, &fault, ircmsg_param(m, 1), ircmsg_last(m));
	if (fault.text != NULL) {
		add_line(r, slice_str(text_whole(core,
			r->asker.lang ? r->asker.lang->p : NULL, fault.text)));
	}
}

static void add_words(struct run *r, int numeric, const struct ircmsg *m)
{
	struct buf line;

	if (numeric == 0) {
		add_reply(r, m);
		return;
	}
	r->nothing = false;
	buf_init(&line, 2 * IRC_LINE_MAX);
	raw_words(r, numeric, m, r->lines == 1, &line);
	if (line.len > 0) {
		add_line(r, slice_trim(out_clean(core_of_run(r),
			buf_slice(&line))));
	}
	buf_finish(&line);
}

static bool knock_answered(struct run *r, int numeric, const struct ircmsg *m)
{
	struct fault fault = {E_UNDEFINED_CONDITION, NULL};

	if (numeric == 711) {
		knocked(r);
		return true;
	}
	if (!errmap_knock(numeric, &fault) && !(numeric >= 400 && numeric < 600)) {
		return false;
	}
	advise(core_of_run(r), &fault, ADVICE_KNOCK, numeric, ircmsg_last(m));
	run_fault(r, &fault);
	return true;
}

static bool nick_failed(struct run *r, int numeric, const struct ircmsg *m)
{
	struct fault fault;

	if (!r->asks_nick || !errmap_nick(numeric, &fault)) {
		return false;
	}
	advise(core_of_run(r), &fault, ADVICE_NICK, numeric, ircmsg_last(m));
	run_fault(r, &fault);
	return true;
}

static bool hear(struct run *r, int numeric, const struct ircmsg *m)
{
	if (r->knocks) {
		return knock_answered(r, numeric, m);
	}
	if (nick_failed(r, numeric, m)) {
		return true;
	}
	if (++r->lines > RUN_LINES_MAX) {
		if (r->lines == RUN_LINES_MAX + 1) {
			add_line(r, slice_str(run_text(r, "The rest of the "
						"answer is not shown.")));
		}
		more(r, raw_is_last(numeric));
		return true;
	}
	add_words(r, numeric, m);
	more(r, numeric == 0 ? ircmsg_is(m, "FAIL") : raw_is_last(numeric));
	return true;
}

bool raw_on_numeric(struct session *s, int numeric, const struct ircmsg *m)
{
	struct run *r = s->reader;

	return r != NULL && is_open(r) && hear(r, numeric, m);
}

/* ---- by label ---- */

static struct run *by_label(const struct session *s, uint64_t token)
{
	list_each(it, &s->user->runs) {
		struct run *r = list_entry(it, struct run, link);

		if (token != 0 && r->label == token && r->session == s &&
			r->wait == RUN_READS) {
			return r;
		}
	}
	return NULL;
}

bool raw_typed(const struct session *s, uint64_t token)
{
	return by_label(s, token) != NULL;
}

static void knock_failed(struct run *r, const struct answer *a)
{
	struct fault fault;

	answer_fault(r->session, a, ADVICE_KNOCK, false, &fault);
	run_fault(r, &fault);
}

enum answered raw_on_answer(struct session *s, const struct answer *a)
{
	struct run *r = by_label(s, a->token);

	if (r == NULL) {
		return ANSWER_UNKNOWN;
	}
	if (a->numeric == 0 && r->knocks && ircmsg_is(a->m, "FAIL")) {
		knock_failed(r, a);
		return ANSWER_TAKEN;
	}
	return hear(r, a->numeric, a->m) ? ANSWER_TAKEN : ANSWER_PLAIN;
}

bool raw_on_reply(struct session *s, const struct ircmsg *m)
{
	unsigned follow;
	struct answer a = {ircnet_answers(s->net, m, &follow), 0, m};

	if (!ircmsg_is(m, "FAIL") && !ircmsg_is(m, "WARN") &&
		!ircmsg_is(m, "NOTE")) {
		return false;
	}
	if (a.token != 0) {
		return raw_on_answer(s, &a) == ANSWER_TAKEN;
	}
	if (s->reader == NULL || !is_open(s->reader)) {
		return false;
	}
	if (s->reader->knocks && ircmsg_is(m, "FAIL")) {
		knock_failed(s->reader, &a);
		return true;
	}
	return hear(s->reader, 0, m);
}

void raw_answered(struct session *s, uint64_t token)
{
	struct run *r = by_label(s, token);

	if (r == NULL) {
		return;
	}
	if (r->lines > 0 || r->knocks) {
		r->whole = true;
		end_turn(r);
	} else {
		r->elsewhere = true;
		if (!r->by_text) {
			patience_now(&r->patience, s, FORM_SILENCE_MS);
		}
	}
}

/* ---- what is no numeric ---- */

/* Our own words for what the server did. */
static void add_own(struct run *r, struct slice words)
{
	add_line(r, words);
	r->lines++;
	more(r, true);
}

void raw_on_nick(struct session *s)
{
	struct run *r = s->reader;
	char line[600];

	if (r != NULL && r->asks_nick) {
		r->asks_nick = false;
		snprintf(line, sizeof line,
			run_text(r, "You are called %s now."), s->nick->p);
		add_own(r, out_clean(core_of_run(r), slice_str(line)));
	}
}

void raw_on_topic(struct session *s)
{
	struct run *r = s->reader;

	if (r != NULL && r->asks_topic) {
		r->asks_topic = false;
		add_own(r, slice_str(run_text(r, "The topic is changed.")));
	}
}
