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
	struct metas *s = metas_create();
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
	struct metas *s = metas_create();
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
	struct metas *s = metas_create();
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
	struct metas *s = metas_create();
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
	struct metas *a = metas_create();
	struct metas *b = metas_create();
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_found_by_name_alone),
		cmocka_unit_test(values_are_set_changed_and_taken_away),
		cmocka_unit_test(another_name_takes_them_along),
		cmocka_unit_test(what_is_refused_is_not_set_any_more),
		cmocka_unit_test(all_of_it_has_a_ceiling),
		cmocka_unit_test(values_are_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
