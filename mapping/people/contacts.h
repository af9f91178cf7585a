/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_CONTACTS_H
#define MAPPING_PEOPLE_CONTACTS_H

#include "mapping/addr.h"
#include "mapping/people/face.h"
#include "mapping/register/account.h"

/*
 * Presence mirrored: GW, SRV, CHAN and NICK as contacts of a user (PROTOCOL C.2,
 * C.3, C.22).
 *
 * The story: `subscribe` arrives -> the state is kept -> `subscribed`, then how
 * the entity looks now, if it is there; GW and SRV ask back once. From then on
 * each change of the entity goes to the user's bare JID, once. What it looks
 * like comes from the sessions (GW, SRV), from rooms (CHAN) and from the people
 * whom a session watches (NICK). `unsubscribe` ends it; a probe is always
 * answered. When storage fails nothing is changed and the user is told.
 *
 * contacts.c: the stanzas; face.c: how entities look; contact_show.c: what
 * follows from what happens; announce.c: after the component came up, and goodbye.
 */

/* ---- stanzas (contacts.c) ---- */

void contact_subscribe(struct request *q, const struct addr *a);
void contact_subscribed(struct request *q, const struct addr *a);
void contact_unsubscribe(struct request *q, const struct addr *a);
void contact_unsubscribed(struct request *q, const struct addr *a);
void contact_probe(struct request *q, const struct addr *a);
/*
 * Who may not come is told `unsubscribed`; where a registration is all that is
 * missing also how to get it, once a day.
 */
void contact_refuse(struct request *q, const struct fault *fault);

/* ---- what users see (contact_show.c) ---- */

/*
 * It looks so now: when that is not what was shown last, it goes to the user's
 * bare JID; without a subscription to the clients that sent their presence there.
 */
void contact_show(struct account *a, struct contact *c,
	const struct face *face);
/* It is shown so, but the user hears of it otherwise. */
void contact_note(struct mapping *m, struct contact *c,
	const struct face *face);
/* The same again. */
void contact_show_again(struct account *a, struct contact *c);

/* What happens: */
void contacts_session(struct session *s);     /* its state changed */
void contacts_nick(struct session *s);        /* GW says what we are called */
void contacts_up(struct session *s);          /* 001 */
void contacts_link_gone(struct session *s);   /* nobody is watched any more */
/* The default network may be another one: short addresses follow it (B.1). */
void contacts_reread(struct user *u);
void contacts_room(struct room *r, bool joined);
/*
 * The user's own nick that somebody else has (regain.h) is watched; true: it is
 * free as far as is known.
 */
bool contacts_watch_own(struct session *s, struct slice nick);
void contacts_unwatch_own(struct session *s);
void contacts_on_watched(struct session *s, const struct ircwatched *w);
/* This nick is a contact whose presence the user is sent. */
bool contacts_tell_of(const struct session *s, struct slice nick);
/* A NICK contact is new, or ends. */
void contact_watch(struct user *u, const struct addr *a, struct contact *c);
void contact_unwatch(struct user *u, const struct addr *a);

/* ---- the component (announce.c) ---- */

void announce_init(struct mapping *m);
void announce_free(struct mapping *m);
void announce_begin(struct mapping *m);   /* the component is there (A.3) */
void announce_go_on(struct mapping *m);   /* its output flows again */
void announce_pause(struct mapping *m);   /* it is away */
void announce_goodbye(struct mapping *m); /* everything shown goes offline */

#endif
