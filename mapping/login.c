/* SPDX-License-Identifier: MIT */
#include "mapping/login.h"

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
			"name or password is too long, or has blanks or "
			"characters that cannot be sent there. Change it, and "
			"then your registration with the gateway."), net);
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
	case LOGIN_CERTIFICATE:
		buf_addf(b, text(m, lang,
			"You are not logged in to your account on %s: no "
			"account there has your certificate. Write "
			"\"certificate\" to %s to see what NickServ must be "
			"told."), net, session_srv(s));
		break;
	}
}

void login_on_result(struct session *s, enum login_result result,
	struct slice said)
{
	struct mapping *m = core(s);
	struct slice clean = out_clean(m, said);
	bool ok = result == LOGIN_OK;
	const char *words;
	struct buf b;

	while (clean.len > 0 && clean.p[clean.len - 1] == '.') {
		clean.len--;
	}
	s->login = result;
	words = clean.len > 0 ? arena_strndup(&m->arena, clean.p, clean.len)
			      : NULL;
	if (s->login_failed != ok) {
		return; /* it works, or the user knows already */
	}
	s->login_failed = !ok;
	buf_init(&b, 8192);
	write_text(s, &b, result, words);
	out_message(m, s->user, session_srv(s), s->user->entry.key->p, NULL,
		slice_str(text(m, user_lang(s->user), "Login")),
		buf_slice(&b));
	buf_finish(&b);
}
