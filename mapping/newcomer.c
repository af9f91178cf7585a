/* SPDX-License-Identifier: MIT */
#include "mapping/newcomer.h"

#include <string.h>

#include "irc/ircformat.h"
#include "mapping/endfault.h"
#include "mapping/login.h"
#include "mapping/register/identity.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/uri.h"
#include "mapping/user.h"

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

bool newcomer_on_fail(struct session *s, const struct ircmsg *m)
{
	struct slice code = ircmsg_param(m, 1);
	struct slice words = ircmsg_last(m);

	if (session_is_up(s) || !ircmsg_is(m, "FAIL") || m->nparams < 3 ||
		!irc_mask_match(slice_str("ACCOUNT_REQUIRED*"), code)) {
		return false;
	}
	istr_set(&s->account_words, intern(words.p, words.len));
	return true;
}

/* Servers without standard replies; in lower case. */
static bool says_so(struct slice text)
{
	static const char *const words[] = {
		"sasl", "logged in", "log in to", "registered account",
		"requires an account", "require an account",
		"account is required", "account required",
	};
	struct buf b;
	bool found = false;

	buf_init(&b, 1024);
	irc_strip_formats(&b, slice(text.p, text.len < 500 ? text.len : 500));
	for (size_t i = 0; i < b.len; i++) {
		char c = b.p[i];

		b.p[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		found = found || strstr(buf_cstr(&b), words[i]) != NULL;
	}
	buf_finish(&b);
	return found;
}

static bool is_about_accounts(const struct session *s, enum ircnet_end why,
	int numeric, struct slice words)
{
	if (session_is_up(s) || s->net == NULL ||
		(why != IRCNET_END_ERROR && why != IRCNET_END_REFUSED)) {
		return false;
	}
	return s->account_words != NULL ||
		(why == IRCNET_END_ERROR &&
			ircnet_isupport(s->net)->account_required) ||
		((why == IRCNET_END_ERROR || numeric == 465) &&
			says_so(end_reason(s, words)));
}

/* xmpp:SRV?command;node=NODE in the arena. */
static const char *link_to(struct session *s, const char *node)
{
	struct buf b;
	const char *uri;

	buf_init(&b, 16384);
	uri_add_command(&b, slice_str(session_srv(s)), node);
	uri = arena_strndup(&core(s)->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return uri ? uri : session_srv(s);
}

static void describe(struct session *s, struct buf *b, const char **link)
{
	const struct network_config *c = s->network->config;
	const char *lang = user_lang(s->user);
	const char *name = c->title ? c->title : c->name;

	if (login_is_refused(s)) {
		*link = link_to(s, "configure");
		login_describe_refused(s, b, *link);
		return;
	}
	if (ircnet_accounts(s->net).before_connect) {
		*link = link_to(s, "create-account");
		buf_addf(b,
			text(core(s), lang,
				"%s lets in only people who have an account on "
				"it. If you have none, create one by this form: "
				"%s - or write here: create-account PASSWORD "
				"EMAIL. You are connected with it at once. If "
				"you have one, give its name and password by "
				"this form: %s"),
			name, *link, link_to(s, "configure"));
		return;
	}
	*link = link_to(s, "configure");
	buf_addf(b,
		text(core(s), lang,
			"%s lets in only people who have an account on it, and "
			"the gateway cannot create one for you there. Look on "
			"the network's website how to get one. Then give its "
			"name and password by this form: %s"),
		name, *link);
}

static void tell(struct session *s)
{
	const char *link;
	struct buf body;

	buf_init(&body, 32768);
	describe(s, &body, &link);
	session_write_link(s, buf_slice(&body), link);
	buf_finish(&body);
}

bool newcomer_on_end(struct session *s, enum ircnet_end why, int numeric,
	struct fault *fault, struct slice *words)
{
	if (!is_about_accounts(s, why, numeric, *words)) {
		return false;
	}
	fault->error = E_REGISTRATION_REQUIRED;
	fault->text = N_("This network lets in only people who have an account "
			 "on it. Its message says how to get one.");
	if (s->account_words != NULL) {
		*words = istr_slice(s->account_words);
	}
	if (identity_logs_in(s) && !login_is_refused(s)) {
		fault->error = E_LINK_FAILED; /* services are away */
		fault->text = N_("This network lets in only people who are "
				 "logged in to their account on it, and it "
				 "logs nobody in now. Try again in some "
				 "minutes.");
		return true;
	}
	if (login_is_refused(s)) {
		fault->text =
			N_("This network lets in only people who are logged in "
			   "to their account on it, and your login did not "
			   "work. Its message says what to do.");
	}
	s->no_retry = true;
	s->retry_from = UINT64_MAX;
	tell(s);
	return true;
}
