/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/sasl_fixture.h"

/* SCRAM in SASL: juliet, "ppp", nonce "nonce"; by Python's hashlib. */

#define SCRAM_FIRST "AUTHENTICATE biwsbj1qdWxpZXQscj1ub25jZQ==\n"
#define ROUNDS_1500 "cj1ub25jZTEyMyxzPWMyRnNkQT09LGk9MTUwMA=="
#define ROUNDS_90000 "cj1ub25jZTEyMyxzPWMyRnNkQT09LGk9OTAwMDA="
#define ROUNDS_100001 "cj1ub25jZTEyMyxzPWMyRnNkQT09LGk9MTAwMDAx"
#define OTHER_NONCE "cj1vdGhlcixzPWMyRnNkQT09LGk9MQ=="
#define INVALID_PROOF "ZT1pbnZhbGlkLXByb29m"

static const struct {
	const char *name;
	const char *proof;
	const char *signature;
} scrams[] = {
	{"SCRAM-SHA-256",
		"AUTHENTICATE Yz1iaXdzLHI9bm9uY2UxMjMscD0yMDAzbk9FM2dQUjJEOTlKe"
		"UZ0aGJLWi9aSDV4R0lBN3N6alJSd2F1U1o0PQ==\n",
		"dj1IL2JXVlhHQkRqTnFJdkV4Wkg2bnI0dUJTeG93UDZtS2Q3dzRabnFYT1pFPQ"
		"=="},
	{"SCRAM-SHA-512",
		"AUTHENTICATE Yz1iaXdzLHI9bm9uY2UxMjMscD1ua0lKVm54aUJPNDFoNFNnV"
		"kRSeVV4bmsvbjI3V2dqaGwxdVI1a3dRaGZWbFVFdzVVVy8xZFZuRW5CcjNlNXR"
		"LYmFLMkhabW0xRjZBNTdMMU1kL1UwUT09\n",
		"dj1ZVmxxSGd5STdVcDdzVUN6QStWUDFPNUdtd1crSk4vSlRxaFEwVnhkbXZnMy"
		"9ndDJOdHFSR2RuTDlOSW9NczhsMFNQVUtleHBYakxGdzhTZ2p6SmlGQT09"},
};

static void work(struct exchange *x)
{
	while (sasl_busy(&x->sasl)) {
		assert_int_equal(sasl_work(&x->sasl, add_line, &x->out),
			SASL_GOES_ON);
	}
}

static void scram_to_challenge(struct exchange *x, const char *offer,
	const char *name)
{
	char line[64];

	begin(x, offer, 3);
	sasl_start(&x->sasl, add_line, &x->out);
	snprintf(line, sizeof line, "AUTHENTICATE %s\n", name);
	expect(x, line);
	assert_int_equal(server_says(x, "+"), SASL_GOES_ON);
	expect(x, SCRAM_FIRST);
}

static void scram_proves_both_sides(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scrams); i++) {
		struct exchange x;

		scram_to_challenge(&x, scrams[i].name, scrams[i].name);
		assert_int_equal(server_says(&x, ROUNDS_1500), SASL_GOES_ON);
		assert_true(sasl_busy(&x.sasl));
		expect(&x, ""); /* that takes turns */
		work(&x);
		expect(&x, scrams[i].proof);
		assert_int_equal(server_says(&x, scrams[i].signature),
			SASL_GOES_ON);
		expect(&x, "AUTHENTICATE +\n");
		assert_int_equal(numeric(&x, 903, NULL), SASL_SUCCESS);
		finish(&x);
	}
}

static void scram_is_no_success_before_it_began(void **state)
{
	struct exchange x;

	(void)state;
	for (int n = 903; n <= 907; n += 4) {
		begin(&x, "SCRAM-SHA-256,PLAIN", 3);
		sasl_start(&x.sasl, add_line, &x.out);
		assert_int_equal(numeric(&x, n, NULL), SASL_UNPROVEN);
		assert_null(x.sasl.now);
		finish(&x);
	}
}

/* What the server does after our proof, and what that is. */
static void scram_ends_in_many_ways(void **state)
{
	static const struct {
		const char *says; /* NULL: only the numeric */
		int numeric;
		enum sasl_end end;
		bool abort;
	} cases[] = {
		{NULL, 903, SASL_UNPROVEN, false}, /* without a signature */
		{NULL, 907, SASL_UNPROVEN, false}, /* the same by other words */
		{"dj1BQUFB", 0, SASL_UNPROVEN, true}, /* a wrong one */
		{INVALID_PROOF, 0, SASL_GOES_ON, false}, /* 904 follows */
		/* What has no sense is no signature either (irctest). */
		{"+", 0, SASL_UNPROVEN, true},
		{"", 0, SASL_UNPROVEN, true},
		{"AAAA", 0, SASL_UNPROVEN, true},
		{"***", 0, SASL_UNPROVEN, true},
		{"dj1ubU1mM1FIV2NKUWk5cE1ndHFLU0tQclZueUk2c3FOTzZJN3BFLzBveUdj"
		 "PQ==", 0, SASL_UNPROVEN, true},
		{NULL, 904, SASL_REFUSED, false},
		{NULL, 906, SASL_FAILED, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct exchange x;
		enum sasl_end end;

		scram_to_challenge(&x, "SCRAM-SHA-256,PLAIN", "SCRAM-SHA-256");
		server_says(&x, ROUNDS_1500);
		work(&x);
		buf_reset(&x.out, 0);
		end = cases[i].says != NULL ?
			server_says(&x, cases[i].says) :
			numeric(&x, cases[i].numeric, NULL);
		assert_int_equal(end, cases[i].end);
		expect(&x, cases[i].abort ? "AUTHENTICATE *\n" : "");
		if (end == SASL_GOES_ON) {
			end = numeric(&x, 904, NULL);
			assert_int_equal(end, SASL_REFUSED);
		}
		assert_null(x.sasl.now);
		finish(&x);
	}
}

/* 904 before our proof: this account cannot do it, or not so. */
static void what_scram_cannot_do_plain_may(void **state)
{
	struct exchange x;

	(void)state;
	begin(&x, "PLAIN,SCRAM-SHA-512,SCRAM-SHA-256", 3);
	sasl_start(&x.sasl, add_line, &x.out);
	expect(&x, "AUTHENTICATE SCRAM-SHA-512\n");
	assert_int_equal(numeric(&x, 904, NULL), SASL_GOES_ON);
	expect(&x, "AUTHENTICATE SCRAM-SHA-256\n");
	server_says(&x, "+");
	expect(&x, SCRAM_FIRST);
	assert_int_equal(numeric(&x, 904, NULL), SASL_GOES_ON);
	expect(&x, "AUTHENTICATE PLAIN\n");
	server_says(&x, "+");
	expect(&x, "AUTHENTICATE anVsaWV0AGp1bGlldABwcHA=\n");
	assert_int_equal(numeric(&x, 904, NULL), SASL_REFUSED);
	finish(&x);
}

/* The next begins when the server has answered the end of this one. */
static void too_many_rounds_are_not_computed(void **state)
{
	struct exchange x;

	(void)state;
	scram_to_challenge(&x, "SCRAM-SHA-256,PLAIN", "SCRAM-SHA-256");
	assert_int_equal(server_says(&x, ROUNDS_100001), SASL_GOES_ON);
	assert_false(sasl_busy(&x.sasl));
	assert_true(x.sasl.costly);
	expect(&x, "AUTHENTICATE *\n");
	assert_int_equal(server_says(&x, "+"), SASL_GOES_ON);
	expect(&x, "");
	assert_int_equal(numeric(&x, 906, NULL), SASL_GOES_ON);
	expect(&x, "AUTHENTICATE PLAIN\n");
	finish(&x);
	scram_to_challenge(&x, "SCRAM-SHA-256", "SCRAM-SHA-256");
	assert_int_equal(server_says(&x, ROUNDS_100001), SASL_FAILED);
	finish(&x);
}

/* "Yes" to a SCRAM that we ended ourselves proves nothing. */
static void what_was_given_up_is_no_success(void **state)
{
	struct exchange x;

	(void)state;
	for (int n = 903; n <= 907; n += 4) {
		scram_to_challenge(&x, "SCRAM-SHA-256,PLAIN", "SCRAM-SHA-256");
		server_says(&x, ROUNDS_100001);
		expect(&x, "AUTHENTICATE *\n");
		assert_int_equal(numeric(&x, n, NULL), SASL_UNPROVEN);
		assert_int_equal(numeric(&x, 906, NULL), SASL_GOES_ON);
		expect(&x, ""); /* nor is PLAIN tried with it */
		finish(&x);
	}
}

/* After the server's proof 907 says as much as 903. */
static void already_is_success_once_proven(void **state)
{
	struct exchange x;

	(void)state;
	scram_to_challenge(&x, "SCRAM-SHA-256", "SCRAM-SHA-256");
	server_says(&x, ROUNDS_1500);
	work(&x);
	server_says(&x, scrams[0].signature);
	assert_int_equal(numeric(&x, 907, NULL), SASL_SUCCESS);
	finish(&x);
}

/* CAP NEW, again and again: there is an end to what we compute. */
static void a_server_cannot_make_us_compute_for_ever(void **state)
{
	struct exchange x;
	unsigned n = 0;

	(void)state;
	begin(&x, "SCRAM-SHA-256", 3);
	for (;;) {
		sasl_offer(&x.sasl, slice_str("SCRAM-SHA-256"));
		sasl_start(&x.sasl, add_line, &x.out);
		server_says(&x, "+");
		if (server_says(&x, ROUNDS_90000) != SASL_GOES_ON) {
			break;
		}
		n++;
		sasl_abort(&x.sasl, add_line, &x.out);
	}
	assert_int_equal(n, SASL_ROUNDS_MAX / 90000);
	finish(&x);
}

static void a_wrong_nonce_ends_it(void **state)
{
	struct exchange x;

	(void)state;
	scram_to_challenge(&x, "SCRAM-SHA-256,PLAIN", "SCRAM-SHA-256");
	assert_int_equal(server_says(&x, OTHER_NONCE), SASL_FAILED);
	expect(&x, "AUTHENTICATE *\n");
	/* Whoever talks while we compute makes no sense either. */
	finish(&x);
	scram_to_challenge(&x, "SCRAM-SHA-256", "SCRAM-SHA-256");
	server_says(&x, ROUNDS_1500);
	assert_int_equal(server_says(&x, ROUNDS_1500), SASL_FAILED);
	assert_false(sasl_busy(&x.sasl));
	finish(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scram_proves_both_sides),
		cmocka_unit_test(scram_is_no_success_before_it_began),
		cmocka_unit_test(scram_ends_in_many_ways),
		cmocka_unit_test(what_scram_cannot_do_plain_may),
		cmocka_unit_test(too_many_rounds_are_not_computed),
		cmocka_unit_test(what_was_given_up_is_no_success),
		cmocka_unit_test(already_is_success_once_proven),
		cmocka_unit_test(a_server_cannot_make_us_compute_for_ever),
		cmocka_unit_test(a_wrong_nonce_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
