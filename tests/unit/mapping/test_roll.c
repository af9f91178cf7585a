/* SPDX-License-Identifier: MIT */
#include "mapping/people/roll.h"
#include "tests/unit/mapping/fixture.h"

/* ---- masks (PROTOCOL C.17) ---- */

static void words_become_masks(void **state)
{
	static const struct {
		const char *words;
		const char *mask; /* NULL: refused */
	} cases[] = {
		{"bob", "*bob*"}, {" bob\n", "*bob*"}, {"b*b", "b*b"},
		{"b?b", "b?b"}, {"*", "*"}, {"Bob B.", "*Bob?B.*"},
		{"a,b", "*a?b*"}, {"a\\b", "*a?b*"}, {"a!b@c", "*a?b?c*"},
		{"<5", "*?5*"}, {">5*", "?5*"}, {"!ban*", "?ban*"},
		{"#c*", "?c*"}, {"&c*", "?c*"}, {"+c*", "?c*"}, {"#c", "*#c*"},
		{":x*", "?x*"}, {"$x*", "?x*"}, {"-x*", "?x*"}, {"a-b", "*a-b*"},
		{"a\r\nQUIT", "*a??QUIT*"}, {"a\tb", "*a?b*"},
		{"a\x7f" "b", "*a?b*"}, {"\xc3\xa9", "*\xc3\xa9*"},
		{"", NULL}, {"  ", NULL}, {"\xff", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf out;
		bool ok;

		buf_init(&out, 512);
		buf_add_str(&out, "WHO ");
		ok = roll_mask(&out, slice_str(cases[i].words));
		assert_int_equal(ok, cases[i].mask != NULL);
		if (ok) {
			assert_string_equal(buf_cstr(&out) + 4, cases[i].mask);
		}
		buf_finish(&out);
	}
}

static void masks_are_short(void **state)
{
	char words[ROLL_MASK_MAX + 2];
	struct buf out;

	(void)state;
	memset(words, 'x', sizeof words);
	buf_init(&out, 512);
	assert_true(roll_mask(&out, slice(words, ROLL_MASK_MAX)));
	assert_int_equal(out.len, ROLL_MASK_MAX + 2);
	assert_false(roll_mask(&out, slice(words, ROLL_MASK_MAX + 1)));
	buf_finish(&out);
}

/* Whatever is typed: one parameter, and never the beginning of another kind. */
static void no_byte_leaves_the_mask(void **state)
{
	(void)state;
	for (int c = 1; c < 128; c++) {
		char words[4] = {(char)c, '*', (char)c, '\0'};
		struct buf out;

		buf_init(&out, 512);
		if (roll_mask(&out, slice_str(words))) {
			const char *mask = buf_cstr(&out);

			assert_null(strpbrk(mask, " \r\n\t,\\!@<>"));
			assert_null(strchr(":$#&+-", mask[0]));
		}
		buf_finish(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_become_masks),
		TEST(masks_are_short),
		TEST(no_byte_leaves_the_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
