/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/intern.h"
#include "tests/unit/base/dies.h"

enum { NAMES = 500 };

static void equal_bytes_are_the_same_pointer(void **state)
{
	const struct istr *a = intern("juliet", 6);
	const struct istr *b = intern("juliet@home", 6);
	const struct istr *c = intern("Juliet", 6);

	(void)state;
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_int_equal(intern_count(), 2);
	istr_unref(a);
	istr_unref(b);
	istr_unref(c);
	assert_int_equal(intern_count(), 0);
}

static void lives_as_long_as_its_last_holder(void **state)
{
	const struct istr *a = intern("x", 1);
	const struct istr *b = istr_ref(a);

	(void)state;
	istr_unref(a);
	assert_ptr_equal(intern_find("x", 1), b);
	assert_string_equal(b->p, "x");
	istr_unref(b);
	assert_null(intern_find("x", 1));
}

static void finding_makes_nothing_and_holds_nothing(void **state)
{
	const struct istr *a = intern("x", 1);

	(void)state;
	assert_null(intern_find("y", 1));
	assert_ptr_equal(intern_find("x", 1), a);
	istr_unref(a);
	assert_int_equal(intern_count(), 0);
	assert_null(intern_find("x", 1));
}

static void holds_empty_and_binary_names(void **state)
{
	const struct istr *empty = intern(NULL, 0);
	const struct istr *zero = intern("a\0b", 3);

	(void)state;
	assert_int_equal(empty->len, 0);
	assert_string_equal(empty->p, "");
	assert_int_equal(zero->len, 3);
	assert_memory_equal(zero->p, "a\0b\0", 4);
	assert_null(intern_find("a\0c", 3));
	istr_unref(empty);
	istr_unref(zero);
}

static void set_takes_over_one_reference_and_gives_one_back(void **state)
{
	const struct istr *slot = NULL;

	(void)state;
	istr_set(&slot, intern("one", 3));
	istr_set(&slot, intern("two", 3));
	assert_null(intern_find("one", 3));
	istr_set(&slot, intern("two", 3)); /* by itself: stays alive */
	assert_string_equal(slot->p, "two");
	istr_set(&slot, NULL);
	assert_int_equal(intern_count(), 0);
	assert_null(istr_ref(NULL));
	istr_unref(NULL);
	assert_null(istr_slice(NULL).p);
}

static const struct istr *numbered(int i)
{
	char name[16];

	return intern(name, (size_t)snprintf(name, sizeof name, "n%d", i));
}

static const struct istr *find_numbered(int i)
{
	char name[16];

	return intern_find(name, (size_t)snprintf(name, sizeof name, "n%d", i));
}

/* Removal moves followers back: none may become unreachable. */
static void removal_loses_no_other_name(void **state)
{
	const struct istr *held[NAMES];

	(void)state;
	for (int i = 0; i < NAMES; i++) {
		held[i] = numbered(i);
	}
	for (int i = 0; i < NAMES; i++) {
		int gone = i * 11 % NAMES;

		istr_unref(held[gone]);
		held[gone] = NULL;
		for (int k = 0; k < NAMES; k++) {
			assert_ptr_equal(find_numbered(k), held[k]);
		}
	}
	assert_int_equal(intern_count(), 0);
}

static void the_key_changes_the_hash(void **state)
{
	unsigned char key[16];
	uint32_t before = intern_hash("name", 4);
	int same = 0;

	(void)state;
	for (int i = 0; i < 64; i++) {
		memset(key, i + 1, sizeof key);
		intern_seed(key);
		same += intern_hash("name", 4) == before;
	}
	assert_true(same < 2);
	memset(key, 0, sizeof key);
	intern_seed(key);
	assert_int_equal(intern_hash("name", 4), before);
}

/*
 * Under the key 00 01 .. 0f the texts "", 00, 00 01, .. have hashes of their own:
 * neither a byte nor the length is left out.
 */
static void the_hash_spreads_every_length(void **state)
{
	unsigned char key[16];
	char text[64];
	uint32_t seen[64];

	(void)state;
	for (int i = 0; i < 16; i++) {
		key[i] = (unsigned char)i;
	}
	intern_seed(key);
	for (int n = 0; n < 64; n++) {
		text[n] = (char)n;
		seen[n] = intern_hash(text, (size_t)n);
		for (int k = 0; k < n; k++) {
			assert_int_not_equal(seen[n], seen[k]);
		}
	}
	memset(key, 0, sizeof key);
	intern_seed(key);
}

/* Names that all begin at one slot of the smallest table: still all there. */
static void collisions_only_cost_time(void **state)
{
	const struct istr *held[40];
	int n = 0;

	(void)state;
	for (int i = 0; n < 40; i++) {
		char name[16];
		size_t len = (size_t)snprintf(name, sizeof name, "c%d", i);

		if ((intern_hash(name, len) & 63) == 5) {
			held[n++] = intern(name, len);
		}
	}
	assert_int_equal(intern_count(), 40);
	for (int i = 0; i < 40; i += 2) {
		istr_unref(held[i]);
	}
	for (int i = 1; i < 40; i += 2) {
		assert_ptr_equal(intern_find(held[i]->p, held[i]->len), held[i]);
		istr_unref(held[i]);
	}
	assert_int_equal(intern_count(), 0);
}

static void too_long(void)
{
	static char text[65536];

	intern(text, sizeof text);
}

static void seed_too_late(void)
{
	static const unsigned char key[16];

	intern("x", 1);
	intern_seed(key);
}

static void misuse_breaks_a_promise(void **state)
{
	(void)state;
	assert_true(dies(too_long));
	assert_true(dies(seed_too_late));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_bytes_are_the_same_pointer),
		cmocka_unit_test(lives_as_long_as_its_last_holder),
		cmocka_unit_test(finding_makes_nothing_and_holds_nothing),
		cmocka_unit_test(holds_empty_and_binary_names),
		cmocka_unit_test(set_takes_over_one_reference_and_gives_one_back),
		cmocka_unit_test(removal_loses_no_other_name),
		cmocka_unit_test(the_key_changes_the_hash),
		cmocka_unit_test(the_hash_spreads_every_length),
		cmocka_unit_test(collisions_only_cost_time),
		cmocka_unit_test(misuse_breaks_a_promise),
	};

	return cmocka_run_group_tests_name("intern", tests, NULL, NULL);
}
