/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include "irc/ircout.h"

/*
 * NAMES: who is in a channel, and with which prefixes (PROTOCOL D.6, E). A server
 * without multi-prefix tells the highest prefix alone: when somebody loses it,
 * what is below it is asked for.
 */

static struct ircchan *joined(struct ircnet *n, const struct ircmsg *m,
	unsigned param)
{
	struct ircchan *chan = state_chan(n, ircmsg_param(m, param));

	return chan != NULL && chan->state != CHAN_REQUESTED ? chan : NULL;
}

/* "@+nick" or "@+nick!user@host": without the prefixes, which are *bits. */
static void read_name(const struct ircnet *n, struct slice word,
	struct ircsource *source, uint32_t *bits)
{
	*bits = 0;
	while (word.len > 0 && isupport_symbol(&n->isupport, word.p[0]) >= 0) {
		*bits |= 1U << isupport_symbol(&n->isupport, word.p[0]);
		word.p++;
		word.len--;
	}
	ircsource_parse(word, source);
}

/* While the channel is being joined. */
static void add_name(struct ircnet *n, struct ircchan *chan, struct slice word)
{
	struct ircsource source;
	struct ircuser *user;
	uint32_t bits;
	uint32_t known = 0;

	read_name(n, word, &source, &bits);
	user = state_user_add(n, source.nick);
	if (user == NULL) {
		return;
	}
	state_set_host(n, user, source.user, source.host);
	if (chan_member(chan, user->entry.key, &known) != NULL) {
		state_member_bits(chan, user, known | bits);
	} else if (!state_member_add(n, chan, user, bits)) {
		state_user_release(n, user);
	}
}

/* Asked again: only what is new of those who are there. */
static void renew_name(struct ircnet *n, struct ircchan *chan,
	struct slice word)
{
	struct ircsource source;
	struct ircuser *user;
	uint32_t bits;
	uint32_t known = 0;

	read_name(n, word, &source, &bits);
	user = state_user(n, source.nick);
	if (user == NULL ||
		chan_member(chan, user->entry.key, &known) == NULL ||
		(known | bits) == known) {
		return;
	}
	state_member_bits(chan, user, known | bits);
	EMIT(n, on_prefix, chan, user, known, known | bits, NULL);
}

/* 353 me = #chan :names; a few old servers leave the symbol out. */
bool num_names(struct ircnet *n, const struct ircmsg *m)
{
	bool symbol = m->nparams >= 4;
	struct ircchan *chan = joined(n, m, symbol ? 2 : 1);
	struct slice list = ircmsg_last(m);

	if (chan == NULL || m->nparams < 3 ||
		(chan->state != CHAN_JOINED && !chan->names_asked)) {
		return false;
	}
	if (symbol && m->params[1].len == 1) {
		chan->symbol = m->params[1].p[0];
	}
	while (list.len > 0) {
		struct slice word = slice_cut(&list, ' ');

		if (chan->state == CHAN_JOINED) {
			add_name(n, chan, word);
		} else {
			renew_name(n, chan, word);
		}
	}
	return true;
}

/* 366 me #chan :End */
bool num_names_end(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = joined(n, m, 1);
	bool asked = chan != NULL && chan->names_asked;

	if (asked) {
		chan->names_asked = false;
	}
	if (chan == NULL || chan->state != CHAN_JOINED) {
		return asked;
	}
	chan->state = CHAN_COMPLETE;
	if (chan->topic == NULL) {
		chan->topic = must_strndup("", 0);
	}
	if (chan->parts == 0) {
		EMIT(n, on_complete, chan);
	}
	return true;
}

/* ---- our own question ---- */

void net_want_names(struct ircnet *n, struct ircchan *chan, bool want)
{
	if (chan->names_wanted == want) {
		return;
	}
	chan->names_wanted = want;
	n->names_wanted += want ? 1 : -1U;
	if (want) {
		net_kick(n);
	}
}

void net_prefix_lost(struct ircnet *n, struct ircchan *chan, int place,
	uint32_t left)
{
	bool lowest = n->isupport.prefix_modes[place + 1] == '\0';

	if (left == 0 && !lowest && !n->protoctl &&
		chan->state == CHAN_COMPLETE &&
		!caps_on(&n->caps, "multi-prefix")) {
		net_want_names(n, chan, true);
	}
}

void net_ask_names(struct ircnet *n)
{
	struct map_slot *slot;
	uint32_t pos = 0;

	while ((slot = map_next(&n->channels, &pos)) != NULL) {
		struct ircchan *chan = (struct ircchan *)slot->entry;
		struct buf *line;
		struct irc_arg arg;

		if (!chan->names_wanted) {
			continue;
		}
		net_want_names(n, chan, false);
		line = net_scratch();
		arg = (struct irc_arg){FIELD_CHANNEL, istr_slice(chan->name)};
		if (irc_build(&n->isupport, line, "NAMES", &arg, 1) == ERR_OK) {
			chan->names_asked = true;
			net_send(n, buf_slice(line));
		}
		return;
	}
}
