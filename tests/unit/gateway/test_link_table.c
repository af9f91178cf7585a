/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "gateway/link_table.h"

enum { MANY = 5000 };

static unsigned number_of(unsigned i)
{
	return i * 7919u; /* wide apart, wraps */
}

static void sum(struct link_entry *e, void *ctx)
{
	*(unsigned long *)ctx += e->number;
}

static void numbers_are_found_until_removed(void **state)
{
	struct link_entry *entries = calloc(MANY, sizeof *entries);
	struct link_table t;
	unsigned long want = 0;
	unsigned long got = 0;

	(void)state;
	link_table_init(&t);
	assert_null(link_table_get(&t, 0));
	for (unsigned i = 0; i < MANY; i++) {
		entries[i].number = number_of(i);
		link_table_put(&t, &entries[i]);
		want += number_of(i);
	}
	assert_int_equal(t.used, MANY);
	link_table_each(&t, sum, &got);
	assert_int_equal(got, want);
	for (unsigned i = 0; i < MANY; i += 2) {
		link_table_remove(&t, &entries[i]);
	}
	for (unsigned i = 0; i < MANY; i++) {
		assert_ptr_equal(link_table_get(&t, number_of(i)),
			i % 2 ? &entries[i] : NULL);
	}
	got = 0;
	while (link_table_pop(&t) != NULL) {
		got++;
	}
	assert_int_equal(got, MANY / 2);
	assert_int_equal(t.used, 0);
	link_table_finish(&t);
	free(entries);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_found_until_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
