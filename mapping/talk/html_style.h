/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_HTML_STYLE_H
#define MAPPING_TALK_HTML_STYLE_H

#include "irc/ircformat.h"
#include "xmpp/stanza.h"

/*
 * How an element of XHTML looks (PROTOCOL G.1): by its name, by the few
 * properties of CSS that IRC has something for, and the colour of <font/>.
 * inherited: how its parent looks.
 */
struct irc_format html_format(const struct elem *e, struct irc_format inherited);

/* #rgb, #rrggbb, rgb(r, g, b) or a name of HTML; false: it is none of these. */
bool html_colour(struct slice text, uint32_t *rgb);

#endif
