/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_MEM_H
#define TESTS_LOAD_MEM_H

#include <stddef.h>

/*
 * Memory of the big runs: a test that gets none cannot go on, so these
 * print why and end the process. Freed with free().
 */
void *mem_zero(size_t size);

/*
 * Makes room for `want` items of `size` bytes in *block, which holds *cap of
 * them; grows by doubling.
 */
void mem_room(void *block, size_t *cap, size_t want, size_t size);

#endif
