/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "irc/scram.h"

#define NONCE "rOprNGfwEbeRWgbNEkqO"
#define WHOLE NONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SALT ",s=W22ZaJ0SNY7soEsUEjb6gQ=="

struct exchange {
	struct scram *scram;
	const char *account;
	const char *password;
	struct buf out;
	unsigned turns; /* of computing */
};

static void begin(struct exchange *x, enum digest digest)
{
	x->scram = scram_create(digest, slice_str(NONCE));
	x->account = "user";
	x->password = "pencil";
	x->turns = 0;
	buf_init(&x->out, 4096);
}

static void finish(struct exchange *x)
{
	scram_destroy(x->scram);
	buf_finish(&x->out);
}

static enum scram_step says(struct exchange *x, const char *in)
{
	enum scram_step step;

	buf_reset(&x->out, 0);
	step = scram_answer(x->scram, slice_str(x->account),
		slice_str(x->password), slice_str(in), &x->out);
	if (step == SCRAM_COMPUTE) {
		assert_int_equal(x->out.len, 0);
		for (x->turns = 1; !scram_work(x->scram, &x->out); x->turns++) {
			assert_int_equal(x->out.len, 0);
		}
	}
	return step;
}

/* To the point where our proof was sent. */
static void to_proof(struct exchange *x, enum digest digest)
{
	begin(x, digest);
	assert_int_equal(says(x, ""), SCRAM_SAY);
	assert_int_equal(says(x, "r=" WHOLE SALT ",i=4096"), SCRAM_COMPUTE);
}

/* RFC 7677 3; the same with SHA-512 by Python's hashlib. */
static const struct {
	enum digest digest;
	const char *proof;
	const char *signature;
} examples[] = {
	{DIGEST_SHA256, "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="},
	{DIGEST_SHA512,
		"gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN"
		"8PPC6wdp6dybEmDYXYTxwnYPJQ==",
		"v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDS"
		"eVGT4+5ZxXnJq199RVG2rR7N7Zw=="},
};

static void the_example_of_the_standard(void **state)
{
	char want[300];

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		struct exchange x;

		begin(&x, examples[i].digest);
		assert_int_equal(says(&x, ""), SCRAM_SAY);
		assert_string_equal(buf_cstr(&x.out), "n,,n=user,r=" NONCE);
		assert_int_equal(says(&x, "r=" WHOLE SALT ",i=4096"),
			SCRAM_COMPUTE);
		assert_int_equal(scram_rounds(x.scram), 4096);
		assert_int_equal(x.turns, 5); /* nobody waits for 4096 */
		snprintf(want, sizeof want, "%s%s", "c=biws,r=" WHOLE ",p=",
			examples[i].proof);
		assert_string_equal(buf_cstr(&x.out), want);
		assert_int_equal(says(&x, examples[i].signature), SCRAM_PROVEN);
		assert_int_equal(x.out.len, 0);
		assert_int_equal(says(&x, ""), SCRAM_SENSELESS);
		finish(&x);
	}
}

static void a_server_that_does_not_know_the_password(void **state)
{
	static const struct {
		const char *final;
		enum scram_step step;
	} cases[] = {
		{"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95H4=",
			SCRAM_UNPROVEN},
		{"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
			SCRAM_UNPROVEN},
		{"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==",
			SCRAM_UNPROVEN}, /* shorter */
		{"v=", SCRAM_UNPROVEN},
		{"v=***", SCRAM_UNPROVEN},
		{"", SCRAM_UNPROVEN}, /* whatever it is, it is no signature */
		{"x=1", SCRAM_UNPROVEN},
		{"e=invalid-proof", SCRAM_ERROR},
		{"e=unknown-user", SCRAM_ERROR},
		{"e=other-error", SCRAM_ERROR},
		{"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,x=1",
			SCRAM_PROVEN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct exchange x;

		to_proof(&x, DIGEST_SHA256);
		assert_int_equal(says(&x, cases[i].final), cases[i].step);
		finish(&x);
	}
}

static void challenges_that_are_not_answered(void **state)
{
	static const struct {
		const char *challenge;
		enum scram_step step;
	} cases[] = {
		{"", SCRAM_SENSELESS},
		/* The nonce: ours must be in it, and more. */
		{"r=" NONCE SALT ",i=4096", SCRAM_SENSELESS},
		{"r=rOprNGfwEbeRWgbNEkqX123" SALT ",i=4096", SCRAM_SENSELESS},
		{"r=" SALT ",i=4096", SCRAM_SENSELESS},
		{"r=" NONCE "a b" SALT ",i=4096", SCRAM_SENSELESS},
		{"r=" NONCE "a\001b" SALT ",i=4096", SCRAM_SENSELESS},
		{"r=" NONCE "\xc3\xa9" SALT ",i=4096", SCRAM_SENSELESS},
		{"m=ext,r=" WHOLE SALT ",i=4096", SCRAM_SENSELESS},
		{"s=W22ZaJ0SNY7soEsUEjb6gQ==,r=" WHOLE ",i=4096",
			SCRAM_SENSELESS},
		{"r=" WHOLE ",s=,i=4096", SCRAM_SENSELESS},
		{"r=" WHOLE ",s=*,i=4096", SCRAM_SENSELESS},
		{"r=" WHOLE SALT, SCRAM_SENSELESS},
		{"r=" WHOLE SALT ",i=", SCRAM_SENSELESS},
		{"r=" WHOLE SALT ",i=0", SCRAM_SENSELESS},
		{"r=" WHOLE SALT ",i=-1", SCRAM_SENSELESS},
		{"r=" WHOLE SALT ",i=4096x", SCRAM_SENSELESS},
		/* What we would have to pay for. */
		{"r=" WHOLE SALT ",i=100001", SCRAM_COSTLY},
		{"r=" WHOLE SALT ",i=4294967297", SCRAM_COSTLY},
		{"r=" WHOLE SALT ",i=999999999999999999", SCRAM_COSTLY},
		{"e=unknown-user", SCRAM_ERROR},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct exchange x;

		begin(&x, DIGEST_SHA256);
		assert_int_equal(says(&x, ""), SCRAM_SAY);
		assert_int_equal(says(&x, cases[i].challenge), cases[i].step);
		assert_int_equal(x.out.len, 0);
		finish(&x);
	}
}

static void a_little_work_is_done_in_one_turn(void **state)
{
	static const struct {
		const char *rounds;
		unsigned turns;
	} cases[] = {{",i=1", 1}, {",i=1001", 1}, {",i=1002", 2},
		{",i=100000,x=extension", 100}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[200];
		struct exchange x;

		begin(&x, DIGEST_SHA256);
		says(&x, "");
		snprintf(text, sizeof text, "%s%s", "r=" WHOLE SALT,
			cases[i].rounds);
		assert_int_equal(says(&x, text), SCRAM_COMPUTE);
		assert_int_equal(x.turns, cases[i].turns);
		finish(&x);
	}
}

static void names_and_passwords_are_prepared(void **state)
{
	static const struct {
		const char *account;
		const char *first; /* NULL: it cannot be */
	} cases[] = {
		{"a,b=c", "n,,n=a=2Cb=3Dc,r=" NONCE},
		{"I\xc2\xadX", "n,,n=IX,r=" NONCE},
		{"\xc2\xad", NULL}, /* nothing is left of it */
		{"a\tb", NULL},
		{"\xff", NULL},
	};
	struct exchange x;
	struct exchange y;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		begin(&x, DIGEST_SHA256);
		x.account = cases[i].account;
		if (cases[i].first == NULL) {
			assert_int_equal(says(&x, ""), SCRAM_UNFIT);
		} else {
			assert_int_equal(says(&x, ""), SCRAM_SAY);
			assert_string_equal(buf_cstr(&x.out), cases[i].first);
		}
		finish(&x);
	}
	/* U+2168 is IX; an emoji (Unicode 6) may not be stored. */
	begin(&x, DIGEST_SHA256);
	begin(&y, DIGEST_SHA256);
	x.password = "\xe2\x85\xa8";
	y.password = "IX";
	says(&x, "");
	says(&y, "");
	assert_int_equal(says(&x, "r=" WHOLE SALT ",i=1"), SCRAM_COMPUTE);
	assert_int_equal(says(&y, "r=" WHOLE SALT ",i=1"), SCRAM_COMPUTE);
	assert_string_equal(buf_cstr(&x.out), buf_cstr(&y.out));
	finish(&x);
	finish(&y);
	begin(&x, DIGEST_SHA256);
	x.password = "\xf0\x9f\x98\x80";
	says(&x, "");
	assert_int_equal(says(&x, "r=" WHOLE SALT ",i=1"), SCRAM_UNFIT);
	finish(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_standard),
		cmocka_unit_test(a_server_that_does_not_know_the_password),
		cmocka_unit_test(challenges_that_are_not_answered),
		cmocka_unit_test(a_little_work_is_done_in_one_turn),
		cmocka_unit_test(names_and_passwords_are_prepared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
