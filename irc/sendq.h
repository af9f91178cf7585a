/* SPDX-License-Identifier: MIT */
#ifndef IRC_SENDQ_H
#define IRC_SENDQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/list.h"
#include "base/slice.h"
#include "irc/isupport.h"

/*
 * Lines waiting to be sent, and the token bucket that lets them go
 * (PROTOCOL D.4): `burst` lines at once, then one each `interval_ms`.
 * The bucket is one number: `full_at`, the time when it will be full again.
 * Joins that wait are merged into `JOIN #a,#b key` lines (PROTOCOL D.2).
 * What leaves the queue is wiped: users type passwords, and channels have keys.
 * The lines of a SENDQ_BATCH all go with the first; what comes behind waits the
 * longer for it.
 * Bounds: `max` lines. Memory is taken for what waits and given back with it.
 */
struct sendq {
	struct list items;
	unsigned lines;
	unsigned max;
	unsigned burst;
	unsigned interval_ms;
	uint64_t full_at;
	uint64_t added; /* items so far: each has its turn */
	bool together; /* a SENDQ_BATCH has begun */
};

enum sendq_kind {
	SENDQ_LINE,    /* keeps its place towards joins */
	SENDQ_MESSAGE, /* joins may go before it */
	SENDQ_JOIN,
	SENDQ_BATCH,   /* a message whose lines go one behind the other */
};

void sendq_init(struct sendq *q, unsigned burst, unsigned interval_ms,
	unsigned max);
void sendq_finish(struct sendq *q); /* throws away what waits */

/* Milliseconds until a token is there, 0 now; `spare` more must remain. */
uint64_t sendq_wait(const struct sendq *q, uint64_t now_ms, unsigned spare);
void sendq_take(struct sendq *q, uint64_t now_ms); /* one token */
/* Lines that may still be added. */
unsigned sendq_room(const struct sendq *q);
/* How many lines could be written at once: 0 when something waits. */
unsigned sendq_direct(const struct sendq *q, uint64_t now_ms);

/*
 * token != 0: the line is one of a message of several; the token comes back by
 * sendq_next() with the last of them. There must be room.
 */
enum sendq_place { SENDQ_MIDDLE, SENDQ_FIRST, SENDQ_LAST = 2, SENDQ_ONLY = 3 };
void sendq_add(struct sendq *q, enum sendq_kind kind, struct slice line,
	uint64_t token, enum sendq_place place);
/* Takes a message back when all of it still waits; else false. */
bool sendq_drop(struct sendq *q, uint64_t token);
/* The turn of what was added last, and whether that or what came before waits. */
uint64_t sendq_turn(const struct sendq *q);
bool sendq_waits(const struct sendq *q, uint64_t turn);
/* ERR_FULL. key may be absent. Fields were checked. */
NODISCARD enum err sendq_add_join(struct sendq *q, const struct isupport *is,
	struct slice channel, struct slice key);
/* Takes a waiting join back; false when none waits for this channel. */
bool sendq_drop_join(struct sendq *q, enum casemap cm, struct slice channel);

/*
 * Takes the first line out into *line (emptied first), its token into *token.
 * false: nothing waits.
 */
bool sendq_next(struct sendq *q, struct buf *line, uint64_t *token);

#endif
