/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_ONLINE_H
#define MAPPING_PEOPLE_ONLINE_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * Users who are online: clients that sent their presence to GW, SRV or NICK, by
 * subscription or directed (PROTOCOL C.2, C.3, C.22), and what it does for
 * registered users (D.0): it connects networks, and holds their sessions.
 *
 * The story: a client's first presence to GW -> networks set to autoconnect are
 * connected, GW answers -> 001: GW and SRV are shown available. A failure is
 * told to the client whose presence asked, as a presence error, to the others as
 * unavailable, and once as a message; the attempt is repeated in silence. The
 * last client leaves -> 60 s -> QUIT, or AWAY, or nothing, as `when_offline` of
 * the registration wants it.
 */

/* Available, unavailable and error presence to GW, SRV and NICK. */
void online_available(struct request *q, const struct addr *a);
void online_unavailable(struct request *q, const struct addr *a);
void online_bounced(struct request *q, const struct addr *a);
/* That entity no longer sees the user: its presence there is over. */
void online_unseen(struct user *u, const struct addr *a);
/* Sessions that stay without anybody online begin by themselves. */
void online_begin(struct mapping *m, const char *bare);
/* The registration changed: what should be connected, is. */
void online_changed(struct user *u);

/* Presence or `when_offline` of a registered user holds it (D.0). */
bool online_holds(const struct session *s);
/* Nothing holds it: false, or true when it may stay for its grace (C.3). */
bool online_grace(struct session *s);
void online_kept(struct session *s); /* something holds it (again) */
/*
 * No client is here: what AWAY says then. false: it stays as it is; a walk-in
 * is nothing special.
 */
bool online_away(const struct session *s, struct slice *text);

/* An attempt ended: up, or not, which is told to who asked (C.22). */
void online_up(struct session *s);
void online_failed(struct session *s, const struct fault *fault);
void online_forget(struct session *s);

/* Clients that did not answer since the component was away are gone (A.3). */
void online_doubt(struct user *u);
void online_silent(struct user *u);

#endif
