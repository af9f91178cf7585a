/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/sasl_fixture.h"

#include "base/base64.h"

/* Which mechanism, chunks, how an exchange ends; PLAIN. */

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
