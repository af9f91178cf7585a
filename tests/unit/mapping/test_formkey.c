/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "mapping/register/formkey.h"

static bool take(const char *who, enum ns ns, const char *key)
{
	return formkey_take(fix.core, who, ns, slice_str(key));
}

static void a_key_is_for_one_user_one_namespace_one_set(void **state)
{
	char key[FORMKEY_TEXT];

	(void)state;
	formkey_make(fix.core, "juliet@home", NS_IQ_REGISTER, key);
	assert_int_equal(strlen(key), 40);
	assert_int_equal(strspn(key, "0123456789abcdef"), 40);
	assert_false(take("romeo@home", NS_IQ_REGISTER, key));
	assert_false(take("juliet@home", NS_IQ_SEARCH, key));
	assert_true(take("juliet@home", NS_IQ_REGISTER, key));
	assert_false(take("juliet@home", NS_IQ_REGISTER, key));
}

static void no_key_is_no_fault(void **state)
{
	(void)state;
	assert_true(take("juliet@home", NS_IQ_REGISTER, NULL));
	assert_true(take("juliet@home", NS_IQ_REGISTER, " \n"));
	assert_false(take("juliet@home", NS_IQ_REGISTER, "x"));
}

static void there_are_never_more_than_so_many(void **state)
{
	char key[FORMKEY_TEXT];
	char who[32];

	(void)state;
	for (int i = 0; i < FORMKEYS_MAX + 10; i++) {
		snprintf(who, sizeof who, "u%d@home", i);
		formkey_make(fix.core, who, NS_IQ_REGISTER, key);
	}
	assert_int_equal(fix.core->nformkeys, FORMKEYS_MAX);
	assert_true(take(who, NS_IQ_REGISTER, key));
	/* What is out of date goes with the next one. */
	clock_advance(&fix.clock, fix.clock.now_ms + 900000,
		fix.clock.wall_ms);
	formkey_make(fix.core, "juliet@home", NS_IQ_REGISTER, key);
	assert_int_equal(fix.core->nformkeys, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_key_is_for_one_user_one_namespace_one_set),
		TEST(no_key_is_no_fault),
		TEST(there_are_never_more_than_so_many),
	};

	return cmocka_run_group_tests_name("formkey", tests, NULL, NULL);
}
