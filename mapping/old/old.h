/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_OLD_OLD_H
#define MAPPING_OLD_OLD_H

#include "mapping/core.h"

/*
 * Which clients are of the old dialects (PROTOCOL C.0): they entered a room by
 * groupchat 1.0, or asked what only clients before XMPP ask, and never asked
 * disco. Kept for the last 10,000 full JIDs, and only while error_cdata is on:
 * nothing else depends on it (C.9).
 */
void old_note(struct mapping *m, const char *full);
void old_never(struct mapping *m, const char *full); /* has asked disco */
/* An iq of it: what its namespace and fields tell. */
void old_note_iq(struct mapping *m, const char *full, const struct elem *payload,
	bool set);
/* It went offline; another client may come by this name. */
void old_forget(struct mapping *m, const char *full);
bool old_is(const struct mapping *m, const char *full);

/* With the core. */
void old_init(struct mapping *m);
void old_free(struct mapping *m);

#endif
