/* SPDX-License-Identifier: MIT */
#ifndef XMPP_PARSER_H
#define XMPP_PARSER_H

#include <stddef.h>

#include "base/err.h"
#include "xmpp/scan.h"
#include "xmpp/stanza.h"

/*
 * The component stream's XML, by libxml2's SAX2 push parser behind xmpp/scan.
 * Standards: RFC 6120 4, 11; XEP-0114; PROTOCOL A.1.
 * - One stanza at a time is built in an arena and handed out; memory is reused.
 * - Over a limit: the stanza is read to its end and `on_dropped` is told; the
 *   stream goes on.
 * - Not well-formed, DTD, entity beyond the five, undeclared prefix, encoding
 *   other than UTF-8: `on_fatal`, and nothing is read any more.
 * - Comments and processing instructions are read past.
 * - The libxml2 context is renewed between stanzas when its dictionary passes
 *   1 MiB, so a flood of new names cannot grow the process.
 * - Prefixes are resolved; jabber:client, jabber:server and
 *   jabber:component:accept are all NS_STANZA.
 */
struct parser;

struct parser_handlers {
	/* <stream:stream ...>: its attributes as an element, no children. */
	void (*on_open)(void *ctx, const struct elem *stream);
	/* A child of the stream that is message, presence or iq. */
	void (*on_stanza)(void *ctx, const struct stanza *stanza);
	/* Any other child: handshake, stream:error, stream:features ... */
	void (*on_other)(void *ctx, const struct elem *child);
	/*
	 * A stanza over a limit: what is known of it (from, to, id, type may be
	 * NULL; root has attributes only); `over` as in enum scan_over.
	 */
	void (*on_dropped)(void *ctx, const struct stanza *stanza, unsigned over);
	/* </stream:stream> */
	void (*on_close)(void *ctx);
	/*
	 * The stream is lost: the stream error condition to send
	 * ("not-well-formed", "restricted-xml", "unsupported-encoding",
	 * "invalid-namespace", "bad-namespace-prefix"), and text for the log.
	 */
	void (*on_fatal)(void *ctx, const char *condition, const char *text);
};

/* handlers and ctx are lent for the parser's life. limits NULL: the default. */
struct parser *parser_create(const struct parser_handlers *handlers, void *ctx,
	const struct scan_limits *limits);
void parser_destroy(struct parser *p); /* not from inside a handler */

/*
 * Any bytes in any chunks. A handler may call parser_stop(); after that, after
 * on_close and after on_fatal nothing is handed out any more.
 */
void parser_feed(struct parser *p, const char *bytes, size_t len);
void parser_stop(struct parser *p);

/* Bytes of memory held now (arena, dictionary), for tests and metrics. */
size_t parser_memory(const struct parser *p);

#endif
