/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* Lines that wait, QUIT that does not, and the PINGs of both sides. */

static void silence_is_asked_about_then_ends(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	pass(&f, 89999);
	expect_out(&f, "");
	pass(&f, 1);
	expect_out(&f, "PING gw-91000\n");
	serve(&f, ":s PONG s :gw-91000\n");
	expect_told(&f, "");
	pass(&f, 60000);
	pass(&f, 30000);
	expect_out(&f, "PING gw-181000\n");
	pass(&f, 59999);
	expect_told(&f, "");
	pass(&f, 1);
	expect_told(&f, "end ping 0 \n");
	fixture_close(&f);
}

static void ping_is_answered_before_any_queue(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
			slice_str("x"), 0), ERR_OK);
	}
	assert_int_equal(ircnet_queued(f.net), 15);
	forget(&f);
	serve(&f, "PING\nPING x\nPING s :\xff y\n");
	expect_out(&f, "PONG :\nPONG :x\nPONG :\xff y\n");
	fixture_close(&f);
}

static void the_bucket_lets_five_go_then_one_each_two_seconds(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	for (unsigned i = 1; i <= 8; i++) {
		assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
			slice_str("x"), i), ERR_OK);
	}
	expect_out(&f, "PRIVMSG a :x\nPRIVMSG a :x\nPRIVMSG a :x\n"
		"PRIVMSG a :x\nPRIVMSG a :x\n");
	pass(&f, 1999);
	expect_out(&f, "");
	expect_told(&f, "sent 1\nsent 2\nsent 3\nsent 4\nsent 5\n");
	pass(&f, 1);
	expect_out(&f, "PRIVMSG a :x\n");
	expect_told(&f, "sent 6\n");
	pass(&f, 4000);
	expect_out(&f, "PRIVMSG a :x\nPRIVMSG a :x\n");
	pass(&f, 10000);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
			slice_str("x"), 0), ERR_OK);
	}
	assert_int_equal(ircnet_queued(f.net), 1);
	fixture_close(&f);
}

static void a_full_queue_takes_all_of_a_message_or_nothing(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.config.queue_lines = 4;
	fixture_register(&f);
	for (unsigned i = 0; i < 7; i++) {
		assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
			slice_str("x"), 0), ERR_OK);
	}
	assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
		slice_str("1\n2\n3"), 9), ERR_FULL);
	assert_int_equal(ircnet_queued(f.net), 2);
	assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
		slice_str("1\n2"), 9), ERR_OK);
	assert_int_equal(ircnet_topic(f.net, slice_str("#c"), slice_str("t")),
		ERR_FULL);
	assert_int_equal(ircnet_nick(f.net, slice_str("j")), ERR_FULL);
	assert_int_equal(ircnet_raw(f.net, slice_str("X")), ERR_FULL);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), none), ERR_FULL);
	assert_null(ircnet_chan(f.net, slice_str("#c")));
	fixture_close(&f);
}

static void joins_are_merged_keys_first(void **state)
{
	struct fixture f;
	char name[100];

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
			slice_str("x"), 0), ERR_OK);
	}
	assert_int_equal(ircnet_join(f.net, slice_str("#a"), none), ERR_OK);
	assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
		slice_str("y"), 0), ERR_OK);
	assert_int_equal(ircnet_join(f.net, slice_str("#b"), slice_str("k")),
		ERR_OK);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), slice_str("l")),
		ERR_OK);
	assert_int_equal(ircnet_part(f.net, slice_str("#z"), none), ERR_OK);
	assert_int_equal(ircnet_join(f.net, slice_str("#z"), none), ERR_OK);
	/* A join that waits is taken back without a line. */
	assert_int_equal(ircnet_join(f.net, slice_str("#gone"), none), ERR_OK);
	assert_int_equal(ircnet_part(f.net, slice_str("#GONE"), none), ERR_OK);
	assert_null(ircnet_chan(f.net, slice_str("#gone")));
	forget(&f);
	pass(&f, 20000);
	expect_out(&f, "JOIN #c,#b,#a l,k\nPRIVMSG a :y\nPART #z\nJOIN #z\n");
	for (int i = 0; i < 25; i++) {
		snprintf(name, sizeof name, "#%090d", i);
		assert_int_equal(ircnet_join(f.net, slice_str(name), none),
			ERR_OK);
	}
	assert_int_equal(ircnet_queued(f.net), 5);
	fixture_close(&f);
}

static void quit_passes_the_queue(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
			slice_str("x"), 0), ERR_OK);
	}
	forget(&f);
	ircnet_quit(f.net, slice_str("bye\r\nJOIN 0"));
	expect_out(&f, "QUIT :bye JOIN 0\n");
	assert_int_equal(ircnet_queued(f.net), 0);
	pass(&f, 4999);
	expect_told(&f, "");
	pass(&f, 1);
	expect_told(&f, "end quit 0 \n");
	expect_out(&f, "");
	fixture_close(&f);
	fixture_init(&f);
	fixture_register(&f);
	ircnet_quit(f.net, slice_str("bye"));
	serve(&f, "ERROR :Closing link\n");
	expect_told(&f, "end quit 0 Closing link\n");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_asked_about_then_ends),
		cmocka_unit_test(ping_is_answered_before_any_queue),
		cmocka_unit_test(
			the_bucket_lets_five_go_then_one_each_two_seconds),
		cmocka_unit_test(
			a_full_queue_takes_all_of_a_message_or_nothing),
		cmocka_unit_test(joins_are_merged_keys_first),
		cmocka_unit_test(quit_passes_the_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
