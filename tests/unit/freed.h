/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_FREED_H
#define TESTS_UNIT_FREED_H

#include "tests/unit/unit.h"

/*
 * What is given back to the allocator holds no password: each block is looked
 * through just before it goes. That needs AddressSanitizer.
 */
#define SECRET "geheimes-Wort"

#if defined(__SANITIZE_ADDRESS__)
/* As sanitizer/allocator_interface.h has them, which not every gcc brings. */
int __sanitizer_install_malloc_and_free_hooks(
	void (*on_malloc)(const volatile void *p, size_t len),
	void (*on_free)(const volatile void *p));
size_t __sanitizer_get_allocated_size(const volatile void *p);

static struct {
	bool watching;
	unsigned freed;
	unsigned found;
} freed;

static void freed_on_malloc(const volatile void *p, size_t len)
{
	(void)p;
	(void)len;
}

static void freed_on_free(const volatile void *p)
{
	const void *block = (const void *)(uintptr_t)p;

	if (freed.watching && block != NULL) {
		freed.freed++;
		freed.found += memmem(block,
			__sanitizer_get_allocated_size(block), SECRET,
			sizeof SECRET - 1) != NULL;
	}
}

static void freed_begin(void)
{
	static bool installed;

	if (!installed) {
		installed = __sanitizer_install_malloc_and_free_hooks(
			freed_on_malloc, freed_on_free) > 0;
	}
	assert_true(installed);
	freed.freed = 0;
	freed.found = 0;
	freed.watching = true;
}

/* How many blocks held it. */
static unsigned freed_end(void)
{
	freed.watching = false;
	assert_int_not_equal(freed.freed, 0);
	return freed.found;
}
#else
static void freed_begin(void)
{
	skip();
}

static unsigned freed_end(void)
{
	return 0;
}
#endif

#endif
