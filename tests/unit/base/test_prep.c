/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/prep.h"

static void expect(enum prep profile, const char *in, const char *out)
{
	struct buf b;
	enum err err;

	buf_init(&b, 4096);
	err = prep_add(profile, slice_str(in), &b);
	if (out == NULL) {
		assert_int_equal(err, ERR_BAD_INPUT);
	} else {
		assert_int_equal(err, ERR_OK);
		assert_string_equal(buf_cstr(&b), out);
	}
	buf_finish(&b);
}

/* RFC 4013 3, all of its examples. */
static void saslprep_does_what_its_examples_say(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{"I\xc2\xadX", "IX"},
		{"user", "user"},
		{"USER", "USER"},
		{"\xc2\xaa", "a"},
		{"\xe2\x85\xa8", "IX"},
		{"\x07", NULL},
		{"\xd8\xa7" "1", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		expect(PREP_SASL, cases[i].in, cases[i].out);
		expect(PREP_SASL_ASK, cases[i].in, cases[i].out);
	}
}

/* What Unicode 3.2 had not yet: an emoji may be asked for, not stored. */
static void what_is_stored_holds_no_unassigned(void **state)
{
	(void)state;
	expect(PREP_SASL, "\xf0\x9f\x98\x80", NULL);
	expect(PREP_SASL_ASK, "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
}

static void the_profiles_of_addresses_fold_case_or_not(void **state)
{
	(void)state;
	expect(PREP_NODE, "\xc3\x84" "b", "\xc3\xa4" "b");
	expect(PREP_HOST, "\xc3\x84" "b", "\xc3\xa4" "b");
	expect(PREP_RESOURCE, "\xc3\x84" "B", "\xc3\x84" "B");
	expect(PREP_RESOURCE, "\xff", NULL);
}

static void too_much_is_refused(void **state)
{
	char text[PREP_MAX + 2];
	struct buf b;

	(void)state;
	memset(text, 'a', sizeof text);
	buf_init(&b, 8192);
	assert_int_equal(prep_add(PREP_SASL, slice(text, PREP_MAX), &b),
		ERR_OK);
	assert_int_equal(b.len, PREP_MAX);
	assert_int_equal(prep_add(PREP_SASL, slice(text, PREP_MAX + 1), &b),
		ERR_TOO_BIG);
	buf_finish(&b);
}

static void only_printable_ascii_is_plain(void **state)
{
	(void)state;
	assert_true(prep_is_ascii(slice_str("Wherefore art thou?~")));
	assert_true(prep_is_ascii(slice_str("")));
	assert_false(prep_is_ascii(slice_str("a\tb")));
	assert_false(prep_is_ascii(slice_str("\x7f")));
	assert_false(prep_is_ascii(slice_str("\xc3\xa4")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(saslprep_does_what_its_examples_say),
		cmocka_unit_test(what_is_stored_holds_no_unassigned),
		cmocka_unit_test(the_profiles_of_addresses_fold_case_or_not),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(only_printable_ascii_is_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
