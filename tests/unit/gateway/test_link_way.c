/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "tests/unit/gateway/peer.h"

#include "gateway/link_uv.h"
#include "gateway/source.h"

/* Links that go through a proxy, and links from an address of the user's. */
struct fixture {
	struct loop *loop;
	struct link_world world;
	struct peer peer; /* the proxy, or the server */
	struct link *link;
	unsigned ups;
	unsigned losses;
	enum err why;
	char detail[200];
	struct buf in;
};

static void on_up(void *ctx)
{
	((struct fixture *)ctx)->ups++;
}

static void on_data(void *ctx, const char *p, size_t len)
{
	buf_add(&((struct fixture *)ctx)->in, p, len);
}

static void on_lost(void *ctx, enum err why, const char *detail)
{
	struct fixture *f = ctx;

	f->link = NULL;
	f->losses++;
	f->why = why;
	snprintf(f->detail, sizeof f->detail, "%s", detail);
}

static const struct link_events events = {
	.on_up = on_up, .on_data = on_data, .on_lost = on_lost};

static int setup(void **state)
{
	struct fixture *f = test_calloc(1, sizeof *f);

	f->loop = loop_create();
	f->world.loop = f->loop;
	f->world.dns = dns_create(f->loop, "127.0.0.1:9");
	f->world.tls = tls_store_create();
	peer_listen(&f->peer, f->loop);
	buf_init(&f->in, 1024 * 1024);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->link != NULL) {
		link_abort(f->link);
	}
	dns_destroy(f->world.dns);
	tls_store_destroy(f->world.tls);
	peer_finish(&f->peer);
	loop_destroy(f->loop);
	buf_finish(&f->in);
	test_free(f);
	return 0;
}

static void open_by_proxy(struct fixture *f, const char *host, const char *user)
{
	struct server_config proxy = {"127.0.0.1", f->peer.port};
	struct link_config config = {
		.host = host,
		.port = 6697,
		.tls = LINK_TLS_OFF,
		.proxy = &proxy,
		.proxy_user = user,
		.proxy_password = user,
		.max_output = 256 * 1024,
	};

	f->link = link_open(&f->world, &config, &events, f);
}

static void expect(struct fixture *f, const char *bytes, size_t len)
{
	WAIT(f->loop, f->peer.in.len >= len || f->losses > 0);
	assert_int_equal(f->peer.in.len, len);
	assert_memory_equal(f->peer.in.p, bytes, len);
	buf_truncate(&f->peer.in, 0);
}

static void an_onion_name_goes_through_unresolved(void **state)
{
	struct fixture *f = *state;

	open_by_proxy(f, "abc.onion", "me");
	expect(f, "\5\1\2", 3);
	peer_write(&f->peer, "\5\2", 2);
	expect(f, "\1\2me\2me", 7);
	peer_write(&f->peer, "\1\0", 2);
	expect(f, "\5\1\0\3\11abc.onion\x1a\x29", 16);
	assert_int_equal(f->ups, 0);
	/* The server may be as fast as the proxy. */
	peer_write(&f->peer, "\5\0\0\1\0\0\0\0\0\0:a NOTICE\r\n", 21);
	WAIT(f->loop, f->in.len == 11);
	assert_int_equal(f->ups, 1);
	assert_memory_equal(f->in.p, ":a NOTICE\r\n", 11);
	link_write(f->link, "NICK a\r\n", 8);
	expect(f, "NICK a\r\n", 8);
}

static void what_the_proxy_says_is_told(void **state)
{
	struct fixture *f = *state;

	open_by_proxy(f, "irc.test", NULL);
	expect(f, "\5\1\0", 3);
	peer_write(&f->peer, "\5\0", 2);
	expect(f, "\5\1\0\3\10irc.test\x1a\x29", 15);
	peer_write(&f->peer, "\5\5\0\1\0\0\0\0\0\0", 10);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_REFUSED);
	assert_non_null(strstr(f->detail, "refused"));
}

static void a_silent_proxy_is_given_a_minute(void **state)
{
	struct fixture *f = *state;

	open_by_proxy(f, "irc.test", NULL);
	expect(f, "\5\1\0", 3);
	skip_time(f->loop, LINK_PROXY_TIMEOUT_MS);
	assert_int_equal(f->losses, 1);
	assert_int_equal(f->why, ERR_PROXY);
}

static void no_proxy_is_no_server(void **state)
{
	struct fixture *f = *state;
	struct server_config proxy = {"127.0.0.1", 1};
	struct link_config config = {.host = "irc.test", .port = 6697,
		.proxy = &proxy, .max_output = 1024};

	f->link = link_open(&f->world, &config, &events, f);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_PROXY);
}

static void nobody_is_led_inside(void **state)
{
	static const char *const hosts[] = {"10.0.0.1", "::1", "localhost",
		"a.localhost", "169.254.169.254"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		f->losses = 0;
		open_by_proxy(f, hosts[i], NULL);
		WAIT(f->loop, f->losses == 1);
		assert_int_equal(f->why, ERR_FORBIDDEN);
	}
	assert_int_equal(f->peer.connections, 0);
}

static void an_onion_name_is_not_asked_for(void **state)
{
	struct fixture *f = *state;
	struct link_config config = {.host = "abc.ONION", .port = 6697,
		.max_output = 1024};

	f->link = link_open(&f->world, &config, &events, f);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_DNS);
	assert_non_null(strstr(f->detail, "proxy"));
}

static void open_from(struct fixture *f, const char *source,
	struct source_config *s, unsigned char fill)
{
	unsigned char who[32];
	struct link_config config = {
		.host = "127.0.0.1",
		.port = f->peer.port,
		.tls = LINK_TLS_OFF,
		.allow_private = true,
		.sources = s,
		.nsources = 1,
		.who = who,
		.max_output = 256 * 1024,
	};

	memset(who, fill, sizeof who);
	assert_int_equal(source_parse(source, s), ERR_OK);
	f->link = link_open(&f->world, &config, &events, f);
}

static void the_users_address_is_used(void **state)
{
	struct fixture *f = *state;
	struct source_config s;
	union address a;
	int len = sizeof a;
	char text[ADDRESS_TEXT];

	open_from(f, "127.0.0.0/8", &s, 0x11);
	WAIT(f->loop, f->ups == 1 && f->peer.connected);
	assert_int_equal(uv_tcp_getpeername(&f->peer.conn, &a.sa, &len), 0);
	a.in4.sin_port = 0;
	address_text(&a, text);
	assert_string_equal(text, "127.17.17.17:0");
}

static void without_one_of_that_family_nobody_goes(void **state)
{
	struct fixture *f = *state;
	struct source_config s;

	open_from(f, "2001:db8::/64", &s, 0x11);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_UNREACHABLE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_onion_name_goes_through_unresolved),
		TEST(what_the_proxy_says_is_told),
		TEST(a_silent_proxy_is_given_a_minute),
		TEST(no_proxy_is_no_server),
		TEST(nobody_is_led_inside),
		TEST(an_onion_name_is_not_asked_for),
		TEST(the_users_address_is_used),
		TEST(without_one_of_that_family_nobody_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
