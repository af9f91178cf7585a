/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_ROSTER_H
#define MAPPING_PEOPLE_ROSTER_H

#include "mapping/core.h"

/*
 * Users' rosters (PROTOCOL C.15, C.20): they are their server's. Where it lets us
 * (XEP-0356, privilege.h) items are added, elsewhere the user is sent what might be added, in
 * both forms (XEP-0093, XEP-0144); nothing is pushed unasked.
 */

/*
 * The command "suggest contacts": the networks of the user's sessions and the
 * people he talked with or watches there, those that are no contacts yet. They
 * are added where we may, with a message that says so; else one message to the
 * client holds them. false: there is nothing to suggest.
 */
bool contact_suggest(struct user *u, const char *full);
/*
 * jabber:x:roster or rosterx in a message to GW: the people among the items are
 * watched at once, so that a `subscribe` that follows is answered with what they
 * are. true: there was such an element.
 */
bool roster_received(struct request *q);

#endif
