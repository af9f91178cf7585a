/* SPDX-License-Identifier: MIT */
#ifndef XMPP_SCAN_PRIVATE_H
#define XMPP_SCAN_PRIVATE_H

#include "base/slice.h"
#include "xmpp/scan.h"

/*
 * The inside that scan.c (the states), scan_tag.c (tokens and tags) and
 * scan_text.c (what is passed on) share.
 */

/*
 * Text that close to the size limit is passed on by whole characters and
 * entities, so that the cut never falls into one; TAG_KEEP is what the token
 * buffer holds between tokens.
 */
enum { ZONE = 1024, TAG_KEEP = 4096 };

enum state { TEXT, LT, TAG, BANG, COMMENT, PI, CDATA, DECL };

/*
 * One call of scan_feed. Bytes passed on one after the other from the same
 * chunk go out in one call: [from, to) is what has not gone out yet.
 */
struct scan_call {
	struct scan *s;
	scan_out_fn *out;
	scan_stanza_fn *stanza;
	void *ctx;
	const char *from;
	const char *to;
	const char *mark; /* where the current token begins in this chunk */
};

/* ---- what is counted ---- */

/* Inside a stanza: its start tag has ended, its end tag has not. */
static inline bool scan_in_stanza(const struct scan *s)
{
	return s->depth >= 2;
}

/* A stanza that is over a limit gets no more text and no more children. */
static inline bool scan_leave_out(const struct scan *s)
{
	return scan_in_stanza(s) && s->over != 0;
}

static inline void scan_count(struct scan *s, size_t len)
{
	if (scan_in_stanza(s)) {
		s->stanza_bytes += len;
		if (s->stanza_bytes > s->limits->stanza_bytes) {
			s->over |= SCAN_OVER_SIZE;
		}
	}
}

/* ---- out: scan_text.c ---- */

void scan_flush(struct scan_call *f);
void scan_pass(struct scan_call *f, const char *p, size_t len);
void scan_pass_str(struct scan_call *f, const char *text);
/* What may lie in the token buffer goes out before that buffer changes. */
void scan_pass_kept(struct scan_call *f, struct slice kept);
/* A character or entity that was held back. */
void scan_pass_held(struct scan_call *f);
/* Text of a stanza, as far as its limit allows; entities: it may hold some. */
void scan_text(struct scan_call *f, const char *p, const char *end,
	bool entities);

/* ---- tokens: scan_tag.c ---- */

/* Keeps what this chunk holds of a token that goes on in the next. */
void scan_keep(struct scan_call *f, const char *end);
/*
 * The token that ends before `end`, in *total its size. When it began in this
 * chunk it is lent from there, else as much of it as was kept.
 */
struct slice scan_token(struct scan_call *f, const char *end, size_t *total);
void scan_token_begin(struct scan_call *f, const char *lt);
void scan_token_end(struct scan *s);
void scan_start_tag(struct scan_call *f, struct slice tag, size_t total);
void scan_end_tag(struct scan_call *f, struct slice tag, size_t total);

#endif
