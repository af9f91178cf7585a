/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_CHANMODE_H
#define MAPPING_ROOM_CHANMODE_H

#include <stdint.h>

#include "irc/ircnet.h"

/*
 * What the letters of channel modes mean (PROTOCOL D.1, D.13). A few mean the
 * same everywhere; others differ between kinds of servers, which are told apart
 * by the version in 004. Where the kind is not known, a letter that is not the
 * same everywhere means nothing.
 */
enum chanmode {
	CHANMODE_INVITE_ONLY,	 /* i */
	CHANMODE_MODERATED,	 /* m */
	CHANMODE_NO_EXTERNAL,	 /* n */
	CHANMODE_PRIVATE,	 /* p */
	CHANMODE_SECRET,	 /* s */
	CHANMODE_TOPIC_LOCKED,	 /* t */
	CHANMODE_PERMANENT,	 /* stays without anybody in it */
	CHANMODE_REGISTERED,	 /* services know it; they set it */
	CHANMODE_ALL_INVITE,	 /* everybody may invite */
	CHANMODE_ACCOUNTS_JOIN,	 /* only who has an account may join, */
	CHANMODE_ACCOUNTS_SPEAK, /* ... may speak */
	CHANMODE_TLS_ONLY,
	CHANMODE_NO_COLORS, /* refused, or taken out */
	CHANMODE_NO_CTCP,
};

/* The letter, if this server has it; 0: it has none. */
char chanmode_letter(const struct ircnet *net, enum chanmode mode);
/* Is one of these ircchan.modes of that meaning, offered in 005 or not? */
bool chanmode_among(
	const struct ircnet *net, enum chanmode mode, uint64_t modes);

#endif
