/* SPDX-License-Identifier: MIT */
#include "base/intern.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/*
 * Open addressing with linear probing; removal shifts the followers back, so
 * there are no tombstones. The table is given back when it runs empty.
 */
static struct {
	struct istr **slots;
	size_t cap; /* a power of two, or 0 */
	size_t used;
	uint64_t k0;
	uint64_t k1;
} table;

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))
#define SIP_ROUND(v)                   \
	do {                           \
		v[0] += v[1];          \
		v[1] = ROTL(v[1], 13); \
		v[1] ^= v[0];          \
		v[0] = ROTL(v[0], 32); \
		v[2] += v[3];          \
		v[3] = ROTL(v[3], 16); \
		v[3] ^= v[2];          \
		v[0] += v[3];          \
		v[3] = ROTL(v[3], 21); \
		v[3] ^= v[0];          \
		v[2] += v[1];          \
		v[1] = ROTL(v[1], 17); \
		v[1] ^= v[2];          \
		v[2] = ROTL(v[2], 32); \
	} while (0)

uint32_t intern_hash(const char *p, size_t len)
{
	uint64_t v[4] = {
		table.k0 ^ 0x736f6d6570736575ULL,
		table.k1 ^ 0x646f72616e646f6dULL,
		table.k0 ^ 0x6c7967656e657261ULL,
		table.k1 ^ 0x7465646279746573ULL,
	};
	uint64_t last = (uint64_t)len << 56;
	uint64_t word;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&word, p, 8);
		v[3] ^= word;
		SIP_ROUND(v);
		v[0] ^= word;
	}
	for (size_t i = 0; i < len; i++) {
		last |= (uint64_t)(unsigned char)p[i] << (8 * i);
	}
	v[3] ^= last;
	SIP_ROUND(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	SIP_ROUND(v);
	SIP_ROUND(v);
	SIP_ROUND(v);
	word = v[0] ^ v[1] ^ v[2] ^ v[3];
	return (uint32_t)(word ^ (word >> 32));
}

void intern_seed(const unsigned char key[16])
{
	must(table.used == 0);
	memcpy(&table.k0, key, 8);
	memcpy(&table.k1, key + 8, 8);
}

/* The slot of these bytes, or the empty one where they would go. */
static size_t slot_of(const char *p, size_t len, uint32_t hash)
{
	size_t i = hash & (table.cap - 1);

	while (table.slots[i] != NULL) {
		const struct istr *s = table.slots[i];

		if (s->hash == hash && s->len == len &&
			memcmp(s->p, p, len) == 0) {
			break;
		}
		i = (i + 1) & (table.cap - 1);
	}
	return i;
}

static void grow(void)
{
	struct istr **old = table.slots;
	size_t old_cap = table.cap;

	table.cap = old_cap ? old_cap * 2 : 64;
	table.slots = must_calloc(table.cap, sizeof(struct istr *));
	for (size_t i = 0; i < old_cap; i++) {
		if (old[i] != NULL) {
			table.slots[slot_of(old[i]->p, old[i]->len,
				old[i]->hash)] = old[i];
		}
	}
	free(old);
}

const struct istr *intern(const char *p, size_t len)
{
	uint32_t hash = intern_hash(p, len);
	struct istr *s;
	size_t i;

	must(len <= 65535);
	if (table.used * 4 >= table.cap * 3) {
		grow();
	}
	i = slot_of(p, len, hash);
	if (table.slots[i] != NULL) {
		return istr_ref(table.slots[i]);
	}
	s = must_alloc(sizeof *s + len + 1);
	s->hash = hash;
	s->refs = 1;
	s->len = (uint32_t)len;
	if (len > 0) {
		memcpy(s->p, p, len);
	}
	s->p[len] = '\0';
	table.slots[i] = s;
	table.used++;
	return s;
}

const struct istr *intern_find(const char *p, size_t len)
{
	if (table.used == 0) {
		return NULL;
	}
	return table.slots[slot_of(p, len, intern_hash(p, len))];
}

const struct istr *istr_ref(const struct istr *s)
{
	if (s != NULL) {
		((struct istr *)(uintptr_t)s)->refs++;
	}
	return s;
}

static void forget(const struct istr *s)
{
	size_t mask = table.cap - 1;
	size_t hole = slot_of(s->p, s->len, s->hash);
	size_t i = hole;

	for (;;) {
		i = (i + 1) & mask;
		if (table.slots[i] == NULL) {
			break;
		}
		/* Move it back unless its home lies between hole and i. */
		if (((i - (table.slots[i]->hash & mask)) & mask) >=
			((i - hole) & mask)) {
			table.slots[hole] = table.slots[i];
			hole = i;
		}
	}
	table.slots[hole] = NULL;
	if (--table.used == 0) {
		free(table.slots);
		table.slots = NULL;
		table.cap = 0;
	}
}

void istr_unref(const struct istr *s)
{
	struct istr *mine = (struct istr *)(uintptr_t)s;

	if (mine != NULL && --mine->refs == 0) {
		forget(mine);
		free(mine);
	}
}

void istr_set(const struct istr **slot, const struct istr *fresh)
{
	istr_unref(*slot);
	*slot = fresh;
}

size_t intern_count(void)
{
	return table.used;
}
