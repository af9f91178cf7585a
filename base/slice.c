/* SPDX-License-Identifier: MIT */
#include "base/slice.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool slice_is_nocase(struct slice a, const char *s)
{
	for (size_t i = 0; i < a.len; i++) {
		if (s[i] == '\0' || lower(a.p[i]) != lower(s[i])) {
			return false;
		}
	}
	return s[a.len] == '\0';
}

int64_t slice_number(struct slice s, int64_t max)
{
	int64_t n = 0;

	if (s.len == 0 || s.len > 18) {
		return -1;
	}
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9') {
			return -1;
		}
		n = n * 10 + (s.p[i] - '0');
	}
	return n > max ? -1 : n;
}

struct slice slice_cut(struct slice *rest, char c)
{
	struct slice head = *rest;
	const char *at = rest->len ? memchr(rest->p, c, rest->len) : NULL;

	if (at == NULL) {
		*rest = slice(NULL, 0);
		return head;
	}
	head.len = (size_t)(at - rest->p);
	*rest = slice(at + 1, rest->len - head.len - 1);
	return head;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
	while (s.len > 0 && is_blank(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.p[s.len - 1])) {
		s.len--;
	}
	return s;
}
