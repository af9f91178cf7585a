/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <stdlib.h>

#include "base/err.h"

void clock_init(struct clock *c, uint64_t now_ms, int64_t wall_ms)
{
	*c = (struct clock){.now_ms = now_ms, .wall_ms = wall_ms};
}

void clock_finish(struct clock *c)
{
	must(c->used == 0);
	free(c->heap);
	*c = (struct clock){0};
}

void timer_init(struct timer *t, timer_fn *fn, void *ctx)
{
	*t = (struct timer){.fn = fn, .ctx = ctx};
}

bool timer_running(const struct timer *t)
{
	return t->place != 0;
}

static bool earlier(const struct timer *a, const struct timer *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void place(struct clock *c, size_t at, struct timer *t)
{
	c->heap[at - 1] = t;
	t->place = at;
}

static void sift_up(struct clock *c, struct timer *t)
{
	size_t at = t->place;

	while (at > 1 && earlier(t, c->heap[at / 2 - 1])) {
		place(c, at, c->heap[at / 2 - 1]);
		at /= 2;
	}
	place(c, at, t);
}

static void sift_down(struct clock *c, struct timer *t)
{
	size_t at = t->place;

	for (;;) {
		size_t child = at * 2;

		if (child > c->used) {
			break;
		}
		if (child < c->used &&
			earlier(c->heap[child], c->heap[child - 1])) {
			child++;
		}
		if (!earlier(c->heap[child - 1], t)) {
			break;
		}
		place(c, at, c->heap[child - 1]);
		at = child;
	}
	place(c, at, t);
}

void timer_start(struct clock *c, struct timer *t, uint64_t delay_ms)
{
	timer_stop(c, t);
	if (c->used == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 16;
		c->heap = must_realloc(c->heap, c->cap * sizeof(struct timer *));
	}
	t->at_ms = c->now_ms + delay_ms;
	t->order = c->order++;
	c->used++;
	place(c, c->used, t);
	sift_up(c, t);
}

void timer_stop(struct clock *c, struct timer *t)
{
	struct timer *last;
	size_t at = t->place;

	if (at == 0) {
		return;
	}
	t->place = 0;
	last = c->heap[--c->used];
	if (last == t) {
		return;
	}
	place(c, at, last);
	sift_up(c, last);
	sift_down(c, last);
}

void clock_advance(struct clock *c, uint64_t now_ms, int64_t wall_ms)
{
	uint64_t limit = c->order;

	if (now_ms > c->now_ms) {
		c->now_ms = now_ms;
	}
	c->wall_ms = wall_ms;
	while (c->used > 0 && c->heap[0]->at_ms <= c->now_ms &&
		c->heap[0]->order < limit) {
		struct timer *t = c->heap[0];

		timer_stop(c, t);
		t->fn(t->ctx);
	}
}

int64_t clock_next(const struct clock *c)
{
	if (c->used == 0) {
		return -1;
	}
	if (c->heap[0]->at_ms <= c->now_ms) {
		return 0;
	}
	return (int64_t)(c->heap[0]->at_ms - c->now_ms);
}
