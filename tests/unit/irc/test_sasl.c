/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base64.h"
#include "irc/sasl.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void add_line(void *ctx, struct slice line)
{
	buf_add_slice(ctx, line);
	buf_add_char(ctx, '\n');
}

struct exchange {
	struct sasl sasl;
	struct buf out;
	char *password;
	const char *key;
};

static void begin(struct exchange *x, const char *offer, size_t password)
{
	sasl_init(&x->sasl, SASL_PASSWORD);
	buf_init(&x->out, 1 << 16);
	x->key = NULL;
	x->password = must_calloc(password + 1, 1);
	memset(x->password, 'p', password);
	sasl_offer(&x->sasl, slice_str(offer));
}

static void finish(struct exchange *x)
{
	sasl_finish(&x->sasl);
	buf_finish(&x->out);
	free(x->password);
}

static enum sasl_end server_says(struct exchange *x, const char *chunk)
{
	struct sasl_login login = {
		slice_str("juliet"), slice_str(x->password),
		slice_str("nonce"), slice_str(x->key),
	};

	return sasl_input(&x->sasl, &login, slice_str(chunk), add_line,
		&x->out);
}

static enum sasl_end numeric(struct exchange *x, int n, const char *list)
{
	return sasl_numeric(&x->sasl, n, slice_str(list), add_line, &x->out);
}

static void expect(struct exchange *x, const char *lines)
{
	assert_string_equal(buf_cstr(&x->out), lines);
	buf_reset(&x->out, 0);
}

static void what_is_offered(void **state)
{
	static const struct {
		const char *value;
		bool usable;
	} cases[] = {
		{NULL, true},
		{"", true},
		{"PLAIN", true},
		{"plain", true},
		{"EXTERNAL,PLAIN", true},
		{"PLAIN,EXTERNAL,ECDSA-NIST256P-CHALLENGE", true},
		{"EXTERNAL", false},
		{"EXTERNAL,PLAINER", false},
		{"PLAI", false},
		{",", false},
		{",PLAIN,", true},
	};
	struct sasl s;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		sasl_init(&s, SASL_PASSWORD);
		assert_false(sasl_usable(&s));
		sasl_offer(&s, slice_str(cases[i].value));
		assert_int_equal(sasl_usable(&s), cases[i].usable);
		sasl_finish(&s);
	}
}

/* RFC 4616; the password of three letters is "ppp". */
static void plain_says_account_and_password(void **state)
{
	struct exchange x;

	(void)state;
	begin(&x, "PLAIN", 3);
	sasl_start(&x.sasl, add_line, &x.out);
	expect(&x, "AUTHENTICATE PLAIN\n");
	assert_int_equal(server_says(&x, "+"), SASL_GOES_ON);
	expect(&x, "AUTHENTICATE anVsaWV0AGp1bGlldABwcHA=\n");
	assert_int_equal(numeric(&x, 900, NULL), SASL_GOES_ON);
	assert_int_equal(numeric(&x, 903, NULL), SASL_SUCCESS);
	expect(&x, "");
	finish(&x);
}

/* sasl-3.1: 400 characters a line, "+" after a last line that is full. */
static void long_messages_go_in_chunks(void **state)
{
	static const struct {
		size_t password;
		unsigned full;  /* lines of 400 */
		size_t rest;    /* characters of the last one; 0: "+" */
	} cases[] = {
		{283, 0, 396}, /* 14 bytes before it: 297 */
		{284, 1, 0},   /* 298 to 300 bytes are 400 characters */
		{286, 1, 0},
		{287, 1, 4},
		{586, 2, 0},
		{587, 2, 4},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct exchange x;
		struct slice all;
		struct slice line = slice(NULL, 0);
		struct buf text;
		struct buf bytes;
		unsigned full = 0;

		begin(&x, "PLAIN", cases[i].password);
		sasl_start(&x.sasl, add_line, &x.out);
		buf_reset(&x.out, 0);
		server_says(&x, "+");
		buf_init(&text, 4096);
		buf_init(&bytes, 4096);
		for (all = buf_slice(&x.out); all.len > 0;) {
			line = slice_cut(&all, '\n');
			slice_cut(&line, ' ');
			full += line.len == SASL_CHUNK;
			if (!slice_is(line, "+")) {
				buf_add_slice(&text, line);
			}
		}
		assert_int_equal(full, cases[i].full);
		assert_int_equal(slice_is(line, "+") ? 0 : line.len,
			cases[i].rest);
		assert_int_equal(base64_decode(buf_slice(&text), &bytes),
			ERR_OK);
		assert_int_equal(bytes.len, 14 + cases[i].password);
		assert_memory_equal(bytes.p + 14, x.password,
			cases[i].password);
		buf_finish(&text);
		buf_finish(&bytes);
		finish(&x);
	}
}

static void a_message_beyond_the_bound_is_not_sent(void **state)
{
	struct exchange x;

	(void)state;
	begin(&x, "PLAIN", SASL_MESSAGE_MAX - 13);
	sasl_start(&x.sasl, add_line, &x.out);
	expect(&x, "AUTHENTICATE PLAIN\n");
	assert_int_equal(server_says(&x, "+"), SASL_FAILED);
	expect(&x, "AUTHENTICATE *\n");
	finish(&x);
}

/* What a challenge may be: PLAIN has one, and it is empty. */
static void senseless_challenges_abort(void **state)
{
	static const struct {
		const char *first;
		const char *second;
	} cases[] = {
		{"Zm9v", NULL},
		{"***", NULL},
		{"+", "+"},
		{"Zg", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct exchange x;
		enum sasl_end end;

		begin(&x, "PLAIN", 3);
		sasl_start(&x.sasl, add_line, &x.out);
		end = server_says(&x, cases[i].first);
		if (cases[i].second != NULL) {
			assert_int_equal(end, SASL_GOES_ON);
			end = server_says(&x, cases[i].second);
		}
		assert_int_equal(end, SASL_FAILED);
		assert_non_null(strstr(buf_cstr(&x.out),
			"\nAUTHENTICATE *\n"));
		/* It is over: nothing is answered any more. */
		buf_reset(&x.out, 0);
		assert_int_equal(server_says(&x, "+"), SASL_GOES_ON);
		assert_int_equal(numeric(&x, 903, NULL), SASL_GOES_ON);
		expect(&x, "");
		finish(&x);
	}
}

/* Chunks of 400 without an end: there is a ceiling. */
static void an_endless_challenge_aborts(void **state)
{
	char chunk[SASL_CHUNK + 1];
	struct exchange x;
	enum sasl_end end = SASL_GOES_ON;
	unsigned n = 0;

	(void)state;
	memset(chunk, 'A', SASL_CHUNK);
	chunk[SASL_CHUNK] = '\0';
	begin(&x, "PLAIN", 3);
	sasl_start(&x.sasl, add_line, &x.out);
	while (end == SASL_GOES_ON && n < 100) {
		end = server_says(&x, chunk);
		n++;
	}
	assert_int_equal(end, SASL_FAILED);
	assert_int_equal(n, 8192 / SASL_CHUNK + 1);
	finish(&x);
}

/* Before and after our message, by the numeric that ends it. */
static void how_it_ends(void **state)
{
	static const struct {
		int numeric;
		bool said; /* our message has gone out */
		enum sasl_end end;
	} cases[] = {
		{902, true, SASL_REFUSED}, /* the nick belongs to another */
		{903, true, SASL_SUCCESS},
		{904, true, SASL_REFUSED},
		{904, false, SASL_FAILED}, /* the mechanism, and it was all */
		{905, true, SASL_FAILED},
		{906, false, SASL_FAILED},
		{906, true, SASL_FAILED},
		{907, false, SASL_SUCCESS},
		{900, true, SASL_GOES_ON},
		{908, false, SASL_GOES_ON},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct exchange x;

		begin(&x, "PLAIN", 3);
		sasl_start(&x.sasl, add_line, &x.out);
		if (cases[i].said) {
			server_says(&x, "+");
		}
		assert_int_equal(numeric(&x, cases[i].numeric, "EXTERNAL"),
			cases[i].end);
		assert_int_equal(x.sasl.now != NULL,
			cases[i].end == SASL_GOES_ON);
		finish(&x);
	}
}

static void aborting_says_so_once(void **state)
{
	struct exchange x;

	(void)state;
	begin(&x, "PLAIN", 3);
	sasl_abort(&x.sasl, add_line, &x.out);
	expect(&x, "");
	sasl_start(&x.sasl, add_line, &x.out);
	sasl_abort(&x.sasl, add_line, &x.out);
	sasl_abort(&x.sasl, add_line, &x.out);
	expect(&x, "AUTHENTICATE PLAIN\nAUTHENTICATE *\n");
	assert_false(sasl_usable(&x.sasl));
	/* CAP NEW: services are back. */
	sasl_offer(&x.sasl, slice_str("PLAIN"));
	assert_true(sasl_usable(&x.sasl));
	finish(&x);
}

/* ---- SCRAM: juliet, "ppp", nonce "nonce"; by Python's hashlib ---- */

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
		{"+", 0, SASL_FAILED, true},
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

/* ---- EXTERNAL ---- */

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
		cmocka_unit_test(what_is_offered),
		cmocka_unit_test(plain_says_account_and_password),
		cmocka_unit_test(long_messages_go_in_chunks),
		cmocka_unit_test(a_message_beyond_the_bound_is_not_sent),
		cmocka_unit_test(senseless_challenges_abort),
		cmocka_unit_test(an_endless_challenge_aborts),
		cmocka_unit_test(how_it_ends),
		cmocka_unit_test(aborting_says_so_once),
		cmocka_unit_test(scram_proves_both_sides),
		cmocka_unit_test(scram_is_no_success_before_it_began),
		cmocka_unit_test(scram_ends_in_many_ways),
		cmocka_unit_test(what_scram_cannot_do_plain_may),
		cmocka_unit_test(too_many_rounds_are_not_computed),
		cmocka_unit_test(what_was_given_up_is_no_success),
		cmocka_unit_test(already_is_success_once_proven),
		cmocka_unit_test(a_server_cannot_make_us_compute_for_ever),
		cmocka_unit_test(a_wrong_nonce_ends_it),
		cmocka_unit_test(a_certificate_comes_first),
		cmocka_unit_test(a_certificate_alone_does_nothing_else),
		cmocka_unit_test(a_key_signs_the_challenge),
		cmocka_unit_test(a_key_that_is_unknown_is_followed_by_the_password),
		cmocka_unit_test(a_key_comes_after_its_certificate),
		cmocka_unit_test(other_challenges_are_not_signed),
		cmocka_unit_test(a_broken_key_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
