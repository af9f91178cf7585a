/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "gateway/catalog.h"
#include "tests/unit/gateway/mo.h"

static const struct mo_pair pairs[] = {
	{"", "Content-Type: text/plain; charset=UTF-8\n"},
	{"%1$s", "left out: %1$d"},
	{"%s and %s", "%2$s, %1$s"},
	{"a", "A"},
	{"b", ""},
	{"hello", "\xe4\xbd\xa0\xe5\xa5\xbd"},
};

static struct catalog *parse(const struct mo_pair *list, size_t count,
	bool swapped)
{
	struct catalog *c = NULL;
	struct buf b;

	buf_init(&b, 1 << 20);
	mo_write(&b, list, count, swapped);
	if (catalog_parse(buf_slice(&b), &c) != ERR_OK) {
		c = NULL;
	}
	buf_finish(&b);
	return c;
}

static void what_msgfmt_writes_is_found_in_both_byte_orders(void **state)
{
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct catalog *c = parse(pairs, COUNT(pairs), swapped);

		assert_non_null(c);
		assert_string_equal(catalog_find(c, "a"), "A");
		assert_string_equal(catalog_find(c, "hello"),
			"\xe4\xbd\xa0\xe5\xa5\xbd");
		assert_string_equal(catalog_find(c, "%s and %s"),
			"%2$s, %1$s");
		assert_null(catalog_find(c, "nobody wrote this"));
		assert_int_equal(catalog_count(c), 3);
		catalog_free(c);
	}
}

static void header_and_empty_translations_are_none(void **state)
{
	struct catalog *c = parse(pairs, COUNT(pairs), false);

	(void)state;
	assert_null(catalog_find(c, ""));
	assert_null(catalog_find(c, "b"));
	catalog_free(c);
}

/* A translation must not make printf(3) read what is not there. */
static void other_arguments_are_left_out(void **state)
{
	static const struct {
		const char *english;
		const char *translated;
		bool used;
	} cases[] = {
		{"%s", "%s", true},
		{"%s", "%1$s", true},
		{"%s %u", "%2$u %1$s", true},
		{"%s %u", "%1$u %2$s", false},
		{"%s", "", false},
		{"%s", "none", false},
		{"%s", "%s%s", false},
		{"%s", "%d", false},
		{"%s", "%n", false},
		{"%lu", "%u", false},
		{"%zu", "%5zu", true},
		{"%.300s", "%s", true},
		{"%.*s", "%.*s", false},
		{"100%% of %s", "%s: 100%%", true},
		{"none", "%s", false},
		{"none", "%", false},
		{"none", "%%", true},
		{"%s", "%0$s", false},
		{"%s %s", "%1$s %1$s", false},
		{"#channel%NETWORK", "#a%NETWORK", true},
		{"%s", "%lllllls", false},
		{"%s%s%s%s%s%s%s%s%s%s", "%s%s%s%s%s%s%s%s%s%s", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct mo_pair pair = {cases[i].english, cases[i].translated};
		struct catalog *c = parse(&pair, 1, false);

		assert_non_null(c);
		if ((catalog_find(c, pair.english) != NULL) !=
			cases[i].used) {
			fail_msg("%s -> %s", pair.english, pair.translated);
		}
		catalog_free(c);
	}
}

static void broken_files_are_refused(void **state)
{
	static const struct mo_pair unsorted[] = {{"b", "B"}, {"a", "A"}};
	static const struct mo_pair twice[] = {{"a", "A"}, {"a", "B"}};
	static const struct mo_pair latin1[] = {{"a", "\xe4"}};
	struct catalog *c = NULL;
	struct buf b;

	(void)state;
	assert_null(parse(unsorted, 2, false));
	assert_null(parse(twice, 2, false));
	assert_null(parse(latin1, 1, false));
	buf_init(&b, CATALOG_BYTES + 1);
	mo_write(&b, pairs, COUNT(pairs), false);
	b.p[6] = 1; /* a major revision that nobody knows */
	assert_int_equal(catalog_parse(buf_slice(&b), &c), ERR_BAD_INPUT);
	b.p[6] = 0;
	b.p[0] = 'x';
	assert_int_equal(catalog_parse(buf_slice(&b), &c), ERR_BAD_INPUT);
	while (b.len <= CATALOG_BYTES) {
		buf_add_char(&b, 'x');
	}
	assert_int_equal(catalog_parse(buf_slice(&b), &c), ERR_TOO_BIG);
	buf_finish(&b);
	assert_null(c);
}

/* Memory of its own for each, so that a byte too far is seen. */
static void cut_or_changed_anywhere_nothing_is_read_outside(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	mo_write(&b, pairs, COUNT(pairs), false);
	for (size_t len = 0; len < b.len; len++) {
		struct catalog *c = NULL;
		char *copy = must_strndup(b.p, len);

		assert_int_equal(catalog_parse(slice(copy, len), &c),
			ERR_BAD_INPUT);
		free(copy);
	}
	for (size_t at = 0; at < 28 + 16 * COUNT(pairs); at++) {
		struct catalog *c = NULL;
		char was = b.p[at];

		b.p[at] = (char)0xff;
		if (catalog_parse(buf_slice(&b), &c) == ERR_OK) {
			(void)catalog_find(c, "hello");
			catalog_free(c);
		}
		b.p[at] = was;
	}
	buf_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_msgfmt_writes_is_found_in_both_byte_orders),
		cmocka_unit_test(header_and_empty_translations_are_none),
		cmocka_unit_test(other_arguments_are_left_out),
		cmocka_unit_test(broken_files_are_refused),
		cmocka_unit_test(
			cut_or_changed_anywhere_nothing_is_read_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
