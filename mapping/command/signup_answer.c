/* SPDX-License-Identifier: MIT */
#include "mapping/command/signup_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mapping/command/command.h"
#include "mapping/errmap.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* What the network says to REGISTER and VERIFY, and what follows from it. */
enum {
	CODE_LINK_MS = 180000,
	SAID_BYTES = 600, /* of what the network said */
};

/* To the registration: password, and the account where it is not the nick. */
static struct change *keep(struct session *s, struct slice account)
{
	struct mapping *m = s->user->mapping;
	const char *bare = s->user->entry.key->p;
	const char *network = s->network->entry.key->p;
	const struct account *a = account_find(m, bare);
	const char *nick = a ? account_setting(a, s->network, SET_NICK) : NULL;
	struct change *c;
	char *name;

	if (!s->signup->keep || s->signup->password == NULL || a == NULL ||
		!a->registered) {
		return NULL;
	}
	c = change_begin(m, bare);
	change_setting(c, network, SET_PASSWORD, s->signup->password);
	if (account.len > 0 && account.len <= setting_max(SET_ACCOUNT) &&
		(nick == NULL || !slice_is(account, nick))) {
		name = must_strndup(account.p, account.len);
		change_setting(c, network, SET_ACCOUNT, name);
		free(name);
	}
	return c;
}

/* Before 001: on with it, and with this account. */
static void go_on(struct session *s, struct slice account)
{
	const char *password = s->signup->password;

	s->retry_from = 0;
	s->no_retry = false;
	session_hold(s);
	ircnet_proceed(s->net, account, slice_str(password ? password : ""));
}

void signup_succeeded(struct session *s, struct slice account)
{
	struct run *r = signup_take_run(s);
	struct change *c = keep(s, account);

	if (s->signup->before && !session_is_up(s)) {
		go_on(s, account);
	}
	signup_forget(s);
	if (r == NULL) {
		if (c != NULL) {
			change_commit(c, NULL, NULL);
		}
		return;
	}
	buf_reset(&r->answer, 0);
	buf_addf(&r->answer,
		run_text(r, c ? N_("Your account %.*s is there, and you are "
				   "logged in to it. Its password is kept in "
				   "your registration with the gateway.") :
			account_registered(core_of_run(r),
				r->user->entry.key->p) ?
			     N_("Your account %.*s is there, and you are "
				"logged in to it. Its password is not kept "
				"by the gateway.") :
			     N_("Your account %.*s is there, and you are "
				"logged in to it. Its password is not kept "
				"by the gateway. Register with the gateway to "
				"be logged in by itself next time.")),
		SLICE_ARG(account));
	if (c != NULL) {
		change_commit(c, run_on_kept, run_hold(r));
	} else {
		run_done(r, buf_cstr(&r->answer));
	}
}

/*
 * A connection before 001 is not kept for as long as people need for their mail;
 * later another one is made for the code.
 */
static void wait_for_code(struct session *s)
{
	signup_wait_code(s);
	if (s->signup->before && !session_is_up(s)) {
		ircnet_patience(s->net, CODE_LINK_MS);
		network_slot_free(s); /* nobody else waits for that mail */
	}
}

/* The code comes by another way; the answer is the form for it. */
static void wants_code(struct session *s, struct slice account,
	struct slice said)
{
	struct run *r = signup_take_run(s);
	struct signup *p = s->signup;

	said.len = utf8_cut(said, SAID_BYTES);
	free(p->account);
	p->account = must_strndup(account.p, account.len);
	wait_for_code(s);
	if (r == NULL) {
		return;
	}
	if (r->by_text) {
		run_donef(r, run_text(r, "Your account is not complete yet: "
					 "%.*s. Write \"verify-account CODE\" "
					 "here when you have the code."),
			SLICE_ARG(said));
		return;
	}
	buf_reset(&r->answer, 0);
	buf_add_slice(&r->answer, said);
	run_ask(r, NULL, false);
}

/* By the code of FAIL (draft/account-registration). */
static const struct {
	const char *code;
	const char *text;
} refusals[] = {
	{"ACCOUNT_EXISTS", N_("There is an account of that name. "
			      "Choose another one, or log in to it.")},
	{"BAD_ACCOUNT_NAME", N_("No account may have this name. Choose "
				"another one.")},
	{"ACCOUNT_NAME_MUST_BE_NICK",
		N_("An account must be called as your nick. Leave its name "
		   "empty, or change your nick first.")},
	{"ALREADY_AUTHENTICATED",
		N_("You are logged in to an account already. There is "
		   "nothing left to do.")},
	{"WEAK_PASSWORD", N_("This password is too easy to guess. "
			     "Choose a longer one.")},
	{"UNACCEPTABLE_PASSWORD",
		N_("The network does not take this password. Choose "
		   "another one.")},
	{"INVALID_EMAIL",
		N_("The network cannot write to this e-mail address. "
		   "Give another one.")},
	{"UNACCEPTABLE_EMAIL",
		N_("The network does not take this e-mail address. "
		   "Give another one.")},
	{"INVALID_CODE", N_("The code is wrong, or too old. Look at it "
			    "again, or create the account anew.")},
	{"TEMPORARILY_UNAVAILABLE",
		N_("The network makes no accounts at the moment. Try "
		   "again later.")},
};

static const char *refusal(struct slice code)
{
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		if (slice_is_nocase(code, refusals[i].code)) {
			return refusals[i].text;
		}
	}
	return N_("The network did not do it. Ask its operators if its words "
		  "do not tell why.");
}

static void refused(struct session *s, struct slice code, struct slice said)
{
	struct run *r = signup_take_run(s);
	const char *text = refusal(code);
	struct fault fault;
	const char *words;

	if (r == NULL) {
		return;
	}
	errmap_fail(code, &fault);
	said.len = utf8_cut(said, SAID_BYTES);
	words = said.len > 0 ?
		arena_strndup(&core_of_run(r)->arena, said.p, said.len) : NULL;
	run_fail(r, fault.error,
		words ? text_said(core_of_run(r), text, words) : text);
}

/* Another code may be right; without the account there is no way on. */
static void failed(struct session *s, bool verifies, struct slice code,
	struct slice said)
{
	bool before = s->signup->before && !session_is_up(s);

	refused(s, code, said);
	if (verifies) {
		wait_for_code(s);
	} else if (before) {
		signup_abandon(s);
	} else {
		signup_forget(s);
	}
}

/* Of the network, by REGISTER or VERIFY; late answers count as well. */
static bool is_asked(const struct session *s)
{
	const struct signup *p = s->signup;

	return p != NULL && p->until == 0 && p->line == NULL &&
		(p->stage == SIGNUP_ASKED || p->stage == SIGNUP_CODE);
}

/* REGISTER SUCCESS account :text; FAIL REGISTER CODE account :text. */
bool signup_on_other(struct session *s, const struct ircmsg *m)
{
	bool fail = ircmsg_is(m, "FAIL");
	struct slice word = fail ? ircmsg_param(m, 0) : m->command;
	struct slice what = ircmsg_param(m, fail ? 1 : 0);
	struct slice said = out_clean(s->user->mapping, ircmsg_last(m));
	bool verifies = slice_is_nocase(word, "VERIFY");

	if ((!verifies && !slice_is_nocase(word, "REGISTER")) ||
		m->nparams < 3 || !is_asked(s)) {
		return false;
	}
	if (fail) {
		failed(s, verifies, what, said);
	} else if (slice_is_nocase(what, "SUCCESS")) {
		signup_succeeded(s, m->params[1]);
	} else if (slice_is_nocase(what, "VERIFICATION_REQUIRED")) {
		wants_code(s, m->params[1], said);
	}
	return true;
}
