/* SPDX-License-Identifier: MIT */
#include "mapping/command/signup_private.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/command/raw.h"
#include "mapping/session.h"
#include "mapping/user.h"

/*
 * A new account without a connection (PROTOCOL C.16): one is made for it.
 *
 * The story: signup_connect() -> link up, CAP -> signup_on_capable(): the network
 * has `before-connect` -> REGISTER or VERIFY -> its answer (signup.c) ->
 * ircnet_proceed() -> 001. Without `before-connect` the connection goes up
 * first: 001 -> signup_on_up() -> as on any connection. When it ends before that,
 * the run is told why, like whoever waits for a connection. A refusal, silence,
 * and a run that nobody waits for any more end the connection.
 */
enum { CONNECT_MS = 60000 };

static const char ended[] = "The connection to IRC was closed. Enter the room "
			    "again to come back.";

void signup_abandon(struct session *s)
{
	struct fault fault = {E_SESSION_CLOSED, ended};
	bool no_retry = s->no_retry;

	signup_forget(s);
	if (s->state == SESSION_IDLE || session_is_up(s)) {
		return;
	}
	if (s->net != NULL) {
		ircnet_quit(s->net, slice_str("Leaving"));
	}
	s->no_retry = true;
	session_ended(s, &fault);
	s->no_retry = no_retry;
}

static struct session *idle_session(struct run *r, struct network *n)
{
	struct fault fault;
	struct session *s = session_get(r->user, n, slice(NULL, 0), &fault);

	if (s == NULL) {
		run_fault(r, &fault);
	} else if (s->state != SESSION_IDLE) {
		run_fail(r, E_RESOURCE_CONSTRAINT,
			"The gateway is just connecting to this network. Try "
			"again in a minute.");
		return NULL;
	}
	return s;
}

void signup_connect(struct run *r, struct network *n, const char *account,
	const char *code)
{
	struct session *s = idle_session(r, n);
	struct signup *p;

	if (s == NULL) {
		return;
	}
	if (code == NULL) {
		signup_remember(r, signup_begin(s), slice_str(account));
	} else if (s->signup == NULL) {
		signup_begin(s); /* made by a session of before */
	}
	p = s->signup;
	if (code != NULL) {
		p->code = must_strndup(code, strlen(code));
		if (account[0] != '\0') {
			free(p->account);
			p->account = must_strndup(account, strlen(account));
		}
	}
	p->before = true;
	p->stage = SIGNUP_CONNECTS;
	signup_await(r, s, CONNECT_MS);
	session_open(s);
}

bool signup_wants(const struct session *s)
{
	return s->signup != NULL && s->signup->stage == SIGNUP_CONNECTS;
}

static void say_code(struct session *s)
{
	struct signup *p = s->signup;
	struct run *r = signup_take_run(s);
	char *code = p->code;

	p->code = NULL;
	signup_wait_code(s);
	signup_ask_code(r, s, slice(NULL, 0), slice_str(code));
	signup_wipe(&code);
}

static void say_register(struct session *s)
{
	struct signup *p = s->signup;
	struct run *r = p->run;
	const char *note = signup_objection(r, s);
	enum err err = ERR_OK;

	if (note == NULL) {
		err = ircnet_register(s->net, slice_str(p->account),
			signup_email(r), slice_str(p->password));
	}
	if (note == NULL && err == ERR_OK) {
		p->stage = SIGNUP_ASKED;
		signup_await(r, s, SIGNUP_ANSWER_MS);
		return;
	}
	r = signup_take_run(s);
	signup_abandon(s);
	if (note != NULL) {
		run_ask(r, note, true);
	} else {
		raw_refused(r, err, NULL);
	}
}

void signup_on_capable(struct session *s)
{
	struct signup *p = s->signup;

	if (p == NULL || p->run == NULL) {
		signup_abandon(s); /* nobody waits for it any more */
	} else if (!ircnet_accounts(s->net).before_connect) {
		p->stage = SIGNUP_GOES_UP;
		ircnet_proceed(s->net, slice(NULL, 0), slice(NULL, 0));
	} else if (p->code != NULL) {
		say_code(s);
	} else {
		say_register(s);
	}
}

void signup_on_up(struct session *s)
{
	struct signup *p = s->signup;
	struct run *r = p ? p->run : NULL;

	if (p != NULL) {
		p->before = false;
	}
	if (r == NULL || (p->stage != SIGNUP_GOES_UP &&
		p->stage != SIGNUP_CONNECTS)) {
		return;
	}
	session_hold(s);
	if (p->code != NULL) {
		say_code(s);
	} else {
		signup_take_run(s);
		signup_forget(s);
		signup_ask(r, s);
	}
}
