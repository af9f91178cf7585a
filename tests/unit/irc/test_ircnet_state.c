/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* What a connection knows: members, prefixes, modes, names, batches. */
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct slice none = {NULL, 0};

/* Each line of the server in a fresh channel #c with juliet, ~@bob, +ann. */
static const struct {
	const char *line;
	const char *told;
} cases[] = {
	/* MODE by PREFIX and CHANMODES */
	{":bob!b@h MODE #c +o ann\n", "prefix #c ann 4 6 by bob\n"},
	{":bob!b@h MODE #c +o :ann\n", "prefix #c ann 4 6 by bob\n"},
	{":bob!b@h MODE #c +qo ann ann\n", "prefix #c ann 4 7 by bob\n"},
	{":bob!b@h MODE #c +o-v ann ann\n", "prefix #c ann 4 2 by bob\n"},
	{":bob!b@h MODE #c +o-o ann ann\n", ""},
	{":bob!b@h MODE #c +v ann\n", ""},
	{":bob!b@h MODE #c +o zed\n", ""},
	{":bob!b@h MODE #c +o\n", ""},
	{":bob!b@h MODE #c o ann\n", "prefix #c ann 4 6 by bob\n"},
	{":bob!b@h MODE #c +k sesame\n",
		"modes #c +k sesame by bob key=sesame limit=0\n"},
	{":bob!b@h MODE #c +lk 7 sesame\n",
		"modes #c +lk 7 sesame by bob key=sesame limit=7\n"},
	{":bob!b@h MODE #c +l 7\n:bob!b@h MODE #c -l\n",
		"modes #c +l 7 by bob key=- limit=7\n"
		"modes #c -l by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +k a\n:bob!b@h MODE #c -k *\n",
		"modes #c +k a by bob key=a limit=0\n"
		"modes #c -k * by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +k *\n", "modes #c +k * by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +l x\n", "modes #c +l x by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +b *!*@x\n",
		"modes #c +b *!*@x by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +b\n", ""},
	{":bob!b@h MODE #c +mo-t+v-b ann bob x!*@*\n",
		"prefix #c ann 4 6 by bob\nprefix #c bob 3 7 by bob\n"
		"modes #c +m-tb x!*@* by bob key=- limit=0\n"},
	{":s MODE #c +nZ\n", "modes #c +nZ by s key=- limit=0\n"},
	{":bob!b@h MODE #other +m\n", ""},
	{":juliet MODE juliet +i\n", ""},
	{":s MODE JULIET :+iwx\n", ""},
	{":s 324 juliet #c +mk key\n", "modes #c +mk key by  key=key limit=0\n"
		"numeric 324 #c :key\n"},
	/* JOIN, PART, KICK, QUIT */
	{":zed!z@h JOIN #C acct :Zed\n", "join #c zed account\n"},
	{":zed!z@h JOIN #c * :Zed\n", "join #c zed\n"},
	{":ann!a@h JOIN #c\n", ""},
	{":zed!z@h JOIN #other\n", ""},
	{"JOIN #c\n", ""},
	{":ann!a@h PART #c :bye bye\n", "leave #c ann part :bye bye\n"},
	{":ann!a@h PART #c\n:ann!a@h PRIVMSG #c :x\n",
		"leave #c ann part :\ntext privmsg ann #c  :x\n"},
	{":zed!z@h PART #c\n", ""},
	{":juliet!~j@host.test PART #c :forced\n",
		"leave #c juliet part me :forced\n"},
	{":bob!b@h KICK #c ann :out\n", "leave #c ann kick by bob :out\n"},
	{":bob!b@h KICK #c juliet\n", "leave #c juliet kick me by bob :\n"},
	{":bob!b@h KICK #c zed :out\n", ""},
	{":ann!a@h QUIT :Quit: a.b c.d\n", "leave #c ann quit :Quit: a.b c.d\n"},
	{":ann!a@h QUIT :hub.net leaf.net\n",
		"leave #c ann quit netsplit hub.net leaf.net "
			":hub.net leaf.net\n"},
	{":ann!a@h QUIT :*.net *.split\n",
		"leave #c ann quit netsplit *.net *.split "
			":*.net *.split\n"},
	{":ann!a@h QUIT :http://a.b c.d\n",
		"leave #c ann quit :http://a.b c.d\n"},
	{":ann!a@h QUIT :a.b c.d e.f\n", "leave #c ann quit :a.b c.d e.f\n"},
	{":ann!a@h QUIT :ok bye.\n", "leave #c ann quit :ok bye.\n"},
	{":zed!z@h QUIT :x\n", ""},
	{":juliet!~j@host.test QUIT :x\n", "leave #c juliet quit me :x\n"},
	/* NICK */
	{":ann!a@h NICK eve\n", "nick ann eve\n"},
	{":ann!a@h NICK :ANN\n:bob!b@h MODE #c +o ann\n",
		"nick ann ANN\nprefix #c ANN 4 6 by bob\n"},
	{":ann!a@h NICK eve\n:bob!b@h MODE #c -v eve\n",
		"nick ann eve\nprefix #c eve 4 0 by bob\n"},
	{":juliet!~j@host.test NICK romeo\n:a!b@c PRIVMSG romeo :x\n",
		"nick juliet romeo me\ntext privmsg a -  :x\n"},
	{":ann!a@h NICK juliet\n", ""},
	{":ann!a@h NICK bob\n", "leave #c bob quit :\nnick ann bob\n"},
	{":juliet!j@h NICK bob\n",
		"leave #c bob quit :\nnick juliet bob me\n"},
	{":zed!z@h NICK yod\n", ""},
	/* TOPIC and numerics about it */
	{":bob!b@h TOPIC #c :new topic\n", "topic #c bob :new topic\n"},
	{":bob!b@h TOPIC #c :\n", "topic #c bob :\n"},
	{":bob!b@h TOPIC #other :x\n", ""},
	{":s 332 juliet #c :asked\n", "numeric 332 #c :asked\n"},
	{":s 331 juliet #c :No topic\n", "numeric 331 #c :No topic\n"},
	/* people */
	{":ann!a@h AWAY :gone\n:ann!a@h AWAY\n", "user ann a@h account=- "
		"away=gone\nuser ann a@h account=- away=-\n"},
	{":ann!a@h ACCOUNT acc\n:ann!a@h ACCOUNT *\n",
		"person ann a@h account=acc away=-\n"
		"person ann a@h account=- away=-\n"},
	{":ann!a@h CHGHOST b new.host\n",
		"user ann b@new.host account=- away=-\n"},
	{":ann!a@h SETNAME :Ann\n", "person ann a@h account=- away=-\n"},
	{":s 301 juliet ann :lunch\n", "user ann - account=- away=lunch\n"
		"numeric 301 ann :lunch\n"},
	{":s 352 juliet #c u h.x s ann G* :0 Ann\n",
		"user ann u@h.x account=- away=\nnumeric 352 #c :0 Ann\n"},
	{":s 306 juliet :You are away\n",
		"user juliet ~j@host.test account=- away=\n"
		"numeric 306 You are away :You are away\n"},
	{":s 302 juliet :juliet=+u@new.h ann*=-a@x.y\n"
		":ann MODE #c +o ann\n",
		"user ann a@x.y account=- away=\n"
		"numeric 302 juliet=+u@new.h ann*=-a@x.y :"
		"juliet=+u@new.h ann*=-a@x.y\nprefix #c ann 4 6 by ann\n"},
	{":s 396 juliet new.host :is your host\n",
		"person juliet ~j@new.host account=- away=-\n"
		"numeric 396 new.host :is your host\n"},
	{":ann!a@h INVITE juliet :#d\n", "invite ann juliet #d\n"},
	/* others' questions */
	{":s 353 juliet = #c :juliet ~@bob +ann zed\n",
		"numeric 353 = :juliet ~@bob +ann zed\n"},
	{":s 366 juliet #c :End\n", "numeric 366 #c :End\n"},
	{":s 433 juliet eve :in use\n", "numeric 433 eve :in use\n"},
	{":s 464 juliet :bad\n", "numeric 464 bad :bad\n"},
	{":s 372 juliet :- motd\n", "numeric 372 - motd :- motd\n"},
	{":s 002 juliet :x\n:s 004 juliet x\n", ""},
	{":s KILL juliet :why\n", "other KILL :why\n"},
	{":s WALLOPS :w\n:s FAIL X Y :z\n", "other WALLOPS :w\n"
		"other FAIL :z\n"},
	{"FOO\n", "other FOO :\n"},
	/* text */
	{":bob!b@h PRIVMSG +#c :x\n", "text privmsg bob #c+known :x\n"},
	{":bob!b@h PRIVMSG ~#c :x\n", ""},
	{":bob!b@h PRIVMSG #c :\x01" "ACTION\x01\n",
		"text action bob #c known :\n"},
	{":bob!b@h PRIVMSG #c :\x01\x01\n:bob!b@h PRIVMSG #c :\x01\n", ""},
	{":bob!b@h PRIVMSG #c :\n", "text privmsg bob #c known :\n"},
	{":juliet!~j@host.test PRIVMSG juliet :x\n",
		"text privmsg juliet self - known :x\n"},
	{":s NOTICE $$* :x\n:s NOTICE AUTH :x\nNOTICE x :y\n",
		"text notice s server -  :x\ntext notice s server -  :x\n"
		"text notice  server -  :y\n"},
	/* batches */
	{":s BATCH +1 netsplit a b\n@batch=1 :ann!a@h QUIT :bye\n"
		":s BATCH -1\n@batch=1 :bob!b@h QUIT :bye\n",
		"leave #c ann quit netsplit a b :bye\nleave #c bob quit :bye\n"},
	/* Inside another batch; names of servers, and none. */
	{":s BATCH +1 netjoin a b\n@batch=1 :s BATCH +2 x\n"
		"@batch=2 :zed!z@h JOIN #c\n:s BATCH -2\n"
		"@batch=1 :yan!y@h JOIN #c\n:s BATCH -1\n"
		"@batch=1 :xia!x@h JOIN #c\n",
		"join #c zed netjoin a b\njoin #c yan netjoin a b\n"
		"join #c xia\n"},
	{":s BATCH +1 netjoin\n@batch=1 :zed!z@h JOIN #c\n:s BATCH -1\n",
		"join #c zed netjoin \n"},
	{":s BATCH +1 netsplit a.x b.x\n"
		"@batch=1 :ann!a@h QUIT :c.x d.x\n:s BATCH -1\n",
		"leave #c ann quit netsplit a.x b.x :c.x d.x\n"},
	{":s BATCH +1 chathistory #c\n@batch=1 :bob!b@h PRIVMSG #c :old\n"
		"@batch=1 :bob!b@h PART #c\n@batch=1 :bob!b@h NICK x\n"
		"@batch=1;a :s 366 juliet #c :x\n:s BATCH :-1\n"
		"@batch=1 :bob!b@h PRIVMSG #c :new\n",
		"text privmsg bob #c known history :old\n"
		"text privmsg bob #c known :new\n"},
	{"BATCH +1 chathistory #c\n@batch=1 BATCH +2 foo\n"
		"@batch=2 :bob!b@h PRIVMSG #c :old\n",
		"text privmsg bob #c known history :old\n"},
	{"BATCH\nBATCH 1\nBATCH +\nBATCH -9\n", ""},
};

static void lines_change_what_is_known_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;

		fixture_init(&f);
		fixture_join(&f);
		serve(&f, cases[i].line);
		if (strcmp(buf_cstr(&f.told), cases[i].told) != 0) {
			print_message("at %s\n", cases[i].line);
		}
		expect_told(&f, cases[i].told);
		fixture_close(&f);
	}
}

/* ---- names ---- */

static void what_a_server_says_of_itself_is_kept(void **state)
{
	char line[600] = ":s 328 juliet #c :";
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	serve(&f, ":s 004 juliet irc.x.test ngircd-26.1 abc def\n"
		":s 328 juliet #c :https://x.test/\n");
	/* Nothing, or too much, changes nothing. */
	memset(line + strlen(line), 'x', 580);
	line[598] = '\n';
	line[599] = '\0';
	serve(&f, ":s 004 juliet\n:s 328 juliet #c\n:s 328 juliet #c :\n");
	serve(&f, line);
	assert_true(slice_is(ircnet_server(f.net), "irc.x.test"));
	assert_true(slice_is(ircnet_version(f.net), "ngircd-26.1"));
	assert_string_equal(ircnet_chan(f.net, slice_str("#c"))->url->p,
		"https://x.test/");
	expect_told(&f, "");
	serve(&f, ":s 328 juliet #zz :no\n");
	expect_told(&f, "numeric 328 #zz :no\n");
	fixture_close(&f);
}

static void names_carry_prefixes_and_hosts(void **state)
{
	struct fixture f;
	struct ircchan *chan;
	uint32_t bits;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), none), ERR_OK);
	serve(&f, ":juliet!~j@host.test JOIN #c\n"
		":eve!e@h JOIN #c\n"
		":bob!b@h MODE #c +v eve\n"
		":s 353 juliet @ #c :~@+bob!b@h.x @juliet eve  \n"
		":s 353 juliet * #c :\n"
		":s 353 juliet = #other :zed\n"
		":s 366 juliet #c :End\n");
	chan = ircnet_chan(f.net, slice_str("#c"));
	assert_int_equal(chan->symbol, '*');
	assert_int_equal(chan->members.used, 3);
	assert_non_null(chan_member(chan, ircnet_user(f.net,
		slice_str("bob"))->entry.key, &bits));
	assert_int_equal(bits, 7);
	assert_string_equal(ircuser_host(ircnet_user(f.net,
		slice_str("bob")))->p, "b@h.x");
	assert_non_null(chan_member(chan, ircnet_user(f.net,
		slice_str("eve"))->entry.key, &bits));
	assert_int_equal(bits, 4);
	assert_null(ircnet_user(f.net, slice_str("zed")));
	expect_told(&f, "join #c juliet me\njoin #c eve\n"
		"prefix #c eve 0 4 by bob\n"
		"numeric 353 = :zed\ncomplete #c members=3 topic=\n");
	fixture_close(&f);
}

static void people_are_forgotten_with_the_last_channel(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	serve(&f, ":juliet!~j@host.test JOIN #d\n:ann!a@h JOIN #d\n"
		":s 366 juliet #d :End\n:ann!a@h PART #c\n");
	assert_non_null(ircnet_user(f.net, slice_str("ann")));
	assert_int_equal(ircuser_channels(
		ircnet_user(f.net, slice_str("ann"))), 1);
	serve(&f, ":juliet!~j@host.test PART #d\n");
	assert_null(ircnet_user(f.net, slice_str("ann")));
	assert_null(ircnet_chan(f.net, slice_str("#d")));
	assert_int_equal(ircuser_channels(ircnet_me(f.net)), 1);
	fixture_close(&f);
}

static void nick_answers_are_told_apart(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	assert_int_equal(ircnet_nick(f.net, slice_str("romeo")), ERR_OK);
	serve(&f, ":s 433 juliet romeo :in use\n");
	serve(&f, ":juliet!j@h NICK romeo\n");
	expect_told(&f, "numeric 433 romeo :in use\n"
		"nick juliet romeo me\n");
	/* A server that cuts: 20 characters asked, 9 given. */
	assert_int_equal(ircnet_nick(f.net, slice_str("julietcapulet")),
		ERR_OK);
	serve(&f, ":romeo!j@h NICK julietcap\n");
	expect_told(&f, "nick romeo julietcap me asked\n");
	assert_true(ircnet_is_me(f.net, slice_str("JulietCap")));
	fixture_close(&f);
}

static void parting_is_told_as_asked(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	assert_int_equal(ircnet_part(f.net, slice_str("#C"), none), ERR_OK);
	expect_out(&f, "PART #C\n");
	serve(&f, ":juliet!~j@host.test PART #c\n");
	expect_told(&f, "leave #c juliet part me asked :\n");
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), none), ERR_OK);
	serve(&f, ":juliet!~j@host.test JOIN #c\n");
	forget(&f);
	serve(&f, ":juliet!~j@host.test PART #c\n");
	expect_told(&f, "leave #c juliet part me :\n");
	fixture_close(&f);
}

/* The answers come in the order of asking; only the last JOIN counts. */
static void a_channel_may_be_asked_for_before_the_part_is_answered(
	void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	assert_int_equal(ircnet_part(f.net, slice_str("#c"), none), ERR_OK);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), none), ERR_OK);
	pass(&f, 0);
	expect_out(&f, "PART #c\nJOIN #c\n");
	forget(&f);
	serve(&f, ":juliet!~j@host.test PART #c\n");
	expect_told(&f, "leave #c juliet part me asked :\n");
	serve(&f, ":juliet!~j@host.test JOIN #c\n");
	expect_told(&f, "join #c juliet me\n");
	fixture_close(&f);
}

/* Left before the JOIN was answered: neither answer is told. */
static void a_join_that_is_left_is_not_told(void **state)
{
	static const char *const answers[] = {
		":juliet!~j@host.test JOIN #d\n:s 366 juliet #d :End\n",
		":s 473 juliet #d :invite only\n",
		":s 999 juliet #d :words of its own\n",
	};
	static const char *const parts[] = {
		":juliet!~j@host.test PART #d\n",
		":s 442 juliet #d :not on it\n",
		":s 442 juliet #d :not on it\n",
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct fixture f;

		fixture_init(&f);
		fixture_join(&f);
		assert_int_equal(ircnet_join(f.net, slice_str("#d"), none),
			ERR_OK);
		pass(&f, 0);
		assert_int_equal(ircnet_part(f.net, slice_str("#d"), none),
			ERR_OK);
		expect_out(&f, "JOIN #d\nPART #d\n");
		forget(&f);
		serve(&f, answers[i]);
		expect_told(&f, i < 2 ? "" : "numeric 999 #d :words of its own\n");
		forget(&f);
		serve(&f, parts[i]);
		assert_null(ircnet_chan(f.net, slice_str("#d")));
		fixture_close(&f);
	}
}

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

/* ---- CASEMAPPING ---- */

static void casemapping_may_come_after_the_first_requests(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_open(&f);
	serve(&f, ":s 001 jul[iet :Hi\n");
	assert_int_equal(ircnet_join(f.net, slice_str("#[x]"), none), ERR_OK);
	assert_non_null(ircnet_chan(f.net, slice_str("#{x}")));
	serve(&f, ":s 005 jul[iet CASEMAPPING=ascii :x\n");
	assert_null(ircnet_chan(f.net, slice_str("#{x}")));
	assert_non_null(ircnet_chan(f.net, slice_str("#[X]")));
	assert_true(ircnet_is_me(f.net, slice_str("JUL[IET")));
	assert_false(ircnet_is_me(f.net, slice_str("jul{iet")));
	assert_int_equal(ircnet_join(f.net, slice_str("#{x}"), none), ERR_OK);
	/* would merge two channels, then comes too late: not followed */
	serve(&f, ":s 005 jul[iet CASEMAPPING=rfc1459 :x\n"
		":jul[iet!j@h JOIN #[x]\n"
		":s 005 jul[iet CASEMAPPING=rfc1459 :x\n");
	assert_ptr_not_equal(ircnet_chan(f.net, slice_str("#{x}")),
		ircnet_chan(f.net, slice_str("#[x]")));
	fixture_close(&f);
}

/* ---- bounds ---- */

static void channels_nobody_asked_for_are_bounded(void **state)
{
	struct fixture f;
	char line[100];

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	for (int i = 0; i < 500; i++) {
		snprintf(line, sizeof line, ":juliet!j@h JOIN #x%d\n", i);
		serve(&f, line);
	}
	assert_int_equal(ircnet_channels(f.net)->used, 200);
	assert_string_equal(buf_cstr(&f.out) + f.out.len - 12,
		"PART #x499\r\n");
	assert_int_equal(ircnet_join(f.net, slice_str("#mine"), none), ERR_OK);
	serve(&f, ":juliet!j@h JOIN #mine\n");
	assert_int_equal(ircnet_channels(f.net)->used, 201);
	fixture_close(&f);
}

static void names_of_a_flood_are_bounded(void **state)
{
	struct fixture f;
	struct buf line;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	buf_init(&line, 10000);
	for (int i = 0; i < 70000; i++) {
		buf_reset(&line, SIZE_MAX);
		buf_addf(&line, ":%0500d!u@h JOIN #c\r\n", i);
		ircnet_input(f.net, line.p, line.len);
		buf_reset(&f.told, SIZE_MAX);
	}
	/* 32 MiB of names */
	assert_true(ircnet_chan(f.net, slice_str("#c"))->members.used < 70000);
	assert_true(ircnet_dropped(f.net) > 1000);
	serve(&f, "PING x\n");
	expect_out(&f, "PONG :x\n");
	buf_finish(&line);
	fixture_close(&f);
}

static void names_above_512_bytes_are_ignored(void **state)
{
	struct fixture f;
	struct buf line;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	buf_init(&line, 10000);
	buf_addf(&line, ":%0513d!u@h JOIN #c\r\n:ann!a@h NICK %0513d\r\n"
		":s 353 juliet = #c :%0513d\r\n:juliet JOIN #%0513d\r\n",
		1, 2, 3, 4);
	ircnet_input(f.net, line.p, line.len);
	assert_int_equal(ircnet_chan(f.net, slice_str("#c"))->members.used, 3);
	assert_int_equal(ircnet_channels(f.net)->used, 1);
	buf_finish(&line);
	fixture_close(&f);
}

/* ---- destroy from every event ---- */

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

/* Of modes that only some servers have (PROTOCOL D.13: irc#modes). */
static void parameters_of_modes_are_known(void **state)
{
	static const struct {
		const char *line;
		const char *f; /* "-": none is known */
	} steps[] = {
		{":bob!b@h MODE #c +f 5:10\n", "5:10"},
		{":bob!b@h MODE #c +jf 1:2 6:10\n", "6:10"},
		{":bob!b@h MODE #c -j\n", "6:10"},
		{":s 324 juliet #c +nf 7:10\n", "7:10"},
		{":bob!b@h MODE #c -f\n", "-"},
		{":bob!b@h MODE #c +f\n", "-"},
		{":bob!b@h MODE #c +f 8:10\n", "8:10"},
		{":s 324 juliet #c +nt\n", "-"},
	};
	struct fixture f;
	struct slice value;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	serve(&f, ":s 005 juliet CHANMODES=b,k,lfj,nt :are supported\n");
	for (size_t i = 0; i < COUNT(steps); i++) {
		serve(&f, steps[i].line);
		value = chan_param(ircnet_chan(f.net, slice_str("#c")), 'f');
		assert_true(steps[i].f[0] == '-' ? value.p == NULL :
						   slice_is(value, steps[i].f));
	}
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_change_what_is_known_by_the_table),
		cmocka_unit_test(what_a_server_says_of_itself_is_kept),
		cmocka_unit_test(names_carry_prefixes_and_hosts),
		cmocka_unit_test(people_are_forgotten_with_the_last_channel),
		cmocka_unit_test(nick_answers_are_told_apart),
		cmocka_unit_test(parameters_of_modes_are_known),
		cmocka_unit_test(parting_is_told_as_asked),
		cmocka_unit_test(
			a_channel_may_be_asked_for_before_the_part_is_answered),
		cmocka_unit_test(a_join_that_is_left_is_not_told),
		cmocka_unit_test(a_stopped_net_only_remembers),
		cmocka_unit_test(casemapping_may_come_after_the_first_requests),
		cmocka_unit_test(channels_nobody_asked_for_are_bounded),
		cmocka_unit_test(names_of_a_flood_are_bounded),
		cmocka_unit_test(names_above_512_bytes_are_ignored),
		cmocka_unit_test(the_net_may_be_destroyed_in_every_event),
		cmocka_unit_test(destroying_inside_requests_and_timers_is_safe),
		cmocka_unit_test(nothing_of_one_connection_reaches_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
