/* SPDX-License-Identifier: MIT */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * Dates as programs write them for people: "Sat Nov 28 04:03:55 2026" (C's
 * ctime), "Saturday November 28 2026 -- 04:03:55 +01:00", "Sat, 28 Nov 2026
 * 04:03:55 GMT" (RFC 5322), "2026-11-28T04:03:55.5+01:00" (ISO 8601). English
 * names only; forms that mean one thing here and another there ("11/12/26") are
 * not read.
 */
struct date {
	int64_t local_s;  /* seconds since 1970 of what the clock shows */
	bool has_zone;
	int offset_min;   /* of the zone, east is positive; 0 without one */
};

/* false: it is no date with a time of day. At most 100 bytes are looked at. */
bool date_read(struct slice text, struct date *out);

/* Days from 1970-01-01 to a date of the Gregorian calendar. */
int64_t date_days(int64_t year, int64_t month, int64_t day);

#endif
