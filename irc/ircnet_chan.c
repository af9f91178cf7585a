/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

/*
 * Our own JOIN and PART. The server answers in the order of asking, so a channel
 * may be asked for again before the answer to our PART is here:
 *
 *	JOIN  PART  JOIN            asked
 *	      <JOIN  <PART  <JOIN   seen
 *
 * chan->parts counts PARTs without an answer, chan->again the JOINs asked for
 * after one of them. The owner hears only of what still counts: a JOIN that will
 * be left, and what the server refuses of one, is digested here.
 */

static bool is_wanted(const struct ircchan *chan)
{
	return chan->parts == chan->again;
}

static enum err check_join(const struct ircnet *n, struct slice channel,
	struct slice key)
{
	enum err err = net_usable(n);

	if (err == ERR_OK) {
		err = irc_field_check(&n->isupport, FIELD_CHANNEL, channel,
			NULL);
	}
	if (err == ERR_OK && key.len > 0) {
		err = irc_field_check(&n->isupport, FIELD_KEY, key, NULL);
	}
	if (err == ERR_OK &&
		channel.len + key.len + sizeof "JOIN  " > n->isupport.linelen) {
		err = ERR_TOO_BIG;
	}
	return err;
}

enum err ircnet_join(struct ircnet *n, struct slice channel, struct slice key)
{
	struct ircchan *chan;
	enum err err = check_join(n, channel, key);

	if (err != ERR_OK) {
		return err;
	}
	chan = state_chan(n, channel);
	if (chan != NULL && is_wanted(chan) &&
		chan->state != CHAN_REQUESTED) {
		return ERR_OK; /* we are there */
	}
	if (chan == NULL && n->channels.used >= NET_CHANNELS_MAX) {
		return ERR_FULL;
	}
	sendq_drop_join(&n->queue, n->isupport.casemap, channel);
	err = sendq_add_join(&n->queue, &n->isupport, channel, key);
	if (err != ERR_OK) {
		return err;
	}
	if (chan == NULL) {
		chan = state_chan_add(n, channel);
	}
	must(chan != NULL);
	chan->asked++;
	chan->again += !is_wanted(chan);
	net_kick(n); /* on a timer: joins of one turn become one line */
	return ERR_OK;
}

/* A JOIN that is still in the queue need not be sent at all. */
static bool take_back(struct ircnet *n, struct ircchan *chan)
{
	if (!sendq_drop_join(&n->queue, n->isupport.casemap,
		    istr_slice(chan->name))) {
		return false;
	}
	if (chan->again > 0) {
		chan->again--;
	} else {
		state_chan_remove(n, chan);
	}
	return true;
}

enum err ircnet_part(struct ircnet *n, struct slice channel,
	struct slice reason)
{
	struct ircchan *chan = state_chan(n, channel);
	struct irc_arg args[2] = {{FIELD_CHANNEL, channel}};
	enum err err;

	if (chan != NULL && (!is_wanted(chan) || take_back(n, chan))) {
		return ERR_OK;
	}
	err = net_request_text(n, "PART", args, 1, reason, 300, false);
	if (err == ERR_OK && chan != NULL) {
		net_want_modes(n, chan, false);
		net_want_names(n, chan, false);
		chan->parts++;
	}
	return err;
}

/* ---- what the server answers ---- */

void net_chan_over(struct ircnet *n, struct ircchan *chan, bool parted)
{
	const struct istr *name = istr_ref(chan->name);
	unsigned parts = chan->parts;
	unsigned again = chan->again;

	state_chan_remove(n, chan);
	if (parted && parts > 0) {
		parts--;
		if (again > 0) {
			again--;
			chan = state_chan_add(n, istr_slice(name));
			chan->asked = 1;
			chan->parts = parts;
			chan->again = again;
		}
	} else if (parts > 0) {
		/* Out already: our PART will be refused. */
		chan = state_chan_add(n, istr_slice(name));
		chan->parts = parts;
		chan->again = again;
		chan->out = true;
	}
	istr_unref(name);
}

bool net_join_counts(struct ircchan *chan)
{
	if (chan->out) {
		/* The server said nothing to our PART. */
		chan->out = false;
		chan->parts--;
		chan->again -= chan->again > 0;
	}
	return chan->parts == 0;
}

bool net_part_refused(struct ircnet *n, struct slice channel, int numeric)
{
	struct ircchan *chan = state_chan(n, channel);

	if (chan == NULL || chan->parts == 0 ||
		chan->state != CHAN_REQUESTED) {
		return false;
	}
	if (chan->out) {
		if (numeric != 403 && numeric != 442) {
			return false;
		}
		net_chan_over(n, chan, true);
		return true;
	}
	if (numeric == 442) {
		/* The JOIN was refused in words that we do not know. */
		net_chan_over(n, chan, true);
		return true;
	}
	chan->out = true; /* the JOIN before our PART */
	return true;
}
