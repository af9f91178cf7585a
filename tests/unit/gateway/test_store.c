/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/gateway/store_fixture.h"

/* Changes, from the call to the disk and back. */
static void rows_come_back_after_a_restart(void **state)
{
	struct fixture *f = *state;

	start(f);
	assert_int_equal(save(f, row("a@x", "nick", "anna")), ERR_OK);
	assert_int_equal(save(f, row("a@x", "name", "")), ERR_OK);
	assert_int_equal(save(f, row("a@x", "password", "hush")), ERR_OK);
	assert_int_equal(save(f, row("b@x", "password", "")), ERR_OK);
	assert_string_equal(loaded(f),
		"a@x/setting//name=\n"
		"a@x/setting//nick=anna\n"
		"a@x/setting//password=hush (secret)\n"
		"b@x/setting//password= (secret)\n");
}

static void a_row_is_replaced_and_deleted(void **state)
{
	struct fixture *f = *state;

	start(f);
	assert_int_equal(save(f, row("a@x", "nick", "anna")), ERR_OK);
	assert_int_equal(save(f, row("a@x", "nick", "anne")), ERR_OK);
	assert_int_equal(save(f, row("a@x", "password", "hush")), ERR_OK);
	assert_int_equal(save(f, row("a@x", "password", NULL)), ERR_OK);
	assert_int_equal(save(f, row("a@x", "never", NULL)), ERR_OK);
	assert_string_equal(loaded(f), "a@x/setting//nick=anne\n");
}

/* Not a word of it is in the file either: pages are overwritten. */
static void a_user_who_goes_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct store_row gone = {.user = "a@x", .kind = "", .scope = "",
		.key = ""};

	start(f);
	save(f, row("a@x", "nick", "annabelle"));
	save(f, row("a@x", "password", "hush"));
	save(f, row("b@x", "nick", "bob"));
	assert_string_equal(loaded(f),
		"a@x/setting//nick=annabelle\n"
		"a@x/setting//password=hush (secret)\n"
		"b@x/setting//nick=bob\n");
	assert_true(file_has(f->file, "annabelle"));
	start(f);
	assert_int_equal(save(f, gone), ERR_OK);
	assert_string_equal(loaded(f), "b@x/setting//nick=bob\n");
	assert_false(file_has(f->file, "annabelle"));
	assert_true(file_has(f->file, "bob"));
}

static void secrets_are_in_no_file(void **state)
{
	struct fixture *f = *state;
	char log[128];

	snprintf(log, sizeof log, "%s-wal", f->file);
	start(f);
	save(f, row("a@x", "password", "open sesame"));
	save(f, row("a@x", "nick", "in plain words"));
	assert_true(file_has(log, "in plain words"));
	assert_false(file_has(log, "open sesame"));
	store_close(f->store);
	f->store = NULL;
	assert_true(file_has(f->file, "in plain words"));
	assert_false(file_has(f->file, "open sesame"));
}

static void who_waits_is_answered_when_it_settles(void **state)
{
	struct fixture *f = *state;
	struct store_row r = row("a@x", "nick", "n");

	start(f);
	for (unsigned i = 0; i < 600; i++) { /* more than one group */
		store_save(f->store, i, &r, 1);
	}
	assert_int_equal(f->answers, 0);
	store_settle(f->store, 60000);
	assert_int_equal(f->answers, 600);
	assert_int_equal(f->answer[599].token, 599);
	assert_int_equal(f->answer[599].err, ERR_OK);
	store_settle(f->store, 60000); /* nothing waits: at once */
}

/*
 * 900 transactions would write a page each, some 3.7 MB of log; it is taken
 * back into the database at 1000 pages only.
 */
static void what_waits_shares_a_transaction(void **state)
{
	struct fixture *f = *state;
	char user[32];

	start(f);
	for (unsigned i = 0; i < 900; i++) {
		struct store_row r;

		snprintf(user, sizeof user, "u%03u@x", i);
		r = row(user, "nick", "n");
		store_save(f->store, i, &r, 1);
	}
	assert_int_equal(f->answers, 0); /* never inside the call */
	WAIT(f->loop, f->answers == 900);
	for (unsigned i = 0; i < 900; i++) {
		assert_int_equal(f->answer[i].token, i);
		assert_int_equal(f->answer[i].err, ERR_OK);
	}
	assert_in_range(size_of(f->file, "-wal"), 1, 1000000);
}

static void one_that_fails_harms_no_other(void **state)
{
	struct fixture *f = *state;
	char *huge = calloc(1, 2 * 1024 * 1024);
	struct store_row first[] = {row("a@x", "nick", "anna")};
	struct store_row second[] = {row("b@x", "nick", "bob"),
		row("b@x", "name", memset(huge, 'x', 2 * 1024 * 1024 - 1)),
		row("b@x", "email", "bob@x")};
	struct store_row third[] = {row("c@x", "nick", "carol")};

	start(f);
	for (unsigned i = 0; i < 3; i++) { /* once it is certainly a group */
		store_save(f->store, 3 * i, first, 1);
		store_save(f->store, 3 * i + 1, second, 3);
		store_save(f->store, 3 * i + 2, third, 1);
	}
	WAIT(f->loop, f->answers == 9);
	for (unsigned i = 0; i < 9; i++) {
		assert_int_equal(f->answer[i].token, i);
		assert_int_equal(f->answer[i].err,
			i % 3 == 1 ? ERR_TOO_BIG : ERR_OK);
	}
	assert_string_equal(loaded(f),
		"a@x/setting//nick=anna\nc@x/setting//nick=carol\n");
	free(huge);
}

static void what_does_not_fit_the_queue_is_refused_in_its_turn(void **state)
{
	struct fixture *f = *state;
	struct store_row r = row("a@x", "nick", "anna");

	start(f);
	for (unsigned i = 0; i < STORE_CHANGES_MAX + 5; i++) {
		store_save(f->store, i, &r, 1);
	}
	WAIT(f->loop, f->answers == STORE_CHANGES_MAX + 5);
	for (unsigned i = 0; i < STORE_CHANGES_MAX + 5; i++) {
		assert_int_equal(f->answer[i].token, i);
		assert_int_equal(f->answer[i].err,
			i < STORE_CHANGES_MAX ? ERR_OK : ERR_FULL);
	}
	assert_int_equal(save(f, r), ERR_OK);
}

static void bytes_that_wait_have_a_ceiling(void **state)
{
	struct fixture *f = *state;
	char *text = malloc(512 * 1024);
	struct store_row r = row("a@x", "name", NULL);
	unsigned refused_at = 0;

	r.value = slice(memset(text, 'x', 512 * 1024), 512 * 1024);
	start(f);
	for (unsigned i = 0; i < 40; i++) {
		store_save(f->store, i, &r, 1);
	}
	WAIT(f->loop, f->answers == 40);
	while (refused_at < 40 && f->answer[refused_at].err == ERR_OK) {
		refused_at++;
	}
	assert_int_equal(refused_at, 31);
	assert_int_equal(f->answer[39].err, ERR_FULL);
	assert_int_equal(save(f, r), ERR_OK);
	free(text);
}

static void closing_keeps_what_was_handed_over(void **state)
{
	struct fixture *f = *state;
	char user[32];
	unsigned n = 0;

	start(f);
	for (unsigned i = 0; i < 2000; i++) {
		struct store_row r;

		snprintf(user, sizeof user, "u%04u@x", i);
		r = row(user, "nick", "n");
		store_save(f->store, i, &r, 1);
	}
	assert_int_equal(reopen(f), ERR_OK);
	assert_int_equal(f->answers, 0);
	for (size_t i = 0; i < f->rows.len; i++) {
		n += f->rows.p[i] == '\n';
	}
	assert_int_equal(n, 2000);
}

static void without_a_file_every_change_is_refused(void **state)
{
	struct fixture *f = *state;
	struct store_row r = row("a@x", "password", "hush");

	assert_int_equal(store_open(NULL, NULL, &f->store, &f->why), ERR_OK);
	assert_int_equal(store_load(f->store, on_loaded, f, &f->why), ERR_OK);
	store_start(f->store, f->loop, on_saved, f);
	store_save(f->store, 7, &r, 1);
	store_save(f->store, 8, &r, 1);
	assert_int_equal(f->answers, 0);
	WAIT(f->loop, f->answers == 2);
	assert_int_equal(f->answer[0].token, 7);
	assert_int_equal(f->answer[0].err, ERR_WRONG_STATE);
	assert_int_equal(f->answer[1].token, 8);
	assert_int_equal(f->answer[1].err, ERR_WRONG_STATE);
	assert_int_equal(f->rows.len, 0);
}

static void ended_before_it_began(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(reopen(f), ERR_OK);
	start(f);
	start(f);
}

/* A file that may not grow is as good as a full disk. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_disk_that_fails_is_told_and_got_over(void **state)
{
	struct fixture *f = *state;
	struct store_row r = row("c@x", "nick", "carol");
	enum err err;

	signal(SIGXFSZ, SIG_IGN);
	start(f);
	assert_int_equal(save(f, row("a@x", "nick", "anna")), ERR_OK);
	limit_files((rlim_t)size_of(f->file, "-wal"));
	err = save(f, row("b@x", "nick", "bob"));
	store_save(f->store, 5, &r, 1);
	store_save(f->store, 6, &r, 1);
	WAIT(f->loop, f->answers == 4);
	limit_files(RLIM_INFINITY);
	assert_int_equal(err, ERR_IO);
	assert_int_equal(f->answer[2].err, ERR_IO);
	assert_int_equal(f->answer[3].err, ERR_IO);
	assert_string_not_equal(f->said, "");
	assert_int_equal(save(f, row("d@x", "nick", "dora")), ERR_OK);
	assert_string_equal(loaded(f),
		"a@x/setting//nick=anna\nd@x/setting//nick=dora\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_come_back_after_a_restart),
		TEST(a_row_is_replaced_and_deleted),
		TEST(a_user_who_goes_leaves_nothing),
		TEST(secrets_are_in_no_file),
		TEST(who_waits_is_answered_when_it_settles),
		TEST(what_waits_shares_a_transaction),
		TEST(one_that_fails_harms_no_other),
		TEST(what_does_not_fit_the_queue_is_refused_in_its_turn),
		TEST(bytes_that_wait_have_a_ceiling),
		TEST(closing_keeps_what_was_handed_over),
		TEST(without_a_file_every_change_is_refused),
		TEST(ended_before_it_began),
		TEST(a_disk_that_fails_is_told_and_got_over),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
