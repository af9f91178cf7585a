/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_WITNESS_H
#define TESTS_FUZZ_WITNESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "tests/scenarios/world.h"

/*
 * Sees everything that the core does in a world, and what it promises whatever
 * is said to it:
 * - what goes to the Jabber server is well-formed and is stanzas, each with a
 *   `from` in our domain and a `to` (PROTOCOL A.2, I.7)
 * - what goes to IRC is lines of at most 510 bytes, nothing inside that ends
 *   one (G.4, G.5); our answer to a PING is as long as the server's word
 * - a link is opened once, closed once, never written to when it is not open,
 *   and there are no more links than sessions
 * - what is logged is lines of text without control characters
 * and at the end: no name is left interned, no forbidden call of libircclient.
 * FUZZ_SHOW in the environment: it tells what it sees.
 */
enum { WITNESS_LINKS = 32 };

struct peer {
	bool open;
	bool up;        /* the target's: nothing here sets it */
	char nick[64];  /* in our last NICK */
	char room[128]; /* in our last JOIN, the first channel */
};

struct witness {
	struct world *world;
	struct parser *check;
	struct arena arena;
	unsigned stanzas;
	struct peer peers[WITNESS_LINKS + 1];
	bool long_lines; /* a server raised LINELEN: the target says so */
};

/* Makes the world; the target sets it up. */
void witness_begin(struct witness *w);
/* After each event. */
void witness_look(struct witness *w);
/* Goodbye, and the end of that world. */
void witness_end(struct witness *w);

#endif
