/* SPDX-License-Identifier: MIT */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
 */

enum { UTF8_BAD = 0xffffffff };

/*
 * The code point at p (len >= 1), its length in *size (1 to 4). Invalid bytes:
 * UTF8_BAD, and *size = 1.
 */
uint32_t utf8_decode(const char *p, size_t len, size_t *size);
/* Writes 1 to 4 bytes to out, returns how many. cp is a valid code point. */
size_t utf8_encode(uint32_t cp, char out[4]);

bool utf8_valid(struct slice s);
size_t utf8_count(struct slice s); /* code points; invalid bytes count one */

/* May stand in XML 1.0 text (XML 1.0 2.2, PROTOCOL G.5). */
bool utf8_xml_char(uint32_t cp);
/* Extends the character before it: combining marks, joiners, skin tones. */
bool utf8_extends(uint32_t cp);

/*
 * The largest n <= max at which s may be cut: on a code point boundary and not
 * before a code point that extends the one before it; 0 when there is none.
 * s.len <= max gives s.len.
 */
size_t utf8_cut(struct slice s, size_t max);

/*
 * snprintf(3) that cuts as utf8_cut() does: others' words in a text of ours stay
 * readable. size > 8. What was written, without the NUL.
 */
size_t utf8_printf(char *out, size_t size, const char *fmt, ...) PRINTF(3, 4);
size_t utf8_vprintf(char *out, size_t size, const char *fmt, va_list args)
	PRINTF(3, 0);

/* Appends bytes of windows-1252; undefined ones are U+FFFD. */
void utf8_add_1252(struct buf *out, struct slice s);

/*
 * Appends s so that it is valid UTF-8 and legal XML text: as it is when valid,
 * else bytes outside UTF-8 become what windows-1252 says, undefined ones
 * U+FFFD; characters that XML forbids are left out (PROTOCOL G.3, G.5).
 */
void utf8_add_clean(struct buf *out, struct slice s);

#endif
