/* SPDX-License-Identifier: MIT */
#ifndef TESTS_E2E_TLS_PEER_H
#define TESTS_E2E_TLS_PEER_H

#include "tests/support/prog.h"
#include "tests/support/world.h"

/*
 * TLS servers that no IRC server would be: openssl s_server with certificates
 * made here. It accepts and says nothing.
 */
enum tls_peer_kind {
	PEER_EXPIRED, /* its certificate was valid until an hour ago */
	PEER_EARLY,   /* ... will be in an hour */
	PEER_OLD,     /* TLS 1.1 */
	PEER_ALERT,   /* no cipher in common: an alert */
	PEER_KINDS,
};

/* An authority that signs for all of them: a file for ca_file. Lent. */
const char *tls_peer_ca(struct world *w);
/* Runs on 127.0.0.1 at *port; stopped by prog_stop(). */
struct prog *tls_peer_start(struct world *w, enum tls_peer_kind kind,
	unsigned *port);

#endif
