/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_KNOCK_H
#define MAPPING_ROOM_KNOCK_H

#include "mapping/core.h"

/*
 * Somebody asks to be let into a channel (PROTOCOL D.8): the room gets a line that
 * says who, why, and what to do. true: it was that, of a room of ours.
 */

/* 710 */
bool knock_on_numeric(struct session *s, int numeric, const struct ircmsg *msg);
/* The notice to operators that InspIRCd, UnrealIRCd and others have in its place. */
bool knock_on_notice(struct room *r, const struct irc_text *t);

#endif
