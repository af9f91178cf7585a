/* SPDX-License-Identifier: MIT */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Borrowed text: a pointer and a length, not NUL-terminated, never freed.
 * Lives as long as what it points into. p may be NULL only when len is 0;
 * p == NULL means "absent", where that differs from "empty".
 */
struct slice {
	const char *p;
	size_t len;
};

/* For printf: "%.*s", SLICE_ARG(s). */
#define SLICE_ARG(s) (int)(s).len, (s).p ? (s).p : ""

static inline struct slice slice(const char *p, size_t len)
{
	return (struct slice){p, len};
}

/* NULL gives the absent slice. */
static inline struct slice slice_str(const char *s)
{
	return (struct slice){s, s ? strlen(s) : 0};
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool slice_is(struct slice a, const char *s)
{
	return slice_eq(a, slice_str(s));
}

/* ASCII letters only. */
bool slice_is_nocase(struct slice a, const char *s);

/* The number in all of s, decimal digits only; -1 when it is none or > max. */
int64_t slice_number(struct slice s, int64_t max);

/* Cuts the part of *rest before the first c off; *rest goes on after it. */
struct slice slice_cut(struct slice *rest, char c);

/* Without leading and trailing blanks, tabs and line ends. */
struct slice slice_trim(struct slice s);

#endif
