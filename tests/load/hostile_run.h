/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_HOSTILE_RUN_H
#define TESTS_LOAD_HOSTILE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/load/crowd.h"
#include "tests/load/rig.h"

/*
 * The scene of test_hostile: a rig with three crowds. The good, u0 and up,
 * exchange lines at a steady rate while `talking`; the victim v0 gets the
 * hostile lines of its IRC server, cut at random; the offender h0 sends the
 * hostile XML. Hooks write down what must not happen.
 */
#define RUN_WHY_MAX   1024
#define RUN_PERIOD_MS 20 /* a line each way for each of the good */
#define BUSY_TIMES    3	 /* a bound is later by so many times the p99 without
			  * anything hostile, measured when it is missed */
#define STALL_MS      10000 /* by the clock: a machine does not pause so long */

struct hostile_run {
	struct rig rig;
	struct crowd good;
	struct crowd victim;   /* of hostile lines */
	struct crowd offender; /* sends hostile XML */
	unsigned p99_ms;
	bool only_late; /* the others waited too long, nothing else was wrong */
	/* traffic of the good */
	uv_timer_t tick;
	uint64_t began;
	uint64_t exchanged;
	bool talking;
	/* hostile bytes on their way to the victim */
	char *line;
	size_t line_len;
	size_t line_at;
	uint32_t seed;
	unsigned alive;	   /* number of the PING behind them */
	unsigned answered; /* ... of the last PONG */
	char gone[256];	   /* why a connection to IRC ended */
	char smuggled[256];
	/* hostile XML */
	char awaited[64];
	bool came;
	char came_type[32];
	bool came_refusal;
	char stream_error[256];
};

/*
 * Everything up and everybody joined? `first_header` as in
 * jabberd_sim_config. hostile_run_close() is due either way.
 */
bool hostile_run_open(
	struct hostile_run *run, const char *first_header, unsigned users);
void hostile_run_close(struct hostile_run *run);

/* Begins to deliver these bytes, then a PING, to the victim. */
void hostile_run_attack(struct hostile_run *run, size_t len);

/* Begins the traffic of the good. */
void hostile_run_talk(struct hostile_run *run);

/*
 * Ends it. False: lines are missing or late; `why`, of RUN_WHY_MAX, says
 * what was expected and what came, as below. `only_late`, set by whoever saw
 * nothing wrong so far, is left set only when the gateway worked too long for
 * them: a stall is none of the machine's.
 */
bool hostile_run_hush(struct hostile_run *run, const char *what, char *why);

/* What no input may do: end the gateway, a stream, a connection; a stall. */
bool hostile_run_unharmed(struct hostile_run *run, char *why);

#endif
