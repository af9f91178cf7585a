/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_LAZY_H
#define MAPPING_ROOM_LAZY_H

#include "mapping/core.h"

/*
 * Lazy presence (PROTOCOL D.3): in a large room clients are shown those alone
 * whom they have to do with: who has a privilege, who spoke, whom the user wrote
 * to or moderates. Everything that needs a nick works with all occupants, since
 * it asks the channel.
 * Who is shown is a mark on the member (chan_mark()): one bit, the same for all
 * clients of a session's room. Whether a room is lazy is decided when the first
 * client is shown it, and stays until none is in it.
 */
void lazy_decide(struct room *r);
/*
 * ... but for the user who says otherwise meanwhile: all that are shown stay so and
 * nobody else is; or the rest is shown, too.
 */
void lazy_again(struct room *r);

/* A member with this word of the map is not shown. */
static inline bool lazy_hides_word(const struct room *r, uint32_t word)
{
	return r->lazy && word == 0;
}

/* Of a member by folded nick. */
bool lazy_hides(const struct room *r, const struct istr *key);

/*
 * Something comes from this user, or is done to him: clients have seen him as he
 * is from here on. NULL, we ourselves, and who is no member: nothing happens.
 */
void room_reveal(struct room *r, struct ircuser *u);

#endif
