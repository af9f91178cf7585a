/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ERRMAP_H
#define MAPPING_ERRMAP_H

#include "mapping/core.h"

/*
 * IRC numerics to stanza errors (PROTOCOL C.9, D.2, D.5, D.9, E): tables, one
 * for each kind of request. fault->text is not set: see mapping/advice.h.
 */

/* A refused JOIN. false: this numeric refuses no join. */
bool errmap_join(int numeric, struct slice channel, struct slice text,
	struct fault *fault);
/* A refused nick change. */
bool errmap_nick(int numeric, struct fault *fault);
/* A refused message to a channel or to a person. */
bool errmap_message(int numeric, bool room, bool known, struct fault *fault);
/* A refused INVITE. */
bool errmap_invite(int numeric, struct fault *fault);
/* A refused KNOCK. */
bool errmap_knock(int numeric, struct fault *fault);
/* FAIL of a message with this code (F.3). */
void errmap_fail(struct slice code, struct fault *fault);
/* Refused moderation; outranks: whom it is about has the higher rank (D.6). */
bool errmap_moderation(int numeric, bool outranks, struct fault *fault);
/* A refused topic, kick or mode. */
bool errmap_channel(int numeric, struct fault *fault);
/* A refusal of one of these: it is not something new (E, "other"). */
bool errmap_knows(int numeric);

#endif
