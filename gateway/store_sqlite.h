/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_STORE_SQLITE_H
#define GATEWAY_STORE_SQLITE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "mapping/ports.h"

/*
 * The database under gateway/store: one file of SQLite with a write-ahead log,
 * one table of rows. A row with `secret` set has a sealed value here: nothing
 * in this file can unseal one. Used by one thread at a time; every call may
 * wait for the disk. `why`: a line of text for the operator with what to do;
 * never a value.
 */
struct store_db;

/*
 * A change: all of its rows or none; lent for the call. Without rows it is
 * passed over and keeps its err.
 */
struct store_change {
	struct store_change *next;
	const struct store_row *rows;
	size_t nrows;
	enum err err;  /* out: ERR_OK, durable; else nothing of it was kept */
	char why[200]; /* out, when it was not */
};

/*
 * The shape of the table, as the way to it: step n, SQL, leads from version n
 * to n + 1 (PRAGMA user_version). Steps are added, never changed.
 */
extern const char *const store_steps[];
extern const unsigned store_step_count;

/*
 * Opens the file and brings it to the last version, each step a transaction.
 * ERR_BAD_INPUT: damaged, or another program's; ERR_WRONG_STATE: of a newer
 * version of Isthmus; ERR_IO: all else. It was not changed then.
 */
NODISCARD enum err store_db_open(const char *path, const char *const *steps,
	unsigned nsteps, struct store_db **out, struct buf *why);
void store_db_close(struct store_db *db); /* NULL is fine */

/* All rows, lent one by one, sorted by their name. */
NODISCARD enum err store_db_each(struct store_db *db,
	void (*fn)(void *ctx, const struct store_row *row), void *ctx,
	struct buf *why);
/* How many rows are sealed. */
NODISCARD enum err store_db_sealed(
	struct store_db *db, size_t *out, struct buf *why);

/*
 * Makes a chain of changes, in its order, in one transaction. One that fails by
 * itself (ERR_TOO_BIG, ERR_BAD_INPUT) leaves the others alone; when the whole
 * fails (the disk is full) each is tried alone. A change that fails with ERR_IO
 * while it is made durable may be found again after a restart: nobody can know.
 */
void store_db_apply(struct store_db *db, struct store_change *first);

#endif
