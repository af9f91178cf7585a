/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_DISPLAYED_H
#define MAPPING_TALK_DISPLAYED_H

#include "mapping/core.h"

/*
 * What the user has read with another IRC client (MARKREAD of a bouncer) is read
 * for his Jabber clients, too: an item of his account's node
 * urn:xmpp:mds:displayed:0 (XEP-0490) names the last message of a room that was
 * displayed. Our Jabber server must let us publish in users' names (XEP-0356).
 * PROTOCOL F.1 says why it is so for rooms alone and this way alone.
 *
 * It only ever goes forward, and nothing is told twice. A client of the user's
 * may have published what we do not know of; so an item is published when it
 * names the last message that somebody said, or when the one that stands there
 * was read and is older. A room at most once in three seconds. That the
 * account heeds how the node is to be made is asked before the first item: else
 * others could see it. After three refusals in a row a user's account is left
 * alone until the component stream is another one.
 *
 * A node holds so many items, and a new one may push another out. The user enters
 * rooms, but where a channel forwards to (470) and what it is renamed to a server
 * decides, again and again if it likes: so such rooms get PEP_NAMED_MAX new items
 * an hour, of all sessions of the user. More is counted and said once in the log.
 * An item that stands there is always brought up to date.
 */

void displayed_init(struct session *s);
void displayed_forget(struct session *s);
void displayed_forget_room(struct room *r);
void displayed_forget_user(struct user *u);

/* MARKREAD by somebody else: all until then was read on IRC. */
void displayed_on_irc(struct room *r, int64_t time_ms);
/* A client has displayed the message of then. */
void displayed_by_client(struct room *r, int64_t at_ms);
/* A message of then is known now: it may be one that was read already. */
void displayed_known(struct room *r, int64_t at_ms);
/* The server lets us publish: what is waiting. */
void displayed_go(struct session *s, void *unused);
/* The component stream is gone: the next one is asked anew. */
void displayed_offline(struct user *u);

#endif
