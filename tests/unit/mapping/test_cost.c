/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include <time.h>

#include "mapping/talk/rich.h"

/*
 * What strangers write costs no more than its length: each text here is one of
 * those for which looking again from every place takes a minute.
 */
enum { SECONDS = 3 };

static void add_times(struct buf *b, const char *text, size_t bytes)
{
	for (size_t n = bytes / strlen(text); n > 0; n--) {
		buf_add_str(b, text);
	}
}

static void stanzas_cost_what_they_are_long(void **state)
{
	static const struct {
		const char *before;
		const char *again;
		const char *after;
	} cases[] = {
		{"<html xmlns='http://jabber.org/protocol/xhtml-im'>"
		 "<body xmlns='http://www.w3.org/1999/xhtml'><ol>",
			"<li/>", "</ol></body></html>"},
		{"<body>", "*a ", "</body>"},
		{"<body>", "*_~a ", "</body>"},
	};
	struct buf xml;
	clock_t began;

	(void)state;
	fix.config.styling = true;
	buf_init(&xml, 1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&xml, SIZE_MAX);
		buf_add_str(&xml, "<message from='juliet@home/balcony' "
			"to='#c%net@gw'>");
		buf_add_str(&xml, cases[i].before);
		add_times(&xml, cases[i].again, 240000);
		buf_add_str(&xml, cases[i].after);
		buf_add_str(&xml, "</message>");
		began = clock();
		fix_jabber(buf_cstr(&xml));
		assert_true(clock() - began < SECONDS * CLOCKS_PER_SEC);
	}
	buf_finish(&xml);
}

static void addresses_cost_what_they_are_long(void **state)
{
	struct buf text;
	clock_t began;
	size_t from = 0;
	size_t len;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_add_str(&text, "http://a(b)");
	add_times(&text, "]).}", 400000);
	began = clock();
	assert_true(rich_find_url(buf_slice(&text), &from, &len));
	assert_int_equal(from, 0);
	assert_int_equal(len, strlen("http://a(b)"));
	assert_true(clock() - began < SECONDS * CLOCKS_PER_SEC);
	buf_finish(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stanzas_cost_what_they_are_long),
		TEST(addresses_cost_what_they_are_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
