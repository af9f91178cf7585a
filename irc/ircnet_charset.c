/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "base/utf8.h"

/*
 * Character sets (PROTOCOL G.3). Texts that are no UTF-8 are decoded here, line
 * by line, so nobody behind this sees other bytes; names stay as they came, for
 * they are sent back. The way out: texts in UTF-8, or what the operator says.
 */

/* A decoded text: used up before the next line. */
static struct buf decoded;

enum { DECODED_MAX = 4 * IRC_LINE_MAX };

/* Where a word has its text; for all others it is no text, or ASCII. */
static const struct {
	const char *word;
	unsigned param;
} texts[] = {
	{"AWAY", 0}, {"ERROR", 0}, {"FAIL", IRC_PARAMS}, {"JOIN", 2},
	{"KICK", 2}, {"KILL", 1}, {"NOTE", IRC_PARAMS}, {"NOTICE", 1},
	{"PART", 1}, {"PRIVMSG", 1}, {"QUIT", 0}, {"REDACT", 2},
	{"RENAME", 2}, {"SETNAME", 0}, {"TOPIC", 1}, {"WALLOPS", 0},
	{"WARN", IRC_PARAMS},
};

/* Numerics that end in names, or in something that we must read ourselves. */
static const int names[] = {
	5, 302, 303, 319, 324, 329, 333, 340, 341, 346, 348, 353, 367, 391,
	597, 728, 730, 731, 732,
};

/* Which parameter is a text of people; IRC_PARAMS: none. */
static unsigned text_param(const struct ircmsg *m)
{
	unsigned last = m->nparams > 0 ? m->nparams - 1 : IRC_PARAMS;

	if (m->numeric != 0) {
		for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
			if (m->numeric == names[i]) {
				return IRC_PARAMS;
			}
		}
		return last;
	}
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (ircmsg_is(m, texts[i].word)) {
			return texts[i].param == IRC_PARAMS ? last :
							      texts[i].param;
		}
	}
	return IRC_PARAMS;
}

/* The channel that a text is for, with a mark of STATUSMSG or without. */
static const struct ircchan *channel_of(const struct ircnet *n,
	const struct ircmsg *m, unsigned text)
{
	struct slice name = ircmsg_param(m, m->numeric != 0 ? 1 : 0);
	const struct ircchan *chan;

	if (text == 0 || name.len < 2) {
		return NULL;
	}
	chan = state_chan(n, name);
	return chan ? chan : state_chan(n, slice(name.p + 1, name.len - 1));
}

/* With UTF8ONLY there is nothing to fall back to. */
static void decode(const struct ircnet *n, const struct ircchan *chan,
	struct slice text)
{
	size_t size;

	if (!n->isupport.utf8only) {
		charset_decode(chan != NULL && chan->charset_own ?
				chan->charset : n->charset, &decoded, text);
		return;
	}
	for (size_t i = 0; i < text.len; i += size) {
		if (utf8_decode(text.p + i, text.len - i, &size) == UTF8_BAD) {
			buf_add_str(&decoded, "\xef\xbf\xbd");
		} else {
			buf_add(&decoded, text.p + i, size);
		}
	}
}

void net_decode(const struct ircnet *n, struct ircmsg *m)
{
	unsigned param = text_param(m);

	if (param >= m->nparams || utf8_valid(m->params[param])) {
		return;
	}
	if (decoded.max == 0) {
		buf_init(&decoded, DECODED_MAX);
	}
	buf_reset(&decoded, IRC_LINE_MAX);
	decode(n, channel_of(n, m, param), m->params[param]);
	m->params[param] = buf_slice(&decoded);
}

void net_decode_free(void)
{
	buf_finish(&decoded);
}

/* ---- out ---- */

bool net_encodes(const struct ircnet *n)
{
	return n->charset_out != NULL && !n->isupport.utf8only;
}

void net_encode(const struct ircnet *n, struct buf *out, struct slice text)
{
	if (net_encodes(n)) {
		charset_encode(n->charset_out, out, text);
	} else {
		buf_add_slice(out, text);
	}
}

/* ---- life ---- */

void ircnet_charsets(struct ircnet *n, struct charset *in, struct charset *out)
{
	struct charset *old_in = n->charset;
	struct charset *old_out = n->charset_out;

	n->charset = charset_ref(in);
	n->charset_out = charset_ref(out);
	charset_unref(old_in);
	charset_unref(old_out);
}

void ircnet_chan_charset(struct ircchan *chan, bool own, struct charset *in)
{
	struct charset *old = chan->charset;

	chan->charset_own = own;
	chan->charset = own ? charset_ref(in) : NULL;
	charset_unref(old);
}
