/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PATIENCE_H
#define MAPPING_PATIENCE_H

#include "base/clock.h"
#include "base/list.h"

struct session;

/*
 * How long an answer of IRC is waited for (PROTOCOL D.4). A line may wait behind
 * others for flood control, and nobody answers what was not sent: the time
 * begins when the last line of the question has left. In the queue it is at most
 * PATIENCE_QUEUE_MS; whatever the flood control of the configuration, a question
 * ends.
 *
 * It lies inside what waits, whose owner stops it before either goes.
 */
enum { PATIENCE_QUEUE_MS = 300000 };

struct patience {
	struct list link; /* in session->patient while the line waits */
	struct timer timer;
	uint64_t turn;    /* of the line: ircnet_turn() */
	uint64_t left_ms; /* when it left; while it waits: when it was asked */
	uint64_t ms;
};

/* over: the time is. It may free what the patience lies in. */
void patience_init(struct patience *p, timer_fn *over, void *ctx);
/* So long for an answer to what was asked just now. Anew each time. */
void patience_begin(struct patience *p, struct session *s, uint64_t ms);
/* So long from now on: IRC has the line already, or nothing was asked. */
void patience_now(struct patience *p, struct session *s, uint64_t ms);
void patience_stop(struct patience *p, struct clock *clock);
/* The line has not left. */
bool patience_waits(const struct patience *p);

/* For session.c and session_events.c: lines have left the queue. */
void patience_left(struct session *s);
/* The session goes: nothing waits in its queue any more. */
void patience_forget(struct session *s);

#endif
