/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_login.h"

/*
 * New accounts (draft/account-registration, PROTOCOL C.16): what the server says
 * of them in CAP, and the two requests. Their answers go to the owner by
 * on_other, as they are.
 *
 * Before 001 (`signup` in the config): CAP is settled -> on_capable -> REGISTER,
 * VERIFY -> ircnet_proceed() -> 900, else SASL -> CAP END -> 001.
 */
enum { ANSWER_MS = 35000, CREATED_MS = 2000, WELCOME_MS = 30000 };

static const char cap[] = "draft/account-registration";

struct ircnet_accounts ircnet_accounts(const struct ircnet *n)
{
	struct ircnet_accounts a = {.offered = caps_on(&n->caps, cap)};
	struct slice list = a.offered ? caps_value(&n->caps, cap) :
					slice(NULL, 0);

	while (list.len > 0) {
		struct slice word = slice_cut(&list, ',');
		struct slice key = slice_cut(&word, '=');

		if (slice_is(key, "email-required")) {
			a.email_required = true;
		} else if (slice_is(key, "custom-account-name")) {
			a.custom_name = true;
		} else if (slice_is(key, "before-connect")) {
			a.before_connect = true;
		}
	}
	return a;
}

/* May REGISTER and VERIFY be said now? */
static enum err usable(const struct ircnet *n)
{
	const struct login *l = n->login;

	if (n->state != NET_REGISTERING || n->dead || n->quitting) {
		return net_usable(n);
	}
	return l != NULL && l->capable && l->waits && l->private_link &&
			ircnet_accounts(n).before_connect ?
		ERR_OK :
		ERR_WRONG_STATE;
}

/* Past the queue: it keeps what it holds longer than a secret should be. */
static enum err send(struct ircnet *n, const char *command,
	const struct irc_arg *args, size_t nargs)
{
	char space[IRC_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err = usable(n);

	if (err == ERR_OK && !caps_on(&n->caps, cap)) {
		err = ERR_WRONG_STATE;
	}
	if (err == ERR_OK) {
		err = irc_build(&n->isupport, &line, command, args, nargs);
	}
	if (err == ERR_OK) {
		net_enter(n);
		ircnet_patience(n, ANSWER_MS);
		net_send_secret(n, buf_slice(&line));
		net_leave(n);
	}
	explicit_bzero(space, sizeof space);
	return err;
}

static struct slice or_star(struct slice word)
{
	return word.len > 0 ? word : slice_str("*");
}

enum err ircnet_register(struct ircnet *n, struct slice account,
	struct slice email, struct slice password)
{
	struct irc_arg args[] = {
		{FIELD_WORD, or_star(account)},
		{FIELD_WORD, or_star(email)},
		{FIELD_SECRET, password},
	};

	return send(n, "REGISTER", args, 3);
}

enum err ircnet_verify(struct ircnet *n, struct slice account,
	struct slice code)
{
	struct irc_arg args[] = {
		{FIELD_WORD, account},
		{FIELD_SECRET, code},
	};

	return send(n, "VERIFY", args, 2);
}

/* ---- before 001 ---- */

void login_wait(struct ircnet *n)
{
	struct login *l = n->login;

	if (!l->capable && !n->dead && n->state == NET_REGISTERING) {
		l->capable = true;
		if (n->events->on_capable != NULL) {
			n->events->on_capable(n->ctx);
		}
	}
}

void ircnet_proceed(struct ircnet *n, struct slice account,
	struct slice password)
{
	struct login *l = n->login;

	if (l == NULL || !l->waits || n->dead || n->quitting) {
		return;
	}
	net_enter(n);
	l->waits = false;
	ircnet_patience(n, WELCOME_MS);
	if (password.p == NULL) {
		net_login_caps(n);
	} else {
		login_become(n, account, password);
		l->stage = STAGE_CREATED;
		if (l->as != NULL) { /* 900 came before */
			login_over(n, LOGIN_OK, slice(NULL, 0));
		} else {
			timer_start(n->clock, &l->timer, CREATED_MS);
		}
	}
	net_leave(n);
}
