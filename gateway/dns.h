/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_DNS_H
#define GATEWAY_DNS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "gateway/address.h"
#include "gateway/loop_uv.h"

/*
 * Names to addresses, by c-ares in the loop: no thread waits for a dead name
 * server. A and AAAA are asked in parallel; when one has answered the other
 * has 250 ms more; after 5 s it is over. Answers alternate between the
 * families, IPv6 first. No search domains: a name that users type is never
 * looked for in the operator's own domain.
 * Bounds: DNS_ADDRESSES an answer, DNS_PER_OWNER questions pending for one
 * owner. What was cancelled or given up counts until c-ares is done with it:
 * the limit is about the load we make.
 */
struct dns;
struct dns_query;

enum {
	DNS_ADDRESSES = 8,
	DNS_PER_OWNER = 8,
	DNS_DEADLINE_MS = 5000,
	DNS_SECOND_FAMILY_MS = 250,
};

struct dns_answer {
	size_t n;
	union address a[DNS_ADDRESSES];
};

/*
 * Called once, in a later turn. The answer is lent. Otherwise: ERR_DNS no such
 * name or no address, ERR_TIMEOUT, ERR_FULL over the limit of this owner.
 */
typedef void dns_done_fn(void *ctx, enum err err,
	const struct dns_answer *answer);

/* servers: "127.0.0.1:53,..." for tests, NULL for those of the system. */
struct dns *dns_create(struct loop *loop, const char *servers);
/* Queries that still run end without a call. */
void dns_destroy(struct dns *dns);

/* host is ASCII; owner may be NULL: no limit. Both are lent for the call. */
struct dns_query *dns_ask(struct dns *dns, const char *host, uint16_t port,
	const char *owner, dns_done_fn *done, void *ctx);
/* done is not called; the query is gone for the caller. */
void dns_cancel(struct dns_query *q);

#endif
