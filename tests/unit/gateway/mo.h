/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GATEWAY_MO_H
#define TESTS_UNIT_GATEWAY_MO_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

/* A catalog as msgfmt would write it, of pairs that are sorted already. */
struct mo_pair {
	const char *english;
	const char *translated;
};

static void mo_number(struct buf *b, size_t n, bool swapped)
{
	uint32_t value = swapped ? __builtin_bswap32((uint32_t)n) : (uint32_t)n;
	char bytes[4];

	memcpy(bytes, &value, sizeof bytes);
	buf_add(b, bytes, sizeof bytes);
}

static void mo_table(struct buf *b, const struct mo_pair *pairs, size_t count,
	bool translated, size_t at, bool swapped)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(translated ? pairs[i].translated :
						 pairs[i].english);

		mo_number(b, len, swapped);
		mo_number(b, at, swapped);
		at += len + 1;
	}
}

static size_t mo_bytes(const struct mo_pair *pairs, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		n += strlen(pairs[i].english) + 1;
	}
	return n;
}

static void mo_write(struct buf *b, const struct mo_pair *pairs, size_t count,
	bool swapped)
{
	size_t texts = 28 + 16 * count;

	mo_number(b, 0x950412de, swapped);
	mo_number(b, 0, swapped);
	mo_number(b, count, swapped);
	mo_number(b, 28, swapped);
	mo_number(b, 28 + 8 * count, swapped);
	mo_number(b, 0, swapped);
	mo_number(b, 0, swapped);
	mo_table(b, pairs, count, false, texts, swapped);
	mo_table(b, pairs, count, true, texts + mo_bytes(pairs, count),
		swapped);
	for (size_t i = 0; i < count; i++) {
		buf_add(b, pairs[i].english, strlen(pairs[i].english) + 1);
	}
	for (size_t i = 0; i < count; i++) {
		buf_add(b, pairs[i].translated,
			strlen(pairs[i].translated) + 1);
	}
}

#endif
