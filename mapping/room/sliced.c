/* SPDX-License-Identifier: MIT */
#include "mapping/room/sliced.h"

/*
 * A stanza, or a mode of a channel, may ask for thousands of presences, and
 * thousands may ask at the same time. What goes out at once is bounded by
 * `fill_left`; the timer gives the next turn its share.
 */

void sliced_init(struct sliced *s, sliced_fn *show)
{
	list_init(&s->link);
	s->show = show;
}

bool sliced_waits(const struct sliced *s)
{
	return !list_empty(&s->link);
}

void sliced_drop(struct sliced *s)
{
	list_remove(&s->link);
}

static bool is_high(const struct mapping *m)
{
	return m->ports.xmpp_high != NULL && m->ports.xmpp_high(m->ports.ctx);
}

/* One slice, as far as this turn goes; *s may be gone afterwards. */
static void show_now(struct mapping *m, struct sliced *s)
{
	unsigned most = m->fill_left < SLICE ? m->fill_left : SLICE;
	unsigned done = 0;

	if (most == 0 || is_high(m)) {
		return;
	}
	list_remove(&s->link);
	if (s->show(s, most, &done)) {
		list_add(&m->fills, &s->link);
	}
	done++; /* a room of nobody is work, too */
	m->fill_left -= done < m->fill_left ? done : m->fill_left;
}

void sliced_begin(struct mapping *m, struct sliced *s)
{
	if (!sliced_waits(s)) {
		list_add(&m->fills, &s->link);
		show_now(m, s);
	}
	slices_go_on(m);
}

/* Also when all is shown: the next turn has its share again. */
void slices_go_on(struct mapping *m)
{
	if (!timer_running(&m->fill_timer) && !is_high(m)) {
		timer_start(m->clock, &m->fill_timer, 0);
	}
}

/* Those there are now, one slice each. */
static void on_fill_timer(void *ctx)
{
	struct mapping *m = ctx;
	struct list *last = m->fills.prev;
	struct list *first;

	arena_reset(&m->arena);
	m->fill_left = TURN_SLICES * SLICE;
	while ((first = list_first(&m->fills)) != NULL && m->fill_left > 0 &&
		!is_high(m)) {
		show_now(m, list_entry(first, struct sliced, link));
		if (first == last) {
			break;
		}
	}
	if (!list_empty(&m->fills)) {
		slices_go_on(m);
	}
}

void slices_init(struct mapping *m)
{
	list_init(&m->fills);
	m->fill_left = TURN_SLICES * SLICE;
	timer_init(&m->fill_timer, on_fill_timer, m);
}
