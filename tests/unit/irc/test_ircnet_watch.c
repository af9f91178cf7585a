/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* People who are watched: irc/ircnet_watch.c, ircnet_ask.c, ircnet_watched.c. */

static int setup(void **state)
{
	*state = must_calloc(1, sizeof(struct fixture));
	fixture_init(*state);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	free(f);
	return 0;
}

static struct ircwatched *watch(struct fixture *f, const char *nick)
{
	return ircnet_watch(f->net, slice_str(nick));
}

/* Registered, with these features and the end of MOTD. */
static void begin(struct fixture *f, const char *features)
{
	char line[300];

	f->config.flood_burst = 100;
	fixture_register(f);
	snprintf(line, sizeof line,
		":irc.test 005 juliet %s :are supported\n"
		":irc.test 422 juliet :No MOTD\n",
		features);
	serve(f, line);
	pass(f, 0);
	forget(f);
}

/* In #c with bob and ann. */
static void enter(struct fixture *f)
{
	assert_int_equal(
		ircnet_join(f->net, slice_str("#c"), slice(NULL, 0)), ERR_OK);
	pass(f, 0);
	serve(f, ":juliet!~j@host.test JOIN #c * :Juliet\n"
		":irc.test 353 juliet = #c :juliet ~@bob +ann\n"
		":irc.test 366 juliet #c :End\n"
		":irc.test 324 juliet #c +nt\n");
	pass(f, 0);
	forget(f);
}

/* A minute; what a timer starts for now runs in the next turn. */
static void minute(struct fixture *f)
{
	pass(f, 60000);
	pass(f, 0);
}

static unsigned lines_out(const struct fixture *f)
{
	unsigned n = 0;

	for (size_t i = 0; i < f->out.len; i++) {
		n += f->out.p[i] == '\n';
	}
	return n;
}

/* ---- MONITOR ---- */

static void monitor_tells_online_and_offline(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	assert_non_null(watch(f, "Bob"));
	assert_non_null(watch(f, "ann"));
	assert_ptr_equal(watch(f, "bOB"), ircnet_watched(f->net, slice_str("bob")));
	pass(f, 0);
	expect_out(f, "MONITOR + Bob,ann\n");
	serve(f, ":irc.test 730 juliet :bob!b@h\n"
		":irc.test 731 juliet :ann\n");
	expect_told(f, "watched Bob online\nwatched ann offline\n");
	serve(f, ":irc.test 730 juliet :bob!b@h,ann\n"
		":irc.test 731 juliet :BOB\n");
	expect_told(f, "watched ann online\nwatched Bob offline\n");
}

static void without_extended_monitor_userhost_tells_who_is_away(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	watch(f, "bob");
	pass(f, 0);
	serve(f, ":irc.test 730 juliet :bob!b@h\n");
	forget(f);
	pass(f, 0);
	expect_out(f, "USERHOST juliet bob\n");
	serve(f, ":irc.test 302 juliet :juliet=+~j@host.test bob=-b@h \n");
	expect_told(f, "watched bob online away=\n");
	minute(f);
	expect_out(f, "USERHOST juliet bob\n");
	serve(f, ":irc.test 302 juliet :juliet=+~j@host.test bob=+b@h\n");
	expect_told(f, "watched bob online\n");
}

static void extended_monitor_needs_no_polling(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	serve(f, ":irc.test CAP juliet NEW :extended-monitor away-notify\n"
		":irc.test CAP juliet ACK :extended-monitor away-notify\n");
	watch(f, "bob");
	pass(f, 0);
	serve(f, ":irc.test 730 juliet :bob!b@h\n");
	pass(f, 0);
	serve(f, ":irc.test 302 juliet :juliet=+j@h bob=+b@h\n");
	forget(f);
	serve(f, ":bob!b@h AWAY :tea\n");
	expect_told(f, "watched bob online away=tea\n");
	serve(f, ":bob!b@h AWAY\n");
	expect_told(f, "watched bob online\n");
	serve(f, ":bob!b@h ACCOUNT bobby\n:bob!b@h CHGHOST b h2\n"
		":bob!b@h SETNAME :Bob B\n");
	assert_int_equal(ircnet_dropped(f->net), 0);
	/* Of somebody whom nobody knows it is a line of no use. */
	serve(f, ":eve!e@h ACCOUNT eve\n:eve!e@h CHGHOST e h2\n"
		":eve!e@h SETNAME :Eve E\n");
	assert_int_equal(ircnet_dropped(f->net), 3);
	minute(f);
	expect_out(f, "");
	/* Of who is away it tells with away-notify alone. */
	serve(f, ":irc.test CAP juliet DEL :away-notify\n");
	minute(f);
	expect_out(f, "USERHOST juliet bob\n");
}

static void many_are_several_lines(void **state)
{
	struct fixture *f = *state;
	char nick[32];
	unsigned lines = 0;

	begin(f, "MONITOR=1000");
	for (unsigned i = 0; i < 60; i++) {
		snprintf(nick, sizeof nick, "somebody%03u", i);
		assert_non_null(watch(f, nick));
	}
	pass(f, 0);
	for (size_t i = 0, at = 0; i < f->out.len; i++) {
		if (f->out.p[i] == '\n') {
			assert_true(i - at < 405);
			assert_memory_equal(f->out.p + at, "MONITOR + ", 10);
			at = i + 1;
			lines++;
		}
	}
	assert_int_equal(lines, 2);
}

static void a_full_list_means_polling(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=2");
	watch(f, "a");
	watch(f, "b");
	watch(f, "c");
	pass(f, 0);
	expect_out(f, "MONITOR + a,b\nISON juliet c\n");
	serve(f, ":irc.test 734 juliet 2 b :Monitor list is full.\n");
	serve(f, ":irc.test 303 juliet :juliet c\n");
	expect_told(f, "watched c online\n");
	pass(f, 0);
	expect_out(f, "ISON juliet b\nUSERHOST juliet c\n");
}

static void who_is_no_longer_watched_makes_place(void **state)
{
	struct fixture *f = *state;
	struct ircwatched *a;

	begin(f, "MONITOR=1");
	a = watch(f, "a");
	watch(f, "b");
	pass(f, 0);
	expect_out(f, "MONITOR + a\nISON juliet b\n");
	ircnet_unwatch(f->net, a);
	pass(f, 0);
	expect_out(f, "MONITOR - a\nMONITOR + b\n");
}

static void what_the_user_monitors_is_not_ours(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	serve(f, ":irc.test 730 juliet :zoe!z@h\n");
	expect_told(f, "numeric 730 zoe!z@h :zoe!z@h\n");
}

static void a_feature_that_is_not_there_is_not_used_again(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100 WATCH=128");
	watch(f, "bob");
	pass(f, 0);
	expect_out(f, "MONITOR + bob\n");
	serve(f, ":irc.test 421 juliet MONITOR :Unknown command\n");
	pass(f, 0);
	expect_out(f, "WATCH A +bob\n");
	serve(f, ":irc.test 421 juliet WATCH :Unknown command\n");
	expect_told(f, "");
	pass(f, 0);
	expect_out(f, "ISON juliet bob\n");
}

/* ---- WATCH ---- */

static void watch_tells_all_of_it(void **state)
{
	struct fixture *f = *state;
	struct ircwatched *bob;

	begin(f, "WATCH=128 WATCHOPTS=A");
	bob = watch(f, "bob");
	watch(f, "ann");
	pass(f, 0);
	expect_out(f, "WATCH A +bob +ann\n");
	serve(f, ":irc.test 604 juliet bob b h 1700000000 :is online\n"
		":irc.test 605 juliet ann * * 0 :is offline\n");
	expect_told(f, "watched bob online\nwatched ann offline\n");
	serve(f, ":irc.test 598 juliet bob b h 1700000000 :is now away\n"
		":irc.test 599 juliet bob b h 1700000000 :is no longer away\n"
		":irc.test 609 juliet bob b h 1700000000 :tea\n"
		":irc.test 601 juliet bob b h 1700000000 :logged offline\n"
		":irc.test 600 juliet ann b h 1700000000 :logged online\n");
	expect_told(f, "watched bob online away=\nwatched bob online\n"
		"watched bob online away=tea\nwatched bob offline\n"
		"watched ann online\n");
	ircnet_unwatch(f->net, bob);
	pass(f, 0);
	expect_out(f, "WATCH -bob\nUSERHOST juliet ann\n");
	serve(f, ":irc.test 512 juliet ann :Maximum size of WATCH-list is 1\n");
	pass(f, 0);
	expect_out(f, "ISON juliet ann\n");
}

/* ---- ISON ---- */

static void ison_is_asked_each_minute(void **state)
{
	struct fixture *f = *state;

	begin(f, "NICKLEN=30");
	watch(f, "bob");
	watch(f, "ann");
	pass(f, 0);
	expect_out(f, "ISON juliet bob ann\n");
	serve(f, ":irc.test 303 juliet :juliet bob \n");
	expect_told(f, "watched bob online\nwatched ann offline\n");
	pass(f, 0);
	expect_out(f, "USERHOST juliet bob\n");
	serve(f, ":irc.test 302 juliet :juliet=+j@h bob=+b@h\n");
	minute(f);
	expect_out(f, "ISON juliet bob ann\nUSERHOST juliet bob\n");
	serve(f, ":irc.test 303 juliet :juliet ann\n");
	expect_told(f, "watched ann online\nwatched bob offline\n");
}

static void an_ison_of_the_user_is_not_ours(void **state)
{
	struct fixture *f = *state;

	begin(f, "NICKLEN=30");
	watch(f, "bob");
	pass(f, 0);
	serve(f, ":irc.test 303 juliet :\n");
	expect_told(f, "numeric 303  :\n");
	serve(f, ":irc.test 303 juliet :juliet bob\n");
	expect_told(f, "watched bob online\n");
	serve(f, ":irc.test 303 juliet :juliet\n");
	expect_told(f, "numeric 303 juliet :juliet\n");
}

static void long_lists_are_asked_one_after_another(void **state)
{
	struct fixture *f = *state;
	char nick[32];
	size_t first;

	begin(f, "NICKLEN=30");
	for (unsigned i = 0; i < 60; i++) {
		snprintf(nick, sizeof nick, "somebody%03u", i);
		watch(f, nick);
	}
	pass(f, 0);
	first = f->out.len;
	assert_true(first <= 402);
	serve(f, ":irc.test 303 juliet :juliet somebody000\n");
	pass(f, 0);
	assert_true(f->out.len > first);
	assert_memory_equal(f->out.p + first, "ISON juliet ", 12);
	assert_non_null(strstr(buf_cstr(&f->out), "somebody059"));
}

static void an_answer_that_never_comes_is_not_waited_for(void **state)
{
	struct fixture *f = *state;

	begin(f, "NICKLEN=30");
	watch(f, "bob");
	pass(f, 0);
	forget(f);
	minute(f);
	expect_out(f, "ISON juliet bob\n");
}

static void questions_leave_a_token_to_the_user(void **state)
{
	struct fixture *f = *state;
	char nick[32];

	f->config.flood_burst = 5;
	fixture_register(f);
	serve(f, ":irc.test 005 juliet MONITOR=1000 :are supported\n"
		":irc.test 422 juliet :No MOTD\n");
	minute(f);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(nick, sizeof nick, "somebody%03u", i);
		assert_non_null(watch(f, nick));
	}
	assert_null(watch(f, "onetoomany"));
	pass(f, 0);
	assert_int_equal(lines_out(f), 4);
	forget(f);
	assert_int_equal(ircnet_away(f->net, slice_str("tea")), ERR_OK);
	expect_out(f, "AWAY :tea\n");
	pass(f, 4000);
	pass(f, 0);
	assert_int_equal(lines_out(f), 1);
}

static void nobody_is_called_so(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	assert_null(watch(f, ""));
	assert_null(watch(f, "a,b"));
	assert_null(watch(f, "a b"));
	assert_null(watch(f, "a\rb"));
	pass(f, 0);
	expect_out(f, "");
}

static void features_that_never_come_are_not_waited_for(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	watch(f, "bob");
	serve(f, ":irc.test 421 juliet CAP :Unknown command\n"
		":irc.test 001 juliet :Welcome\n");
	pass(f, 0);
	forget(f);
	pass(f, 9000);
	expect_out(f, "");
	pass(f, 1000);
	pass(f, 0);
	expect_out(f, "ISON juliet bob\n");
}

/* ---- channels ---- */

static void a_shared_channel_shows_more(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	enter(f);
	watch(f, "bob");
	pass(f, 0);
	expect_told(f, "watched bob online\n");
	/* The list's word comes first: the QUIT has the text. */
	serve(f, ":irc.test 731 juliet :bob\n");
	expect_told(f, "");
	serve(f, ":bob!b@h QUIT :gone home\n");
	expect_told(f, "leave #c bob quit :gone home\n"
		"watched bob offline reason=gone home\n");
	serve(f, ":irc.test 731 juliet :bob\n");
	expect_told(f, "");
	serve(f, ":bob!b@h JOIN #c * :Bob\n");
	expect_told(f, "join #c bob\nwatched bob online\n");
	serve(f, ":bob!b@h PART #c\n");
	expect_told(f, "leave #c bob part :\n");
	serve(f, ":irc.test 731 juliet :bob\n");
	expect_told(f, "watched bob offline\n");
}

static void a_new_nick_is_told_of_the_old_one(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	enter(f);
	watch(f, "bob");
	watch(f, "robert");
	pass(f, 0);
	forget(f);
	serve(f, ":irc.test 731 juliet :bob\n:irc.test 730 juliet :robert\n");
	expect_told(f, "watched robert online\n");
	serve(f, ":bob!b@h NICK Robert\n");
	expect_told(f, "nick bob Robert\nwatched bob offline renamed=Robert\n");
	serve(f, ":Robert!b@h NICK bob\n");
	expect_told(f, "nick Robert bob\n"
		"watched Robert offline renamed=bob\nwatched bob online\n");
}

static void away_in_a_channel_and_from_numerics(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	enter(f);
	watch(f, "bob");
	watch(f, "zoe");
	pass(f, 0);
	forget(f);
	serve(f, ":bob!b@h AWAY :tea\n");
	expect_told(f, "user bob b@h account=- away=tea\n"
		"watched bob online away=tea\n");
	serve(f, ":irc.test 301 juliet zoe :asleep\n");
	expect_told(f, "numeric 301 zoe :asleep\n"
		"watched zoe online away=asleep\n");
	serve(f, ":irc.test 352 juliet * z h irc.test zoe G :0 Zoe\n");
	expect_told(f, "numeric 352 * :0 Zoe\n");
	serve(f, ":irc.test 352 juliet * z h irc.test zoe H :0 Zoe\n");
	expect_told(f, "numeric 352 * :0 Zoe\nwatched zoe online\n");
	serve(f, ":irc.test 401 juliet zoe :No such nick\n");
	expect_told(f, "numeric 401 zoe :No such nick\n"
		"watched zoe offline\n");
}

static void the_watched_may_be_forgotten_in_the_event(void **state)
{
	struct fixture *f = *state;

	begin(f, "MONITOR=100");
	f->destroy_in = "watched";
	watch(f, "bob");
	pass(f, 0);
	serve(f, ":irc.test 730 juliet :bob,ann\n");
	assert_null(f->net);
}

static void case_is_the_servers(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	watch(f, "a[b");
	serve(f, ":irc.test 421 juliet CAP :Unknown command\n"
		":irc.test 001 juliet :Welcome\n"
		":irc.test 005 juliet MONITOR CASEMAPPING=ascii :x\n"
		":irc.test 376 juliet :End\n");
	pass(f, 0);
	forget(f);
	serve(f, ":irc.test 730 juliet :a{b\n");
	expect_told(f, "numeric 730 a{b :a{b\n");
	serve(f, ":irc.test 730 juliet :A[b\n");
	expect_told(f, "watched a[b online\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(monitor_tells_online_and_offline),
		TEST(without_extended_monitor_userhost_tells_who_is_away),
		TEST(extended_monitor_needs_no_polling),
		TEST(many_are_several_lines),
		TEST(a_full_list_means_polling),
		TEST(who_is_no_longer_watched_makes_place),
		TEST(what_the_user_monitors_is_not_ours),
		TEST(a_feature_that_is_not_there_is_not_used_again),
		TEST(watch_tells_all_of_it),
		TEST(ison_is_asked_each_minute),
		TEST(an_ison_of_the_user_is_not_ours),
		TEST(long_lists_are_asked_one_after_another),
		TEST(an_answer_that_never_comes_is_not_waited_for),
		TEST(questions_leave_a_token_to_the_user),
		TEST(nobody_is_called_so),
		TEST(features_that_never_come_are_not_waited_for),
		TEST(a_shared_channel_shows_more),
		TEST(a_new_nick_is_told_of_the_old_one),
		TEST(away_in_a_channel_and_from_numerics),
		TEST(the_watched_may_be_forgotten_in_the_event),
		TEST(case_is_the_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
