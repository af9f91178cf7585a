/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_XCLIENT_H
#define TESTS_SUPPORT_XCLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/world.h"
#include "tests/support/xstanza.h"

/*
 * A Jabber client for tests, on libstrophe: one resource of one user, on
 * 127.0.0.1, without TLS and without stream management (with it a client that
 * vanished lingers on the server instead of becoming unavailable).
 *
 * Every stanza that comes is kept until an expectation takes it or a sweep of
 * the world forgets it. An iq get or set from the other side is answered as a
 * client that knows nothing would: ping with a result, others with
 * service-unavailable.
 * Ownership: the world destroys clients in world_sweep.
 * Bounds: XCLIENT_KEPT stanzas, the oldest go; 60 or so clients at a time by
 * what the world polls, 500 by select(2) inside libstrophe.
 */
struct xclient;

enum { XCLIENT_KEPT = 5000 };

struct xclient_login {
	unsigned port;
	const char *user;
	const char *domain;
	const char *resource;
	const char *password;
};

/* Registers the user in band (XEP-0077) on a stream of its own, as jabberd2
 * wants it; a user who is there already is fine. False with a line in the
 * transcript when the server refuses. */
bool xclient_register(struct world *w, const struct xclient_login *login);

/* Begins to log in; the name in reports is user/resource. */
struct xclient *xclient_open(
	struct world *w, const struct xclient_login *login);

/* Registers, logs in, waits until it is online. Sends no presence. */
struct xclient *xclient_login(
	struct world *w, const struct xclient_login *login);

bool xclient_online(const struct xclient *c);
bool xclient_broken(const struct xclient *c); /* was refused or cut off */
void xclient_await_online(struct xclient *c, double seconds, const char *at);

/* The same client logs in again: after its server came back, say. */
void xclient_reopen(struct xclient *c);

void xclient_keep(struct xclient *c);	 /* lives through sweeps */
void xclient_release(struct xclient *c); /* ... no longer */
void xclient_close(struct xclient *c); /* </stream:stream>, politely */
void xclient_cut(struct xclient *c);   /* the connection is gone, no word */

const char *xclient_jid(const struct xclient *c);  /* bare */
const char *xclient_full(const struct xclient *c); /* with the resource */

/* XML as it stands. */
void xclient_send(struct xclient *c, const char *xml);
/* With printf directives; text put in must be XML already. */
void xclient_sendf(struct xclient *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What it answers to the next iq of type get, instead of an error: XML, lent. */
void xclient_answers(struct xclient *c, const char *payload);

/* --- expectations ------------------------------------------------------- */

enum { XWANT_PATHS = 10 };

/* What is waited for. Members left out: kind, from, to and id may be any;
 * type must be absent ("*": any); no paths; 10 seconds. */
struct xwant {
	const char *kind;
	const char *from; /* compared without regard to ASCII case */
	const char *to;
	const char *type;
	const char *id;
	const char *has[XWANT_PATHS]; /* xstanza.h: paths */
	double seconds;
	const char *at;
};

/* Waits for the first untaken stanza that fits, and takes it; the others stay.
 * Ends the case when none comes. Lent until the world is swept. */
const struct xstanza *xclient_expect(
	struct xclient *c, const struct xwant *want);

/* Nothing untaken fits, of what has come so far. Sync first. */
void xclient_expect_no(struct xclient *c, const struct xwant *want);

/* How many have come, taken or not, since the last sweep. */
unsigned xclient_count(const struct xclient *c, const struct xwant *want);

/* The first came before the second; else the case ends. */
void xclient_in_order(struct xclient *c, const struct xstanza *first,
	const struct xstanza *second, const char *at);

/* Pings jid and waits for the answer, result or error: all that jid's side
 * had sent before has arrived then. */
void xclient_sync(struct xclient *c, const char *jid, const char *at);

/* Takes all that came so far. */
void xclient_forget(struct xclient *c);

#define XWANT(...)	    (&(struct xwant){.at = AT, __VA_ARGS__})
#define X_EXPECT(c, ...)    xclient_expect((c), XWANT(__VA_ARGS__))
#define X_EXPECT_NO(c, ...) xclient_expect_no((c), XWANT(__VA_ARGS__))
#define X_IN_ORDER(c, a, b) xclient_in_order((c), (a), (b), AT)
#define X_SYNC(c, jid)	    xclient_sync((c), (jid), AT)

/* --- for load ----------------------------------------------------------- */

/* Sees each stanza first; true: it is done with and not kept. Called from
 * inside libstrophe: it must not end the case. */
void xclient_watch(struct xclient *c,
	bool (*seen)(void *ctx, const struct xstanza *s), void *ctx);

/* Leaves this client's stanzas out of the transcript. */
void xclient_quiet(struct xclient *c);

#endif
