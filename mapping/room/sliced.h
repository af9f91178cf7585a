/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_SLICED_H
#define MAPPING_ROOM_SLICED_H

#include "mapping/core.h"

/*
 * What may be too much for one turn of the loop: lists of occupants, storms. One
 * queue for all rooms. A turn shows so many occupants to all clients together,
 * one slice of one room after another; the rest waits in mapping->fills, and
 * while the Jabber server has much to read nothing is sent (PROTOCOL A.4, D.3).
 */
enum {
	SLICE = 200,     /* occupants of one room before another has its turn */
	TURN_SLICES = 1, /* of all rooms in one turn of the loop */
};

void sliced_init(struct sliced *s, sliced_fn *show);
/* It has something to show: now, as far as this turn goes, the rest later. */
void sliced_begin(struct mapping *m, struct sliced *s);
/* It waits for its turn. */
bool sliced_waits(const struct sliced *s);
/* Harmless when it does not wait. */
void sliced_drop(struct sliced *s);

void slices_init(struct mapping *m);
/* The Jabber server has read: on with it. */
void slices_go_on(struct mapping *m);

#endif
