/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_STORE_SCHEMA_H
#define GATEWAY_STORE_SCHEMA_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Whose database a file is, whether it is whole, and the way to the last
 * version of its table; for store_sqlite.c, with what it needs to speak of
 * faults.
 */
struct sqlite3; /* SQLite's */

struct store_sql {
	struct sqlite3 *sql;
	char *path; /* for messages */
};

/* As store_db_open() promises; the handle is open and stays the caller's. */
NODISCARD enum err store_schema(const struct store_sql *db,
	const char *const *steps, unsigned nsteps, struct buf *why);

/* A result code as an error of ours, and what the operator can do: "" or ";
 * ...". */
const char *store_sql_hint(int code, enum err *err);
/* What SQLite said last; its messages have names of columns and no values. */
enum err store_sql_fault(
	const struct store_sql *db, const char *doing, struct buf *why);

#endif
