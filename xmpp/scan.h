/* SPDX-License-Identifier: MIT */
#ifndef XMPP_SCAN_H
#define XMPP_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * A small scanner that counts size, depth, tag length and attributes of the
 * stream before libxml2 sees the bytes (PROTOCOL A.1): libxml2 2.9 checks
 * attributes in quadratic time, a start tag of 512 KiB costs it a second.
 * It knows tags, quotes, comments, processing instructions and CDATA, nothing
 * else; it never judges well-formedness: that stays libxml2's.
 * Over a limit the stanza is marked, and its bytes are no longer passed on
 * except what keeps the XML balanced: of a tag that is too long only its name
 * (a start tag becomes `<name>`, so the end tag still fits), of text nothing.
 */
struct scan_limits {
	size_t stanza_bytes; /* one child of the stream root */
	size_t depth;        /* of elements, the stream root is 1 */
	size_t tag_bytes;    /* one tag, < to > */
	size_t attributes;   /* of one tag */
};

extern const struct scan_limits scan_limits_default; /* 256 KiB, 64, 16 KiB, 256 */

/* What was over its limit in a stanza: bits. */
enum scan_over {
	SCAN_OVER_SIZE = 1,
	SCAN_OVER_DEPTH = 2,
	SCAN_OVER_TAG = 4,
	SCAN_OVER_ATTRIBUTES = 8,
};

/* Opaque in use; the struct is here so that it can be embedded. */
struct scan {
	const struct scan_limits *limits;
	struct buf tag;      /* the tag being read, up to tag_bytes */
	size_t depth;        /* open elements passed on */
	size_t skipped;      /* open elements not passed on (too deep) */
	size_t stanza_bytes; /* of the current stanza */
	size_t attributes;
	unsigned over;       /* enum scan_over of the current stanza */
	int state;
	int match;
	char quote;
	bool end_tag;
	bool tag_long;
};

/* Called with bytes for the XML parser, in order. */
typedef void scan_out_fn(void *ctx, const char *p, size_t len);
/*
 * Called after the end tag of a stanza (depth is back at 1) was passed on, with
 * the bits of what was over; 0 for a good one.
 */
typedef void scan_stanza_fn(void *ctx, unsigned over);

void scan_init(struct scan *s, const struct scan_limits *limits);
void scan_finish(struct scan *s);

/* Any chunking of the same bytes gives the same calls in sum. */
void scan_feed(struct scan *s, const char *p, size_t len, scan_out_fn *out,
	scan_stanza_fn *stanza, void *ctx);

#endif
