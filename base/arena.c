/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

enum { BLOCK_SIZE = 8192, ALIGN = alignof(max_align_t) };

struct arena_block {
	struct arena_block *next;
	size_t used;
	size_t cap;
	alignas(max_align_t) char data[];
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){.max = max};
}

static void free_from(struct arena_block *block)
{
	while (block != NULL) {
		struct arena_block *next = block->next;

		explicit_bzero(block->data, block->used);
		free(block);
		block = next;
	}
}

void arena_finish(struct arena *a)
{
	free_from(a->first);
	arena_init(a, a->max);
}

void arena_reset(struct arena *a)
{
	a->used = 0;
	a->current = a->first;
	if (a->first != NULL) {
		free_from(a->first->next);
		a->first->next = NULL;
		explicit_bzero(a->first->data, a->first->used);
		a->first->used = 0;
	}
}

static struct arena_block *add_block(struct arena *a, size_t size)
{
	size_t cap = size > BLOCK_SIZE ? size : BLOCK_SIZE;
	struct arena_block *block = must_alloc(sizeof *block + cap);

	block->next = NULL;
	block->used = 0;
	block->cap = cap;
	if (a->current != NULL) {
		a->current->next = block;
	} else {
		a->first = block;
	}
	a->current = block;
	return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *block = a->current;
	void *p;

	if (size > a->max) {
		return NULL;
	}
	size = (size + ALIGN - 1) / ALIGN * ALIGN;
	if (size > a->max - a->used) {
		return NULL;
	}
	if (block == NULL || size > block->cap - block->used) {
		block = add_block(a, size);
	}
	p = block->data + block->used;
	block->used += size;
	a->used += size;
	memset(p, 0, size);
	return p;
}

char *arena_strndup(struct arena *a, const char *p, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (copy != NULL && len > 0) {
		memcpy(copy, p, len);
	}
	return copy;
}

struct arena_mark arena_mark(const struct arena *a)
{
	return (struct arena_mark){
		.block = a->current,
		.block_used = a->current != NULL ? a->current->used : 0,
		.used = a->used,
	};
}

void arena_release(struct arena *a, struct arena_mark mark)
{
	if (mark.block == NULL) {
		arena_reset(a); /* it was empty */
		return;
	}
	must(mark.used <= a->used);
	free_from(mark.block->next);
	mark.block->next = NULL;
	explicit_bzero(mark.block->data + mark.block_used,
		mark.block->used - mark.block_used);
	mark.block->used = mark.block_used;
	a->current = mark.block;
	a->used = mark.used;
}
