/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>
#include <string.h>

/*
 * Channel modes, read by CHANMODES and PREFIX (PROTOCOL D.6, E).
 * One line may change a member several times (+qo bob bob): it is told once,
 * from what it was to what it is.
 */
struct member_change {
	struct ircuser *user;
	uint32_t was;
};

struct mode_line {
	struct ircnet *n;
	struct ircchan *chan;
	const struct ircmsg *m;
	unsigned next; /* parameter */
	bool prefixes; /* 324 has none, and its +k and +l are absolute */
	struct member_change members[IRC_PARAMS];
	unsigned nmembers;
	struct buf letters; /* of the other modes, for on_modes */
	struct buf args;
	char sign;
};

/* ---- what one letter does ---- */

static void change_member(struct mode_line *l, char mode, struct slice nick,
	bool set)
{
	int place = isupport_mode(&l->n->isupport, mode);
	struct ircuser *user = state_user(l->n, nick);
	uint32_t bits = 0;
	unsigned i = 0;

	if (user == NULL || place < 0 ||
		chan_member(l->chan, user->entry.key, &bits) == NULL) {
		return;
	}
	while (i < l->nmembers && l->members[i].user != user) {
		i++;
	}
	if (i == l->nmembers) {
		l->members[l->nmembers++] =
			(struct member_change){user, bits};
	}
	bits = set ? bits | 1U << place : bits & ~(1U << place);
	state_member_bits(l->chan, user, bits);
	if (!set) {
		net_prefix_lost(l->n, l->chan, place, bits);
	}
}

static void change_key(struct ircchan *chan, struct slice key, bool set)
{
	/* "*" hides a key from those who may not see it. */
	if (set && (key.len == 0 || slice_is(key, "*"))) {
		return;
	}
	wipe_free(chan->key);
	chan->key = set ? must_strndup(key.p, key.len) : NULL;
}

/* One entry a letter: there are no more than letters. */
static void change_param(struct ircchan *chan, char mode, struct slice arg,
	bool set)
{
	unsigned i = 0;

	while (i < chan->nparams && chan->params[i].letter != mode) {
		i++;
	}
	if (i < chan->nparams) {
		istr_unref(chan->params[i].value);
		chan->params[i] = chan->params[--chan->nparams];
	}
	if (set && arg.len > 0 && arg.len <= NET_WORD_MAX &&
		chan_mode_bit(mode) != 0) {
		chan->params = must_realloc(chan->params,
			(chan->nparams + 1) * sizeof *chan->params);
		chan->params[chan->nparams++] = (struct chan_param){mode,
			intern(arg.p, arg.len)};
	}
}

static void change_flag(struct ircchan *chan, char mode, struct slice arg,
	bool set)
{
	uint64_t bit = chan_mode_bit(mode);

	chan->modes = set ? chan->modes | bit : chan->modes & ~bit;
	if (mode == 'k') {
		change_key(chan, arg, set);
	} else if (mode == 'l') {
		long n = set ? slice_number(arg, 1000000000L) : 0;

		chan->limit = n > 0 ? (unsigned)n : 0;
	} else if (arg.p != NULL || chan->nparams > 0) {
		change_param(chan, mode, arg, set);
	}
}

static void note(struct mode_line *l, char mode, struct slice arg, bool set)
{
	char sign = set ? '+' : '-';

	if (sign != l->sign) {
		buf_add_char(&l->letters, sign);
		l->sign = sign;
	}
	buf_add_char(&l->letters, mode);
	if (arg.p != NULL) {
		buf_add_char(&l->args, ' ');
		buf_add_slice(&l->args, arg);
	}
}

static bool takes_argument(enum mode_kind kind, bool set)
{
	return kind == MODE_LIST || kind == MODE_ALWAYS ||
		kind == MODE_PREFIX || (kind == MODE_ON_SET && set);
}

static void apply_letter(struct mode_line *l, char mode, bool set)
{
	enum mode_kind kind = isupport_mode_kind(&l->n->isupport, mode);
	struct slice arg = slice(NULL, 0);

	if (takes_argument(kind, set)) {
		arg = ircmsg_param(l->m, l->next);
		l->next += arg.p != NULL;
	}
	switch (kind) {
	case MODE_PREFIX:
		if (l->prefixes && arg.p != NULL) {
			change_member(l, mode, arg, set);
		}
		return;
	case MODE_LIST:
		if (arg.p == NULL) {
			return; /* only a question */
		}
		break;
	case MODE_ALWAYS:
	case MODE_ON_SET:
	case MODE_NEVER:
		change_flag(l->chan, mode, arg, set);
		break;
	}
	note(l, mode, arg, set);
}

/* Letters may come in several words: "+o bob -v joe". */
static void apply_line(struct mode_line *l)
{
	while (l->next < l->m->nparams) {
		struct slice word = l->m->params[l->next++];
		bool set = true;

		for (size_t i = 0; i < word.len; i++) {
			char c = word.p[i];

			if (c == '+' || c == '-') {
				set = c == '+';
			} else if (c > ' ' && c < 0x7f) {
				apply_letter(l, c, set);
			}
		}
	}
}

static void line_init(struct mode_line *l, struct ircnet *n,
	struct ircchan *chan, const struct ircmsg *m, unsigned first)
{
	l->n = n;
	l->chan = chan;
	l->m = m;
	l->next = first;
	l->prefixes = true;
	l->nmembers = 0;
	l->sign = '\0';
	buf_init_secret(&l->letters, 2 * IRC_LINE_MAX); /* keys */
	buf_init_secret(&l->args, 2 * IRC_LINE_MAX);
}

static void line_tell(struct mode_line *l, const struct ircsource *by,
	uint64_t was)
{
	struct ircnet *n = l->n;

	for (unsigned i = 0; i < l->nmembers; i++) {
		struct ircuser *user = l->members[i].user;
		uint32_t now = 0;

		chan_member(l->chan, user->entry.key, &now);
		if (now != l->members[i].was) {
			EMIT(n, on_prefix, l->chan, user, l->members[i].was,
				now, by);
		}
	}
	if (l->letters.len > 0) {
		buf_add_slice(&l->letters, buf_slice(&l->args));
		EMIT(n, on_modes, l->chan, by, buf_slice(&l->letters), was);
	}
}

static void line_finish(struct mode_line *l)
{
	buf_finish(&l->letters);
	buf_finish(&l->args);
}

/* ---- the lines ---- */

void handle_mode(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = state_chan(n, m->params[0]);
	struct mode_line l;
	uint64_t was;

	net_sender(n, m);
	if (chan == NULL || chan->state == CHAN_REQUESTED) {
		/* Our own user modes are nobody's business but the login's. */
		if (net_is_me(n, m->params[0])) {
			net_login_umode(n, m->params[1]);
		} else {
			n->dropped++;
		}
		return;
	}
	was = chan->modes;
	line_init(&l, n, chan, m, 1);
	apply_line(&l);
	line_tell(&l, &m->source, was);
	line_finish(&l);
}

/* 324 me #chan +ntk key: all modes; the first answers our own question. */
bool num_chanmodes(struct ircnet *n, const struct ircmsg *m)
{
	struct ircchan *chan = state_chan(n, ircmsg_param(m, 1));
	struct ircsource nobody = {0};
	struct mode_line l;
	uint64_t was;
	bool ours;

	if (chan == NULL || chan->state == CHAN_REQUESTED) {
		return false;
	}
	ours = !chan->modes_known;
	chan->modes_asked = false;
	was = chan->modes;
	chan->modes = 0;
	chan->limit = 0;
	state_chan_params_forget(chan);
	chan->modes_known = true;
	net_want_modes(n, chan, false);
	line_init(&l, n, chan, m, 2);
	l.prefixes = false;
	apply_line(&l);
	if (!chan_has_mode(chan, 'k')) {
		change_key(chan, slice(NULL, 0), false);
	}
	if (chan->modes != was) {
		line_tell(&l, &nobody, was);
	}
	line_finish(&l);
	return ours;
}

/* ---- our own question ---- */

void net_want_modes(struct ircnet *n, struct ircchan *chan, bool want)
{
	if (chan->modes_wanted == want) {
		return;
	}
	chan->modes_wanted = want;
	n->modes_wanted += want ? 1 : -1U;
	if (want) {
		net_kick(n);
	}
}

void net_ask_modes(struct ircnet *n)
{
	struct map_slot *slot;
	uint32_t pos = 0;
	struct buf *line;
	struct irc_arg arg;

	while ((slot = map_next(&n->channels, &pos)) != NULL) {
		struct ircchan *chan = (struct ircchan *)slot->entry;

		if (!chan->modes_wanted) {
			continue;
		}
		net_want_modes(n, chan, false);
		line = net_scratch();
		arg = (struct irc_arg){FIELD_CHANNEL, istr_slice(chan->name)};
		if (irc_build(&n->isupport, line, "MODE", &arg, 1) == ERR_OK) {
			net_send(n, buf_slice(line));
			chan->modes_asked = true;
		}
		return;
	}
}
