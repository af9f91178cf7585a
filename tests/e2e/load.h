/* SPDX-License-Identifier: MIT */
#ifndef TESTS_E2E_LOAD_H
#define TESTS_E2E_LOAD_H

#include "tests/support/gwproc.h"
#include "tests/support/iclient.h"
#include "tests/support/server.h"
#include "tests/support/world.h"
#include "tests/support/xclient.h"

/*
 * Fifty Jabber users in ten rooms and one IRC client in all of them. Each says
 * a numbered line a second; who has seen which number how often is written
 * down. Users behave as clients do: log in again when their connection broke,
 * join again when they are out of the room.
 *
 * A sender is a user (0 ... LOAD_USERS - 1) or the IRC client in one room
 * (LOAD_USERS + room); a receiver is a user or the IRC client (LOAD_PEER).
 * Lines read "s<sender> n<number>", a user's message has the id n<number>.
 */
enum {
	LOAD_USERS = 50,
	LOAD_ROOMS = 10,
	LOAD_SENDERS = LOAD_USERS + LOAD_ROOMS,
	LOAD_PEER = LOAD_USERS,
	LOAD_RECEIVERS = LOAD_USERS + 1,
	LOAD_NUMBERS = 240,
	/* Who is back may not be known to the gateway yet: so much longer than
	 * the slowest line took. */
	LOAD_SETTLE_MS = 500,
};

struct load;

struct load_user {
	struct load *load;
	struct xclient *c;
	unsigned index;
	char nick[16];
	bool in_room;	 /* by its own presence with 110 */
	uint64_t try_at; /* to join, or to log in, again */
};

struct load_sender {
	unsigned sent;
	uint64_t next_at;
	uint64_t sent_at[LOAD_NUMBERS];
	bool refused[LOAD_NUMBERS]; /* answered by an error */
};

struct load {
	struct world *w;
	struct server *jabber;
	struct server *irc;
	struct gwproc *gw;
	const char *network;
	struct load_user users[LOAD_USERS];
	struct iclient *peer;
	bool peer_in[LOAD_ROOMS];
	uint64_t peer_try_at;
	bool talking;
	struct load_sender senders[LOAD_SENDERS];
	unsigned char seen[LOAD_RECEIVERS][LOAD_SENDERS][LOAD_NUMBERS];
	/* Behind the last number seen: now, and when the server died. What is
	 * missing in front of the latter was not on its way: it is lost. */
	unsigned next[LOAD_RECEIVERS][LOAD_SENDERS];
	unsigned heard[LOAD_RECEIVERS][LOAD_SENDERS];
	/* What a line took at most, the outage aside: the machine may be busy. */
	uint64_t slowest_ms;

	/* The outage: when it began, and was over; per receiver, when it was
	 * back. */
	bool irc_outage;
	uint64_t killed_at;		  /* 0: not yet */
	uint64_t over_at;		  /* 0: not yet */
	uint64_t back_at[LOAD_RECEIVERS]; /* 0: not back */
};

/* What became of the numbers, counted per sender and receiver. */
struct load_result {
	unsigned sent;
	unsigned shown;
	unsigned twice;
	unsigned refused;   /* missing, answered by an error */
	unsigned in_outage; /* missing, said during the outage */
	unsigned lost;	    /* missing without any excuse */
	char first[2000];   /* the first of twice and lost, in words */
};

/* Everybody logs in and joins; ends the case when not all are in, in 60 s. */
void load_begin(struct load *l);

/* One turn of the loop in which everybody does what is due. */
void load_turn(struct load *l);

/* Turns for so long. */
void load_run(struct load *l, double seconds);

/* Everybody is in the room (again), since the outage if there was one. */
bool load_all_back(const struct load *l);

/* The server of the outage is killed now. */
void load_kill(struct load *l, bool irc);

struct load_result load_count(const struct load *l);

#endif
