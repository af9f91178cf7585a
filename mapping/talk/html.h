/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_HTML_H
#define MAPPING_TALK_HTML_H

#include "mapping/core.h"

/*
 * The text of <html/> (XEP-0071, and the form of the 2001 overview) for
 * messages that have no plain body: white space as a browser would show it,
 * line breaks where elements end lines, nothing of scripts and styles; images
 * by their alternative text and address, links with their address when the
 * text does not show it. In the arena; absent when there is none.
 */
struct slice html_text(struct mapping *m, const struct elem *html);

#endif
