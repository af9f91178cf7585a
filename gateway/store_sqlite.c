/* SPDX-License-Identifier: MIT */
#include "gateway/store_sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "gateway/store_schema.h"

enum {
	BUSY_MS = 5000, /* for another program's lock */
	VALUE_MAX = 1024 * 1024,
};

enum statement {
	BEGIN,
	COMMIT,
	ROLLBACK,
	SAVE,
	RELEASE,
	UNDO,
	PUT,
	DELETE,
	DELETE_USER,
	EACH,
	SEALED,
	STATEMENTS,
};

static const char *const statements[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[SAVE] = "SAVEPOINT change",
	[RELEASE] = "RELEASE change",
	[UNDO] = "ROLLBACK TO change",
	[PUT] = "INSERT OR REPLACE INTO entry"
		" (user, kind, scope, key, value, sealed)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[DELETE] = "DELETE FROM entry WHERE user = ?1 AND kind = ?2"
		   " AND scope = ?3 AND key = ?4",
	[DELETE_USER] = "DELETE FROM entry WHERE user = ?1",
	[EACH] = "SELECT user, kind, scope, key, value, sealed FROM entry"
		 " ORDER BY user, kind, scope, key",
	[SEALED] = "SELECT count(*) FROM entry WHERE sealed",
};

struct store_db {
	struct store_sql file;
	sqlite3_stmt *statements[STATEMENTS];
};

/* --- opening -------------------------------------------------------------- */

static enum err prepare(struct store_db *db, struct buf *why)
{
	for (int i = 0; i < STATEMENTS; i++) {
		if (sqlite3_prepare_v3(db->file.sql, statements[i], -1,
			    SQLITE_PREPARE_PERSISTENT, &db->statements[i],
			    NULL) != SQLITE_OK) {
			return store_sql_fault(&db->file,
				"has not the table that it should", why);
		}
	}
	return ERR_OK;
}

static enum err open_all(struct store_db *db, const char *const *steps,
	unsigned nsteps, struct buf *why)
{
	enum err err;

	if (sqlite3_open_v2(db->file.path, &db->file.sql,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
			    SQLITE_OPEN_NOMUTEX,
		    NULL) != SQLITE_OK) {
		must(db->file.sql != NULL);
		return store_sql_fault(&db->file, "cannot be opened", why);
	}
	sqlite3_extended_result_codes(db->file.sql, 1);
	sqlite3_busy_timeout(db->file.sql, BUSY_MS);
	sqlite3_limit(db->file.sql, SQLITE_LIMIT_LENGTH, VALUE_MAX);
	sqlite3_db_config(db->file.sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	err = store_schema(&db->file, steps, nsteps, why);
	return err == ERR_OK ? prepare(db, why) : err;
}

enum err store_db_open(const char *path, const char *const *steps,
	unsigned nsteps, struct store_db **out, struct buf *why)
{
	struct store_db *db = must_calloc(1, sizeof *db);
	enum err err;

	db->file.path = must_strndup(path, strlen(path));
	err = open_all(db, steps, nsteps, why);
	if (err != ERR_OK) {
		store_db_close(db);
		return err;
	}
	*out = db;
	return ERR_OK;
}

void store_db_close(struct store_db *db)
{
	if (db == NULL) {
		return;
	}
	for (int i = 0; i < STATEMENTS; i++) {
		sqlite3_finalize(db->statements[i]);
	}
	must(sqlite3_close(db->file.sql) == SQLITE_OK);
	free(db->file.path);
	free(db);
}

/* --- reading -------------------------------------------------------------- */

static const char *text_at(sqlite3_stmt *s, int column)
{
	const char *text = (const char *)sqlite3_column_text(s, column);

	return text ? text : "";
}

enum err store_db_each(struct store_db *db,
	void (*fn)(void *ctx, const struct store_row *row), void *ctx,
	struct buf *why)
{
	sqlite3_stmt *s = db->statements[EACH];
	enum err err = ERR_OK;
	int code;

	while ((code = sqlite3_step(s)) == SQLITE_ROW) {
		const char *value = sqlite3_column_blob(s, 4);
		struct store_row row = {
			.user = text_at(s, 0),
			.kind = text_at(s, 1),
			.scope = text_at(s, 2),
			.key = text_at(s, 3),
			.value = slice(value ? value : "",
				(size_t)sqlite3_column_bytes(s, 4)),
			.secret = sqlite3_column_int(s, 5) != 0,
		};

		fn(ctx, &row);
	}
	if (code != SQLITE_DONE) {
		err = store_sql_fault(&db->file, "cannot be read", why);
	}
	sqlite3_reset(s);
	return err;
}

enum err store_db_sealed(struct store_db *db, size_t *out, struct buf *why)
{
	sqlite3_stmt *s = db->statements[SEALED];
	enum err err = ERR_OK;

	if (sqlite3_step(s) == SQLITE_ROW) {
		*out = (size_t)sqlite3_column_int64(s, 0);
	} else {
		err = store_sql_fault(&db->file, "cannot be read", why);
	}
	sqlite3_reset(s);
	return err;
}

/* --- changing ------------------------------------------------------------- */

static bool step(struct store_db *db, enum statement which)
{
	int code = sqlite3_step(db->statements[which]);

	sqlite3_reset(db->statements[which]); /* says the same again */
	return code == SQLITE_DONE;
}

static bool bind(sqlite3_stmt *s, int at, const char *text)
{
	return sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC) == SQLITE_OK;
}

static bool put(struct store_db *db, const struct store_row *row)
{
	const char *names[] = {row->user, row->kind, row->scope, row->key};
	bool all = row->kind[0] == '\0' && row->value.p == NULL;
	enum statement which = all		      ? DELETE_USER
			       : row->value.p == NULL ? DELETE
						      : PUT;
	sqlite3_stmt *s = db->statements[which];
	int len = row->value.len > VALUE_MAX ? VALUE_MAX + 1
					     : (int)row->value.len;
	bool ok = true;

	for (int i = 0; ok && i < (all ? 1 : 4); i++) {
		ok = bind(s, i + 1, names[i]);
	}
	if (ok && which == PUT) {
		ok = (row->secret ? sqlite3_bind_blob(s, 5, row->value.p, len,
					    SQLITE_STATIC)
				  : sqlite3_bind_text(s, 5, row->value.p, len,
					    SQLITE_STATIC)) == SQLITE_OK &&
		     sqlite3_bind_int(s, 6, row->secret) == SQLITE_OK;
	}
	ok = ok && step(db, which);
	sqlite3_clear_bindings(s);
	return ok;
}

/* Notes in a change that it failed, and by what. */
static void fail(struct store_db *db, struct store_change *c)
{
	enum err err;
	const char *hint = store_sql_hint(sqlite3_errcode(db->file.sql), &err);

	c->err = err;
	snprintf(c->why, sizeof c->why, "%s%s", sqlite3_errmsg(db->file.sql),
		hint);
}

/* false: the transaction is gone, and not only this change. */
static bool make(struct store_db *db, struct store_change *c)
{
	bool ok = step(db, SAVE);

	c->err = ERR_OK;
	for (size_t i = 0; ok && i < c->nrows; i++) {
		ok = put(db, &c->rows[i]);
	}
	if (ok && step(db, RELEASE)) {
		return true;
	}
	fail(db, c);
	return !sqlite3_get_autocommit(db->file.sql) && step(db, UNDO) &&
	       step(db, RELEASE);
}

static void fail_all(struct store_db *db, struct store_change *first,
	const struct store_change *end)
{
	struct store_change why;

	fail(db, &why);
	for (struct store_change *c = first; c != end; c = c->next) {
		if (c->nrows > 0) {
			c->err = ERR_IO;
			memcpy(c->why, why.why, sizeof c->why);
		}
	}
}

/* One transaction, up to `end`. false: every change of it failed. */
static bool transact(struct store_db *db, struct store_change *first,
	const struct store_change *end)
{
	bool ok = step(db, BEGIN);

	for (struct store_change *c = first; ok && c != end; c = c->next) {
		ok = c->nrows == 0 || make(db, c);
	}
	if (ok && step(db, COMMIT)) {
		return true;
	}
	fail_all(db, first, end);
	if (!sqlite3_get_autocommit(db->file.sql)) {
		step(db, ROLLBACK);
	}
	return false;
}

void store_db_apply(struct store_db *db, struct store_change *first)
{
	if (transact(db, first, NULL) || first->next == NULL) {
		return;
	}
	for (struct store_change *c = first; c != NULL; c = c->next) {
		if (c->nrows > 0) {
			transact(db, c, c->next);
		}
	}
}
