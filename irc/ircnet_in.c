/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>
#include <string.h>

/*
 * Words from the server. Every handler believes only what fits the state it
 * knows: a line about channels or people that we do not know is counted.
 */

bool net_is_me(const struct ircnet *n, struct slice nick)
{
	return n->me != NULL && nick.len > 0 &&
		casemap_equal(n->isupport.casemap, nick,
			istr_slice(n->me->nick));
}

/* The channel of a line when we are in it. */
static struct ircchan *joined(struct ircnet *n, struct slice name)
{
	struct ircchan *chan = state_chan(n, name);

	return chan != NULL && chan->state != CHAN_REQUESTED ? chan : NULL;
}

static void no_use(struct ircnet *n)
{
	n->dropped++;
}

/* ---- JOIN ---- */

/* The server puts us where we did not ask to be (SAJOIN, forwards). */
static struct ircchan *accept_unasked(struct ircnet *n, struct slice name)
{
	struct irc_arg arg = {FIELD_CHANNEL, name};
	struct buf *line;

	if (n->channels.used < NET_UNASKED_MAX) {
		return state_chan_add(n, name);
	}
	line = net_scratch();
	if (irc_build(&n->isupport, line, "PART", &arg, 1) == ERR_OK) {
		net_send(n, buf_slice(line));
	}
	return NULL;
}

static void join_me(struct ircnet *n, const struct ircmsg *m)
{
	struct slice name = m->params[0];
	struct ircchan *chan = state_chan(n, name);
	bool counts;

	if (chan == NULL) {
		chan = accept_unasked(n, name);
	}
	if (chan == NULL || chan->state != CHAN_REQUESTED ||
		!state_member_add(n, chan, n->me, 0)) {
		no_use(n);
		return;
	}
	chan->state = CHAN_JOINED;
	istr_set(&chan->name, intern(name.p, name.len));
	counts = net_join_counts(chan);
	net_want_modes(n, chan, counts);
	if (counts) {
		EMIT(n, on_join, chan, n->me, true);
	}
}

static void handle_join(struct ircnet *n, const struct ircmsg *m)
{
	struct slice account = caps_on(&n->caps, "extended-join")
		? ircmsg_param(m, 1) : slice(NULL, 0);
	struct ircchan *chan;
	struct ircuser *user;

	if (net_is_me(n, m->source.nick)) {
		net_sender(n, m);
		net_learn_account(n, n->me, account);
		join_me(n, m);
		return;
	}
	chan = joined(n, m->params[0]);
	user = chan != NULL ? state_user_add(n, m->source.nick) : NULL;
	if (user == NULL) {
		no_use(n);
		return;
	}
	net_sender(n, m);
	net_learn_account(n, user, account);
	if (!state_member_add(n, chan, user, 0)) {
		state_user_release(n, user);
		no_use(n);
		return;
	}
	n->netjoin = net_batch_servers(n, m, BATCH_NETJOIN);
	EMIT(n, on_join, chan, user, false);
	n->netjoin = slice(NULL, 0);
}

struct slice ircnet_netjoin(const struct ircnet *n)
{
	return n->netjoin;
}

/* ---- PART, KICK, QUIT ---- */

static void leave(struct ircnet *n, struct ircchan *chan, struct ircuser *user,
	const struct irc_leave *leave)
{
	bool is_me = user == n->me;

	EMIT(n, on_leave, chan, user, is_me, leave);
	if (is_me) {
		net_chan_over(n, chan, leave->kind == LEAVE_PART);
	} else {
		state_member_remove(n, chan, user);
	}
}

/* The list first: a handler may ask for other channels meanwhile. */
void net_leave_all(struct ircnet *n, struct ircuser *user,
	const struct irc_leave *why)
{
	struct ircchan **in =
		must_calloc(ircuser_channels(user) + 1, sizeof(struct ircchan *));
	struct map_slot *slot;
	uint32_t pos = 0;
	size_t count = 0;

	while ((slot = map_next(&n->channels, &pos)) != NULL) {
		struct ircchan *chan = (struct ircchan *)slot->entry;

		if (chan_member(chan, user->entry.key, NULL) != NULL) {
			in[count++] = chan;
		}
	}
	/* The last leave() may free a user who is not us. */
	for (size_t i = 0; i < count; i++) {
		leave(n, in[i], user, why);
	}
	free(in);
}

static void handle_part(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, m->params[0]);
	struct ircuser *user = net_sender(n, m);
	struct irc_leave why = {.kind = LEAVE_PART};

	if (chan == NULL || user == NULL ||
		chan_member(chan, user->entry.key, NULL) == NULL) {
		no_use(n);
		return;
	}
	why.reason = ircmsg_param(m, 1);
	why.asked = user == n->me && chan->parts > 0;
	leave(n, chan, user, &why);
}

static void handle_kick(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, m->params[0]);
	struct ircuser *user = state_user(n, m->params[1]);
	struct irc_leave why = {.kind = LEAVE_KICK};

	net_sender(n, m);
	if (chan == NULL || user == NULL ||
		chan_member(chan, user->entry.key, NULL) == NULL) {
		no_use(n);
		return;
	}
	why.by = m->source;
	why.reason = ircmsg_param(m, 2);
	leave(n, chan, user, &why);
}

static bool host_like(struct slice s)
{
	bool dot = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];

		if (c == '.') {
			dot = i > 0 && i + 1 < s.len;
		} else if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
			!(c >= 'a' && c <= 'z') && c != '-' && c != '*' &&
			c != '_') {
			return false;
		}
	}
	return dot;
}

/* Two host names and nothing else (PROTOCOL D.9). */
static bool tells_of_split(struct slice reason)
{
	struct slice rest = reason;
	struct slice first = slice_cut(&rest, ' ');

	return host_like(first) && host_like(rest);
}

static void handle_quit(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = net_sender(n, m);
	struct irc_leave why = {.kind = LEAVE_QUIT};

	if (user == NULL) {
		no_use(n);
		return;
	}
	why.reason = ircmsg_param(m, 0);
	why.servers = net_batch_servers(n, m, BATCH_NETSPLIT);
	if (why.servers.len == 0 && tells_of_split(why.reason)) {
		why.servers = why.reason;
	}
	why.netsplit = why.servers.p != NULL;
	watch_quit(n, user->entry.key, why.reason);
	net_leave_all(n, user, &why);
}

/* ---- NICK ---- */

/* Hybrid cuts a nick that is too long and says nothing (PROTOCOL B.4). */
static bool answers_ours(const struct ircnet *n, struct slice nick)
{
	struct slice asked = istr_slice(n->nick_asked);

	if (asked.len > nick.len) {
		asked.len = nick.len;
	}
	return n->nick_asked != NULL &&
		casemap_equal(n->isupport.casemap, asked, nick);
}

/*
 * InspIRCd sends the answer to a labelled NICK when the nick is another one
 * already: its source is the new one (QUIRKS), which may still be somebody's who
 * is watched.
 */
static struct ircuser *whose_nick(struct ircnet *n, const struct ircmsg *m)
{
	unsigned follow;

	if (ircnet_answers(n, m, &follow) != 0 &&
		slice_eq(m->source.nick, m->params[0]) &&
		answers_ours(n, m->params[0])) {
		return n->me;
	}
	return net_sender(n, m);
}

static void handle_nick(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = whose_nick(n, m);
	const struct istr *old;
	const struct istr *key;
	bool asked = false;

	if (user == NULL) {
		no_use(n);
		return;
	}
	old = istr_ref(user->nick);
	key = istr_ref(user->entry.key);
	if (!state_rename(n, user, m->params[0])) {
		no_use(n);
		istr_unref(old);
		istr_unref(key);
		return;
	}
	watch_renamed(n, key, user);
	istr_unref(key);
	if (user == n->me && answers_ours(n, m->params[0])) {
		asked = true;
		istr_set(&n->nick_asked, NULL);
	}
	EMIT(n, on_nick, user, istr_slice(old), user == n->me, asked);
	istr_unref(old);
}

/* ---- RENAME, TOPIC, INVITE ---- */

/* draft/channel-rename: RENAME #old #new :reason */
static void handle_rename(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, ircmsg_param(m, 0));
	struct slice name = ircmsg_param(m, 1);

	if (chan == NULL || !isupport_is_channel(&n->isupport, name) ||
		!state_chan_rename(n, chan, name)) {
		no_use(n);
		return;
	}
	EMIT(n, on_rename, chan);
}

static void handle_topic(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, m->params[0]);

	net_sender(n, m);
	if (chan == NULL) {
		no_use(n);
		return;
	}
	free(chan->topic);
	chan->topic = must_strndup(m->params[1].p, m->params[1].len);
	istr_set(&chan->topic_by,
		m->source_text.len > 0
			? intern(m->source_text.p, m->source_text.len)
			: NULL);
	chan->topic_at = n->clock->wall_ms / 1000;
	EMIT(n, on_topic, chan, &m->source);
}

static void handle_invite(struct ircnet *n, const struct ircmsg *m)
{
	net_sender(n, m);
	EMIT(n, on_invite, &m->source, m->params[0], m->params[1]);
}

/* The answer to a label that has nothing else to say: on_answered follows. */
static void handle_ack(struct ircnet *n, const struct ircmsg *m)
{
	(void)n;
	(void)m;
}

/* ---- the table ---- */

enum { ALWAYS = 1, HISTORY = 2 };

static const struct word_handler {
	const char *word;
	void (*fn)(struct ircnet *n, const struct ircmsg *m);
	unsigned when; /* ALWAYS: before 001 too; HISTORY: inside chathistory */
} words[] = { /* sorted: looked up with bsearch() */
	{"ACCOUNT", handle_account, 0},
	{"ACK", handle_ack, 0},
	{"AUTHENTICATE", handle_authenticate, ALWAYS},
	{"AWAY", handle_away, 0},
	{"BATCH", handle_batch, ALWAYS | HISTORY},
	{"CAP", handle_cap, ALWAYS},
	{"CHGHOST", handle_chghost, 0},
	{"ERROR", handle_error, ALWAYS | HISTORY},
	{"INVITE", handle_invite, 0},
	{"JOIN", handle_join, 0},
	{"KICK", handle_kick, 0},
	{"MARKREAD", handle_markread, 0},
	{"METADATA", handle_metadata, 0},
	{"MODE", handle_mode, 0},
	{"NICK", handle_nick, 0},
	{"NOTICE", handle_text, ALWAYS | HISTORY},
	{"PART", handle_part, 0},
	{"PING", handle_ping, ALWAYS | HISTORY},
	{"PONG", handle_pong, ALWAYS | HISTORY},
	{"PRIVMSG", handle_text, ALWAYS | HISTORY},
	{"QUIT", handle_quit, 0},
	{"REDACT", handle_redact, HISTORY},
	{"RENAME", handle_rename, 0},
	{"SETNAME", handle_setname, 0},
	{"TAGMSG", handle_tagmsg, 0},
	{"TOPIC", handle_topic, 0},
};

static int compare(const void *key, const void *row)
{
	return strcmp(key, ((const struct word_handler *)row)->word);
}

static const struct word_handler *find_word(struct slice command)
{
	char word[25];

	if (command.len >= sizeof word) {
		return NULL;
	}
	for (size_t i = 0; i < command.len; i++) {
		char c = command.p[i];

		word[i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
	}
	word[command.len] = '\0';
	return bsearch(word, words, sizeof words / sizeof words[0],
		sizeof words[0], compare);
}

/* FAIL JOIN CODE #chan :text ends a join like a numeric does. */
static struct slice failed_channel(const struct ircmsg *m)
{
	return ircmsg_is(m, "FAIL") && m->nparams > 3 &&
			slice_is_nocase(m->params[0], "JOIN")
		? m->params[2] : slice(NULL, 0);
}

void handle_word(struct ircnet *n, const struct ircmsg *m)
{
	const struct word_handler *row = find_word(m->command);
	struct slice failed;

	if (row == NULL) {
		failed = failed_channel(m);
		if (meta_failed(n, m)) {
			return;
		}
		if (failed.p != NULL) {
			net_join_failed(n, failed, m);
		} else {
			EMIT(n, on_other, m);
		}
		return;
	}
	if ((row->when & ALWAYS) == 0 && n->me == NULL) {
		no_use(n);
		return;
	}
	/* What happened long ago changes nothing now. */
	if ((row->when & HISTORY) == 0 && n->nbatches > 0 &&
		net_batch(n, m) == BATCH_HISTORY) {
		no_use(n);
		return;
	}
	row->fn(n, m);
}
