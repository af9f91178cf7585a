/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_WIRE_PEER_H
#define TESTS_LOAD_WIRE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "tests/load/outq.h"

/*
 * The other end of a connection, played word by word: connects to a loopback
 * port, says what the test tells it and waits for what must come.
 * Ownership: memory is the caller's; wire_peer_close() runs the loop until
 * the connection is gone.
 */
struct wire_peer {
	uv_loop_t *loop;
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_timer_t deadline;
	struct outq out;
	char got[65536]; /* not yet waited for, ends with NUL */
	size_t len;
	bool ended; /* by the other side */
	bool late;
	unsigned open_handles;
	char in[4096];
};

void wire_peer_open(struct wire_peer *peer, uv_loop_t *loop, int port);
void wire_peer_close(struct wire_peer *peer);

void wire_peer_say(struct wire_peer *peer, const char *text);

/*
 * Runs the loop until the text has come; what came up to its end is
 * forgotten. False after 5 s, or when the connection ended without it.
 */
bool wire_peer_wait(struct wire_peer *peer, const char *text);

/* The other side must close within 5 s. */
bool wire_peer_wait_end(struct wire_peer *peer);

/* What came and has not been waited for, for messages of failure. */
const char *wire_peer_rest(const struct wire_peer *peer);

#endif
