/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

/* What lines tell about the people who send them. */

void net_learn_bot(struct ircnet *n, struct ircuser *user)
{
	if (!ircuser_bot(user)) {
		state_more(user)->bot = true;
		EMIT(n, on_user, user);
	}
}

/* What tags say of somebody who is here; history is of who was. */
static void learn_by_tags(struct ircnet *n, struct ircuser *user,
	const struct ircmsg *m)
{
	struct slice account = ircmsg_tag(m, "account");

	if (net_batch(n, m) == BATCH_HISTORY) {
		return;
	}
	if (account.len > 0) {
		net_learn_account(n, user, account);
	}
	if (ircmsg_tag(m, "bot").p != NULL) {
		net_learn_bot(n, user);
	}
}

struct ircuser *net_sender(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = NULL;

	if (m->source.nick.len > 0) {
		user = state_user(n, m->source.nick);
	}
	if (user != NULL) {
		state_set_host(n, user, m->source.user, m->source.host);
		if (m->ntags > 0) {
			learn_by_tags(n, user, m);
		}
	}
	return user;
}

/* JOIN #chan account :real name, with extended-join. */
void net_learn_account(struct ircnet *n, struct ircuser *user,
	struct slice account)
{
	if (account.p == NULL) {
		return;
	}
	if (slice_is(account, "*") || slice_is(account, "0")) {
		account = slice(NULL, 0);
	}
	state_set(n, user, USER_ACCOUNT, account);
}

/* With draft/pre-away "*" is no text: not there, and nothing said about it. */
struct slice net_away_text(const struct ircnet *n, struct slice text)
{
	return slice_is(text, "*") && caps_on(&n->caps, "draft/pre-away") ?
		slice("", 0) : text;
}

void handle_away(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = net_sender(n, m);
	struct slice text = ircmsg_param(m, 0);
	struct slice away = text.len > 0 ? net_away_text(n, text) :
					   slice(NULL, 0);
	bool watched = watch_away(n, m->source.nick, away);

	if (user == NULL) {
		n->dropped += !watched;
	} else if (state_set(n, user, USER_AWAY, away)) {
		EMIT(n, on_user, user);
	}
}

void handle_account(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = net_sender(n, m);
	struct slice account = ircmsg_param(m, 0);

	if (user == NULL || account.len == 0) {
		/* Of those whom MONITOR shows this is no news to us. */
		n->dropped += watch_find(n, m->source.nick) == NULL;
		return;
	}
	net_learn_account(n, user, account);
	if (user == n->me) {
		net_login_account(n, ircuser_account(user) != NULL);
	}
	EMIT(n, on_person, user);
}

void handle_chghost(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = net_sender(n, m);

	if (user == NULL || m->nparams < 2) {
		n->dropped += watch_find(n, m->source.nick) == NULL;
	} else if (state_set_host(n, user, m->params[0], m->params[1])) {
		EMIT(n, on_user, user);
	}
}

void handle_setname(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = net_sender(n, m);

	if (user == NULL || m->nparams < 1) {
		n->dropped += watch_find(n, m->source.nick) == NULL;
	} else {
		EMIT(n, on_person, user);
	}
}
