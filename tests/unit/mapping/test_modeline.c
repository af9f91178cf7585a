/* SPDX-License-Identifier: MIT */
#include "mapping/room/modeline.h"
#include "tests/unit/mapping/fixture.h"

/* What MODE lines become of changes (PROTOCOL D.6, D.13). */

enum { STEPS = 64 };

/* "+o bob" or "+n"; "kick": a step that is no mode. */
static struct mode_step step(const char *text)
{
	struct mode_step s = {0};

	if (strcmp(text, "kick") == 0) {
		return s;
	}
	s.sign = text[0];
	s.letter = text[1];
	if (text[2] == ' ') {
		s.arg = slice_str(text + 3);
	}
	return s;
}

static size_t words_of(const char *const *steps, unsigned modes,
	struct buf *words)
{
	struct isupport is;
	struct mode_step all[STEPS];
	size_t n = 0;

	isupport_init(&is);
	is.modes = modes;
	while (steps[n] != NULL) {
		all[n] = step(steps[n]);
		n++;
	}
	return modeline_words(&is, all, n, words);
}

static void as_many_as_the_server_takes(void **state)
{
	static const struct {
		unsigned modes;
		const char *steps[8];
		size_t taken;
		const char *words;
	} cases[] = {
		{3, {"+o a", NULL}, 1, "+o a"},
		{3, {"+o a", "+v b", "-v c", "+b x", NULL}, 3, "+ov-v a b c"},
		{1, {"+o a", "+v b", NULL}, 1, "+o a"},
		{0, {"+o a", "+v b", NULL}, 1, "+o a"},
		/* Only letters with a parameter are counted. */
		{1, {"-t", "+i", "+l 5", "+m", NULL}, 4, "-t+ilm 5"},
		{1, {"-t", "+l 5", "+b x", NULL}, 2, "-t+l 5"},
		{2, {"-k old", "+k new", NULL}, 2, "-k+k old new"},
		/* A kick has a line of its own. */
		{3, {"+b x", "kick", "+b y", NULL}, 1, "+b x"},
		{3, {"kick", "+b y", NULL}, 0, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf words;

		buf_init(&words, 8192);
		assert_int_equal(words_of(cases[i].steps, cases[i].modes,
					 &words),
			cases[i].taken);
		assert_string_equal(buf_cstr(&words), cases[i].words);
		buf_finish(&words);
	}
}

/* However much the server would take: a line holds 15 words, 512 bytes. */
static void as_many_as_a_line_holds(void **state)
{
	char mask[201] = "+b ";
	const char *many[STEPS + 1] = {0};
	struct buf words;

	(void)state;
	buf_init(&words, 8192);
	for (size_t i = 0; i < STEPS; i++) {
		many[i] = "+b x!*@*";
	}
	assert_int_equal(words_of(many, 100, &words), 12);
	memset(mask + 3, 'x', sizeof mask - 4);
	for (size_t i = 0; i < STEPS; i++) {
		many[i] = mask;
	}
	assert_int_equal(words_of(many, 100, &words), 1);
	for (size_t i = 0; i < STEPS; i++) {
		many[i] = "+n";
	}
	assert_int_equal(words_of(many, 1, &words), 40);
	buf_finish(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(as_many_as_the_server_takes),
		TEST(as_many_as_a_line_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
