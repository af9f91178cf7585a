/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_RICH_H
#define MAPPING_TALK_RICH_H

#include "mapping/core.h"

/*
 * mIRC formatting for Jabber (PROTOCOL G.1): <html/> of XEP-0071 beside the
 * body. A text is cut into pieces that look alike; each has a list of nodes
 * that are to be open around it, and between two pieces only what differs is
 * closed and opened, in order. Addresses become links.
 */

/* Is any of this text (UTF-8, with codes) to look other than plain? */
bool rich_is(struct slice text);
/* <html/> for it; `front` is plain text that goes before. */
void rich_write(struct mapping *m, struct xw *w, struct slice front,
	struct slice text);

/*
 * The next address in a text at or after *from: http, https, ftp, xmpp, irc,
 * ircs, mailto, without the punctuation behind it. false: there is none; else
 * *from is where it begins.
 */
bool rich_find_url(struct slice text, size_t *from, size_t *len);

#endif
