/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/*
 * LIBIRCCLIENT 9.4: every input of section 4, and what broke libircclient
 * without the gate, raw, in pieces of any size: no crash, no stall, and the
 * next PING is answered.
 */

static const char *const corpus[] = {
	"NICK foo", "N", "NOTICE", ":x", ":bob ", "433", "000", "", " ", "\r",
	"   \r\r", ":", ": ", ": NICK x", "@", "@ ", "@a", "@a=b :x",
	":a!b@c NICK", ":a!b@c NICK :", ":juliet NICK :", "QUIT", "QUIT :x",
	":juliet QUIT", "JOIN", "JOIN :", ":juliet!j@h JOIN #x,#y",
	":juliet!j@h JOIN 0", "PART", ":a PART #c", "MODE", "MODE #c",
	"MODE juliet", ":s MODE juliet +o juliet", ":s MODE #c +ooooooo a b",
	":s MODE #c -+-+-+", ":s MODE #c +kkkk a b c d", ":s MODE #c +l -1",
	":s MODE #c +l 99999999999999999999", "TOPIC #c", ":a TOPIC #c :",
	"KICK #c", ":a KICK #c juliet", ":a KICK #c :", "PRIVMSG",
	"PRIVMSG juliet", ":a PRIVMSG :", ":a PRIVMSG juliet :\x01",
	":a PRIVMSG juliet :\x01\x01\x01", ":a PRIVMSG juliet :\x01 \x01",
	":a PRIVMSG #c :\x01" "DCC SEND x 1 2 3\x01",
	":a PRIVMSG juliet :\x01" "DCC CHAT chat 2130706433 1\x01",
	":a PRIVMSG juliet :\x01PING\x01", "NOTICE juliet", "INVITE juliet",
	":a INVITE juliet :", "001", "001 :", ":s 001 other :Hi",
	":s 005", ":s 005 juliet", ":s 005 juliet PREFIX=( :x",
	":s 005 juliet PREFIX=()", ":s 005 juliet CHANMODES=,,, :x",
	":s 005 juliet CHANTYPES= STATUSMSG= NICKLEN=0 LINELEN=0 :x",
	":s 005 juliet CASEMAPPING=\\x00 NETWORK=\\x0d\\x0aQUIT :x",
	":s 302", ":s 302 juliet", ":s 302 juliet :=", ":s 302 juliet :juliet=",
	":s 302 juliet :juliet=+", ":s 302 juliet :juliet=+@", ":s 311 juliet",
	":s 324", ":s 324 juliet", ":s 324 juliet #c", ":s 324 juliet #c +kl",
	":s 329 juliet #c x", ":s 332", ":s 332 juliet", ":s 332 juliet #c",
	":s 333 juliet #c", ":s 333 juliet #c x y", ":s 352 juliet",
	":s 352 juliet #c u h s ann", ":s 353", ":s 353 juliet",
	":s 353 juliet #c", ":s 353 juliet = #c", ":s 353 juliet = #c :@@@ + ~",
	":s 366", ":s 366 juliet", ":s 396", ":s 396 juliet :",
	":s 396 juliet @", ":s 403", ":s 403 juliet", ":s 403 juliet #c :x",
	":s 437 juliet", ":s 437 juliet #c :x", ":s 433 juliet juliet :x",
	":s 513", ":s 513 juliet :99999999999999999999999", "CAP", "CAP *",
	"CAP * LS", "CAP * LS *", "CAP * LS * :", "CAP * NAK",
	"CAP * NAK :batch multi-prefix batch", "CAP * ACK :-batch ~x = -",
	"CAP * NEW :batch", "CAP * NEW", "CAP * DEL :batch", "AUTHENTICATE",
	"AUTHENTICATE :+", "BATCH", "BATCH +", "BATCH -", "BATCH +a",
	"BATCH +a netsplit", "@batch=a :ann QUIT", "BATCH -a", "ACCOUNT",
	":ann ACCOUNT", ":ann AWAY", ":ann CHGHOST", ":ann CHGHOST a",
	":ann CHGHOST a :", ":ann CHGHOST : :", ":ann SETNAME", "KILL",
	":s KILL juliet", "FAIL", "FAIL JOIN", "FAIL JOIN X", "PONG", "PONG x",
	"METADATA", ":s METADATA #c avatar", ":s METADATA * avatar * :x",
	"BATCH +m metadata", ":s 760 juliet", ":s 761 juliet * avatar *",
	":s 766 juliet #c", ":s 770", ":s 774", ":s 774 juliet #c -1",
	"FAIL METADATA", "FAIL METADATA RATE_LIMITED * * :x",
	":s PONG s gw-", "TAGMSG", "1", "12", "1234", "99999999", "A1",
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x",
	"X 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
	":%n%s%p %n", ":%n!%s@%p PRIVMSG #c :%n%n%n%s%s%s",
	":\xff\xfe PRIVMSG \xff :\xff", ":a!b@c!d@e PRIVMSG juliet :x",
	":@ PRIVMSG juliet :x", ":! PRIVMSG juliet :x", ":!@ JOIN #c",
	"@time=0 :a PRIVMSG juliet :x",
	"@time=9999-99-99T99:99:99Z :a PRIVMSG juliet :x",
	"@time=2020-01-01T00:00:00 :a PRIVMSG juliet :x",
	"@a\\=\\;b=\\:\\s\\\\\\r\\n\\ :a PRIVMSG juliet :x",
	"@;;;;=;=x :a PRIVMSG juliet :x",
};

static uint32_t random_state;

static uint32_t any(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % below;
}

static void feed_in_pieces(struct fixture *f, const char *p, size_t len)
{
	while (len > 0 && f->net != NULL) {
		size_t n = any(4) ? 1 + any(8) : 1 + any(2000);

		if (n > len) {
			n = len;
		}
		ircnet_input(f->net, p, n);
		p += n;
		len -= n;
	}
}

static void feed_line(struct fixture *f, const char *line)
{
	static const char *const ends[] = {"\n", "\r\n", "\r\r\n", "\n\n"};

	feed_in_pieces(f, line, strlen(line));
	line = ends[any(COUNT(ends))];
	feed_in_pieces(f, line, strlen(line));
}

/* Members are users with that many channels; we are in each joined channel. */
static void assert_sane(const struct fixture *f)
{
	const struct map *channels = ircnet_channels(f->net);
	struct map_slot *slot;
	uint32_t pos = 0;
	uint32_t mine = 0;

	while ((slot = map_next(channels, &pos)) != NULL) {
		struct ircchan *chan = (struct ircchan *)slot->entry;
		struct map_slot *member;
		uint32_t at = 0;
		bool here = false;

		while ((member = map_next(&chan->members, &at)) != NULL) {
			struct ircuser *user = (struct ircuser *)member->entry;

			assert_ptr_equal(ircnet_user(f->net,
				istr_slice(user->nick)), user);
			assert_true(ircuser_channels(user) > 0);
			here |= user == ircnet_me(f->net);
		}
		assert_int_equal(here, chan->state != CHAN_REQUESTED);
		mine += here;
	}
	assert_int_equal(ircuser_channels(ircnet_me(f->net)), mine);
}

static void assert_alive(struct fixture *f, unsigned serial)
{
	char ping[32];
	char pong[32];

	assert_non_null(f->net);
	snprintf(ping, sizeof ping, "\nPING :t%u\n", serial);
	snprintf(pong, sizeof pong, "PONG :t%u\r\n", serial);
	feed_in_pieces(f, ping, strlen(ping));
	assert_true(f->out.len >= strlen(pong));
	assert_memory_equal(f->out.p + f->out.len - strlen(pong), pong,
		strlen(pong));
	assert_sane(f);
	forget(f);
}

static void each_hostile_line_alone_leaves_us_alive(void **state)
{
	(void)state;
	random_state = 424242;
	for (unsigned i = 0; i < COUNT(corpus); i++) {
		struct fixture f;

		fixture_init(&f);
		fixture_join(&f);
		feed_line(&f, corpus[i]);
		assert_alive(&f, i);
		assert_int_equal(f.ends, 0);
		fixture_close(&f);
	}
}

static void hostile_lines_in_any_order_leave_us_alive(void **state)
{
	(void)state;
	random_state = 20261125;
	for (unsigned round = 0; round < 60; round++) {
		struct fixture f;

		fixture_init(&f);
		fixture_join(&f);
		for (unsigned i = 0; i < 150; i++) {
			feed_line(&f, corpus[any(COUNT(corpus))]);
			if (any(10) == 0) {
				feed_line(&f, ":juliet!~j@host.test JOIN #c");
			}
			if (any(5) == 0) {
				assert_alive(&f, i);
			}
			pass(&f, any(1000));
		}
		assert_int_equal(f.ends, 0);
		fixture_close(&f);
	}
}

static void hostile_lines_before_welcome_do_no_harm(void **state)
{
	(void)state;
	for (unsigned i = 0; i < COUNT(corpus); i++) {
		struct fixture f;

		random_state = i + 1;
		fixture_init(&f);
		fixture_open(&f);
		f.next_nick = "juliet";
		feed_line(&f, corpus[i]);
		feed_line(&f, ":s 001 juliet :Hi");
		assert_true(f.ends == 0 && ircnet_registered(f.net));
		assert_alive(&f, i);
		fixture_close(&f);
	}
}

static void endless_and_long_lines_are_survived(void **state)
{
	static const size_t lengths[] = {509, 510, 511, 512, 513, 1016, 1017,
		1018, 1021, 1022, 1023, 1024, 1025, 8190, 8191, 8192, 8193,
		10000, 16384, 100000};

	(void)state;
	random_state = 7;
	for (unsigned i = 0; i < COUNT(lengths); i++) {
		char *line = malloc(lengths[i]);
		struct fixture f;

		fixture_init(&f);
		fixture_join(&f);
		memset(line, 'x', lengths[i]);
		feed_in_pieces(&f, line, lengths[i]);
		assert_alive(&f, i);
		memcpy(line, ":a!b@c PRIVMSG #c :", 19);
		feed_in_pieces(&f, line, lengths[i]);
		assert_alive(&f, i);
		line[lengths[i] - 1] = '\x01';
		feed_in_pieces(&f, line, lengths[i]);
		assert_alive(&f, i);
		line[lengths[i] / 2] = '\0';
		feed_in_pieces(&f, line, lengths[i]);
		assert_alive(&f, i);
		fixture_close(&f);
		free(line);
	}
}

/* A line that comes twice from libircclient, or never, must count once. */
static void every_line_counts_once(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	serve(&f, ":s 376 juliet :a\n:s 422 juliet :b\n:s KILL juliet :c\n"
		":juliet MODE juliet :+i\n:x NOTICE juliet :d\n"
		":x PRIVMSG x :e\n:x NICK y\n:y PRIVMSG y :f\n"
		":x MODE #c +m\n");
	expect_told(&f, "numeric 376 a :a\nnumeric 422 b :b\nother KILL :c\n"
		"text notice x server -  :d\ntext privmsg x server -  :e\n"
		"text privmsg y server -  :f\n"
		"modes #c +m by x key=- limit=0\n");
	fixture_close(&f);
}

/* ---- ceilings ---- */

static void channels_nobody_asked_for_are_bounded(void **state)
{
	struct fixture f;
	char line[100];

	(void)state;
	fixture_init(&f);
	fixture_register(&f);
	for (int i = 0; i < 500; i++) {
		snprintf(line, sizeof line, ":juliet!j@h JOIN #x%d\n", i);
		serve(&f, line);
	}
	assert_int_equal(ircnet_channels(f.net)->used, 200);
	assert_string_equal(buf_cstr(&f.out) + f.out.len - 12,
		"PART #x499\r\n");
	assert_int_equal(ircnet_join(f.net, slice_str("#mine"), none), ERR_OK);
	serve(&f, ":juliet!j@h JOIN #mine\n");
	assert_int_equal(ircnet_channels(f.net)->used, 201);
	fixture_close(&f);
}

static void names_of_a_flood_are_bounded(void **state)
{
	struct fixture f;
	struct buf line;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	buf_init(&line, 10000);
	for (int i = 0; i < 70000; i++) {
		buf_reset(&line, SIZE_MAX);
		buf_addf(&line, ":%0500d!u@h JOIN #c\r\n", i);
		ircnet_input(f.net, line.p, line.len);
		buf_reset(&f.told, SIZE_MAX);
	}
	/* 32 MiB of names */
	assert_true(ircnet_chan(f.net, slice_str("#c"))->members.used < 70000);
	assert_true(ircnet_dropped(f.net) > 1000);
	serve(&f, "PING x\n");
	expect_out(&f, "PONG :x\n");
	buf_finish(&line);
	fixture_close(&f);
}

static void names_above_512_bytes_are_ignored(void **state)
{
	struct fixture f;
	struct buf line;

	(void)state;
	fixture_init(&f);
	fixture_join(&f);
	buf_init(&line, 10000);
	buf_addf(&line, ":%0513d!u@h JOIN #c\r\n:ann!a@h NICK %0513d\r\n"
		":s 353 juliet = #c :%0513d\r\n:juliet JOIN #%0513d\r\n",
		1, 2, 3, 4);
	ircnet_input(f.net, line.p, line.len);
	assert_int_equal(ircnet_chan(f.net, slice_str("#c"))->members.used, 3);
	assert_int_equal(ircnet_channels(f.net)->used, 1);
	buf_finish(&line);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_hostile_line_alone_leaves_us_alive),
		cmocka_unit_test(hostile_lines_in_any_order_leave_us_alive),
		cmocka_unit_test(hostile_lines_before_welcome_do_no_harm),
		cmocka_unit_test(endless_and_long_lines_are_survived),
		cmocka_unit_test(every_line_counts_once),
		cmocka_unit_test(channels_nobody_asked_for_are_bounded),
		cmocka_unit_test(names_of_a_flood_are_bounded),
		cmocka_unit_test(names_above_512_bytes_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
