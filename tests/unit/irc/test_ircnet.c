/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

static void registration_asks_for_capabilities_and_always_ends(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.config.password = "se cret";
	fixture_open(&f);
	expect_out(&f, "CAP LS 302\nPASS :se cret\nNICK juliet\n"
		"USER juliet 0 * :Juliet C\n");
	serve(&f, ":s CAP * LS * :multi-prefix sasl=PLAIN x/unheard-of\n"
		":s CAP * LS :batch away-notify \n");
	expect_out(&f, "CAP REQ :multi-prefix away-notify batch\n");
	serve(&f, ":s CAP * NAK :multi-prefix away-notify batch\n");
	expect_out(&f, "CAP REQ :multi-prefix\nCAP REQ :away-notify\n"
		"CAP REQ :batch\n");
	serve(&f, ":s CAP * ACK :multi-prefix\n:s CAP * NAK :away-notify\n");
	expect_out(&f, "");
	serve(&f, ":s CAP * ACK :batch\n");
	expect_out(&f, "CAP END\n");
	assert_true(ircnet_cap(f.net, "batch"));
	assert_false(ircnet_cap(f.net, "away-notify"));
	serve(&f, ":s 001 juliet_ :Welcome juliet_!~j@h\n");
	expect_told(&f, "registered juliet_\n");
	assert_string_equal(ircuser_host(ircnet_me(f.net))->p, "~j@h");
	serve(&f, ":s CAP juliet_ NEW :away-notify\n"
		":s CAP juliet_ ACK :away-notify\n:s CAP juliet_ DEL :batch\n");
	expect_out(&f, "CAP REQ :away-notify\n");
	assert_true(ircnet_cap(f.net, "away-notify"));
	assert_false(ircnet_cap(f.net, "batch"));
	fixture_close(&f);
}

static void joining_learns_topic_members_and_modes(void **state)
{
	struct fixture f;
	struct ircchan *chan;
	uint32_t bits;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), slice(NULL, 0)),
		ERR_OK);
	assert_int_equal(ircnet_join(f.net, slice_str("#d"), slice_str("key")),
		ERR_OK);
	expect_out(&f, "");
	pass(&f, 0);
	expect_out(&f, "JOIN #d,#c key\n");
	serve(&f, ":juliet!~j@host.test JOIN #C acc :Juliet\n"
		":s 332 juliet #c :hello world\n"
		":s 333 juliet #c bob!b@h 1700000000\n"
		":s 353 juliet = #c :juliet @+bob\n"
		":s 353 juliet = #c :+ann!a@b ~@eve\n"
		":s 366 juliet #c :End of NAMES\n");
	expect_told(&f, "join #C juliet me account\n"
		"complete #C members=4 topic=hello world\n");
	pass(&f, 0);
	expect_out(&f, "MODE #C\n");
	serve(&f, ":s 324 juliet #c +ntlk 5 sesame\n:s 329 juliet #c 1600000000\n");
	expect_told(&f, "modes #C +ntlk 5 sesame by  key=sesame limit=5\n");
	chan = ircnet_chan(f.net, slice_str("#c"));
	assert_int_equal(chan->created_at, 1600000000);
	assert_true(chan_has_mode(chan, 't'));
	assert_false(chan_has_mode(chan, 'm'));
	assert_int_equal(chan->topic_at, 1700000000);
	assert_non_null(chan_member(chan,
		ircnet_user(f.net, slice_str("BOB"))->entry.key, &bits));
	assert_int_equal(bits, 2 | 4);
	serve(&f, ":s 475 juliet #d :Cannot join channel (+k)\n");
	expect_told(&f, "numeric 475 #d :Cannot join channel (+k)\n");
	assert_null(ircnet_chan(f.net, slice_str("#d")));
	fixture_close(&f);
}

static void client_tags_are_found_by_their_names(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	serve(&f, "@+typing=active :bob!b@h TAGMSG #c\n"
		"@msgid=2;+draft/reply=1;+draft/react=\\:) :bob!b@h TAGMSG #c\n"
		"@+reply=1;+draft/reply=2;+typing=done :bob!b@h TAGMSG juliet\n"
		"@msgid=3;account=bob :bob!b@h TAGMSG juliet\n" /* none */
		"@+reply=1 :bob!b@h TAGMSG #elsewhere\n"
		"@+typing=later :bob!b@h TAGMSG juliet\n"
		"@+reply=1 TAGMSG juliet\n"
		"@+reply=1 :bob!b@h TAGMSG\n");
	expect_told(&f, "typing bob 1\n"
		"tags bob #c id reply=1 react=;)\n"
		"tags bob - reply=1 react=\n"
		"typing bob 3\n");
	fixture_close(&f);
}

static void talk_goes_both_ways(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	serve(&f, ":bob!b@h PRIVMSG #C :hi\n"
		":bob!b@h PRIVMSG @#c :ops\n"
		":ann!a@h PRIVMSG JULIET :\x01" "ACTION waves\x01\n"
		"@msgid=1;time=2020-01-01T00:00:00.5Z :s NOTICE * :up\n"
		":zed!z@h PRIVMSG juliet :\x01VERSION\x01\n"
		":zed!z@h NOTICE juliet :\x01PING 12\n"
		":zed!z@h PRIVMSG #other :lost\n"
		"PING :a b\n");
	expect_told(&f, "text privmsg bob #c known :hi\n"
		"text privmsg bob #c@known :ops\n"
		"text action ann - known :waves\n"
		"text notice s server -  id :up\n"
		"ctcp zed VERSION :\n"
		"ctcp zed PING reply :12\n");
	expect_out(&f, "PONG :a b\n");
	assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("#c"),
		slice_str("one\ntwo"), 7), ERR_OK);
	expect_out(&f, "PRIVMSG #c :one\nPRIVMSG #c :two\n");
	expect_told(&f, "");
	pass(&f, 0);
	expect_told(&f, "sent 7\n");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			registration_asks_for_capabilities_and_always_ends),
		cmocka_unit_test(joining_learns_topic_members_and_modes),
		cmocka_unit_test(client_tags_are_found_by_their_names),
		cmocka_unit_test(talk_goes_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
