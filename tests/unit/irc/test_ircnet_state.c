/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* What a connection knows: names, modes, our own nick and channels. */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_server_says_of_itself_is_kept),
		cmocka_unit_test(names_carry_prefixes_and_hosts),
		cmocka_unit_test(people_are_forgotten_with_the_last_channel),
		cmocka_unit_test(nick_answers_are_told_apart),
		cmocka_unit_test(parameters_of_modes_are_known),
		cmocka_unit_test(parting_is_told_as_asked),
		cmocka_unit_test(
			a_channel_may_be_asked_for_before_the_part_is_answered),
		cmocka_unit_test(a_join_that_is_left_is_not_told),
		cmocka_unit_test(casemapping_may_come_after_the_first_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
