/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_COMPOSE_H
#define MAPPING_TALK_COMPOSE_H

#include "mapping/core.h"
#include "mapping/talk/children.h"

/*
 * The text for IRC of a whole message (PROTOCOL C.1, C.15, C.20): its body, and
 * in front and behind it what other children say in words, with mIRC codes when
 * the parts have a `coded` body (G.1). Absent when there is
 * nothing to say. Lent until the next text is made; a message of a body alone
 * is not copied.
 */
struct slice compose_room(struct mapping *m, const struct message_parts *p);
/* To a person; invite: an invitation in words (envelope.h), or absent. */
struct slice compose_chat(struct mapping *m, const struct message_parts *p,
	struct slice invite);

#endif
