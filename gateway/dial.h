/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_DIAL_H
#define GATEWAY_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "base/err.h"
#include "gateway/dns.h"
#include "gateway/identd.h"
#include "gateway/loop_uv.h"

/*
 * From a host and a port to a connected socket: resolve, check each address
 * against the policy, try the addresses in parallel, 250 ms apart, both
 * families in turn (as RFC 8305 has it); the first one wins.
 * Bounds: DIAL_ATTEMPTS addresses, 10 s for all of connecting, DNS_DEADLINE_MS
 * before that.
 * With sources each attempt comes from the one of its family; a family without
 * one is not tried. Names that end in .onion are nobody's to be asked for (RFC
 * 7686): ERR_DNS.
 * The policy is applied to the very address given to connect(): what the DNS
 * says a second time does not matter.
 */
struct dial;

enum { DIAL_ATTEMPTS = 6, DIAL_STAGGER_MS = 250, DIAL_TIMEOUT_MS = 10000 };

struct dial_target {
	const char *host; /* name in ASCII or address literal */
	uint16_t port;
	bool allow_private;
	const char *owner; /* for DNS_PER_OWNER; NULL: no limit */
	const struct source_config *sources; /* none: the system chooses */
	size_t nsources;
	struct identd *identd;    /* NULL: there is none */
	const char *ident;        /* NULL: nobody is told */
	const unsigned char *who; /* 32 bytes: chooses one (gateway/source.h) */
};

/*
 * Once, in a later turn. tcp: connected, not yet reading, allocated by
 * malloc(): the receiver closes it and frees it in the close callback; NULL
 * unless err is ERR_OK; its data is its ident_mark or NULL. detail: for people,
 * "" when there is none; lent.
 */
typedef void dial_done_fn(void *ctx, enum err err, uv_tcp_t *tcp,
	const char *detail);

/* The strings of `to` are lent for the call. */
struct dial *dial_start(struct loop *loop, struct dns *dns,
	const struct dial_target *to, dial_done_fn *done, void *ctx);
/* done is not called any more. */
void dial_cancel(struct dial *d);

/* What a libuv error means in the program's own terms. */
enum err dial_err(int uv_status);

#endif
