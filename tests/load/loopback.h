/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_LOOPBACK_H
#define TESTS_LOAD_LOOPBACK_H

#include <stdbool.h>

/*
 * A listening TCP socket on 127.0.0.1. *port 0: a free one between 20000 and
 * 32767 (below the ephemeral range, so that no outgoing connection of anybody
 * takes it between two uses), found by binding it; else that very port.
 * recv_buffer > 0 sets SO_RCVBUF for the connections accepted from it.
 * Returns the descriptor, non-blocking, or -1.
 */
int loopback_listen(int *port, int recv_buffer);

#endif
