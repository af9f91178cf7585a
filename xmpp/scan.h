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
 *
 * Over a limit the stanza is marked, and of the rest of it only what keeps the
 * XML balanced is passed on: the end tags of what is open. No text, no more
 * children. A stanza whose own start tag is too long (or the stream header)
 * becomes `<name>`. Text is never cut inside a character or an entity.
 * Of comments and processing instructions, which libxml2 would hold in memory
 * until they end, only `<!---->` and `<?p?>` are passed on; the XML declaration
 * goes as it is. A DOCTYPE is passed on as `<!DOCTYPE x>` at its first letter.
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
	struct buf tag;      /* what is kept of the token that is being read */
	size_t token_bytes;  /* its bytes in earlier chunks */
	size_t depth;        /* open elements passed on */
	size_t skipped;      /* open elements not passed on */
	size_t stanza_bytes; /* of the current stanza */
	size_t attributes;
	unsigned over;       /* enum scan_over of the current stanza */
	unsigned state;
	unsigned match;      /* bytes of a delimiter seen */
	unsigned need;       /* bytes of the character that is held back */
	const char *opening; /* "--" or "[CDATA[", after "<!" */
	char quote;          /* the attribute value we are in */
	bool slash;          /* the byte before was a / outside quotes */
	bool end_tag;
	bool in_cdata;       /* "<![CDATA[" was passed on */
};

/* Called with bytes for the XML parser, in order. It may not feed again. */
typedef void scan_out_fn(void *ctx, const char *p, size_t len);
/*
 * Called after the end tag of a stanza (depth is back at 1) was passed on, with
 * the bits of what was over; 0 for a good one.
 */
typedef void scan_stanza_fn(void *ctx, unsigned over);

/*
 * limits are lent for the scanner's life: depth >= 2, tag_bytes >= 16. One tag
 * is held at most.
 */
void scan_init(struct scan *s, const struct scan_limits *limits);
void scan_finish(struct scan *s);

/* Any chunking of the same bytes gives the same calls in sum. */
void scan_feed(struct scan *s, const char *p, size_t len, scan_out_fn *out,
	scan_stanza_fn *stanza, void *ctx);

#endif
