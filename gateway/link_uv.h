/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_LINK_UV_H
#define GATEWAY_LINK_UV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "gateway/dns.h"
#include "gateway/link_tls.h"
#include "gateway/loop_uv.h"
#include "mapping/config.h"

/*
 * One outgoing connection, TCP or TLS: to the Jabber server or to an IRC
 * server. With a proxy the name goes to it as it is: nothing is looked up here,
 * and of the policy on addresses only literals and localhost are left.
 * Everything written in a turn of the loop leaves in one piece at its end. Events
 * come in turns of their own, never from inside a call.
 * Ownership: opened by link_open(), gone for the caller with link_close(),
 * link_abort() or its on_lost event; libuv's part dies when it can.
 * Bounds: max_output bytes not yet taken by the kernel, beyond that the link is
 * lost with ERR_FULL; max_turn bytes read before others have their turn. An idle
 * link holds no buffer.
 */
struct link;

/* Copied. A link that drains needs only the loop. */
struct link_world {
	struct loop *loop;
	struct dns *dns;
	struct tls_store *tls;
	struct identd *identd; /* NULL: there is none */
};

enum {
	LINK_PROXY_TIMEOUT_MS = 60000, /* circuits take their time */
	LINK_TLS_TIMEOUT_MS = 10000, /* handshake, after connecting */
	LINK_CLOSE_MS = 5000,  /* for output to leave after link_close() */
	LINK_LINGER_MS = 1000, /* of these: for the peer to close as well */
};

/* Strings are lent for the call. */
struct link_config {
	const char *host;
	uint16_t port;
	const struct server_config *proxy; /* SOCKS5; NULL: none */
	const char *proxy_user; /* NULL: no authentication */
	const char *proxy_password;
	const struct source_config *sources; /* none: the system chooses */
	size_t nsources;
	const unsigned char *who; /* 32 bytes: chooses one of them */
	const char *ident; /* what identd says of it; NULL: nothing */
	enum link_tls tls;
	const char *ca_file;
	const char *const *pins;
	size_t npins;
	const char *certificate; /* see tls_target; wiped with the link */
	bool allow_private;
	const char *owner; /* for limits per user, or NULL */
	size_t max_output;
	size_t max_turn;   /* bytes read in a turn, 0: LOOP_READ_MAX */
	size_t high_water; /* 0: no water marks */
	size_t low_water;
};

struct link_events {
	void (*on_up)(void *ctx); /* TLS included */
	void (*on_data)(void *ctx, const char *p, size_t len);
	/* The last event. detail: for people, "" when there is none; lent. */
	void (*on_lost)(void *ctx, enum err why, const char *detail);
	/* Output is below low_water again after it was above high_water. */
	void (*on_low)(void *ctx); /* may be NULL */
};

/* The events are kept by pointer: they are a constant of the caller. */
struct link *link_open(const struct link_world *world,
	const struct link_config *config, const struct link_events *events,
	void *ctx);

/* Before on_up and after a fault it is dropped. */
void link_write(struct link *l, const char *p, size_t len);
bool link_is_high(const struct link *l); /* above high_water, until on_low */

/* The turn did not suffice for all it has sent. */
bool link_had_more(const struct link *l);

/* Stops reading; the peer feels it. Before on_up: from then on. */
void link_pause(struct link *l, bool paused);

/* After what was written; at most LINK_CLOSE_MS. */
void link_close(struct link *l);
void link_abort(struct link *l);

struct link_stats {
	unsigned long writes; /* calls of the kernel, or queued when it is full */
	unsigned long bytes_in;
	unsigned long bytes_out;
};
void link_stats(const struct link *l, struct link_stats *out);

#endif
