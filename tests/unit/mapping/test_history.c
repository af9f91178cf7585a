/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "mapping/room/history.h"

/* A room of a user, as far as the history needs one. */
static struct {
	struct user user;
	struct session session;
	struct room room;
} world;

static int set_up(void **state)
{
	fix_begin(state);
	memset(&world, 0, sizeof world);
	world.user.mapping = fix.core;
	world.session.user = &world.user;
	world.room.session = &world.session;
	buf_init(&world.room.past, HISTORY_BYTES);
	return 0;
}

static int tear_down(void **state)
{
	history_forget(&world.room);
	return fix_finish(state);
}

static struct past said(int64_t at_ms, const char *nick, const char *text)
{
	return (struct past){
		.at_ms = at_ms,
		.nick = slice_str(nick),
		.sid = slice_str("id"),
		.text = slice_str(text),
	};
}

static void add(int64_t at_ms, const char *nick, const char *text)
{
	struct past p = said(at_ms, nick, text);

	history_add(&world.room, &p);
}

static bool has(const struct past *p)
{
	return history_has(&world.room, p);
}

static void the_last_fifty_are_kept(void **state)
{
	char text[32];
	struct past p;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "line %d", i);
		add(i * 60000, "bob", text);
	}
	assert_int_equal(world.room.npast, HISTORY_LINES);
	p = said(949 * 60000, "bob", "line 949");
	assert_false(has(&p));
	p = said(950 * 60000, "bob", "line 950");
	assert_true(has(&p));
	p = said(999 * 60000, "bob", "line 999");
	assert_true(has(&p));
}

static void bytes_have_a_ceiling(void **state)
{
	static char text[HISTORY_LINE_BYTES];
	struct past p;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	add(1, "bob", text);
	assert_int_equal(world.room.npast, 0); /* one too large to keep */
	text[1000] = '\0';
	for (int i = 0; i < 100; i++) {
		add(i * 60000, "bob", text);
	}
	assert_in_range(world.room.npast, 14, 16);
	assert_in_range(world.room.past.len, 1, HISTORY_BYTES);
	assert_int_equal(fix.core->past_bytes, world.room.past.len);
	p = said(99 * 60000, "bob", text);
	assert_true(has(&p));

	/* All rooms together are full: this one makes place in itself. */
	fix.core->past_bytes += HISTORY_TOTAL;
	add(100 * 60000, "bob", "small");
	assert_int_equal(world.room.npast, 0);
	fix.core->past_bytes -= HISTORY_TOTAL;
	add(100 * 60000, "bob", "small");
	assert_int_equal(world.room.npast, 1);
	history_forget(&world.room);
	assert_int_equal(fix.core->past_bytes, 0);
}

static void what_is_older_than_a_full_history_is_not_kept(void **state)
{
	struct past p;

	(void)state;
	for (int i = 0; i < HISTORY_LINES; i++) {
		add(1000000 + i * 60000, "bob", "line");
	}
	add(5, "eve", "old");
	p = said(5, "eve", "old");
	assert_false(has(&p));
	add(1000001, "eve", "in between");
	p = said(1000001, "eve", "in between");
	assert_true(has(&p));
}

static void what_is_told_again_is_known(void **state)
{
	static const struct {
		const char *what;
		struct past is;
		struct past told;
		bool same;
	} cases[] = {
		{"our clock is only near",
			{.at_ms = 60000, .nick = {"bob", 3}, .text = {"a", 1}},
			{.at_ms = 65000, .exact = true, .nick = {"BOB", 3},
				.text = {"a", 1}},
			true},
		{"... but not far",
			{.at_ms = 60000, .nick = {"bob", 3}, .text = {"a", 1}},
			{.at_ms = 80000, .exact = true, .nick = {"bob", 3},
				.text = {"a", 1}},
			false},
		{"two times of the server are exact",
			{.at_ms = 60000, .exact = true, .nick = {"bob", 3},
				.text = {"a", 1}},
			{.at_ms = 60001, .exact = true, .nick = {"bob", 3},
				.text = {"a", 1}},
			false},
		{"somebody else",
			{.at_ms = 60000, .nick = {"bob", 3}, .text = {"a", 1}},
			{.at_ms = 60000, .nick = {"eve", 3}, .text = {"a", 1}},
			false},
		{"the room itself is nobody",
			{.at_ms = 60000, .text = {"a", 1}},
			{.at_ms = 60000, .nick = {"eve", 3}, .text = {"a", 1}},
			false},
		{"the room itself",
			{.at_ms = 60000, .text = {"a", 1}},
			{.at_ms = 60000, .text = {"a", 1}},
			true},
		{"one name, whatever else",
			{.at_ms = 60000, .named = true, .sid = {"m1", 2},
				.nick = {"bob", 3}, .text = {"a", 1}},
			{.at_ms = 90000, .named = true, .sid = {"m1", 2},
				.nick = {"bob", 3}, .text = {"b", 1}},
			true},
		{"another name, whatever else",
			{.at_ms = 60000, .named = true, .sid = {"m1", 2},
				.nick = {"bob", 3}, .text = {"a", 1}},
			{.at_ms = 60000, .named = true, .sid = {"m2", 2},
				.nick = {"bob", 3}, .text = {"a", 1}},
			false},
		{"ours came back in several lines",
			{.at_ms = 60000, .mine = true, .nick = {"bob", 3},
				.text = {"one\ntwo", 7}},
			{.at_ms = 61000, .exact = true, .mine = true,
				.nick = {"bob", 3}, .text = {"two", 3}},
			true},
		{"... others' do not",
			{.at_ms = 60000, .nick = {"bob", 3},
				.text = {"one two", 7}},
			{.at_ms = 61000, .exact = true, .nick = {"bob", 3},
				.text = {"two", 3}},
			false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		history_add(&world.room, &cases[i].is);
		if (has(&cases[i].told) != cases[i].same) {
			fail_msg("%s", cases[i].what);
		}
		history_forget(&world.room);
	}
}

#define ROOM(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOM(the_last_fifty_are_kept),
		ROOM(bytes_have_a_ceiling),
		ROOM(what_is_older_than_a_full_history_is_not_kept),
		ROOM(what_is_told_again_is_known),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
