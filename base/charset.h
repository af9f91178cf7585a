/* SPDX-License-Identifier: MIT */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * Character sets besides UTF-8 (PROTOCOL G.3), by the C library's iconv(). One
 * of a name is opened once and shared; each text begins in its initial state.
 * Only such where ASCII is ASCII and control characters are themselves: IRC
 * itself is written in that.
 * NULL in place of a charset is windows-1252, which needs no library.
 */
struct charset;

enum { CHARSET_NAME_MAX = 40 };

/*
 * NULL in *out for windows-1252. ERR_BAD_INPUT: the system knows none of that
 * name, or IRC cannot be written in it.
 */
NODISCARD enum err charset_open(struct slice name, struct charset **out);
/* The same for charset_encode(): never NULL. */
NODISCARD enum err charset_open_out(struct slice name, struct charset **out);
struct charset *charset_ref(struct charset *c);
void charset_unref(struct charset *c); /* NULL is fine */
/* Its name as it was asked for, in upper case; "WINDOWS-1252". */
const char *charset_name(const struct charset *c);

/* Appends as UTF-8; what is not decodable becomes U+FFFD, byte by byte. */
void charset_decode(struct charset *c, struct buf *out, struct slice bytes);
/*
 * Appends UTF-8 text in that charset. What it has no characters for is spelled
 * in ASCII where the system knows how, else a question mark: the same in every
 * locale, and without a mark rather than not at all.
 */
void charset_encode(struct charset *c, struct buf *out, struct slice text);

#endif
