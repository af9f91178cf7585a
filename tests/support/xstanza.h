/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_XSTANZA_H
#define TESTS_SUPPORT_XSTANZA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <strophe.h>

/*
 * One received stanza, kept, and the little language in which tests ask about
 * it. A path:
 *
 *	body                      there is a child <body/>
 *	body=hello                ... whose text is hello
 *	body~ell                  ... whose text contains ell
 *	x/status@code=110         any child of any such path has the attribute
 *	x@xmlns=jabber:x:delay    by namespace
 *	x/item@jid                the attribute is there at all
 *	@id=a1                    an attribute of the stanza itself
 *	! body                    nothing matches the rest
 *
 * The path ends at the first '=' or '~'; all after it is the value, as it is.
 * libstrophe shows xml:lang as lang and knows no prefixes: neither do paths.
 * Ownership: the stanza belongs to its client; texts are lent with it.
 */
struct xstanza {
	xmpp_stanza_t *tree;
	char *text;
	unsigned seq;  /* 1, 2, 3 ... in the order of arrival at the client */
	uint64_t when; /* world_now() */
	bool taken;    /* by an expectation */
};

/* "message", "presence", "iq"; attributes: "" when absent. */
const char *xstanza_kind(const struct xstanza *s);
const char *xstanza_attr(const struct xstanza *s, const char *name);

bool xstanza_has(const struct xstanza *s, const char *path);

/* The text (or attribute) that the path, without a value, leads to first;
 * NULL when there is none. The copy is the caller's to free(). */
char *xstanza_get(const struct xstanza *s, const char *path);

#endif
