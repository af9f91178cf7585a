/* SPDX-License-Identifier: MIT */
#include "tests/unit/gateway/link_fixture.h"

#include "gateway/source.h"

/* Links that go through a proxy (the peer), and links from an address of the
 * user's. */

static void open_by_proxy(struct link_fixture *f, const char *host, const char *user)
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

	f->link = link_open(&f->world, &config, &link_counted, f);
}

static void expect(struct link_fixture *f, const char *bytes, size_t len)
{
	WAIT(f->loop, f->peer.in.len >= len || f->losses > 0);
	assert_int_equal(f->peer.in.len, len);
	assert_memory_equal(f->peer.in.p, bytes, len);
	buf_truncate(&f->peer.in, 0);
}

static void an_onion_name_goes_through_unresolved(void **state)
{
	struct link_fixture *f = *state;

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
	struct link_fixture *f = *state;

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
	struct link_fixture *f = *state;

	open_by_proxy(f, "irc.test", NULL);
	expect(f, "\5\1\0", 3);
	skip_time(f->loop, LINK_PROXY_TIMEOUT_MS);
	assert_int_equal(f->losses, 1);
	assert_int_equal(f->why, ERR_PROXY);
}

static void no_proxy_is_no_server(void **state)
{
	struct link_fixture *f = *state;
	struct server_config proxy = {"127.0.0.1", 1};
	struct link_config config = {.host = "irc.test", .port = 6697,
		.proxy = &proxy, .max_output = 1024};

	f->link = link_open(&f->world, &config, &link_counted, f);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_PROXY);
}

static void nobody_is_led_inside(void **state)
{
	static const char *const hosts[] = {"10.0.0.1", "::1", "localhost",
		"a.localhost", "169.254.169.254"};
	struct link_fixture *f = *state;

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
	struct link_fixture *f = *state;
	struct link_config config = {.host = "abc.ONION", .port = 6697,
		.max_output = 1024};

	f->link = link_open(&f->world, &config, &link_counted, f);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_DNS);
	assert_non_null(strstr(f->detail, "proxy"));
}

static void open_from(struct link_fixture *f, const char *source,
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
	f->link = link_open(&f->world, &config, &link_counted, f);
}

static void the_users_address_is_used(void **state)
{
	struct link_fixture *f = *state;
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
	struct link_fixture *f = *state;
	struct source_config s;

	open_from(f, "2001:db8::/64", &s, 0x11);
	WAIT(f->loop, f->losses == 1);
	assert_int_equal(f->why, ERR_UNREACHABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LINK_TEST(an_onion_name_goes_through_unresolved),
		LINK_TEST(what_the_proxy_says_is_told),
		LINK_TEST(a_silent_proxy_is_given_a_minute),
		LINK_TEST(no_proxy_is_no_server),
		LINK_TEST(nobody_is_led_inside),
		LINK_TEST(an_onion_name_is_not_asked_for),
		LINK_TEST(the_users_address_is_used),
		LINK_TEST(without_one_of_that_family_nobody_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
