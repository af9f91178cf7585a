/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_FALLBACK_H
#define MAPPING_TALK_FALLBACK_H

#include "mapping/core.h"

/*
 * What a body holds only for clients that do not understand the rest of the
 * message (XEP-0428): ranges of it, counted in code points (XEP-0426), or all.
 */

/* Something of the message stands in for what this namespace says. */
bool fallback_has(const struct elem *root, enum ns of);
/*
 * The body without these ranges, sixteen at most, and without the blanks and
 * line ends where one was cut off at an end; in the arena.
 */
struct slice fallback_cut(struct mapping *m, const struct elem *root,
	enum ns of, struct slice body);

#endif
