/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "mapping/talk/ids.h"

static struct ids ids;
static struct share_owner owner;

static int set_up(void **state)
{
	fix_begin(state);
	share_owner_init(&owner, &fix.core->names);
	ids_init(&ids, &owner);
	return 0;
}

static int tear_down(void **state)
{
	ids_forget(&ids);
	assert_int_equal(fix.core->names.bytes, 0);
	return fix_finish(state);
}

static struct slice numbered(char *space, size_t size, const char *what, int i)
{
	int len = snprintf(space, size, "%s%d", what, i);

	return slice(space, (size_t)len);
}

static void add_other(int i)
{
	char name[32];
	struct slice id = numbered(name, sizeof name, "m", i);

	ids_add(&ids, &(struct known){
		.msgid = id, .sid = id, .id = id,
		.nick = slice_str("bob"),
		.text = slice_str("roses are red"),
		.at_ms = i,
		.exact = true,
	});
}

static void a_message_is_found_by_each_of_its_names(void **state)
{
	struct known k;

	(void)state;
	add_other(1);
	ids_add(&ids, &(struct known){
		.msgid = slice_str("irc-7"), .sid = slice_str("irc-7"),
		.id = slice_str("client-7"), .origin = slice_str("origin-7"),
		.nick = slice_str("juliet"), .text = slice_str("hi"),
		.mine = true,
	});
	add_other(2);
	for (int i = 0; i < 3; i++) {
		const char *names[] = {"irc-7", "client-7", "origin-7"};

		assert_true(ids_find(&ids, slice_str(names[i]), &k));
		assert_true(slice_is(k.msgid, "irc-7"));
		assert_true(slice_is(k.sid, "irc-7"));
		assert_true(slice_is(k.id, "client-7"));
		assert_true(slice_is(k.nick, "juliet"));
		assert_true(slice_is(k.text, "hi"));
		assert_true(k.mine);
	}
	assert_true(ids_find_msgid(&ids, slice_str("m2"), &k));
	assert_true(slice_is(k.id, "m2") && slice_is(k.sid, "m2"));
	assert_true(k.at_ms == 2 && k.exact && !k.mine);
	assert_false(ids_find_msgid(&ids, slice_str("client-7"), &k));
	assert_false(ids_find(&ids, slice_str("m3"), &k));
	assert_false(ids_find(&ids, slice(NULL, 0), &k));
	assert_false(ids_find_msgid(&ids, slice(NULL, 0), &k));
}

/* Somebody may answer the second line of what was one message. */
static void further_lines_lead_to_the_whole(void **state)
{
	struct known k;

	(void)state;
	for (int i = 1; i <= 2; i++) {
		ids_add(&ids, &(struct known){
			.msgid = slice_str(i == 1 ? "line-1" : "line-2"),
			.sid = slice_str("line-1"), .id = slice_str("c"),
			.part = i > 1, .mine = true,
		});
	}
	assert_true(ids_find_msgid(&ids, slice_str("line-2"), &k));
	assert_true(slice_is(k.sid, "line-1") && slice_is(k.id, "c"));
	assert_true(ids_find(&ids, slice_str("c"), &k));
	assert_true(slice_is(k.msgid, "line-1") && !k.part);
}

/* What was taken back is known, and no line of the message any more. */
static void lines_that_are_gone_do_not_count(void **state)
{
	static const char *const lines[] = {"line-0", "line-1", "line-2"};
	struct slice sid = slice_str("line-0");
	struct known k;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		add_other((int)i);
		ids_add(&ids, &(struct known){
			.msgid = slice_str(lines[i]), .sid = sid,
			.id = slice_str("c"), .part = i > 0, .mine = true,
		});
	}
	ids_line_gone(&ids, slice_str("line-0"));
	assert_true(ids_line(&ids, sid, 0, &k) && slice_is(k.msgid, "line-1"));
	assert_true(ids_line(&ids, sid, 1, &k) && slice_is(k.msgid, "line-2"));
	assert_false(ids_line(&ids, sid, 2, &k));
	assert_true(ids_find_msgid(&ids, sid, &k) && k.gone);
	assert_true(ids_find(&ids, slice_str("c"), &k) && k.gone);
	ids_gone(&ids, sid);
	assert_false(ids_line(&ids, sid, 0, &k));
	assert_true(ids_line(&ids, slice_str("m1"), 0, &k) && !k.gone);
	assert_false(ids_line(&ids, slice("", 0), 0, &k));
}

/* u: told no time; m: mine; else its time. What was read until 5 is `read`. */
static void what_was_read_is_the_youngest_of_others(void **state)
{
	static const struct {
		const char *said;
		const char *read; /* NULL: none is known */
		bool last;
	} rows[] = {
		{"", NULL, true},
		{"3", "0-3", true},
		{"35", "1-5", true},
		{"357", "1-5", false},
		{"735", "2-5", false}, /* a history that came late */
		{"355", "2-5", true},
		{"7", NULL, false},
		{"3m", "0-3", true},
		{"m", NULL, true},
		{"3u", "0-3", false},
		{"u3", "1-3", true},
		{"u", NULL, false},
		{"3u5", "2-5", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct known k;
		bool last;

		for (int n = 0; rows[i].said[n] != '\0'; n++) {
			char c = rows[i].said[n];
			char name[8];

			snprintf(name, sizeof name, "%d-%c", n, c);
			ids_add(&ids, &(struct known){
				.sid = slice_str(name),
				.at_ms = c < 'a' ? c - '0' : 4,
				.exact = c != 'u',
				.mine = c == 'm',
			});
		}
		assert_int_equal(ids_find_read(&ids, 5, &k, &last),
			rows[i].read != NULL);
		assert_true(rows[i].read == NULL ||
			slice_is(k.sid, rows[i].read));
		assert_int_equal(last, rows[i].last);
		ids_forget(&ids);
		ids_init(&ids, &owner);
	}
}

static void the_last_hundred_are_kept(void **state)
{
	struct known k;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		add_other(i);
	}
	assert_int_equal(ids.n, IDS_MESSAGES);
	assert_false(ids_find(&ids, slice_str("m9899"), &k));
	assert_true(ids_find(&ids, slice_str("m9900"), &k));
	assert_true(ids_find(&ids, slice_str("m9999"), &k));
	assert_int_equal(fix.core->names.bytes, ids.all.len);
}

static void bytes_have_a_ceiling(void **state)
{
	static char text[3000];
	char name[256];
	struct known k = {.nick = slice_str("bob")};
	struct known found;

	(void)state;
	memset(text, 'x', sizeof text);
	memset(name, 'n', sizeof name);
	k.text = slice(text, sizeof text);
	k.msgid = slice(name, IDS_NAME_MAX);
	for (int i = 0; i < 500; i++) {
		ids_add(&ids, &k);
		assert_in_range(ids.all.len, 1, IDS_BYTES);
	}
	assert_true(ids_find_msgid(&ids, k.msgid, &found));
	assert_int_equal(found.text.len, IDS_TEXT);
	/* A name that is too long is as good as none. */
	k.msgid = slice(name, sizeof name);
	k.sid = slice_str("short");
	ids_add(&ids, &k);
	assert_true(ids_find(&ids, slice_str("short"), &found));
	assert_int_equal(found.msgid.len, 0);
}

static void a_new_place_remembers_at_once(void **state)
{
	enum { TALKS = 100 };
	static struct ids talks[TALKS];
	struct share_owner greedy;
	struct known k = {.sid = slice_str("id"), .nick = slice_str("bob"),
		.text = slice_str("what is said again and again")};
	struct known found;

	(void)state;
	share_init(&fix.core->names, 32768);
	share_owner_init(&owner, &fix.core->names);
	share_owner_init(&greedy, &fix.core->names);
	for (int i = 0; i < TALKS; i++) {
		ids_init(&talks[i], &greedy);
		for (int n = 0; n < IDS_MESSAGES; n++) {
			ids_add(&talks[i], &k);
		}
		assert_true(ids_find(&talks[i], k.sid, &found));
	}
	assert_in_range(fix.core->names.bytes, 32000, 32768);
	for (int i = 0; i < IDS_MESSAGES; i++) {
		add_other(i);
		assert_int_equal(ids.n, i + 1);
	}
	assert_true(fix.core->names.bytes <= 32768);
	for (int i = 0; i < TALKS; i++) {
		ids_forget(&talks[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)
		T(a_message_is_found_by_each_of_its_names),
		T(further_lines_lead_to_the_whole),
		T(lines_that_are_gone_do_not_count),
		T(what_was_read_is_the_youngest_of_others),
		T(the_last_hundred_are_kept),
		T(bytes_have_a_ceiling),
		T(a_new_place_remembers_at_once),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
