/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_STORM_H
#define MAPPING_ROOM_STORM_H

#include "irc/ircnet.h"
#include "mapping/core.h"

/*
 * Many who come and go at once: netsplits, their end, what changed while the link
 * was lost (PROTOCOL D.9). The channel is as it is now; what clients believe of
 * somebody otherwise is kept as a `struct belief` until his turn comes, in slices
 * (sliced.h). Then he is shown as he is at that moment, or not at all when nothing
 * is different any more: who left and came back meanwhile makes no stanza.
 *
 * A split or a netjoin is one event: it is waited for until the network is quiet
 * (STORM_QUIET_MS; STORM_MAX_MS at most), the room gets one line, and then the
 * turns begin. Who split away is remembered for STORM_ABSENT_MS: his JOIN is part
 * of a netjoin also where no batch says so.
 * More than BELIEFS_MAX (belief.h) are shown at once.
 */
enum {
	STORM_QUIET_MS = 1000,
	STORM_MAX_MS = 5000,
	STORM_ABSENT_MS = 600000,
};

/* A member leaves by a netsplit; he is still in the map. false: show it now. */
bool storm_left(struct room *r, struct ircuser *u, uint32_t bits,
	const struct irc_leave *why);
/*
 * Somebody has joined; servers: of a netjoin batch, absent when he is in none.
 * false: it is no netjoin, show it now.
 */
bool storm_joined(struct room *r, struct ircuser *u, struct slice servers);
/*
 * Clients believe something else of a nick, since before and now are two
 * connections. u: how they know him; NULL: not at all. false: show it now.
 */
bool storm_differs(struct room *r, const struct istr *key,
	const struct ircuser *u, uint32_t bits);
/* All that storm_differs() noted: now, or in slices when it is much. */
void storm_begin(struct room *r);

/* Something else is to be shown of that nick: first what waits, if anything. */
void storm_settle(struct room *r, const struct istr *key);
/*
 * He is shown when his turn comes, as he is then; false also when some of the
 * clients would not be shown: then his turn was now.
 */
bool storm_waits(struct room *r, const struct istr *key);
/* The same, and something about him is different. */
bool storm_notes(struct room *r, const struct istr *key);
/*
 * Somebody has another nick: what waits of both nicks is shown. false: clients
 * are not to be shown how the old one became the new one.
 */
bool storm_renamed(struct room *r, const struct istr *old,
	const struct istr *now);
/* He leaves otherwise. false: clients do not know him; nothing is to be shown. */
bool storm_knows(struct room *r, const struct istr *key);

/* Nothing of it is shown any more, nobody is remembered. */
void storm_drop(struct room *r);
/* It is older than this view? Then the view knows better. */
bool view_believes(const struct view *v, uint32_t belief);

#endif
