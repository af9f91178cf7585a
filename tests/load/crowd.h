/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_CROWD_H
#define TESTS_LOAD_CROWD_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/load/rig.h"
#include "tests/load/samples.h"

/*
 * Well-behaved users. Each one, <prefix>N@localhost/pc, joins its own room
 * #<prefix>N by MUC; a puppet <prefix>bot sits in all of them. Lines carry
 * user, number and time of sending, so that a missing, doubled or late one
 * is seen when the next arrives; and what the gateway had worked by then:
 *   down: the bot speaks in the room, the user's client must get it;
 *   up: the user's client speaks, the bot must read it;
 *   back: the reflection of an up line, with the id it was sent with.
 */
struct crowd_way {
	uint64_t sent;
	uint64_t seen;
	uint64_t lost;	   /* gaps in the numbers */
	uint64_t disorder; /* a number at or below the last one */
	struct samples delay;
	struct samples work; /* ... or what the gateway worked meanwhile, when
			      * that is less: a machine that is busy with other
			      * things costs none of it */
};

struct crowd_user {
	bool joined; /* has seen its own presence with 110 */
	uint32_t sent[3];
	uint32_t next[3]; /* number awaited */
	uint32_t lost;	  /* down lines that were skipped */
	uint32_t notes;	  /* texts from no nick: the room or the gateway */
};

struct crowd {
	struct rig *rig;
	struct ircd_client *bot;
	struct crowd_user *users;
	unsigned count;
	unsigned joined;
	char prefix[8];
	size_t padding; /* bytes added to each down line, at most 300 */
	struct crowd_way way[3];
	unsigned errors; /* error stanzas to its users */
	char first_error[600];
};

enum crowd_direction { CROWD_DOWN, CROWD_UP, CROWD_BACK };

void crowd_init(struct crowd *crowd, struct rig *rig, const char *prefix,
	unsigned count);
void crowd_finish(struct crowd *crowd);

/* The join presence of one user, and of all. */
void crowd_join_one(struct crowd *crowd, unsigned user);
void crowd_join(struct crowd *crowd);

/* The next line of one user's room, either way. */
void crowd_down(struct crowd *crowd, unsigned user);
void crowd_up(struct crowd *crowd, unsigned user);

/*
 * One each way; or none, while CROWD_OPEN of either are on their way: a machine
 * that cannot keep up is not given more and more to do.
 */
enum { CROWD_OPEN = 5 };
void crowd_talk(struct crowd *crowd, unsigned user);

/* The user's connection to the simulated network; NULL: it has none. */
struct ircd_client *crowd_client(const struct crowd *crowd, unsigned user);

/* What came; true when it concerned this crowd. */
bool crowd_stanza(struct crowd *crowd, const struct jabberd_stanza *stanza);
bool crowd_puppet(struct crowd *crowd, const struct ircd_client *puppet,
	const char *line);
/* The same for a rig whose ctx begins with the struct crowd. */
void crowd_on_stanza(void *ctx, const struct jabberd_stanza *stanza);
void crowd_on_puppet(
	void *ctx, struct ircd_client *puppet, const char *line, size_t len);

/* Conditions for rig_until(): ctx is the crowd. */
bool crowd_all_joined(void *ctx);
bool crowd_all_seen(void *ctx); /* each way, as much as was sent */

/* Forgets counts and delays of the lines, not the users. */
void crowd_reset(struct crowd *crowd);

/* Lines that are missing or out of order, all ways together. */
uint64_t crowd_missing(const struct crowd *crowd);

/*
 * One note a way: p50, p99, max. Returns the worst p99 of down and up, of the
 * gateway's work: by the clock, a busy machine would be the gateway's fault.
 */
double crowd_report(struct crowd *crowd, const char *what);

/* The worst p99 of down and up by the clock. */
double crowd_delay(struct crowd *crowd);

#endif
