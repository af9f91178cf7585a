/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_login.h"

#include <string.h>

#include "irc/ircformat.h"

/*
 * Logging in by NickServ (PROTOCOL F.4), where SASL does not.
 *
 * The story: 001 -> WHOIS NickServ -> it is a service -> IDENTIFY -> 900, our
 * ACCOUNT or +r. From 001 until that is over, at most 5 s, what the owner asks
 * for waits in the queue, so that channels are joined with the account.
 *
 * The password goes to `NickServ@server` only, and only where WHOIS says that
 * this server or this nick is the network's own: whoever takes the nick in
 * between gets nothing.
 */
enum {
	PATIENCE_MS = 5000,
	PROMISE_MS = 1000, /* "You are now identified" -> 900 */
};

static const char service[] = "NickServ";

/* ---- NickServ: is it one? ---- */

void nickserv_begin(struct ircnet *n)
{
	struct irc_arg arg = {FIELD_PERSON, slice_str(service)};
	struct buf *line = net_scratch();

	n->login->stage = STAGE_WHOIS;
	timer_start(n->clock, &n->login->timer, PATIENCE_MS);
	if (irc_build(&n->isupport, line, "WHOIS", &arg, 1) == ERR_OK) {
		net_send(n, buf_slice(line));
	}
}

/* A name that a line can be addressed to; "*.net" hides the real one. */
static bool host_name(struct slice s)
{
	bool dot = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
			!(c >= 'a' && c <= 'z') && c != '-' && c != '.') {
			return false;
		}
		dot = dot || c == '.';
	}
	return dot && s.len <= 63;
}

static bool begins(struct slice s, const char *word)
{
	size_t len = strlen(word);

	return s.len >= len && slice_is_nocase(slice(s.p, len), word);
}

/* Text in lower case, without formats: to look for words in it. */
static void plain_words(struct buf *out, struct slice text)
{
	buf_init(out, 1024);
	irc_strip_formats(out, slice(text.p, text.len < 500 ? text.len : 500));
	for (size_t i = 0; i < out->len; i++) {
		char c = out->p[i];

		out->p[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
}

/* 309 310 313: "is a Network Service", "is an IRC service". */
bool irc_called_service(struct slice text)
{
	struct buf b;
	bool yes;

	plain_words(&b, text);
	yes = strstr(buf_cstr(&b), "network service") != NULL ||
		strstr(buf_cstr(&b), "irc service") != NULL;
	buf_finish(&b);
	return yes;
}

bool irc_is_service(struct slice server, bool called)
{
	return host_name(server) && (called || begins(server, "services."));
}

enum err ircnet_tell_nickserv(struct ircnet *n, struct slice server,
	struct slice text)
{
	char space[IRC_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err = host_name(server) ?
		irc_field_check(&n->isupport, FIELD_TEXT, text, NULL) :
		ERR_BAD_INPUT;

	buf_addf(&line, "PRIVMSG %s@%.*s :%.*s", service, SLICE_ARG(server),
		SLICE_ARG(text));
	if (err == ERR_OK &&
		(line.overflow || line.len > n->isupport.linelen - 2)) {
		err = ERR_TOO_BIG;
	}
	if (err == ERR_OK) {
		net_send_secret(n, buf_slice(&line));
	}
	explicit_bzero(space, sizeof space);
	return err;
}

static void identify(struct ircnet *n)
{
	struct login *l = n->login;
	char space[IRC_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct slice account = slice_str(l->account);

	if (strchr(l->account, ' ') || strchr(l->password, ' ')) {
		login_over(n, LOGIN_ILLEGAL, slice(NULL, 0)); /* it takes words */
		return;
	}
	buf_addf(&line, "PRIVMSG %s@%s :IDENTIFY ", service, l->server->p);
	/* One word is what every kind of services understands. */
	if (!net_is_me(n, account)) {
		buf_add_slice(&line, account);
		buf_add_char(&line, ' ');
	}
	buf_add_str(&line, l->password);
	if (line.overflow || line.len > n->isupport.linelen - 2) {
		login_over(n, LOGIN_ILLEGAL, slice(NULL, 0));
	} else {
		l->stage = STAGE_IDENTIFY;
		net_send_secret(n, buf_slice(&line));
	}
	explicit_bzero(space, sizeof space);
}

static void whois_end(struct ircnet *n)
{
	struct login *l = n->login;

	if (!l->present) {
		login_over(n, LOGIN_NOWHERE, slice(NULL, 0));
	} else if (l->server == NULL ||
		!irc_is_service(istr_slice(l->server), l->official)) {
		login_over(n, LOGIN_IMPOSTOR, slice(NULL, 0));
	} else {
		identify(n);
	}
}

static bool about_whois(struct ircnet *n, const struct ircmsg *m)
{
	struct login *l = n->login;
	struct slice server = ircmsg_param(m, 2);

	if (!slice_is_nocase(ircmsg_param(m, 1), service)) {
		return false;
	}
	switch (m->numeric) {
	case 309:
	case 310:
	case 313:
		l->official = l->official || irc_called_service(ircmsg_last(m));
		return true;
	case 311:
		l->present = true;
		return true;
	case 312:
		if (host_name(server)) {
			istr_set(&l->server, intern(server.p, server.len));
		}
		return true;
	case 318:
		whois_end(n);
		return true;
	default:
		return true; /* 335, 317, a 401 before 318, ... */
	}
}

bool nickserv_numeric(struct ircnet *n, const struct ircmsg *m)
{
	struct login *l = n->login;
	struct slice target = ircmsg_param(m, 1);

	if (l->stage == STAGE_WHOIS) {
		return about_whois(n, m);
	}
	if (l->stage == STAGE_IDENTIFY && m->numeric >= 400 &&
		m->numeric < 500 && begins(target, service)) {
		login_over(n, LOGIN_NOWHERE, ircmsg_last(m));
		return true;
	}
	return false;
}

/* ---- NickServ: what does it say? ---- */

/*
 * Measured with Anope 2.0.12 and Atheme 7.2.12, and what other services say.
 * A language that is not here ends with 900, ACCOUNT or +r, or in time.
 */
static const struct phrase {
	const char *words;
	bool good;
} phrases[] = {
	{"you are now identified", true},
	{"you are already identified", true},
	{"you are now logged in", true},
	{"you are already logged in", true},
	{"you are now recognized", true},
	{"password accepted", true},
	{"successfully identified", true},
	{"invalid password", false},
	{"password incorrect", false},
	{"incorrect password", false},
	{"wrong password", false},
	{"not registered", false},
	{"not a registered", false},
	{"isn't registered", false},
	{"suspended", false},
	{"frozen", false},
};

static void hear(struct ircnet *n, struct slice text)
{
	struct login *l = n->login;
	const struct phrase *found = NULL;
	struct buf b;

	plain_words(&b, text);
	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
		if (found == NULL && strstr(buf_cstr(&b), phrases[i].words)) {
			found = &phrases[i];
		}
	}
	buf_finish(&b);
	istr_set(&l->words, intern(text.p, text.len));
	if (found == NULL) {
		return;
	}
	if (!found->good) {
		login_over(n, LOGIN_REFUSED, text);
	} else if (!l->promised) {
		l->promised = true;
		timer_start(n->clock, &l->timer, PROMISE_MS);
	}
}

bool nickserv_text(struct ircnet *n, const struct ircmsg *m)
{
	struct login *l = n->login;

	/* echo-message: what holds a password is shown to nobody. */
	if (begins(m->params[0], service) && begins(m->params[1], "IDENTIFY ")) {
		return net_is_me(n, m->source.nick);
	}
	if (!net_login_holds(n) || !ircmsg_is(m, "NOTICE") ||
		!slice_is_nocase(m->source.nick, service) ||
		!net_is_me(n, m->params[0])) {
		return false;
	}
	if (l->stage == STAGE_IDENTIFY) {
		hear(n, m->params[1]);
	}
	return true;
}

void nickserv_timer(struct ircnet *n)
{
	struct login *l = n->login;

	if (l->promised) {
		login_over(n, LOGIN_OK, slice(NULL, 0));
	} else {
		login_over(n, LOGIN_TIMEOUT, istr_slice(l->words));
	}
}
