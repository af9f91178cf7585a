/* SPDX-License-Identifier: MIT */
#include "mapping/uri.h"

#include <string.h>

static void add_jid(struct buf *out, struct slice jid)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		"-._~@";
	static const char hex[] = "0123456789ABCDEF";

	buf_add_str(out, "xmpp:");
	for (size_t i = 0; i < jid.len; i++) {
		unsigned char c = (unsigned char)jid.p[i];

		if (memchr(plain, c, sizeof plain - 1) != NULL) {
			buf_add_char(out, (char)c);
		} else {
			buf_add_char(out, '%');
			buf_add_char(out, hex[c >> 4]);
			buf_add_char(out, hex[c & 15]);
		}
	}
}

void uri_add_join(struct buf *out, struct slice jid)
{
	add_jid(out, jid);
	buf_add_str(out, "?join");
}

void uri_add_command(struct buf *out, struct slice jid, const char *node)
{
	add_jid(out, jid);
	buf_addf(out, "?command;node=%s", node);
}
