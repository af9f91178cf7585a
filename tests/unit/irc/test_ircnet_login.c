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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
