/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_HTML_H
#define MAPPING_TALK_HTML_H

#include "mapping/core.h"

/*
 * <html/> of a message (XEP-0071, and the form of the 2001 overview) as text
 * for IRC (PROTOCOL G.1): white space as a browser would show it, line breaks
 * where elements end lines, nothing of scripts and styles; images by their
 * alternative text and address, links with their address when the text does not
 * show it, quotes and lists with their marks. What looks otherwise than plain
 * gets mIRC codes; colours become the nearest that everybody knows.
 */
struct html_text {
	struct slice text;  /* without codes; absent: there is none */
	struct slice coded; /* with codes; absent: there is nothing for them */
	bool same;          /* its words are those of the body ... */
	bool more;          /* ... and it says more: addresses, marks */
};

/* lang: of the stanza, or NULL. Texts are in the arena. */
void html_read(struct mapping *m, const struct elem *html, const char *lang,
	struct slice body, struct html_text *out);

#endif
