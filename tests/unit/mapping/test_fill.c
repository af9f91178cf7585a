/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "irc/engine.h"
#include "tests/unit/mapping/fixture.h"

/*
 * What the lists of a large room may take of one turn of the loop (D.3;
 * ARCHITECTURE 8: everything has a ceiling), whoever asks for them.
 */
enum { MEMBERS = 5000, TURN_BYTES = 1 << 20 };

static size_t bytes;
static unsigned presences;
static bool high;

static void count(void *ctx, const char *xml, size_t len)
{
	fix_send(ctx, xml, len);
	bytes += len;
	presences++;
}

static bool is_high(void *ctx)
{
	(void)ctx;
	return high;
}

static void irc(const char *line)
{
	mapping_link_data(fix.core, 1, line, strlen(line));
}

/* One turn of the loop. */
static void turn(void)
{
	bytes = 0;
	presences = 0;
	clock_advance(&fix.clock, fix.clock.now_ms, fix.clock.wall_ms);
}

static unsigned turns_until_quiet(void)
{
	unsigned turns = 0;

	while (clock_next(&fix.clock) == 0) {
		turn();
		assert_true(bytes < TURN_BYTES);
		turns++;
	}
	return turns;
}

static void join(const char *id)
{
	char xml[300];

	snprintf(xml, sizeof xml,
		"<presence from='a@home/x' to='#c%%net@gw/a' id='%s'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		id);
	fix_jabber(xml);
}

/* a@home/x is in #c with MEMBERS others and has seen them all. */
static int enter(void **state)
{
	struct buf b;

	fix_begin(state);
	fix.config.lazy_above = 0;
	engine_setup(open("/dev/null", O_RDWR | O_CLOEXEC));
	fix.core->ports.xmpp_send = count;
	fix.core->ports.xmpp_high = is_high;
	high = false;
	join("j1");
	mapping_link_up(fix.core, 1);
	irc(":s 001 a :Welcome\r\n:s 005 a PREFIX=(ov)@+ :are supported\r\n");
	turns_until_quiet();
	irc(":a!u@h JOIN #c\r\n");
	buf_init(&b, 4096);
	for (int i = 0; i < MEMBERS; i += 50) {
		buf_truncate(&b, 0);
		buf_add_str(&b, ":s 353 a = #c :a");
		for (int k = i; k < i + 50; k++) {
			buf_addf(&b, " n%d", k);
		}
		buf_add_str(&b, "\r\n");
		irc(buf_cstr(&b));
	}
	buf_finish(&b);
	bytes = 0;
	irc(":s 366 a #c :End\r\n");
	assert_true(bytes < TURN_BYTES);
	turns_until_quiet();
	assert_true(fix_last_has("<subject"));
	return 0;
}

static void a_room_asked_for_again_and_again_takes_turns(void **state)
{
	char id[32];

	(void)state;
	bytes = 0;
	/* What one piece of the Jabber stream may hold. */
	for (int i = 0; i < 400; i++) {
		snprintf(id, sizeof id, "again%d", i);
		join(id);
	}
	assert_true(bytes < TURN_BYTES);
	turns_until_quiet();
	/* The whole list once, for the last of them. */
	assert_true(fix_last_has("<subject"));
	assert_true(list_empty(&fix.core->fills));
}

static void the_list_begins_anew_and_is_complete(void **state)
{
	unsigned shown = 0;

	(void)state;
	join("again1");
	turn();
	turn();
	bytes = 0;
	presences = 0;
	join("again2");
	shown = presences;
	while (clock_next(&fix.clock) == 0) {
		turn();
		shown += presences;
	}
	/* all others, the client itself, the subject */
	assert_int_equal(shown, MEMBERS + 2);
}

static void a_mode_that_changes_everybody_takes_turns(void **state)
{
	unsigned shown;

	(void)state;
	bytes = 0;
	presences = 0;
	for (int i = 0; i < 100; i++) {
		irc(":op!u@h MODE #c +m\r\n:op!u@h MODE #c -m\r\n");
	}
	irc(":op!u@h MODE #c +m\r\n");
	assert_true(bytes < TURN_BYTES);
	shown = presences;
	while (clock_next(&fix.clock) == 0) {
		turn();
		assert_true(bytes < TURN_BYTES);
		shown += presences;
	}
	/* What was under way is shown to its end, then all of it as it is now. */
	assert_true(shown < 2 * (MEMBERS + 1) + 400);
	assert_true(fix_last_has("role='visitor'"));
}

static void everybody_has_the_role_of_the_mode_at_last(void **state)
{
	unsigned shown;

	(void)state;
	presences = 0;
	irc(":op!u@h MODE #c +m\r\n");
	shown = presences;
	while (clock_next(&fix.clock) == 0) {
		turn();
		shown += presences;
	}
	/* the others and the client itself; the words of the mode */
	assert_int_equal(shown, MEMBERS + 1 + 1);
}

static void while_the_server_has_much_to_read_nothing_is_added(void **state)
{
	(void)state;
	high = true;
	bytes = 0;
	join("again");
	assert_int_equal(bytes, 0);
	for (int i = 0; i < 10; i++) {
		turn();
		assert_int_equal(bytes, 0);
	}
	high = false;
	mapping_flows(fix.core);
	assert_true(turns_until_quiet() > 5);
	assert_true(fix_last_has("<subject"));
}

static void what_waits_ends_with_the_stream(void **state)
{
	(void)state;
	high = true;
	join("again");
	mapping_offline(fix.core);
	high = false;
	bytes = 0;
	mapping_online(fix.core);
	turns_until_quiet();
	assert_int_equal(bytes, 0);
	/* It is shown when the client acts (A.3). */
	fix_jabber("<iq from='a@home/x' to='#c%net@gw/a' type='get' id='p'>"
		   "<ping xmlns='urn:xmpp:ping'/></iq>");
	turns_until_quiet();
	assert_true(fix_last_has("<subject"));
}

static void who_leaves_meanwhile_is_sent_no_more(void **state)
{
	(void)state;
	join("again");
	fix_jabber("<presence from='a@home/x' to='#c%net@gw/a' "
		   "type='unavailable'/>");
	turn();
	assert_int_equal(presences, 0);
	turns_until_quiet();
}

#define ROOM(name) cmocka_unit_test_setup_teardown(name, enter, fix_finish)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROOM(a_room_asked_for_again_and_again_takes_turns),
		ROOM(the_list_begins_anew_and_is_complete),
		ROOM(a_mode_that_changes_everybody_takes_turns),
		ROOM(everybody_has_the_role_of_the_mode_at_last),
		ROOM(while_the_server_has_much_to_read_nothing_is_added),
		ROOM(what_waits_ends_with_the_stream),
		ROOM(who_leaves_meanwhile_is_sent_no_more),
	};

	return cmocka_run_group_tests_name("fill", tests, NULL, NULL);
}
