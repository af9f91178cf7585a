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

/* The slot of this key, or the empty one where it would go; cap > 0. */
static uint32_t slot_of(const struct map *m, const struct istr *key)
{
	uint32_t i = key->hash & (m->cap - 1);

	while (m->slots[i].entry != NULL && m->slots[i].entry->key != key) {
		i = (i + 1) & (m->cap - 1);
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

uint32_t *map_word(const struct map *m, const struct istr *key)
{
	struct map_slot *slot = find_slot(m, key);

	return slot != NULL ? &slot->word : NULL;
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
	if (m->used * 4 >= m->cap * 3) {
		resize(m, m->cap ? m->cap * 2 : 8);
	}
	i = slot_of(m, entry->key);
	must(m->slots[i].entry == NULL);
	m->slots[i].entry = entry;
	m->slots[i].word = word;
	m->used++;
}

/* Followers move back into the hole: no tombstones. */
static void close_hole(struct map *m, uint32_t hole)
{
	uint32_t mask = m->cap - 1;

	for (uint32_t i = (hole + 1) & mask; m->slots[i].entry != NULL;
		i = (i + 1) & mask) {
		uint32_t home = m->slots[i].entry->key->hash & mask;

		if (((i - home) & mask) >= ((i - hole) & mask)) {
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
	} else if (m->cap > 8 && m->used * 8 < m->cap) {
		resize(m, m->cap / 2);
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
