/* SPDX-License-Identifier: MIT */
#ifndef XMPP_COMPONENT_PRIVATE_H
#define XMPP_COMPONENT_PRIVATE_H

#include "base/buf.h"
#include "base/log.h"
#include "xmpp/component.h"
#include "xmpp/marks.h"

/*
 * The inside that component.c (states, the link, what the parser reads),
 * component_alive.c and component_error.c share.
 */
enum {
	COMPONENT_DELAY_MIN_MS = 1000,
	COMPONENT_DELAY_MAX_MS = 60 * 1000,
	COMPONENT_LAST_MAX = 2048,
	COMPONENT_WRITE_MAX = 16 * 1024,
};

struct component {
	enum component_state state;
	char *name;
	char *secret;
	char *server;
	struct scan_limits limits;
	struct component_io io;
	struct component_events events;
	struct clock *clock;
	struct parser *parser;
	struct parser *spent; /* stopped while it was feeding us */
	bool feeding;
	struct timer step; /* the deadline, or the wait, of the state */
	struct timer stable;
	struct timer space;
	struct timer ping;
	uint64_t last_write_ms;
	uint64_t last_read_ms;
	unsigned long ping_id; /* of the last ping of ours */
	bool pinging;	       /* its answer is awaited */
	struct marks marks;
	struct timer mark;     /* the answer to a mark is late */
	unsigned long mark_id;
	uint64_t delay_ms;     /* before the next try, without jitter */
	const char *fault;     /* the configuration fault logged last */
	struct buf last;       /* the last thing written, its beginning */
	struct component_stats stats;
	struct log log;
};

/* component.c */
void component_write(struct component *c, const char *p, size_t len);
void component_write_str(struct component *c, const char *text);
/* The next delay of A.3 with its jitter; at least `least` without. */
uint64_t component_next_delay(struct component *c, uint64_t least);
/* Nothing when it was lost meanwhile; on_offline is the last thing done. */
void component_close_and_wait(struct component *c, uint64_t delay_ms);

/* component_alive.c */
void component_alive_init(struct component *c);
void component_alive_start(struct component *c);
void component_alive_stop(struct component *c);
/* Asks whether what was written so far has been read. */
void component_set_mark(struct component *c);
/* It answers a ping of ours: nobody else is shown it. */
bool component_takes_pong(struct component *c, const struct stanza *s);

/* component_error.c: says goodbye and waits as that error wants. */
void component_on_stream_error(struct component *c, const struct elem *error);

#endif
