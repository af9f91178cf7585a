/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "mapping/room/masks.h"

static struct arena arena;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 16);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	arena_finish(&arena);
	return 0;
}

static struct masks of(const char *lines)
{
	struct masks m;

	assert_true(masks_of_lines(&m, &arena, CASEMAP_RFC1459,
		slice_str(lines)));
	return m;
}

static void each_is_there_once_as_it_was_named_first(void **state)
{
	static const char lines[] = "b!*@*\nA[!*@*\n\na{!*@*\nB!*@*\nc!*@*\n";
	struct masks m = of(lines);

	(void)state;
	assert_int_equal(m.n, 3);
	assert_ptr_equal(masks_find(&m, slice_str("a{!*@*")).p,
		strstr(lines, "A["));
	assert_ptr_equal(masks_find(&m, slice_str("B!*@*")).p, lines);
	assert_true(masks_have(&m, slice_str("C!*@*")));
	assert_false(masks_have(&m, slice_str("c!*@")));
	assert_false(masks_have(&m, slice_str("c!*@*x")));
	assert_false(masks_have(&m, slice_str("")));
	m = of("");
	assert_false(masks_have(&m, slice_str("a")));
}

static void any_order_is_the_same_set(void **state)
{
	static const struct slice values[] = {
		{" c ", 3}, {"", 0}, {"A\r", 2}, {"b", 1}, {"a", 1}};
	struct masks wanted;
	struct masks m = of("a\nb\nc\n");

	(void)state;
	assert_true(masks_of_values(&wanted, &arena, CASEMAP_RFC1459, values,
		COUNT(values)));
	assert_true(masks_equal(&m, &wanted));
	m = of("a\nb\nc\nd");
	assert_false(masks_equal(&m, &wanted));
	m = of("a\nb\nd\n");
	assert_false(masks_equal(&m, &wanted));
}

static void thousands_are_found(void **state)
{
	struct arena large;
	struct buf lines;
	struct masks m;
	char name[16];

	(void)state;
	arena_init(&large, 4 << 20);
	buf_init(&lines, 1 << 20);
	for (int i = 0; i < 10000; i++) {
		buf_addf(&lines, "n%d\n", i * 7919 % 10007);
	}
	assert_true(masks_of_lines(&m, &large, CASEMAP_ASCII,
		buf_slice(&lines)));
	assert_int_equal(m.n, 10000);
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof name, "N%d", i * 7919 % 10007);
		assert_true(masks_have(&m, slice_str(name)));
	}
	assert_false(masks_have(&m, slice_str("n10007")));
	buf_finish(&lines);
	arena_finish(&large);
}

static void a_full_arena_is_told(void **state)
{
	struct arena small;
	struct masks m;

	(void)state;
	arena_init(&small, 64);
	assert_false(masks_of_lines(&m, &small, CASEMAP_ASCII,
		slice_str("a\nb\nc\n")));
	arena_finish(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, begin, finish)
		T(each_is_there_once_as_it_was_named_first),
		T(any_order_is_the_same_set),
		T(thousands_are_found),
		T(a_full_arena_is_told),
#undef T
	};

	return cmocka_run_group_tests_name("masks", tests, NULL, NULL);
}
