/* SPDX-License-Identifier: MIT */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

/*
 * A growing byte buffer with a ceiling.
 * Ownership: the struct is the caller's, the bytes are the buffer's.
 * Bounds: what would grow it past max is not added, `overflow` is set and
 * stays until buf_reset() or buf_truncate(): a chain of additions is checked
 * once, at its end.
 * Secrets: what leaves a buffer of buf_init_secret() is wiped, whether the buffer
 * grows, shrinks, empties or ends.
 * p[0..len) are the bytes; nothing follows them, use buf_cstr() for a C string.
 * Taking away from the front costs what is taken, not what stays: the place before
 * p is used again when there is enough of it, or none behind.
 */
struct buf {
	char *p;
	size_t len;
	size_t cap;    /* from p on */
	size_t max;
	uint32_t gone; /* bytes of place before p */
	bool overflow;
	bool secret;
};

/* No memory is taken until something is added. */
void buf_init(struct buf *b, size_t max);
void buf_init_secret(struct buf *b, size_t max);
void buf_finish(struct buf *b); /* frees the bytes; the buffer stays usable */

void buf_add(struct buf *b, const char *p, size_t len);
void buf_add_char(struct buf *b, char c);
void buf_add_str(struct buf *b, const char *s);
void buf_add_slice(struct buf *b, struct slice s);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);

/* Room for len more bytes at b->p + b->len, or NULL (overflow is set). */
char *buf_reserve(struct buf *b, size_t len);

/* Takes n <= len bytes away from the front. */
void buf_consume(struct buf *b, size_t n);
/* Back to len bytes, len <= b->len; clears overflow. */
void buf_truncate(struct buf *b, size_t len);
/* Empty again; memory beyond keep bytes is given back. Clears overflow. */
void buf_reset(struct buf *b, size_t keep);

/* buf_finish() where only the last of what it held was secret, perhaps. */
void buf_wipe(struct buf *b);

/* NUL-terminated view, valid until the next change; "" when empty. */
const char *buf_cstr(struct buf *b);

static inline struct slice buf_slice(const struct buf *b)
{
	return slice(b->p ? b->p : "", b->len);
}

#endif
