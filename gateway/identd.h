/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_IDENTD_H
#define GATEWAY_IDENTD_H

#include <stdbool.h>
#include <stdint.h>

#include <uv.h>

#include "base/err.h"
#include "base/slice.h"
#include "gateway/address.h"
#include "gateway/loop_uv.h"

/*
 * The identification protocol (RFC 1413), for links of the gateway only: an IRC
 * server asks who is behind a connection from here, and is told the ident of that
 * user. Whoever asks for anything else, or from another address than the
 * connection leads to, hears NO-USER.
 * Bounds: IDENTD_QUERIES at a time; one more, and the oldest is closed: a server
 * asks at once, so who holds a place in silence is none. One question each, of
 * IDENTD_LINE bytes, within IDENTD_MS.
 */
struct identd;
struct ident_mark;

enum { IDENTD_QUERIES = 64, IDENTD_LINE = 64, IDENTD_MS = 10000 };

/* The ports of a question: `6193, 23`. */
NODISCARD enum err identd_parse(struct slice line, uint16_t *ours,
	uint16_t *theirs);

/* Listens nowhere yet; links without a user are never told of. */
struct identd *identd_create(struct loop *loop);
/*
 * Here from now on, and nowhere else; host: an address literal, NULL: nowhere.
 * What links are known by stays. ERR_IO: it cannot listen there (the log says
 * why), and all is as it was.
 */
NODISCARD enum err identd_listen(struct identd *d, const char *host,
	uint16_t port);
/* Marks may outlive it. NULL is fine. */
void identd_destroy(struct identd *d);

/*
 * This socket, which is being connected to `to`, is that user's; ident is
 * copied. NULL: nobody can ask for it now. Taken back before the socket closes.
 */
struct ident_mark *identd_mark(struct identd *d, uv_tcp_t *tcp,
	const union address *to, const char *ident);
void identd_unmark(struct ident_mark *m); /* NULL is fine */

#endif
