/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_XSCAN_H
#define TESTS_LOAD_XSCAN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Cuts the bytes of an XML stream into its header, its top-level elements
 * and its end. It counts tags and knows quotes, comments, CDATA and
 * processing instructions, but checks no well-formedness: who uses it does.
 * Ownership: what an event lends lives until the next call.
 * Limit: 16 MiB for one element.
 */
enum xscan_event {
	XSCAN_MORE,   /* nothing complete yet */
	XSCAN_HEADER, /* <stream:stream ...> */
	XSCAN_STANZA, /* one whole element below it */
	XSCAN_END,    /* </stream:stream> */
	XSCAN_BAD     /* more closed than opened, or too big */
};

struct xscan {
	char *buf;
	size_t len;
	size_t cap;
	size_t start; /* of the element being read */
	size_t pos;   /* first byte not looked at */
	unsigned depth;
};

void xscan_init(struct xscan *x);
void xscan_finish(struct xscan *x);

void xscan_feed(struct xscan *x, const char *bytes, size_t len);
enum xscan_event xscan_next(struct xscan *x, const char **text, size_t *len);

/*
 * The value of an attribute of the first tag of `text`, unescaped; false and
 * an empty string when it is absent or longer than the room for it.
 */
bool xscan_attr(
	const char *text, size_t len, const char *name, char *out, size_t size);

/* Character data of the first <name> element of `text`, unescaped. */
bool xscan_text(
	const char *text, size_t len, const char *name, char *out, size_t size);

/* Does attr='value' (either quote) occur anywhere in the text? */
bool xscan_has(
	const char *text, size_t len, const char *attr, const char *value);

/* Appends text to out, escaped for both content and attributes. */
size_t xscan_escape(const char *text, size_t len, char *out, size_t size);

#endif
