/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "gateway/store.h"

/*
 * kill -9, again and again. A child hands changes over and says through a pipe
 * which were confirmed; the parent kills it at some moment and looks into the
 * database: each confirmed change must be there, and no half of any.
 *
 * Change n belongs to user n % USERS. It writes the rows of parts[], each with
 * n as its value; or, when n % 7 is 0, it removes the user and writes the first
 * part alone. So the rows of a user say which change was the last, whether they
 * are all of one change, and how many there must be.
 */
enum {
	USERS = 20,
	KILLS = 100,
	CONFIRMED = 1000,
	UNDER_WAY = 8,
	PER_CHILD = 1000, /* numbers for one child */
	TARGET_MAX = 30,
};

static const struct {
	const char *kind;
	const char *key;
	bool secret;
} parts[] = {
	{"user", "", false},
	{"setting", "nick", false},
	{"setting", "name", false},
	{"setting", "password", true},
	{"setting", "commands", true},
	{"contact", "bob%irc.example@gw", false},
};

enum { PARTS = sizeof parts / sizeof *parts };

struct crash {
	char dir[256];
	char file[300];
	char key[300];
	uint32_t confirmed[USERS]; /* the last of each user, 0: none */
	unsigned total;
	unsigned random;
	/* While looking: */
	uint32_t found[USERS];
	unsigned rows[USERS];
};

/* --- the child ------------------------------------------------------------- */

struct child {
	struct store *store;
	uint32_t next;
	uint32_t awaited;
	int out;
};

static void hand_over(struct child *c)
{
	struct store_row rows[PARTS + 1];
	char user[32];
	char value[32];
	size_t n = 0;
	bool removes = c->next % 7 == 0;

	snprintf(user, sizeof user, "u%u@example.com", c->next % USERS);
	snprintf(value, sizeof value, "%u", c->next);
	if (removes) {
		rows[n++] = (struct store_row){
			.user = user, .kind = "", .scope = "", .key = ""};
	}
	for (size_t i = 0; i < (removes ? 1 : PARTS); i++) {
		rows[n++] = (struct store_row){
			.user = user,
			.kind = parts[i].kind,
			.scope = "",
			.key = parts[i].key,
			.value = slice_str(value),
			.secret = parts[i].secret,
		};
	}
	store_save(c->store, c->next++, rows, n);
}

static void on_saved(void *ctx, uint64_t token, enum err err, const char *why)
{
	struct child *c = ctx;
	uint32_t number = (uint32_t)token;

	if (err != ERR_OK || number != c->awaited) {
		dprintf(2, "change %u: %s %s\n", number, err_text(err), why);
		_exit(1);
	}
	c->awaited++;
	if (write(c->out, &number, sizeof number) != sizeof number) {
		_exit(2);
	}
	hand_over(c);
}

static void on_row(void *ctx, const struct store_row *row)
{
	(void)ctx;
	(void)row;
}

/* Until it is killed. */
static void live(const struct crash *t, uint32_t first, int out)
{
	struct child c = {.next = first, .awaited = first, .out = out};
	struct loop *loop = loop_create();
	struct buf why;

	buf_init(&why, 4096);
	if (store_open(t->file, t->key, &c.store, &why) != ERR_OK ||
		store_load(c.store, on_row, NULL, &why) != ERR_OK) {
		dprintf(2, "%s", buf_cstr(&why));
		_exit(3);
	}
	store_start(c.store, loop, on_saved, &c);
	for (unsigned i = 0; i < UNDER_WAY; i++) {
		hand_over(&c);
	}
	loop_run(loop);
	_exit(4);
}

/* --- the parent ------------------------------------------------------------ */

static unsigned draw(struct crash *t, unsigned n)
{
	t->random = t->random * 1103515245U + 12345U;
	return (t->random >> 8) % n;
}

static void note(struct crash *t, uint32_t number)
{
	t->confirmed[number % USERS] = number;
	t->total++;
}

/* Some more moments: not always right after a confirmation. */
static void dawdle(struct crash *t)
{
	unsigned turns = draw(t, 2000000);

	for (volatile unsigned i = 0; i < turns; i++) {
	}
}

static void kill_one(struct crash *t, uint32_t first)
{
	unsigned target = draw(t, TARGET_MAX);
	uint32_t number;
	int status = 0;
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		live(t, first, fds[1]);
	}
	close(fds[1]);
	while (target > 0 && read(fds[0], &number, 4) == 4) {
		note(t, number);
		target--;
	}
	dawdle(t);
	kill(pid, SIGKILL);
	while (read(fds[0], &number, 4) == 4) {
		note(t, number);
	}
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
		fail_msg("the child ended by itself: %d", status);
	}
}

static void on_found(void *ctx, const struct store_row *row)
{
	struct crash *t = ctx;
	long user = slice_number(slice(row->user + 1, strcspn(row->user, "@") - 1),
		USERS - 1);
	long number = slice_number(row->value, INT32_MAX);

	if (user < 0 || number < 0 || number % USERS != user) {
		fail_msg("%s has a value that nobody wrote", row->user);
	}
	if (t->rows[user]++ > 0 && t->found[user] != (uint32_t)number) {
		fail_msg("%s has rows of the changes %u and %ld", row->user,
			t->found[user], number);
	}
	t->found[user] = (uint32_t)number;
}

static void look(struct crash *t)
{
	struct store *store = NULL;
	struct buf why;

	memset(t->found, 0, sizeof t->found);
	memset(t->rows, 0, sizeof t->rows);
	buf_init(&why, 4096);
	if (store_open(t->file, t->key, &store, &why) != ERR_OK ||
		store_load(store, on_found, t, &why) != ERR_OK) {
		fail_msg("%s", buf_cstr(&why));
	}
	store_close(store);
	buf_finish(&why);
	for (unsigned i = 0; i < USERS; i++) {
		unsigned whole = t->found[i] % 7 == 0 ? 1 : PARTS;

		if (t->found[i] < t->confirmed[i]) {
			fail_msg("change %u was confirmed, found is %u",
				t->confirmed[i], t->found[i]);
		}
		if (t->found[i] > 0 && t->rows[i] != whole) {
			fail_msg("change %u has %u rows of %u", t->found[i],
				t->rows[i], whole);
		}
	}
}

/* Every second time the next child recovers the log, not we. */
static void what_was_confirmed_outlives_kill_9(void **state)
{
	struct crash *t = *state;
	unsigned round = 0;

	while (round < KILLS || t->total < CONFIRMED) {
		kill_one(t, ++round * PER_CHILD);
		if (round % 2 == 0) {
			look(t);
		}
	}
	look(t);
	print_message("# %u kills, %u changes confirmed\n", round, t->total);
}

static int setup(void **state)
{
	struct crash *t = calloc(1, sizeof *t);
	const char *seed = getenv("TEST_SEED");
	const char *tmp = getenv("TMPDIR");

	snprintf(t->dir, sizeof t->dir, "%s/isthmus-crash-XXXXXX",
		tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(t->dir));
	snprintf(t->file, sizeof t->file, "%s/rows.sqlite", t->dir);
	snprintf(t->key, sizeof t->key, "%s/rows.key", t->dir);
	t->random = seed ? (unsigned)strtoul(seed, NULL, 10) :
			   (unsigned)time(NULL);
	print_message("# TEST_SEED=%u\n", t->random);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	static const char *const suffixes[] = {
		"sqlite", "sqlite-wal", "sqlite-shm", "key", "key.new"};
	struct crash *t = *state;
	char path[300];

	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		snprintf(path, sizeof path, "%s/rows.%s", t->dir, suffixes[i]);
		(void)unlink(path);
	}
	rmdir(t->dir);
	free(t);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_was_confirmed_outlives_kill_9, setup, teardown),
	};

	return cmocka_run_group_tests_name("store_crash", tests, NULL, NULL);
}
