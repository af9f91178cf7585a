/* SPDX-License-Identifier: MIT */
#ifndef XMPP_HOST_H
#define XMPP_HOST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * What the domains of addresses and host names have in common. The host names
 * themselves: jid_host_to_ascii() in jid.h.
 */

/* RFC 4291 2.2, without a zone. */
bool host_is_ip6(struct slice s);
/* The same in brackets. */
bool host_is_ip6_literal(struct slice s);

/* What a prepared label may hold in ASCII: host names, and `_` in practice. */
bool host_label_is_legal(const char *p, size_t len);

/* Labels of 1 to 63 bytes, 253 in all, each legal. */
bool host_is_legal(struct slice host);

/* ASCII letters in lower case, all else as it is. */
void host_add_lower(struct buf *out, struct slice s);

#endif
