/* SPDX-License-Identifier: MIT */
#include "tests/unit/gateway/config_fixture.h"

/* The files that come with the program: the example and the manual. */

static void project_file(char *out, size_t cap, const char *name)
{
	const char *root = getenv("ISTHMUS_ROOT");
	size_t here = strlen(__FILE__) - strlen("/tests/unit/gateway/test_config_files.c");

	if (root != NULL) {
		snprintf(out, cap, "%s/%s", root, name);
	} else {
		snprintf(out, cap, "%.*s/%s", (int)here, __FILE__, name);
	}
}

static char *read_whole(const char *name)
{
	char file_path[1000];
	FILE *file;
	char *text = calloc(1, 100000);

	project_file(file_path, sizeof file_path, name);
	file = fopen(file_path, "r");
	if (file == NULL) {
		fail_msg("%s", file_path);
	}
	assert_true(fread(text, 1, 99999, file) > 0);
	fclose(file);
	return text;
}

/* Whether a line begins with `name` after blanks and a #, before = or :. */
static bool example_has(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line != NULL;
		line = strchr(line, '\n')) {
		line += strspn(line, "\n\t ");
		line += *line == '#';
		if (strncmp(line, name, len) == 0 &&
			strspn(line + len, " ") < 2 &&
			strchr("=:", line[len + strspn(line + len, " ")])) {
			return true;
		}
	}
	return false;
}

/* Whether an .It Ic line lists it. */
static bool manual_has(const char *text, const char *name)
{
	const char *line = strstr(text, "\n.It Ic ");
	size_t len = strlen(name);

	for (; line != NULL; line = strstr(line + 1, "\n.It Ic ")) {
		const char *end = strchr(line + 1, '\n');
		const char *at = line + 7;

		while ((at = strstr(at, name)) != NULL && at < end) {
			if (at[-1] == ' ' && (at[len] == ' ' || at + len == end)) {
				return true;
			}
			at += len;
		}
	}
	return false;
}

static void the_example_and_the_manual_list_each_key(void **state)
{
	char *example = read_whole("config/isthmus.conf.example");
	char *manual = read_whole("doc/isthmus.conf.5");

	(void)state;
	assert_false(example_has(example, "no_such_key"));
	assert_false(manual_has(manual, "no_such_key"));
	for (size_t i = 0; i < config_key_count; i++) {
		const char *name = config_keys[i].name;

		if (!example_has(example, name)) {
			fail_msg("the example lacks %s", name);
		}
		if (!manual_has(manual, name)) {
			fail_msg("the manual lacks %s", name);
		}
	}
	free(example);
	free(manual);
}

static void the_example_loads_and_shows_the_defaults(void **state)
{
	char name[1000];
	struct config *c = NULL;
	struct config *plain = load_good(JABBER NETS);
	struct buf errors;

	(void)state;
	project_file(name, sizeof name, "config/isthmus.conf.example");
	buf_init(&errors, 65536);
	if (config_load(name, &c, &errors) != ERR_OK) {
		fail_msg("%s", buf_cstr(&errors));
	}
	buf_finish(&errors);
	assert_int_equal(c->map.max_sessions, plain->map.max_sessions);
	assert_int_equal(c->map.max_sessions_per_user,
		plain->map.max_sessions_per_user);
	assert_int_equal(c->map.max_rooms, plain->map.max_rooms);
	assert_int_equal(c->map.max_resources, plain->map.max_resources);
	assert_int_equal(c->map.max_stanza, plain->map.max_stanza);
	assert_int_equal(c->map.register_timeout_ms,
		plain->map.register_timeout_ms);
	assert_int_equal(c->map.reconnect_min_ms, plain->map.reconnect_min_ms);
	assert_int_equal(c->map.reconnect_max_ms, plain->map.reconnect_max_ms);
	assert_int_equal(c->map.rejoin_silence_ms,
		plain->map.rejoin_silence_ms);
	assert_int_equal(c->map.join_timeout_ms, plain->map.join_timeout_ms);
	assert_int_equal(c->map.keep_component_ms,
		plain->map.keep_component_ms);
	assert_int_equal(c->map.flood_burst, plain->map.flood_burst);
	assert_int_equal(c->map.flood_interval_ms,
		plain->map.flood_interval_ms);
	assert_int_equal(c->map.queue_lines, plain->map.queue_lines);
	assert_string_equal(c->map.quit_message, plain->map.quit_message);
	config_free(c);
	config_free(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_and_the_manual_list_each_key),
		cmocka_unit_test(the_example_loads_and_shows_the_defaults),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
