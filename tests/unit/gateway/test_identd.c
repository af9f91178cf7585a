/* SPDX-License-Identifier: MIT */
#include "tests/unit/gateway/link_fixture.h"

#include "gateway/identd.h"

/* A server on IRC (the peer), a link to it, and questions about that link. */
struct fixture {
	struct link_fixture l;
	struct link *question;
	unsigned losses; /* of questions */
	unsigned silent_losses;
	struct buf said;
	uint16_t port; /* of the identd */
};

static void on_data(void *ctx, const char *p, size_t len)
{
	buf_add(&((struct fixture *)ctx)->said, p, len);
}

static void on_lost(void *ctx, enum err why, const char *detail)
{
	struct fixture *f = ctx;

	(void)why;
	(void)detail;
	f->losses++;
	f->question = NULL;
}

static void on_silent_lost(void *ctx, enum err why, const char *detail)
{
	(void)why;
	(void)detail;
	((struct fixture *)ctx)->silent_losses++;
}

static const struct link_events asks = {link_on_up, on_data, on_lost, NULL};
static const struct link_events silent = {link_on_up, on_data, on_silent_lost,
	NULL};

static struct link *open_link(struct fixture *f, const char *host,
	uint16_t port, const char *ident, const struct link_events *events)
{
	struct link_config config = {
		.host = host,
		.port = port,
		.tls = LINK_TLS_OFF,
		.allow_private = true,
		.ident = ident,
		.max_output = 1024,
	};
	unsigned ups = f->l.ups;
	struct link *l = link_open(&f->l.world, &config, events, f);

	WAIT(f->l.loop, f->l.ups > ups);
	return l;
}

/* There, at this port or the next free one. */
static uint16_t listen_from(struct fixture *f, const char *host, uint16_t port)
{
	while (identd_listen(f->l.world.identd, host, port) != ERR_OK) {
		port++;
	}
	return port;
}

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);

	link_fixture_init(&f->l);
	buf_init(&f->said, 10000);
	/* A port that was free a moment ago. */
	f->l.world.identd = identd_create(f->l.loop);
	f->port = listen_from(f, "127.0.0.1", (uint16_t)(f->l.peer.port + 1));
	f->l.link = open_link(f, "127.0.0.1", f->l.peer.port, "juliet",
		&link_counted);
	WAIT(f->l.loop, f->l.peer.connected);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->question != NULL) {
		link_abort(f->question);
	}
	identd_destroy(f->l.world.identd);
	link_fixture_finish(&f->l);
	buf_finish(&f->said);
	test_free(f);
	return 0;
}

static unsigned port_of_link(struct fixture *f)
{
	union address a;
	int len = sizeof a;

	assert_int_equal(uv_tcp_getpeername(&f->l.peer.conn, &a.sa, &len), 0);
	return ntohs(a.in4.sin_port);
}

static void ask(struct fixture *f, const char *line, const char *expected)
{
	buf_truncate(&f->said, 0);
	f->losses = 0;
	f->question = open_link(f, "127.0.0.1", f->port, NULL, &asks);
	link_write(f->question, line, strlen(line));
	WAIT(f->l.loop, f->losses > 0);
	assert_string_equal(buf_cstr(&f->said), expected);
}

static void our_own_links_have_a_user(void **state)
{
	struct fixture *f = *state;
	unsigned port = port_of_link(f);
	char line[100];
	char expected[100];

	snprintf(line, sizeof line, "%u, %u\r\n", port, f->l.peer.port);
	snprintf(expected, sizeof expected,
		"%u , %u : USERID : UNIX : juliet\r\n", port, f->l.peer.port);
	ask(f, line, expected);
	/* It is gone with the link. */
	link_abort(f->l.link);
	f->l.link = NULL;
	snprintf(expected, sizeof expected, "%u , %u : ERROR : NO-USER\r\n",
		port, f->l.peer.port);
	ask(f, line, expected);
}

static void nobody_else_has(void **state)
{
	struct fixture *f = *state;

	ask(f, "1 , 2\n", "1 , 2 : ERROR : NO-USER\r\n");
	ask(f, "hello\r\n", "0 , 0 : ERROR : INVALID-PORT\r\n");
	ask(f, "1,65536\r\n", "0 , 0 : ERROR : INVALID-PORT\r\n");
	ask(f, ",\r\n", "0 , 0 : ERROR : INVALID-PORT\r\n");
}

/* The same ports, from an address that the link does not lead to. */
static void strangers_hear_nothing(void **state)
{
	struct fixture *f = *state;
	struct source_config source = {
		.bits = 32, .address = {127, 0, 0, 99}};
	unsigned char who[32] = {0};
	struct link_config config = {
		.host = "127.0.0.1",
		.port = f->port,
		.tls = LINK_TLS_OFF,
		.allow_private = true,
		.sources = &source,
		.nsources = 1,
		.who = who,
		.max_output = 1024,
	};
	char line[100];

	f->question = link_open(&f->l.world, &config, &asks, f);
	WAIT(f->l.loop, f->l.ups == 2);
	snprintf(line, sizeof line, "%u, %u\r\n", port_of_link(f), f->l.peer.port);
	link_write(f->question, line, strlen(line));
	WAIT(f->l.loop, f->losses > 0);
	assert_non_null(strstr(buf_cstr(&f->said), "NO-USER"));
}

static void long_lines_and_silence_end(void **state)
{
	struct fixture *f = *state;
	char line[200];

	memset(line, ' ', sizeof line);
	line[sizeof line - 1] = '\0';
	ask(f, line, "");
	open_link(f, "127.0.0.1", f->port, NULL, &silent);
	ask(f, ",\r\n", "0 , 0 : ERROR : INVALID-PORT\r\n"); /* came later */
	assert_int_equal(f->silent_losses, 0);
	skip_time(f->l.loop, IDENTD_MS);
	WAIT(f->l.loop, f->silent_losses > 0);
}

static void is_known(struct fixture *f, const char *ident)
{
	unsigned port = port_of_link(f);
	char line[100];
	char expected[100];

	snprintf(line, sizeof line, "%u, %u\r\n", port, f->l.peer.port);
	snprintf(expected, sizeof expected, "%u , %u : %s%s\r\n", port,
		f->l.peer.port, ident != NULL ? "USERID : UNIX : " : "ERROR : ",
		ident != NULL ? ident : "NO-USER");
	ask(f, line, expected);
}

/* What a reload may ask for: links that are up are known at the new address. */
static void it_moves_and_knows_its_links(void **state)
{
	struct fixture *f = *state;
	struct identd *d = f->l.world.identd;
	uint16_t first = f->port;

	is_known(f, "juliet");
	assert_int_equal(identd_listen(d, "127.0.0.1", first), ERR_OK);
	is_known(f, "juliet");
	/* The same port of all addresses: the old one must be free for it. */
	assert_int_equal(identd_listen(d, "0.0.0.0", first), ERR_OK);
	is_known(f, "juliet");
	f->port = listen_from(f, "127.0.0.1", (uint16_t)(first + 1));
	is_known(f, "juliet");
}

static void where_it_cannot_listen_it_stays(void **state)
{
	struct fixture *f = *state;
	struct identd *d = f->l.world.identd;

	/* The IRC server is there. */
	assert_int_equal(identd_listen(d, "127.0.0.1", f->l.peer.port),
		ERR_IO);
	is_known(f, "juliet");
}

/* Nobody keeps servers from asking by asking nothing: the oldest go. */
static void silence_makes_place(void **state)
{
	struct fixture *f = *state;
	struct link *all[IDENTD_QUERIES];

	for (unsigned i = 0; i < IDENTD_QUERIES; i++) {
		all[i] = open_link(f, "127.0.0.1", f->port, NULL, &silent);
	}
	is_known(f, "juliet");
	WAIT(f->l.loop, f->silent_losses > 0);
	assert_int_equal(f->silent_losses, 1);
	for (unsigned i = 1; i < IDENTD_QUERIES; i++) {
		link_abort(all[i]);
	}
}

static bool is_open(struct fixture *f)
{
	struct link_config config = {
		.host = "127.0.0.1",
		.port = f->port,
		.tls = LINK_TLS_OFF,
		.allow_private = true,
		.max_output = 1024,
	};
	unsigned ups = f->l.ups;

	f->losses = 0;
	f->question = link_open(&f->l.world, &config, &asks, f);
	WAIT(f->l.loop, f->l.ups > ups || f->losses > 0);
	if (f->losses > 0) {
		return false;
	}
	link_abort(f->question);
	f->question = NULL;
	return true;
}

static void it_is_switched_off_and_on(void **state)
{
	struct fixture *f = *state;
	struct identd *d = f->l.world.identd;

	assert_true(is_open(f));
	assert_int_equal(identd_listen(d, NULL, 0), ERR_OK);
	assert_false(is_open(f));
	/* Of what began meanwhile nothing is known. */
	link_abort(f->l.link);
	f->l.link = NULL;
	peer_hang_up(&f->l.peer);
	WAIT(f->l.loop, !f->l.peer.connected);
	f->l.link = open_link(f, "127.0.0.1", f->l.peer.port, "romeo",
		&link_counted);
	WAIT(f->l.loop, f->l.peer.connected);
	assert_int_equal(identd_listen(d, "127.0.0.1", f->port), ERR_OK);
	is_known(f, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(our_own_links_have_a_user),
		TEST(nobody_else_has),
		TEST(strangers_hear_nothing),
		TEST(long_lines_and_silence_end),
		TEST(it_moves_and_knows_its_links),
		TEST(where_it_cannot_listen_it_stays),
		TEST(it_is_switched_off_and_on),
		TEST(silence_makes_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
