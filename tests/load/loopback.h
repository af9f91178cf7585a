/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_LOOPBACK_H
#define TESTS_LOAD_LOOPBACK_H

#include <stdbool.h>

#include <uv.h>

/*
 * A listening TCP socket on 127.0.0.1. *port 0: a free one between 20000 and
 * 32767 (below the ephemeral range, so that no outgoing connection of anybody
 * takes it between two uses), found by binding it; else that very port.
 * recv_buffer > 0 sets SO_RCVBUF for the connections accepted from it.
 * Returns the descriptor, non-blocking, or -1.
 */
int loopback_listen(int *port, int recv_buffer);

/*
 * The same as a listener of the loop: on_connection is told of each, the handle's
 * data is `ctx`. NULL: no port, or libuv does not listen on it.
 */
uv_tcp_t *loopback_open(uv_loop_t *loop, int *port, int recv_buffer,
	uv_connection_cb on_connection, void *ctx);
/* Freed by the loop. */
void loopback_close(uv_tcp_t *listener);

#endif
