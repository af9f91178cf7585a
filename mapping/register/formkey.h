/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_FORMKEY_H
#define MAPPING_REGISTER_FORMKEY_H

#include "mapping/core.h"

/*
 * <key/> of jabber:iq:register and jabber:iq:search (PROTOCOL C.5): given out
 * with a form, it ties the `set` to that `get`. A key holds for one user and one
 * namespace, 15 minutes, for one set. A user has four of a namespace at most,
 * all users together FORMKEYS_MAX; the oldest goes first.
 */
enum { FORMKEY_TEXT = 41, FORMKEYS_USER = 4, FORMKEYS_MAX = 4096 };

void formkey_make(struct mapping *m, const char *bare, enum ns ns,
	char key[FORMKEY_TEXT]);
/*
 * May this set go on? Yes without a key (absent or empty: modern clients never
 * send one), and with one that is known, which is used up by it.
 */
bool formkey_take(struct mapping *m, const char *bare, enum ns ns,
	struct slice key);
/* What to answer otherwise. */
extern const struct fault formkey_fault;

/* For core.c. */
void formkeys_free(struct mapping *m);

#endif
