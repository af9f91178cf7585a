/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/arena.h"

static void what_it_gives_is_aligned_and_zero(void **state)
{
	static const char zeroes[100];
	struct arena a;

	(void)state;
	arena_init(&a, 1 << 20);
	for (size_t size = 0; size < 100; size++) {
		char *p = arena_alloc(&a, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		assert_memory_equal(p, zeroes, size);
		memset(p, 0xff, size);
	}
	arena_reset(&a);
	assert_memory_equal(arena_alloc(&a, 100), zeroes, 100);
	arena_finish(&a);
}

static void pieces_do_not_overlap(void **state)
{
	struct arena a;
	char *p[300];

	(void)state;
	arena_init(&a, 1 << 20);
	for (int i = 0; i < 300; i++) {
		p[i] = arena_alloc(&a, (size_t)i);
		memset(p[i], i & 0xff, (size_t)i);
	}
	for (int i = 0; i < 300; i++) {
		for (int k = 0; k < i; k++) {
			assert_int_equal((unsigned char)p[i][k], i & 0xff);
		}
	}
	arena_finish(&a);
}

static void past_the_ceiling_it_gives_null(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1000);
	assert_null(arena_alloc(&a, 1001));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_null(arena_alloc(&a, SIZE_MAX - 8));
	assert_non_null(arena_alloc(&a, 600));
	assert_null(arena_alloc(&a, 600));
	assert_non_null(arena_alloc(&a, 300));
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 900));
	arena_finish(&a);
}

static void one_piece_may_be_larger_than_a_block(void **state)
{
	struct arena a;
	char *large;
	char *small;

	(void)state;
	arena_init(&a, 1 << 20);
	small = arena_alloc(&a, 10);
	large = arena_alloc(&a, 100000);
	assert_non_null(large);
	memset(large, 'x', 100000);
	assert_memory_equal(small, "\0\0\0\0\0\0\0\0\0\0", 10);
	arena_finish(&a);
}

static void a_loop_of_resets_allocates_nothing(void **state)
{
	struct arena a;
	void *first;

	(void)state;
	arena_init(&a, 1 << 20);
	first = arena_alloc(&a, 100);
	for (int i = 0; i < 1000; i++) {
		arena_reset(&a);
		assert_ptr_equal(arena_alloc(&a, 100), first);
	}
	arena_finish(&a);
}

static void copies_end_with_nul(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 64);
	assert_string_equal(arena_strndup(&a, "hello world", 5), "hello");
	assert_string_equal(arena_strndup(&a, NULL, 0), "");
	assert_null(arena_strndup(&a, "x", 64));
	arena_finish(&a);
}

static void a_mark_gives_back_what_came_after_it(void **state)
{
	struct arena a;
	struct arena_mark mark;
	char *kept;
	void *next;

	(void)state;
	arena_init(&a, 100000);
	kept = arena_strndup(&a, "kept", 4);
	mark = arena_mark(&a);
	next = arena_alloc(&a, 100);
	/* A hundred times what the ceiling allows at once. */
	for (int i = 0; i < 500; i++) {
		arena_release(&a, mark);
		assert_ptr_equal(arena_alloc(&a, 100), next);
		assert_non_null(arena_alloc(&a, 20000));
	}
	arena_release(&a, mark);
	assert_string_equal(kept, "kept");
	assert_int_equal(a.used, mark.used);
	arena_finish(&a);
}

static void marks_nest_and_may_be_of_an_empty_arena(void **state)
{
	struct arena a;
	struct arena_mark outer;
	struct arena_mark inner;

	(void)state;
	arena_init(&a, 100000);
	outer = arena_mark(&a);
	arena_alloc(&a, 9000);
	inner = arena_mark(&a);
	arena_alloc(&a, 9000);
	arena_release(&a, inner);
	assert_int_equal(a.used, inner.used);
	arena_release(&a, outer);
	assert_int_equal(a.used, 0);
	assert_non_null(arena_alloc(&a, 99000));
	arena_finish(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_gives_is_aligned_and_zero),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(past_the_ceiling_it_gives_null),
		cmocka_unit_test(one_piece_may_be_larger_than_a_block),
		cmocka_unit_test(a_loop_of_resets_allocates_nothing),
		cmocka_unit_test(copies_end_with_nul),
		cmocka_unit_test(a_mark_gives_back_what_came_after_it),
		cmocka_unit_test(marks_nest_and_may_be_of_an_empty_arena),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
