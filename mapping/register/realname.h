/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_REALNAME_H
#define MAPPING_REGISTER_REALNAME_H

#include "mapping/core.h"

/*
 * The real name of the registration on a connection that is up (PROTOCOL F.1,
 * `setname`): SETNAME when it changes, where the network has that; else it counts
 * from the next connection, and the user is told so, once for each change. What
 * the command `realname` or a typed SETNAME said stays until then. Where IRC
 * shows the Jabber address instead (expose_jid) no other name matters.
 */

/* USER is about to say it: the name of the registration, NULL: there is none. */
void realname_said(struct session *s, const char *name);
/* The registration may have changed; nothing without a connection. */
void realname_follow(struct session *s);
/* The name came from the user's vCard: nobody asked, so nobody is told. */
void realname_follow_quietly(struct user *u);
/* FAIL SETNAME: told with what to do next. false: it is something else. */
bool realname_failed(struct session *s, const struct ircmsg *m);
void realname_forget(struct session *s);

#endif
