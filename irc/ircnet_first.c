/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>
#include <string.h>

/*
 * The first lines of a connection: WEBIRC, CAP LS 302, PASS, NICK, USER.
 *
 * On a link without TLS the server may say `sts` in its answer to LS: then the
 * owner leaves it, and nobody but the encrypted link is to hear who we are. So
 * there the last three wait (`cap_first`) until LS is answered to its end, or
 * the server shows that it does not know CAP (410, 421, 451), or HOLD_MS are
 * over (PROTOCOL F.5). Elsewhere all leave at once.
 */
enum {
	/*
	 * IRCnet's server of 2.11 says nothing at all to CAP (measured); others
	 * ask for the ident, for 5 s, before they read what we wrote.
	 */
	HOLD_MS = 6000,
	PASSWORD_MAX = 400,
	REALNAME_MAX = 200,
};

struct held {
	char *password; /* NULL: none */
	char *user;
	char *realname;
};

static char *copy(const char *s)
{
	return s != NULL ? must_strndup(s, strlen(s)) : NULL;
}

void net_first_free(struct ircnet *n)
{
	struct held *h = n->held;

	if (h == NULL) {
		return;
	}
	n->held = NULL;
	if (h->password != NULL) {
		explicit_bzero(h->password, strlen(h->password));
	}
	free(h->password);
	free(h->user);
	free(h->realname);
	free(h);
}

/* ---- the lines ---- */

static enum err send_secret(struct ircnet *n, const char *command,
	const struct irc_arg *args, size_t nargs)
{
	char space[IRC_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err = irc_build(&n->isupport, &line, command, args, nargs);

	if (err == ERR_OK) {
		net_send_secret(n, buf_slice(&line));
	}
	explicit_bzero(space, sizeof space);
	return err;
}

static enum err send_pass(struct ircnet *n, const char *password)
{
	struct irc_arg arg = {FIELD_SECRET, slice_str(password)};

	return send_secret(n, "PASS", &arg, 1);
}

static enum err send_webirc(struct ircnet *n, const struct ircnet_config *c)
{
	struct irc_arg args[] = {
		{FIELD_SECRET, slice_str(c->webirc_password)},
		{FIELD_WORD, slice_str("isthmus")},
		{FIELD_WORD, slice_str(c->webirc_host)},
		{FIELD_WORD, slice_str(c->webirc_ip)},
	};

	return send_secret(n, "WEBIRC", args, 4);
}

static enum err send_nick(struct ircnet *n, struct slice nick)
{
	struct irc_arg arg = {FIELD_NICK, nick};
	struct buf *line = net_scratch();
	enum err err = irc_build(&n->isupport, line, "NICK", &arg, 1);

	if (err == ERR_OK) {
		net_send(n, buf_slice(line));
	}
	return err;
}

enum err net_first_nick(struct ircnet *n, struct slice nick)
{
	enum err err = n->held == NULL ? send_nick(n, nick) :
		irc_field_check(&n->isupport, FIELD_NICK, nick, NULL);

	if (err == ERR_OK) {
		istr_set(&n->nick_asked, intern(nick.p, nick.len));
	}
	return err;
}

static enum err send_user(struct ircnet *n, const struct held *h)
{
	struct buf user;
	struct buf real;
	struct irc_arg args[4];
	struct buf *line;
	enum err err;

	buf_init(&user, 64);
	buf_init(&real, IRC_LINE_MAX);
	irc_make_user(&user, slice_str(h->user), n->isupport.userlen);
	irc_one_line(&real, slice_str(h->realname), REALNAME_MAX);
	args[0] = (struct irc_arg){FIELD_USER, buf_slice(&user)};
	args[1] = (struct irc_arg){FIELD_WORD, slice_str("0")};
	args[2] = (struct irc_arg){FIELD_WORD, slice_str("*")};
	/* An empty real name is refused by most servers. */
	args[3] = (struct irc_arg){FIELD_TEXT,
		buf_slice(real.len > 0 ? &real : &user)};
	line = net_scratch();
	err = irc_build(&n->isupport, line, "USER", args, 4);
	if (err == ERR_OK) {
		err = net_encode_last(n, line, args[3].value);
	}
	if (err == ERR_OK) {
		net_send(n, buf_slice(line));
	}
	buf_finish(&user);
	buf_finish(&real);
	return err;
}

static enum err introduce(struct ircnet *n)
{
	struct held *h = n->held;
	enum err err = ERR_OK;

	if (h->password != NULL) {
		err = send_pass(n, h->password);
	}
	if (err == ERR_OK) {
		err = send_nick(n, istr_slice(n->nick_asked));
	}
	if (err == ERR_OK) {
		err = send_user(n, h);
	}
	net_first_free(n);
	return err;
}

/* ---- when ---- */

uint64_t net_first_deadline(const struct ircnet *n)
{
	uint64_t most = n->register_timeout_ms / 2;

	return n->created_at + (HOLD_MS < most ? HOLD_MS : most);
}

void net_first_release(struct ircnet *n)
{
	if (n->held == NULL || n->dead || n->state != NET_REGISTERING) {
		return;
	}
	if (introduce(n) != ERR_OK) {
		n->fault = true;
		net_kick(n);
	}
}

static bool fits(const struct ircnet *n, const struct ircnet_config *c)
{
	return irc_field_check(&n->isupport, FIELD_NICK, slice_str(c->nick),
		       NULL) == ERR_OK &&
		(c->password == NULL ||
			(irc_field_check(&n->isupport, FIELD_SECRET,
				slice_str(c->password), NULL) == ERR_OK &&
				strlen(c->password) <= PASSWORD_MAX));
}

bool net_first(struct ircnet *n, const struct ircnet_config *c)
{
	/* Nothing is written unless all of it fits. */
	if (!fits(n, c)) {
		log_error(n->log, "nick or password cannot be sent");
		return false;
	}
	if (c->webirc_password != NULL && send_webirc(n, c) != ERR_OK) {
		log_error(n->log, "webirc_password cannot be sent");
		return false;
	}
	istr_set(&n->nick_asked, intern(c->nick, strlen(c->nick)));
	n->held = must_calloc(1, sizeof *n->held);
	n->held->password = copy(c->password);
	n->held->user = copy(c->user);
	n->held->realname = copy(c->realname);
	net_send(n, slice_str("CAP LS 302"));
	return c->cap_first || introduce(n) == ERR_OK;
}
