/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_ICLIENT_H
#define TESTS_SUPPORT_ICLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/world.h"

/*
 * A plain IRC client for tests (RFC 1459, no capabilities), on 127.0.0.1. It
 * answers PING by itself; every other line is kept until an expectation takes
 * it or a sweep of the world forgets it.
 * Ownership: the world destroys clients in world_sweep, unless kept.
 * Bounds: lines of 8 kB; ICLIENT_KEPT of them, the oldest go.
 */
struct iclient;

enum { ICLIENT_KEPT = 5000, ICLIENT_PARAMS = 15 };

struct iline {
	char *text;	  /* as it came, without CRLF */
	char *copy;	  /* what the members below point into */
	const char *nick; /* of the prefix, or the server's name; "" */
	const char *user; /* user@host of the prefix; "" */
	const char *command;
	const char *params[ICLIENT_PARAMS]; /* "" behind the last */
	unsigned count;
	unsigned seq;
	bool taken;
};

/* Begins to connect; the nick is also user name and name in reports. */
struct iclient *iclient_open(struct world *w, unsigned port, const char *nick);

/* Connects and waits for the end of the MOTD (376, 422). */
struct iclient *iclient_login(struct world *w, unsigned port, const char *nick);

bool iclient_online(const struct iclient *c);
bool iclient_broken(const struct iclient *c);
void iclient_await_online(struct iclient *c, double seconds, const char *at);
void iclient_reopen(struct iclient *c);
void iclient_keep(struct iclient *c);		   /* lives through sweeps */
void iclient_release(struct iclient *c);	   /* ... no longer */
void iclient_quiet(struct iclient *c);		   /* out of the transcript */
const char *iclient_nick(const struct iclient *c); /* as given first */

/* One line, without CRLF. */
void iclient_send(struct iclient *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* JOIN and wait for the end of NAMES. */
void iclient_join(struct iclient *c, const char *channel, const char *at);

/* --- expectations ------------------------------------------------------- */

/* What is waited for; members left out may be anything; 10 seconds. Names
 * are compared without regard to ASCII case. */
struct iwant {
	const char *nick; /* who said it */
	const char *command;
	const char *or_command; /* ... or this one */
	const char *target;	/* first parameter */
	const char *param;	/* any parameter after the first is this */
	const char *text;	/* the last parameter is this */
	const char *has;	/* the line contains it */
	double seconds;
	const char *at;
};

const struct iline *iclient_expect(struct iclient *c, const struct iwant *want);
void iclient_expect_no(struct iclient *c, const struct iwant *want);
unsigned iclient_count(const struct iclient *c, const struct iwant *want);

/* PING and wait for the PONG: all the server had to say has come. */
void iclient_sync(struct iclient *c, const char *at);

#define IWANT(...)	    (&(struct iwant){.at = AT, __VA_ARGS__})
#define I_EXPECT(c, ...)    iclient_expect((c), IWANT(__VA_ARGS__))
#define I_EXPECT_NO(c, ...) iclient_expect_no((c), IWANT(__VA_ARGS__))
#define I_JOIN(c, channel)  iclient_join((c), (channel), AT)
#define I_SYNC(c)	    iclient_sync((c), AT)

/* Sees each line first; true: done with, not kept. It must not end the case. */
void iclient_watch(struct iclient *c,
	bool (*seen)(void *ctx, const struct iline *line), void *ctx);

#endif
