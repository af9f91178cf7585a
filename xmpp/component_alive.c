/* SPDX-License-Identifier: MIT */
#include "xmpp/component_private.h"

#include <stdio.h>
#include <string.h>

#include "xmpp/writer.h"

/* Keeping the stream alive, and knowing what was read of it (PROTOCOL A.4). */

/* Ids of the two kinds of ping, before their number. */
#define PING_ID "isthmus"
#define MARK_ID "isthmus-mark"

enum {
	SPACE_MS = 60 * 1000, /* write silence before a space */
	PING_MS = 120 * 1000, /* read silence before a ping */
	PONG_MS = 30 * 1000,
	MARK_MS = 2 * 1000,   /* for the answer to a mark */
	STABLE_MS = 60 * 1000, /* up for so long: the delay is forgotten */
};

static void on_space_timer(void *ctx)
{
	struct component *c = ctx;
	uint64_t silent = c->clock->now_ms - c->last_write_ms;

	if (silent < SPACE_MS) {
		timer_start(c->clock, &c->space, SPACE_MS - silent);
		return;
	}
	timer_start(c->clock, &c->space, SPACE_MS);
	component_write(c, " ", 1);
}

static void write_ping(struct component *c, const char *kind, unsigned long number)
{
	char id[48];
	struct buf out;
	struct xw w;

	snprintf(id, sizeof id, "%s-%lu", kind, number);
	buf_init(&out, COMPONENT_WRITE_MAX);
	xw_init(&w, &out, ns_uri(NS_STANZA));
	xw_start(&w, "iq", NS_NONE);
	xw_attr(&w, "type", "get");
	xw_attr(&w, "from", c->name);
	xw_attr(&w, "to", c->server);
	xw_attr(&w, "id", id);
	xw_empty(&w, "ping", NS_PING);
	xw_end(&w);
	component_write(c, out.p, out.len);
	buf_finish(&out);
}

static void on_ping_timer(void *ctx)
{
	struct component *c = ctx;
	uint64_t silent = c->clock->now_ms - c->last_read_ms;

	if (c->pinging && silent >= PONG_MS + PING_MS) {
		log_warn(&c->log, "lost: the server does not answer");
		component_close_and_wait(c, component_next_delay(c, 0));
	} else if (silent >= PING_MS) {
		c->pinging = true;
		c->ping_id++;
		timer_start(c->clock, &c->ping, PONG_MS);
		write_ping(c, PING_ID, c->ping_id);
	} else {
		c->pinging = false;
		timer_start(c->clock, &c->ping, PING_MS - silent);
	}
}

/* The answer to a ping of ours, result or error. */
static bool is_pong(const struct component *c, const struct stanza *s,
	const char *kind, unsigned long number)
{
	char id[48];

	snprintf(id, sizeof id, "%s-%lu", kind, number);
	return s->kind == STANZA_IQ && number > 0 &&
	       (stanza_type_is(s, "result") || stanza_type_is(s, "error")) &&
	       s->id != NULL && strcmp(s->id, id) == 0 &&
	       (s->from == NULL || strcmp(s->from, c->server) == 0);
}

static void on_stable_timer(void *ctx)
{
	struct component *c = ctx;

	c->delay_ms = COMPONENT_DELAY_MIN_MS;
}

/* ---- what the server has read ---- */

void component_set_mark(struct component *c)
{
	c->mark_id++;
	marks_out(&c->marks);
	timer_start(c->clock, &c->mark, MARK_MS);
	write_ping(c, MARK_ID, c->mark_id);
}

static void tell_read(struct component *c)
{
	if (c->events.on_read != NULL) {
		c->events.on_read(c->events.ctx);
	}
}

static void on_mark_answer(struct component *c)
{
	if (!c->marks.out) {
		return; /* given up: it comes late */
	}
	timer_stop(c->clock, &c->mark);
	if (marks_answered(&c->marks)) {
		component_set_mark(c);
	}
	tell_read(c);
}

static void on_mark_timer(void *ctx)
{
	struct component *c = ctx;

	marks_given_up(&c->marks);
	tell_read(c);
}

bool component_takes_pong(struct component *c, const struct stanza *s)
{
	if (is_pong(c, s, MARK_ID, c->mark_id)) {
		on_mark_answer(c);
		return true;
	}
	return is_pong(c, s, PING_ID, c->ping_id);
}

/* ---- life ---- */

void component_alive_init(struct component *c)
{
	timer_init(&c->stable, on_stable_timer, c);
	timer_init(&c->space, on_space_timer, c);
	timer_init(&c->ping, on_ping_timer, c);
	timer_init(&c->mark, on_mark_timer, c);
}

void component_alive_start(struct component *c)
{
	timer_start(c->clock, &c->stable, STABLE_MS);
	timer_start(c->clock, &c->space, SPACE_MS);
	timer_start(c->clock, &c->ping, PING_MS);
}

void component_alive_stop(struct component *c)
{
	timer_stop(c->clock, &c->stable);
	timer_stop(c->clock, &c->space);
	timer_stop(c->clock, &c->ping);
	timer_stop(c->clock, &c->mark);
	c->pinging = false;
	marks_init(&c->marks);
}
