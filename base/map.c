/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <stdlib.h>

#include "base/err.h"

void map_init(struct map *m)
{
	*m = (struct map){0};
}

void map_finish(struct map *m)
{
	free(m->slots);
	map_init(m);
}

/*
 * Small tables double. Large ones grow by a quarter, or half of a channel of
 * 10,000 would be empty slots.
 */
enum { SMALLEST = 8, SMALL = 256 };

/*
 * In each size of table the keys have another order. In one and the same order
 * who walks through a large map and puts what he meets into another one would
 * fill that from one end: a single chain, looked through for each key.
 */
static uint32_t mixed(uint32_t hash, uint32_t cap)
{
	hash *= cap | 1;
	hash ^= hash >> 15;
	return hash * 0x9e3779b1u;
}

/*
 * Where a key belongs. Small: its lowest bits, the size is a power of two; large
 * ones have any size, the hash is a fraction of it.
 */
static uint32_t home_of(const struct map *m, const struct istr *key)
{
	return m->cap <= SMALL ? key->hash & (m->cap - 1) :
		(uint32_t)((uint64_t)mixed(key->hash, m->cap) * m->cap >> 32);
}

static bool is_full(const struct map *m)
{
	return m->cap < SMALL ? m->used * 4 >= m->cap * 3 :
		(uint64_t)m->used * 5 >= (uint64_t)m->cap * 4;
}

static uint32_t larger(uint32_t cap)
{
	return cap == 0 ? SMALLEST : cap < SMALL ? cap * 2 : cap + cap / 4;
}

/* At most half as large. */
static uint32_t smaller(uint32_t cap)
{
	uint32_t small = SMALL;

	if (cap / 2 > SMALL) {
		return cap / 2;
	}
	while (small > cap / 2) {
		small /= 2;
	}
	return small;
}

static uint32_t next_of(const struct map *m, uint32_t i)
{
	return i + 1 < m->cap ? i + 1 : 0;
}

/* The slot of this key, or the empty one where it would go; cap > 0. */
static uint32_t slot_of(const struct map *m, const struct istr *key)
{
	uint32_t i = home_of(m, key);

	while (m->slots[i].entry != NULL && m->slots[i].entry->key != key) {
		i = next_of(m, i);
	}
	return i;
}

static struct map_slot *find_slot(const struct map *m, const struct istr *key)
{
	struct map_slot *slot;

	if (m->used == 0 || key == NULL) {
		return NULL;
	}
	slot = &m->slots[slot_of(m, key)];
	return slot->entry != NULL ? slot : NULL;
}

struct map_entry *map_get(const struct map *m, const struct istr *key)
{
	struct map_slot *slot = find_slot(m, key);

	return slot != NULL ? slot->entry : NULL;
}

struct map_entry *map_find(const struct map *m, const char *p, size_t len)
{
	return m->used ? map_get(m, intern_find(p, len)) : NULL;
}

bool map_word(const struct map *m, const struct istr *key, uint32_t *word)
{
	struct map_slot *slot = find_slot(m, key);

	if (slot != NULL) {
		*word = slot->word;
	}
	return slot != NULL;
}

void map_set_word(struct map *m, const struct istr *key, uint32_t word)
{
	struct map_slot *slot = find_slot(m, key);

	must(slot != NULL);
	slot->word = (uint16_t)word;
}

static void resize(struct map *m, uint32_t cap)
{
	struct map_slot *old = m->slots;
	uint32_t old_cap = m->cap;

	m->cap = cap;
	m->slots = must_calloc(cap, sizeof *m->slots);
	for (uint32_t i = 0; i < old_cap; i++) {
		if (old[i].entry != NULL) {
			m->slots[slot_of(m, old[i].entry->key)] = old[i];
		}
	}
	free(old);
}

void map_put(struct map *m, struct map_entry *entry, uint32_t word)
{
	uint32_t i;

	must(entry->key != NULL);
	if (is_full(m)) {
		resize(m, larger(m->cap));
	}
	i = slot_of(m, entry->key);
	must(m->slots[i].entry == NULL);
	m->slots[i].entry = entry;
	m->slots[i].word = (uint16_t)word;
	m->used++;
}

static uint32_t distance(const struct map *m, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : to + m->cap - from;
}

/* Followers move back into the hole: no tombstones. */
static void close_hole(struct map *m, uint32_t hole)
{
	for (uint32_t i = next_of(m, hole); m->slots[i].entry != NULL;
		i = next_of(m, i)) {
		uint32_t home = home_of(m, m->slots[i].entry->key);

		if (distance(m, home, i) >= distance(m, hole, i)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	}
	m->slots[hole].entry = NULL;
	m->used--;
}

void map_remove(struct map *m, const struct map_entry *entry)
{
	struct map_slot *slot = find_slot(m, entry->key);

	if (slot == NULL || slot->entry != entry) {
		return;
	}
	close_hole(m, (uint32_t)(slot - m->slots));
	if (m->used == 0) {
		map_finish(m);
	} else if (m->cap > SMALLEST && m->used * 8 < m->cap) {
		resize(m, smaller(m->cap));
	}
}

struct map_slot *map_next(const struct map *m, uint32_t *pos)
{
	while (*pos < m->cap) {
		struct map_slot *slot = &m->slots[(*pos)++];

		if (slot->entry != NULL) {
			return slot;
		}
	}
	return NULL;
}

struct map_entry *map_pop(struct map *m)
{
	uint32_t pos = 0;
	struct map_slot *slot = map_next(m, &pos);
	struct map_entry *entry;

	if (slot == NULL) {
		return NULL;
	}
	entry = slot->entry;
	map_remove(m, entry);
	return entry;
}
