/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_MASKS_H
#define MAPPING_ROOM_MASKS_H

#include "base/arena.h"
#include "base/err.h"
#include "irc/casemap.h"

/*
 * A set of masks to look others up in: each once, the first that was named,
 * sorted as the network folds names. Lists of channels and of forms have
 * thousands (PROTOCOL D.13); making a set of n takes n log n steps, a look log n.
 * Ownership: the texts are lent, the rest is the arena's.
 */
struct masks {
	struct slice *all;
	size_t n;
	enum casemap casemap;
};

/* The lines of a text. false: the arena is full. */
NODISCARD bool masks_of_lines(struct masks *out, struct arena *a,
	enum casemap casemap, struct slice lines);
/* Values without the blanks around them; what is empty is none. */
NODISCARD bool masks_of_values(struct masks *out, struct arena *a,
	enum casemap casemap, const struct slice *values, size_t n);

/* It as it is in the set, absent when it is not. */
struct slice masks_find(const struct masks *m, struct slice mask);
/* The same ones in both. */
bool masks_equal(const struct masks *a, const struct masks *b);

static inline bool masks_have(const struct masks *m, struct slice mask)
{
	return masks_find(m, mask).p != NULL;
}

#endif
