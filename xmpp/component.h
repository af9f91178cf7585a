/* SPDX-License-Identifier: MIT */
#ifndef XMPP_COMPONENT_H
#define XMPP_COMPONENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "xmpp/parser.h"

/*
 * The component stream (XEP-0114, PROTOCOL A.1 to A.4) as a state machine:
 * opens, shakes hands, keeps alive, reconnects with back-off and jitter, says
 * goodbye. It has no socket: it asks its owner to connect and to write and is
 * told what happened.
 *
 * The story: component_start -> io.connect -> component_connected -> header
 * written -> server's header -> handshake written -> <handshake/> -> ONLINE,
 * on_online. From any state a lost link, a stream error or a timeout (30 s for
 * each step before ONLINE) leads to WAITING (on_offline if it was online) and,
 * after the delay of A.2/A.3, to io.connect again. component_stop writes
 * </stream:stream>, waits up to 2 s for the other's and ends in STOPPED with
 * on_stopped; on_offline is not called then.
 * Every function but component_destroy and component_input may be called from
 * inside io's and events' functions.
 */
#define COMPONENT_STATES(X) \
	X(IDLE)             \
	X(CONNECTING)       \
	X(OPENING)          \
	X(HANDSHAKE)        \
	X(ONLINE)           \
	X(WAITING)          \
	X(CLOSING)          \
	X(STOPPED)

enum component_state {
#define COMPONENT_ENUM(name) COMPONENT_##name,
	COMPONENT_STATES(COMPONENT_ENUM)
#undef COMPONENT_ENUM
	COMPONENT_STATE_COUNT
};

struct component_config {
	const char *name;   /* the component's own domain */
	const char *secret;
	const char *server; /* server domain to ping (A.4) */
	struct scan_limits limits; /* all 0: the default */
};

struct component_io {
	/* Open the link; the answer is component_connected() or _lost(). */
	void (*connect)(void *ctx);
	void (*write)(void *ctx, const char *p, size_t len);
	/* Close it now, after what was written; component_lost() is not called. */
	void (*close)(void *ctx);
	/* Uniform random number below n (n >= 1), for jitter. */
	unsigned (*random)(void *ctx, unsigned n);
	void *ctx;
};

struct component_events {
	void (*on_online)(void *ctx);
	void (*on_offline)(void *ctx);
	/* Only while ONLINE; lent for the call. Pings of ours are not shown. */
	void (*on_stanza)(void *ctx, const struct stanza *stanza);
	void (*on_dropped)(void *ctx, const struct stanza *stanza, unsigned over);
	void (*on_stopped)(void *ctx);
	/* component_unread() fell; may be NULL. */
	void (*on_read)(void *ctx);
	void *ctx;
};

struct component;

/* The clock is lent for the component's life; the rest is copied. */
struct component *component_create(const struct component_config *config,
	const struct component_io *io, const struct component_events *events,
	struct clock *clock);
void component_destroy(struct component *c);

void component_start(struct component *c); /* from IDLE or STOPPED */
void component_stop(struct component *c);  /* from any state; twice is fine */

/* What happened to the link. News of one that was closed is ignored. */
void component_connected(struct component *c);
void component_input(struct component *c, const char *p, size_t len);
void component_lost(struct component *c, enum err why);

/*
 * Writes finished stanzas; dropped with ERR_WRONG_STATE unless ONLINE. The last
 * 2 KiB at most are kept for the log, should the server refuse them (A.2).
 */
NODISCARD enum err component_send(struct component *c, const char *xml,
	size_t len);

/*
 * Bytes sent that the server has not read yet, as far as it lets us know
 * (xmpp/marks.h); 0 while it does not.
 */
size_t component_unread(const struct component *c);

/* Where it is now; a state's name for the log. */
enum component_state component_state(const struct component *c);
const char *component_state_name(enum component_state state);

/* Counters for metrics and tests. */
struct component_stats {
	unsigned long connects;
	unsigned long stanzas_in;
	unsigned long stanzas_out; /* calls of component_send that went out */
	unsigned long dropped; /* stanzas over a limit */
};
const struct component_stats *component_stats(const struct component *c);

#endif
