/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/utf8.h"

/* Literals: no byte more than the bytes there are. */
#define S(text) slice(text, sizeof text - 1)

static void every_code_point_survives_encoding(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		char bytes[4];
		size_t n;
		size_t size;

		if (cp >= 0xd800 && cp < 0xe000) {
			continue;
		}
		n = utf8_encode(cp, bytes);
		if (utf8_decode(bytes, n, &size) != cp || size != n) {
			fail_msg("U+%04x", (unsigned)cp);
		}
		/* Cut short it is invalid, whatever its length. */
		if (n > 1 && (utf8_decode(bytes, n - 1, &size) != UTF8_BAD ||
			size != 1)) {
			fail_msg("cut U+%04x", (unsigned)cp);
		}
	}
}

/* RFC 3629 4, and the classes of Markus Kuhn's stress test. */
static void every_invalid_class_is_refused_one_byte_at_a_time(void **state)
{
	static const struct {
		const char *why;
		struct slice bytes;
	} cases[] = {
		{"lone continuation", {"\x80", 1}},
		{"last continuation", {"\xbf", 1}},
		{"overlong of two", {"\xc0\x80", 2}},
		{"overlong of two, slash", {"\xc0\xaf", 2}},
		{"overlong of two, last", {"\xc1\xbf", 2}},
		{"overlong of three", {"\xe0\x80\x80", 3}},
		{"overlong of three, last", {"\xe0\x9f\xbf", 3}},
		{"overlong of four", {"\xf0\x80\x80\x80", 4}},
		{"overlong of four, last", {"\xf0\x8f\xbf\xbf", 4}},
		{"first surrogate", {"\xed\xa0\x80", 3}},
		{"last surrogate", {"\xed\xbf\xbf", 3}},
		{"above U+10FFFF", {"\xf4\x90\x80\x80", 4}},
		{"lead f5", {"\xf5\x80\x80\x80", 4}},
		{"five bytes", {"\xf8\x88\x80\x80\x80", 5}},
		{"six bytes", {"\xfc\x84\x80\x80\x80\x80", 6}},
		{"fe", {"\xfe", 1}},
		{"ff", {"\xff", 1}},
		{"two cut", {"\xc3", 1}},
		{"three cut", {"\xe2\x82", 2}},
		{"four cut", {"\xf0\x9f\x98", 3}},
		{"two without continuation", {"\xc3(", 2}},
		{"three without third", {"\xe2\x82(", 3}},
		{"four without fourth", {"\xf0\x9f\x98(", 4}},
		{"lead after lead", {"\xc3\xc3", 2}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t size = 0;
		struct slice b = cases[i].bytes;

		if (utf8_decode(b.p, b.len, &size) != UTF8_BAD || size != 1 ||
			utf8_valid(b)) {
			fail_msg("%s", cases[i].why);
		}
	}
}

static void valid_text_is_valid_to_its_last_byte(void **state)
{
	static const struct slice valid[] = {
		{"", 0}, {"a\0b", 3}, {"\xc2\x80", 2}, {"\xdf\xbf", 2},
		{"\xe0\xa0\x80", 3}, {"\xed\x9f\xbf", 3}, {"\xee\x80\x80", 3},
		{"\xef\xbf\xbf", 3}, {"\xf0\x90\x80\x80", 4},
		{"\xf4\x8f\xbf\xbf", 4},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(valid); i++) {
		assert_true(utf8_valid(valid[i]));
	}
	assert_false(utf8_valid(S("abc\xc3")));
	assert_true(utf8_valid(slice(NULL, 0)));
}

static void counts_code_points_and_invalid_bytes(void **state)
{
	(void)state;
	assert_int_equal(utf8_count(S("")), 0);
	assert_int_equal(utf8_count(S("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80")),
		4);
	assert_int_equal(utf8_count(S("\xe2\x82")), 2);
	assert_int_equal(utf8_count(S("\xff\xfe")), 2);
}

/* XML 1.0 2.2, at every edge. */
static void xml_takes_what_its_production_says(void **state)
{
	static const struct {
		uint32_t cp;
		bool legal;
	} cases[] = {
		{0, false}, {8, false}, {9, true}, {10, true}, {11, false},
		{12, false}, {13, true}, {14, false}, {0x1f, false},
		{0x20, true}, {0x7f, true}, {0x85, true}, {0xd7ff, true},
		{0xd800, false}, {0xdfff, false}, {0xe000, true},
		{0xfffd, true}, {0xfffe, false}, {0xffff, false},
		{0x10000, true}, {0x10ffff, true}, {0x110000, false},
		{UTF8_BAD, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (utf8_xml_char(cases[i].cp) != cases[i].legal) {
			fail_msg("U+%04x", (unsigned)cases[i].cp);
		}
	}
}

static void cuts_on_boundaries_and_never_before_what_extends(void **state)
{
	static const struct {
		struct slice text;
		size_t max;
		size_t cut;
	} cases[] = {
		{{"hello", 5}, 5, 5},
		{{"hello", 5}, 9, 5},
		{{"hello", 5}, 3, 3},
		{{"hello", 5}, 0, 0},
		{{"a\xc3\xa9z", 4}, 2, 1},        /* inside a code point */
		{{"a\xc3\xa9z", 4}, 3, 3},
		{{"\xf0\x9f\x98\x80", 4}, 3, 0},  /* nothing fits */
		{{"ae\xcc\x81x", 5}, 2, 1},       /* before a combining acute */
		{{"ae\xcc\x81x", 5}, 4, 4},
		{{"e\xcc\x81\xcc\xa3x", 6}, 4, 0}, /* two marks */
		/* woman, joiner, rocket: one sign */
		{{"x\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80y", 13}, 5, 1},
		{{"x\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80y", 13}, 8, 1},
		{{"x\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80y", 13}, 12, 12},
		/* thumb and skin tone; heart and variation selector */
		{{"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd!", 9}, 4, 0},
		{{"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd!", 9}, 8, 8},
		{{"a\xe2\x9d\xa4\xef\xb8\x8f!", 8}, 4, 1},
		{{"\xff\xff\xff", 3}, 2, 2},      /* invalid bytes are units */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (utf8_cut(cases[i].text, cases[i].max) != cases[i].cut) {
			fail_msg("case %zu: %zu", i,
				utf8_cut(cases[i].text, cases[i].max));
		}
	}
}

static void printed_text_is_cut_between_characters(void **state)
{
	static const struct {
		const char *text;
		const char *out; /* in 16 bytes */
	} cases[] = {
		{"fifteen bytes !", "fifteen bytes !"},
		{"\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0!",
			"\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0"
			"\xd0\xb0!"},
		{"x\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0"
		 "\xd0\xb0\xd0\xb0",
			"x\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0"},
		{"xx\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0"
		 "\xd0\xb0\xd0\xb0",
			"xx\xd0\xb0\xd0\xb0\xd0\xb0\xd0\xb0"},
		/* the acute belongs to the e */
		{"0123456789e\xcc\x81 and on", "0123456789"},
		{"0123456789 e\xcc\x81 and on", "0123456789 "},
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t n = utf8_printf(out, sizeof out, "%s", cases[i].text);

		assert_string_equal(out, cases[i].out);
		assert_int_equal(n, strlen(out));
	}
}

static void clean_text_is_valid_and_legal_xml(void **state)
{
	static const struct {
		struct slice in;
		const char *out;
	} cases[] = {
		{{"", 0}, ""},
		{{"plain \xc3\xa9\t\n\r", 11}, "plain \xc3\xa9\t\n\r"},
		{{"a\0b\x01" "c\x1f", 6}, "abc"},
		{{"\x01\x02", 2}, ""},
		{{"x\xef\xbf\xbe" "y\xef\xbf\xbfz", 9}, "xyz"},
		{{"\x7f", 1}, "\x7f"},
		/* not UTF-8: all of it is windows-1252 */
		{{"caf\xe9", 4}, "caf\xc3\xa9"},
		{{"\x80 \x99", 3}, "\xe2\x82\xac \xe2\x84\xa2"},
		{{"\x81\x8d\x8f\x90\x9d", 5},
			"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
			"\xef\xbf\xbd"},
		{{"\xc3\xa9\xff", 3}, "\xc3\x83\xc2\xa9\xc3\xbf"},
		{{"\xff\x01" "a", 3}, "\xc3\xbf" "a"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;

		buf_init(&out, 100);
		utf8_add_clean(&out, cases[i].in);
		if (!slice_is(buf_slice(&out), cases[i].out)) {
			fail_msg("case %zu: %s", i, buf_cstr(&out));
		}
		buf_finish(&out);
	}
}

/* Any two bytes in any surroundings. */
static void clean_text_is_legal_whatever_comes_in(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 65536; i++) {
		char in[4] = {'a', (char)(i >> 8), (char)i, 'z'};
		struct buf out;
		size_t size;

		buf_init(&out, 100);
		utf8_add_clean(&out, slice(in, 4));
		assert_true(utf8_valid(buf_slice(&out)));
		for (size_t k = 0; k < out.len; k += size) {
			assert_true(utf8_xml_char(utf8_decode(out.p + k,
				out.len - k, &size)));
		}
		assert_int_equal(out.p[0], 'a');
		assert_int_equal(out.p[out.len - 1], 'z');
		buf_finish(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_survives_encoding),
		cmocka_unit_test(
			every_invalid_class_is_refused_one_byte_at_a_time),
		cmocka_unit_test(valid_text_is_valid_to_its_last_byte),
		cmocka_unit_test(counts_code_points_and_invalid_bytes),
		cmocka_unit_test(xml_takes_what_its_production_says),
		cmocka_unit_test(
			cuts_on_boundaries_and_never_before_what_extends),
		cmocka_unit_test(printed_text_is_cut_between_characters),
		cmocka_unit_test(clean_text_is_valid_and_legal_xml),
		cmocka_unit_test(clean_text_is_legal_whatever_comes_in),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
