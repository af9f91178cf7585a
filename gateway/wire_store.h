/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_WIRE_STORE_H
#define GATEWAY_WIRE_STORE_H

#include <stdbool.h>

#include "gateway/config.h"
#include "gateway/loop_uv.h"
#include "mapping/mapping.h"

/*
 * Storage between gateway/store and the core: opened as the configuration says,
 * what is kept given to the core before anybody comes, changes and answers
 * carried. What the operator must know of it goes to the log: once when it
 * begins to fail, once when it works again.
 */
struct wire_store;

/* NULL: it cannot be used; the log says why. config is lent for the call. */
struct wire_store *wire_store_open(const struct config *config);
/* false: what is kept cannot be read; the log says why. */
NODISCARD bool wire_store_start(struct wire_store *s, struct loop *loop,
	struct mapping *mapping);
/* The port `save`. */
void wire_store_save(struct wire_store *s, uint64_t token,
	const struct store_row *rows, size_t nrows);
/* The log says what of a new configuration only a restart can change. */
void wire_store_reload(const struct wire_store *s, const struct config *config);
/*
 * Who waits for storage is answered now, while they can still be told; within
 * two seconds, or not at all.
 */
void wire_store_settle(struct wire_store *s);
/* Waits until all that was handed over is durable. NULL is fine. */
void wire_store_close(struct wire_store *s);

#endif
