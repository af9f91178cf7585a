/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

/*
 * New accounts (draft/account-registration, PROTOCOL F.1): what the server says
 * of them in CAP, and the two requests. Their answers go to the owner by
 * on_other, as they are.
 */
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
		}
	}
	return a;
}

/* Past the queue: it keeps what it holds longer than a secret should be. */
static enum err send(struct ircnet *n, const char *command,
	const struct irc_arg *args, size_t nargs)
{
	char space[IRC_LINE_MAX];
	struct buf line = {.p = space, .cap = sizeof space, .max = sizeof space};
	enum err err = net_usable(n);

	if (err == ERR_OK && !caps_on(&n->caps, cap)) {
		err = ERR_WRONG_STATE;
	}
	if (err == ERR_OK) {
		err = irc_build(&n->isupport, &line, command, args, nargs);
	}
	if (err == ERR_OK) {
		net_enter(n);
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
