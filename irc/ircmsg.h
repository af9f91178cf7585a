/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCMSG_H
#define IRC_IRCMSG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * IRC lines: framing, parsing, tags, and the gate in front of libircclient
 * (LIBIRCCLIENT 4). Standards: RFC 1459 2.3, IRCv3 message tags.
 */

/* ---- framing: bytes to lines ---- */

enum { IRC_TAGS_MAX = 8191, IRC_LINE_MAX = 8191 };

/* Both buffers grow only when needed and are given back when idle. */
struct ircframe {
	struct buf pending;
	bool overlong; /* the rest of the current line is thrown away */
	unsigned long nul_dropped;
	unsigned long cut;
};

/* One line without its end; it may be written to (parsing works in place). */
typedef bool ircframe_fn(void *ctx, char *line, size_t len);

void ircframe_init(struct ircframe *f);
void ircframe_finish(struct ircframe *f);
/*
 * Splits at LF, removes CRs before it, turns lone CRs into blanks, drops blank
 * lines and lines with NUL (counted), cuts overlong ones (counted). fn returns
 * false to stop (the connection is going away): the rest is dropped.
 */
void ircframe_feed(struct ircframe *f, const char *p, size_t len,
	ircframe_fn *fn, void *ctx);

/* ---- parsing: a line to its parts ---- */

enum { IRC_PARAMS = 64, IRC_TAGS = 64 };

struct irctag {
	struct slice key;   /* with its vendor and "+" */
	struct slice value; /* unescaped; p == NULL when there is no "=" */
};

struct ircsource {
	struct slice nick; /* or the server's name */
	struct slice user; /* absent when there is none */
	struct slice host;
};

struct ircmsg {
	struct slice source_text; /* whole, without ":"; absent when none */
	struct ircsource source;
	struct slice command; /* as received */
	int numeric;          /* 1 to 999, 0 when the command is a word */
	unsigned nparams;
	unsigned ntags;
	struct slice params[IRC_PARAMS];
	struct irctag tags[IRC_TAGS];
};

/*
 * Parses in place (tag values are unescaped where they stand). Slices point
 * into line. ERR_BAD_INPUT: no command. More parameters than IRC_PARAMS: the
 * rest is one; more tags: ignored; of equal keys the last counts.
 */
NODISCARD enum err ircmsg_parse(char *line, size_t len, struct ircmsg *m);

/* "nick!user@host", what is missing is absent. Lent from text. */
void ircsource_parse(struct slice text, struct ircsource *out);

/* Absent slice when the tag is not there; empty when it has no value. */
struct slice ircmsg_tag(const struct ircmsg *m, const char *key);
/* Absent slice past the end. */
struct slice ircmsg_param(const struct ircmsg *m, unsigned i);
/* The last parameter, absent when there is none. */
struct slice ircmsg_last(const struct ircmsg *m);
/* The command equals `word`, in any case of letters. */
bool ircmsg_is(const struct ircmsg *m, const char *word);

/* ---- the gate: what may go where ---- */

enum ircgate {
	IRCGATE_DROP, /* unusable: counted, nothing else */
	IRCGATE_OWN,  /* ours alone, never shown to libircclient */
	IRCGATE_LIB,  /* `canonical` may be given to libircclient */
};

enum { IRC_CANONICAL_MAX = 1017 };

/*
 * Decides by the rules of LIBIRCCLIENT 4. For IRCGATE_LIB the line libircclient
 * may see is written to canonical, emptied first (with CRLF, at most 1017 + 2
 * bytes; its ceiling must hold that).
 */
enum ircgate ircgate(const struct ircmsg *m, struct buf *canonical);

/* ---- masks ---- */

/* IRC wildcards * and ?, ASCII case ignored. At worst len times len steps. */
bool irc_mask_match(struct slice mask, struct slice text);

#endif
