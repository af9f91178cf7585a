/* SPDX-License-Identifier: MIT */
#ifndef BASE_SHARE_H
#define BASE_SHARE_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

/*
 * One ceiling for all, of which nobody takes others' part: what rooms and talks
 * remember (PROTOCOL D.12, F.1), what waits for the component (A.3), how much is
 * asked of clients. Each user is an owner, each room or talk of theirs a place. When
 * all is full, whoever has most loses what is oldest: a piece of the place that has
 * been silent longest.
 * So who has little keeps it, a new room remembers from its first message on, and a
 * user with a thousand rooms makes place in these.
 *
 * Owners hang in rings by how much they have, eight rings for each doubling, and
 * a bit for each ring says whether it is empty: who has most, to within an eighth,
 * is found in a few steps, however many there are.
 *
 * Ownership: the structs are the callers'. A place ends before its owner does.
 * What is counted is what was added, not what the allocator needs for it.
 */
enum { SHARE_RINGS = 256 };

struct share {
	size_t bytes;
	size_t max; /* < 4 GiB */
	uint64_t used[SHARE_RINGS / 64]; /* rings that are not empty */
	struct list rings[SHARE_RINGS];
};

struct share_owner {
	struct share *share;
	struct list link;   /* in its ring; in none without bytes */
	struct list places; /* longest silent first; only those with bytes */
	size_t bytes;
	unsigned ring;
};

struct share_place {
	struct share_owner *owner;
	struct list link;
	size_t bytes;
	/* Its oldest piece is to go: frees it and calls share_less(). */
	void (*drop)(struct share_place *p);
};

/*
 * max: bytes of all owners. Memory is the callers'; an owner outlives its places,
 * the share its owners. drop is called inside share_make_room().
 */
void share_init(struct share *s, size_t max);
void share_owner_init(struct share_owner *o, struct share *s);
void share_place_init(struct share_place *p, struct share_owner *o,
	void (*drop)(struct share_place *p));

/* Others, or this place itself, lose something until so much fits. */
void share_make_room(struct share_place *p, size_t size);
/* So much was added, and now nobody was silent for a shorter time. */
void share_more(struct share_place *p, size_t size);
void share_less(struct share_place *p, size_t size);
/* All that `from` has is what `to` has now, which had nothing. */
void share_move(struct share_place *to, struct share_place *from);

#endif
