/* SPDX-License-Identifier: MIT */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/intern.h"

/*
 * A map from strings to structs that begin with their key.
 * The first member of a stored struct is a `struct map_entry`, whose key is an
 * interned string: comparing is comparing pointers, a slot is 10 bytes, and
 * each slot carries one free word for the owner of the map (a channel keeps a
 * member's prefixes there). Of a large table 64 to 80 % of the slots are in use
 * while it grows.
 * Ownership: the map owns its table only. The entry holds the reference of its
 * key; change a key only while the entry is in no map.
 */
struct map_entry {
	const struct istr *key;
};

struct __attribute__((packed)) map_slot {
	struct map_entry *entry;
	uint16_t word;
};

struct map {
	struct map_slot *slots;
	uint32_t cap;
	uint32_t used;
};

void map_init(struct map *m);
void map_finish(struct map *m); /* the table only: empty it first or not */

struct map_entry *map_get(const struct map *m, const struct istr *key);
/* By bytes: NULL as well when nobody interned them. */
struct map_entry *map_find(const struct map *m, const char *p, size_t len);
/* The slot's word; false: the key is not there. */
bool map_word(const struct map *m, const struct istr *key, uint32_t *word);
/* Of a key that is there; 16 bits of it are kept. */
void map_set_word(struct map *m, const struct istr *key, uint32_t word);

/* The key must not be there yet. */
void map_put(struct map *m, struct map_entry *entry, uint32_t word);
/* Harmless when it is not there. */
void map_remove(struct map *m, const struct map_entry *entry);

/*
 * Walks all slots: start with *pos = 0, NULL at the end. The map must not
 * change meanwhile; to empty it use map_pop().
 */
struct map_slot *map_next(const struct map *m, uint32_t *pos);
/* Any entry, taken out; NULL when empty. */
struct map_entry *map_pop(struct map *m);

#endif
