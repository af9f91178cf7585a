/* SPDX-License-Identifier: MIT */
#ifndef TESTS_BENCH_CORE_WORLD_H
#define TESTS_BENCH_CORE_WORLD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A whole core with nothing around it, for what is measured: users who are in
 * rooms, stanzas and lines put in, what comes out counted. Of all sessions the
 * first is the one that is measured: juliet's, in #c, with her own bare JID; the
 * others are other users', in rooms of their own.
 */
struct core_world {
	const char *caps;   /* that the IRC server has, "" for none */
	unsigned clients;   /* of juliet's in #c */
	unsigned occupants; /* of #c, juliet among them, and bob */
	unsigned sessions;
	unsigned pace_ms;   /* a line of flood control; 0: as usual, 2000 */
};

/* Calls of malloc and its kin by this process (glibc). */
extern unsigned long core_allocations;
/* Stanzas and lines that the core has sent. */
extern unsigned long core_sent;

/* One at a time. */
void core_world_open(const struct core_world *w);
void core_world_close(void);

/* A stanza from the Jabber server. */
void core_jabber(const char *xml);
/* Lines from juliet's IRC server. */
void core_irc(const char *lines);
/*
 * What juliet's server was told last comes back to her as an echo: with its label
 * where there was one, and an id and a time where the server has such.
 */
void core_echo(void);
/* Time passes; what is due is done. */
void core_turn(unsigned ms);
unsigned core_pace(void);

/* One more room with `occupants` people for session number i, from 0. */
void core_join(unsigned i, const char *channel, unsigned occupants);
/* Juliet's link is lost, and is back; #c has told so many names, all it has ... */
void core_lose(unsigned left);
/* ... and says so, without what is due later. */
void core_back(void);
/* Bytes of the heap in use. */
size_t core_heap(void);

#endif
