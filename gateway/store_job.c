/* SPDX-License-Identifier: MIT */
#include "gateway/store_job.h"

#include <string.h>

#include "base/crypto.h"

/* The name of a row as sealing binds it; NUL is in none of the four. */
static void add_name(const struct store_row *row, struct buf *out)
{
	const char *parts[] = {row->user, row->kind, row->scope, row->key};

	buf_init(out, STORE_NAME_MAX);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		buf_add(out, parts[i], strlen(parts[i]) + 1);
	}
}

static void seal(
	const struct store_key *key, const struct store_row *row, char *out)
{
	struct buf name;

	add_name(row, &name);
	must(!name.overflow);
	crypto_seal(store_key_bytes(key), buf_slice(&name), row->value,
		(unsigned char *)out);
	buf_finish(&name);
}

enum err store_row_unseal(const struct store_key *key,
	const struct store_row *row, unsigned char *out, struct slice *plain)
{
	struct buf name;
	enum err err = ERR_BAD_INPUT;

	if (row->value.len < SEAL_EXTRA) {
		return err;
	}
	add_name(row, &name);
	if (!name.overflow) {
		err = crypto_unseal(store_key_bytes(key), buf_slice(&name),
			row->value, out);
	}
	buf_finish(&name);
	*plain = slice((const char *)out, row->value.len - SEAL_EXTRA);
	return err;
}

size_t store_row_size(const struct store_row *row)
{
	return strlen(row->user) + strlen(row->kind) + strlen(row->scope) +
	       strlen(row->key) + 4 + row->value.len + SEAL_EXTRA;
}

static char *copy_text(char **at, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = memcpy(*at, text, size);

	*at += size;
	return copy;
}

/* *at: where the text goes; on return behind it. */
static void copy_row(const struct store_key *key, const struct store_row *row,
	struct store_row *out, char **at)
{
	*out = (struct store_row){
		.user = copy_text(at, row->user),
		.kind = copy_text(at, row->kind),
		.scope = copy_text(at, row->scope),
		.key = copy_text(at, row->key),
		.secret = row->secret,
	};
	must(row->kind[0] != '\0' || row->value.p == NULL);
	if (row->value.p == NULL) {
		return;
	}
	out->value = slice(*at, row->value.len);
	if (row->secret) {
		out->value.len += SEAL_EXTRA;
		seal(key, row, *at);
	} else {
		memcpy(*at, row->value.p, row->value.len);
	}
	*at += out->value.len;
}

struct store_job *store_job_create(const struct store_key *key, uint64_t token,
	const struct store_row *rows, size_t nrows, size_t text)
{
	size_t size = sizeof(struct store_job) + nrows * sizeof *rows + text;
	struct store_job *job = must_calloc(1, size);
	char *at = (char *)&job->rows[nrows];

	job->token = token;
	job->size = size;
	job->change.rows = job->rows;
	job->change.nrows = nrows;
	for (size_t i = 0; i < nrows; i++) {
		copy_row(key, &rows[i], &job->rows[i], &at);
	}
	return job;
}
