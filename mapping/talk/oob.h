/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_OOB_H
#define MAPPING_TALK_OOB_H

#include "mapping/addr.h"
#include "mapping/core.h"
#include "mapping/talk/children.h"

/*
 * Addresses of files (PROTOCOL C.15): jabber:iq:oob, jabber:x:oob. They become
 * text on IRC; the gateway itself fetches nothing.
 */

/* jabber:iq:oob set to NICK or OCC. */
void iq_oob(struct request *q, const struct addr *a);

/* http, https, ftp or ftps, and nothing that would break a line. */
bool oob_url_usable(struct slice url);
/*
 * Adds what the elements of a message say to its text in `out`, which holds the
 * body: an address that is the body itself is there already.
 */
void oob_add(struct buf *out, const struct message_parts *p);

/* This text is one address of a picture, a sound or a film and nothing else. */
bool oob_is_media(struct slice text);

#endif
