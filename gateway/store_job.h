/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_STORE_JOB_H
#define GATEWAY_STORE_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/store_file.h"
#include "gateway/store_sqlite.h"

/*
 * A change on its way from the loop to the database and back: one piece of
 * memory with all its text, secrets sealed under the name of their row.
 * free() ends it; there is nothing in it to wipe.
 */
struct store_job {
	struct store_change change; /* first */
	uint64_t token;
	size_t size;
	struct store_row rows[];
};

/* What the text of a row takes at most. */
size_t store_row_size(const struct store_row *row);
/*
 * text: the sum of store_row_size(). Without rows it only stands in the queue
 * and is answered `err` in its turn. key: may be NULL then.
 */
struct store_job *store_job_create(const struct store_key *key, uint64_t token,
	const struct store_row *rows, size_t nrows, size_t text);

/* Rows as the database has them, with their secrets again. */
enum { STORE_NAME_MAX = 64 * 1024 };
/* out: row->value.len bytes, the caller's to wipe; *plain points to it.
 * ERR_BAD_INPUT: not sealed by this key in this row. */
NODISCARD enum err store_row_unseal(const struct store_key *key,
	const struct store_row *row, unsigned char *out, struct slice *plain);

#endif
