/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_ROOM_WAY_H
#define MAPPING_ROOM_ROOM_WAY_H

#include "mapping/core.h"

/*
 * Ways into a channel that refused us (PROTOCOL D.2): where a form helps, the
 * network's address tells which, with a link to it (XEP-0147) and the words for
 * those who rather write. Once for a room and a way on one connection; the
 * connection is held for a while, so that the form finds it.
 */
enum room_way { WAY_NONE, WAY_LOGIN, WAY_KEY, WAY_KNOCK };

void room_way_tell(struct room *r, enum room_way way);
/* A connection begins, or the session goes: nothing was told on it. */
void room_ways_forget(struct session *s);

#endif
