/* SPDX-License-Identifier: MIT */
#include "mapping/command/signup_private.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/command/raw.h"
#include "mapping/people/whois.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* A new account where there is no REGISTER (PROTOCOL C.16): NickServ makes it. */

enum { SERVICE_MS = 600000 };

/* By the rule of the login: the password goes to the network's own NickServ at
 * its server, not to whoever has that nick. */
static bool is_service(const struct whois *w)
{
	return irc_is_service(whois_text(w, WHOIS_SERVER),
		irc_called_service(whois_text(w, WHOIS_OPER)) ||
			irc_called_service(whois_text(w, WHOIS_EXTRA)));
}

/* What it answers is told by itself; 900 says that it was done. */
static void tell_nickserv(struct session *s, struct run *r,
	const struct whois *w)
{
	struct signup *p = s->signup;
	enum err err = ircnet_tell_nickserv(s->net,
		whois_text(w, WHOIS_SERVER), slice_str(p->line));

	signup_wipe(&p->line);
	if (err != ERR_OK) {
		signup_forget(s);
		raw_refused(r, err, NULL);
		return;
	}
	p->until = core_of_run(r)->clock->now_ms + SERVICE_MS;
	run_done(r, run_text(r, p->keep ?
			N_("This network registers accounts by NickServ. It "
			   "was told your password, and answers itself. When "
			   "the account is there, the password is kept in your "
			   "registration with the gateway.") :
		account_registered(core_of_run(r), r->user->entry.key->p) ?
			N_("This network registers accounts by NickServ. It "
			   "was told your password, and answers itself. The "
			   "gateway does not keep the password: it is yours "
			   "to remember.") :
			N_("This network registers accounts by NickServ. It "
			   "was told your password, and answers itself. The "
			   "gateway does not keep the password: register with "
			   "the gateway to be logged in by itself next time.")));
}

static void on_nickserv(struct session *s, void *ctx, const struct whois *w,
	const struct fault *fault)
{
	uint32_t number = *(uint32_t *)ctx;
	struct run *r;

	free(ctx);
	if ((w == NULL && fault == NULL) || s->signup == NULL ||
		s->signup->number != number || s->signup->line == NULL) {
		return;
	}
	r = signup_take_run(s);
	if (r == NULL) { /* it waits no longer */
		signup_forget(s);
	} else if (w != NULL && is_service(w)) {
		tell_nickserv(s, r, w);
	} else {
		signup_forget(s);
		run_fail(r, E_FEATURE_NOT_IMPLEMENTED,
			"This network registers no accounts here, and has no "
			"NickServ that could. Your password was not sent.");
	}
}

void signup_ask_nickserv(struct run *r, struct session *s, struct slice email)
{
	char space[IRC_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct signup *p;
	uint32_t *number;

	buf_addf(&line, "REGISTER %s%s%.*s", run_value(r, "password"),
		email.len > 0 ? " " : "", SLICE_ARG(email));
	if (line.overflow) {
		explicit_bzero(space, sizeof space);
		raw_refused(r, ERR_TOO_BIG, NULL);
		return;
	}
	p = signup_begin(s);
	signup_remember(r, p, istr_slice(s->nick));
	p->line = must_strndup(line.p, line.len);
	explicit_bzero(space, sizeof space);
	number = must_calloc(1, sizeof *number);
	*number = p->number;
	signup_await(r, s, SIGNUP_ANSWER_MS);
	whois_ask(s, slice_str("NickServ"), false, on_nickserv, number);
}

void signup_on_account(struct session *s, struct slice account)
{
	struct signup *p = s->signup;

	if (p == NULL || p->until == 0) {
		return;
	}
	if (p->until > s->user->mapping->clock->now_ms && p->account != NULL &&
		slice_is_nocase(account, p->account)) {
		signup_succeeded(s, account);
	} else {
		signup_forget(s);
	}
}
