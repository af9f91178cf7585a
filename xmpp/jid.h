/* SPDX-License-Identifier: MIT */
#ifndef XMPP_JID_H
#define XMPP_JID_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * XMPP addresses: parse, prepare, take apart, escape.
 * Standards: RFC 6122 (nodeprep, nameprep, resourceprep by libidn, unassigned
 * code points allowed: flags 0), XEP-0106 for localparts (PROTOCOL B.2). What
 * only RFC 7622 forbids is not refused (doc/QUIRKS.md).
 * Ownership: a jid is a plain value that lends text of the arena it was parsed
 * into; every part is NUL-terminated.
 * Bounds: 1 to 1023 bytes a part.
 * Plain lower-case ASCII never reaches libidn: the usual case costs one scan.
 */
struct jid {
	const char *node;     /* NULL when there is none */
	const char *domain;   /* never NULL */
	const char *resource; /* NULL when there is none */
	const char *bare;     /* node@domain or domain, prepared */
	const char *full;     /* with the resource, prepared; bare when none */
};

/*
 * ERR_BAD_INPUT: not an address. ERR_TOO_BIG: a part over 1023 bytes, or the
 * arena is full. *out is written on ERR_OK only.
 */
NODISCARD enum err jid_parse(struct slice text, struct arena *a, struct jid *out);

/* Each part alone, prepared into the arena; NULL when illegal. */
const char *jid_prepare_node(struct slice text, struct arena *a);
const char *jid_prepare_resource(struct slice text, struct arena *a);

/*
 * XEP-0106 as PROTOCOL B.2 has it. Escaping never fails: `\` is escaped only
 * where it would read as an escape. Unescaping decodes only the ten sequences
 * of the table (hex digits of either case).
 */
void jid_escape(struct buf *out, struct slice name);
void jid_unescape(struct buf *out, struct slice node);

/*
 * A host name as users type it (also one with non-ASCII labels) to the form
 * asked from the DNS: lower-case A-labels (RFC 3490 by libidn). Address
 * literals pass. ERR_BAD_INPUT when it is none.
 */
NODISCARD enum err jid_host_to_ascii(struct slice host, struct buf *out);

#endif
