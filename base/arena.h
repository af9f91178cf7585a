/* SPDX-License-Identifier: MIT */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/*
 * Memory that is freed all at once: what one stanza or one turn needs.
 * Bounds: a ceiling in bytes; past it arena_alloc() gives NULL.
 * arena_reset() keeps the first block, so a loop of resets allocates nothing.
 */
struct arena_block;

struct arena {
	struct arena_block *first;
	struct arena_block *current;
	size_t used;
	size_t max;
};

/* max: bytes that may be in use at a time. */
void arena_init(struct arena *a, size_t max);
void arena_finish(struct arena *a);
void arena_reset(struct arena *a);

/* Aligned for any type, zeroed; NULL past the ceiling. */
void *arena_alloc(struct arena *a, size_t size);
/* A NUL-terminated copy; NULL past the ceiling. */
char *arena_strndup(struct arena *a, const char *p, size_t len);

/* What was allocated after the mark is given back; marks nest. */
struct arena_mark {
	struct arena_block *block;
	size_t block_used;
	size_t used;
};

struct arena_mark arena_mark(const struct arena *a);
void arena_release(struct arena *a, struct arena_mark mark);

#endif
