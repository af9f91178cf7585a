/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_PLACES_H
#define MAPPING_PEOPLE_PLACES_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * Where a client has its presence besides rooms: at GW, SRV or NICK, by
 * subscription or directed (PROTOCOL C.2, C.3). A client owns its places, 64 at
 * most; presence to more is as one to a place where it is already.
 */

/* What a presence is to the place it is sent to. */
enum arrival {
	ARRIVAL_NEW,   /* it was not there before */
	ARRIVAL_AGAIN, /* it was, before the component was away */
	ARRIVAL_STAYS,
};

enum arrival place_add(struct resource *r, const struct addr *a);
/* By its bare JID; NULL: it is not there. */
struct place *place_find(const struct resource *r, const char *jid);
void place_free(struct resource *r, struct place *p);
/* The client is offline: out of all places, not out of rooms. */
void places_clear(struct resource *r);

/* A client has its presence somewhere; one of the user's has. */
bool resource_present(const struct resource *r);
bool user_present(const struct user *u);
/* One of them at the SRV of this network; NULL: at GW. */
bool user_present_at(const struct user *u, const struct network *n);

#endif
