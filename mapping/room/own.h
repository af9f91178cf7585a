/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_OWN_H
#define MAPPING_ROOM_OWN_H

#include "mapping/core.h"

/*
 * What a user's own settings of a channel (PROTOCOL C.23;
 * mapping/register/channel.h) do to its room. They are read once, into r->own,
 * when the room begins, when its channel is joined (the casemapping is known
 * then) and when one of them changes: a message asks nothing but r->own.
 */
void own_begin(struct room *r);
void own_joined(struct room *r, struct ircchan *c);
/*
 * They changed for this user's channel: what is there follows. stays: among them
 * was whether one stays.
 */
void own_changed(struct mapping *m, const char *bare, const char *network,
	struct slice channel, bool stays);

/* Does the user stay there without a client? */
enum own_stays { OWN_STAYS_AUTO, OWN_STAYS, OWN_STAYS_NOT };
enum own_stays own_stays(const struct session *s, struct slice channel);
/* room_keep() for all of them where that is so. */
void own_keep_all(struct session *s);

/* A line that no person says, of a kind that is usually shown, or not. */
bool own_shows(const struct room *r, bool usually);
/* Nothing of this text is shown. */
bool own_hides(const struct room *r, const struct irc_text *t);

#endif
