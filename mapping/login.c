/* SPDX-License-Identifier: MIT */
#include "mapping/login.h"

#include <string.h>

#include "mapping/out.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static const char *title(const struct session *s)
{
	const struct network_config *c = s->network->config;

	return c->title ? c->title : c->name;
}

/* Services that are away come back; nothing else mends itself. */
static bool is_lasting(enum login_result result)
{
	return result != LOGIN_NOWHERE && result != LOGIN_TIMEOUT;
}

bool login_is_refused(const struct session *s)
{
	return s->login != LOGIN_OK && is_lasting(s->login);
}

static void write_text(struct session *s, struct buf *b,
	enum login_result result, const char *said)
{
	struct mapping *m = core(s);
	const char *lang = user_lang(s->user);
	const char *net = title(s);

	switch (result) {
	case LOGIN_OK:
		buf_addf(b, text(m, lang,
			"You are logged in to your account on %s now."), net);
		break;
	case LOGIN_REFUSED:
		buf_addf(b, text(m, lang,
			"%s did not accept the login to your account: \"%s\". "
			"You are connected without it. Correct the account "
			"name or the password in your registration with the "
			"gateway; they are used when you connect next."),
			net, said ? said : "-");
		break;
	case LOGIN_UNSAFE:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: the "
			"connection to it is not encrypted, so your password "
			"was not sent. Ask the operator of the gateway for an "
			"encrypted connection."), net);
		break;
	case LOGIN_NOWHERE:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: the "
			"network offers no SASL now, and there is no NickServ "
			"that may be told. It is tried again when you connect "
			"next."), net);
		break;
	case LOGIN_IMPOSTOR:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: "
			"NickServ is not known as a service of the network, "
			"so your password was not sent. Do not send it "
			"yourself before you have asked the network's "
			"operators."), net);
		break;
	case LOGIN_TIMEOUT:
		if (said != NULL) {
			buf_addf(b, text(m, lang,
				"%s did not confirm the login to your account. "
				"NickServ said: \"%s\". You are connected "
				"without it, if that was no consent."),
				net, said);
			break;
		}
		buf_addf(b, text(m, lang,
			"%s did not confirm the login to your account in "
			"time. You are connected without it. It is tried "
			"again when you connect next."), net);
		break;
	case LOGIN_ILLEGAL:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: its "
			"name or password is too long, or has spaces or "
			"characters that cannot be sent there. Change it, "
			"and then your registration with the gateway."), net);
		break;
	case LOGIN_UNPROVEN:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: the "
			"network could not show that it knows your account, as "
			"it must before it is believed. Your password was not "
			"told to it. Ask the network's operators whether this "
			"is their server."), net);
		break;
	case LOGIN_COSTLY:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: it asks "
			"for more computing than the gateway does for a login, "
			"and there is no other way. Ask the network's operators "
			"for SASL PLAIN, or for fewer SCRAM iterations."), net);
		break;
	case LOGIN_NOTHING:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: your "
			"registration with the gateway has no password for it, "
			"and no certificate."), net);
		break;
	case LOGIN_CERTIFICATE:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: no "
			"account there has your certificate. Write "
			"\"certificate\" to %s to see what NickServ must be "
			"told."), net, session_srv(s));
		break;
	}
}

/* Where there is no connection without it: what is no longer so, and what is. */
static void write_end(struct session *s, struct buf *b,
	enum login_result result, const char *said)
{
	struct mapping *m = core(s);
	const char *lang = user_lang(s->user);
	const char *net = title(s);

	if (result == LOGIN_REFUSED) {
		buf_addf(b, text(m, lang,
			"%s did not accept the login to your account: \"%s\". "
			"Correct the account name or the password in your "
			"registration with the gateway."),
			net, said ? said : "-");
	} else if (result == LOGIN_TIMEOUT && said != NULL) {
		buf_addf(b, text(m, lang,
			"%s ended the login to your account without a result: "
			"\"%s\"."), net, said);
	} else if (result == LOGIN_TIMEOUT) {
		buf_addf(b, text(m, lang,
			"%s did not confirm the login to your account in "
			"time."), net);
	} else if (result == LOGIN_NOWHERE) {
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: the "
			"network offers no SASL now."), net);
	} else {
		write_text(s, b, result, said);
	}
	buf_add_char(b, ' ');
	buf_add_str(b, is_lasting(result) ?
		text(m, lang,
			"You are not connected, since your registration wants "
			"no connection without the login (sasl_required). The "
			"gateway connects again when the registration changes, "
			"or when you say so.") :
		text(m, lang,
			"You are not connected, since your registration wants "
			"no connection without the login (sasl_required). Try "
			"again in some minutes; networks with autoconnect are "
			"tried again by themselves."));
}

/* What the server said, in the arena; NULL: nothing. */
static const char *words_of(struct session *s, struct slice said)
{
	struct slice clean = out_clean(core(s), said);

	while (clean.len > 0 && clean.p[clean.len - 1] == '.') {
		clean.len--;
	}
	return clean.len > 0 ?
		arena_strndup(&core(s)->arena, clean.p, clean.len) : NULL;
}

static void tell(struct session *s, const struct buf *b)
{
	struct mapping *m = core(s);

	out_message(m, s->user, session_srv(s), s->user->entry.key->p, NULL,
		slice_str(text(m, user_lang(s->user), "Login")), buf_slice(b));
}

bool login_on_end(struct session *s, enum ircnet_end why, int numeric,
	struct slice said, struct fault *fault)
{
	enum login_result result = (enum login_result)numeric;
	struct buf b;

	if (why != IRCNET_END_LOGIN) {
		return false;
	}
	s->login = result;
	fault->error = E_REMOTE_SERVER_TIMEOUT;
	fault->text =
		N_("You want no connection without the login to your account "
		   "(sasl_required), and it did not work. A message from the "
		   "network tells what to do.");
	if (is_lasting(result)) {
		fault->error = E_NOT_AUTHORIZED;
		s->no_retry = true;
		s->retry_from = UINT64_MAX;
	}
	if (s->login_failed) {
		return true; /* the user knows */
	}
	s->login_failed = true;
	buf_init(&b, 8192);
	write_end(s, &b, result, words_of(s, said));
	tell(s, &b);
	buf_finish(&b);
	return true;
}

static void say(struct session *s)
{
	struct buf b;

	buf_init(&b, 8192);
	write_text(s, &b, s->login, istr_slice(s->login_words).p);
	tell(s, &b);
	buf_finish(&b);
}

void login_on_result(struct session *s, enum login_result result,
	struct slice said)
{
	const char *words = words_of(s, said);

	s->login = result;
	istr_set(&s->login_words, words ? intern(words, strlen(words)) : NULL);
	if (result == LOGIN_OK && s->login_failed) {
		s->login_failed = false;
		say(s);
	} else if (session_is_up(s)) {
		login_on_up(s);
	}
}

void login_on_up(struct session *s)
{
	if (s->login != LOGIN_OK && !s->login_failed) {
		s->login_failed = true;
		say(s);
	}
}

void login_describe_refused(struct session *s, struct buf *b, const char *form)
{
	struct mapping *m = core(s);
	const char *lang = user_lang(s->user);
	const char *words = istr_slice(s->login_words).p;

	s->login_failed = true; /* the user knows */
	if (s->login == LOGIN_REFUSED) {
		buf_addf(b, text(m, lang,
			"%s lets in only people who are logged in to their "
			"account on it, and did not accept the login to yours: "
			"\"%s\". You are not connected. Correct the account "
			"name or the password by this form: %s"),
			title(s), words ? words : "-", form);
		return;
	}
	write_text(s, b, s->login, words);
	buf_add_char(b, ' ');
	buf_addf(b, text(m, lang,
		"%s lets in only people who are logged in to their account on "
		"it, so you are not connected. What is kept of your account "
		"can be changed by this form: %s"), title(s), form);
}
