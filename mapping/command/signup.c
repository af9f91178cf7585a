/* SPDX-License-Identifier: MIT */
#include "mapping/command/signup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "mapping/command/command.h"
#include "mapping/command/raw.h"
#include "mapping/errmap.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/people/whois.h"
#include "mapping/register/account.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "xmpp/form.h"

enum {
	ANSWER_MS = 30000,
	SERVICE_MS = 600000,
	CODE_BYTES = 400,
	SAID_BYTES = 600, /* of what the network said */
};

/* In session->signup: from REGISTER on, until it is known what became of it. */
struct signup {
	struct run *run;    /* that waits, NULL: none does */
	char *account;      /* as the server calls it; NULL: our nick */
	char *password;     /* to be kept; NULL: nothing is */
	char *line;         /* for NickServ, until it is known to be one */
	uint32_t number;    /* of all; who asks for NickServ goes by it */
	uint64_t until;     /* clock ms: NickServ was told; 0: REGISTER */
};

/* ---- what is under way ---- */

static void wipe(char **secret)
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
		wipe(&p->password);
		wipe(&p->line);
		free(p->account);
		free(p);
		s->signup = NULL;
	}
}

static struct signup *begin(struct session *s)
{
	static uint32_t number;

	signup_forget(s);
	s->signup = must_calloc(1, sizeof *s->signup);
	s->signup->number = ++number;
	return s->signup;
}

void signup_stop(struct run *r)
{
	if (r->session != NULL && r->session->signup != NULL &&
		r->session->signup->run == r) {
		r->session->signup->run = NULL;
	}
}

/* Its answer is the next thing that this run hears. */
static void await(struct run *r, struct session *s)
{
	s->signup->run = r;
	r->session = s;
	r->wait = RUN_WAITS_ACCOUNT;
	timer_start(core_of_run(r)->clock, &r->timer, ANSWER_MS);
}

void signup_on_silence(struct run *r)
{
	run_fail(r, E_REMOTE_SERVER_TIMEOUT,
		"The network did not say whether it was done.");
}

/* The run is free again, to be answered or to ask. */
static struct run *take_run(struct session *s)
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

static bool may_say_password(struct run *r, const struct session *s)
{
	if (s->network->config->tls != LINK_TLS_OFF ||
		s->network->config->plain_login) {
		return true;
	}
	run_fail(r, E_NOT_ALLOWED,
		"Your password was not sent: the connection to this network is "
		"not encrypted.");
	return false;
}

static bool wants_keeping(const struct run *r)
{
	return form_flag(slice_str(run_value(r, "keep")), true) &&
		account_registered(core_of_run(r), r->user->entry.key->p);
}

static void remember(struct run *r, struct signup *p, struct slice account)
{
	const char *password = run_value(r, "password");

	p->account = account.len > 0 ?
		must_strndup(account.p, account.len) : NULL;
	if (wants_keeping(r)) {
		p->password = must_strndup(password, strlen(password));
	}
}

/* ---- NickServ ---- */

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

	wipe(&p->line);
	if (err != ERR_OK) {
		signup_forget(s);
		raw_refused(r, err, NULL);
		return;
	}
	p->until = core_of_run(r)->clock->now_ms + SERVICE_MS;
	run_done(r, run_text(r, "This network registers accounts by NickServ. "
				"It was told your password, and answers "
				"itself."));
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
	r = take_run(s);
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

static void ask_nickserv(struct run *r, struct session *s, struct slice email)
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
	p = begin(s);
	remember(r, p, istr_slice(s->nick));
	p->line = must_strndup(line.p, line.len);
	explicit_bzero(space, sizeof space);
	number = must_calloc(1, sizeof *number);
	*number = p->number;
	await(r, s);
	whois_ask(s, slice_str("NickServ"), false, on_nickserv, number);
}

/* ---- asking ---- */

static void register_account(struct run *r, struct session *s,
	struct slice account, struct slice email)
{
	struct slice password = slice_str(run_value(r, "password"));
	enum err err = ircnet_register(s->net, account, email, password);

	if (err != ERR_OK) {
		raw_refused(r, err, NULL);
		return;
	}
	remember(r, begin(s), account);
	await(r, s);
}

/* Something is missing or wrong: the form again, or a word on it. */
static const char *objection(const struct run *r, const struct session *s,
	struct slice account, struct slice email)
{
	struct ircnet_accounts rules = ircnet_accounts(s->net);
	bool own_name = account.len > 0 && !ircnet_is_me(s->net, account);
	const char *password = run_value(r, "password");

	if (strlen(password) > setting_max(SET_PASSWORD)) {
		return run_text(r, "This is too long for IRC.");
	}
	if (strpbrk(password, "\r\n") != NULL) {
		return run_text(r, "This holds something that IRC does not "
				   "allow.");
	}
	if (own_name && !rules.custom_name) {
		return run_text(r, "Here an account is called as your nick: "
				   "change your nick first, or leave the "
				   "account empty.");
	}
	if (email.len == 0 && rules.email_required) {
		return run_text(r, "This network wants an e-mail address.");
	}
	if (!rules.offered && strpbrk(password, " \t") != NULL) {
		return run_text(r, "NickServ takes no password with blanks.");
	}
	return NULL;
}

static void create(struct run *r, struct session *s)
{
	struct slice account = slice_str(run_value(r, "account"));
	struct slice email = slice_str(run_value(r, "email"));
	const char *note;

	if (email.len == 0) {
		email = slice_str(kept_email(r));
	}
	note = objection(r, s, account, email);
	if (note != NULL) {
		run_ask(r, note, true);
	} else if (s->signup != NULL && s->signup->run != NULL) {
		run_fail(r, E_RESOURCE_CONSTRAINT,
			"Another account is being created just now.");
	} else if (ircnet_accounts(s->net).offered) {
		register_account(r, s, account, email);
	} else {
		ask_nickserv(r, s, email);
	}
}

static void verify(struct run *r, struct session *s, struct slice account,
	struct slice code)
{
	enum err err;

	if (account.len == 0) {
		account = s->signup && s->signup->account ?
			slice_str(s->signup->account) : istr_slice(s->nick);
	}
	if (s->signup != NULL && s->signup->run != NULL) {
		run_fail(r, E_RESOURCE_CONSTRAINT,
			"Another account is being created just now.");
		return;
	}
	err = ircnet_verify(s->net, account, code);
	if (err != ERR_OK) {
		raw_refused(r, err, NULL);
		return;
	}
	if (s->signup == NULL) {
		begin(s); /* by a connection of before: nothing to be kept */
		s->signup->account = must_strndup(account.p, account.len);
	}
	await(r, s);
}

void signup_create(struct run *r)
{
	struct session *s = command_connected(r);
	struct slice code;

	if (s == NULL || !may_say_password(r, s)) {
		return;
	}
	if (r->stage == 0) {
		create(r, s);
		return;
	}
	code = slice_trim(form_get(form_submitted(r->form), "code"));
	if (code.len == 0 || code.len > CODE_BYTES) {
		run_ask(r, run_text(r, "The code is missing."), true);
	} else {
		verify(r, s, slice(NULL, 0), code);
	}
}

void signup_verify(struct run *r)
{
	struct session *s = command_connected(r);

	if (s != NULL && !ircnet_accounts(s->net).offered) {
		run_fail(r, E_FEATURE_NOT_IMPLEMENTED,
			"This network takes no codes here. Write what its mail "
			"says to NickServ.");
	} else if (s != NULL) {
		verify(r, s, slice_str(run_value(r, "account")),
			slice_str(run_value(r, "code")));
	}
}

/* ---- what the network says ---- */

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

	if (s->signup->password == NULL || a == NULL || !a->registered) {
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

static void succeeded(struct session *s, struct slice account)
{
	struct run *r = take_run(s);
	struct change *c = keep(s, account);

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
				N_("Your account %.*s is there, and you are "
				   "logged in to it. Its password is not kept "
				   "by the gateway.")),
		SLICE_ARG(account));
	if (c != NULL) {
		change_commit(c, run_on_kept, run_hold(r));
	} else {
		run_done(r, buf_cstr(&r->answer));
	}
}

/* The code comes by another way; the answer is the form for it. */
static void wants_code(struct session *s, struct slice account,
	struct slice said)
{
	struct run *r = take_run(s);

	said.len = utf8_cut(said, SAID_BYTES);
	free(s->signup->account);
	s->signup->account = must_strndup(account.p, account.len);
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

static void refused(struct session *s, struct slice code, struct slice said)
{
	static const struct {
		const char *code;
		const char *text;
	} rows[] = {
		{"ACCOUNT_EXISTS", N_("There is an account of that name")},
		{"BAD_ACCOUNT_NAME", N_("No account may have this name")},
		{"ACCOUNT_NAME_MUST_BE_NICK",
			N_("An account must be called as your nick")},
		{"ALREADY_AUTHENTICATED",
			N_("You are logged in to an account already")},
		{"WEAK_PASSWORD", N_("This password is too easy to guess")},
		{"UNACCEPTABLE_PASSWORD",
			N_("The network does not take this password")},
		{"INVALID_EMAIL",
			N_("The network cannot write to this e-mail address")},
		{"UNACCEPTABLE_EMAIL",
			N_("The network does not take this e-mail address")},
		{"INVALID_CODE", N_("The code is wrong, or too old")},
		{"TEMPORARILY_UNAVAILABLE",
			N_("The network makes no accounts at the moment")},
	};
	struct run *r = take_run(s);
	const char *text = N_("The network did not do it");
	struct fault fault;
	char whole[700];

	if (r == NULL) {
		return;
	}
	errmap_fail(code, &fault);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (slice_is_nocase(code, rows[i].code)) {
			text = rows[i].text;
		}
	}
	while (said.len > 0 && said.p[said.len - 1] == '.') {
		said.len--;
	}
	said.len = utf8_cut(said, SAID_BYTES);
	snprintf(whole, sizeof whole, "%s%s%.*s.", text,
		said.len > 0 ? ": " : "", SLICE_ARG(said));
	run_fail(r, fault.error, whole);
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
		m->nparams < 3 || s->signup == NULL || s->signup->until != 0) {
		return false;
	}
	if (fail) {
		refused(s, what, said);
		if (!verifies) {
			signup_forget(s);
		}
	} else if (slice_is_nocase(what, "SUCCESS")) {
		succeeded(s, m->params[1]);
	} else if (slice_is_nocase(what, "VERIFICATION_REQUIRED")) {
		wants_code(s, m->params[1], said);
	}
	return true;
}

void signup_on_account(struct session *s, struct slice account)
{
	struct signup *p = s->signup;

	if (p == NULL || p->until == 0) {
		return;
	}
	if (p->until > s->user->mapping->clock->now_ms && p->account != NULL &&
		slice_is_nocase(account, p->account)) {
		succeeded(s, account);
	} else {
		signup_forget(s);
	}
}
