/* SPDX-License-Identifier: MIT */
#include "xmpp/jid.h"

/* XEP-0106 as PROTOCOL B.2 has it, in the order of its table. */
static const struct escape {
	char c;
	char hex[3];
} escapes[] = {
	{' ', "20"},
	{'"', "22"},
	{'&', "26"},
	{'\'', "27"},
	{'/', "2f"},
	{':', "3a"},
	{'<', "3c"},
	{'>', "3e"},
	{'@', "40"},
	{'\\', "5c"},
};

enum { ESCAPES = sizeof escapes / sizeof *escapes };

/* Either case of a hex digit; `digit` is a lower-case one. */
static bool same_digit(char c, char digit)
{
	return c == digit || (digit >= 'a' && c == digit - ('a' - 'A'));
}

/* The row whose escape begins at p (a backslash), else NULL. */
static const struct escape *escape_at(const char *p, size_t len)
{
	if (len < 3) {
		return NULL;
	}
	for (size_t i = 0; i < ESCAPES; i++) {
		if (p[1] == escapes[i].hex[0] &&
			same_digit(p[2], escapes[i].hex[1])) {
			return &escapes[i];
		}
	}
	return NULL;
}

/* The row of a character that may not stand in a node, else NULL. */
static const struct escape *escape_of(const char *p, size_t len)
{
	for (size_t i = 0; i < ESCAPES; i++) {
		if (*p == escapes[i].c) {
			return *p != '\\' || escape_at(p, len) ? &escapes[i]
							       : NULL;
		}
	}
	return NULL;
}

void jid_escape(struct buf *out, struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		const struct escape *e = escape_of(name.p + i, name.len - i);

		if (e != NULL) {
			buf_add_char(out, '\\');
			buf_add(out, e->hex, 2);
		} else {
			buf_add_char(out, name.p[i]);
		}
	}
}

void jid_unescape(struct buf *out, struct slice node)
{
	for (size_t i = 0; i < node.len;) {
		const struct escape *e =
			node.p[i] == '\\' ? escape_at(node.p + i, node.len - i)
					  : NULL;

		buf_add_char(out, e != NULL ? e->c : node.p[i]);
		i += e != NULL ? 3 : 1;
	}
}
