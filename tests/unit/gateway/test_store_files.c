/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>

#include "gateway/store_sqlite.h"
#include "tests/unit/gateway/store_fixture.h"

/* What is found on the disk at the start: taken, or refused with a reason. */
static void put_file(const char *path, const void *bytes, size_t len,
	mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static mode_t mode_of(const char *file, const char *suffix)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof path, "%s%s", file, suffix);
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* With a nick and a password in it, closed. */
static void fill(struct fixture *f)
{
	start(f);
	save(f, row("a@x", "nick", "anna"));
	save(f, row("a@x", "password", "open sesame"));
	store_close(f->store);
	f->store = NULL;
}

static void files_are_for_us_alone(void **state)
{
	struct fixture *f = *state;
	mode_t old = umask(0);

	start(f);
	save(f, row("a@x", "password", "hush"));
	umask(old);
	assert_int_equal(mode_of(f->file, ""), 0600);
	assert_int_equal(mode_of(f->file, "-wal"), 0600);
	assert_int_equal(mode_of(f->file, "-shm"), 0600);
	assert_int_equal(mode_of(f->key, ""), 0600);
	assert_int_equal(size_of(f->key, ""), 32);
	assert_int_equal(size_of(f->key, ".new"), -1);
}

static void a_folder_is_made(void **state)
{
	struct fixture *f = *state;
	char folder[80];

	snprintf(folder, sizeof folder, "%s/new", f->dir);
	snprintf(f->file, sizeof f->file, "%s/rows.sqlite", folder);
	start(f);
	assert_int_equal(mode_of(folder, ""), 0700);
	store_close(f->store);
	f->store = NULL;
	unlink(f->file);
	rmdir(folder);
	snprintf(f->file, sizeof f->file, "%s/no/where/rows", f->dir);
	refused(f, ERR_IO, "cannot be opened: No such file or directory");
}

static void a_second_process_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store *other;
	int status = -1;
	pid_t child;

	fill(f);
	start(f);
	child = fork();
	if (child == 0) {
		enum err err = store_open(f->file, f->key, &other, &f->why);

		_exit(err == ERR_WRONG_STATE &&
				strstr(buf_cstr(&f->why), "in use by another") ?
			0 :
			1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	/* Nothing is lost by it, and when it ends the next may come. */
	assert_int_equal(save(f, row("b@x", "nick", "bob")), ERR_OK);
	assert_string_equal(loaded(f),
		"a@x/setting//nick=anna\n"
		"a@x/setting//password=open sesame (secret)\n"
		"b@x/setting//nick=bob\n");
}

/* --- the key --------------------------------------------------------------- */

static void another_key_opens_nothing(void **state)
{
	struct fixture *f = *state;
	unsigned char other[32] = {1};

	fill(f);
	put_file(f->key, other, sizeof other, 0600);
	refused(f, ERR_BAD_INPUT,
		"user=a@x kind=setting scope= key=password cannot be unsealed");
	assert_null(strstr(buf_cstr(&f->why), "sesame"));
	assert_non_null(strstr(buf_cstr(&f->why), "1 sealed rows"));
}

static void a_lost_key_is_not_replaced(void **state)
{
	struct fixture *f = *state;

	fill(f);
	unlink(f->key);
	refused(f, ERR_NOT_FOUND, "the key is missing, and 1 passwords");
	assert_int_equal(access(f->key, F_OK), -1);
	/* As the text advises. */
	sql(f, "DELETE FROM entry WHERE sealed");
	assert_string_equal(loaded(f), "a@x/setting//nick=anna\n");
	assert_int_equal(size_of(f->key, ""), 32);
}

static void a_key_for_all_to_read_is_refused(void **state)
{
	static const mode_t bad[] = {0644, 0604, 0660, 0620, 0610, 0601};
	struct fixture *f = *state;

	fill(f);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		chmod(f->key, bad[i]);
		refused(f, ERR_FORBIDDEN, "others may read the key");
	}
	chmod(f->key, 0400);
	assert_int_equal(reopen(f), ERR_OK);
}

static void a_file_that_is_no_key_is_refused(void **state)
{
	struct fixture *f = *state;
	char bytes[33] = {0};

	put_file(f->key, bytes, 0, 0600);
	refused(f, ERR_BAD_INPUT, "is no key of 32 bytes");
	put_file(f->key, bytes, 31, 0600);
	refused(f, ERR_BAD_INPUT, "is no key of 32 bytes");
	put_file(f->key, bytes, 33, 0600);
	refused(f, ERR_BAD_INPUT, "is no key of 32 bytes");
	unlink(f->key);
	mkdir(f->key, 0700);
	refused(f, ERR_BAD_INPUT, "is no key of 32 bytes");
	rmdir(f->key);
}

/* The rest of a start that was cut off is in nobody's way. */
static void half_a_key_is_written_anew(void **state)
{
	struct fixture *f = *state;
	char beside[128];

	snprintf(beside, sizeof beside, "%s.new", f->key);
	put_file(beside, "half", 4, 0600);
	fill(f);
	assert_int_equal(size_of(f->key, ""), 32);
	assert_int_equal(size_of(f->key, ".new"), -1);
}

static void a_sealed_value_stays_in_its_row(void **state)
{
	struct fixture *f = *state;

	fill(f);
	sql(f, "UPDATE entry SET user = 'mallory@x' WHERE sealed");
	refused(f, ERR_BAD_INPUT, "user=mallory@x kind=setting");
	sql(f, "UPDATE entry SET user = 'a@x' WHERE sealed");
	assert_int_equal(reopen(f), ERR_OK);
	sql(f, "UPDATE entry SET value = x'00' WHERE sealed");
	refused(f, ERR_BAD_INPUT, "cannot be unsealed");
}

/* --- the database ---------------------------------------------------------- */

static void a_damaged_file_is_refused(void **state)
{
	struct fixture *f = *state;
	char bytes[4096];
	int fd;

	fill(f);
	memset(bytes, 0xa5, sizeof bytes);
	fd = open(f->file, O_WRONLY);
	assert_int_equal(pwrite(fd, bytes, sizeof bytes, 4096), sizeof bytes);
	close(fd);
	refused(f, ERR_BAD_INPUT, "put back a backup");
	put_file(f->file, bytes, sizeof bytes, 0600);
	refused(f, ERR_BAD_INPUT, "file is not a database");
}

static void others_databases_are_not_touched(void **state)
{
	struct fixture *f = *state;

	sql(f, "CREATE TABLE songs (name TEXT)");
	refused(f, ERR_BAD_INPUT, "is a database of another program");
	sql(f, "DROP TABLE songs; PRAGMA user_version = 1");
	refused(f, ERR_BAD_INPUT, "is a database of another program");
	sql(f, "PRAGMA user_version = 0; PRAGMA application_id = 7");
	refused(f, ERR_BAD_INPUT, "is a database of another program");
	sql(f, "PRAGMA application_id = 0");
	assert_int_equal(reopen(f), ERR_OK);
}

static void a_newer_version_is_refused(void **state)
{
	struct fixture *f = *state;

	fill(f);
	sql(f, "PRAGMA user_version = 99");
	refused(f, ERR_WRONG_STATE, "is of version 99, written by a newer");
	sql(f, "PRAGMA user_version = 1");
	assert_int_equal(reopen(f), ERR_OK);
}

static void a_table_that_is_not_ours_is_refused(void **state)
{
	struct fixture *f = *state;

	fill(f);
	sql(f, "ALTER TABLE entry RENAME COLUMN scope TO sphere");
	refused(f, ERR_IO, "has not the table that it should");
}

static void count_row(void *ctx, const struct store_row *r)
{
	(void)r;
	(*(unsigned *)ctx)++;
}

/* Rows go with the steps; a step that fails leaves what was before it. */
static void steps_lead_from_version_to_version(void **state)
{
	const char *steps[] = {
		store_steps[0],
		"ALTER TABLE entry ADD COLUMN born INTEGER",
		"UPDATE entry SET born = 7; CREATE TABLE entry (x)",
	};
	struct fixture *f = *state;
	struct store_db *db = NULL;
	unsigned rows = 0;

	fill(f);
	assert_int_equal(
		store_db_open(f->file, steps, 3, &db, &f->why), ERR_IO);
	assert_non_null(strstr(buf_cstr(&f->why),
		"cannot be brought to version 3: table entry already exists"));
	/* Step 2 is done, nothing of step 3. */
	steps[2] = "UPDATE entry SET born = ifnull(born, 0) + 1";
	assert_int_equal(
		store_db_open(f->file, steps, 3, &db, &f->why), ERR_OK);
	assert_int_equal(store_db_each(db, count_row, &rows, &f->why), ERR_OK);
	assert_int_equal(rows, 2);
	store_db_close(db);
	sql(f, "CREATE TEMP TABLE t (n CHECK (n = 2));"
	       "INSERT INTO t SELECT count(*) FROM entry WHERE born = 1;"
	       "CREATE TEMP TABLE v (n CHECK (n = 3));"
	       "INSERT INTO v SELECT * FROM pragma_user_version");
	/* And back: this program knows one step. */
	refused(f, ERR_WRONG_STATE, "is of version 3");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(files_are_for_us_alone),
		TEST(a_folder_is_made),
		TEST(a_second_process_is_refused),
		TEST(another_key_opens_nothing),
		TEST(a_lost_key_is_not_replaced),
		TEST(a_key_for_all_to_read_is_refused),
		TEST(a_file_that_is_no_key_is_refused),
		TEST(half_a_key_is_written_anew),
		TEST(a_sealed_value_stays_in_its_row),
		TEST(a_damaged_file_is_refused),
		TEST(others_databases_are_not_touched),
		TEST(a_newer_version_is_refused),
		TEST(a_table_that_is_not_ours_is_refused),
		TEST(steps_lead_from_version_to_version),
	};

	return cmocka_run_group_tests_name("store_files", tests, NULL, NULL);
}
