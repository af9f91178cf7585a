/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GATEWAY_STORE_FIXTURE_H
#define TESTS_UNIT_GATEWAY_STORE_FIXTURE_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "gateway/store.h"
#include "tests/unit/gateway/peer.h"

/* A folder of its own with a database and its key, and what was answered. */
enum { ANSWERS_MAX = 20000 };

struct fixture {
	char dir[64];
	char file[96];
	char key[96];
	struct loop *loop;
	struct store *store;
	struct buf why;
	struct buf rows; /* of the last load: user/kind/scope/key=value\n */
	size_t answers;
	struct {
		uint64_t token;
		enum err err;
	} answer[ANSWERS_MAX];
	char said[200]; /* with the last that failed */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	snprintf(f->dir, sizeof f->dir, "/tmp/isthmus-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->file, sizeof f->file, "%s/rows.sqlite", f->dir);
	snprintf(f->key, sizeof f->key, "%s/rows.key", f->dir);
	f->loop = loop_create();
	buf_init(&f->why, 65536);
	buf_init(&f->rows, 1 << 20);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	DIR *dir = opendir(f->dir);
	struct dirent *e;

	store_close(f->store);
	loop_destroy(f->loop);
	while ((e = readdir(dir)) != NULL) {
		(void)unlinkat(dirfd(dir), e->d_name, 0);
	}
	closedir(dir);
	rmdir(f->dir);
	buf_finish(&f->why);
	buf_finish(&f->rows);
	free(f);
	return 0;
}

static inline void on_saved(void *ctx, uint64_t token, enum err err,
	const char *why)
{
	struct fixture *f = ctx;

	assert_true(f->answers < ANSWERS_MAX);
	f->answer[f->answers].token = token;
	f->answer[f->answers].err = err;
	f->answers++;
	if (err != ERR_OK) {
		snprintf(f->said, sizeof f->said, "%s", why);
	}
}

static inline void on_loaded(void *ctx, const struct store_row *row)
{
	struct fixture *f = ctx;

	buf_addf(&f->rows, "%s/%s/%s/%s=%.*s%s\n", row->user, row->kind,
		row->scope, row->key, SLICE_ARG(row->value),
		row->secret ? " (secret)" : "");
}

/* Opens and loads; what it says is in f->why, the store in f->store. */
static inline enum err reopen(struct fixture *f)
{
	enum err err;

	store_close(f->store);
	f->store = NULL;
	buf_reset(&f->why, 0);
	buf_reset(&f->rows, 0);
	err = store_open(f->file, f->key, &f->store, &f->why);
	if (err == ERR_OK) {
		err = store_load(f->store, on_loaded, f, &f->why);
	}
	if (err != ERR_OK) {
		store_close(f->store);
		f->store = NULL;
	}
	return err;
}

static inline void start(struct fixture *f)
{
	if (reopen(f) != ERR_OK) {
		fail_msg("%s", buf_cstr(&f->why));
	}
	store_start(f->store, f->loop, on_saved, f);
}

/* It is refused, and the operator is told why. */
static inline void refused(struct fixture *f, enum err err, const char *said)
{
	assert_int_equal(reopen(f), err);
	if (strstr(buf_cstr(&f->why), said) == NULL) {
		fail_msg("%s, not: %s", buf_cstr(&f->why), said);
	}
}

static inline struct store_row row(const char *user, const char *key,
	const char *value)
{
	return (struct store_row){
		.user = user,
		.kind = "setting",
		.scope = "",
		.key = key,
		.value = slice_str(value),
		.secret = strcmp(key, "password") == 0,
	};
}

/* One change of one row; waits for its answer. */
static inline enum err save(struct fixture *f, struct store_row r)
{
	size_t before = f->answers;

	store_save(f->store, 1, &r, 1);
	WAIT(f->loop, f->answers > before);
	return f->answer[before].err;
}

static inline const char *loaded(struct fixture *f)
{
	assert_int_equal(reopen(f), ERR_OK);
	return buf_cstr(&f->rows);
}

/* What stands in a file of the folder, NULL when there is none. */
static inline bool file_has(const char *path, const char *text)
{
	char *bytes;
	struct stat st;
	bool found;
	int fd = open(path, O_RDONLY);

	if (fd < 0) {
		return false;
	}
	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc((size_t)st.st_size + 1);
	assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
	close(fd);
	found = memmem(bytes, (size_t)st.st_size, text, strlen(text)) != NULL;
	free(bytes);
	return found;
}

static inline off_t size_of(const char *file, const char *suffix)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof path, "%s%s", file, suffix);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

/* Somebody else's hand in the database. */
static inline void sql(struct fixture *f, const char *text)
{
	sqlite3 *db;
	char *fault = NULL;

	assert_int_equal(sqlite3_open(f->file, &db), SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, &fault) != SQLITE_OK) {
		fail_msg("%s: %s", text, fault);
	}
	sqlite3_close(db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
