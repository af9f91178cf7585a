/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* Registration that goes otherwise, silence, the send queue, the end. */
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct slice none = {NULL, 0};

/* ---- registration ---- */

static void servers_without_cap_just_welcome(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	forget(&f);
	serve(&f, ":s 421 * CAP :Unknown command\n:s 001 juliet :Hi\n");
	expect_out(&f, "");
	expect_told(&f, "registered juliet\n");
	pass(&f, 40000);
	expect_out(&f, "");
	fixture_close(&f);
}

static void a_silent_ls_delays_ten_seconds_only(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	forget(&f);
	pass(&f, 9999);
	expect_out(&f, "");
	pass(&f, 1);
	expect_out(&f, "CAP END\n");
	pass(&f, 19999);
	expect_told(&f, "");
	pass(&f, 1);
	expect_told(&f, "end register 0 \n");
	pass(&f, 100000);
	serve(&f, ":s 001 juliet :Hi\n");
	expect_told(&f, "");
	fixture_close(&f);
}

static void a_silent_req_is_not_waited_for(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	pass(&f, 5000);
	serve(&f, ":s CAP * LS :batch\n");
	forget(&f);
	pass(&f, 9999);
	expect_out(&f, "");
	pass(&f, 1);
	expect_out(&f, "CAP END\n");
	fixture_close(&f);
}

static void many_names_go_in_lines_of_eight(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	forget(&f);
	serve(&f, ":s CAP * LS :sasl=PLAIN setname chghost extended-join batch "
		"account-tag account-notify away-notify userhost-in-names "
		"multi-prefix server-time message-tags invite-notify "
		"inspircd.org/poison echo-message labeled-response sts=port=1\n");
	expect_out(&f, "CAP REQ :multi-prefix userhost-in-names away-notify "
		"account-notify account-tag extended-join chghost setname\n"
		"CAP REQ :server-time message-tags batch invite-notify "
		"echo-message labeled-response\n");
	fixture_close(&f);
}

static void values_of_capabilities_are_kept(void **state)
{
	static const char name[] = "draft/multiline";
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	assert_null(ircnet_cap_value(f.net, name).p);
	serve(&f, ":s CAP * LS * :draft/multiline=max-bytes=4096,max-lines=9 "
		"sts=port=6697\n:s CAP * LS :sasl\n");
	assert_true(slice_is(ircnet_cap_value(f.net, name),
		"max-bytes=4096,max-lines=9"));
	assert_true(slice_is(ircnet_cap_value(f.net, "sts"), "port=6697"));
	assert_true(slice_is(ircnet_cap_value(f.net, "sasl"), ""));
	serve(&f, ":s CAP * NEW :draft/multiline=max-bytes=1\n");
	assert_true(slice_is(ircnet_cap_value(f.net, name), "max-bytes=1"));
	serve(&f, ":s CAP * DEL :draft/multiline sasl\n");
	assert_null(ircnet_cap_value(f.net, name).p);
	assert_null(ircnet_cap_value(f.net, "sasl").p);
	fixture_close(&f);
}

static void nothing_offered_ends_at_once(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	forget(&f);
	serve(&f, ":s CAP * LS :\n");
	expect_out(&f, "CAP END\n");
	fixture_close(&f);
}

static void a_refused_nick_is_asked_about(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	forget(&f);
	f.next_nick = "juliet_";
	serve(&f, ":s 433 * juliet :in use\n");
	expect_out(&f, "NICK juliet_\n");
	assert_true(slice_is(ircnet_nick_now(f.net), "juliet_"));
	serve(&f, ":s 432 * juliet_ :bad\n");
	expect_told(&f, "nick_refused 433 juliet in use\n"
		"nick_refused 432 juliet_ bad\nend nick 432 bad\n");
	fixture_close(&f);
}

/* ---- CAP LS first ---- */

static void open_first(struct fixture *f)
{
	fixture_init(f);
	f->config.cap_first = true;
	f->config.password = "secret";
	fixture_open(f);
	expect_out(f, "CAP LS 302\n");
}

#define INTRODUCED "PASS :secret\nNICK juliet\nUSER juliet 0 * :Juliet C\n"

static void nothing_is_said_before_the_list_is_complete(void **state)
{
	struct fixture f;

	(void)state;
	open_first(&f);
	serve(&f, ":s NOTICE * :*** Checking Ident\n:s 020 * :Please wait\n"
		":s 421 * WEBIRC :Unknown command\n"
		":s CAP * LS * :batch\n:s CAP * NEW :setname\n");
	expect_out(&f, "");
	assert_true(slice_is(ircnet_nick_now(f.net), "juliet"));
	serve(&f, ":s CAP * LS :away-notify\n");
	expect_out(&f, INTRODUCED "CAP REQ :away-notify setname batch\n");
	pass(&f, 9000);
	expect_out(&f, "");
	fixture_close(&f);
}

static void servers_without_cap_are_told_at_once(void **state)
{
	static const char *const said[] = {
		":s 421 * CAP :Unknown command\n",
		":s 421 CAP :Unknown command\n",
		":s 451 * :You have not registered\n",
		":s 451 CAP :Register first\n",
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < COUNT(said); i++) {
		open_first(&f);
		serve(&f, said[i]);
		expect_out(&f, INTRODUCED);
		serve(&f, ":s 001 juliet :Hi\n");
		forget(&f);
		fixture_close(&f);
	}
	open_first(&f);
	serve(&f, ":s 410 * LS :Invalid subcommand\n");
	expect_out(&f, INTRODUCED "CAP END\n");
	fixture_close(&f);
}

static void silence_about_cap_is_waited_for_six_seconds(void **state)
{
	struct fixture f;

	(void)state;
	open_first(&f);
	pass(&f, 5999);
	expect_out(&f, "");
	pass(&f, 1);
	expect_out(&f, INTRODUCED);
	pass(&f, 4000);
	expect_out(&f, "CAP END\n");
	pass(&f, 19999);
	expect_told(&f, "");
	pass(&f, 1);
	expect_told(&f, "end register 0 \n");
	fixture_close(&f);
}

/* A registration of 4 s is not over before it has begun. */
static void a_short_registration_waits_for_half_of_it(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.config.cap_first = true;
	f.config.register_timeout_ms = 4000;
	fixture_open(&f);
	forget(&f);
	pass(&f, 1999);
	expect_out(&f, "");
	pass(&f, 1);
	expect_out(&f, "NICK juliet\nUSER juliet 0 * :Juliet C\n");
	pass(&f, 2000);
	expect_told(&f, "end register 0 \n");
	fixture_close(&f);
}

/* Nonsense of a server; still it hears no nick before its time. */
static void a_nick_refused_unsaid_is_another_one_then(void **state)
{
	struct fixture f;

	(void)state;
	open_first(&f);
	f.next_nick = "juliet_";
	serve(&f, ":s 433 * x :in use\n");
	expect_told(&f, "nick_refused 433 juliet in use\n");
	expect_out(&f, "");
	serve(&f, ":s CAP * LS :\n");
	expect_out(&f, "PASS :secret\nNICK juliet_\n"
		"USER juliet 0 * :Juliet C\nCAP END\n");
	fixture_close(&f);
	open_first(&f);
	serve(&f, ":s 001 juliet :Hi\n");
	expect_told(&f, "registered juliet\n");
	pass(&f, 20000);
	expect_out(&f, "");
	fixture_close(&f);
}

static void refusals_end_the_registration(void **state)
{
	static const struct {
		const char *lines;
		const char *told;
	} cases[] = {
		{":s 464 * :Password incorrect\n",
			"end refused 464 Password incorrect\n"},
		{":s 465 * :You are banned\n", "end refused 465 You are banned\n"},
		{":s 463 * :Not here\n", "end refused 463 Not here\n"},
		{"ERROR :Trying to reconnect too fast.\n",
			"end error 0 Trying to reconnect too fast.\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;

		fixture_init(&f);
		fixture_open(&f);
		serve(&f, cases[i].lines);
		expect_told(&f, cases[i].told);
		assert_int_equal(f.ends, 1);
		fixture_close(&f);
	}
}

static void antispoof_numbers_are_answered(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	forget(&f);
	serve(&f, "PING :12345\n"
		":s 513 juliet :To connect, type /QUOTE PONG 987654\n");
	expect_out(&f, "PONG :12345\nPONG 987654\n");
	serve(&f, ":s 001 juliet :Hi\n");
	forget(&f);
	serve(&f, ":s 513 juliet :To connect, type /QUOTE PONG 11\n");
	expect_out(&f, "PONG 11\n");
	/* Without a number there is nothing to answer: a text. */
	serve(&f, ":s 513 juliet :Bad ping\n");
	expect_out(&f, "");
	expect_told(&f, "numeric 513 Bad ping :Bad ping\n");
	fixture_close(&f);
}

static void requests_before_welcome_are_refused(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	forget(&f);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), none),
		ERR_WRONG_STATE);
	assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("a"),
		slice_str("b"), 0), ERR_WRONG_STATE);
	expect_out(&f, "");
	fixture_close(&f);
}

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

/* ---- liveness ---- */

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

/* ---- the queue ---- */

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

/* ---- fields ---- */

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
		cmocka_unit_test(servers_without_cap_just_welcome),
		cmocka_unit_test(a_silent_ls_delays_ten_seconds_only),
		cmocka_unit_test(a_silent_req_is_not_waited_for),
		cmocka_unit_test(many_names_go_in_lines_of_eight),
		cmocka_unit_test(values_of_capabilities_are_kept),
		cmocka_unit_test(nothing_offered_ends_at_once),
		cmocka_unit_test(a_refused_nick_is_asked_about),
		cmocka_unit_test(nothing_is_said_before_the_list_is_complete),
		cmocka_unit_test(servers_without_cap_are_told_at_once),
		cmocka_unit_test(silence_about_cap_is_waited_for_six_seconds),
		cmocka_unit_test(a_short_registration_waits_for_half_of_it),
		cmocka_unit_test(a_nick_refused_unsaid_is_another_one_then),
		cmocka_unit_test(refusals_end_the_registration),
		cmocka_unit_test(antispoof_numbers_are_answered),
		cmocka_unit_test(requests_before_welcome_are_refused),
		cmocka_unit_test(bad_credentials_never_reach_the_wire),
		cmocka_unit_test(percent_signs_arrive_literally),
		cmocka_unit_test(silence_is_asked_about_then_ends),
		cmocka_unit_test(ping_is_answered_before_any_queue),
		cmocka_unit_test(
			the_bucket_lets_five_go_then_one_each_two_seconds),
		cmocka_unit_test(
			a_full_queue_takes_all_of_a_message_or_nothing),
		cmocka_unit_test(joins_are_merged_keys_first),
		cmocka_unit_test(quit_passes_the_queue),
		cmocka_unit_test(line_ends_in_fields_send_nothing),
		cmocka_unit_test(texts_lose_their_line_ends),
		cmocka_unit_test(raw_lines_keep_out_of_our_business),
		cmocka_unit_test(the_budget_follows_our_own_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
