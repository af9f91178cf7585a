/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/base64.h"

/* RFC 4648 10, and bytes that are no text. */
static void both_ways(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} cases[] = {
		{"", 0, ""},
		{"f", 1, "Zg=="},
		{"fo", 2, "Zm8="},
		{"foo", 3, "Zm9v"},
		{"foob", 4, "Zm9vYg=="},
		{"fooba", 5, "Zm9vYmE="},
		{"foobar", 6, "Zm9vYmFy"},
		{"\0\0\0", 3, "AAAA"},
		{"\xff\xfe\xfd", 3, "//79"},
		{"\xfb\xef\xbe", 3, "++++"},
	};
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&out, 0);
		base64_encode(slice(cases[i].bytes, cases[i].len), &out);
		assert_string_equal(buf_cstr(&out), cases[i].text);
		buf_reset(&out, 0);
		assert_int_equal(base64_decode(slice_str(cases[i].text), &out),
			ERR_OK);
		assert_int_equal(out.len, cases[i].len);
		assert_true(slice_eq(buf_slice(&out),
			slice(cases[i].bytes, cases[i].len)));
	}
	buf_finish(&out);
}

static void what_is_no_base64_adds_nothing(void **state)
{
	static const char *const cases[] = {
		"Z", "Zg", "Zg=", "Zm9vZg=", "====", "Z===", "=g==", "Zg==Zg==",
		"Zm9v\n", "Zm 9", "Zm9-", "Zm9_", "Zm\xc3\xa9", "Z=g=", "*",
	};
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	buf_add_str(&out, "before");
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(base64_decode(slice_str(cases[i]), &out),
			ERR_BAD_INPUT);
		assert_string_equal(buf_cstr(&out), "before");
	}
	buf_finish(&out);
}

static void too_much_is_noted(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 7);
	base64_encode(slice_str("foobar"), &out);
	assert_true(out.overflow);
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),
		cmocka_unit_test(what_is_no_base64_adds_nothing),
		cmocka_unit_test(too_much_is_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
