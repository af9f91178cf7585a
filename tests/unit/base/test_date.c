/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/date.h"

enum { NOON = 1795867435 }; /* 2026-11-28T12:03:55Z */

/* What clients answer to CTCP TIME, and servers to TIME and WHOWAS. */
static void dates_of_all_forms_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t local_s;
		bool has_zone;
		int offset_min;
	} cases[] = {
		{"Sat Nov 28 12:03:55 2026", NOON, false, 0},
		{"Sat Nov  8 12:03:55 2026", NOON - 20 * 86400, false, 0},
		{"Sat, 28 Nov 2026 12:03:55 +0100", NOON, true, 60},
		{"Sat, 28 Nov 2026 12:03:55 GMT", NOON, true, 0},
		{"Sat Nov 28 2026 12:03:55", NOON, false, 0},
		{"Saturday November 28 2026 -- 12:03:55 -05:00", NOON, true,
			-300},
		{"Saturday November 28 2026 -- 12:03 (CET)", NOON - 55, false,
			0},
		{"2026-11-28T12:03:55Z", NOON, true, 0},
		{"2026-11-28t12:03:55.123+05:45", NOON, true, 345},
		{"2026-11-28 12:03:55 UTC", NOON, true, 0},
		{"2026-11-28T12:03:55", NOON, false, 0},
		{"Nov 28th, 2026 12:03:55 PM", NOON, false, 0},
		{"Nov. 28 2026 12:03:55am UTC", NOON - 43200, true, 0},
		{"28 November 2026 1:03:55 pm UTC-1", NOON + 3600, true, -60},
		{"Sat 28 Nov 2026 12:03:55 CEST", NOON, false, 0},
		{"  Sat Nov 28 12:03:55 2026 (Middle European Time) ", NOON,
			false, 0},
		{"Thu Jan 1 00:00:00 1970", 0, false, 0},
		{"Thu Feb 29 23:59:60 2024", 1709251200, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date d;

		if (!date_read(slice_str(cases[i].text), &d) ||
			d.local_s != cases[i].local_s ||
			d.has_zone != cases[i].has_zone ||
			d.offset_min != cases[i].offset_min) {
			fail_msg("%s", cases[i].text);
		}
	}
}

static void what_is_no_date_is_none(void **state)
{
	static const char *const cases[] = {
		"", " ", "now", "12:03", "12:03:55", "Sat Nov 28 2026",
		"Nov 28 12:03:55", "28 2026 12:03:55", "11/12/26 12:03:55",
		"11.12.2026 12:03", "Sat Nov 28 12:03:55 2026 2026",
		"Nov Nov 28 12:03:55 2026", "Nov 32 12:03:55 2026",
		"Nov 28 24:03:55 2026", "Nov 28 12:60:55 2026",
		"Nov 28 12:03:61 2026", "Nov 28 12:03:55 1969",
		"Nov 28 13:03 PM 2026", "Nov 28 12:03:55 2026 +1500",
		"Nov 28 12:03:55 2026 +01:00 UTC", "2026-13-01T00:00:00Z",
		"2026-11-28T", "2026-11-28T1", "2026-11-28T12", "2026-11-",
		"It is half past eleven", "Nov 28 12:03:55 2026 lunch",
		"Nov 28 12:03:55: 2026", "Nov 028 12:03 2026",
		"Nov 28 12:03 2026 +",
		"(Nov 28 12:03 2026", ",,,,", "\xff\xfe", "2026-11-28T12:03x",
		"Nov 28 2026 12:03 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct date d = {.local_s = 42};

		if (date_read(slice_str(cases[i]), &d)) {
			fail_msg("%s", cases[i]);
		}
		assert_int_equal(d.local_s, 42);
	}
}

static void days_are_counted_from_1970(void **state)
{
	static const struct {
		int y, m, d;
		int64_t days;
	} cases[] = {
		{1970, 1, 1, 0}, {1969, 12, 31, -1}, {2000, 2, 29, 11016},
		{2000, 3, 1, 11017}, {2100, 3, 1, 47541}, {2026, 11, 28, 20785},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(date_days(cases[i].y, cases[i].m, cases[i].d),
			cases[i].days);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_of_all_forms_are_read),
		cmocka_unit_test(what_is_no_date_is_none),
		cmocka_unit_test(days_are_counted_from_1970),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
