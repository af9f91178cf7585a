/* SPDX-License-Identifier: MIT */
#include "base/stamp.h"

#include <stdbool.h>

#include "base/date.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads by a form of digits (d) and signs; '/' begins the next number. */
static bool read_form(struct slice *s, const char *form, int64_t *part)
{
	size_t at = 0;

	for (; *form != '\0'; form++) {
		if (*form == '/') {
			part++;
		} else if (at == s->len ||
			(*form == 'd' ? !is_digit(s->p[at]) :
					s->p[at] != *form)) {
			return false;
		} else if (*form == 'd') {
			*part = *part * 10 + (s->p[at++] - '0');
		} else {
			at++;
		}
	}
	*s = slice(s->p + at, s->len - at);
	return true;
}

static int64_t read_fraction(struct slice *s)
{
	int64_t unit = 100;
	int64_t ms = 0;
	size_t at = 1;

	if (s->len == 0 || s->p[0] != '.') {
		return 0;
	}
	for (; at < s->len && is_digit(s->p[at]); at++) {
		ms += (s->p[at] - '0') * unit;
		unit /= 10;
	}
	*s = slice(s->p + at, s->len - at);
	return ms;
}

/* "+02:00"; "Z", nothing and whatever else is UTC. */
static int64_t read_zone(struct slice s)
{
	int64_t part[2] = {0};
	int64_t sign = s.len > 0 && s.p[0] == '-' ? -1 : 1;

	if (s.len == 0 || (s.p[0] != '+' && s.p[0] != '-')) {
		return 0;
	}
	s = slice(s.p + 1, s.len - 1);
	if (!read_form(&s, "dd/:dd", part) || part[0] > 14 || part[1] > 59) {
		return 0;
	}
	return sign * (part[0] * 60 + part[1]) * 60000;
}

int64_t stamp_read(struct slice text)
{
	static const char *const forms[] = {
		"dddd/-dd/-dd/Tdd/:dd/:dd",
		"dddd/dd/dd/Tdd/:dd/:dd",
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct slice s = text;
		int64_t p[6] = {0};
		int64_t ms;

		if (!read_form(&s, forms[i], p)) {
			continue;
		}
		if (p[1] < 1 || p[1] > 12 || p[2] < 1 || p[2] > 31 ||
			p[3] > 23 || p[4] > 59 || p[5] > 60) {
			return 0;
		}
		ms = (((date_days(p[0], p[1], p[2]) * 24 + p[3]) * 60 + p[4]) * 60 +
			p[5]) * 1000 + read_fraction(&s);
		return ms - read_zone(s);
	}
	return 0;
}
