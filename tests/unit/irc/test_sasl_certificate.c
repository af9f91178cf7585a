/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/sasl_fixture.h"

/* A certificate (EXTERNAL), and its key alone (ECDSA-NIST256P-CHALLENGE). */

static void a_certificate_comes_first(void **state)
{
	struct exchange x;

	(void)state;
	begin(&x, "", 3);
	sasl_init(&x.sasl, SASL_PASSWORD | SASL_CERTIFICATE);
	sasl_offer(&x.sasl, slice_str("PLAIN,EXTERNAL"));
	sasl_start(&x.sasl, add_line, &x.out);
	expect(&x, "AUTHENTICATE EXTERNAL\n");
	server_says(&x, "+");
	expect(&x, "AUTHENTICATE +\n");
	/* It is in no account: nothing is said of the password. */
	assert_int_equal(numeric(&x, 904, NULL), SASL_GOES_ON);
	assert_true(x.sasl.unknown);
	expect(&x, "AUTHENTICATE PLAIN\n");
	finish(&x);
}

static void a_certificate_alone_does_nothing_else(void **state)
{
	struct exchange x;

	(void)state;
	begin(&x, "", 0);
	sasl_init(&x.sasl, SASL_CERTIFICATE);
	sasl_offer(&x.sasl, slice_str("PLAIN,SCRAM-SHA-256"));
	assert_false(sasl_usable(&x.sasl));
	sasl_offer(&x.sasl, slice_str(""));
	sasl_start(&x.sasl, add_line, &x.out);
	expect(&x, "AUTHENTICATE EXTERNAL\n");
	assert_int_equal(numeric(&x, 908, "PLAIN"), SASL_GOES_ON);
	assert_int_equal(numeric(&x, 904, NULL), SASL_FAILED);
	assert_false(x.sasl.unknown);
	finish(&x);
}

/* ---- ECDSA-NIST256P-CHALLENGE ---- */

/* 32 bytes, 0 to 31 */
#define CHALLENGE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

/* Made by cert_make(); no network knows it. */
static const char key[] =
	"MHcCAQEEILS6P1CsD0rbEmm20BBDuwwEzxHEd9LCt5Czs6p6a/RToAoGCCqGSM49"
	"AwEHoUQDQgAEc1cOIHrDrnnsk9HwPWUJB6elAEmhtGSSt9tIId/6IZh5uYad/7dl"
	"jZo4Gmogn5tzYXB7pXTSMfswRNIHM7+YpQ==.AA==";

static void begin_signing(struct exchange *x, const char *offer)
{
	begin(x, "", 3);
	x->key = key;
	sasl_init(&x->sasl, SASL_PASSWORD | SASL_CERTIFICATE | SASL_KEY);
	sasl_offer(&x->sasl, slice_str(offer));
	sasl_start(&x->sasl, add_line, &x->out);
}

static void a_key_signs_the_challenge(void **state)
{
	struct exchange x;

	(void)state;
	begin_signing(&x, "PLAIN,SCRAM-SHA-512,ECDSA-NIST256P-CHALLENGE");
	expect(&x, "AUTHENTICATE ECDSA-NIST256P-CHALLENGE\n");
	assert_int_equal(server_says(&x, "+"), SASL_GOES_ON);
	expect(&x, "AUTHENTICATE anVsaWV0AGp1bGlldA==\n");
	assert_int_equal(server_says(&x, CHALLENGE), SASL_GOES_ON);
	/* A sequence of DER; test_cert.c verifies what is in it. */
	assert_memory_equal(buf_cstr(&x.out), "AUTHENTICATE ME", 15);
	buf_reset(&x.out, 0);
	assert_int_equal(numeric(&x, 903, NULL), SASL_SUCCESS);
	finish(&x);
}

/* 904 at any time: this account has not this key; the password was not shown. */
static void a_key_that_is_unknown_is_followed_by_the_password(void **state)
{
	struct exchange x;

	(void)state;
	for (unsigned signs = 0; signs < 2; signs++) {
		begin_signing(&x, "PLAIN,ECDSA-NIST256P-CHALLENGE");
		server_says(&x, "+");
		if (signs) {
			server_says(&x, CHALLENGE);
		}
		buf_reset(&x.out, 0);
		assert_int_equal(numeric(&x, 904, NULL), SASL_GOES_ON);
		assert_true(x.sasl.unknown);
		expect(&x, "AUTHENTICATE PLAIN\n");
		finish(&x);
	}
}

/* The certificate first: it says nothing at all, not even who it is. */
static void a_key_comes_after_its_certificate(void **state)
{
	struct exchange x;

	(void)state;
	begin_signing(&x, "PLAIN,ECDSA-NIST256P-CHALLENGE,EXTERNAL");
	expect(&x, "AUTHENTICATE EXTERNAL\n");
	assert_int_equal(numeric(&x, 904, NULL), SASL_GOES_ON);
	expect(&x, "AUTHENTICATE ECDSA-NIST256P-CHALLENGE\n");
	finish(&x);
}

/* Nothing but a challenge is signed, and only once. */
static void other_challenges_are_not_signed(void **state)
{
	static const char *const cases[] = {
		"+", "AAEC", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g",
		"biwsbj1qdWxpZXQ=",
	};
	struct exchange x;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		begin_signing(&x, "ECDSA-NIST256P-CHALLENGE");
		server_says(&x, "+");
		buf_reset(&x.out, 0);
		assert_int_equal(server_says(&x, cases[i]), SASL_FAILED);
		expect(&x, "AUTHENTICATE *\n");
		finish(&x);
	}
	begin_signing(&x, "ECDSA-NIST256P-CHALLENGE");
	assert_int_equal(server_says(&x, CHALLENGE), SASL_FAILED);
	finish(&x);
	begin_signing(&x, "ECDSA-NIST256P-CHALLENGE");
	server_says(&x, "+");
	server_says(&x, CHALLENGE);
	assert_int_equal(server_says(&x, CHALLENGE), SASL_FAILED);
	finish(&x);
}

static void a_broken_key_is_given_up(void **state)
{
	struct exchange x;

	(void)state;
	begin_signing(&x, "PLAIN,ECDSA-NIST256P-CHALLENGE");
	x.key = "AAAA.AA==";
	server_says(&x, "+");
	buf_reset(&x.out, 0);
	assert_int_equal(server_says(&x, CHALLENGE), SASL_GOES_ON);
	expect(&x, "AUTHENTICATE *\n");
	assert_int_equal(numeric(&x, 906, NULL), SASL_GOES_ON);
	expect(&x, "AUTHENTICATE PLAIN\n");
	finish(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_comes_first),
		cmocka_unit_test(a_certificate_alone_does_nothing_else),
		cmocka_unit_test(a_key_signs_the_challenge),
		cmocka_unit_test(
			a_key_that_is_unknown_is_followed_by_the_password),
		cmocka_unit_test(a_key_comes_after_its_certificate),
		cmocka_unit_test(other_challenges_are_not_signed),
		cmocka_unit_test(a_broken_key_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
