/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

#include <malloc.h>

/* Channels of thousands: what an occupant costs, and what is rare about one. */

enum { OCCUPANT_MAX = 64 }; /* bytes, names aside: they are kept once for all */

static const struct istr *names[20001];

static void make_names(void)
{
	char nick[16];

	for (int i = 0; i < 20001; i++) {
		snprintf(nick, sizeof nick, "n%d", i);
		names[i] = intern(nick, strlen(nick));
	}
}

static void drop_names(void)
{
	for (int i = 0; i < 20001; i++) {
		istr_unref(names[i]);
	}
}

static void fill(struct fixture *f, int count)
{
	struct buf b;

	buf_init(&b, 1U << 20);
	buf_add_str(&b, ":juliet!~j@host.test JOIN #big\r\n");
	for (int i = 0; i < count; i++) {
		if (i % 40 == 0) {
			buf_addf(&b, "%s:s 353 juliet = #big :%s",
				i > 0 ? "\r\n" : "", i == 0 ? "@" : "");
		}
		buf_addf(&b, "n%d ", i);
	}
	buf_add_str(&b, "\r\n:s 366 juliet #big :End\r\n");
	ircnet_input(f->net, b.p, b.len);
	buf_finish(&b);
}

/* fixture_close(), but for the names that are held here. */
static void close_one(struct fixture *f)
{
	ircnet_destroy(f->net);
	buf_finish(&f->out);
	buf_finish(&f->told);
	clock_finish(&f->clock);
}

static size_t taken(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* Whatever the number: tables grow in small steps. */
static void an_occupant_costs_64_bytes(void **state)
{
	static const int counts[] = {1000, 5000, 10000, 13107, 20000};

	(void)state;
	make_names();
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		struct fixture f;
		size_t before;
		size_t after;
		struct ircchan *chan;

		fixture_init(&f);
		fixture_register(&f);
		fill(&f, 10);
		serve(&f, ":juliet!~j@host.test PART #big\n");
		before = taken();
		fill(&f, counts[i]);
		after = taken();
		chan = ircnet_chan(f.net, slice_str("#big"));
		assert_int_equal(chan->members.used, counts[i] + 1);
		/* With sanitizers malloc() tells nothing: then by its parts. */
		print_message("%d occupants: %zu bytes each\n", counts[i],
			(after - before) / (size_t)counts[i]);
		assert_true(after - before <=
			(size_t)OCCUPANT_MAX * (size_t)counts[i] + 4096);
		assert_true(sizeof(struct ircuser) + sizeof(size_t) +
			2.0 * chan->members.cap * sizeof(struct map_slot) /
				counts[i] <= OCCUPANT_MAX);
		close_one(&f);
	}
	drop_names();
	assert_int_equal(intern_count(), 0);
}

static const char *identity(struct fixture *f, const char *nick)
{
	static char text[200];

	snprintf(text, sizeof text, "%.*s",
		SLICE_ARG(ircnet_identity(f->net,
			ircnet_user(f->net, slice_str(nick)))));
	return text;
}

static bool has_more(struct fixture *f, const char *nick)
{
	return ircuser_more(ircnet_user(f->net, slice_str(nick))) != NULL;
}

static void an_identity_stays_as_it_was_asked_for(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	fill(&f, 4);
	assert_string_equal(identity(&f, "n0"), "n0");
	serve(&f, ":n0!u@h PRIVMSG #big :x\n");
	assert_string_equal(identity(&f, "n0"), "n0");
	serve(&f, ":n0!u@h NICK n9\n");
	assert_string_equal(identity(&f, "n9"), "n0");
	/* Not asked for yet: what is known when it is. */
	serve(&f, ":n1!u@h PRIVMSG #big :x\n");
	assert_string_equal(identity(&f, "n1"), "n1!u@h");
	serve(&f, ":n1!u@h ACCOUNT jo\n");
	assert_string_equal(identity(&f, "n1"), "n1!u@h");
	serve(&f, ":n2!u@h ACCOUNT jo\n");
	assert_string_equal(identity(&f, "n2"), "jo");
	serve(&f, ":n2!u@h ACCOUNT *\n");
	assert_string_equal(identity(&f, "n2"), "jo");
	fixture_close(&f);
}

static bool is_marked(struct fixture *f, const char *nick)
{
	return chan_marked(ircnet_chan(f->net, slice_str("#big")),
		ircnet_user(f->net, slice_str(nick))->entry.key);
}

static void a_mark_stays_until_the_member_leaves(void **state)
{
	struct ircchan *chan;
	struct fixture f;
	uint32_t bits = 0;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	serve(&f, ":s 005 juliet PREFIX=(abcdefghijklmno)123456789!@#$%^ :x\n");
	fill(&f, 4);
	chan = ircnet_chan(f.net, slice_str("#big"));
	chan_mark(chan, intern_find("n1", 2));
	chan_mark(chan, intern_find("nobody", 6)); /* harmless */
	assert_true(is_marked(&f, "n1"));
	assert_false(is_marked(&f, "n2"));
	serve(&f, ":n3!u@h MODE #big +aoo n1 n1 n2\n");
	assert_true(is_marked(&f, "n1"));
	assert_false(is_marked(&f, "n2")); /* the lowest of 15 prefixes */
	assert_non_null(chan_member(chan, intern_find("n1", 2), &bits));
	assert_int_equal(bits, 1 | 1 << 14);
	serve(&f, ":n1!u@h NICK n7\n:n3!u@h MODE #big -ao n7 n7\n");
	assert_true(is_marked(&f, "n7"));
	assert_non_null(chan_member(chan, intern_find("n7", 2), &bits));
	assert_int_equal(bits, 0);
	serve(&f, ":n7!u@h PART #big\n:n7!u@h JOIN #big\n");
	assert_false(is_marked(&f, "n7"));
	fixture_close(&f);
}

static void who_is_back_is_known_by_what_he_was(void **state)
{
	struct fixture f;
	struct ircuser *u;
	char was[64];

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	fill(&f, 4);
	snprintf(was, sizeof was, "%s", identity(&f, "n1"));
	serve(&f, ":n1!u@h QUIT :a.x b.x\n:n1!u@h JOIN #big\n");
	assert_string_equal(identity(&f, "n1"), "n1!u@h");
	u = ircnet_user(f.net, slice_str("n1"));
	ircnet_recognise(f.net, u, ircnet_identity(f.net, u));
	assert_false(has_more(&f, "n1")); /* the same: nothing is kept */
	ircnet_recognise(f.net, u, slice_str(was));
	assert_string_equal(identity(&f, "n1"), "n1");
	fixture_close(&f);
}

static void little_is_kept_of_who_is_nothing_special(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	fill(&f, 4);
	serve(&f, ":n0!u@h PRIVMSG #big :x\n:n0!u@h2 PRIVMSG #big :x\n");
	assert_false(has_more(&f, "n0"));
	assert_string_equal(ircuser_host(
		ircnet_user(f.net, slice_str("n0")))->p, "u@h2");
	serve(&f, ":n0!u@h2 AWAY :gone\n");
	assert_true(has_more(&f, "n0"));
	assert_string_equal(ircuser_host(
		ircnet_user(f.net, slice_str("n0")))->p, "u@h2");
	/* In two channels, out of one, out of both. */
	serve(&f, ":juliet!~j@host.test JOIN #d\n:n1!u@h JOIN #d\n");
	assert_int_equal(ircuser_channels(
		ircnet_user(f.net, slice_str("n1"))), 2);
	serve(&f, ":n1!u@h PART #big\n");
	assert_int_equal(ircuser_channels(
		ircnet_user(f.net, slice_str("n1"))), 1);
	serve(&f, ":n1!u@h QUIT :bye\n");
	assert_null(ircnet_user(f.net, slice_str("n1")));
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_occupant_costs_64_bytes),
		cmocka_unit_test(an_identity_stays_as_it_was_asked_for),
		cmocka_unit_test(a_mark_stays_until_the_member_leaves),
		cmocka_unit_test(who_is_back_is_known_by_what_he_was),
		cmocka_unit_test(little_is_kept_of_who_is_nothing_special),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
