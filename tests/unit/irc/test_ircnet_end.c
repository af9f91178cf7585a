/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* The end of a connection, asked for at any moment; what stays of it. */

/* A lost link: nothing is written or told, what is known stays. */
static void a_stopped_net_only_remembers(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG,
					 slice_str("#c"), slice_str("x"), 7),
			ERR_OK);
	}
	forget(&f);
	ircnet_stop(f.net);
	pass(&f, 600000);
	expect_out(&f, "");
	expect_told(&f, "");
	assert_non_null(ircnet_chan(f.net, slice_str("#c")));
	fixture_close(&f);
}

static void the_net_may_be_destroyed_in_every_event(void **state)
{
	static const char *const names[] = {"write", "end", "registered",
		"nick_refused", "join", "complete", "leave", "nick", "prefix",
		"modes", "topic", "user", "text", "ctcp", "invite", "numeric",
		"other", "sent"};
	static const char script[] =
		":s 433 * juliet :in use\n"
		":s 001 juliet :Hi juliet!j@h\n"
		":juliet!j@h JOIN #c\n"
		":s 353 juliet = #c :juliet @bob ann\n"
		":s 366 juliet #c :End\n"
		":bob!b@h MODE #c +ov-n ann ann\n"
		":bob!b@h TOPIC #c :x\n"
		":bob!b@h AWAY :x\n"
		":bob!b@h PRIVMSG #c :x\n"
		":bob!b@h PRIVMSG juliet :\x01VERSION\x01\n"
		":bob!b@h INVITE juliet #d\n"
		":s 999 juliet :x\n"
		":s KILL juliet :x\n"
		":bob!b@h NICK zed\n"
		":zed!b@h NICK ann\n"
		"PING :x\n"
		":ann!b@h QUIT :x\n"
		":juliet!j@h QUIT :x\n"
		"ERROR :x\n";

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		struct fixture f;

		fixture_init(&f);
		fixture_open(&f);
		serve(&f, ":s CAP * LS :away-notify\n");
		f.destroy_in = strcmp(names[i], "sent") ? names[i] : NULL;
		f.next_nick = "juliet";
		serve(&f, script);
		if (strcmp(names[i], "sent") == 0) {
			fixture_close(&f);
			fixture_init(&f);
			fixture_register(&f);
			f.destroy_in = names[i];
			assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG,
				slice_str("a"), slice_str("b"), 5), ERR_OK);
			pass(&f, 0);
		}
		if (f.net != NULL) {
			print_message("%s never came\n", names[i]);
		}
		assert_null(f.net);
		assert_int_equal(clock_next(&f.clock), -1);
		fixture_close(&f);
	}
}

static void destroying_inside_requests_and_timers_is_safe(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	f.destroy_in = "write";
	(void)!ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
		slice_str("1\n2\n3"), 1);
	assert_null(f.net);
	fixture_close(&f);
	fixture_init(&f);
	fixture_register(&f);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), none), ERR_OK);
	f.destroy_in = "write";
	pass(&f, 0);
	assert_null(f.net);
	fixture_close(&f);
	fixture_init(&f);
	fixture_register(&f);
	f.destroy_in = "write";
	pass(&f, 90000);
	assert_null(f.net);
	fixture_close(&f);
	fixture_init(&f);
	fixture_register(&f);
	f.destroy_in = "write";
	ircnet_quit(f.net, slice_str("x"));
	assert_null(f.net);
	fixture_close(&f);
}

/* LIBIRCCLIENT 9.9 */
static void nothing_of_one_connection_reaches_the_next(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG,
			slice_str("NickServ"), slice_str("IDENTIFY secret"),
			0), ERR_OK);
	}
	ircnet_input(f.net, ":bob!b@h PRIVMSG #c :half", 25);
	ircnet_destroy(f.net);
	forget(&f);
	fixture_open(&f);
	expect_out(&f, "CAP LS 302\nNICK juliet\nUSER juliet 0 * :Juliet C\n");
	serve(&f, " a line\n:s 001 juliet :Hi\n");
	pass(&f, 60000);
	expect_out(&f, "");
	assert_int_equal(ircnet_channels(f.net)->used, 0);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stopped_net_only_remembers),
		cmocka_unit_test(the_net_may_be_destroyed_in_every_event),
		cmocka_unit_test(destroying_inside_requests_and_timers_is_safe),
		cmocka_unit_test(nothing_of_one_connection_reaches_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
