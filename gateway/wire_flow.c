/* SPDX-License-Identifier: MIT */
#include "gateway/wire_private.h"

/* Backpressure: who is not read while others have to read (gateway/wire.h). */

static void pause_one(struct link_entry *e, void *ctx)
{
	struct wire *w = ctx;

	link_pause(((struct irc_link *)e)->link,
		w->paused || ((struct irc_link *)e)->held);
}

void wire_set_paused(struct wire *w, bool paused)
{
	if (w->paused == paused) {
		return;
	}
	w->paused = paused;
	link_table_each(&w->links, pause_one, w);
	if (paused) {
		timer_start(loop_clock(w->loop), &w->pause_end, WIRE_PAUSE_MS);
	} else {
		timer_stop(loop_clock(w->loop), &w->pause_end);
	}
}

static void set_congested(struct wire *w, bool congested)
{
	if (w->congested == congested) {
		return;
	}
	w->congested = congested;
	mapping_congested(w->mapping, congested);
}

bool wire_has_much_to_read(const struct wire *w)
{
	return component_unread(w->component) > WIRE_WINDOW;
}

/* Storms wait, one by one, until what they have said so far was read. */
void wire_hold_storm(struct irc_link *l)
{
	struct wire *w = l->wire;

	if (!l->held && wire_has_much_to_read(w) && link_had_more(l->link)) {
		l->held = true;
		w->held++;
		link_pause(l->link, true);
	}
}

static void release_one(struct link_entry *e, void *ctx)
{
	struct irc_link *l = (struct irc_link *)e;
	struct wire *w = ctx;

	if (l->held) {
		l->held = false;
		w->held--;
		link_pause(l->link, w->paused);
	}
}

static void release_storms(struct wire *w)
{
	if (w->held > 0) {
		link_table_each(&w->links, release_one, w);
	}
}

void wire_on_component_read(void *ctx)
{
	struct wire *w = ctx;

	if (!wire_has_much_to_read(w)) {
		release_storms(w);
		mapping_flows(w->mapping);
	}
}

static void on_pause_end(void *ctx)
{
	struct wire *w = ctx;

	wire_set_paused(w, false);
	set_congested(w, true);
}

void wire_relieve(struct wire *w)
{
	wire_set_paused(w, false);
	set_congested(w, false);
	release_storms(w);
	mapping_flows(w->mapping);
}

void wire_flow_init(struct wire *w)
{
	timer_init(&w->pause_end, on_pause_end, w);
}
