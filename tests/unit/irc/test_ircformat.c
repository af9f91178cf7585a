/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "irc/ircformat.h"

/* PROTOCOL G.1: codes are read as runs, and written again. */

/* A run in words: "B:text|", colours as f=rrggbb b=rrggbb. */
static void add_run(struct buf *out, struct irc_format f, struct slice text)
{
	static const struct {
		unsigned style;
		char letter;
	} letters[] = {
		{STYLE_BOLD, 'B'}, {STYLE_ITALIC, 'I'}, {STYLE_UNDERLINE, 'U'},
		{STYLE_STRIKE, 'S'}, {STYLE_MONO, 'M'}, {STYLE_REVERSE, 'R'},
	};

	for (size_t i = 0; i < COUNT(letters); i++) {
		if ((f.styles & letters[i].style) != 0) {
			buf_add_char(out, letters[i].letter);
		}
	}
	if (f.fore != IRC_NO_COLOUR) {
		buf_addf(out, "f=%06x", irc_colour_rgb(f.fore));
	}
	if (f.back != IRC_NO_COLOUR) {
		buf_addf(out, "b=%06x", irc_colour_rgb(f.back));
	}
	buf_addf(out, ":%.*s|", SLICE_ARG(text));
}

static void runs_of(struct buf *out, struct slice text)
{
	struct irc_runs runs;
	struct slice run;

	irc_runs_init(&runs, text);
	while (irc_runs_next(&runs, &run)) {
		assert_true(run.len > 0);
		add_run(out, runs.format, run);
	}
}

static const struct {
	const char *text;
	const char *runs;
} cases[] = {
	{"", ""},
	{"plain", ":plain|"},
	{"a\x02" "b\x02" "c", ":a|B:b|:c|"},
	{"\x02" "b\x1d" "bi\x02" "i\x0fp", "B:b|BI:bi|I:i|:p|"},
	{"\x1fu\x1es\x11m\x16r", "U:u|US:s|USM:m|USMR:r|"},
	{"\x03" "4red\x03none", "f=ff0000:red|:none|"},
	{"\x03" "04,12both\x03" "9fore", "f=ff0000b=0000fc:both|f=00fc00"
		"b=0000fc:fore|"},
	{"\x03" "4,12x\x03y", "f=ff0000b=0000fc:x|:y|"},
	{"\x03" "123", "f=0000fc:3|"},
	{"\x03" "4,x", "f=ff0000:,x|"},
	{"\x03,5x", ":,5x|"},
	{"\x03" "99,99x", ":x|"},
	{"\x03" "4,2x\x03" "99y", "f=ff0000b=00007f:x|b=00007f:y|"},
	{"\x03" "88x\x03" "98y\x03" "16z",
		"f=000000:x|f=ffffff:y|f=470000:z|"},
	{"\x04" "ff8000x\x04y", "f=ff8000:x|:y|"},
	{"\x04" "FF8000,00ff00x", "f=ff8000b=00ff00:x|"},
	{"\x04" "ff80zx", ":ff80zx|"},
	{"\x04" "ff8000,00ffx", "f=ff8000:,00ffx|"},
	{"\x02\x02\x0f\x03", ""},
	{"\x01" "a\x10" "b\x1b", ":\x01" "a\x10" "b\x1b|"}, /* no codes */
};

static void texts_are_read_as_runs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;

		buf_init(&out, 1000);
		runs_of(&out, slice_str(cases[i].text));
		assert_string_equal(buf_cstr(&out), cases[i].runs);
		buf_finish(&out);
	}
}

/* Reading what was written gives the same runs, whatever stands in them. */
static void codes_that_are_written_read_the_same(void **state)
{
	static const uint32_t colours[] = {IRC_NO_COLOUR, 0, 4, 15};
	struct irc_format before = irc_format_plain();
	static const char nexts[] = "x5,";
	unsigned tried = 0;

	(void)state;
	for (unsigned i = 0; i < 64 * COUNT(colours) * COUNT(colours); i++) {
		/* Far steps: each pair of formats differs in much. */
		unsigned n = i * 397 % (64 * COUNT(colours) * COUNT(colours));
		struct irc_format after = {n % 64, colours[n / 64 % 4],
			colours[n / 256]};

		for (size_t k = 0; nexts[k] != '\0'; k++) {
			char next[2] = {nexts[k], '\0'};
			struct buf coded;
			struct buf read;
			struct buf wanted;

			buf_init(&coded, 1000);
			buf_init(&read, 1000);
			buf_init(&wanted, 1000);
			irc_format_add(&coded, irc_format_plain(), before, 'a');
			assert_true(coded.len <= IRC_CODES_MAX);
			buf_add_char(&coded, 'a');
			irc_format_add(&coded, before, after, next[0]);
			buf_add_str(&coded, next);
			if (irc_format_eq(before, after)) {
				char both[3] = {'a', next[0], '\0'};

				add_run(&wanted, before, slice_str(both));
			} else {
				add_run(&wanted, before, slice_str("a"));
				add_run(&wanted, after, slice_str(next));
			}
			runs_of(&read, buf_slice(&coded));
			assert_string_equal(buf_cstr(&read),
				buf_cstr(&wanted));
			buf_finish(&coded);
			buf_finish(&read);
			buf_finish(&wanted);
			tried++;
		}
		before = after;
	}
	assert_int_equal(tried, 3 * 1024);
}

static void colours_have_their_nearest(void **state)
{
	static const struct {
		uint32_t rgb;
		unsigned number;
	} nearest[] = {
		{0xffffff, 0}, {0x000000, 1}, {0x010002, 1}, {0xfe0101, 4},
		{0x008000, 3}, {0xffa500, 7}, {0x808080, 14}, {0xc0c0c0, 15},
		{0x800080, 6}, {0x00fefe, 11}, {0xffc0cb, 15},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(nearest); i++) {
		assert_int_equal(irc_colour_nearest(nearest[i].rgb),
			nearest[i].number);
	}
	for (unsigned i = 0; i < IRC_PALETTE_SENT; i++) {
		assert_int_equal(irc_colour_nearest(irc_colour_rgb(i)), i);
	}
	assert_int_equal(irc_colour_rgb(IRC_RGB | 0x123456), 0x123456);
}

static void codes_are_found(void **state)
{
	(void)state;
	assert_false(irc_has_formats(slice_str("plain")));
	assert_false(irc_has_formats(slice_str("\x01\x10\t")));
	assert_true(irc_has_formats(slice_str("a\x0f")));
	assert_true(irc_has_formats(slice_str("a\x03 b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_read_as_runs),
		cmocka_unit_test(codes_that_are_written_read_the_same),
		cmocka_unit_test(colours_have_their_nearest),
		cmocka_unit_test(codes_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
