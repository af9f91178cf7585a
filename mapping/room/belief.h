/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_BELIEF_H
#define MAPPING_ROOM_BELIEF_H

#include "irc/ircnet.h"
#include "mapping/core.h"

/*
 * What clients believe of nicks of a room that are otherwise by now, for
 * mapping/room/storm.c: a map by nick, and a row of those who are to be shown as
 * they are. It costs what a member costs, 64 bytes and names that are kept anyhow;
 * a room has BELIEFS_MAX at most.
 */
enum { BELIEFS_MAX = 50000 };

/* What clients believe of one nick. */
struct belief {
	struct map_entry entry;      /* key: folded nick */
	struct belief *next;         /* in the row */
	const struct istr *nick;     /* as they know it */
	const struct istr *host;     /* user@host, NULL when unknown */
	const struct istr *identity; /* for the occupant-id; NULL: of these two */
	const struct istr *reason;   /* he left for; NULL: none is shown */
	uint32_t number;             /* see view_believes() in storm.h */
	uint16_t bits;
	uint16_t flags;
};

enum {
	BELIEF_QUEUED = 1,     /* in the row */
	BELIEF_PENDING = 2,    /* to be shown when his turn comes */
	BELIEF_HERE = 4,       /* they believe that he is there */
	BELIEF_AWAY = 8,       /* ... and away */
	BELIEF_OTHERWISE = 16, /* shown in any case: something changed */
	BELIEF_OTHER_LINK = 32, /* ... of another connection: no host is compared */
	BELIEF_ABSENT = 64,    /* split away and not back yet */
	BELIEF_SEEN = 128,     /* was shown before he split away */
};

struct beliefs {
	struct room *room;
	struct map all;
	struct belief *first; /* the row */
	struct belief **end;
	uint32_t open;        /* those before this one have their turn */
};

void beliefs_init(struct beliefs *s, struct room *r);
void beliefs_finish(struct beliefs *s);
struct belief *belief_find(const struct beliefs *s, const struct istr *key);
/* The one of this nick, new or as it is; NULL: there are too many. */
struct belief *belief_get(struct beliefs *s, const struct istr *key);
/* They know him as this user is, or was, now. */
void belief_here(struct belief *b, const struct ircuser *u, uint32_t bits);
/*
 * He is to be shown when his turn comes. What is believed is true from here on
 * for all clients that are in now.
 */
void belief_pend(struct beliefs *s, struct belief *b);
/* Numbers go round. */
bool belief_is_before(uint32_t number, uint32_t than);
/* He is shown now if something waits to be; *b may be gone. */
void belief_settle(struct beliefs *s, struct belief *b);
/* The same, of a nick that somebody else has since. */
void belief_vacate(struct beliefs *s, struct belief *b);
/* Gone when nothing keeps him: no turn is due, nobody waits for him. */
void belief_let_go(struct beliefs *s, struct belief *b);
/* The turns that are open, at most so many; true: there are more. */
bool beliefs_show(struct beliefs *s, unsigned most, unsigned *done);
/* Nobody is waited for any more. */
void beliefs_forget_absent(struct beliefs *s);

#endif
