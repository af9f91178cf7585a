/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

#include "base/arena.h"
#include "irc/sendq.h"
#include "tests/unit/freed.h"

/* One that cannot fail proves nothing. */
static void what_is_not_wiped_is_seen(void **state)
{
	struct buf b;

	(void)state;
	freed_begin();
	buf_init(&b, 1000);
	buf_add_str(&b, SECRET);
	buf_finish(&b);
	assert_int_equal(freed_end(), 1);
}

static void a_secret_buffer_leaves_nothing(void **state)
{
	struct buf b;

	(void)state;
	freed_begin();
	buf_init_secret(&b, 100000);
	buf_add_str(&b, SECRET);
	for (unsigned i = 0; i < 1000; i++) {
		buf_addf(&b, "%u ", i); /* it grows */
	}
	buf_addf(&b, "%300d " SECRET, 1);
	buf_consume(&b, 200);
	buf_truncate(&b, 100);
	buf_reset(&b, 0);
	buf_add_str(&b, SECRET);
	buf_truncate(&b, 3);
	assert_null(memmem(b.p, b.cap, SECRET + 4, sizeof SECRET - 5));
	buf_add_str(&b, SECRET);
	buf_finish(&b);
	assert_int_equal(freed_end(), 0);
}

/* Neither in front of what is there nor behind it. */
static void a_secret_that_moves_is_not_left_behind(void **state)
{
	struct buf b;

	(void)state;
	buf_init_secret(&b, 100);
	buf_add_str(&b, SECRET);
	for (unsigned i = 0; i < 50; i++) {
		buf_add_char(&b, 'x');
	}
	buf_add_str(&b, SECRET);
	buf_consume(&b, b.len - (sizeof SECRET - 1));
	assert_int_not_equal(b.gone, 0);
	assert_null(memmem(b.p - b.gone, b.gone, SECRET, sizeof SECRET - 1));
	assert_non_null(buf_reserve(&b, 80));
	assert_int_equal(b.gone, 0);
	assert_memory_equal(b.p, SECRET, sizeof SECRET - 1);
	assert_null(memmem(b.p + b.len, b.cap - b.len, SECRET,
		sizeof SECRET - 1));
	buf_finish(&b);
}

static void an_arena_leaves_nothing(void **state)
{
	struct arena a;
	struct arena_mark mark;
	char *first;

	(void)state;
	freed_begin();
	arena_init(&a, 1 << 20);
	first = arena_strndup(&a, "a", 1);
	mark = arena_mark(&a);
	for (unsigned i = 0; i < 2000; i++) {
		assert_non_null(arena_strndup(&a, SECRET, sizeof SECRET - 1));
	}
	arena_release(&a, mark);
	assert_string_equal(first, "a");
	assert_non_null(arena_strndup(&a, SECRET, sizeof SECRET - 1));
	arena_reset(&a);
	assert_non_null(arena_strndup(&a, SECRET, sizeof SECRET - 1));
	arena_finish(&a);
	assert_int_equal(freed_end(), 0);
}

static void a_queue_leaves_nothing(void **state)
{
	struct isupport is;
	struct sendq q;
	struct buf line;
	uint64_t token;

	(void)state;
	freed_begin();
	isupport_init(&is);
	sendq_init(&q, 1, 1000, 10);
	buf_init_secret(&line, 1000);
	sendq_add(&q, SENDQ_LINE, slice_str("PASS " SECRET), 7, SENDQ_ONLY);
	sendq_add(&q, SENDQ_LINE, slice_str("PASS " SECRET), 0, SENDQ_ONLY);
	sendq_add(&q, SENDQ_LINE, slice_str("PASS " SECRET), 0, SENDQ_ONLY);
	assert_int_equal(sendq_add_join(&q, &is, slice_str("#c"),
				 slice_str(SECRET)),
		ERR_OK);
	assert_true(sendq_drop(&q, 7));
	assert_true(sendq_next(&q, &line, &token));
	assert_true(sendq_drop_join(&q, CASEMAP_ASCII, slice_str("#c")));
	sendq_finish(&q);
	buf_finish(&line);
	assert_int_equal(freed_end(), 0);
}

/* PASS that waits for the answer to CAP LS, and is said or not. */
static void a_password_that_waits_leaves_nothing(void **state)
{
	static const char *const ways[] = {"", ":s 001 juliet :Hi\n",
		"ERROR :no\n"};
	struct fixture f;

	(void)state;
	freed_begin();
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		fixture_init(&f);
		f.config.cap_first = true;
		f.config.password = SECRET;
		fixture_open(&f);
		serve(&f, ways[i]);
		forget(&f);
		fixture_close(&f);
	}
	assert_int_equal(freed_end(), 0);
}

/* The password of an account that is made, and the key of a certificate. */
static void an_account_that_is_made_leaves_nothing(void **state)
{
	struct fixture f;

	(void)state;
	freed_begin();
	fixture_init(&f);
	f.config.signup = true;
	f.config.sasl = true;
	f.config.private_link = true;
	f.config.certificate = true;
	f.config.key = "x" SECRET;
	fixture_open(&f);
	serve(&f, ":s CAP * LS :draft/account-registration=before-connect "
		"sasl=PLAIN\n"
		":s CAP * ACK :draft/account-registration sasl\n");
	assert_int_equal(ircnet_register(f.net, slice(NULL, 0), slice(NULL, 0),
		slice_str(SECRET)), ERR_OK);
	explicit_bzero(f.out.p, f.out.len); /* the server has it */
	forget(&f);
	ircnet_proceed(f.net, slice_str("juliet"), slice_str(SECRET));
	pass(&f, 2000);
	serve(&f, "AUTHENTICATE +\n");
	forget(&f);
	fixture_close(&f);
	assert_int_equal(freed_end(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_wiped_is_seen),
		cmocka_unit_test(a_secret_buffer_leaves_nothing),
		cmocka_unit_test(a_secret_that_moves_is_not_left_behind),
		cmocka_unit_test(an_arena_leaves_nothing),
		cmocka_unit_test(a_queue_leaves_nothing),
		cmocka_unit_test(a_password_that_waits_leaves_nothing),
		cmocka_unit_test(an_account_that_is_made_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
