/* SPDX-License-Identifier: MIT */
#include "gateway/store_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "gateway/store_sqlite.h"

enum {
	APPLICATION = 0x49534d53, /* "ISMS", in the header of the file */
	STEP_MAX = 64 * 1024,
};

const char *const store_steps[] = {
	"CREATE TABLE entry ("
	" user TEXT NOT NULL,"
	" kind TEXT NOT NULL CHECK (kind <> ''),"
	" scope TEXT NOT NULL,"
	" key TEXT NOT NULL,"
	" value ANY NOT NULL,"
	" sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),"
	" PRIMARY KEY (user, kind, scope, key)"
	") STRICT, WITHOUT ROWID",
};
const unsigned store_step_count = sizeof store_steps / sizeof *store_steps;

/* --- faults --------------------------------------------------------------- */

static const struct {
	int code;
	enum err err;
	const char *hint;
} hints[] = {
	{SQLITE_FULL, ERR_IO, "; make room on the disk"},
	{SQLITE_READONLY, ERR_IO,
		"; the file and its folder must be writable for isthmus"},
	{SQLITE_CANTOPEN, ERR_IO,
		"; the file and its folder must be writable for isthmus"},
	{SQLITE_PERM, ERR_IO,
		"; the file and its folder must be writable for isthmus"},
	{SQLITE_BUSY, ERR_IO, "; another program keeps it locked"},
	{SQLITE_CORRUPT, ERR_BAD_INPUT, "; put back a backup of it"},
	{SQLITE_NOTADB, ERR_BAD_INPUT,
		"; another file is meant, or a backup must be put back"},
	{SQLITE_TOOBIG, ERR_TOO_BIG, ""},
	{SQLITE_CONSTRAINT, ERR_BAD_INPUT, ""},
};

const char *store_sql_hint(int code, enum err *err)
{
	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
		if (hints[i].code == (code & 0xff)) {
			*err = hints[i].err;
			return hints[i].hint;
		}
	}
	*err = ERR_IO;
	return "";
}

enum err store_sql_fault(
	const struct store_sql *db, const char *doing, struct buf *why)
{
	int code = sqlite3_errcode(db->sql);
	enum err err;
	const char *hint = store_sql_hint(code, &err);

	buf_addf(why, "%s: %s: %s%s\n", db->path, doing,
		sqlite3_errmsg(db->sql), hint);
	return err;
}

/* --- the way to the last version ------------------------------------------ */

static enum err run(const struct store_sql *db, const char *sql,
	const char *doing, struct buf *why)
{
	if (sqlite3_exec(db->sql, sql, NULL, NULL, NULL) == SQLITE_OK) {
		return ERR_OK;
	}
	return store_sql_fault(db, doing, why);
}

static int on_text(void *ctx, int columns, char **values, char **names)
{
	(void)columns;
	(void)names;
	snprintf(ctx, 200, "%s", values[0] ? values[0] : "");
	return 0;
}

/* The last answer's first column. */
static enum err ask(const struct store_sql *db, const char *sql, char out[200],
	struct buf *why)
{
	out[0] = '\0';
	if (sqlite3_exec(db->sql, sql, on_text, out, NULL) == SQLITE_OK) {
		return ERR_OK;
	}
	return store_sql_fault(db, "cannot be read", why);
}

static enum err ask_number(
	const struct store_sql *db, const char *sql, long *out, struct buf *why)
{
	char text[200];
	enum err err = ask(db, sql, text, why);

	if (err == ERR_OK) {
		*out = strtol(text, NULL, 10);
	}
	return err;
}

/* Whose file is it? It has not been touched yet. */
static enum err identify(const struct store_sql *db, unsigned nsteps,
	long *version, struct buf *why)
{
	long application = 0;
	long tables = 0;
	enum err err =
		ask_number(db, "PRAGMA application_id", &application, why);

	if (err == ERR_OK) {
		err = ask_number(db, "PRAGMA user_version", version, why);
	}
	if (err == ERR_OK) {
		err = ask_number(
			db, "SELECT count(*) FROM sqlite_schema", &tables, why);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (application != APPLICATION &&
		(application != 0 || *version != 0 || tables != 0)) {
		buf_addf(why, "%s: is a database of another program\n",
			db->path);
		return ERR_BAD_INPUT;
	}
	if (*version < 0 || *version > (long)nsteps) {
		buf_addf(why,
			"%s: is of version %ld, written by a newer isthmus; "
			"this one knows up to %u: install the newer one, or "
			"put back a backup from before\n",
			db->path, *version, nsteps);
		return ERR_WRONG_STATE;
	}
	return ERR_OK;
}

static enum err check(const struct store_sql *db, struct buf *why)
{
	char text[200];
	enum err err = ask(db, "PRAGMA quick_check(1)", text, why);

	if (err == ERR_OK && strcmp(text, "ok") != 0) {
		buf_addf(why, "%s: is damaged: %s; put back a backup of it\n",
			db->path, text);
		return ERR_BAD_INPUT;
	}
	return err;
}

/*
 * FULL: a commit is on the disk before it is answered. What is deleted is
 * overwritten.
 */
static enum err set_up(const struct store_sql *db, struct buf *why)
{
	char mode[200];
	enum err err = ask(db, "PRAGMA journal_mode = WAL", mode, why);

	if (err == ERR_OK && strcmp(mode, "wal") != 0) {
		buf_addf(why,
			"%s: no write-ahead log is possible here; put it on a "
			"local file system\n",
			db->path);
		return ERR_IO;
	}
	if (err == ERR_OK) {
		err = run(db,
			"PRAGMA synchronous = FULL;"
			"PRAGMA secure_delete = ON;"
			"PRAGMA temp_store = MEMORY;"
			"PRAGMA trusted_schema = OFF;",
			"cannot be set up", why);
	}
	return err;
}

static enum err migrate(const struct store_sql *db, const char *step,
	unsigned to, struct buf *why)
{
	char doing[64];
	struct buf sql;
	enum err err;

	snprintf(doing, sizeof doing, "cannot be brought to version %u", to);
	buf_init(&sql, STEP_MAX);
	buf_addf(&sql,
		"BEGIN IMMEDIATE; %s; PRAGMA application_id = %d;"
		"PRAGMA user_version = %u; COMMIT",
		step, APPLICATION, to);
	must(!sql.overflow);
	err = run(db, buf_cstr(&sql), doing, why);
	if (err != ERR_OK && !sqlite3_get_autocommit(db->sql)) {
		sqlite3_exec(db->sql, "ROLLBACK", NULL, NULL, NULL);
	}
	buf_finish(&sql);
	return err;
}

enum err store_schema(const struct store_sql *db, const char *const *steps,
	unsigned nsteps, struct buf *why)
{
	long version = 0;
	enum err err = identify(db, nsteps, &version, why);

	if (err == ERR_OK) {
		err = check(db, why);
	}
	if (err == ERR_OK) {
		err = set_up(db, why);
	}
	for (unsigned i = (unsigned)version; err == ERR_OK && i < nsteps; i++) {
		err = migrate(db, steps[i], i + 1, why);
	}
	return err;
}
