/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* What of a field may reach the wire, and how much of a text in one line. */

static void bad_credentials_never_reach_the_wire(void **state)
{
	static const char *const bad[] = {"a\rb", "a\nQUIT", "", "\xff"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct fixture f;

		fixture_init(&f);
		f.config.password = bad[i];
		assert_null(ircnet_create(&f.config, &events, &f, &f.clock,
			NULL));
		f.config.password = NULL;
		f.config.nick = bad[i];
		if (i != 3) {
			assert_null(ircnet_create(&f.config, &events, &f,
				&f.clock, NULL));
		}
		expect_out(&f, "");
		fixture_close(&f);
	}
}

static void percent_signs_arrive_literally(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.config.nick = "n%n%s%p";
	f.config.user = "%n%s%p";
	f.config.realname = "%n%s%p";
	f.config.password = "%n%s%p";
	fixture_open(&f);
	expect_out(&f, "CAP LS 302\nPASS :%n%s%p\nNICK n%n%s%p\n"
		"USER nsp 0 * :%n%s%p\n");
	fixture_close(&f);
	fixture_init(&f);
	fixture_join(&f);
	assert_int_equal(ircnet_say(f.net, IRC_NOTICE, slice_str("%n%s"),
		slice_str("%n%s%p"), 0), ERR_OK);
	assert_int_equal(ircnet_topic(f.net, slice_str("#%n%s"),
		slice_str("%p")), ERR_OK);
	assert_int_equal(ircnet_join(f.net, slice_str("#%s"),
		slice_str("%n")), ERR_OK);
	assert_int_equal(ircnet_raw(f.net, slice_str("FOO %n :%s")), ERR_OK);
	pass(&f, 100000);
	expect_out(&f, "NOTICE %n%s :%n%s%p\nTOPIC #%n%s :%p\n"
		"JOIN #%s %n\nFOO %n :%s\n"
		"PING gw-161000\n");
	ircnet_quit(f.net, slice_str("%n%s%p"));
	expect_out(&f, "QUIT :%n%s%p\n");
	fixture_close(&f);
}

/* LIBIRCCLIENT 9.7: nothing with CR, LF or NUL in a field is ever sent. */
static void line_ends_in_fields_send_nothing(void **state)
{
	static const struct slice bad[] = {
		{"#a\rQUIT", 7}, {"#a\nQUIT", 7}, {"#a\0b", 4},
		{"#a\r\nQUIT", 8}, {"\n", 1}, {"", 0}, {"#a b", 4},
		{"#a,b", 4},
	};
	struct slice fine = slice_str("#c");
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct slice b = bad[i];
		struct slice words[2] = {slice_str("x"), b};
		bool word = i >= 6; /* legal where lists are */

		assert_int_not_equal(ircnet_join(f.net, b, none), ERR_OK);
		if (b.len > 0) {
			assert_int_not_equal(ircnet_join(f.net, slice_str("#x"),
				b), ERR_OK);
		}
		assert_int_not_equal(ircnet_part(f.net, b, none), ERR_OK);
		assert_int_not_equal(ircnet_say(f.net, IRC_PRIVMSG, b, fine,
			0), ERR_OK);
		assert_int_not_equal(ircnet_topic(f.net, b, fine), ERR_OK);
		assert_int_not_equal(ircnet_kick(f.net, b, fine, none), ERR_OK);
		assert_int_not_equal(ircnet_kick(f.net, fine, b, none), ERR_OK);
		assert_int_not_equal(ircnet_mode(f.net, b, slice_str("+m")),
			ERR_OK);
		assert_int_not_equal(ircnet_nick(f.net, b), ERR_OK);
		assert_int_not_equal(ircnet_invite(f.net, b, fine), ERR_OK);
		assert_int_not_equal(ircnet_whois(f.net, b), ERR_OK);
		assert_int_not_equal(ircnet_whowas(f.net, b), ERR_OK);
		assert_int_not_equal(ircnet_invite(f.net, slice_str("a"), b),
			ERR_OK);
		assert_int_not_equal(ircnet_ctcp(f.net, b, slice_str("X"),
			none), ERR_OK);
		if (!word) {
			assert_int_not_equal(ircnet_command(f.net, "WHO", words,
				2, none), ERR_OK);
			assert_int_not_equal(ircnet_ctcp(f.net, slice_str("a"),
				b, none), ERR_OK);
			assert_int_not_equal(ircnet_raw(f.net, b), ERR_OK);
		}
	}
	pass(&f, 0);
	expect_out(&f, "");
	fixture_close(&f);
}

static void texts_lose_their_line_ends(void **state)
{
	struct slice evil = {"a\r\nQUIT\0\x01", 9};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	assert_int_equal(ircnet_topic(f.net, slice_str("#c"), evil), ERR_OK);
	assert_int_equal(ircnet_kick(f.net, slice_str("#c"), slice_str("bob"),
		evil), ERR_OK);
	assert_int_equal(ircnet_part(f.net, slice_str("#c"), evil), ERR_OK);
	assert_int_equal(ircnet_away(f.net, evil), ERR_OK);
	assert_int_equal(ircnet_ctcp_reply(f.net, slice_str("bob"),
		slice_str("PING"), evil), ERR_OK);
	expect_out(&f, "TOPIC #c :a QUIT\nKICK #c bob :a QUIT\n"
		"PART #c :a QUIT\nAWAY :a QUIT\n"
		"NOTICE bob :\x01PING a QUIT\x01\n");
	fixture_close(&f);
}

static void raw_lines_keep_out_of_our_business(void **state)
{
	static const struct {
		const char *line;
		enum err err;
	} cases[] = {
		{"WHOIS bob", ERR_OK}, {"JOIN 0", ERR_BAD_INPUT},
		{"join #a,0", ERR_BAD_INPUT}, {"CAP REQ :x", ERR_BAD_INPUT},
		{":bob WHOIS x", ERR_BAD_INPUT}, {"@a=b X", ERR_BAD_INPUT},
		{" X", ERR_BAD_INPUT}, {"PASS x", ERR_BAD_INPUT},
		{"a\nb", ERR_BAD_INPUT}, {"NICK", ERR_BAD_INPUT},
		{"NICK romeo", ERR_OK},
	};
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(ircnet_raw(f.net, slice_str(cases[i].line)),
			cases[i].err);
	}
	expect_out(&f, "WHOIS bob\nNICK romeo\n");
	serve(&f, ":juliet!~j@h NICK romeo\n");
	expect_told(&f, "nick juliet romeo me asked\n");
	assert_int_equal(ircnet_raw(f.net, slice_str("QUIT :so long")), ERR_OK);
	expect_out(&f, "QUIT :so long\n");
	fixture_close(&f);
}

static void the_budget_follows_our_own_prefix(void **state)
{
	char body[1000];
	struct fixture f;
	const char *end;

	(void)state;
	memset(body, 'x', sizeof body);
	fixture_init(&f);
	fixture_register(&f);
	/* ":juliet!~j@host.test PRIVMSG #c :...\r\n" is 512 bytes */
	assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("#c"),
		slice(body, 900), 0), ERR_OK);
	end = strchr(buf_cstr(&f.out), '\r');
	assert_int_equal(end - f.out.p,
		510 - (long)strlen(":juliet!~j@host.test "));
	forget(&f);
	assert_int_equal(ircnet_say(f.net, IRC_ACTION, slice_str("@#c"),
		slice(body, 900), 0), ERR_OK);
	end = strchr(buf_cstr(&f.out), '\r');
	assert_int_equal(end - f.out.p,
		510 - 1 - (long)strlen(":juliet!~j@host.test "));
	forget(&f);
	serve(&f, ":s 396 juliet much.longer.host.name.test :is now\n");
	pass(&f, 60000);
	forget(&f);
	assert_int_equal(ircnet_say(f.net, IRC_NOTICE, slice_str("bob"),
		slice(body, 900), 0), ERR_OK);
	end = strchr(buf_cstr(&f.out), '\r');
	assert_int_equal(end - f.out.p, 510 -
		(long)strlen(":juliet!~j@much.longer.host.name.test "));
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_credentials_never_reach_the_wire),
		cmocka_unit_test(percent_signs_arrive_literally),
		cmocka_unit_test(line_ends_in_fields_send_nothing),
		cmocka_unit_test(texts_lose_their_line_ends),
		cmocka_unit_test(raw_lines_keep_out_of_our_business),
		cmocka_unit_test(the_budget_follows_our_own_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
