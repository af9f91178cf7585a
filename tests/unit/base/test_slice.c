/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/slice.h"

static void absent_differs_from_empty_but_is_equal_to_it(void **state)
{
	(void)state;
	assert_null(slice_str(NULL).p);
	assert_non_null(slice_str("").p);
	assert_true(slice_eq(slice_str(NULL), slice_str("")));
	assert_true(slice_is(slice_str(NULL), ""));
}

static void equality_is_by_length_and_bytes(void **state)
{
	(void)state;
	assert_true(slice_eq(slice("a\0b", 3), slice("a\0b", 3)));
	assert_false(slice_eq(slice("a\0b", 3), slice("a\0c", 3)));
	assert_false(slice_is(slice_str("abc"), "ab"));
	assert_false(slice_is(slice_str("ab"), "abc"));
}

static void case_is_ignored_for_ascii_letters_only(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool same;
	} cases[] = {
		{"PRIVMSG", "privmsg", true},
		{"", "", true},
		{"a", "", false},
		{"", "a", false},
		{"abc", "abcd", false},
		{"abcd", "abc", false},
		{"[", "{", false},
		{"@", "`", false},
		{"\xc3\x84", "\xc3\xa4", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(cases[i].same,
			slice_is_nocase(slice_str(cases[i].a), cases[i].b));
	}
	assert_false(slice_is_nocase(slice("ab\0", 3), "ab"));
}

static void numbers_are_decimal_digits_up_to_the_maximum(void **state)
{
	static const struct {
		const char *text;
		int64_t max;
		int64_t value;
	} cases[] = {
		{"0", 10, 0},
		{"10", 10, 10},
		{"11", 10, -1},
		{"007", 10, 7},
		{"", 10, -1},
		{"+1", 10, -1},
		{"-1", 10, -1},
		{"1 ", 10, -1},
		{"0x1", 10, -1},
		{"999999999999999999", INT64_MAX, INT64_C(999999999999999999)},
		{"4294967296", INT64_MAX, INT64_C(4294967296)},
		{"1000000000000000000", 9223372036854775807L, -1},
		{"99999999999999999999999999", 9223372036854775807L, -1},
	};

	_Static_assert(sizeof(slice_number(slice(NULL, 0), 0)) == 8,
		"times after 2038, where a long is short");
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(slice_number(slice_str(cases[i].text),
					 cases[i].max),
			cases[i].value);
	}
	assert_int_equal(slice_number(slice(NULL, 0), 10), -1);
}

static void cut_takes_the_part_before_the_separator(void **state)
{
	struct slice rest = slice_str("a,,b");

	(void)state;
	assert_true(slice_is(slice_cut(&rest, ','), "a"));
	assert_true(slice_is(slice_cut(&rest, ','), ""));
	assert_true(slice_is(rest, "b"));
	assert_true(slice_is(slice_cut(&rest, ','), "b"));
	assert_null(rest.p);
	assert_null(slice_cut(&rest, ',').p);
}

/* "a," has an empty second part, "a" has none. */
static void cut_tells_an_empty_rest_from_none(void **state)
{
	struct slice rest = slice_str("a,");

	(void)state;
	slice_cut(&rest, ',');
	assert_non_null(rest.p);
	assert_int_equal(rest.len, 0);
}

static void trim_takes_blanks_off_both_ends(void **state)
{
	static const struct {
		const char *text;
		const char *left;
	} cases[] = {
		{"", ""}, {" \t\r\n", ""}, {" a b\t", "a b"}, {"a", "a"},
		{"\v a", "\v a"}, {"\xc2\xa0x", "\xc2\xa0x"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(slice_is(slice_trim(slice_str(cases[i].text)),
			cases[i].left));
	}
	assert_int_equal(slice_trim(slice(NULL, 0)).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_differs_from_empty_but_is_equal_to_it),
		cmocka_unit_test(equality_is_by_length_and_bytes),
		cmocka_unit_test(case_is_ignored_for_ascii_letters_only),
		cmocka_unit_test(numbers_are_decimal_digits_up_to_the_maximum),
		cmocka_unit_test(cut_takes_the_part_before_the_separator),
		cmocka_unit_test(cut_tells_an_empty_rest_from_none),
		cmocka_unit_test(trim_takes_blanks_off_both_ends),
	};

	return cmocka_run_group_tests_name("slice", tests, NULL, NULL);
}
