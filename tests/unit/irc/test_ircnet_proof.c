/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/login_fixture.h"

/* Logging in by a certificate and by SCRAM: PROTOCOL F.4. */

/* ---- a certificate ---- */

static void open_with_certificate(struct fixture *f, const char *password)
{
	fixture_init(f);
	f->config.account_password = password;
	f->config.certificate = true;
	f->config.sasl = true;
	f->config.nickserv = true;
	f->config.private_link = true;
	fixture_open(f);
	expect_out(f, FIRST_LINES);
}

static void a_certificate_logs_in_without_a_password(void **state)
{
	struct fixture f;

	(void)state;
	open_with_certificate(&f, NULL);
	serve(&f, ":s CAP * LS :sasl=EXTERNAL,PLAIN \n");
	expect_out(&f, "CAP REQ :sasl\n");
	serve(&f, ":s CAP juliet ACK :sasl\n");
	expect_out(&f, "AUTHENTICATE EXTERNAL\n");
	serve(&f, "AUTHENTICATE :+\n");
	expect_out(&f, "AUTHENTICATE +\n");
	serve(&f, ":s 903 juliet :SASL authentication successful\n");
	expect_out(&f, "CAP END\n");
	expect_told(&f, "login ok :SASL authentication successful\n");
	fixture_close(&f);
}

/* No account has it: the owner hears that at once, and no NickServ is asked. */
static void a_certificate_that_nobody_knows(void **state)
{
	struct fixture f;

	(void)state;
	open_with_certificate(&f, NULL);
	serve(&f, ":s CAP * LS :sasl=EXTERNAL,PLAIN\n"
		":s CAP juliet ACK :sasl\nAUTHENTICATE +\n");
	expect_out(&f, "CAP REQ :sasl\nAUTHENTICATE EXTERNAL\n"
		"AUTHENTICATE +\n");
	serve(&f, ":s 904 juliet :SASL authentication failed\n");
	expect_out(&f, "CAP END\n");
	expect_told(&f, "");
	serve(&f, WELCOME);
	expect_out(&f, "");
	expect_told(&f, "login certificate :\nregistered juliet\n");
	fixture_close(&f);
}

/* Without SASL services may see it by themselves; channels wait for that. */
static void services_have_time_to_see_the_certificate(void **state)
{
	struct fixture f;

	(void)state;
	for (int known = 0; known < 2; known++) {
		open_with_certificate(&f, NULL);
		serve(&f, ":s CAP * LS :\n" WELCOME);
		expect_out(&f, "CAP END\n");
		expect_told(&f, "registered juliet\n");
		assert_int_equal(ircnet_join(f.net, slice_str("#c"),
			slice(NULL, 0)), ERR_OK);
		pass(&f, 4999);
		expect_out(&f, "");
		if (known) {
			serve(&f, ":s 900 juliet juliet!j@h juliet :You are\n");
			expect_told(&f, "login ok :\n");
		} else {
			pass(&f, 1);
			expect_told(&f, "login certificate :\n");
		}
		pass(&f, 0);
		expect_out(&f, "JOIN #c\n");
		fixture_close(&f);
	}
}

/* The password is the next to be tried. */
static void a_password_stands_behind_the_certificate(void **state)
{
	struct fixture f;

	(void)state;
	open_with_certificate(&f, "secret1");
	serve(&f, ":s CAP * LS :sasl=EXTERNAL,PLAIN\n"
		":s CAP juliet ACK :sasl\nAUTHENTICATE +\n"
		":s 904 juliet :SASL authentication failed\n");
	expect_out(&f, "CAP REQ :sasl\nAUTHENTICATE EXTERNAL\n"
		"AUTHENTICATE +\nAUTHENTICATE PLAIN\n");
	serve(&f, "AUTHENTICATE +\n");
	expect_out(&f, PAYLOAD);
	serve(&f, ":s 903 juliet :Done\n");
	expect_told(&f, "login ok :Done\n");
	fixture_close(&f);
}

/* ---- SCRAM ---- */

/* i=3001 with the server's nonce after ours, which is in our message. */
static void challenge(struct fixture *f, const char *rounds)
{
	struct slice rest = buf_slice(&f->out);
	struct slice line = slice(NULL, 0);
	struct buf text;
	struct buf coded;

	while (rest.len > 0) {
		line = slice_cut(&rest, '\n');
	}
	line = slice_trim(line);
	slice_cut(&line, ' ');
	buf_init(&text, 1024);
	buf_init(&coded, 1024);
	assert_int_equal(base64_decode(line, &text), ERR_OK);
	line = buf_slice(&text);
	slice_cut(&line, 'r');
	buf_addf(&coded, "AUTHENTICATE ");
	line = slice(must_strndup(line.p, line.len), line.len);
	buf_reset(&text, 0);
	buf_addf(&text, "r%.*sABC,s=c2FsdA==,i=%s", SLICE_ARG(line), rounds);
	free((char *)(uintptr_t)line.p);
	base64_encode(buf_slice(&text), &coded);
	buf_add_char(&coded, '\n');
	forget(f);
	serve(f, buf_cstr(&coded));
	buf_finish(&text);
	buf_finish(&coded);
}

static void scram_to_challenge(struct fixture *f)
{
	open_with(f, true, true);
	serve(f, ":s CAP * LS :sasl=SCRAM-SHA-256,PLAIN\n"
		":s CAP juliet ACK :sasl\n");
	expect_out(f, "CAP REQ :sasl\nAUTHENTICATE SCRAM-SHA-256\n");
	serve(f, "AUTHENTICATE +\n");
}

/* Other connections have their turns in between. */
static void scram_is_computed_in_turns(void **state)
{
	struct fixture f;

	(void)state;
	scram_to_challenge(&f);
	challenge(&f, "3001");
	pass(&f, 0);
	pass(&f, 0);
	expect_out(&f, "");
	pass(&f, 0);
	assert_true(f.out.len > strlen("AUTHENTICATE "));
	/* A signature that is none: nothing more is told to this server. */
	forget(&f);
	serve(&f, "AUTHENTICATE dj1BQUFB\n");
	expect_out(&f, "AUTHENTICATE *\nCAP END\n");
	expect_told(&f, "login unproven :\n");
	serve(&f, ":s 906 juliet :SASL authentication aborted\n" WELCOME
		":s CAP juliet NEW :sasl=PLAIN\n");
	expect_out(&f, "");
	fixture_close(&f);
}

/* Destroyed, or ended by 001, while it is at work. */
static void scram_that_nobody_waits_for(void **state)
{
	struct fixture f;

	(void)state;
	scram_to_challenge(&f);
	challenge(&f, "3001");
	pass(&f, 0);
	fixture_close(&f);
	scram_to_challenge(&f);
	challenge(&f, "3001");
	serve(&f, WELCOME);
	expect_out(&f, "WHOIS NickServ\n");
	pass(&f, 0);
	pass(&f, 0);
	pass(&f, 0);
	expect_out(&f, "");
	fixture_close(&f);
}

static void scram_alone_and_too_costly(void **state)
{
	struct fixture f;

	(void)state;
	open_with(&f, true, false);
	serve(&f, ":s CAP * LS :sasl=SCRAM-SHA-256\n"
		":s CAP juliet ACK :sasl\n");
	serve(&f, "AUTHENTICATE +\n");
	challenge(&f, "100001");
	expect_out(&f, "AUTHENTICATE *\nCAP END\n");
	serve(&f, WELCOME);
	expect_told(&f, "login costly :\nregistered juliet\n");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_logs_in_without_a_password),
		cmocka_unit_test(a_certificate_that_nobody_knows),
		cmocka_unit_test(services_have_time_to_see_the_certificate),
		cmocka_unit_test(a_password_stands_behind_the_certificate),
		cmocka_unit_test(scram_is_computed_in_turns),
		cmocka_unit_test(scram_that_nobody_waits_for),
		cmocka_unit_test(scram_alone_and_too_costly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
