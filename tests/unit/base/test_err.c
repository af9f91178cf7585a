/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/err.h"
#include "tests/unit/base/dies.h"

static void every_error_has_a_text_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < ERR_COUNT; i++) {
		assert_non_null(err_text((enum err)i));
		assert_true(strlen(err_text((enum err)i)) > 0);
		for (int k = 0; k < i; k++) {
			assert_string_not_equal(
				err_text((enum err)i), err_text((enum err)k));
		}
	}
}

static void a_number_that_is_no_error_has_a_text_too(void **state)
{
	(void)state;
	assert_string_equal(err_text(ERR_COUNT), "unknown error");
	assert_string_equal(err_text((enum err)-1), "unknown error");
}

static void break_a_promise(void)
{
	must(1 + 1 == 3);
}

static void keep_a_promise(void)
{
	must(1 + 1 == 2);
}

static void a_broken_promise_ends_the_process(void **state)
{
	(void)state;
	assert_true(dies(break_a_promise));
	assert_false(dies(keep_a_promise));
}

static void must_evaluates_its_condition_once(void **state)
{
	int n = 0;

	(void)state;
	must(++n == 1);
	assert_int_equal(n, 1);
}

static void allocation_never_gives_null(void **state)
{
	void *p[] = {must_alloc(0), must_calloc(0, 8), must_calloc(8, 0),
		must_realloc(NULL, 0)};

	(void)state;
	for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
		assert_non_null(p[i]);
		free(p[i]);
	}
}

static void must_calloc_gives_zeroes(void **state)
{
	static const char zeroes[64];
	char *p = must_calloc(8, 8);

	(void)state;
	assert_memory_equal(p, zeroes, 64);
	free(p);
}

static void must_strndup_copies_bytes_and_ends_them(void **state)
{
	char *p = must_strndup("a\0bc", 3);

	(void)state;
	assert_memory_equal(p, "a\0b\0", 4);
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_a_text_of_its_own),
		cmocka_unit_test(a_number_that_is_no_error_has_a_text_too),
		cmocka_unit_test(a_broken_promise_ends_the_process),
		cmocka_unit_test(must_evaluates_its_condition_once),
		cmocka_unit_test(allocation_never_gives_null),
		cmocka_unit_test(must_calloc_gives_zeroes),
		cmocka_unit_test(must_strndup_copies_bytes_and_ends_them),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
