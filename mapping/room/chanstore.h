/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_CHANSTORE_H
#define MAPPING_ROOM_CHANSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "irc/casemap.h"

/*
 * The channels of a network as LIST told them, in little memory: 12 bytes and
 * the text of each. Filled in any order, then sorted by the folded name; from
 * then on it is only read, and a place is found in O(log n).
 * Bounds: CHANSTORE_CHANNELS and CHANSTORE_TEXT; a topic is cut to
 * CHANSTORE_TOPIC bytes.
 */
enum {
	CHANSTORE_CHANNELS = 100000,
	CHANSTORE_TEXT = 8 << 20,
	CHANSTORE_TOPIC = 390,
	CHANSTORE_LARGEST = 100,
};

struct chanstore {
	struct buf text; /* name and topic of each, one after the other */
	struct chanstore_entry *entries;
	size_t n;
	size_t cap;
	enum casemap casemap; /* how names were folded for the order */
	uint32_t largest[CHANSTORE_LARGEST]; /* once it is sorted */
	size_t nlargest;
};

struct chanstore_channel {
	struct slice name;  /* as IRC spells it; valid UTF-8 */
	struct slice topic; /* cleaned; empty when none */
	uint32_t users;
};

void chanstore_init(struct chanstore *c);
void chanstore_finish(struct chanstore *c); /* empty, and usable again */

/* false: it is full. name.len <= CASEMAP_NAME_MAX. */
NODISCARD bool chanstore_add(struct chanstore *c,
	const struct chanstore_channel *channel);
/* Of a channel that was told twice the last stays. */
void chanstore_sort(struct chanstore *c, enum casemap casemap);

/* What memory it holds. */
size_t chanstore_bytes(const struct chanstore *c);
/* The i-th, lent. */
struct chanstore_channel chanstore_at(const struct chanstore *c, size_t i);
/* How many names stand before this one, as folded; through: or equal it. */
size_t chanstore_before(const struct chanstore *c, struct slice name,
	bool through);
/* The channel of this name, in *out (may be NULL); false: there is none. */
bool chanstore_find(const struct chanstore *c, struct slice name,
	struct chanstore_channel *out);
/*
 * The numbers of the CHANSTORE_LARGEST largest, the largest first, of equal ones
 * by name, lent; they were chosen once, when it was sorted. Returns how many.
 */
size_t chanstore_largest(const struct chanstore *c, const uint32_t **out);

#endif
