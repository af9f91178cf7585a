/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCNET_META_H
#define IRC_IRCNET_META_H

#include "irc/ircnet_private.h"

/*
 * The inside of metadata (draft/metadata-2, PROTOCOL F.1), shared by
 *   ircnet_meta.c      what is believed of whom, told, moved, forgotten
 *   ircnet_metasync.c  what is subscribed to and asked for, and the refusals
 *
 * The story: the capability is on -> one SUB for the keys of irc/ircmeta.h, as
 * many as max-subs allows, the more useful ones first: before CAP END where the
 * server takes it there, else at 001, so before the first JOIN. From then on the
 * server tells by METADATA what is set on us, on our channels, on those in them
 * and on those whom MONITOR watches; what it says of others is not believed. A
 * channel for which it has no time (774) is asked for by SYNC after as long as it
 * says; one that goes on saying so is left alone after SYNCS_MAX. The same for a
 * SUB that was too fast. Both are questions of ours: they wait for a free token
 * and leave one to the user (see run_queue() in ircnet.c).
 *
 * A user who leaves the last of our channels and is not watched is forgotten, and
 * so is a channel that we leave. What goes without a word of the server's (the
 * capability does; others need the place; after a lost link it did not tell it
 * again) is told as if it was unset: noted in n->meta_lost, a turn each for so
 * many. Without the capability nothing is allocated.
 */
struct netmeta {
	struct ircnet *net;
	struct metas *known;
	unsigned asked; /* bits of irc_meta: SUB is not answered for these */
	struct list waits; /* struct meta_wait */
	unsigned due; /* of these, whose time has come */
	struct timer timer;
	unsigned long never; /* targets whose SYNC was given up */
};

/* ircnet_meta.c */
void meta_begin(struct ircnet *n); /* n->meta */
/* The folded name of somebody of whom we are told, else NULL. */
const struct istr *meta_target(const struct ircnet *n, struct slice name,
	struct ircuser **user, struct ircchan **chan,
	struct ircwatched **watched);

/* ircnet_metasync.c */
bool meta_is_on(const struct ircnet *n);
void metasync_init(struct netmeta *p);
void metasync_finish(struct netmeta *p);
/* A SYNC of this channel, when the server does not tell it by itself. */
void metasync_want(struct netmeta *p, const struct istr *channel);
/* It is called otherwise now; to NULL: it is left. */
void metasync_moved(struct netmeta *p, const struct istr *from,
	const struct istr *to);

#endif
