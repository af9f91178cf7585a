/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_OCCUPANT_H
#define MAPPING_ROOM_OCCUPANT_H

#include "mapping/core.h"

/*
 * Occupant ids (XEP-0421, PROTOCOL D.3): the first 40 hex digits of an HMAC of
 * network, channel and identity. They are wanted with every message and
 * presence of a room, and making one costs more than the rest of the stanza, so
 * the last ones are kept: a small table, each new one in its own place of it.
 */
struct slice occupant_id(struct mapping *m, struct slice network,
	struct slice channel, struct slice identity);
/* The key is another one now, or the core ends. */
void occupant_ids_forget(struct mapping *m);

#endif
