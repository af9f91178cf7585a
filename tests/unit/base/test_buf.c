/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/buf.h"
#include "tests/unit/base/dies.h"

static void takes_no_memory_until_something_is_added(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_add(&b, NULL, 0);
	assert_null(b.p);
	assert_string_equal(buf_cstr(&b), "");
	assert_int_equal(buf_slice(&b).len, 0);
	assert_non_null(buf_slice(&b).p);
	buf_finish(&b);
}

static void grows_up_to_its_ceiling_and_no_byte_further(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	for (int i = 0; i < 100; i++) {
		buf_add_char(&b, (char)('a' + i % 26));
	}
	assert_int_equal(b.len, 100);
	assert_false(b.overflow);
	assert_true(b.cap <= 101);
	buf_add_char(&b, 'x');
	assert_int_equal(b.len, 100);
	assert_true(b.overflow);
	assert_int_equal(strlen(buf_cstr(&b)), 100);
	buf_finish(&b);
}

static void what_does_not_fit_is_not_added_in_part(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_add_str(&b, "12345678");
	buf_add_str(&b, "abc");
	assert_true(b.overflow);
	assert_string_equal(buf_cstr(&b), "12345678");
	buf_finish(&b);
}

/* A chain of additions is checked once, at its end. */
static void after_an_overflow_nothing_is_added_until_it_is_cleared(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_add_str(&b, "1234");
	buf_add_str(&b, "too much of it");
	buf_add_str(&b, "5");
	buf_add_char(&b, '6');
	buf_addf(&b, "%d", 7);
	assert_true(b.overflow);
	assert_string_equal(buf_cstr(&b), "1234");
	buf_truncate(&b, 2);
	assert_false(b.overflow);
	buf_add_str(&b, "34567890");
	assert_string_equal(buf_cstr(&b), "1234567890");
	buf_add_char(&b, '!');
	assert_true(b.overflow);
	buf_reset(&b, 0);
	assert_false(b.overflow);
	assert_null(b.p);
	buf_finish(&b);
}

static void absurd_lengths_overflow_and_do_not_wrap(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 10);
	buf_add_str(&b, "abc");
	assert_null(buf_reserve(&b, SIZE_MAX));
	assert_true(b.overflow);
	buf_truncate(&b, 3);
	assert_null(buf_reserve(&b, SIZE_MAX - 2));
	buf_truncate(&b, 3);
	assert_null(buf_reserve(&b, 8));
	buf_truncate(&b, 3);
	assert_non_null(buf_reserve(&b, 7));
	buf_finish(&b);
}

static void formats_short_and_long_text(void **state)
{
	struct buf b;
	char text[401];

	(void)state;
	memset(text, 'x', 400);
	text[400] = '\0';
	for (int len = 253; len <= 258; len++) {
		buf_init(&b, 1000);
		buf_addf(&b, "%.*s", len, text);
		assert_int_equal(b.len, len);
		buf_finish(&b);
	}
	buf_init(&b, 300);
	buf_addf(&b, "%s", text);
	assert_true(b.overflow);
	assert_int_equal(b.len, 0);
	buf_finish(&b);
}

static void consume_takes_from_the_front(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_add_str(&b, "hello world");
	buf_consume(&b, 0);
	buf_consume(&b, 6);
	assert_string_equal(buf_cstr(&b), "world");
	buf_consume(&b, 5);
	assert_int_equal(b.len, 0);
	buf_finish(&b);
}

/* A queue of records, of all sizes, in a buffer that is nearly full. */
static void what_stays_is_seldom_moved(void **state)
{
	enum { MAX = 5000, LIVE = 4000, ROUNDS = 20000 };
	struct buf b;
	unsigned sizes[ROUNDS];
	unsigned first = 0;
	size_t moved = 0;
	size_t added = 0;

	(void)state;
	buf_init(&b, MAX);
	for (unsigned i = 0; i < ROUNDS; i++) {
		const char *before;
		char record[100];

		sizes[i] = 1 + i * 7 % 100;
		memset(record, (int)('a' + i % 26), sizeof record);
		while (b.len + sizes[i] > LIVE) {
			assert_int_equal(b.p[0], 'a' + first % 26);
			assert_int_equal(b.p[sizes[first] - 1], b.p[0]);
			buf_consume(&b, sizes[first++]);
		}
		before = b.p;
		buf_add(&b, record, sizes[i]);
		moved += b.p != before ? b.len : 0;
		added += sizes[i];
		assert_false(b.overflow);
		assert_true(b.gone + b.cap <= MAX + 1);
		assert_memory_equal(b.p + b.len - sizes[i], record, sizes[i]);
	}
	assert_true(moved < 5 * added);
	buf_finish(&b);
}

/* No place is left but before the bytes. */
static void all_of_the_ceiling_can_be_used(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_non_null(buf_reserve(&b, 100));
	memset(b.p, 'x', 100);
	b.len = 100;
	buf_consume(&b, 3);
	buf_add_str(&b, "abc");
	assert_false(b.overflow);
	assert_int_equal(b.len, 100);
	assert_memory_equal(b.p + 95, "xxabc", 5);
	buf_consume(&b, 98);
	assert_string_equal(buf_cstr(&b), "bc");
	buf_reset(&b, 101);
	assert_non_null(buf_reserve(&b, 100));
	buf_finish(&b);
	buf_add_str(&b, "usable");
	assert_string_equal(buf_cstr(&b), "usable");
	buf_finish(&b);
}

static void reset_keeps_small_memory_and_gives_large_back(void **state)
{
	struct buf b;
	char *before;

	(void)state;
	buf_init(&b, 10000);
	buf_add_str(&b, "small");
	before = b.p;
	buf_reset(&b, 64);
	assert_ptr_equal(b.p, before);
	assert_int_equal(b.len, 0);
	buf_reserve(&b, 5000);
	buf_reset(&b, 64);
	assert_null(b.p);
	assert_int_equal(b.cap, 0);
	buf_finish(&b);
}

static void bytes_may_be_zero(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	buf_add(&b, "a\0b", 3);
	buf_add_slice(&b, slice("\0", 1));
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.p, "a\0b\0", 4);
	buf_finish(&b);
}

static void take_too_much(void)
{
	struct buf b;

	buf_init(&b, 10);
	buf_add_str(&b, "ab");
	buf_consume(&b, 3);
}

static void grow_by_truncating(void)
{
	struct buf b;

	buf_init(&b, 10);
	buf_truncate(&b, 1);
}

static void taking_more_than_there_is_breaks_a_promise(void **state)
{
	(void)state;
	assert_true(dies(take_too_much));
	assert_true(dies(grow_by_truncating));
}

static void finish_leaves_a_usable_buffer(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_add_str(&b, "12345");
	buf_finish(&b);
	assert_false(b.overflow);
	buf_add_str(&b, "1234");
	assert_string_equal(buf_cstr(&b), "1234");
	buf_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_no_memory_until_something_is_added),
		cmocka_unit_test(grows_up_to_its_ceiling_and_no_byte_further),
		cmocka_unit_test(what_does_not_fit_is_not_added_in_part),
		cmocka_unit_test(
			after_an_overflow_nothing_is_added_until_it_is_cleared),
		cmocka_unit_test(absurd_lengths_overflow_and_do_not_wrap),
		cmocka_unit_test(formats_short_and_long_text),
		cmocka_unit_test(consume_takes_from_the_front),
		cmocka_unit_test(what_stays_is_seldom_moved),
		cmocka_unit_test(all_of_the_ceiling_can_be_used),
		cmocka_unit_test(reset_keeps_small_memory_and_gives_large_back),
		cmocka_unit_test(bytes_may_be_zero),
		cmocka_unit_test(taking_more_than_there_is_breaks_a_promise),
		cmocka_unit_test(finish_leaves_a_usable_buffer),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
