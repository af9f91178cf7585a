/* SPDX-License-Identifier: MIT */
#ifndef IRC_CASEMAP_H
#define IRC_CASEMAP_H

#include <stdbool.h>

#include "base/intern.h"
#include "base/slice.h"

/*
 * CASEMAPPING: which names are the same (PROTOCOL B.3).
 * Folding never changes the length, except for the Unicode mappings, which fold
 * ASCII here and leave the rest as it is.
 */
enum casemap {
	CASEMAP_RFC1459, /* the default before 005 */
	CASEMAP_RFC1459_STRICT,
	CASEMAP_ASCII,
	CASEMAP_UNICODE, /* rfc8265, rfc7613 and unknown ones */
};

/* Longer names are nobody's. */
enum { CASEMAP_NAME_MAX = 512 };

/* The value of CASEMAPPING in 005. */
enum casemap casemap_find(struct slice token);

char casemap_fold_char(enum casemap cm, char c);
bool casemap_equal(enum casemap cm, struct slice a, struct slice b);
/* The order of folded bytes; a beginning comes before what it begins. */
int casemap_compare(enum casemap cm, struct slice a, struct slice b);

/* The interned folded name; a new reference. name.len <= CASEMAP_NAME_MAX, else NULL. */
const struct istr *casemap_intern(enum casemap cm, struct slice name);
/* The same without creating: NULL when no such name is alive. No reference. */
const struct istr *casemap_lookup(enum casemap cm, struct slice name);

#endif
