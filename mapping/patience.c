/* SPDX-License-Identifier: MIT */
#include "mapping/patience.h"

#include "mapping/core.h"

static struct clock *clock_of(const struct session *s)
{
	return s->user->mapping->clock;
}

void patience_init(struct patience *p, timer_fn *over, void *ctx)
{
	*p = (struct patience){0};
	list_init(&p->link);
	timer_init(&p->timer, over, ctx);
}

void patience_now(struct patience *p, struct session *s, uint64_t ms)
{
	struct clock *clock = clock_of(s);

	list_remove(&p->link);
	p->left_ms = clock->now_ms;
	timer_start(clock, &p->timer, ms);
}

void patience_begin(struct patience *p, struct session *s, uint64_t ms)
{
	patience_now(p, s, ms);
	if (s->net == NULL) {
		return;
	}
	p->turn = ircnet_turn(s->net);
	p->ms = ms;
	if (ircnet_waits(s->net, p->turn)) {
		list_add(&s->patient, &p->link);
		timer_start(clock_of(s), &p->timer, PATIENCE_QUEUE_MS);
	}
}

void patience_stop(struct patience *p, struct clock *clock)
{
	list_remove(&p->link);
	timer_stop(clock, &p->timer);
}

bool patience_waits(const struct patience *p)
{
	return !list_empty(&p->link);
}

void patience_left(struct session *s)
{
	list_each_safe(it, &s->patient) {
		struct patience *p = list_entry(it, struct patience, link);

		if (s->net == NULL || !ircnet_waits(s->net, p->turn)) {
			patience_now(p, s, p->ms);
		}
	}
}

void patience_forget(struct session *s)
{
	list_each_safe(it, &s->patient) {
		list_remove(it);
	}
}
