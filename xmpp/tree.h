/* SPDX-License-Identifier: MIT */
#ifndef XMPP_TREE_H
#define XMPP_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "xmpp/stanza.h"

/*
 * Builds one tree from SAX events: the parser's memory. Texts come as libxml2
 * gives them (unsigned char is its xmlChar); names and most URIs are not copied
 * but stay in its dictionary.
 * Bounds: an arena in proportion to the stanza's size; past it `full` is set
 * and the tree is cut.
 */
struct tree {
	struct arena arena;
	struct buf text;      /* character data since the last tag */
	struct elem *current; /* the open element */
	struct elem *done;    /* the finished tree */
	bool full;
};

void tree_init(struct tree *t, size_t bytes); /* of one stanza at most */
void tree_finish(struct tree *t);
void tree_reset(struct tree *t); /* forgets the tree */

/* raw: five pointers an attribute (local name, prefix, URI, value, its end). */
void tree_start(struct tree *t, const unsigned char *local,
	const unsigned char *uri, int attrs, const unsigned char **raw);
void tree_text(struct tree *t, const char *text, size_t len);
void tree_end(struct tree *t, bool root); /* root: now the tree is done */

/* An element by itself, outside the tree; NULL when the arena is full. */
struct elem *tree_elem(struct tree *t, const unsigned char *local,
	const unsigned char *uri, int attrs, const unsigned char **raw);

/* A namespace as it reads: in libxml2's texts & stands as &#38; */
const char *tree_uri(struct tree *t, const unsigned char *uri);

#endif
