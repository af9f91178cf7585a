/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_STORE_FILE_H
#define GATEWAY_STORE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The files of storage that SQLite does not care for: the lock on the database,
 * and the key that secrets are sealed under. `why`: a line for the operator.
 */

/*
 * Takes the database for this process until *fd is closed, which comes after
 * SQLite has closed it (a close() of ours would drop SQLite's locks). Creates
 * it, empty, and its folder, for our user alone. ERR_WRONG_STATE: another
 * process has it; ERR_IO.
 */
NODISCARD enum err store_file_lock(const char *path, int *fd, struct buf *why);

/*
 * The key: SEAL_KEY bytes in a file of its own, in memory on a page that is
 * neither swapped nor dumped, wiped when it goes.
 */
struct store_key;

/*
 * ERR_NOT_FOUND: there is no such file, `why` is as it was. ERR_FORBIDDEN:
 * others than its owner may read it. ERR_BAD_INPUT: not a key. ERR_IO.
 */
NODISCARD enum err store_key_read(
	const char *path, struct store_key **out, struct buf *why);
/* A new one, in the file before it is used. ERR_IO: also when there is one. */
NODISCARD enum err store_key_create(
	const char *path, struct store_key **out, struct buf *why);
const unsigned char *store_key_bytes(const struct store_key *key);
void store_key_destroy(struct store_key *key); /* NULL is fine */

#endif
