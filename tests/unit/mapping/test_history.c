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
	share_owner_init(&world.user.past, &fix.core->past);
	world.session.user = &world.user;
	world.room.session = &world.session;
	history_init(&world.room);
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
	assert_int_equal(fix.core->past.bytes, world.room.past.len);
	p = said(99 * 60000, "bob", text);
	assert_true(has(&p));

	history_forget(&world.room);
	assert_int_equal(fix.core->past.bytes, 0);
}

static void add_to(struct room *r, int64_t at_ms, const char *text)
{
	struct past p = said(at_ms, "bob", text);

	history_add(r, &p);
}

static void who_has_most_makes_place(void **state)
{
	enum { ROOMS = 40 };
	static struct room rooms[ROOMS];
	struct user modest = {.mapping = fix.core};
	struct session session = {.user = &modest};
	struct room fresh = {.session = &session};
	unsigned kept = 0;

	(void)state;
	share_init(&fix.core->past, 65536);
	share_owner_init(&world.user.past, &fix.core->past);
	share_owner_init(&modest.past, &fix.core->past);
	history_init(&fresh);
	memset(rooms, 0, sizeof rooms);
	for (int i = 0; i < ROOMS; i++) {
		rooms[i].session = &world.session;
		history_init(&rooms[i]);
	}
	for (int n = 0; n < HISTORY_LINES; n++) {
		for (int i = 0; i < ROOMS; i++) {
			add_to(&rooms[i], n * 60000, "one of very many");
			assert_true(rooms[i].npast > 0);
		}
	}
	assert_in_range(fix.core->past.bytes, 65000, 65536);
	/* A new room of another user remembers all that it may. */
	for (int n = 0; n < HISTORY_LINES; n++) {
		add_to(&fresh, n * 60000, "one of few");
		assert_int_equal(fresh.npast, n + 1);
	}
	assert_true(fix.core->past.bytes <= 65536);
	for (int i = 0; i < ROOMS; i++) {
		kept += rooms[i].npast;
		/* Who is empty holds no memory. */
		assert_true(rooms[i].npast > 0 || rooms[i].past.cap == 0);
		history_forget(&rooms[i]);
	}
	assert_true(kept > 0);
	history_forget(&fresh);
	assert_int_equal(fix.core->past.bytes, 0);
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
		ROOM(who_has_most_makes_place),
		ROOM(what_is_older_than_a_full_history_is_not_kept),
		ROOM(what_is_told_again_is_known),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
