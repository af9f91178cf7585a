/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/login_fixture.h"

/* Logging in by NickServ, and a new account there: PROTOCOL F.4. */

/* Each way on which SASL says nothing about the password: NickServ is next. */
static void without_sasl_nickserv_is_asked(void **state)
{
	static const struct {
		const char *lines[4];
	} cases[] = {
		{{":s CAP * LS :multi-prefix\n:s CAP * ACK :multi-prefix\n"}},
		{{":s CAP * LS :sasl=EXTERNAL\n", ":s CAP * ACK :sasl\n"}},
		{{":s CAP * LS :sasl\n", ":s CAP * NAK :sasl\n"}},
		{{":s CAP * LS :sasl\n", ":s CAP * ACK :sasl\n",
			":s 908 juliet EXTERNAL :are available\n"
			":s 904 juliet :SASL authentication failed\n"}},
		{{":s CAP * LS :sasl\n", ":s CAP * ACK :sasl\n",
			"AUTHENTICATE +\n", ":s 905 juliet :too long\n"}},
		{{":s CAP * LS :sasl\n", ":s CAP * ACK :sasl\n",
			"AUTHENTICATE Zm9v\n", ":s 906 juliet :aborted\n"}},
		{{":s 421 juliet CAP :Unknown command\n"}},
		{{":s CAP * LS :sasl\n", ":s CAP * ACK :sasl\n"}}, /* 001 */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;

		open_with(&f, true, true);
		for (size_t k = 0; k < 4 && cases[i].lines[k] != NULL; k++) {
			serve(&f, cases[i].lines[k]);
		}
		expect_told(&f, "");
		buf_reset(&f.out, 0);
		serve(&f, WELCOME);
		expect_out(&f, "WHOIS NickServ\n");
		expect_told(&f, "registered juliet\n");
		fixture_close(&f);
	}
}

static void nickserv_is_told_and_channels_wait(void **state)
{
	struct fixture f;

	(void)state;
	at_nickserv(&f);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), slice(NULL, 0)),
		ERR_OK);
	assert_int_equal(ircnet_say(f.net, IRC_PRIVMSG, slice_str("bob"),
		slice_str("hi"), 0), ERR_OK);
	pass(&f, 0);
	serve(&f, ":NickServ!services@services.test NOTICE juliet :This nick "
		"is owned by someone else.  Please choose another.\n"
		WHOIS_SERVICE);
	expect_out(&f, IDENTIFY);
	pass(&f, 500);
	serve(&f, ":NickServ!services@services.test NOTICE juliet :Password "
		"accepted - you are now recognized.\n");
	expect_out(&f, "");
	serve(&f, ":s 900 juliet juliet!x@h juliet :You are now logged in\n"
		":juliet!x@h ACCOUNT :juliet\n"
		":NickServ!services@services.test MODE juliet :+r\n");
	expect_told(&f, "login ok :\nperson juliet x@h account=juliet "
		"away=-\n");
	pass(&f, 0);
	expect_out(&f, "JOIN #c\nPRIVMSG bob :hi\n");
	/* Later words are the user's. */
	serve(&f, ":NickServ!services@services.test NOTICE juliet :hello\n");
	expect_told(&f, "text notice NickServ -  :hello\n");
	fixture_close(&f);
}

/* What proves a login, one by one. */
static void proofs(void **state)
{
	static const char *const cases[] = {
		":s 900 juliet juliet!x@h juliet :You are now logged in\n",
		":juliet!x@h ACCOUNT :juliet\n",
		":NickServ!services@services.test MODE juliet :+r\n",
		":NickServ MODE juliet +ir\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;

		at_nickserv(&f);
		serve(&f, WHOIS_SERVICE);
		forget(&f);
		serve(&f, cases[i]);
		assert_non_null(strstr(buf_cstr(&f.told), "login ok :\n"));
		fixture_close(&f);
	}
}

/* NickServ's word alone is enough after a moment (ircds without 900). */
static void words_of_nickserv(void **state)
{
	static const struct {
		const char *notice;
		const char *told;
	} cases[] = {
		{"You are now identified for \002juliet\002.", "ok :"},
		{"Password accepted - you are now recognized.", "ok :"},
		{"You are already logged in as \002juliet\002.", "ok :"},
		{"Invalid password for \002juliet\002.",
			"refused :Invalid password for \002juliet\002."},
		{"Password incorrect.", "refused :Password incorrect."},
		{"Nick juliet isn't registered.",
			"refused :Nick juliet isn't registered."},
		{"\002juliet\002 is not a registered nickname.",
			"refused :\002juliet\002 is not a registered nickname."},
		{"Mot de passe ?", "timeout :Mot de passe ?"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;
		char line[200];

		at_nickserv(&f);
		serve(&f, WHOIS_SERVICE);
		expect_out(&f, IDENTIFY);
		snprintf(line, sizeof line,
			":NickServ!services@services.test NOTICE juliet :%s\n",
			cases[i].notice);
		serve(&f, line);
		pass(&f, 5000);
		snprintf(line, sizeof line, "login %s\n", cases[i].told);
		expect_told(&f, line);
		fixture_close(&f);
	}
}

/* Who is called NickServ gets a password only when it is a service. */
static void impostors_get_nothing(void **state)
{
	static const struct {
		const char *whois;
		const char *out;
		const char *told;
	} cases[] = {
		/* a person */
		{":s 311 juliet NickServ evil evil.host * :services.\n"
			":s 312 juliet NickServ irc.test.net :A server\n",
			"", "login impostor :\n"},
		/* who has become operator of the network */
		{":s 311 juliet NickServ services services.host * :x\n"
			":s 312 juliet NickServ irc.test.net :services.\n"
			":s 313 juliet NickServ :is a Services Operator\n",
			"", "login impostor :\n"},
		/* nobody */
		{":s 401 juliet NickServ :No such nick\n", "",
			"login nowhere :\n"},
		/* the server is hidden: where to is not known */
		{":s 311 juliet NickServ services services.host * :x\n"
			":s 312 juliet NickServ *.test.net :x\n"
			":s 313 juliet NickServ :is a Network Service\n", "",
			"login impostor :\n"},
		/* a name that would break the line */
		{":s 311 juliet NickServ services services.host * :x\n"
			":s 312 juliet NickServ :services.x :QUIT\n", "",
			"login impostor :\n"},
		/* the services' server has another name: the ircd's word */
		{":s 311 juliet NickServ services host * :x\n"
			":s 312 juliet NickServ svc.test.net :x\n"
			":s 313 juliet NickServ :is a \002Network Service\002\n",
			"PRIVMSG NickServ@svc.test.net :IDENTIFY secret1\n",
			""},
		{":s 310 juliet NickServ :is an IRC service\n"
			":s 311 juliet NickServ services host * :x\n"
			":s 312 juliet NickServ svc.test.net :x\n",
			"PRIVMSG NickServ@svc.test.net :IDENTIFY secret1\n",
			""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;

		at_nickserv(&f);
		serve(&f, cases[i].whois);
		serve(&f, ":s 318 juliet NickServ :End\n");
		expect_out(&f, cases[i].out);
		expect_told(&f, cases[i].told);
		fixture_close(&f);
	}
}

/* Services go between WHOIS and IDENTIFY: the ircd knows the full name only. */
static void a_service_that_has_gone(void **state)
{
	struct fixture f;

	(void)state;
	at_nickserv(&f);
	serve(&f, WHOIS_SERVICE);
	expect_out(&f, IDENTIFY);
	serve(&f, ":s 401 juliet NickServ@services.test :No such nick\n");
	expect_out(&f, "");
	expect_told(&f, "login nowhere :No such nick\n");
	fixture_close(&f);
}

static void nobody_answers(void **state)
{
	struct fixture f;

	(void)state;
	at_nickserv(&f);
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), slice(NULL, 0)),
		ERR_OK);
	pass(&f, 4999);
	expect_out(&f, "");
	pass(&f, 1);
	expect_told(&f, "login timeout :\n");
	pass(&f, 0);
	expect_out(&f, "JOIN #c\n");
	/* It comes late, but it comes. */
	serve(&f, ":s 900 juliet juliet!x@h juliet :You are now logged in\n");
	expect_told(&f, "login ok :\n");
	fixture_close(&f);
}

static void account_and_nick_may_differ(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	f.config.account = "capulet";
	f.config.account_password = "secret1";
	f.config.nickserv = true;
	f.config.private_link = true;
	fixture_open(&f);
	serve(&f, WELCOME WHOIS_SERVICE);
	assert_non_null(strstr(buf_cstr(&f.out), "\r\nPRIVMSG "
		"NickServ@services.test :IDENTIFY capulet secret1\r\n"));
	fixture_close(&f);
}

/* Nothing is sent, and the owner hears why. */
static void what_forbids_a_login(void **state)
{
	static const struct {
		const char *password;
		bool private_link;
		bool nickserv;
		const char *told;
	} cases[] = {
		{"secret1", false, true, "login unsafe :\nregistered juliet\n"},
		{"secret1", true, false, "login nowhere :\nregistered juliet\n"},
		{"sec\rret", true, true, "login illegal :\nregistered juliet\n"},
		{"sec\nret", true, true, "login illegal :\nregistered juliet\n"},
		{"", true, true, "registered juliet\n"},
		{NULL, false, true, "registered juliet\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;

		fixture_init(&f);
		f.config.account_password = cases[i].password;
		f.config.sasl = cases[i].private_link && cases[i].nickserv;
		f.config.nickserv = cases[i].nickserv;
		f.config.private_link = cases[i].private_link;
		fixture_open(&f);
		serve(&f, ":s CAP * LS :sasl=PLAIN\n" WELCOME);
		expect_out(&f, FIRST_LINES "CAP END\n");
		expect_told(&f, cases[i].told);
		fixture_close(&f);
	}
}

static void services_that_come_back(void **state)
{
	struct fixture f;

	(void)state;
	at_nickserv(&f);
	serve(&f, ":s 401 juliet NickServ :No such nick\n"
		":s 318 juliet NickServ :End\n");
	expect_told(&f, "login nowhere :\n");
	serve(&f, ":s CAP juliet NEW :sasl=PLAIN\n");
	expect_out(&f, "CAP REQ :sasl\n");
	serve(&f, ":s CAP juliet ACK :sasl\n");
	expect_out(&f, "AUTHENTICATE PLAIN\n");
	serve(&f, "AUTHENTICATE +\n");
	expect_out(&f, PAYLOAD);
	/* Nothing waits for it now. */
	assert_int_equal(ircnet_join(f.net, slice_str("#c"), slice(NULL, 0)),
		ERR_OK);
	pass(&f, 0);
	expect_out(&f, "JOIN #c\n");
	serve(&f, ":s 900 juliet juliet!x@h juliet :You are now logged in\n"
		":s 903 juliet :SASL authentication successful\n");
	expect_told(&f, "login ok :SASL authentication successful\n");
	serve(&f, ":s CAP juliet NEW :sasl=PLAIN\n");
	expect_out(&f, "");
	fixture_close(&f);
}

/* After 001 nobody is left to be asked; the text is not NickServ's. */
static void services_that_come_back_and_fail(void **state)
{
	struct fixture f;

	(void)state;
	at_nickserv(&f);
	serve(&f, ":s 318 juliet NickServ :End\n"
		":s CAP juliet NEW :sasl\n:s CAP juliet ACK :sasl\n");
	forget(&f);
	serve(&f, ":s 906 juliet :SASL authentication aborted\n");
	expect_out(&f, "");
	expect_told(&f, "login timeout :\n");
	serve(&f, ":s CAP juliet NEW :sasl\n:s CAP juliet ACK :sasl\n");
	forget(&f);
	pass(&f, 15000);
	expect_out(&f, "AUTHENTICATE *\n");
	expect_told(&f, "login timeout :\n");
	fixture_close(&f);
}

static void a_new_account_is_asked_for_in_one_line(void **state)
{
	static const struct {
		const char *account;
		const char *email;
		const char *password;
		const char *line; /* NULL: nothing is sent */
	} cases[] = {
		{"", "", "secret1", "REGISTER * * :secret1\n"},
		{"juliet", "j@x.lit", "two words",
			"REGISTER juliet j@x.lit :two words\n"},
		{"a b", "", "secret1", NULL},
		{":a", "", "secret1", NULL},
		{"", "a b", "secret1", NULL},
		{"", "", "a\nQUIT", NULL},
		{"", "", "", NULL},
	};
	struct ircnet_accounts rules;
	struct fixture f;

	(void)state;
	open_with(&f, true, true);
	assert_int_equal(ircnet_register(f.net, slice_str("a"),
		slice_str(""), slice_str("secret1")), ERR_WRONG_STATE);
	serve(&f, ":s CAP * LS :draft/account-registration="
		"email-required=x,before-connect,custom-account-name\n");
	assert_false(ircnet_accounts(f.net).offered);
	serve(&f, ":s CAP * ACK :draft/account-registration\n" WELCOME);
	rules = ircnet_accounts(f.net);
	assert_true(rules.offered && rules.email_required && rules.custom_name);
	forget(&f);
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum err err = ircnet_register(f.net,
			slice_str(cases[i].account), slice_str(cases[i].email),
			slice_str(cases[i].password));

		assert_int_equal(err == ERR_OK, cases[i].line != NULL);
		expect_out(&f, cases[i].line ? cases[i].line : "");
	}
	assert_int_equal(ircnet_verify(f.net, slice_str("juliet"),
		slice_str("12 34")), ERR_OK);
	expect_out(&f, "VERIFY juliet :12 34\n");
	serve(&f, ":s CAP juliet DEL :draft/account-registration\n");
	rules = ircnet_accounts(f.net);
	assert_false(rules.offered || rules.email_required);
	assert_int_equal(ircnet_verify(f.net, slice_str("juliet"),
		slice_str("12")), ERR_WRONG_STATE);
	fixture_close(&f);
}

/* echo-message would show our own line with the password. */
static void our_own_identify_is_not_shown(void **state)
{
	struct fixture f;

	(void)state;
	at_nickserv(&f);
	serve(&f, WHOIS_SERVICE
		":juliet!x@h PRIVMSG NickServ :IDENTIFY secret1\n"
		":s 900 juliet juliet!x@h juliet :You are now logged in\n"
		":juliet!x@h PRIVMSG NickServ@services.test :identify secret1\n"
		":bob!b@h PRIVMSG juliet :IDENTIFY yourself\n");
	expect_told(&f, "login ok :\n"
		"text privmsg bob -  :IDENTIFY yourself\n");
	fixture_close(&f);
}

static void leaving_ends_the_login(void **state)
{
	struct fixture f;

	(void)state;
	at_nickserv(&f);
	ircnet_quit(f.net, slice_str("bye"));
	expect_out(&f, "QUIT :bye\n");
	serve(&f, WHOIS_SERVICE);
	expect_out(&f, "");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_sasl_nickserv_is_asked),
		cmocka_unit_test(nickserv_is_told_and_channels_wait),
		cmocka_unit_test(proofs),
		cmocka_unit_test(words_of_nickserv),
		cmocka_unit_test(impostors_get_nothing),
		cmocka_unit_test(a_service_that_has_gone),
		cmocka_unit_test(nobody_answers),
		cmocka_unit_test(account_and_nick_may_differ),
		cmocka_unit_test(what_forbids_a_login),
		cmocka_unit_test(services_that_come_back),
		cmocka_unit_test(services_that_come_back_and_fail),
		cmocka_unit_test(a_new_account_is_asked_for_in_one_line),
		cmocka_unit_test(our_own_identify_is_not_shown),
		cmocka_unit_test(leaving_ends_the_login),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
