/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "irc/ircmeta.h"

static const struct istr *name(const char *s)
{
	return intern(s, strlen(s));
}

static enum metas_result set(struct metas *s, const struct istr *who,
	enum irc_meta key, const char *value)
{
	return metas_set(s, who, key, slice_str(value));
}

static void assert_is(const struct metas *s, const struct istr *who,
	enum irc_meta key, const char *value)
{
	struct slice is = metas_get(s, who, key);

	if (value == NULL) {
		assert_null(is.p);
	} else {
		assert_true(slice_is(is, value));
	}
}

static void keys_are_found_by_name_alone(void **state)
{
	(void)state;
	for (int i = 0; i < META_KEYS; i++) {
		assert_int_equal(irc_meta_find(slice_str(
			irc_meta_name((enum irc_meta)i))), i);
	}
	assert_int_equal(irc_meta_find(slice_str("Avatar")), META_KEYS);
	assert_int_equal(irc_meta_find(slice_str("avata")), META_KEYS);
	assert_int_equal(irc_meta_find(slice_str("")), META_KEYS);
	assert_int_equal(irc_meta_find(slice(NULL, 0)), META_KEYS);
}

static void values_are_set_changed_and_taken_away(void **state)
{
	struct metas *s = metas_create(NULL, NULL, NULL);
	const struct istr *bob = name("bob");

	(void)state;
	assert_is(s, bob, META_STATUS, NULL);
	assert_int_equal(set(s, bob, META_STATUS, NULL), METAS_SAME);
	assert_int_equal(set(s, bob, META_STATUS, ""), METAS_SAME);
	assert_int_equal(set(s, bob, META_STATUS, "here"), METAS_CHANGED);
	assert_int_equal(set(s, bob, META_STATUS, "here"), METAS_SAME);
	assert_int_equal(set(s, bob, META_COLOR, "#800040"), METAS_CHANGED);
	assert_int_equal(set(s, bob, META_STATUS, "there"), METAS_CHANGED);
	assert_is(s, bob, META_STATUS, "there");
	assert_is(s, bob, META_COLOR, "#800040");
	assert_is(NULL, bob, META_COLOR, NULL);
	assert_is(s, NULL, META_COLOR, NULL);
	assert_int_equal(set(s, bob, META_STATUS, ""), METAS_CHANGED);
	assert_is(s, bob, META_STATUS, NULL);
	assert_int_not_equal(metas_bytes(s), 0);
	assert_int_equal(set(s, bob, META_COLOR, NULL), METAS_CHANGED);
	assert_int_equal(metas_bytes(s), 0);
	metas_destroy(s);
	metas_destroy(NULL);
	istr_unref(bob);
}

static void another_name_takes_them_along(void **state)
{
	struct metas *s = metas_create(NULL, NULL, NULL);
	const struct istr *bob = name("bob");
	const struct istr *robert = name("robert");

	(void)state;
	set(s, bob, META_STATUS, "here");
	set(s, robert, META_STATUS, "gone");
	set(s, robert, META_COLOR, "#000000");
	metas_rename(s, bob, bob);
	assert_is(s, bob, META_STATUS, "here");
	metas_rename(s, bob, robert);
	assert_is(s, bob, META_STATUS, NULL);
	assert_is(s, robert, META_STATUS, "here");
	assert_is(s, robert, META_COLOR, NULL);
	/* Whoever has the name now said nothing. */
	metas_rename(s, bob, robert);
	assert_is(s, robert, META_STATUS, NULL);
	assert_int_equal(metas_bytes(s), 0);
	set(s, bob, META_STATUS, "here");
	metas_forget(s, bob);
	metas_forget(s, bob);
	assert_int_equal(metas_bytes(s), 0);
	metas_destroy(s);
	istr_unref(bob);
	istr_unref(robert);
}

static void what_is_refused_is_not_set_any_more(void **state)
{
	static char longest[META_VALUE_MAX + 2];
	struct metas *s = metas_create(NULL, NULL, NULL);
	const struct istr *bob = name("bob");

	(void)state;
	memset(longest, 'x', META_VALUE_MAX);
	assert_int_equal(set(s, bob, META_STATUS, longest), METAS_CHANGED);
	assert_is(s, bob, META_STATUS, longest);
	longest[META_VALUE_MAX] = 'x';
	assert_int_equal(set(s, bob, META_STATUS, longest), METAS_REFUSED);
	assert_is(s, bob, META_STATUS, NULL);
	assert_int_equal(set(s, bob, META_STATUS, longest), METAS_REFUSED);
	set(s, bob, META_STATUS, "here");
	assert_int_equal(set(s, bob, META_STATUS, "\xff\xfe"), METAS_REFUSED);
	assert_int_equal(set(s, bob, META_STATUS, "caf\xe9"), METAS_REFUSED);
	assert_is(s, bob, META_STATUS, NULL);
	assert_int_equal(metas_bytes(s), 0);
	metas_destroy(s);
	istr_unref(bob);
}

/* 100,000 people who say all that they can, each something else. */
static void all_of_it_has_a_ceiling(void **state)
{
	enum { PEOPLE = 100000 };
	struct metas *s = metas_create(NULL, NULL, NULL);
	const struct istr *last = NULL;
	size_t refused = 0;
	char value[META_VALUE_MAX + 1];

	(void)state;
	memset(value, 'y', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	for (int i = 0; i < PEOPLE; i++) {
		char nick[32];
		size_t len = (size_t)snprintf(nick, sizeof nick, "n%d", i);

		istr_set(&last, intern(nick, len));
		memcpy(value, nick, len);
		for (int k = 0; k < META_KEYS; k++) {
			refused += set(s, last, (enum irc_meta)k, value) ==
				METAS_REFUSED;
		}
		assert_true(metas_bytes(s) <= META_BYTES_MAX);
	}
	assert_true(refused > 0);
	assert_true(metas_bytes(s) > META_BYTES_MAX - 2000);
	/* Who takes something away makes place. */
	istr_set(&last, name("n0"));
	metas_forget(s, last);
	assert_int_equal(set(s, last, META_STATUS, "here"), METAS_CHANGED);
	istr_unref(last);
	metas_destroy(s);
}

/* What many connections are told is kept once. */
static void values_are_shared(void **state)
{
	struct metas *a = metas_create(NULL, NULL, NULL);
	struct metas *b = metas_create(NULL, NULL, NULL);
	const struct istr *bob = name("bob");
	size_t before;

	(void)state;
	set(a, bob, META_STATUS, "Working from home");
	before = intern_count();
	set(b, bob, META_STATUS, "Working from home");
	assert_int_equal(intern_count(), before);
	metas_destroy(a);
	metas_destroy(b);
	istr_unref(bob);
	assert_int_equal(intern_count(), 0);
}

/* ---- one ceiling for all ---- */

static unsigned lost;
static unsigned lost_keys;

static void on_lost(void *ctx, const struct istr *target, unsigned keys)
{
	(void)ctx;
	assert_non_null(target);
	lost++;
	lost_keys = keys;
}

static void fill(struct metas *s, int people)
{
	char value[META_VALUE_MAX + 1];
	char nick[32];

	memset(value, 'v', META_VALUE_MAX);
	value[META_VALUE_MAX] = '\0';
	for (int i = 0; i < people; i++) {
		const struct istr *who;

		snprintf(nick, sizeof nick, "n%d", i);
		who = name(nick);
		set(s, who, META_STATUS, value);
		istr_unref(who);
	}
}

static void whoever_has_most_forgets_the_oldest(void **state)
{
	struct share all;
	struct share_owner owners[2];
	struct metas *greedy;
	struct metas *modest;
	const struct istr *bob = name("bob");
	const struct istr *first = name("n0");

	(void)state;
	lost = 0;
	share_init(&all, 100000);
	share_owner_init(&owners[0], &all);
	share_owner_init(&owners[1], &all);
	greedy = metas_create(&owners[0], on_lost, NULL);
	modest = metas_create(&owners[1], on_lost, NULL);
	set(modest, bob, META_STATUS, "here");
	set(modest, bob, META_COLOR, "#000000");
	fill(greedy, 1000);
	assert_true(all.bytes <= all.max);
	assert_int_equal(all.bytes, metas_bytes(greedy) + metas_bytes(modest));
	assert_true(lost > 900);
	assert_int_equal(lost_keys, 1 << META_STATUS);
	assert_is(greedy, first, META_STATUS, NULL);
	assert_is(modest, bob, META_STATUS, "here");
	/* The next who is told of something has place, too. */
	lost = 0;
	fill(modest, 20);
	assert_is(modest, bob, META_STATUS, "here");
	assert_int_equal(metas_get(modest, first, META_STATUS).len,
		META_VALUE_MAX);
	assert_true(lost > 0);
	metas_destroy(greedy);
	metas_destroy(modest);
	assert_int_equal(all.bytes, 0);
	istr_unref(bob);
	istr_unref(first);
}

static void what_is_only_believed_goes_when_all_was_said(void **state)
{
	struct metas *s = metas_create(NULL, NULL, NULL);
	const struct istr *bob = name("bob");
	const struct istr *ann = name("ann");
	const struct istr *eve = name("eve");

	(void)state;
	set(s, eve, META_STATUS, "told");
	assert_false(metas_believe(s, eve, META_STATUS, slice_str("old")));
	assert_false(metas_believe(s, bob, META_STATUS, slice(NULL, 0)));
	assert_true(metas_believe(s, bob, META_STATUS, slice_str("old")));
	assert_true(metas_believe(s, ann, META_STATUS, slice_str("old")));
	assert_is(s, bob, META_STATUS, "old");
	set(s, ann, META_COLOR, "#000000");
	/* The same again is a word of the server's. */
	assert_int_equal(set(s, bob, META_STATUS, "old"), METAS_SAME);
	assert_int_equal(metas_settle(s, bob), 0);
	assert_int_equal(metas_settle(s, eve), 0);
	assert_true(metas_unsettled(s));
	assert_int_equal(metas_settle(s, ann), 1 << META_STATUS);
	assert_false(metas_unsettled(s));
	assert_is(s, ann, META_STATUS, NULL);
	assert_is(s, ann, META_COLOR, "#000000");
	assert_is(s, bob, META_STATUS, "old");
	assert_true(metas_believe(s, ann, META_STATUS, slice_str("old")));
	metas_forget(s, ann);
	assert_false(metas_unsettled(s));
	assert_true(metas_believe(s, ann, META_STATUS, slice_str("old")));
	assert_int_equal(metas_settle(s, ann), 1 << META_STATUS);
	metas_destroy(s);
	istr_unref(bob);
	istr_unref(ann);
	istr_unref(eve);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_found_by_name_alone),
		cmocka_unit_test(values_are_set_changed_and_taken_away),
		cmocka_unit_test(another_name_takes_them_along),
		cmocka_unit_test(what_is_refused_is_not_set_any_more),
		cmocka_unit_test(all_of_it_has_a_ceiling),
		cmocka_unit_test(values_are_shared),
		cmocka_unit_test(whoever_has_most_forgets_the_oldest),
		cmocka_unit_test(what_is_only_believed_goes_when_all_was_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
