/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_OWNMETA_H
#define MAPPING_PEOPLE_OWNMETA_H

#include "mapping/core.h"

/*
 * What the user says of himself on an IRC network (draft/metadata-2; PROTOCOL
 * C.23, F.1). Of the registered it is kept for that network, as lines "key value"
 * in one setting, and said again at each connect as far as the server does not
 * know it any more.
 */

/* Of such lines (NULL: none); absent: it is not in them. */
struct slice ownmeta_kept(const char *lines, enum irc_meta key);
/* A line more; an empty value is none. It is made one line. */
void ownmeta_add(struct buf *lines, enum irc_meta key, struct slice value);

/*
 * The end of the MOTD: the server has said what it knows of us; and each time that
 * it has metadata again (CAP NEW).
 */
void ownmeta_up(struct session *s);

#endif
