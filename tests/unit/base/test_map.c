/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/map.h"
#include "tests/unit/base/dies.h"

/* ---- a simple model: what a map of numbered keys must hold ---- */

enum { KEYS = 300 };

struct item {
	struct map_entry entry; /* first */
	int number;
};

static struct item items[KEYS];

static void make_keys(void)
{
	for (int i = 0; i < KEYS; i++) {
		char name[16];
		int n = snprintf(name, sizeof name, "key%d", i);

		items[i].entry.key = intern(name, (size_t)n);
		items[i].number = i;
	}
}

static void drop_keys(void)
{
	for (int i = 0; i < KEYS; i++) {
		istr_unref(items[i].entry.key);
	}
	assert_int_equal(intern_count(), 0);
}

static void check(const struct map *m, const bool *in, const uint32_t *words)
{
	uint32_t used = 0;
	uint32_t pos = 0;
	uint32_t walked = 0;
	struct map_slot *slot;

	for (int i = 0; i < KEYS; i++) {
		const struct istr *key = items[i].entry.key;
		uint32_t word = 0;
		bool found = map_word(m, key, &word);

		used += in[i];
		assert_ptr_equal(map_get(m, key),
			in[i] ? &items[i].entry : NULL);
		assert_int_equal(found, in[i]);
		if (found) {
			assert_int_equal(word, words[i]);
		}
	}
	assert_int_equal(m->used, used);
	while ((slot = map_next(m, &pos)) != NULL) {
		const struct item *it = (const struct item *)slot->entry;

		assert_true(in[it->number]);
		assert_int_equal(slot->word, words[it->number]);
		walked++;
	}
	assert_int_equal(walked, used);
}

/* The same every time; not the library's rand(). */
static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void agrees_with_a_simple_model_after_any_operations(void **state)
{
	static bool in[KEYS];
	static uint32_t words[KEYS];
	struct map m;
	uint32_t seed = 1;

	(void)state;
	make_keys();
	map_init(&m);
	for (int step = 0; step < 20000; step++) {
		/* Waves: it grows for a while, then it shrinks. */
		bool growing = step / 700 % 2 == 0;
		int i = (int)(next_random(&seed) % KEYS);
		bool add = next_random(&seed) % 4 < (growing ? 3u : 1u);

		if (add && !in[i]) {
			words[i] = next_random(&seed) & 0xffff;
			map_put(&m, &items[i].entry, words[i]);
			in[i] = true;
		} else if (!add) {
			map_remove(&m, &items[i].entry);
			in[i] = false;
		} else {
			words[i] = (words[i] + 1) & 0xffff;
			map_set_word(&m, items[i].entry.key, words[i]);
		}
		if (step % 97 == 0 || m.used < 4) {
			check(&m, in, words);
		}
	}
	check(&m, in, words);
	map_finish(&m);
	memset(in, 0, sizeof in);
	drop_keys();
}

static void removal_leaves_no_hole_in_a_chain(void **state)
{
	struct map m;
	bool in[KEYS];
	uint32_t words[KEYS] = {0};

	(void)state;
	make_keys();
	memset(in, 1, sizeof in);
	map_init(&m);
	for (int i = 0; i < KEYS; i++) {
		map_put(&m, &items[i].entry, 0);
	}
	for (int i = 0; i < KEYS; i++) {
		map_remove(&m, &items[i * 7 % KEYS].entry);
		in[i * 7 % KEYS] = false;
		check(&m, in, words);
	}
	map_finish(&m);
	drop_keys();
}

static void gives_memory_back_when_it_shrinks(void **state)
{
	struct map m;
	uint32_t most;

	(void)state;
	make_keys();
	map_init(&m);
	for (int i = 0; i < KEYS; i++) {
		map_put(&m, &items[i].entry, 0);
	}
	most = m.cap;
	for (int i = 10; i < KEYS; i++) {
		map_remove(&m, &items[i].entry);
	}
	assert_true(m.cap < most / 2);
	for (int i = 0; i < 10; i++) {
		assert_non_null(map_get(&m, items[i].entry.key));
		map_remove(&m, &items[i].entry);
	}
	assert_int_equal(m.cap, 0);
	assert_null(m.slots);
	drop_keys();
}

static void finds_by_bytes_without_making_a_name(void **state)
{
	struct map m;

	(void)state;
	make_keys();
	map_init(&m);
	map_put(&m, &items[3].entry, 0);
	assert_ptr_equal(map_find(&m, "key3", 4), &items[3].entry);
	assert_null(map_find(&m, "key4", 4));
	assert_null(map_find(&m, "nobody", 6));
	assert_int_equal(intern_count(), KEYS);
	map_finish(&m);
	drop_keys();
}

static void an_empty_map_holds_nothing_and_no_memory(void **state)
{
	struct map m;
	uint32_t pos = 0;

	(void)state;
	map_init(&m);
	assert_null(map_get(&m, NULL));
	assert_null(map_find(&m, "x", 1));
	assert_null(map_next(&m, &pos));
	assert_null(map_pop(&m));
	assert_null(m.slots);
	map_finish(&m);
}

static void pop_gives_each_entry_once(void **state)
{
	struct map m;
	bool seen[KEYS] = {false};
	struct map_entry *e;
	int count = 0;

	(void)state;
	make_keys();
	map_init(&m);
	for (int i = 0; i < KEYS; i++) {
		map_put(&m, &items[i].entry, 0);
	}
	while ((e = map_pop(&m)) != NULL) {
		struct item *it = (struct item *)e;

		assert_false(seen[it->number]);
		seen[it->number] = true;
		count++;
	}
	assert_int_equal(count, KEYS);
	drop_keys();
}

/* Two structs may have the same key in turn; the one outside is no part. */
static void removing_another_entry_of_the_same_key_is_harmless(void **state)
{
	struct map m;
	struct item twin;

	(void)state;
	make_keys();
	twin = items[0];
	map_init(&m);
	map_put(&m, &items[0].entry, 7);
	map_remove(&m, &twin.entry);
	assert_ptr_equal(map_get(&m, twin.entry.key), &items[0].entry);
	map_finish(&m);
	drop_keys();
}

/* How many slots in use stand next to each other at most. */
static uint32_t longest_chain(const struct map *m)
{
	uint32_t longest = 0;
	uint32_t run = 0;

	for (uint32_t i = 0; i < m->cap; i++) {
		run = m->slots[i].entry != NULL ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void what_is_walked_through_spreads_in_another_map(void **state)
{
	enum { MANY = 20000, SOME = 500, CHAIN = 1500 };
	struct item *many = calloc(MANY, sizeof *many);
	struct map from;
	struct map to;
	uint32_t pos = 0;
	struct map_slot *slot;

	(void)state;
	assert_non_null(many);
	map_init(&from);
	map_init(&to);
	for (int i = 0; i < MANY; i++) {
		char name[16];
		int n = snprintf(name, sizeof name, "p%d", i);

		many[i].entry.key = intern(name, (size_t)n);
		map_put(&from, &many[i].entry, 0);
	}
	while ((slot = map_next(&from, &pos)) != NULL) {
		map_put(&to, slot->entry, 0);
		if (to.used % SOME == 0) {
			assert_in_range(longest_chain(&to), 1, CHAIN);
		}
	}
	assert_int_equal(to.used, MANY);
	map_finish(&to);
	map_finish(&from);
	for (int i = 0; i < MANY; i++) {
		istr_unref(many[i].entry.key);
	}
	free(many);
	assert_int_equal(intern_count(), 0);
}

static void put_twice(void)
{
	struct map m;

	make_keys();
	map_init(&m);
	map_put(&m, &items[0].entry, 0);
	map_put(&m, &items[0].entry, 0);
}

static void put_without_key(void)
{
	struct map m;
	struct item none = {0};

	map_init(&m);
	map_put(&m, &none.entry, 0);
}

static void a_key_twice_or_none_breaks_a_promise(void **state)
{
	(void)state;
	assert_true(dies(put_twice));
	assert_true(dies(put_without_key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			agrees_with_a_simple_model_after_any_operations),
		cmocka_unit_test(removal_leaves_no_hole_in_a_chain),
		cmocka_unit_test(gives_memory_back_when_it_shrinks),
		cmocka_unit_test(finds_by_bytes_without_making_a_name),
		cmocka_unit_test(an_empty_map_holds_nothing_and_no_memory),
		cmocka_unit_test(pop_gives_each_entry_once),
		cmocka_unit_test(
			removing_another_entry_of_the_same_key_is_harmless),
		cmocka_unit_test(
			what_is_walked_through_spreads_in_another_map),
		cmocka_unit_test(a_key_twice_or_none_breaks_a_promise),
	};

	return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
