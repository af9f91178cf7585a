/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_LOOP_UV_H
#define GATEWAY_LOOP_UV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

#include "base/clock.h"
#include "base/list.h"

/*
 * The one loop of the program, by libuv. It moves the core's clock and wakes
 * for its next timer, so that only one libuv timer exists however many sessions
 * wait for something; an idle program does not wake at all.
 *
 * A turn: sockets are read and answered -> due timers fire -> the tasks given
 * to loop_soon() run, once each: links write what the turn gathered -> wait.
 *
 * Ownership: create one, destroy it last. What needs the loop to end its life
 * (open handles) is entered as a resident; loop_destroy() aborts whatever is
 * left and turns until the last close callback came.
 */
struct loop;

/* Runs once, at the end of this turn; in no list while it is idle. */
struct loop_task {
	struct list link;
	void (*fn)(void *ctx);
	void *ctx;
};

struct loop_resident {
	struct list link;
	void (*abort)(void *ctx); /* end at once, without a further event */
	void *ctx;
};

enum { LOOP_READ_MAX = 64 * 1024 };

/* Its end aborts the residents and waits for every handle; tasks must be gone. */
struct loop *loop_create(void);
void loop_destroy(struct loop *loop);

void loop_run(struct loop *loop); /* until loop_stop() */
void loop_stop(struct loop *loop);
/*
 * One turn; with wait it sleeps until something happens, unless timers or tasks
 * already did something. For tests.
 */
void loop_turn(struct loop *loop, bool wait);

/* SIGTERM, SIGINT, SIGHUP; SIGPIPE is ignored. Without it they do as ever. */
void loop_signals(struct loop *loop, void (*on_signal)(void *ctx, int signum),
	void *ctx);

/* Another one in each turn. */
uint64_t loop_turn_number(const struct loop *loop);

/* Its own, lent for its life. */
struct clock *loop_clock(struct loop *loop);
uv_loop_t *loop_uv(struct loop *loop);

/*
 * To be called first by each libuv callback that leads into a core: the clock
 * stands at the end of the last turn otherwise, and a timer started then would
 * fire early by as long as the loop slept.
 */
void loop_tick(struct loop *loop);

void loop_task_init(struct loop_task *task, void (*fn)(void *ctx), void *ctx);
void loop_soon(struct loop *loop, struct loop_task *task); /* twice is once */
void loop_cancel(struct loop_task *task);                  /* harmless */

void loop_enter(struct loop *loop, struct loop_resident *r,
	void (*abort)(void *ctx), void *ctx);
void loop_leave(struct loop *loop, struct loop_resident *r); /* harmless twice */
bool loop_empty(const struct loop *loop); /* no resident is left */
/* This task runs when the last resident has left; NULL: none does. */
void loop_when_empty(struct loop *loop, struct loop_task *task);

/*
 * Memory that every reader of the loop may use within one callback, shared by
 * all: an idle link costs no buffer. Two pieces of LOOP_READ_MAX bytes: what
 * the socket gave, and what TLS made of it.
 */
char *loop_read_buffer(struct loop *loop);
char *loop_plain_buffer(struct loop *loop);

#endif
