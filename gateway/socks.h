/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_SOCKS_H
#define GATEWAY_SOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The client's part of a SOCKS5 conversation (RFC 1928, 1929): bytes in, bytes
 * out, no socket. CONNECT to a name, which the proxy resolves, or to an address;
 * without authentication, or by user and password: an isolating proxy (Tor)
 * keeps connections with different ones apart.
 * Bounds: names, users and passwords of 255 bytes; an answer is at most 262.
 */
struct socks;

enum { SOCKS_TEXT = 255 };

struct socks_target {
	const char *host; /* 1 to SOCKS_TEXT bytes; an address literal is one */
	uint16_t port;
	const char *user; /* NULL: no authentication; 1 to SOCKS_TEXT bytes */
	const char *password;
};

/* Copies what it needs. ERR_TOO_BIG: a text does not fit. */
NODISCARD enum err socks_create(const struct socks_target *to,
	struct socks **out);
void socks_destroy(struct socks *s); /* NULL is fine; wipes the password */

/* The first bytes to be sent. */
void socks_begin(struct socks *s, struct buf *out);
/*
 * Bytes of the proxy; *used of them are its own, what follows *done is the
 * server's. ERR_PROXY: it refuses us, or is no SOCKS5 proxy; ERR_DNS,
 * ERR_REFUSED, ERR_UNREACHABLE, ERR_TIMEOUT, ERR_FORBIDDEN: what it says of the
 * server. Not after an error, nor after *done.
 */
NODISCARD enum err socks_input(struct socks *s, const char *p, size_t len,
	struct buf *out, size_t *used, bool *done);
/* Why, for people; "" while nothing failed. */
const char *socks_detail(const struct socks *s);

#endif
