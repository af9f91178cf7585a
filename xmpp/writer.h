/* SPDX-License-Identifier: MIT */
#ifndef XMPP_WRITER_H
#define XMPP_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"
#include "xmpp/ns.h"
#include "xmpp/stanza.h"

/*
 * The one writer of XML: appends to a buffer, escapes everything, refuses what
 * XML forbids (such characters are left out, invalid UTF-8 becomes U+FFFD;
 * PROTOCOL G.5), closes what it opened. No text reaches the stream by another
 * way.
 * Names are literals of ours or names libxml2 accepted. A namespace is written
 * when it differs from the parent's. Depth <= 64.
 * An overflow of the buffer stays in buf.overflow: the owner drops the stanza.
 */
enum { XW_DEPTH = 64 };

struct xw {
	struct buf *out;
	const char *outside; /* the namespace in force outside */
	unsigned depth;
	bool tag_open; /* "<name attr='...'" without its ">" yet */
	struct {
		const char *prefix; /* "" or "xml:" */
		const char *name;
		const char *xmlns;
	} open[XW_DEPTH];
};

/* `xmlns` is the namespace in force outside ("" when none); lent for w's life. */
void xw_init(struct xw *w, struct buf *out, const char *xmlns);

/* Opens <name>; ns NS_NONE: the parent's namespace. */
void xw_start(struct xw *w, const char *name, enum ns ns);
/* The same with a namespace outside our table; xmlns lives until xw_end(). */
void xw_start_uri(struct xw *w, const char *name, const char *xmlns);
void xw_end(struct xw *w);

/* On the element just opened. A NULL value writes nothing. */
void xw_attr(struct xw *w, const char *name, const char *value);
void xw_attr_slice(struct xw *w, const char *name, struct slice value);
void xw_attr_num(struct xw *w, const char *name, long value);
/* xml:lang */
void xw_lang(struct xw *w, const char *lang);

/* Escaped, inside the element that is open; NULL or absent: nothing. */
void xw_text(struct xw *w, const char *text);
void xw_text_slice(struct xw *w, struct slice text);

/* <name>text</name>; nothing at all when text is absent (p == NULL). */
void xw_elem(struct xw *w, const char *name, enum ns ns, struct slice text);
/* <name/> */
void xw_empty(struct xw *w, const char *name, enum ns ns);
/*
 * A parsed element (or text) with all its contents, as it was received: stanza
 * namespaces become the one in force, prefixes of attributes are made anew.
 * What would be deeper than XW_DEPTH is left out.
 */
void xw_copy(struct xw *w, const struct elem *e);
/*
 * Content that this writer made earlier for the same namespace outside, as it
 * is (a message kept until it may be shown).
 */
void xw_fragment(struct xw *w, struct slice xml);

/* Only escaping: text for element content and for attribute values. */
void xw_escape(struct buf *out, struct slice text, bool attribute);

#endif
