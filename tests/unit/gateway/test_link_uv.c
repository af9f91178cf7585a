/* SPDX-License-Identifier: MIT */
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/gateway/link_fixture.h"

static void open_with(struct link_fixture *f, const struct link_config *config)
{
	f->link = link_open(&f->world, config, &link_counted, f);
	assert_int_equal(f->ups + f->losses, 0); /* not from inside the call */
}

static void open_up(struct link_fixture *f)
{
	struct link_config config = link_to_peer(f);

	open_with(f, &config);
	WAIT(f->loop, f->ups == 1 && f->peer.connected);
}

static bool in_is(const struct buf *b, const char *text)
{
	return slice_is(buf_slice(b), text);
}

static void both_sides_talk(void **state)
{
	struct link_fixture *f = *state;

	open_up(f);
	link_write(f->link, "NICK juliet\r\n", 13);
	WAIT(f->loop, in_is(&f->peer.in, "NICK juliet\r\n"));
	peer_write(&f->peer, "PING :1\r\n", 9);
	WAIT(f->loop, in_is(&f->in, "PING :1\r\n"));
}

static void names_are_resolved(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);

	config.host = "localhost"; /* ::1 refuses, 127.0.0.1 takes it */
	open_with(f, &config);
	WAIT(f->loop, f->ups == 1);
}

static void refused(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);
	struct sockaddr_in at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	uv_ip4_addr("127.0.0.1", f->peer.port, &at);
	uv_close((uv_handle_t *)&f->peer.listener, NULL);
	loop_turn(f->loop, false);
	/* Bound, it is nobody else's, and without listen(2) nobody is there. */
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	open_with(f, &config);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_REFUSED);
	assert_non_null(strstr(f->detail, "127.0.0.1:"));
	close(fd);
	peer_listen(&f->peer, f->loop); /* for the teardown */
}

static void private_addresses_are_for_operators(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "::1", "localhost",
		"10.0.0.1", "169.254.169.254"};
	struct link_fixture *f = *state;

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		struct link_config config = link_to_peer(f);

		config.host = hosts[i];
		config.allow_private = false;
		f->losses = 0;
		open_with(f, &config);
		WAIT(f->loop, f->losses == 1);
		assert_int_equal(f->why, ERR_FORBIDDEN);
	}
	assert_int_equal(f->peer.connections, 0);
}

static void an_unknown_ca_file_is_told_later(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);

	config.tls = LINK_TLS_VERIFY;
	config.ca_file = "/nonexistent/ca.pem";
	open_with(f, &config);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_CERTIFICATE);
	assert_int_equal(f->peer.connections, 0);
}

static void a_turn_is_one_write(void **state)
{
	struct link_fixture *f = *state;
	struct link_stats stats;

	open_up(f);
	for (int i = 0; i < 100; i++) {
		link_write(f->link, "0123456789", 10);
	}
	link_stats(f->link, &stats);
	assert_int_equal(stats.writes, 0);
	WAIT(f->loop, f->peer.in.len == 1000);
	link_stats(f->link, &stats);
	assert_int_equal(stats.writes, 1);
	assert_int_equal(stats.bytes_out, 1000);
	link_write(f->link, "x", 1);
	WAIT(f->loop, f->peer.in.len == 1001);
	link_stats(f->link, &stats);
	assert_int_equal(stats.writes, 2);
}

/* A flood is read in pieces: others have their turn in between. */
static void a_turn_reads_so_much_and_no_more(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);
	static char big[300000];
	size_t before = 0;
	unsigned turns = 0;
	uv_buf_t b = uv_buf_init(big, sizeof big);

	memset(big, 'x', sizeof big);
	config.max_turn = 4096;
	open_with(f, &config);
	WAIT(f->loop, f->ups == 1 && f->peer.connected);
	assert_true(uv_try_write((uv_stream_t *)&f->peer.conn, &b, 1) > 100000);
	loop_turn(f->loop, true);
	assert_int_equal(f->in.len, 4096);
	assert_true(link_had_more(f->link));
	for (; f->in.len < 100000; turns++) {
		before = f->in.len;
		loop_turn(f->loop, true);
		assert_true(f->in.len - before <= 4096);
	}
	assert_true(turns < 30); /* each does its share */
}

static void close_sends_what_was_written(void **state)
{
	struct link_fixture *f = *state;
	static char big[200000];

	memset(big, 'x', sizeof big);
	f->peer.holds = true;
	open_up(f);
	link_write(f->link, big, sizeof big);
	link_write(f->link, "QUIT :bye\r\n", 11);
	link_close(f->link);
	f->link = NULL;
	loop_turn(f->loop, false);
	peer_read(&f->peer);
	WAIT(f->loop, f->peer.ended);
	assert_int_equal(f->peer.in.len, sizeof big + 11);
	assert_memory_equal(f->peer.in.p + sizeof big, "QUIT :bye\r\n", 11);
	peer_hang_up(&f->peer);
	WAIT(f->loop, loop_empty(f->loop));
	assert_int_equal(f->losses, 0);
}

static void close_waits_1_s_for_the_peer(void **state)
{
	struct link_fixture *f = *state;

	open_up(f);
	link_close(f->link);
	f->link = NULL;
	WAIT(f->loop, f->peer.ended);
	assert_false(loop_empty(f->loop));
	skip_time(f->loop, LINK_LINGER_MS);
	WAIT(f->loop, loop_empty(f->loop));
}

static void close_gives_up_after_5_s(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);
	static char big[8 * 1024 * 1024];

	config.max_output = sizeof big;
	f->peer.holds = true;
	open_with(f, &config);
	WAIT(f->loop, f->ups == 1 && f->peer.connected);
	link_write(f->link, big, sizeof big);
	link_close(f->link);
	f->link = NULL;
	loop_turn(f->loop, false);
	assert_false(loop_empty(f->loop));
	skip_time(f->loop, LINK_CLOSE_MS);
	WAIT(f->loop, loop_empty(f->loop));
	assert_int_equal(f->losses, 0);
}

static void over_the_ceiling_the_link_is_lost(void **state)
{
	struct link_fixture *f = *state;
	static char big[64 * 1024];

	f->peer.holds = true;
	open_up(f);
	for (int i = 0; i < 4; i++) {
		link_write(f->link, big, sizeof big);
	}
	link_write(f->link, "x", 1);
	assert_int_equal(f->losses, 0); /* not from inside the call */
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_FULL);
}

static void water_marks(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);
	static char big[8 * 1024 * 1024];

	config.max_output = 2 * sizeof big;
	config.high_water = 1024 * 1024;
	config.low_water = 256 * 1024;
	f->peer.holds = true;
	open_with(f, &config);
	WAIT(f->loop, f->ups == 1 && f->peer.connected);
	link_write(f->link, big, 1024 * 1024);
	assert_false(link_is_high(f->link));
	link_write(f->link, big, sizeof big);
	assert_true(link_is_high(f->link));
	loop_turn(f->loop, false);
	assert_true(link_is_high(f->link));
	assert_int_equal(f->lows, 0);
	peer_read(&f->peer);
	WAIT(f->loop, f->lows > 0);
	assert_false(link_is_high(f->link));
	WAIT(f->loop, f->peer.in.len == 1024 * 1024 + sizeof big);
	assert_int_equal(f->lows, 1);
}

static void a_paused_link_is_not_read(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);

	open_with(f, &config);
	link_pause(f->link, true); /* before it is up */
	WAIT(f->loop, f->ups == 1 && f->peer.connected);
	peer_write(&f->peer, "PING :1\r\n", 9);
	link_write(f->link, "x", 1);
	WAIT(f->loop, f->peer.in.len == 1); /* writing goes on */
	loop_turn(f->loop, false);
	assert_int_equal(f->in.len, 0);
	link_pause(f->link, false);
	WAIT(f->loop, in_is(&f->in, "PING :1\r\n"));
}

static void the_peer_closes(void **state)
{
	struct link_fixture *f = *state;

	open_up(f);
	peer_write(&f->peer, "ERROR :bye\r\n", 12);
	peer_hang_up(&f->peer);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_CLOSED);
	assert_true(in_is(&f->in, "ERROR :bye\r\n")); /* before the loss */
}

static void nothing_comes_after_a_close_inside_an_event(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);

	f->close_in_up = true;
	open_with(f, &config);
	WAIT(f->loop, f->ups == 1 && f->peer.ended);
	peer_hang_up(&f->peer);
	WAIT(f->loop, loop_empty(f->loop) && !f->peer.connected);
	f->close_in_up = false;
	for (int i = 0; i < 2; i++) {
		f->ups = 0;
		f->in.len = 0;
		f->peer.ended = false;
		f->close_in_data = i == 0;
		f->abort_in_data = i == 1;
		open_up(f);
		peer_write(&f->peer, "a", 1);
		WAIT(f->loop, f->link == NULL);
		WAIT(f->loop, f->peer.ended);
		assert_int_equal(f->in.len, 1);
		peer_hang_up(&f->peer);
		WAIT(f->loop, loop_empty(f->loop) && !f->peer.connected);
	}
	assert_int_equal(f->losses, 0);
}

static void ended_while_connecting(void **state)
{
	struct link_fixture *f = *state;
	struct link_config config = link_to_peer(f);

	for (int i = 0; i < 3; i++) {
		config.host = i == 2 ? "nowhere.test" : "127.0.0.1";
		open_with(f, &config);
		if (i == 1) {
			loop_turn(f->loop, false);
		}
		link_close(f->link);
		f->link = NULL;
	}
	assert_true(loop_empty(f->loop));
	loop_turn(f->loop, false);
}

static void the_loop_ends_while_a_link_drains(void **state)
{
	struct link_fixture *f = *state;

	open_up(f);
	link_write(f->link, "QUIT\r\n", 6);
	link_close(f->link);
	f->link = NULL;
	assert_false(loop_empty(f->loop));
}

static void the_loop_ends_with_a_link_open(void **state)
{
	struct link_fixture *f = *state;

	open_up(f);
	link_write(f->link, "QUIT\r\n", 6);
	f->link = NULL; /* left to the loop */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINK_TEST(both_sides_talk),
		LINK_TEST(names_are_resolved),
		LINK_TEST(refused),
		LINK_TEST(private_addresses_are_for_operators),
		LINK_TEST(an_unknown_ca_file_is_told_later),
		LINK_TEST(a_turn_is_one_write),
		LINK_TEST(a_turn_reads_so_much_and_no_more),
		LINK_TEST(close_sends_what_was_written),
		LINK_TEST(close_waits_1_s_for_the_peer),
		LINK_TEST(close_gives_up_after_5_s),
		LINK_TEST(over_the_ceiling_the_link_is_lost),
		LINK_TEST(water_marks),
		LINK_TEST(a_paused_link_is_not_read),
		LINK_TEST(the_peer_closes),
		LINK_TEST(nothing_comes_after_a_close_inside_an_event),
		LINK_TEST(ended_while_connecting),
		LINK_TEST(the_loop_ends_while_a_link_drains),
		LINK_TEST(the_loop_ends_with_a_link_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
