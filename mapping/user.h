/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_USER_H
#define MAPPING_USER_H

#include "mapping/core.h"

/*
 * Jabber users and their clients. Both come into being when they are needed and
 * go when nothing needs them. Nothing is freed while events are handled: who
 * may have taken the last hold away calls user_touch(), and a sweep of its own
 * turn closes sessions that nothing holds and frees what is empty.
 */
struct user *user_find(const struct mapping *m, const char *bare);
struct user *user_get(struct mapping *m, const char *bare); /* never NULL */
void user_touch(struct user *u);
/* Sweeps all that were touched; by the core's timer, and at the end. */
void users_sweep(struct mapping *m);
void user_destroy(struct user *u); /* sessions and resources with it */

struct resource *resource_find(const struct user *u, const char *full);
/* NULL: the user has too many clients. */
struct resource *resource_get(struct user *u, const char *full);

/*
 * The language that this user chose for all of our words (C.16), whatever the
 * clients say; NULL: none. Lent until the next event.
 */
const char *user_chosen_lang(const struct mapping *m, const char *bare);
/*
 * The language of what answers nothing (headlines, notices, a room's end): the
 * chosen one, else the xml:lang that this user's clients sent last; of registered
 * users it is kept over restarts. NULL: not known.
 */
const char *user_lang(const struct user *u);
void user_heard(struct user *u, const char *lang);
/* After the user registered: what was heard is kept. */
void user_keep_lang(struct user *u);

/*
 * May this sender use the gateway (D.0)? By the domain, and where the operator
 * wants it by a registration. false: *fault.
 */
bool user_allowed(const struct mapping *m, const struct jid *from,
	struct fault *fault);
/* The domain alone: who may ask the gateway itself, to register for example. */
bool user_is_ours(const struct mapping *m, const struct jid *from,
	struct fault *fault);

/* Reads show, status and priority of an available presence (C.3). */
void resource_presence(struct resource *r, const struct stanza *s);
/* A client is in a room, or has its presence with us (C.3). */
bool user_is_here(const struct user *u);
/*
 * The available client in a room that speaks for the user: highest priority, of
 * equal ones the last presence; NULL when there is none.
 */
const struct resource *user_best(const struct user *u);
/*
 * The AWAY text of all clients merged, appended to out; false: not away.
 */
bool user_away(const struct user *u, struct buf *out);

#endif
