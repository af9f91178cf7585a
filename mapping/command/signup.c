/* SPDX-License-Identifier: MIT */
#include "mapping/command/signup_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/command/command.h"
#include "mapping/command/raw.h"
#include "mapping/network.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"
#include "xmpp/form.h"

enum { CODE_MS = 3600000, CODE_BYTES = 400 };

/* ---- what is under way ---- */

void signup_wipe(char **secret)
{
	if (*secret != NULL) {
		explicit_bzero(*secret, strlen(*secret));
		free(*secret);
		*secret = NULL;
	}
}

void signup_forget(struct session *s)
{
	struct signup *p = s->signup;

	if (p != NULL) {
		timer_stop(s->user->mapping->clock, &p->timer);
		signup_wipe(&p->password);
		signup_wipe(&p->line);
		signup_wipe(&p->code);
		free(p->account);
		free(p);
		s->signup = NULL;
	}
}

/* The code did not come. */
static void on_timer(void *ctx)
{
	struct session *s = ((struct signup *)ctx)->session;

	signup_forget(s);
	user_touch(s->user);
}

struct signup *signup_begin(struct session *s)
{
	static uint32_t number;

	signup_forget(s);
	s->signup = must_calloc(1, sizeof *s->signup);
	s->signup->session = s;
	s->signup->stage = SIGNUP_ASKED;
	s->signup->number = ++number;
	timer_init(&s->signup->timer, on_timer, s->signup);
	return s->signup;
}

void signup_stop(struct run *r)
{
	if (r->session != NULL && r->session->signup != NULL &&
		r->session->signup->run == r) {
		r->session->signup->run = NULL;
	}
}

bool signup_holds(const struct session *s)
{
	const struct signup *p = s->signup;

	return p != NULL && !session_is_up(s) &&
		(p->run != NULL || p->stage == SIGNUP_CODE);
}

bool signup_began(const struct session *s)
{
	return s->signup != NULL && s->signup->before && !session_is_up(s);
}

void signup_lost(struct session *s)
{
	if (s->signup != NULL && s->signup->stage != SIGNUP_CODE) {
		signup_forget(s);
	}
}

void signup_wait_code(struct session *s)
{
	s->signup->stage = SIGNUP_CODE;
	timer_start(s->user->mapping->clock, &s->signup->timer, CODE_MS);
}

void signup_await(struct run *r, struct session *s, unsigned ms)
{
	timer_stop(core_of_run(r)->clock, &s->signup->timer);
	s->signup->run = r;
	r->session = s;
	r->wait = RUN_WAITS_ACCOUNT;
	timer_start(core_of_run(r)->clock, &r->timer, ms);
}

void signup_on_silence(struct run *r)
{
	struct session *s = r->session;
	bool before = s->signup->before && !session_is_up(s);

	if (before && s->signup->stage != SIGNUP_ASKED) {
		run_fail(r, E_REMOTE_SERVER_TIMEOUT,
			"Connecting to the network takes too long now. Nothing "
			"was asked there. Try again later.");
	} else {
		run_fail(r, E_REMOTE_SERVER_TIMEOUT,
			"The network did not say whether it was done. Try to "
			"log in, or try again later.");
	}
	if (before) {
		signup_abandon(s);
	}
}

struct run *signup_take_run(struct session *s)
{
	struct run *r = s->signup ? s->signup->run : NULL;

	if (r != NULL) {
		s->signup->run = NULL;
		timer_stop(core_of_run(r)->clock, &r->timer);
		r->session = NULL;
		r->wait = RUN_WAITS_NOT;
	}
	return r;
}

/* ---- the forms ---- */

static const char *kept_email(const struct run *r)
{
	const struct account *a =
		account_find(core_of_run(r), r->user->entry.key->p);
	const struct network *n =
		network_find(core_of_run(r), istr_slice(r->network));

	return a && n ? account_setting(a, n, SET_EMAIL) : NULL;
}

void signup_create_fields(struct run *r, struct xw *w)
{
	const struct command_field *f = r->command->fields;

	for (unsigned i = 0; f[i].var != NULL; i++) {
		struct slice value = slice_str(r->values[i]);
		struct form_field field = {
			.var = f[i].var,
			.type = f[i].type,
			.label = run_text(r, f[i].label),
			.required = f[i].required,
			.values = &value,
		};

		if (value.p == NULL && strcmp(f[i].var, "email") == 0) {
			value = slice_str(kept_email(r));
		} else if (value.p == NULL && strcmp(f[i].var, "keep") == 0) {
			value = slice_str("1");
		} else if (strcmp(f[i].var, "password") == 0) {
			value = slice(NULL, 0); /* never sent back */
		}
		field.nvalues = value.p != NULL;
		form_write(w, &field);
	}
}

/* r->answer: what the network said. */
void signup_code_form(struct run *r, struct xw *w)
{
	char form_type[64];
	struct form_field field = {
		.var = "code",
		.type = "text-single",
		.label = run_text(r, "Code from the network"),
		.required = true,
	};

	snprintf(form_type, sizeof form_type, "irc:%s", r->command->name);
	form_start(w, "form", run_text(r, r->command->title),
		r->answer.len > 0 ? buf_cstr(&r->answer) : NULL, form_type);
	form_write(w, &field);
	form_end(w);
}

/* ---- asking ---- */

static bool may_say_password(struct run *r, const struct network *n)
{
	if (n->config->tls != LINK_TLS_OFF || n->config->plain_login) {
		return true;
	}
	run_fail(r, E_NOT_ALLOWED,
		"Your password was not sent: the connection to this network is "
		"not encrypted. Ask the operator of the gateway for an "
		"encrypted one.");
	return false;
}

static bool wants_keeping(const struct run *r)
{
	return form_flag(slice_str(run_value(r, "keep")), true) &&
		account_registered(core_of_run(r), r->user->entry.key->p);
}

void signup_remember(struct run *r, struct signup *p, struct slice account)
{
	const char *password = run_value(r, "password");

	p->account = account.len > 0 ?
		must_strndup(account.p, account.len) : NULL;
	p->password = must_strndup(password, strlen(password));
	p->keep = wants_keeping(r);
}

struct slice signup_email(const struct run *r)
{
	struct slice email = slice_str(run_value(r, "email"));

	return email.len > 0 ? email : slice_str(kept_email(r));
}

const char *signup_objection(const struct run *r, const struct session *s)
{
	struct ircnet_accounts rules = ircnet_accounts(s->net);
	struct slice account = slice_str(run_value(r, "account"));
	bool own_name = account.len > 0 && (session_is_up(s) ?
		!ircnet_is_me(s->net, account) :
		!slice_is(account, s->nick->p));
	const char *password = run_value(r, "password");

	if (strlen(password) > setting_max(SET_PASSWORD)) {
		return run_text(r, "This is too long for IRC. Make it "
				   "shorter.");
	}
	if (strpbrk(password, "\r\n") != NULL) {
		return run_text(r, "This holds something that IRC does not "
				   "allow. Write it on one line, and names "
				   "without spaces.");
	}
	if (own_name && !rules.custom_name) {
		return run_text(r, "Here an account is called as your nick: "
				   "change your nick first, or leave the "
				   "account empty.");
	}
	if (signup_email(r).len == 0 && rules.email_required) {
		return run_text(r, r->by_text ?
				N_("This network wants an e-mail address. "
				   "Write: create-account PASSWORD EMAIL") :
				N_("This network wants an e-mail address. Give "
				   "one."));
	}
	if (!rules.offered && strpbrk(password, " \t") != NULL) {
		return run_text(r, "NickServ takes no password with spaces. "
				   "Choose one without.");
	}
	return NULL;
}

static bool is_busy(struct run *r, const struct session *s)
{
	if (s == NULL || s->signup == NULL || s->signup->run == NULL) {
		return false;
	}
	run_fail(r, E_RESOURCE_CONSTRAINT,
		"Another account is being created just now. Wait until that is "
		"done.");
	return true;
}

static void register_account(struct run *r, struct session *s)
{
	struct slice account = slice_str(run_value(r, "account"));
	enum err err = ircnet_register(s->net, account, signup_email(r),
		slice_str(run_value(r, "password")));

	if (err != ERR_OK) {
		raw_refused(r, err, NULL);
		return;
	}
	signup_remember(r, signup_begin(s), account);
	signup_await(r, s, SIGNUP_ANSWER_MS);
}

void signup_ask(struct run *r, struct session *s)
{
	const char *note = signup_objection(r, s);

	if (note != NULL) {
		run_ask(r, note, true);
	} else if (ircnet_accounts(s->net).offered) {
		register_account(r, s);
	} else {
		signup_ask_nickserv(r, s, signup_email(r));
	}
}

void signup_ask_code(struct run *r, struct session *s, struct slice account,
	struct slice code)
{
	enum err err;

	if (!ircnet_accounts(s->net).offered) {
		run_fail(r, E_FEATURE_NOT_IMPLEMENTED,
			"This network takes no codes here. Write what its mail "
			"says to NickServ.");
		return;
	}
	if (account.len == 0) {
		account = s->signup && s->signup->account ?
			slice_str(s->signup->account) : istr_slice(s->nick);
	}
	err = ircnet_verify(s->net, account, code);
	if (err != ERR_OK) {
		raw_refused(r, err, NULL);
		return;
	}
	if (s->signup == NULL) {
		signup_begin(s); /* by a connection of before: nothing to keep */
		s->signup->account = must_strndup(account.p, account.len);
	}
	s->signup->stage = SIGNUP_ASKED;
	signup_await(r, s, SIGNUP_ANSWER_MS);
}

/* Is this connection, before 001, the one that waits for the code? */
static bool takes_code(const struct session *s)
{
	return s->net != NULL && s->state == SESSION_REGISTERING &&
		s->signup != NULL && s->signup->stage == SIGNUP_CODE &&
		s->signup->before;
}

static void verify(struct run *r, struct network *n, const char *account,
	struct slice code)
{
	struct session *s = run_session(r, n);
	char *copy;

	if (is_busy(r, s)) {
		return;
	}
	if (s != NULL && (session_is_up(s) || takes_code(s))) {
		signup_ask_code(r, s, slice_str(account), code);
		return;
	}
	copy = must_strndup(code.p, code.len);
	signup_connect(r, n, account, copy);
	signup_wipe(&copy);
}

void signup_create(struct run *r)
{
	struct network *n = run_network(r, NULL);
	struct session *s = n ? run_session(r, n) : NULL;
	struct slice code;

	if (n == NULL || !may_say_password(r, n)) {
		return;
	}
	if (r->stage > 0) {
		code = slice_trim(
			form_get(form_submitted(r->form), "code"));
		if (code.len == 0 || code.len > CODE_BYTES) {
			run_ask(r, run_text(r, "The code is missing. Write "
					       "\"verify-account "
					       "CODE\"."), true);
		} else {
			verify(r, n, "", code);
		}
	} else if (is_busy(r, s)) {
		return;
	} else if (s != NULL && session_is_up(s)) {
		signup_ask(r, s);
	} else {
		signup_connect(r, n, run_value(r, "account"), NULL);
	}
}

void signup_verify(struct run *r)
{
	struct network *n = run_network(r, NULL);
	struct slice code = slice_str(run_value(r, "code"));

	if (n == NULL) {
		return;
	}
	if (code.len > CODE_BYTES) {
		run_fail(r, E_NOT_ACCEPTABLE, "This is too long for IRC. Make "
					      "it shorter.");
	} else {
		verify(r, n, run_value(r, "account"), code);
	}
}
