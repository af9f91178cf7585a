/* SPDX-License-Identifier: MIT */
#include "gateway/wire_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gateway/store.h"

enum { WHY_MAX = 16 * 1024, SETTLE_MS = 2000 };

struct wire_store {
	struct store *store;
	struct mapping *mapping;
	char *file; /* NULL: there is none */
	char *key_file;
	size_t rows;         /* loaded */
	unsigned long lost;  /* changes in a row that were not kept */
};

static void log_why(struct buf *why)
{
	struct slice rest = buf_slice(why);

	while (rest.len > 0) {
		struct slice line = slice_cut(&rest, '\n');

		log_error(NULL, "storage %.*s", SLICE_ARG(line));
	}
}

struct wire_store *wire_store_open(const struct config *config)
{
	struct wire_store *s = must_calloc(1, sizeof *s);
	struct buf why;
	enum err err;

	if (config->storage) {
		s->file = must_strndup(config->storage_file,
			strlen(config->storage_file));
		s->key_file = must_strndup(config->storage_key_file,
			strlen(config->storage_key_file));
	}
	buf_init(&why, WHY_MAX);
	err = store_open(s->file, s->key_file, &s->store, &why);
	log_why(&why);
	buf_finish(&why);
	if (err != ERR_OK) {
		wire_store_close(s);
		return NULL;
	}
	return s;
}

static void on_row(void *ctx, const struct store_row *row)
{
	struct wire_store *s = ctx;

	s->rows++;
	mapping_load(s->mapping, row);
}

/* What a full disk or a full queue does, not what one change asked for. */
static bool is_outage(enum err err)
{
	return err == ERR_IO || err == ERR_FULL;
}

static void on_saved(void *ctx, uint64_t token, enum err err, const char *why)
{
	struct wire_store *s = ctx;

	why = why[0] != '\0' ? why : err_text(err);
	if (is_outage(err)) {
		if (s->lost++ == 0) {
			log_error(NULL, "storage fails, users are told: %s",
				why);
		}
	} else if (err == ERR_OK && s->lost > 0) {
		log_warn(NULL, "storage works again changes_lost=%lu", s->lost);
		s->lost = 0;
	} else if (err != ERR_OK && s->file != NULL) {
		log_warn(NULL, "storage refused a change: %s", why);
	}
	mapping_saved(s->mapping, token, err);
}

bool wire_store_start(struct wire_store *s, struct loop *loop,
	struct mapping *mapping)
{
	struct buf why;
	enum err err;

	s->mapping = mapping;
	buf_init(&why, WHY_MAX);
	err = store_load(s->store, on_row, s, &why);
	log_why(&why);
	buf_finish(&why);
	if (err != ERR_OK) {
		return false;
	}
	if (s->file != NULL) {
		log_info(NULL, "storage loaded file=%s rows=%zu", s->file,
			s->rows);
	} else {
		log_warn(NULL, "storage is off, nobody can register");
	}
	store_start(s->store, loop, on_saved, s);
	return true;
}

void wire_store_save(struct wire_store *s, uint64_t token,
	const struct store_row *rows, size_t nrows)
{
	store_save(s->store, token, rows, nrows);
}

void wire_store_settle(struct wire_store *s)
{
	store_settle(s->store, SETTLE_MS);
}

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

void wire_store_reload(const struct wire_store *s, const struct config *config)
{
	bool on = config->storage;

	if (!same(s->file, on ? config->storage_file : NULL) ||
		!same(s->key_file, on ? config->storage_key_file : NULL)) {
		log_warn(NULL, "storage stays as it was, it changes by a "
			       "restart only");
	}
}

void wire_store_close(struct wire_store *s)
{
	if (s != NULL) {
		store_close(s->store);
		free(s->file);
		free(s->key_file);
		free(s);
	}
}
