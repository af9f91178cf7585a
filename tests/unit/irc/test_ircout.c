/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "irc/ircformat.h"
#include "irc/ircout.h"
#include "tests/unit/irc/vectors_join.h"

#define TEXT(literal) {literal, sizeof(literal) - 1}

/* ---- fields ---- */

static const struct {
	enum irc_field field;
	struct slice value;
	enum err err;
} fields[] = {
	{FIELD_NICK, TEXT("bob"), ERR_OK},
	{FIELD_NICK, TEXT("[]\\`_^{|}-"), ERR_OK},
	{FIELD_NICK, TEXT(""), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a b"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a,b"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a*"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a?"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a!b"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a@b"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT(":a"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("#a"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a\x01"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a\rQUIT"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("a\0b"), ERR_BAD_INPUT},
	{FIELD_NICK, TEXT("abcdefghijk"), ERR_TOO_BIG},
	{FIELD_CHANNEL, TEXT("#c"), ERR_OK},
	{FIELD_CHANNEL, TEXT("#"), ERR_OK},
	{FIELD_CHANNEL, TEXT("c"), ERR_BAD_INPUT},
	{FIELD_CHANNEL, TEXT("0"), ERR_BAD_INPUT},
	{FIELD_CHANNEL, TEXT("#a b"), ERR_BAD_INPUT},
	{FIELD_CHANNEL, TEXT("#a,b"), ERR_BAD_INPUT},
	{FIELD_CHANNEL, TEXT("#a\a"), ERR_BAD_INPUT},
	{FIELD_CHANNEL, TEXT("#a\nQUIT"), ERR_BAD_INPUT},
	{FIELD_CHANNEL, TEXT("#a\0"), ERR_BAD_INPUT},
	{FIELD_CHANNEL, TEXT("#12345678901234567890"), ERR_TOO_BIG},
	{FIELD_TARGET, TEXT("#c"), ERR_OK},
	{FIELD_TARGET, TEXT("@#c"), ERR_OK},
	{FIELD_TARGET, TEXT("%#c"), ERR_OK}, /* a nick is not judged here */
	{FIELD_TARGET, TEXT("bob"), ERR_OK},
	{FIELD_TARGET, TEXT("averyveryverylongnick"), ERR_OK},
	{FIELD_TARGET, TEXT("@bob"), ERR_BAD_INPUT},
	{FIELD_TARGET, TEXT("@#a b"), ERR_BAD_INPUT},
	{FIELD_TARGET, TEXT("bob,ann"), ERR_BAD_INPUT},
	{FIELD_KEY, TEXT("key"), ERR_OK},
	{FIELD_KEY, TEXT("a,b"), ERR_BAD_INPUT},
	{FIELD_KEY, TEXT(":a"), ERR_BAD_INPUT},
	{FIELD_KEY, TEXT("a b"), ERR_BAD_INPUT},
	{FIELD_KEY, TEXT("a\xff"), ERR_BAD_INPUT},
	{FIELD_KEY, TEXT("123456789012345678901234"), ERR_TOO_BIG},
	{FIELD_WORD, TEXT("+o"), ERR_OK},
	{FIELD_WORD, TEXT("*!*@host"), ERR_OK},
	{FIELD_WORD, TEXT(":x"), ERR_BAD_INPUT},
	{FIELD_WORD, TEXT(""), ERR_BAD_INPUT},
	{FIELD_USER, TEXT("a@b"), ERR_BAD_INPUT},
	{FIELD_USER, TEXT("a.b"), ERR_OK},
	{FIELD_TEXT, TEXT(""), ERR_OK},
	{FIELD_TEXT, TEXT(":x y"), ERR_OK},
	{FIELD_TEXT, TEXT("%n%s%p"), ERR_OK},
	{FIELD_TEXT, TEXT("a\rb"), ERR_BAD_INPUT},
	{FIELD_TEXT, TEXT("a\nb"), ERR_BAD_INPUT},
	{FIELD_TEXT, TEXT("a\0b"), ERR_BAD_INPUT},
	{FIELD_TEXT, TEXT("a\xff" "b"), ERR_BAD_INPUT},
	{FIELD_TEXT, TEXT("\xed\xa0\x80"), ERR_BAD_INPUT},
	{FIELD_SECRET, TEXT(""), ERR_BAD_INPUT},
	{FIELD_SECRET, TEXT("p w"), ERR_OK},
	{FIELD_SECRET, TEXT("p\nQUIT"), ERR_BAD_INPUT},
};

static struct isupport small_server(void)
{
	static const char *const tokens[] = {"NICKLEN=10", "CHANNELLEN=20",
		"CHANTYPES=#", "STATUSMSG=@+", "KEYLEN=23"};
	struct isupport is;

	isupport_init(&is);
	for (size_t i = 0; i < COUNT(tokens); i++) {
		isupport_token(&is, slice_str(tokens[i]));
	}
	return is;
}

static void fields_that_do_not_fit_are_refused(void **state)
{
	struct isupport is = small_server();
	struct buf line;

	(void)state;
	buf_init(&line, 1000);
	for (size_t i = 0; i < COUNT(fields); i++) {
		struct irc_arg arg = {fields[i].field, fields[i].value};
		size_t bad = SIZE_MAX;
		enum err got = irc_field_check(&is, arg.field, arg.value, &bad);

		if (got != fields[i].err) {
			print_message("at %zu %s\n", i, arg.value.p);
		}
		assert_int_equal(got, fields[i].err);
		assert_int_equal(bad != SIZE_MAX, got != ERR_OK);
		assert_int_equal(irc_build(&is, &line, "X", &arg, 1), got);
	}
	buf_finish(&line);
}

static void lines_above_the_limit_are_refused(void **state)
{
	struct isupport is = small_server();
	char text[600];
	struct irc_arg arg = {FIELD_TEXT, {text, 506}};
	struct buf line;

	(void)state;
	memset(text, 'x', sizeof text);
	buf_init(&line, 1000);
	assert_int_equal(irc_build(&is, &line, "AB", &arg, 1), ERR_OK);
	assert_int_equal(line.len, 510);
	arg.value.len++;
	assert_int_equal(irc_build(&is, &line, "AB", &arg, 1), ERR_TOO_BIG);
	isupport_token(&is, slice_str("LINELEN=1024"));
	assert_int_equal(irc_build(&is, &line, "AB", &arg, 1), ERR_OK);
	buf_finish(&line);
}

/* Tags and sources are never written by us: the rest of the line counts. */
static const char *without_tags(const char *line)
{
	return *line == '@' ? strchr(line, ' ') + 1 : line;
}

static void lines_are_built_like_the_public_vectors(void **state)
{
	struct isupport is;
	struct buf line;

	(void)state;
	isupport_init(&is);
	for (size_t i = 0; i < COUNT(vectors_join); i++) {
		const struct vector_join *v = &vectors_join[i];
		struct irc_arg args[16];
		size_t n = 0;
		bool found = false;
		char whole[600];

		for (; v->params[n] != NULL; n++) {
			args[n] = (struct irc_arg){
				v->params[n + 1] == NULL ? FIELD_TEXT
							 : FIELD_WORD,
				slice_str(v->params[n])};
		}
		buf_init(&line, 1000);
		if (irc_build(&is, &line, v->verb, args, n) != ERR_OK) {
			print_message("%s\n", v->what);
			fail();
		}
		snprintf(whole, sizeof whole, "%s%s%s%s",
			v->source ? ":" : "", v->source ? v->source : "",
			v->source ? " " : "", buf_cstr(&line));
		for (size_t m = 0; v->matches[m] != NULL; m++) {
			found |= strcmp(without_tags(v->matches[m]), whole) ==
				0;
		}
		if (!found) {
			print_message("%s: %s\n", v->what, whole);
		}
		assert_true(found);
		buf_finish(&line);
	}
}

/* ---- making things fit ---- */

static void text_becomes_one_line(void **state)
{
	static const struct {
		struct slice in;
		size_t max;
		const char *out;
	} cases[] = {
		{TEXT("a\r\nb\nc\rd"), 100, "a b c d"},
		{TEXT("a\xc2\x85" "b\xe2\x80\xa8" "c"), 100, "a b c"},
		{TEXT("a\x01\x02\x1f\tb\x7f\0c"), 100, "a\tbc"},
		{TEXT("a\xff" "b"), 100, "ab"},
		{TEXT("a\xc3\xa4z"), 2, "a"},
		{TEXT("a\xc3\xa4z"), 3, "a\xc3\xa4"},
		{TEXT(""), 3, ""},
		{TEXT("\x01"), 3, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;

		buf_init(&out, 100);
		irc_one_line(&out, cases[i].in, cases[i].max);
		assert_string_equal(buf_cstr(&out), cases[i].out);
		buf_finish(&out);
	}
}

static void nicks_and_user_names_are_made_of_anything(void **state)
{
	static const struct {
		const char *from;
		unsigned len;
		const char *nick;
		const char *user;
	} cases[] = {
		{"juliet", 9, "juliet", "juliet"},
		{"Romeo Montague", 9, "Romeo_Mon", "RomeoMont"},
		{"9lives", 9, "_9lives", "9lives"},
		{"-x", 9, "_-x", "x"},
		{"\xc3\xa4\xe2\x82\xac", 9, "__", "user"},
		{"", 9, "_", "user"},
		{"a,b*c:d!e@f#g", 30, "a_b_c_d_e_f_g", "abcdefg"},
		{".hidden", 9, "_hidden", "hidden"},
		{"123456789012", 4, "_123", "1234"},
	};
	struct isupport is;

	(void)state;
	isupport_init(&is);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;

		buf_init(&out, 100);
		irc_make_nick(&out, slice_str(cases[i].from), cases[i].len);
		assert_string_equal(buf_cstr(&out), cases[i].nick);
		assert_int_equal(irc_field_check(&is, FIELD_NICK,
			buf_slice(&out), NULL), ERR_OK);
		buf_reset(&out, 0);
		irc_make_user(&out, slice_str(cases[i].from), cases[i].len);
		assert_string_equal(buf_cstr(&out), cases[i].user);
		buf_finish(&out);
	}
}

/* ---- splitting ---- */

static void add_line(void *ctx, struct slice line, bool joined)
{
	buf_add_str(ctx, joined ? "+" : "");
	buf_add_slice(ctx, line);
	buf_add_char(ctx, '|');
}

enum { F = 1, M = 2 };

static const struct {
	const char *body;
	size_t budget;
	unsigned max;
	enum err err;
	const char *lines;
	int how;
} splits[] = {
	{"hello", 10, 8, ERR_OK, "hello|", 0},
	{"one\ntwo\r\nthree\rfour", 10, 8, ERR_OK, "one|two|three|four|", 0},
	{"a\xe2\x80\xa8" "b\xc2\x85" "c\xe2\x80\xa9" "d", 10, 8, ERR_OK,
		"a|b|c|d|", 0},
	{"\n\n a\n\n \n", 10, 8, ERR_OK, " a|", 0},
	{"", 10, 8, ERR_BAD_INPUT, "", 0},
	{" \n\t\n", 10, 8, ERR_BAD_INPUT, "", 0},
	{"\x01\x02", 10, 8, ERR_BAD_INPUT, "", 0},
	{"\x01" "ACTION x\x01", 10, 8, ERR_OK, "ACTION x|", 0},
	{"a\xff", 10, 8, ERR_BAD_INPUT, "", 0},
	/* a blank in the second half */
	{"12345 7890", 10, 8, ERR_OK, "12345 7890|", 0},
	{"12345 78901", 10, 8, ERR_OK, "12345|+78901|", 0},
	{"1234567890 abc", 10, 8, ERR_OK, "1234567890|+abc|", 0},
	{"12 4567890abc", 10, 8, ERR_OK, "12 4567890|+abc|", 0},
	{"1234567890abc", 10, 8, ERR_OK, "1234567890|+abc|", 0},
	/* code points, marks, emoji with skin tone */
	{"12345678\xe2\x82\xac", 10, 8, ERR_OK, "12345678|+\xe2\x82\xac|", 0},
	{"1234567ae\xcc\x81", 10, 8, ERR_OK, "1234567a|+e\xcc\x81|", 0},
	{"123456\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 12, 8, ERR_OK,
		"123456|+\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd|", 0},
	/* one cluster longer than the budget */
	{"e\xcc\x81\xcc\x81\xcc\x81\xcc\x81", 8, 8, ERR_OK,
		"e\xcc\x81\xcc\x81\xcc\x81|+\xcc\x81|", 0},
	{"a\nb\nc", 10, 2, ERR_TOO_BIG, "", 0},
	{"a\nb", 10, 2, ERR_OK, "a|b|", 0},
	/* codes of users vanish, ours stay; closed and opened at each cut */
	{"\x02" "bold\x0f", 20, 8, ERR_OK, "bold|", 0},
	{"\x02" "bold\x0f", 20, 8, ERR_OK, "\x02" "bold\x0f|", F},
	{"\x02" "bold", 20, 8, ERR_OK, "\x02" "bold\x0f|", F},
	{"\x02" "one\ntwo\x0f three", 30, 8, ERR_OK,
		"\x02" "one\x0f|\x02two\x0f three|", F},
	{"\x02\n\x02\x1d\n", 30, 8, ERR_BAD_INPUT, "", F},
	{"a\x02\n\x0f\nb", 30, 8, ERR_OK, "a\x02\x0f|b|", F},
	{"\x03" "041234567 901234567", 20, 8, ERR_OK,
		"\x03" "04\x02\x02" "1234567\x0f|+\x03" "04\x02\x02" "901234567\x0f|", F},
	/* never within a code; what is opened again counts, and its end */
	{"12345678901234567\x03" "04red", 20, 8, ERR_OK,
		"12345678901234567|+\x03" "04red\x0f|", F},
	{"\x02" "1234567890123456789012345", 20, 8, ERR_OK,
		"\x02" "123456789012345678\x0f|+\x02" "9012345\x0f|", F},
	{"\x01" "ACTION x\x01", 10, 8, ERR_OK, "ACTION x|", F},
	/* draft/multiline: nothing is lost, no joined line is blank */
	{"12345 78901", 10, 8, ERR_OK, "12345 |+78901|", M},
	{"1234567890 abc", 10, 8, ERR_OK, "1234567890|+ abc|", M},
	{"a\n\nb\n", 10, 8, ERR_OK, "a||b|", M},
	{"\n a", 10, 8, ERR_OK, "| a|", M},
	{"\n\n", 10, 8, ERR_BAD_INPUT, "", M},
	{" \n ", 10, 8, ERR_BAD_INPUT, "", M},
	{"\x02" "a\n\x0f\n\x1d" "b", 30, 8, ERR_OK,
		"\x02" "a\x0f||\x1d" "b\x0f|", F | M},
	{"\x02" "12345678901234567890\x0f", 20, 8, ERR_OK,
		"\x02" "123456789012345678\x0f|+\x02" "90\x0f|", F | M},
	{"123456789 ", 10, 8, ERR_OK, "123456789 |", M},
	{"1234567890 ", 10, 8, ERR_OK, "1234567890|+ |", M},
};

static void bodies_are_split_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(splits); i++) {
		struct buf out;
		unsigned count = 0;
		unsigned bars = 0;
		enum err err;

		buf_init(&out, 1000);
		err = irc_split(&(struct irc_split){splits[i].budget,
					splits[i].max,
					(splits[i].how & F) != 0,
					(splits[i].how & M) != 0},
			slice_str(splits[i].body), add_line, &out, &count);
		if (err != splits[i].err) {
			print_message("at %zu\n", i);
		}
		assert_int_equal(err, splits[i].err);
		assert_string_equal(buf_cstr(&out), splits[i].lines);
		for (size_t at = 0; at < out.len; at++) {
			bars += out.p[at] == '|';
		}
		assert_int_equal(count, bars);
		buf_finish(&out);
	}
}

static void bodies_above_four_kilobytes_are_refused(void **state)
{
	struct irc_split how = {400, 20, false, false};
	char body[4097];

	(void)state;
	memset(body, 'x', sizeof body);
	assert_int_equal(irc_split(&how, slice(body, 4096), NULL, NULL, NULL),
		ERR_OK);
	assert_int_equal(irc_split(&how, slice(body, 4097), NULL, NULL, NULL),
		ERR_TOO_BIG);
}

static void formats_are_stripped(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{"plain", "plain"},
		{"\x02" "b\x0f" "c\x1d" "d\x1f" "e\x16" "f\x1e" "g\x11", "bcdefg"},
		{"\x03" "4red\x03", "red"},
		{"\x03" "04,12x", "x"},
		{"\x03" "4,x", ",x"},
		{"\x03,4x", ",4x"},
		{"\x03" "123x", "3x"},
		{"\x04" "ff00AA,000000x", "x"},
		{"\x04" "ff00Ax", "ff00Ax"},
		{"\x03", ""},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;

		buf_init(&out, 100);
		irc_strip_formats(&out, slice_str(cases[i].in));
		assert_string_equal(buf_cstr(&out), cases[i].out);
		buf_finish(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_that_do_not_fit_are_refused),
		cmocka_unit_test(lines_above_the_limit_are_refused),
		cmocka_unit_test(lines_are_built_like_the_public_vectors),
		cmocka_unit_test(text_becomes_one_line),
		cmocka_unit_test(nicks_and_user_names_are_made_of_anything),
		cmocka_unit_test(bodies_are_split_by_the_table),
		cmocka_unit_test(bodies_above_four_kilobytes_are_refused),
		cmocka_unit_test(formats_are_stripped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
