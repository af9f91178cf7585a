/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_CONFERENCE_H
#define MAPPING_ROOM_CONFERENCE_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * jabber:iq:conference (PROTOCOL C.12): what a room wants of who enters, and
 * entering by an iq. The view that it makes is one of a room like any other; it
 * holds the iq until the room is known (view->entering), and its client gets a
 * browse push for each who comes and goes (C.10).
 */
struct asker;

/* Answered at once, but for an iq that enters: when the room is known (C.12). */
void iq_conference_get(struct request *q, const struct addr *a);
void iq_conference_set(struct request *q, const struct addr *a);

/*
 * For room*.c. The view waits with this iq (NULL: with none, then nothing
 * happens); one that waited before is told that it was asked again.
 */
void conference_waits(struct view *v, struct asker *asker);
/* The iq that waits is answered: in, or why not. None waits: nothing. */
void conference_entered(struct view *v);
void conference_refused(struct view *v, const struct fault *fault);
/*
 * Somebody is there, or left: to this client, or (NULL) to all that are in;
 * those that entered in another way are passed over.
 */
void conference_push(struct room *r, const struct view *only, struct slice nick,
	bool there);

#endif
