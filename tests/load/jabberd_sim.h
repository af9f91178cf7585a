/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_JABBERD_SIM_H
#define TESTS_LOAD_JABBERD_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/*
 * Plays a Jabber server towards one component: the accept side of XEP-0114
 * on a loopback port, inside the test's own loop (PROTOCOL A.1). It checks
 * the handshake, hands every stanza of the component to a callback and sends
 * what the test tells it to. It has no users: the test writes their stanzas.
 * It answers pings to the server itself (XEP-0199) and does not hand them out.
 * Like the real servers it accepts one stream per name (a second one gets
 * `conflict`) and ends the stream with an error (counted) for what is not
 * well-formed, for a stanza without `from` or `to`, and for a `from` outside
 * the component's domain.
 * Ownership: the sim is freed by the loop after jabberd_sim_close().
 */
struct jabberd_sim;

/* A stanza of the component; everything in it is lent for the call. */
struct jabberd_stanza {
	const char *kind; /* "message", "presence", "iq", "stream:error" */
	const char *from; /* "" when absent, as the next three */
	const char *to;
	const char *type;
	const char *id;
	const char *text; /* the element as it was written */
	size_t len;
};

enum jabberd_event {
	JABBERD_OPENED,	 /* TCP connection accepted */
	JABBERD_ONLINE,	 /* handshake checked and answered */
	JABBERD_REFUSED, /* wrong secret, wrong name, second stream, bad XML */
	JABBERD_GOODBYE, /* </stream:stream> came */
	JABBERD_GONE	 /* connection closed, whoever did it */
};

struct jabberd_sim_config {
	const char *component; /* the JID that may attach */
	const char *secret;
	int recv_buffer; /* SO_RCVBUF of the connection; 0: the system's */
	/*
	 * Answers the first stream header instead of ours, as it is: for
	 * streams that begin badly. NULL: none.
	 */
	const char *first_header;
	void (*on_stanza)(void *ctx, const struct jabberd_stanza *stanza);
	void (*on_event)(void *ctx, enum jabberd_event event);
	void *ctx;
};

struct jabberd_sim_stats {
	unsigned opened; /* connections */
	unsigned online; /* ... whose handshake was right */
	unsigned refused;
	uint64_t stanzas;
	uint64_t bytes_in;
};

/* Listens at once; NULL when no port could be had. Strings are copied. */
struct jabberd_sim *jabberd_sim_open(
	uv_loop_t *loop, const struct jabberd_sim_config *config);
void jabberd_sim_close(struct jabberd_sim *sim);

int jabberd_sim_port(const struct jabberd_sim *sim);
bool jabberd_sim_online(const struct jabberd_sim *sim);
const struct jabberd_sim_stats *jabberd_sim_stats(
	const struct jabberd_sim *sim);

/* Bytes into the stream as they are; dropped while nobody is online. */
void jabberd_sim_send(struct jabberd_sim *sim, const char *xml, size_t len);
void jabberd_sim_sendf(struct jabberd_sim *sim, const char *xml, ...)
	__attribute__((format(printf, 2, 3)));

/* Bytes given to jabberd_sim_send and not yet taken by the kernel. */
size_t jabberd_sim_pending(const struct jabberd_sim *sim);

/* Stops and goes on reading from the component: a slow server. */
void jabberd_sim_pause(struct jabberd_sim *sim, bool paused);

/* Ends the connection without a word. */
void jabberd_sim_drop(struct jabberd_sim *sim);

/*
 * A restart is: stop (drops the connection and the port), then start, which
 * listens on the same port again. False: the port could not be had again.
 */
void jabberd_sim_stop(struct jabberd_sim *sim);
bool jabberd_sim_start(struct jabberd_sim *sim);

#endif
