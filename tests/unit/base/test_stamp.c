/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/stamp.h"

static const struct {
	const char *text;
	int64_t ms;
} cases[] = {
	{"1970-01-01T00:00:01Z", 1000},
	{"2011-10-19T16:40:51.620Z", 1319042451620},
	{"2011-10-19T16:40:51.6209999Z", 1319042451620},
	{"2011-10-19T18:40:51+02:00", 1319042451000},
	{"2011-10-19T14:10:51-02:30", 1319042451000},
	{"2011-10-19T16:40:51", 1319042451000},
	{"20020910T23:08:25", 1031699305000},
	{"2000-02-29T12:00:00Z", 951825600000},
	{"2011-13-19T16:40:51Z", 0},
	{"2011-10-00T16:40:51Z", 0},
	{"2011-10-19T24:40:51Z", 0},
	{"2011-10-19 16:40:51Z", 0},
	{"2011-10-19T16:40", 0},
	{"yesterday", 0},
	{"", 0},
};

static void both_forms_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(stamp_read(slice_str(cases[i].text)),
			cases[i].ms);
	}
}

static void a_text_is_not_read_past_its_end(void **state)
{
	const char text[] = "2011-10-19T16:40:51.620Z";

	(void)state;
	for (size_t len = 0; len < 19; len++) {
		assert_int_equal(stamp_read(slice(text, len)), 0);
	}
	assert_int_equal(stamp_read(slice(NULL, 0)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_forms_are_read),
		cmocka_unit_test(a_text_is_not_read_past_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
