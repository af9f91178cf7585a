/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* Registration: CAP, the nick, what a server without either says, refusals. */

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
