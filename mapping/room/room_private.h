/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_ROOM_PRIVATE_H
#define MAPPING_ROOM_ROOM_PRIVATE_H

#include "mapping/room/room.h"

/* The inside of rooms, shared by the files of room.h alone. */

/* room.c */
struct view *view_create(struct room *r, struct resource *res);
void view_free(struct view *v);
struct room *room_create(struct session *s, const struct addr *a);
/* Its views go without a word. */
void room_destroy(struct room *r);
/* The last client left: so does the session (D.9), unless the room is kept. */
void room_part(struct room *r, struct slice status);

/* room_enter.c */
/* One room more for this session? */
bool room_limits_allow(const struct session *s, struct fault *fault);
void room_on_join_timeout(void *ctx);

/* room_kept.c */
void room_on_expect(void *ctx);

#endif
