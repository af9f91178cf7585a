/* SPDX-License-Identifier: MIT */
#ifndef XMPP_STANZA_H
#define XMPP_STANZA_H

#include <stdbool.h>

#include "base/slice.h"
#include "xmpp/ns.h"

/*
 * A received stanza as a small tree. Everything lives in the parser's arena and
 * is lent until the handler returns; nothing is changed by readers.
 */
struct attr {
	struct attr *next;
	enum ns ns;        /* NS_NONE for the usual unprefixed ones */
	const char *xmlns; /* URI text when ns is not NS_NONE */
	const char *name;
	const char *value;
};

/* An element, or a piece of text between elements. */
struct elem {
	struct elem *parent;
	struct elem *next;
	struct elem *first;
	struct elem *last;
	struct attr *attrs;
	const char *name;  /* NULL: this is text */
	const char *xmlns; /* URI of the element's namespace, "" when none */
	struct slice text; /* of a text node; valid UTF-8, legal XML */
	enum ns ns;
};

enum stanza_kind { STANZA_MESSAGE, STANZA_PRESENCE, STANZA_IQ, STANZA_KINDS };

struct stanza {
	enum stanza_kind kind;
	const char *from; /* each NULL when absent */
	const char *to;
	const char *id;
	const char *type;
	const char *lang; /* xml:lang */
	const struct elem *root;
};

/* NULL when there is none. */
const char *elem_attr(const struct elem *e, const char *name);
/* The first child element of that name and namespace; name NULL: any name. */
const struct elem *elem_child(const struct elem *e, const char *name, enum ns ns);
/* The next sibling of that name and namespace after `e`. */
const struct elem *elem_next(const struct elem *e, const char *name, enum ns ns);
/* The first child element of any kind, NULL when none. */
const struct elem *elem_first(const struct elem *e);
/*
 * The character data directly inside e; one piece is lent as it is, several
 * (text around child elements) give the first. Empty when none.
 */
struct slice elem_text(const struct elem *e);
/* Text of that child, absent slice when there is no such child. */
struct slice elem_child_text(const struct elem *e, const char *name, enum ns ns);

bool elem_is(const struct elem *e, const char *name, enum ns ns);
/* "message", "presence", "iq" */
const char *stanza_kind_name(enum stanza_kind kind);
/* The type attribute equals `type`; NULL: there is none (or it is empty). */
bool stanza_type_is(const struct stanza *s, const char *type);

#endif
