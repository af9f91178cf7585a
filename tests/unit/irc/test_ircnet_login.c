/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/login_fixture.h"

/* Logging in by SASL, and when registration ends: PROTOCOL F.4. */

static void sasl_comes_before_registration_ends(void **state)
{
	struct fixture f;

	(void)state;
	sasl_to_payload(&f);
	serve(&f, ":s 900 juliet juliet!j@h juliet :You are now logged in\n"
		":juliet!j@h ACCOUNT :juliet\n");
	expect_out(&f, "");
	serve(&f, ":s 903 juliet :SASL authentication successful\n");
	expect_out(&f, "CAP END\n");
	expect_told(&f, "login ok :SASL authentication successful\n");
	serve(&f, WELCOME);
	expect_told(&f, "registered juliet\n");
	assert_string_equal(ircuser_account(ircnet_me(f.net))->p, "juliet");
	/* Nothing is asked of NickServ, and nothing waits. */
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), slice(NULL, 0)),
		ERR_OK);
	pass(&f, 0);
	expect_out(&f, "JOIN #c\n");
	serve(&f, ":s 901 juliet juliet!j@h :You are now logged out\n");
	assert_null(ircuser_account(ircnet_me(f.net)));
	fixture_close(&f);
}

static void count_ends(void *ctx, enum log_level level, const char *line)
{
	(void)level;
	*(unsigned *)ctx += strstr(line, "login result=") != NULL;
}

static void logging_in_and_out_does_not_flood_the_log(void **state)
{
	struct fixture f;
	unsigned lines = 0;

	(void)state;
	sasl_to_payload(&f);
	log_set_sink(count_ends, &lines, LOG_INFO);
	serve(&f, ":s 903 juliet :SASL authentication successful\n" WELCOME);
	assert_int_equal(lines, 1);
	for (unsigned i = 0; i < 100; i++) {
		serve(&f, ":s 901 juliet juliet!j@h :You are now logged out\n"
			":s 900 juliet juliet!j@h juliet :You are logged in\n");
	}
	assert_in_range(lines, 2, 10);
	log_set_sink(NULL, NULL, LOG_ERROR);
	fixture_close(&f);
}

/* The other capabilities are asked for in a line of their own; END waits. */
static void sasl_waits_for_all_capabilities(void **state)
{
	struct fixture f;

	(void)state;
	open_with(&f, true, true);
	serve(&f, ":s CAP * LS * :multi-prefix userhost-in-names away-notify "
		"account-notify account-tag extended-join chghost setname\n"
		":s CAP * LS :server-time sasl=PLAIN\n");
	expect_out(&f, "CAP REQ :multi-prefix userhost-in-names away-notify "
		"account-notify account-tag extended-join chghost setname\n"
		"CAP REQ :server-time sasl\n");
	serve(&f, ":s CAP * ACK :server-time sasl\n");
	expect_out(&f, "");
	serve(&f, ":s CAP * NAK :multi-prefix userhost-in-names away-notify "
		"account-notify account-tag extended-join chghost setname\n");
	forget(&f);
	serve(&f, ":s CAP * NAK :multi-prefix\n:s CAP * NAK "
		":userhost-in-names\n:s CAP * NAK :away-notify\n:s CAP * NAK "
		":account-notify\n:s CAP * NAK :account-tag\n:s CAP * NAK "
		":extended-join\n:s CAP * NAK :chghost\n");
	expect_out(&f, "");
	serve(&f, ":s CAP * NAK :setname\n");
	expect_out(&f, "AUTHENTICATE PLAIN\n");
	fixture_close(&f);
}

static void a_wrong_password_costs_the_account_only(void **state)
{
	struct fixture f;

	(void)state;
	sasl_to_payload(&f);
	serve(&f, ":s 904 juliet :SASL authentication failed\n");
	expect_out(&f, "CAP END\n");
	expect_told(&f, "login refused :SASL authentication failed\n");
	/* Anope 2.0.12 says more when a message came in chunks. */
	serve(&f, ":s 908 juliet EXTERNAL,PLAIN :are available\n"
		":s 904 juliet :SASL authentication failed\n" WELCOME);
	expect_out(&f, "");
	expect_told(&f, "registered juliet\n");
	/* The same password is not tried again. */
	serve(&f, ":s CAP juliet NEW :sasl=PLAIN\n");
	expect_out(&f, "");
	fixture_close(&f);
}

static void a_silent_sasl_service_is_not_waited_for(void **state)
{
	struct fixture f;

	(void)state;
	open_with(&f, true, true);
	serve(&f, ":s CAP * LS :sasl\n:s CAP * ACK :sasl\n");
	buf_reset(&f.out, 0);
	pass(&f, 14999);
	expect_out(&f, "");
	pass(&f, 1);
	expect_out(&f, "AUTHENTICATE *\nCAP END\n");
	serve(&f, ":s 906 juliet :SASL authentication aborted\n" WELCOME);
	expect_out(&f, "WHOIS NickServ\n");
	fixture_close(&f);
}

/* CAP itself is not answered: patience for it ends first. */
static void registration_has_one_deadline(void **state)
{
	struct fixture f;

	(void)state;
	open_with(&f, true, true);
	pass(&f, 10000);
	expect_out(&f, "CAP END\n");
	pass(&f, 20000);
	expect_told(&f, "end register 0 \n");
	fixture_close(&f);

	fixture_init(&f);
	f.config.register_timeout_ms = 3000;
	f.config.account_password = "secret1";
	f.config.sasl = true;
	f.config.private_link = true;
	fixture_open(&f);
	serve(&f, ":s CAP * LS :sasl\n:s CAP * ACK :sasl\n");
	pass(&f, 3000);
	expect_told(&f, "end register 0 \n");
	fixture_close(&f);
}

/* NickServ takes words: a blank would cut the password. */
static void blanks_go_by_sasl_only(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.config.account_password = "se cret";
	f.config.nickserv = true;
	f.config.private_link = true;
	fixture_open(&f);
	serve(&f, WELCOME);
	forget(&f);
	serve(&f, WHOIS_SERVICE);
	expect_out(&f, "");
	expect_told(&f, "login illegal :\n");
	fixture_close(&f);
}

static void the_owner_may_destroy_in_any_result(void **state)
{
	static const char *const lines[] = {
		":s 904 juliet :SASL authentication failed\n",
		":s 903 juliet :yes\n",
		WELCOME,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct fixture f;

		sasl_to_payload(&f);
		f.destroy_in = "login";
		serve(&f, lines[i]);
		serve(&f, WHOIS_SERVICE);
		pass(&f, 20000);
		if (f.net != NULL) {
			f.destroy_in = NULL;
		}
		fixture_close(&f);
	}
}

/* ---- an account that is made before 001 ---- */

#define CAPABLE \
	":s CAP * LS :draft/account-registration=before-connect sasl=PLAIN\n" \
	":s CAP * ACK :draft/account-registration sasl\n"

static enum err ask_account(struct fixture *f)
{
	return ircnet_register(f->net, slice(NULL, 0), slice(NULL, 0),
		slice_str("secret1"));
}

static void open_to_sign_up(struct fixture *f, bool private_link)
{
	fixture_init(f);
	f->config.sasl = true;
	f->config.signup = true;
	f->config.private_link = private_link;
	fixture_open(f);
	expect_out(f, FIRST_LINES);
	/* Not before it is known what the server can. */
	assert_int_equal(ask_account(f), ERR_WRONG_STATE);
	serve(f, CAPABLE);
	expect_told(f, "capable\n");
}

static void an_account_is_made_before_001(void **state)
{
	struct fixture f;

	(void)state;
	open_to_sign_up(&f, true);
	expect_out(&f, "CAP REQ :draft/account-registration sasl\n");
	assert_int_equal(ask_account(&f), ERR_OK);
	expect_out(&f, "REGISTER * * :secret1\n");
	/* The server has time: more than a registration may take. */
	pass(&f, 34000);
	serve(&f, ":s 900 * * juliet :You are now logged in\n");
	expect_out(&f, "");
	expect_told(&f, "");
	ircnet_proceed(f.net, slice_str("juliet"), slice_str("secret1"));
	expect_out(&f, "CAP END\n");
	expect_told(&f, "login ok :\n");
	serve(&f, WELCOME);
	expect_told(&f, "registered juliet\n");
	assert_string_equal(ircuser_account(ircnet_me(f.net))->p, "juliet");
	fixture_close(&f);
}

/* SUCCESS without 900: by SASL, with what was just made. */
static void a_new_account_is_logged_in_to(void **state)
{
	struct fixture f;

	(void)state;
	open_to_sign_up(&f, true);
	assert_int_equal(ask_account(&f), ERR_OK);
	forget(&f);
	ircnet_proceed(f.net, slice_str("juliet"), slice_str("secret1"));
	ircnet_proceed(f.net, slice_str("other"), slice_str("other"));
	pass(&f, 1999);
	expect_out(&f, "");
	pass(&f, 1);
	expect_out(&f, "AUTHENTICATE PLAIN\n");
	serve(&f, "AUTHENTICATE +\n");
	expect_out(&f, PAYLOAD);
	serve(&f, ":s 903 juliet :fine\n");
	expect_out(&f, "CAP END\n");
	fixture_close(&f);
}

/* No password without a private link, nor where it is not asked for then. */
static void accounts_are_asked_for_where_that_is_right(void **state)
{
	struct fixture f;

	(void)state;
	open_to_sign_up(&f, false);
	assert_int_equal(ask_account(&f), ERR_WRONG_STATE);
	forget(&f);
	ircnet_proceed(f.net, slice(NULL, 0), slice(NULL, 0));
	expect_out(&f, "CAP END\n");
	assert_int_equal(ask_account(&f), ERR_WRONG_STATE);
	fixture_close(&f);
	fixture_init(&f);
	f.config.signup = true;
	f.config.private_link = true;
	fixture_open(&f);
	serve(&f, ":s CAP * LS :draft/account-registration\n"
		":s CAP * ACK :draft/account-registration\n");
	expect_told(&f, "capable\n");
	assert_int_equal(ask_account(&f), ERR_WRONG_STATE);
	fixture_close(&f);
}

/* 001 without a word about CAP: nothing waits any more. */
static void a_server_without_cap_is_not_waited_for(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.config.signup = true;
	f.config.private_link = true;
	fixture_open(&f);
	serve(&f, WELCOME);
	expect_told(&f, "registered juliet\n");
	forget(&f);
	ircnet_proceed(f.net, slice_str("juliet"), slice_str("secret1"));
	expect_out(&f, "");
	fixture_close(&f);
}

/* The owner may destroy it inside each of these events. */
static void what_is_destroyed_while_signing_up_stays_so(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.config.signup = true;
	f.config.private_link = true;
	f.destroy_in = "capable";
	fixture_open(&f);
	serve(&f, CAPABLE);
	assert_null(f.net);
	fixture_close(&f);
	fixture_init(&f);
	f.config.sasl_required = true;
	f.config.private_link = true;
	f.destroy_in = "end";
	fixture_open(&f);
	serve(&f, ":s CAP * LS :\n" WELCOME);
	assert_null(f.net);
	fixture_close(&f);
}

/* ---- sasl_required ---- */

static void without_the_login_there_is_no_connection(void **state)
{
	static const struct {
		const char *line; /* after our payload */
		const char *told;
	} cases[] = {
		{":s 904 juliet :no\n", "end login 1 no\n"},
		{":s 902 juliet :locked\n", "end login 1 locked\n"},
		{":s 905 juliet :long\n", "end login 5 long\n"},
		{WELCOME, "end login 5 \n"},
		{"AUTHENTICATE AAAA\n", "end login 5 \n"},
	};
	struct fixture f;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		fixture_init(&f);
		f.config.account_password = "secret1";
		f.config.sasl_required = true;
		f.config.nickserv = true;
		f.config.private_link = true;
		fixture_open(&f);
		serve(&f, ":s CAP * LS :sasl=PLAIN\n"
			":s CAP juliet ACK :sasl\nAUTHENTICATE +\n");
		forget(&f);
		serve(&f, cases[i].line);
		assert_non_null(strstr(buf_cstr(&f.out), "QUIT :"));
		assert_null(strstr(buf_cstr(&f.out), "CAP END"));
		expect_told(&f, cases[i].told);
		assert_int_equal(f.ends, 1);
		fixture_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sasl_comes_before_registration_ends),
		cmocka_unit_test(logging_in_and_out_does_not_flood_the_log),
		cmocka_unit_test(sasl_waits_for_all_capabilities),
		cmocka_unit_test(a_wrong_password_costs_the_account_only),
		cmocka_unit_test(a_silent_sasl_service_is_not_waited_for),
		cmocka_unit_test(registration_has_one_deadline),
		cmocka_unit_test(blanks_go_by_sasl_only),
		cmocka_unit_test(the_owner_may_destroy_in_any_result),
		cmocka_unit_test(an_account_is_made_before_001),
		cmocka_unit_test(a_new_account_is_logged_in_to),
		cmocka_unit_test(accounts_are_asked_for_where_that_is_right),
		cmocka_unit_test(a_server_without_cap_is_not_waited_for),
		cmocka_unit_test(what_is_destroyed_while_signing_up_stays_so),
		cmocka_unit_test(without_the_login_there_is_no_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
