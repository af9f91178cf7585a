/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "irc/sts.h"

static void the_value_is_read(void **state)
{
	static const struct {
		const char *value;
		unsigned port; /* 0: none */
		long duration; /* -1: none */
	} cases[] = {
		{"port=6697", 6697, -1},
		{"duration=2592000", 0, 2592000},
		{"duration=31536000,port=6697,preload", 6697, 31536000},
		{"duration=0", 0, 0},
		{"unknown,duration=5,foo=bar", 0, 5},
		{"", 0, -1},
		{"PORT=6697", 0, -1}, /* another key */
		{"duration=99999999999999999999", 0, STS_DURATION_MAX},
		{"port", 0, -1},
		{"port=", 0, -1},
		{"port=0", 0, -1},
		{"port=65536", 0, -1},
		{"port=99999999999999999999", 0, -1},
		{"port=+6697", 0, -1},
		{"port=6697,port=6698", 0, -1},
		{"port=6697,port", 0, -1},
		{"duration=-1", 0, -1},
		{"duration=1,duration=1", 0, -1},
		{"duration=x,duration=1", 0, -1},
		{"duration", 0, -1},
		{"preload=yes,preload,duration=5", 0, 5},
		/* What does not count on a link spoils nothing there. */
		{"port=x,duration=2592000", 0, 2592000},
		{"duration=forever,port=6697", 6697, -1},
		{"duration=1,port=6697,duration=2", 6697, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sts sts = sts_parse(slice_str(cases[i].value));
		long duration = sts.has_duration ? (long)sts.duration_s : -1;

		if (sts.port != cases[i].port ||
			duration != cases[i].duration) {
			fail_msg("%s", cases[i].value);
		}
	}
}

static void a_policy_ends_and_is_renewed(void **state)
{
	struct sts_policy p = {.port = 6697, .duration_s = 60};

	(void)state;
	assert_false(sts_in_force(&p, 0));
	sts_renew(&p, 1000);
	assert_true(sts_in_force(&p, 1000));
	assert_true(sts_in_force(&p, 60999));
	assert_false(sts_in_force(&p, 61000));
	sts_renew(&p, 60000);
	assert_true(sts_in_force(&p, 119999));
}

static void a_policy_is_kept_as_text(void **state)
{
	struct sts_policy p = {.port = 65535, .duration_s = STS_DURATION_MAX};
	struct sts_policy q;
	static const char *const bad[] = {"", "6697", "6697 5", "0 5 5",
		"6697 0 5", "6697 5 x", "6697 5 5 5", "70000 5 5"};
	struct buf b;

	(void)state;
	sts_renew(&p, 1767225600000);
	buf_init(&b, 100);
	sts_write(&p, &b);
	assert_int_equal(sts_read(buf_slice(&b), &q), ERR_OK);
	assert_int_equal(q.port, p.port);
	assert_int_equal(q.duration_s, p.duration_s);
	assert_true(q.until_ms == p.until_ms);
	buf_finish(&b);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (sts_read(slice_str(bad[i]), &q) != ERR_BAD_INPUT) {
			fail_msg("%s", bad[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_value_is_read),
		cmocka_unit_test(a_policy_ends_and_is_renewed),
		cmocka_unit_test(a_policy_is_kept_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
