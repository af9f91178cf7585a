/* SPDX-License-Identifier: MIT */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Time as the cores know it: they are told what time it is and ask to be
 * called later. gateway/ moves the clock with the loop, tests move it by hand.
 * Two times: `now_ms`, monotonic, for all waiting; `wall_ms`, since 1970 UTC,
 * for stamps only.
 * Timers are a binary heap ordered by deadline; equal deadlines fire in the
 * order they were started, so that runs are repeatable.
 */
struct timer;

struct clock {
	uint64_t now_ms;
	int64_t wall_ms;
	struct timer **heap;
	size_t used;
	size_t cap;
	uint64_t order;
};

typedef void timer_fn(void *ctx);

struct timer {
	timer_fn *fn;
	void *ctx;
	uint64_t at_ms;
	uint64_t order;
	size_t place; /* in the heap, from 1; 0 when it is not running */
};

void clock_init(struct clock *c, uint64_t now_ms, int64_t wall_ms);
void clock_finish(struct clock *c); /* no timer is running any more */

/* Memory is the caller's; fn is called with ctx, lent until it is stopped. */
void timer_init(struct timer *t, timer_fn *fn, void *ctx);
/* Fires once, delay_ms from now; a running timer is moved. */
void timer_start(struct clock *c, struct timer *t, uint64_t delay_ms);
void timer_stop(struct clock *c, struct timer *t); /* harmless when idle */
bool timer_running(const struct timer *t);

/*
 * Moves the clock (never backwards: an earlier now_ms counts as the present)
 * and fires what is due, each with the clock at the new time. Timers may start
 * and stop others; one started with delay 0 from a timer fires in the next call.
 */
void clock_advance(struct clock *c, uint64_t now_ms, int64_t wall_ms);

/* Milliseconds until the next timer, 0 when one is due, -1 when there is none. */
int64_t clock_next(const struct clock *c);

#endif
