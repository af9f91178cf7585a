/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_CONFERENCE_H
#define MAPPING_CONFERENCE_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * jabber:iq:conference (PROTOCOL C.12): what a room wants to know of who
 * enters. Entering itself goes by groupchat 1.0 or MUC: `set` says so, and disco
 * does not list the namespace.
 */
void iq_conference_get(struct request *q, const struct addr *a);
void iq_conference_set(struct request *q, const struct addr *a);

#endif
