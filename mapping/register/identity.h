/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_IDENTITY_H
#define MAPPING_REGISTER_IDENTITY_H

#include "mapping/register/account.h"

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
/* Does the registration have what an account is logged in to with? */
bool identity_logs_in(const struct session *s);
/* Character sets of its connection, as they are set now (G.3). */
void identity_charset(struct session *s);
/* What WEBIRC says of the user: nothing but who is who (PROTOCOL F.6). */
struct webirc {
	char host[64];
	char ip[40];
};
void identity_webirc(struct session *s, struct webirc *out);
/* The user's own server of a network that the user named; the certificate. */
void identity_server(const struct session *s, struct link_target *to);
/* Would a certificate of the user be shown to this network (F.4, F.5)? */
bool identity_shows_certificate(const struct mapping *m, const char *bare,
	const struct network *n);
/*
 * `nick` was refused while registering (432 433 436 437): appends the one to be
 * tried next (D.2); nothing: there is none.
 */
void identity_next_nick(struct session *s, int numeric, struct slice nick,
	struct buf *out);
/*
 * The registration is over, well or not: did it lack a password that wants TLS?
 * The user is told, once.
 */
void identity_tell_unsafe(struct session *s);
/* 001: the user's lines go, the channels of `autojoin` are joined. */
void identity_registered(struct session *s);
/*
 * Once 005 is known, and when the setting changes: the user is marked as a
 * program, or no more, where the server has a mode for that (F.1, BOT=).
 */
void identity_mark_bot(struct session *s);
/* Is this channel in `autojoin`? */
bool identity_joins(const struct session *s, struct slice channel);
/* The registration changed: rooms of sessions that are up follow it. */
void identity_changed(struct user *u);
/* Is this network set to be connected with the user's presence (C.2)? */
bool identity_wants(const struct account *a, const struct network *n);
/* Calls fn for each of those of a registered user. */
typedef void identity_wanted_fn(struct user *u, struct network *n, void *arg);
void identity_wanted(struct user *u, identity_wanted_fn *fn, void *arg);

#endif
