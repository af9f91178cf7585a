/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>

/*
 * Numerics (PROTOCOL E). A handler returns true when it has digested the line:
 * what answers our own JOIN is silent, the same numeric asked for later is the
 * asker's and goes to on_numeric as well.
 */

static struct ircchan *joined(struct ircnet *n, struct slice name)
{
	struct ircchan *chan = state_chan(n, name);

	return chan != NULL && chan->state != CHAN_REQUESTED ? chan : NULL;
}

/* ---- silence at connect ---- */

static bool num_silent(struct ircnet *n, const struct ircmsg *m)
{
	(void)n;
	(void)m;
	return true;
}

/* Of what is kept once, so that it needs no counting: short or not at all. */
static void keep_word(const struct istr **slot, struct slice word)
{
	if (word.len > 0 && word.len <= NET_WORD_MAX) {
		istr_set(slot, intern(word.p, word.len));
	}
}

/* 004 me server version ... */
static bool num_server(struct ircnet *n, const struct ircmsg *m)
{
	keep_word(&n->server, ircmsg_param(m, 1));
	keep_word(&n->version, ircmsg_param(m, 2));
	return true;
}

/* ---- people ---- */

static void set_away(struct ircnet *n, struct ircuser *user, struct slice text)
{
	if (user != NULL && state_set(n, user, USER_AWAY, text)) {
		watch_touch(n, user->entry.key);
		EMIT(n, on_user, user);
	}
}

/* 301 me nick :text */
static bool num_away(struct ircnet *n, const struct ircmsg *m)
{
	if (m->nparams >= 3) {
		struct slice text = net_away_text(n, m->params[2]);

		watch_away(n, m->params[1], text);
		set_away(n, state_user(n, m->params[1]), text);
	}
	return false;
}

/* 305, 306: our own; the text is in our request, the server does not say it. */
static bool num_own_away(struct ircnet *n, const struct ircmsg *m)
{
	set_away(n, n->me, m->numeric == 306 ? slice("", 0) : slice(NULL, 0));
	return false;
}

/* Here or away: the text of one who is away is not said. */
static void learn_away(struct ircnet *n, struct slice nick,
	struct ircuser *user, bool away)
{
	watch_away(n, nick, away ? slice("", 0) : slice(NULL, 0));
	if (!away || (user != NULL && ircuser_away(user) == NULL)) {
		set_away(n, user, away ? slice("", 0) : slice(NULL, 0));
	}
}

/* nick[*]=+user@host, with `-` one who is away. */
static bool userhost(struct ircnet *n, struct slice word)
{
	struct slice nick = slice_cut(&word, '=');
	struct slice user;
	struct ircuser *who;
	bool away;
	bool me;

	if (nick.len > 0 && nick.p[nick.len - 1] == '*') {
		nick.len--;
	}
	me = net_is_me(n, nick);
	if (word.len < 2 || (word.p[0] != '+' && word.p[0] != '-')) {
		return me;
	}
	away = word.p[0] == '-';
	who = state_user(n, nick);
	word.p++;
	word.len--;
	user = slice_cut(&word, '@');
	if (who != NULL) {
		state_set_host(n, who, user, word);
	}
	if (!me) {
		learn_away(n, nick, who, away);
	}
	return me;
}

/* 302, 340 me :nick[*]=+user@host ... */
static bool num_userhost(struct ircnet *n, const struct ircmsg *m)
{
	struct slice list = ircmsg_last(m);
	bool with_me = false;

	while (list.len > 0) {
		with_me |= userhost(n, slice_cut(&list, ' '));
	}
	return watch_hosts(n, with_me);
}

/* 311 me nick user host * :real name */
static bool num_whois_user(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = state_user(n, ircmsg_param(m, 1));

	if (user != NULL && m->nparams >= 4) {
		state_set_host(n, user, m->params[2], m->params[3]);
	}
	return false;
}

static bool has(struct slice s, char c)
{
	return s.len > 0 && memchr(s.p, c, s.len) != NULL;
}

/* 352 me #chan user host server nick H*@ :hops real name */
static bool num_who(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = state_user(n, ircmsg_param(m, 5));
	struct slice flags = ircmsg_param(m, 6);
	bool changed = false;
	bool moved;

	if (flags.len > 0) {
		watch_away(n, ircmsg_param(m, 5),
			flags.p[0] == 'G' ? slice("", 0) : slice(NULL, 0));
	}
	if (user == NULL || flags.len == 0) {
		return false;
	}
	moved = state_set_host(n, user, m->params[2], m->params[3]);
	if (flags.p[0] == 'H') {
		changed |= state_set(n, user, USER_AWAY, slice(NULL, 0));
	} else if (flags.p[0] == 'G' && ircuser_away(user) == NULL) {
		changed |= state_set(n, user, USER_AWAY, slice("", 0));
	}
	if (has(flags, '*') || ircuser_more(user) != NULL) {
		state_more(user)->oper = has(flags, '*');
	}
	if (n->isupport.bot != '\0' && has(flags, n->isupport.bot) &&
		!ircuser_bot(user)) {
		state_more(user)->bot = true;
		changed = true;
	}
	if (changed) {
		EMIT(n, on_user, user);
	} else if (moved) {
		EMIT(n, on_person, user);
	}
	return false;
}

/* 335 me nick :is a bot */
static bool num_bot(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user = m->nparams > 2 ?
		state_user(n, ircmsg_param(m, 1)) :
		NULL;

	if (user != NULL) {
		net_learn_bot(n, user);
	}
	return false;
}

/* 396 me host :is now your displayed host; some say user@host. */
static bool num_own_host(struct ircnet *n, const struct ircmsg *m)
{
	struct slice host = ircmsg_param(m, 1);
	struct slice user;

	if (n->me == NULL || host.len == 0) {
		return false;
	}
	if (has(host, '@')) {
		user = slice_cut(&host, '@');
	} else {
		struct slice now = istr_slice(ircuser_host(n->me));

		user = slice_cut(&now, '@');
		if (user.len == 0) {
			return false;
		}
	}
	if (state_set_host(n, n->me, user, host)) {
		EMIT(n, on_person, n->me);
	}
	return false;
}

/* ---- channels ---- */

/* 328 me #chan :url */
static bool num_url(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, ircmsg_param(m, 1));
	struct slice url = ircmsg_param(m, 2);

	if (chan == NULL) {
		return false;
	}
	keep_word(&chan->url, url);
	return true;
}

/* 329 me #chan seconds */
static bool num_created(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, ircmsg_param(m, 1));

	if (chan == NULL || chan->created_at != 0) {
		return false;
	}
	chan->created_at = slice_number(ircmsg_param(m, 2), INT32_MAX * INT64_C(4));
	if (chan->created_at < 0) {
		chan->created_at = 0;
	}
	return true;
}

/* 331: there is none; 332 me #chan :topic. */
static bool num_topic(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, ircmsg_param(m, 1));
	struct slice text = m->numeric == 332 ? ircmsg_param(m, 2)
					      : slice("", 0);

	if (chan == NULL || text.p == NULL) {
		return false;
	}
	free(chan->topic);
	chan->topic = must_strndup(text.p, text.len);
	return chan->state == CHAN_JOINED;
}

/* 333 me #chan setter seconds */
static bool num_topic_by(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, ircmsg_param(m, 1));
	struct slice by = ircmsg_param(m, 2);
	int64_t at = slice_number(ircmsg_param(m, 3), INT32_MAX * INT64_C(4));

	if (chan == NULL || by.len == 0) {
		return false;
	}
	istr_set(&chan->topic_by, intern(by.p, by.len));
	chan->topic_at = at > 0 ? at : 0;
	return chan->state == CHAN_JOINED;
}

/* 442 me #chan: perhaps to a PART for a channel that refused us. */
static bool num_not_there(struct ircnet *n, const struct ircmsg *m)
{
	return !net_answers_other(n, m) &&
		net_part_refused(n, ircmsg_param(m, 1), m->numeric);
}

/* 421: CAP, or a feature that the server named and does not have. */
static bool num_no_command(struct ircnet *n, const struct ircmsg *m)
{
	return num_no_cap(n, m) || watch_unknown(n, ircmsg_param(m, 1));
}

/* 477: of a JOIN; or ngIRCd's answer to our MODE, for a channel without modes. */
static bool num_no_modes(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, ircmsg_param(m, 1));
	bool ours = chan != NULL && chan->modes_asked &&
		!net_answers_other(n, m);

	if (ours) {
		chan->modes_asked = false;
	}
	return ours;
}

/* Any other refusal of a NICK of ours. */
static bool num_nick_failed(struct ircnet *n, const struct ircmsg *m)
{
	(void)m;
	if (n->state == NET_REGISTERED) {
		istr_set(&n->nick_asked, NULL);
	}
	return false;
}

/* ---- the table ---- */

typedef bool num_fn(struct ircnet *n, const struct ircmsg *m);

static const struct num_handler {
	int numeric;
	num_fn *fn;
	bool ends_join; /* params[1] names the channel that is refused */
} numerics[] = { /* sorted: looked up with bsearch() */
	{1, num_welcome, false},
	{2, num_silent, false},
	{3, num_silent, false},
	{4, num_server, false},
	{5, num_isupport, false},
	{301, num_away, false},
	{302, num_userhost, false},
	{303, num_ison, false},
	{305, num_own_away, false},
	{306, num_own_away, false},
	{311, num_whois_user, false},
	{324, num_chanmodes, false},
	{328, num_url, false},
	{329, num_created, false},
	{331, num_topic, false},
	{332, num_topic, false},
	{333, num_topic_by, false},
	{335, num_bot, false},
	{340, num_userhost, false},
	{352, num_who, false},
	{353, num_names, false},
	{366, num_names_end, false},
	{376, num_usable, false},
	{396, num_own_host, false},
	{401, num_no_such_nick, false},
	{403, NULL, true},
	{405, NULL, true},
	{407, NULL, true},
	{410, num_no_cap, false},
	{421, num_no_command, false},
	{422, num_usable, false},
	{432, num_nick_refused, false},
	{433, num_nick_refused, false},
	{435, num_nick_failed, false},
	{436, num_nick_refused, false},
	{437, num_nick_refused, true},
	{438, num_nick_failed, false},
	{439, NULL, true},
	{442, num_not_there, false},
	{447, num_nick_failed, false},
	{448, NULL, true},
	{451, num_no_cap, false},
	{463, num_refused, false},
	{464, num_refused, false},
	{465, num_refused, false},
	{466, num_refused, false},
	{470, NULL, true},
	{471, NULL, true},
	{473, NULL, true},
	{474, NULL, true},
	{475, NULL, true},
	{476, NULL, true},
	{477, num_no_modes, true},
	{479, NULL, true},
	{480, NULL, true},
	{484, NULL, true},
	{489, NULL, true},
	{490, NULL, true},
	{495, NULL, true},
	{512, num_watch_full, false},
	{513, num_antispoof, false},
	{520, NULL, true},
	{598, num_watch, false},
	{599, num_watch, false},
	{600, num_watch, false},
	{601, num_watch, false},
	{602, num_watch, false},
	{604, num_watch, false},
	{605, num_watch, false},
	{609, num_watch, false},
	{730, num_monitor, false},
	{731, num_monitor, false},
	{734, num_watch_full, false},
	{760, num_meta_value, false},
	{761, num_meta_value, false},
	{766, num_meta_not_set, false},
	{770, num_meta_subscribed, false},
	{774, num_meta_later, false},
	{900, num_logged_in, false},
	{901, num_logged_out, false},
	{902, num_sasl, false},
	{903, num_sasl, false},
	{904, num_sasl, false},
	{905, num_sasl, false},
	{906, num_sasl, false},
	{907, num_sasl, false},
	{908, num_sasl, false},
	{926, NULL, true},
};

static int compare(const void *key, const void *row)
{
	return *(const int *)key - ((const struct num_handler *)row)->numeric;
}

/* A new request inside the event keeps the channel. */
void net_join_failed(struct ircnet *n, struct slice channel,
	const struct ircmsg *m)
{
	struct ircchan *chan = state_chan(n, channel);
	uint32_t asked = chan != NULL ? chan->asked : 0;

	if (m->numeric != 0) {
		EMIT(n, on_numeric, m->numeric, m);
	} else {
		EMIT(n, on_other, m);
	}
	if (chan == NULL) {
		return;
	}
	chan = state_chan(n, channel);
	if (chan != NULL && chan->state == CHAN_REQUESTED &&
		chan->asked == asked) {
		state_chan_remove(n, chan);
	}
}

void handle_numeric(struct ircnet *n, const struct ircmsg *m)
{
	const struct num_handler *row = bsearch(&m->numeric, numerics,
		sizeof numerics / sizeof numerics[0], sizeof numerics[0],
		compare);

	if (n->nbatches > 0 && net_batch(n, m) == BATCH_HISTORY) {
		n->dropped++;
		return;
	}
	if (net_login_numeric(n, m)) {
		return;
	}
	if (row != NULL && row->fn != NULL && row->fn(n, m)) {
		return;
	}
	if (row == NULL || !row->ends_join || net_answers_other(n, m)) {
		EMIT(n, on_numeric, m->numeric, m);
	} else if (!net_part_refused(n, ircmsg_param(m, 1), m->numeric)) {
		net_join_failed(n, ircmsg_param(m, 1), m);
	}
}
