/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_RIG_H
#define TESTS_LOAD_RIG_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "tests/load/ircd_sim.h"
#include "tests/load/jabberd_sim.h"

/*
 * The bench of a big run: one loop with both simulators, and the gateway
 * between them as a child process with a generated configuration. The
 * gateway is $ISTHMUS_GATEWAY, else $ISTHMUS_BUILD/isthmus, else the one of
 * the build that this test belongs to.
 * Nothing sleeps: rig_until() runs the loop until a condition or a deadline.
 */
#define RIG_GW	   "irc.localhost"
#define RIG_DOMAIN "localhost"
#define RIG_NET	   "irc.test.net"

struct rig_config {
	const char *name;	  /* of the run */
	const char *caps;	  /* see ircd_sim_config */
	const char *first_header; /* see jabberd_sim_config */
	int recv_buffer;
	bool talkative; /* logs all it can */
	/* The network's throttle (ircd_sim.h); connect_burst is 15 with it. */
	unsigned throttle_burst;
	unsigned throttle_ms;
	unsigned lazy_above; /* of the gateway; 0: everybody is shown */
	unsigned history;	/* see ircd_sim_config */
	unsigned reconnect_ms;	/* after a loss; 0: 1 s */
	bool receipts;		/* messages.receipts */
	void (*on_stanza)(void *ctx, const struct jabberd_stanza *stanza);
	void (*on_puppet)(void *ctx, struct ircd_client *puppet,
		const char *line, size_t len);
	bool (*on_line)(
		void *ctx, struct ircd_client *client, const char *line);
	void (*on_close)(
		void *ctx, struct ircd_client *client, const char *why);
	void *ctx;
};

struct rig {
	uv_loop_t loop;
	struct jabberd_sim *jabber;
	struct ircd_sim *irc;
	uv_process_t child;
	bool running; /* the gateway */
	bool spawned;
	int64_t exit_code;
	int exit_signal;
	uv_timer_t deadline;
	unsigned ticks; /* that are left to rig_until() */
	bool over;	/* rig_run() */
	struct rig_config config;
	char folder[256]; /* configuration and log */
	unsigned pings;
	unsigned pongs;
	bool stopping;
	unsigned lost;	   /* component streams that ended unasked */
	unsigned failures; /* of tests, before this rig was opened */
};

/*
 * Path of the gateway; NULL after a skipped (in CI: failed) test when there
 * is none.
 */
const char *rig_gateway(void);

/*
 * Opens both simulators, starts the gateway and waits until its component
 * stream is up. False after a note that says what was missing; rig_close()
 * is due either way.
 */
bool rig_open(struct rig *rig, const struct rig_config *config);

/* Kills what still runs, frees everything; shows the log after a failure. */
void rig_close(struct rig *rig);

/* False: the deadline came, or the gateway died, before done() said true. The
 * deadline is ISTHMUS_PATIENCE, 6, times what a calm machine does not need. */
bool rig_until(
	struct rig *rig, bool (*done)(void *ctx), void *ctx, unsigned ms);

/* Runs the loop for that long: traffic is driven by timers meanwhile. */
bool rig_run(struct rig *rig, unsigned ms);

/* Does the gateway answer a ping to its own address in time? */
bool rig_ping(struct rig *rig, unsigned ms);

/* SIGTERM, then the exit code is awaited: one TAP test. */
void rig_stop(struct rig *rig);

/* SIGKILL now; returns when it is gone. False: it could not be ended. */
bool rig_kill(struct rig *rig);
/* The same gateway again, until its component stream is up. */
bool rig_start_again(struct rig *rig);

/* What the gateway needs by now, 0 when unknown. */
uint64_t rig_rss_kib(const struct rig *rig);
double rig_cpu_seconds(const struct rig *rig);
/* ... in nanoseconds: what it has worked, however long it had to wait for a
 * processor. */
uint64_t rig_cpu_ns(const struct rig *rig);

/* Raises the descriptor limit of this process as far as it goes. */
void rig_raise_limits(void);

/* A whole number from the environment. */
unsigned rig_number(const char *variable, unsigned otherwise);

#endif
