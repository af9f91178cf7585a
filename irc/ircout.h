/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCOUT_H
#define IRC_IRCOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "irc/isupport.h"

/*
 * The way out: the one place where IRC lines are built, from typed fields. A
 * field that does not fit refuses the line and nothing is sent (LIBIRCCLIENT 7,
 * PROTOCOL G.5). CR, LF and NUL never get into a line.
 */
enum irc_field {
	FIELD_NICK,    /* a nick to be */
	FIELD_PERSON,  /* somebody else's, of any length */
	FIELD_CHANNEL,
	FIELD_TARGET,  /* nick or channel, also with a STATUSMSG prefix */
	FIELD_KEY,
	FIELD_WORD,    /* mode letters, mode argument, mask, list, token */
	FIELD_USER,    /* USER name */
	FIELD_TEXT,    /* trailing text, goes after " :" */
	FIELD_SECRET,  /* password: as text where last, else as a word */
};

/*
 * Nicks and channels may be any bytes (raw names of servers without UTF-8 are
 * sent back as they came), the rest is UTF-8. Before the first 005 nicks and
 * keys may have 64 bytes.
 * ERR_OK, or ERR_BAD_INPUT (illegal character or empty), ERR_TOO_BIG. `bad`, when not
 * NULL, gets the offending character's place.
 */
NODISCARD enum err irc_field_check(const struct isupport *is,
	enum irc_field field, struct slice value, size_t *bad);

/*
 * Builds "COMMAND f1 f2 :text" (no line end) into *line, which is emptied
 * first. The last field is a trailing parameter when it is FIELD_TEXT or
 * FIELD_SECRET. ERR_BAD_INPUT / ERR_TOO_BIG: a field refused, or the line longer
 * than LINELEN - 2.
 */
struct irc_arg {
	enum irc_field field;
	struct slice value;
};
NODISCARD enum err irc_build(const struct isupport *is, struct buf *line,
	const char *command, const struct irc_arg *args, size_t nargs);

/*
 * Makes free text fit for one line: newlines of every kind become blanks,
 * control characters other than tab are left out, cut at max bytes on a code
 * point (topics, reasons, away texts).
 */
void irc_one_line(struct buf *out, struct slice text, size_t max);

/* A legal nick made of anything: PROTOCOL D.2 "sanitise", at most nicklen. */
void irc_make_nick(struct buf *out, struct slice from, unsigned nicklen);
/* A USER name that every ircd takes, of anything: [A-Za-z0-9], never empty. */
void irc_make_user(struct buf *out, struct slice from, unsigned userlen);

/*
 * Splitting (PROTOCOL G.4): calls fn for each line of body that is to be sent,
 * each at most `budget` bytes, cut at blanks, code points, never before
 * combining marks; control characters removed. A format that is on at a cut or
 * line end is closed there and opened again in the next line.
 * ERR_TOO_BIG: more than max_lines lines or 4096 bytes; ERR_BAD_INPUT: nothing
 * to send. fn NULL: only checks. *count, when not NULL: how many lines.
 */
struct irc_split {
	size_t budget;
	unsigned max_lines;
	bool formats;   /* mIRC codes in the body are ours: they stay */
	bool multiline; /* nothing is left out: no blank, no empty line */
};
/* joined: it goes on with the line before. */
typedef void irc_split_fn(void *ctx, struct slice line, bool joined);
NODISCARD enum err irc_split(const struct irc_split *how, struct slice body,
	irc_split_fn *fn, void *ctx, unsigned *count);

#endif
