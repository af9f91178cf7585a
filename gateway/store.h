/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_STORE_H
#define GATEWAY_STORE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "gateway/loop_uv.h"
#include "mapping/ports.h"

/*
 * What is kept over restarts: rows by name (struct store_row) in a database of
 * SQLite. Opened and read at the start, before anybody comes; then changes are
 * handed over by the loop and made by a thread of their own, as many as wait in
 * one transaction, so that nobody waits for the disk.
 *
 *     store_save() -> asked -> the thread: one transaction, one fsync()
 *                  -> answered -> uv_async_t -> saved()
 *
 * Answers come in the order of the calls, ERR_OK when it is on the disk. What
 * does not fit the queue is answered ERR_FULL in its turn.
 * Secrets are sealed (AES-256-GCM, under user, kind, scope and key) before they
 * enter the queue: neither the queue nor SQLite ever sees one, and one that is
 * moved to another row does not unseal.
 * `why`: lines of text for the operator, each with its line end; no values.
 */
struct store;

enum {
	STORE_CHANGES_MAX = 10000,
	STORE_BYTES_MAX = 16 * 1024 * 1024,
};

/*
 * file NULL: there is no storage; nothing to load, and every change is answered
 * ERR_WRONG_STATE. Otherwise the file is made when it is missing, and so is the
 * key while nothing is sealed. Not ERR_OK: it is in use, damaged, newer, or the
 * key is not right; nothing was changed.
 */
NODISCARD enum err store_open(const char *file, const char *key_file,
	struct store **out, struct buf *why);

/* Every row, its secret unsealed; lent for the call. Before store_start().
 * ERR_BAD_INPUT: there are sealed rows that the key does not open, named. */
NODISCARD enum err store_load(struct store *s,
	void (*fn)(void *ctx, const struct store_row *row), void *ctx,
	struct buf *why);

/* why: "" when it is saved; lent for the call. */
typedef void store_saved_fn(
	void *ctx, uint64_t token, enum err err, const char *why);

/* Once. From now on changes are taken. */
void store_start(
	struct store *s, struct loop *loop, store_saved_fn *saved, void *ctx);
/* The port `save`. */
void store_save(struct store *s, uint64_t token, const struct store_row *rows,
	size_t nrows);

/*
 * Waits, so long at most, until everything handed over is answered, also what
 * is handed over by those who hear the answers: saved() was called for it then.
 */
void store_settle(struct store *s, uint64_t max_ms);

/*
 * Everything handed over is made durable first, which this call waits for;
 * answers that did not come yet never do. NULL is fine. The loop frees the last
 * of it.
 */
void store_close(struct store *s);

#endif
