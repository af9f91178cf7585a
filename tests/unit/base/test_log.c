/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/log.h"

static char line[4096];
static enum log_level level;
static int lines;

static void sink(void *ctx, enum log_level at, const char *text)
{
	assert_ptr_equal(ctx, line);
	assert_true(strlen(text) < sizeof line);
	strcpy(line, text);
	level = at;
	lines++;
}

static int listen_up_to_debug(void **state)
{
	(void)state;
	lines = 0;
	line[0] = '\0';
	log_set_sink(sink, line, LOG_DEBUG);
	return 0;
}

static int be_quiet(void **state)
{
	(void)state;
	log_set_sink(NULL, NULL, LOG_DEBUG);
	return 0;
}

static int asked;

static void subject(const void *owner, char *out, size_t cap)
{
	asked++;
	snprintf(out, cap, "user=%s", (const char *)owner);
}

static void one_event_is_one_line_with_its_subject_first(void **state)
{
	struct log log = {subject, "juliet@home"};

	(void)state;
	log_info(&log, "joined channel=%s", "#c");
	assert_int_equal(lines, 1);
	assert_int_equal(level, LOG_INFO);
	assert_string_equal(line, "user=juliet@home joined channel=#c");
	log_warn(NULL, "no subject");
	assert_string_equal(line, "no subject");
}

static void nothing_of_a_stranger_forges_a_line_or_drives_a_terminal(
	void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} cases[] = {
		{"a\r\nerror forged", "a\\x0d\\x0aerror forged"},
		{"\x1b[31m", "\\x1b[31m"},
		{"\x7f\t", "\\x7f\\x09"},
		{"\xc2\x9b" "31m", "\\xc2\\x9b31m"}, /* CSI as one character */
		{"\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"},
		{"\x9b" "31m", "\\x9b31m"}, /* the same in Latin-1 */
		{"caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80"},
		{"\xff\xc3", "\\xff\\xc3"},
		{"100%s %n", "100%s %n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		log_info(NULL, "%s", cases[i].in);
		assert_string_equal(line, cases[i].out);
	}
}

static void the_subject_is_escaped_too(void **state)
{
	struct log log = {subject, "a\nb"};

	(void)state;
	log_info(&log, "x");
	assert_string_equal(line, "user=a\\x0ab x");
}

static void long_lines_are_cut(void **state)
{
	char text[3000];
	char controls[3000];

	(void)state;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	log_info(NULL, "%s", text);
	assert_true(strlen(line) == 1999);
	memset(controls, '\x01', sizeof controls);
	controls[sizeof controls - 1] = '\0';
	log_info(NULL, "%s", controls);
	assert_true(strlen(line) < 4000);
	assert_true(strlen(line) % 4 == 0); /* no half of an escape */
}

/* A name as long as a line must not hide what happened. */
static void a_long_subject_leaves_room_for_the_event(void **state)
{
	char name[2000];
	struct log log = {subject, name};

	(void)state;
	memset(name, 'n', sizeof name);
	name[sizeof name - 1] = '\0';
	log_info(&log, "joined");
	assert_non_null(strstr(line, "nnn joined"));
}

static void what_nobody_reads_is_not_even_formatted(void **state)
{
	struct log log = {subject, "x"};

	(void)state;
	asked = 0;
	log_set_sink(sink, line, LOG_WARN);
	log_info(&log, "quiet");
	log_debug(&log, "quieter");
	assert_int_equal(lines, 0);
	assert_int_equal(asked, 0);
	assert_true(log_enabled(LOG_ERROR));
	assert_true(log_enabled(LOG_WARN));
	assert_false(log_enabled(LOG_INFO));
	log_error(&log, "loud");
	assert_int_equal(asked, 1);
	log_set_sink(NULL, NULL, LOG_DEBUG);
	log_error(&log, "to nobody");
	assert_int_equal(lines, 1);
	assert_false(log_enabled(LOG_ERROR));
}

static void levels_have_names(void **state)
{
	static const char *const names[] = {"error", "warn", "info", "debug"};

	(void)state;
	for (int i = 0; i < LOG_LEVELS; i++) {
		assert_string_equal(log_level_name((enum log_level)i), names[i]);
	}
	assert_string_equal(log_level_name(LOG_LEVELS), "?");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, listen_up_to_debug, be_quiet)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_event_is_one_line_with_its_subject_first),
		TEST(nothing_of_a_stranger_forges_a_line_or_drives_a_terminal),
		TEST(the_subject_is_escaped_too),
		TEST(long_lines_are_cut),
		TEST(a_long_subject_leaves_room_for_the_event),
		TEST(what_nobody_reads_is_not_even_formatted),
		TEST(levels_have_names),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
