/* SPDX-License-Identifier: MIT */
#include "tests/load/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void out_of_memory(size_t size)
{
	printf("Bail out! no memory for %zu bytes\n", size);
	exit(99);
}

void *mem_zero(size_t size)
{
	void *block = calloc(1, size);

	if (block == NULL) {
		out_of_memory(size);
	}
	return block;
}

void mem_room(void *block, size_t *cap, size_t want, size_t size)
{
	size_t grown = *cap == 0 ? 16 : *cap;
	void *old;
	void *bigger;

	if (want <= *cap) {
		return;
	}
	while (grown < want) {
		grown *= 2;
	}
	/* *block has any pointer type: its bytes are moved, not its type */
	memcpy(&old, block, sizeof(old));
	bigger = realloc(old, grown * size);
	if (bigger == NULL) {
		out_of_memory(grown * size);
	}
	memcpy(block, &bigger, sizeof(bigger));
	*cap = grown;
}
