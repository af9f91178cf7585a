/* SPDX-License-Identifier: MIT */
#include "base/date.h"

enum { TEXT_MAX = 100 };

int64_t date_days(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	m += m <= 2 ? 9 : -3;
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d -
		1 - 719468;
}

/* What the words of the text said so far; -1: nothing. */
struct parts {
	long year;
	long month;
	long day;
	long hour;
	long minute;
	long second;
	int half; /* 'a' or 'p' of AM and PM, 0 for none */
	bool has_zone;
	int offset_min;
};

static bool set(long *part, long value, long least, long most)
{
	if (*part >= 0 || value < least || value > most) {
		return false;
	}
	*part = value;
	return true;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct slice rest_of(struct slice s, size_t n)
{
	return slice(s.p + n, s.len - n);
}

/* ---- one word each ---- */

/* "+0100", "+01:00", "-5", and nothing behind it. */
static bool read_offset(struct slice w, struct parts *p)
{
	int sign = w.p[0] == '-' ? -1 : 1;
	struct slice hours = rest_of(w, 1);
	struct slice minutes = slice("0", 1);
	long h;
	long m;

	if (hours.len == 5 && hours.p[2] == ':') {
		minutes = rest_of(hours, 3);
		hours.len = 2;
	} else if (hours.len == 4) {
		minutes = rest_of(hours, 2);
		hours.len = 2;
	}
	h = hours.len <= 2 ? slice_number(hours, 14) : -1;
	m = slice_number(minutes, 59);
	if (h < 0 || m < 0 || p->has_zone) {
		return false;
	}
	p->has_zone = true;
	p->offset_min = sign * (int)(h * 60 + m);
	return true;
}

static bool is_utc(struct slice w)
{
	return slice_is_nocase(w, "z") || slice_is_nocase(w, "utc") ||
		slice_is_nocase(w, "gmt");
}

/* "Z", "UTC", "GMT", "UTC+1", an offset; nothing at all is fine. */
static bool read_zone(struct slice w, struct parts *p)
{
	if (w.len == 0) {
		return true;
	}
	if (w.p[0] == '+' || w.p[0] == '-') {
		return read_offset(w, p);
	}
	if (is_utc(w)) {
		if (p->has_zone) {
			return false;
		}
		p->has_zone = true;
		return true;
	}
	if (w.len > 3 && (w.p[3] == '+' || w.p[3] == '-') &&
		is_utc(slice(w.p, 3))) {
		return read_offset(rest_of(w, 3), p);
	}
	return false;
}

/* Two digits at the front, taken away; -1: there are none. */
static long take_two(struct slice *w)
{
	long n;

	if (w->len < 2 || !is_digit(w->p[0]) || !is_digit(w->p[1])) {
		return -1;
	}
	n = (w->p[0] - '0') * 10L + (w->p[1] - '0');
	*w = rest_of(*w, 2);
	return n;
}

static bool take(struct slice *w, char c)
{
	if (w->len == 0 || w->p[0] != c) {
		return false;
	}
	*w = rest_of(*w, 1);
	return true;
}

/* "04:03", "4:03:55", "04:03:55.123Z", "04:03:55+01:00", "4:03pm". */
static bool read_clock(struct slice w, struct parts *p)
{
	long hour;

	if (w.len > 1 && w.p[1] == ':') {
		hour = is_digit(w.p[0]) ? w.p[0] - '0' : -1;
		w = rest_of(w, 1);
	} else {
		hour = take_two(&w);
	}
	if (!set(&p->hour, hour, 0, 23) || !take(&w, ':') ||
		!set(&p->minute, take_two(&w), 0, 59)) {
		return false;
	}
	if (take(&w, ':') && !set(&p->second, take_two(&w), 0, 60)) {
		return false;
	}
	if (take(&w, '.')) {
		while (w.len > 0 && is_digit(w.p[0])) {
			w = rest_of(w, 1);
		}
	}
	if (slice_is_nocase(w, "am") || slice_is_nocase(w, "pm")) {
		p->half = w.p[0] | 32;
		return true;
	}
	return read_zone(w, p);
}

/* "2026-11-28", also with a time of day behind a T. */
static bool read_iso(struct slice w, struct parts *p)
{
	long century = take_two(&w);
	long year = take_two(&w);

	if (century < 0 || year < 0 ||
		!set(&p->year, century * 100 + year, 1970, 9999) ||
		!take(&w, '-') || !set(&p->month, take_two(&w), 1, 12) ||
		!take(&w, '-') || !set(&p->day, take_two(&w), 1, 31)) {
		return false;
	}
	return w.len == 0 ||
		((take(&w, 'T') || take(&w, 't')) && read_clock(w, p));
}

/* "2026", "28", "28th" */
static bool read_count(struct slice w, struct parts *p)
{
	size_t n = 0;
	long value;

	while (n < w.len && is_digit(w.p[n])) {
		n++;
	}
	value = slice_number(slice(w.p, n), 9999);
	if (n == 4 && w.len == 4) {
		return set(&p->year, value, 1970, 9999);
	}
	if (n < w.len && !(w.len == n + 2 && is_letter(w.p[n]))) {
		return false;
	}
	return n <= 2 && set(&p->day, value, 1, 31);
}

/* The place in the list of a name or of its first three letters, from 1. */
static long name_in(struct slice w, const char *const *names, size_t n)
{
	if (w.len > 0 && w.p[w.len - 1] == '.') {
		w.len--;
	}
	for (size_t i = 0; i < n; i++) {
		if (slice_is_nocase(w, names[i]) ||
			(w.len == 3 && slice_is_nocase(slice(names[i], 3),
					       (char[]){w.p[0], w.p[1], w.p[2],
						       '\0'}))) {
			return (long)i + 1;
		}
	}
	return 0;
}

static bool read_name(struct slice w, struct parts *p)
{
	static const char *const months[] = {"january", "february", "march",
		"april", "may", "june", "july", "august", "september",
		"october", "november", "december"};
	static const char *const week[] = {"monday", "tuesday", "wednesday",
		"thursday", "friday", "saturday", "sunday"};
	long month = name_in(w, months, sizeof months / sizeof *months);

	if (month > 0) {
		return set(&p->month, month, 1, 12);
	}
	if (name_in(w, week, sizeof week / sizeof *week) > 0) {
		return true;
	}
	if (slice_is_nocase(w, "am") || slice_is_nocase(w, "pm")) {
		p->half = w.p[0] | 32;
		return true;
	}
	if (is_utc(w)) {
		return read_zone(w, p);
	}
	if (read_zone(w, p)) {
		return true;
	}
	/* CET, EST ...: several zones have each of these names. */
	for (size_t i = 0; i < w.len; i++) {
		if (w.p[i] < 'A' || w.p[i] > 'Z') {
			return false;
		}
	}
	return w.len >= 3 && w.len <= 5;
}

static bool read_word(struct slice w, struct parts *p)
{
	if (memchr(w.p, ':', w.len) != NULL && w.len <= 32 &&
		is_digit(w.p[0]) && !(w.len > 4 && w.p[4] == '-')) {
		return read_clock(w, p);
	}
	if (is_digit(w.p[0])) {
		return w.len > 4 && w.p[4] == '-' ? read_iso(w, p)
						  : read_count(w, p);
	}
	if (w.p[0] == '+' || (w.p[0] == '-' && w.len > 1 && is_digit(w.p[1]))) {
		return read_offset(w, p);
	}
	if (slice_is(w, "-") || slice_is(w, "--")) {
		return true;
	}
	return is_letter(w.p[0]) && read_name(w, p);
}

/* ---- all of it ---- */

/* "(Central European Time)" says nothing that we could count with. */
static struct slice take_word(struct slice *text)
{
	struct slice w = slice(text->p, 0);
	size_t skip = 0;

	while (skip < text->len &&
		(text->p[skip] == ' ' || text->p[skip] == ',')) {
		skip++;
	}
	if (skip < text->len && text->p[skip] == '(') {
		while (skip < text->len && text->p[skip] != ')') {
			skip++;
		}
		*text = rest_of(*text, skip < text->len ? skip + 1 : skip);
		return w;
	}
	w.p = text->p + skip;
	while (skip + w.len < text->len && w.p[w.len] != ' ' &&
		w.p[w.len] != ',' && w.p[w.len] != '(') {
		w.len++;
	}
	*text = rest_of(*text, skip + w.len);
	return w;
}

static bool halves(struct parts *p)
{
	if (p->half == 0) {
		return true;
	}
	if (p->hour < 1 || p->hour > 12) {
		return false;
	}
	p->hour = p->hour % 12 + (p->half == 'p' ? 12 : 0);
	return true;
}

bool date_read(struct slice text, struct date *out)
{
	struct parts p = {-1, -1, -1, -1, -1, -1, 0, false, 0};

	text = slice_trim(text);
	if (text.len == 0 || text.len > TEXT_MAX) {
		return false;
	}
	while (text.len > 0) {
		struct slice w = take_word(&text);

		if (w.len > 0 && !read_word(w, &p)) {
			return false;
		}
	}
	if (p.year < 0 || p.month < 0 || p.day < 0 || p.hour < 0 ||
		!halves(&p)) {
		return false;
	}
	*out = (struct date){
		.local_s = ((date_days(p.year, p.month, p.day) * 24 + p.hour) *
				   60 + p.minute) * 60 +
			(p.second > 0 ? p.second : 0),
		.has_zone = p.has_zone,
		.offset_min = p.offset_min,
	};
	return true;
}
