/* SPDX-License-Identifier: MIT */
#include "xmpp/writer.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

/* What a byte needs: 0 nothing, else an index into the row below. */
enum { PLAIN, DROP, WIDE, AMP, LT, GT, CR, APOS, QUOT, TAB, LF, CLASSES };

static const char *const escapes[CLASSES] = {
	[AMP] = "&amp;",
	[LT] = "&lt;",
	[GT] = "&gt;",
	[CR] = "&#13;",
	[APOS] = "&apos;",
	[QUOT] = "&quot;",
	[TAB] = "&#9;",
	[LF] = "&#10;",
};

/* PROTOCOL G.5; what only attributes need is in attribute_class(). */
static unsigned text_class(unsigned char c)
{
	switch (c) {
	case '&':
		return AMP;
	case '<':
		return LT;
	case '>':
		return GT;
	case '\r':
		return CR;
	case '\t':
	case '\n':
		return PLAIN;
	default:
		return c >= 0x80 ? WIDE : c < 0x20 ? DROP : PLAIN;
	}
}

static unsigned attribute_class(unsigned char c)
{
	switch (c) {
	case '\'':
		return APOS;
	case '"':
		return QUOT;
	case '\t':
		return TAB;
	case '\n':
		return LF;
	default:
		return text_class(c);
	}
}

/* Both as tables, filled at the first use: the loop below is the hot one. */
static unsigned char classes[2][256];
static bool classes_filled;

static void fill_classes(void)
{
	for (unsigned c = 0; c < 256; c++) {
		classes[0][c] = (unsigned char)text_class((unsigned char)c);
		classes[1][c] =
			(unsigned char)attribute_class((unsigned char)c);
	}
	classes_filled = true;
}

/* A sequence outside ASCII at p: its size; *as is what replaces it, or NULL. */
static size_t wide(const char *p, size_t len, const char **as)
{
	size_t size;
	uint32_t cp = utf8_decode(p, len, &size);

	*as = NULL;
	if (cp == UTF8_BAD) {
		*as = "\xef\xbf\xbd";
	} else if (!utf8_xml_char(cp)) {
		*as = "";
	}
	return size;
}

void xw_escape(struct buf *out, struct slice text, bool attribute)
{
	const unsigned char *class;
	size_t from = 0; /* bytes from here to i are copied as they are */
	size_t i = 0;

	if (!classes_filled) {
		fill_classes();
	}
	class = classes[attribute];
	while (i < text.len) {
		unsigned what = class[(unsigned char)text.p[i]];
		const char *as = escapes[what];
		size_t size = 1;

		if (what == PLAIN) {
			i++;
			continue;
		}
		if (what == WIDE) {
			size = wide(text.p + i, text.len - i, &as);
			if (as == NULL) {
				i += size;
				continue;
			}
		}
		buf_add(out, text.p + from, i - from);
		if (as != NULL) {
			buf_add_str(out, as);
		}
		i += size;
		from = i;
	}
	if (text.len > from) {
		buf_add(out, text.p + from, text.len - from);
	}
}

void xw_init(struct xw *w, struct buf *out, const char *xmlns)
{
	w->out = out;
	w->depth = 0;
	w->tag_open = false;
	w->outside = xmlns;
}

/* The default namespace in force where the next child goes. */
static const char *in_force(const struct xw *w)
{
	return w->depth > 0 ? w->open[w->depth - 1].xmlns : w->outside;
}

static void close_tag(struct xw *w)
{
	if (w->tag_open) {
		buf_add_char(w->out, '>');
		w->tag_open = false;
	}
}

static bool same(const char *a, const char *b)
{
	return a == b || strcmp(a, b) == 0;
}

/* prefix is "" or "xml:". */
static void open_tag(
	struct xw *w, const char *prefix, const char *name, const char *xmlns)
{
	const char *before = in_force(w);

	must(w->depth < XW_DEPTH);
	close_tag(w);
	buf_add_char(w->out, '<');
	buf_add_str(w->out, prefix);
	buf_add_str(w->out, name);
	w->open[w->depth].prefix = prefix;
	w->open[w->depth].name = name;
	w->open[w->depth].xmlns = xmlns;
	w->depth++;
	w->tag_open = true;
	if (!same(before, xmlns)) {
		xw_attr(w, "xmlns", xmlns);
	}
}

void xw_start(struct xw *w, const char *name, enum ns ns)
{
	const char *outer = in_force(w);

	must(ns != NS_OTHER);
	if (ns == NS_NONE || (ns == NS_STANZA && ns_find(outer) == NS_STANZA)) {
		open_tag(w, "", name, outer);
	} else if (ns == NS_XML) {
		open_tag(w, "xml:", name, outer);
	} else {
		open_tag(w, "", name, ns_uri(ns));
	}
}

void xw_start_uri(struct xw *w, const char *name, const char *xmlns)
{
	/* This one may not be declared, only used by its prefix. */
	if (same(xmlns, ns_uri(NS_XML))) {
		xw_start(w, name, NS_XML);
	} else {
		open_tag(w, "", name, xmlns);
	}
}

void xw_end(struct xw *w)
{
	must(w->depth > 0);
	w->depth--;
	if (w->tag_open) {
		buf_add(w->out, "/>", 2);
		w->tag_open = false;
		return;
	}
	buf_add(w->out, "</", 2);
	buf_add_str(w->out, w->open[w->depth].prefix);
	buf_add_str(w->out, w->open[w->depth].name);
	buf_add_char(w->out, '>');
}

void xw_attr_slice(struct xw *w, const char *name, struct slice value)
{
	must(w->tag_open);
	if (value.p == NULL) {
		return;
	}
	buf_add_char(w->out, ' ');
	buf_add_str(w->out, name);
	buf_add(w->out, "='", 2);
	xw_escape(w->out, value, true);
	buf_add_char(w->out, '\'');
}

void xw_attr(struct xw *w, const char *name, const char *value)
{
	xw_attr_slice(w, name, slice_str(value));
}

void xw_attr_num(struct xw *w, const char *name, long value)
{
	char text[32];

	snprintf(text, sizeof text, "%ld", value);
	xw_attr(w, name, text);
}

void xw_lang(struct xw *w, const char *lang)
{
	xw_attr(w, "xml:lang", lang);
}

void xw_text_slice(struct xw *w, struct slice text)
{
	if (text.len > 0) {
		close_tag(w);
		xw_escape(w->out, text, false);
	}
}

void xw_text(struct xw *w, const char *text)
{
	xw_text_slice(w, slice_str(text));
}

void xw_elem(struct xw *w, const char *name, enum ns ns, struct slice text)
{
	if (text.p == NULL) {
		return;
	}
	xw_start(w, name, ns);
	xw_text_slice(w, text);
	xw_end(w);
}

void xw_empty(struct xw *w, const char *name, enum ns ns)
{
	xw_start(w, name, ns);
	xw_end(w);
}

/* Prefixes are gone after parsing: make new ones, a1, a2 ... an element. */
static void copy_attrs(struct xw *w, const struct elem *e)
{
	unsigned n = 0;
	char name[32];

	for (const struct attr *a = e->attrs; a != NULL; a = a->next) {
		if (a->ns == NS_NONE) {
			xw_attr(w, a->name, a->value);
			continue;
		}
		if (a->ns == NS_XML) {
			snprintf(name, sizeof name, "xml:");
		} else {
			snprintf(name, sizeof name, "xmlns:a%u", ++n);
			xw_attr(w, name, a->xmlns);
			snprintf(name, sizeof name, "a%u:", n);
		}
		buf_add_char(w->out, ' ');
		buf_add_str(w->out, name);
		buf_add_str(w->out, a->name);
		buf_add(w->out, "='", 2);
		xw_escape(w->out, slice_str(a->value), true);
		buf_add_char(w->out, '\'');
	}
}

void xw_copy(struct xw *w, const struct elem *e)
{
	if (e->name == NULL) {
		xw_text_slice(w, e->text);
		return;
	}
	if (w->depth == XW_DEPTH) {
		return;
	}
	if (e->ns == NS_STANZA) {
		xw_start(w, e->name, NS_STANZA);
	} else {
		xw_start_uri(w, e->name, e->xmlns);
	}
	copy_attrs(w, e);
	for (const struct elem *c = e->first; c != NULL; c = c->next) {
		xw_copy(w, c);
	}
	xw_end(w);
}

void xw_fragment(struct xw *w, struct slice xml)
{
	if (xml.len > 0) {
		close_tag(w);
		buf_add_slice(w->out, xml);
	}
}
