/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_FACE_H
#define MAPPING_PEOPLE_FACE_H

#include "mapping/addr.h"
#include "mapping/register/account.h"

/*
 * How an entity of ours looks to a user now (PROTOCOL C.2, C.22): what its
 * presence says.
 */
struct face {
	bool available;
	const char *show;    /* static, NULL: none */
	struct slice status; /* in the arena or lent; absent: none */
};

/* NICK and CHAN of a user without a session are unavailable. */
void face_of(struct mapping *m, const char *bare, const struct addr *a,
	struct face *face);
/* The kinds of it; *face is empty before. */
void face_gw(struct mapping *m, const struct user *u, struct face *face);
void face_srv(const struct session *s, struct face *face);
/* Of this session's network. */
void face_watched(struct session *s, const struct ircwatched *w,
	struct face *face);
void face_as_shown(const struct contact *c, struct face *face);
/* Lost a moment ago: contacts stay as they were shown (D.9). */
bool face_is_kept(const struct session *s);

/*
 * Begins <presence/> from this entity to a user (bare) that shows it, stamped
 * with the time since when it looks so (0: no stamp); out_end() and out_send()
 * follow.
 */
void face_write(struct mapping *m, const char *bare, const char *from,
	const struct face *face, int64_t since);

#endif
