/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "gateway/socks.h"

#define BYTES(text) text, sizeof(text) - 1

struct step {
	const char *in;
	size_t in_len;
	const char *out;
	size_t out_len;
};

/* What is sent at first, then an answer and what it brings forth. */
static struct socks *begin(const struct socks_target *to, const char *first,
	size_t len)
{
	struct socks *s;
	struct buf out;

	assert_int_equal(socks_create(to, &s), ERR_OK);
	buf_init(&out, 1000);
	socks_begin(s, &out);
	assert_int_equal(out.len, len);
	assert_memory_equal(out.p, first, len);
	buf_finish(&out);
	return s;
}

static enum err give(struct socks *s, const struct step *step, bool *done)
{
	struct buf out;
	size_t used = 0;
	enum err err;

	buf_init(&out, 1000);
	err = socks_input(s, step->in, step->in_len, &out, &used, done);
	if (err == ERR_OK) {
		assert_int_equal(used, step->in_len);
	}
	assert_int_equal(out.len, step->out_len);
	if (out.len > 0) {
		assert_memory_equal(out.p, step->out, out.len);
	}
	buf_finish(&out);
	return err;
}

static void a_name_goes_to_the_proxy(void **state)
{
	struct socks_target to = {.host = "irc.test", .port = 6697};
	struct socks *s = begin(&to, BYTES("\5\1\0"));
	const struct step steps[] = {
		{BYTES("\5"), NULL, 0},
		{BYTES("\0"), BYTES("\5\1\0\3\10irc.test\x1a\x29")},
		{BYTES("\5\0\0"), NULL, 0},
		{BYTES("\1\0\0\0\0\0\0"), NULL, 0},
	};
	bool done = true;

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_int_equal(give(s, &steps[i], &done), ERR_OK);
		assert_int_equal(done, i == 3);
	}
	assert_string_equal(socks_detail(s), "");
	socks_destroy(s);
}

static void addresses_go_as_addresses(void **state)
{
	struct socks_target four = {.host = "192.0.2.1", .port = 256};
	struct socks_target six = {.host = "2001:db8::1", .port = 1};
	struct socks *s = begin(&four, BYTES("\5\1\0"));
	struct step step = {BYTES("\5\0"),
		BYTES("\5\1\0\1\xc0\0\2\1\1\0")};
	bool done;

	(void)state;
	assert_int_equal(give(s, &step, &done), ERR_OK);
	socks_destroy(s);
	s = begin(&six, BYTES("\5\1\0"));
	step = (struct step){BYTES("\5\0"),
		BYTES("\5\1\0\4\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\1")};
	assert_int_equal(give(s, &step, &done), ERR_OK);
	socks_destroy(s);
}

static void who_is_kept_apart_says_a_name(void **state)
{
	struct socks_target to = {.host = "a.onion", .port = 6667,
		.user = "me", .password = "x"};
	struct socks *s = begin(&to, BYTES("\5\1\2"));
	const struct step steps[] = {
		{BYTES("\5\2"), BYTES("\1\2me\1x")},
		{BYTES("\1\0"), BYTES("\5\1\0\3\7a.onion\x1a\x0b")},
		{BYTES("\5\0\0\3\4host\0\0"), NULL, 0},
	};
	bool done = false;

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		assert_int_equal(give(s, &steps[i], &done), ERR_OK);
	}
	assert_true(done);
	socks_destroy(s);
	/* A proxy that lets everybody in would mix them. */
	s = begin(&to, BYTES("\5\1\2"));
	assert_int_equal(give(s, &(struct step){BYTES("\5\0"), NULL, 0}, &done),
		ERR_PROXY);
	socks_destroy(s);
}

static void refusals_say_what_they_are(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum err err;
	} cases[] = {
		{BYTES("HTTP/1.1 400"), ERR_PROXY},
		{BYTES("\5\xff"), ERR_PROXY},
		{BYTES("\5\0\4\0\0\1"), ERR_PROXY},
		{BYTES("\5\0\5\0\0\7"), ERR_PROXY},
		{BYTES("\5\0\5\1\0\1"), ERR_UNREACHABLE},
		{BYTES("\5\0\5\2\0\1"), ERR_PROXY},
		{BYTES("\5\0\5\3\0\1"), ERR_UNREACHABLE},
		{BYTES("\5\0\5\5\0\1"), ERR_REFUSED},
		{BYTES("\5\0\5\6\0\1"), ERR_TIMEOUT},
		{BYTES("\5\0\5\x7f\0\1"), ERR_PROXY},
		{BYTES("\5\0\5\xf0\0\1"), ERR_DNS},
		{BYTES("\5\0\5\xf6\0\1"), ERR_DNS},
	};
	struct socks_target to = {.host = "irc.test", .port = 6697};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct socks *s = begin(&to, BYTES("\5\1\0"));
		struct buf out;
		size_t used;
		bool done;

		buf_init(&out, 1000);
		assert_int_equal(socks_input(s, cases[i].bytes, cases[i].len,
					 &out, &used, &done),
			cases[i].err);
		assert_true(socks_detail(s)[0] != '\0');
		buf_finish(&out);
		socks_destroy(s);
	}
}

static void what_does_not_fit_is_refused(void **state)
{
	char host[300];
	struct socks_target to = {.host = host, .port = 1};
	struct socks *s;

	(void)state;
	memset(host, 'a', sizeof host);
	host[256] = '\0';
	assert_int_equal(socks_create(&to, &s), ERR_TOO_BIG);
	host[255] = '\0';
	assert_int_equal(socks_create(&to, &s), ERR_OK);
	socks_destroy(s);
	to.host = "";
	assert_int_equal(socks_create(&to, &s), ERR_TOO_BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_goes_to_the_proxy),
		cmocka_unit_test(addresses_go_as_addresses),
		cmocka_unit_test(who_is_kept_apart_says_a_name),
		cmocka_unit_test(refusals_say_what_they_are),
		cmocka_unit_test(what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
