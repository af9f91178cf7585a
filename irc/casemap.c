/* SPDX-License-Identifier: MIT */
#include "irc/casemap.h"

#include <stddef.h>

static const struct {
	const char *token;
	enum casemap cm;
} names[] = {
	{"ascii", CASEMAP_ASCII},
	{"rfc1459", CASEMAP_RFC1459},
	{"rfc1459-strict", CASEMAP_RFC1459_STRICT},
	{"strict-rfc1459", CASEMAP_RFC1459_STRICT},
};

enum casemap casemap_find(struct slice token)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (slice_is_nocase(token, names[i].token)) {
			return names[i].cm;
		}
	}
	return CASEMAP_UNICODE;
}

/* The last character that has a lower case 32 above it: 'Z', ']' or '^'. */
static char last_upper(enum casemap cm)
{
	static const char last[] = {
		[CASEMAP_RFC1459] = '^',
		[CASEMAP_RFC1459_STRICT] = ']',
		[CASEMAP_ASCII] = 'Z',
		[CASEMAP_UNICODE] = 'Z',
	};

	return last[cm];
}

/* RFC 1459 2.2 in the servers' way: `[` `\` `]` `^` are 32 below `{|}~`. */
char casemap_fold_char(enum casemap cm, char c)
{
	return c >= 'A' && c <= last_upper(cm) ? (char)(c + 32) : c;
}

bool casemap_equal(enum casemap cm, struct slice a, struct slice b)
{
	if (a.len != b.len) {
		return false;
	}
	for (size_t i = 0; i < a.len; i++) {
		if (casemap_fold_char(cm, a.p[i]) !=
			casemap_fold_char(cm, b.p[i])) {
			return false;
		}
	}
	return true;
}

int casemap_compare(enum casemap cm, struct slice a, struct slice b)
{
	for (size_t i = 0; i < a.len && i < b.len; i++) {
		unsigned char x = (unsigned char)casemap_fold_char(cm, a.p[i]);
		unsigned char y = (unsigned char)casemap_fold_char(cm, b.p[i]);

		if (x != y) {
			return x < y ? -1 : 1;
		}
	}
	return (a.len > b.len) - (a.len < b.len);
}

static bool fold(enum casemap cm, struct slice name, char *out)
{
	char last = last_upper(cm);

	if (name.len > CASEMAP_NAME_MAX) {
		return false;
	}
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];

		out[i] = c >= 'A' && c <= last ? (char)(c + 32) : c;
	}
	return true;
}

const struct istr *casemap_intern(enum casemap cm, struct slice name)
{
	char folded[CASEMAP_NAME_MAX];

	return fold(cm, name, folded) ? intern(folded, name.len) : NULL;
}

const struct istr *casemap_lookup(enum casemap cm, struct slice name)
{
	char folded[CASEMAP_NAME_MAX];

	return fold(cm, name, folded) ? intern_find(folded, name.len) : NULL;
}
