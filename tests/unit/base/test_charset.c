/* SPDX-License-Identifier: MIT */
#include <locale.h>

#include "tests/unit/unit.h"

#include "base/charset.h"

static struct charset *opened(const char *name)
{
	struct charset *c = NULL;

	assert_int_equal(charset_open(slice_str(name), &c), ERR_OK);
	return c;
}

static void texts_are_converted_both_ways(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		const char *text;
		const char *back; /* NULL: the bytes again */
	} cases[] = {
		{"KOI8-R", "\xd0\xd2\xc9", "\xd0\xbf\xd1\x80\xd0\xb8", NULL},
		{"koi8-r", "a\x02\x03" "4\x0f", "a\x02\x03" "4\x0f", NULL},
		{"ISO-8859-2", "\xb1\xe6", "\xc4\x85\xc4\x87", NULL},
		{"ISO-8859-15", "\xa4", "\xe2\x82\xac", NULL},
		{"SHIFT_JIS", "\x93\xfa\x96{", "\xe6\x97\xa5\xe6\x9c\xac",
			NULL},
		{"GB18030", "\x81\x30\x84\x36", "\xc2\xa5", NULL},
		{"ISO-2022-JP", "\x1b$BF|\x1b(B", "\xe6\x97\xa5", NULL},
		{"SHIFT_JIS", "a\xff\x82", "a\xef\xbf\xbd\xef\xbf\xbd", "a??"},
		{"UTF-8", "a\xe9\xc3\xa9", "a\xef\xbf\xbd\xc3\xa9",
			"a\xef\xbf\xbd\xc3\xa9"},
		{"KOI8-R", "", "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct charset *c = opened(cases[i].name);
		struct buf out;

		buf_init(&out, 100);
		charset_decode(c, &out, slice_str(cases[i].bytes));
		assert_string_equal(buf_cstr(&out), cases[i].text);
		buf_reset(&out, 0);
		charset_encode(c, &out, slice_str(cases[i].text));
		assert_string_equal(buf_cstr(&out), cases[i].back ?
				cases[i].back :
				cases[i].bytes);
		buf_finish(&out);
		charset_unref(c);
	}
}

static void windows_1252_needs_no_library(void **state)
{
	struct buf out;

	(void)state;
	assert_null(opened("windows-1252"));
	assert_null(opened("CP1252"));
	assert_string_equal(charset_name(NULL), "WINDOWS-1252");
	buf_init(&out, 100);
	charset_decode(NULL, &out, slice("\x80\x81\xe9\x02", 4));
	assert_string_equal(buf_cstr(&out),
		"\xe2\x82\xac\xef\xbf\xbd\xc3\xa9\x02");
	buf_finish(&out);
	charset_unref(NULL);
}

/* What it has no characters for, and more than one step of it. */
static void what_is_missing_is_transliterated_or_asked(void **state)
{
	struct charset *c = opened("KOI8-R");
	struct buf out;

	(void)state;
	buf_init(&out, 10000);
	charset_encode(c, &out, slice_str("\xe2\x80\x9c" "5 \xe2\x82\xac"
		"\xe2\x80\x9d \xf0\x9f\x91\x8d."));
	assert_string_equal(buf_cstr(&out), "\"5 EUR\" ?.");
	buf_reset(&out, 0);
	for (int i = 0; i < 1000; i++) {
		charset_encode(c, &out, slice_str("\xe2\x82\xac"));
	}
	assert_int_equal(out.len, 3000);
	buf_finish(&out);
	charset_unref(c);
}

/* Marks are left out, other scripts are spelled, whatever the process' locale is. */
static void spelling_does_not_depend_on_the_locale(void **state)
{
	static const struct {
		const char *charset;
		const char *text;
		const char *spelled;
	} cases[] = {
		{"KOI8-R", "caf\xc3\xa9 \xc3\xa4\xc3\x9f \xc5\x82\xc3\xb8",
			"cafe ass lo"},
		{"KOI8-R", "e\xcc\x81", "e"}, /* the mark by itself */
		{"KOI8-R", "\xc3\xa6 \xe2\x84\xa2 \xe2\x89\xa0", "ae (TM) !="},
		{"ISO-8859-1", "\xd0\xbf\xd1\x80\xd0\xb8", "pri"},
		{"ISO-8859-1", "? \xe6\x97\xa5", "? ?"},
		/* Back from its two bytes a character, then on in them. */
		{"ISO-2022-JP", "\xe6\x97\xa5\xc3\xa9\xe6\x9c\xac",
			"\x1b$BF|\x1b(Be\x1b$BK\\\x1b(B"},
	};
	static const char *const locales[] = {"C", "C.UTF-8"};

	(void)state;
	for (size_t k = 0; k < 2 * COUNT(cases); k++) {
		size_t i = k / 2;
		struct charset *c;
		struct buf out;

		assert_non_null(setlocale(LC_ALL, locales[k % 2]));
		c = opened(cases[i].charset);
		buf_init(&out, 100);
		charset_encode(c, &out, slice_str(cases[i].text));
		assert_string_equal(buf_cstr(&out), cases[i].spelled);
		buf_finish(&out);
		charset_unref(c);
	}
	setlocale(LC_ALL, "C");
}

/* The set that needs no library to be read needs it to be written. */
static void windows_1252_is_written(void **state)
{
	struct charset *c = NULL;
	struct buf out;

	(void)state;
	assert_int_equal(charset_open_out(slice_str("windows-1252"), &c),
		ERR_OK);
	assert_non_null(c);
	buf_init(&out, 100);
	charset_encode(c, &out, slice_str("\xc3\xa9 5 \xe2\x82\xac"));
	assert_string_equal(buf_cstr(&out), "\xe9 5 \x80");
	buf_finish(&out);
	charset_unref(c);
	assert_int_equal(charset_open_out(slice_str("no-such"), &c),
		ERR_BAD_INPUT);
}

static void sets_that_irc_cannot_be_written_in_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "no-such", "UTF-16", "UTF-32LE", "EBCDIC-US", "UTF-7",
		"KOI8-R//IGNORE", "KOI8-R//TRANSLIT", "../x", "a b",
		"0123456789012345678901234567890123456789x",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct charset *c = NULL;

		if (charset_open(slice_str(bad[i]), &c) != ERR_BAD_INPUT) {
			fail_msg("%s was opened", bad[i]);
		}
	}
}

/* Signs that a set has where IRC has the end of a line, or of CTCP. */
static void no_text_becomes_two_lines(void **state)
{
	struct charset *c = opened("CP922");
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	charset_encode(c, &out, slice_str("a\xe2\x97\x99QUIT\xe2\x99\xaa"
					  "b\xe2\x98\xba"));
	assert_string_equal(buf_cstr(&out), "a?QUIT?b?");
	buf_finish(&out);
	charset_unref(c);
}

static void one_name_is_opened_once(void **state)
{
	struct charset *a = opened("koi8-r");
	struct charset *b = opened("KOI8-R");

	(void)state;
	assert_ptr_equal(a, b);
	assert_string_equal(charset_name(a), "KOI8-R");
	charset_unref(a);
	charset_unref(b);
}

/* Whatever bytes a text ends in, the next one begins anew. */
static void texts_do_not_lean_on_each_other(void **state)
{
	struct charset *c = opened("ISO-2022-JP");
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	charset_decode(c, &out, slice_str("\x1b$BF|"));
	charset_decode(c, &out, slice_str("F|"));
	assert_string_equal(buf_cstr(&out), "\xe6\x97\xa5" "F|");
	buf_finish(&out);
	charset_unref(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_converted_both_ways),
		cmocka_unit_test(windows_1252_needs_no_library),
		cmocka_unit_test(windows_1252_is_written),
		cmocka_unit_test(what_is_missing_is_transliterated_or_asked),
		cmocka_unit_test(spelling_does_not_depend_on_the_locale),
		cmocka_unit_test(
			sets_that_irc_cannot_be_written_in_are_refused),
		cmocka_unit_test(no_text_becomes_two_lines),
		cmocka_unit_test(one_name_is_opened_once),
		cmocka_unit_test(texts_do_not_lean_on_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
