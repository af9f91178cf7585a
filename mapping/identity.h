/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_IDENTITY_H
#define MAPPING_IDENTITY_H

#include "mapping/core.h"

/*
 * Who a user is on IRC, and what a registration has done there (PROTOCOL D.0,
 * C.16): nick, user name, real name, passwords, the server to connect to, lines
 * and joins after 001. Without a registration the defaults of a walk-in.
 */

/*
 * session->nick, from the registration, else the nick asked for (may be
 * empty), else the localpart; and session->username.
 */
void identity_choose(struct session *s, struct slice asked);
/* What config says of the user; lent until the next change. */
void identity_fill(struct session *s, struct ircnet_config *net);
/* The user's own server of a network that the user named. */
void identity_server(const struct session *s, struct link_target *to);
/*
 * `nick` was refused while registering (432 433 436 437): appends the one to be
 * tried next (D.2); nothing: there is none.
 */
void identity_next_nick(struct session *s, int numeric, struct slice nick,
	struct buf *out);
/* 001: the user's lines go, the channels of `autojoin` are joined. */
void identity_registered(struct session *s);
/* The registration changed: rooms of sessions that are up follow it. */
void identity_changed(struct user *u);
/* Opens a session to every network that is set to autoconnect (C.2). */
void identity_autoconnect(struct user *u);

#endif
