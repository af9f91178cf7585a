/* SPDX-License-Identifier: MIT */
#include "tests/unit/gateway/tls_fixture.h"

/* Which servers are believed, and how a link over TLS goes. */

static void open_pinned(struct fixture *f, const char *host,
	enum link_tls mode, const char *ca_file, const char *const *pins,
	size_t npins)
{
	struct link_config config = {
		.host = host,
		.port = f->l.peer.port,
		.tls = mode,
		.ca_file = ca_file,
		.pins = pins,
		.npins = npins,
		.allow_private = true,
		.max_output = 256 * 1024,
	};

	f->l.link = link_open(&f->l.world, &config, &link_counted, f);
	WAIT(f->l.loop, f->l.ups + f->l.losses > 0);
}

static void open_tls(struct fixture *f, const char *host, enum link_tls mode,
	const char *ca_file, const char *pin)
{
	open_pinned(f, host, mode, ca_file, &pin, pin != NULL);
}

static void expect_refusal(struct fixture *f, enum err why, const char *detail)
{
	assert_int_equal(f->l.ups, 0);
	assert_int_equal(f->l.why, why);
	if (strstr(f->l.detail, detail) == NULL) {
		fail_msg("%s", f->l.detail);
	}
	WAIT(f->l.loop, f->l.peer.ended);
	assert_int_equal(f->got.len, 0);
}

static void a_good_certificate_is_accepted(void **state)
{
	struct fixture *f = *state;
	struct link_stats stats;

	serve(f, pki.leaf);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	assert_int_equal(f->l.ups, 1);
	assert_string_equal(f->sni, ""); /* RFC 6066: not for literals */
	link_stats(f->l.link, &stats);
	assert_true(stats.writes <= 2); /* hello, finished */
	link_write(f->l.link, "NICK a\r\n", 8);
	link_write(f->l.link, "USER a\r\n", 8);
	WAIT(f->l.loop, f->got.len == 16);
	assert_memory_equal(f->got.p, "NICK a\r\nUSER a\r\n", 16);
	SSL_write(f->server, "PING :1\r\n", 9);
	server_drain(f);
	WAIT(f->l.loop, f->l.in.len == 9);
	assert_memory_equal(f->l.in.p, "PING :1\r\n", 9);
}

static void a_certificate_of_another_name_is_refused(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf);
	open_tls(f, "localhost", LINK_TLS_VERIFY, pki.ca_file, NULL);
	expect_refusal(f, ERR_CERT_NAME, "ostname mismatch");
	if (strstr(f->l.detail, pki.leaf_pin) == NULL) {
		fail_msg("no fingerprint: %s", f->l.detail);
	}
}

static void the_name_is_asked_for(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf);
	open_tls(f, "irc.localhost", LINK_TLS_INSECURE, NULL, NULL);
	assert_int_equal(f->l.ups, 1);
	WAIT(f->l.loop, f->sni[0] != '\0');
	assert_string_equal(f->sni, "irc.localhost");
}

static void a_self_signed_certificate_is_refused(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.lone);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	expect_refusal(f, ERR_CERT_SELF, "self-signed");
}

static void the_system_does_not_know_our_authority(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, NULL, NULL);
	expect_refusal(f, ERR_CERT_ISSUER, "certificate");
}

static void insecure_takes_any(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.lone);
	open_tls(f, "127.0.0.1", LINK_TLS_INSECURE, NULL, NULL);
	assert_int_equal(f->l.ups, 1);
}

static void the_pin_decides(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.lone); /* self-signed, another name: all the same */
	open_tls(f, "localhost", LINK_TLS_VERIFY, NULL, pki.pin);
	assert_int_equal(f->l.ups, 1);
}

static void a_wrong_pin_is_refused(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf); /* signed and named well: all the same */
	open_tls(f, "127.0.0.1", LINK_TLS_INSECURE, pki.ca_file, pki.pin);
	/* Both, and what to do. */
	expect_refusal(f, ERR_CERT_PIN, pki.pin);
	expect_refusal(f, ERR_CERT_PIN, pki.leaf_pin);
	expect_refusal(f, ERR_CERT_PIN, "put the new one into pin");
}

static void any_of_several_pins_is_right(void **state)
{
	struct fixture *f = *state;
	const char *const pins[] = {pki.pin, pki.leaf_pin};

	serve(f, pki.leaf);
	open_pinned(f, "localhost", LINK_TLS_VERIFY, NULL, pins, 2);
	assert_int_equal(f->l.ups, 1);
}

static void an_expired_certificate_is_refused(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.old);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	expect_refusal(f, ERR_CERT_EXPIRED, "expired");
}

static void a_certificate_of_tomorrow_is_refused(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.early);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	expect_refusal(f, ERR_CERT_EARLY, "not yet valid");
}

static void an_unknown_authority_is_refused(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.orphan);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	expect_refusal(f, ERR_CERT_ISSUER, "ca_file");
}

/* It has nothing in common with us, and says so. */
static void an_alert_is_told_as_such(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf);
	SSL_CTX_set_max_proto_version(f->server_ctx, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(f->server_ctx, "ECDHE-RSA-AES128-GCM-SHA256");
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	assert_int_equal(f->l.ups, 0);
	assert_int_equal(f->l.why, ERR_TLS_ALERT);
	assert_true(f->l.detail[0] != '\0');
}

static void old_versions_are_refused(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf);
	SSL_CTX_set_security_level(f->server_ctx, 0);
	SSL_CTX_set_min_proto_version(f->server_ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(f->server_ctx, TLS1_1_VERSION);
	open_tls(f, "127.0.0.1", LINK_TLS_INSECURE, NULL, NULL);
	assert_int_equal(f->l.ups, 0);
	assert_int_equal(f->l.why, ERR_TLS_OLD);
	assert_true(f->l.detail[0] != '\0');
}

static void talk_plain(struct peer *peer, const char *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	peer->on_data = NULL;
	peer_write(peer, ":irc.test NOTICE * :hello\r\n", 27);
}

static void a_plain_server_is_no_tls(void **state)
{
	struct fixture *f = *state;

	f->l.peer.on_data = talk_plain;
	open_tls(f, "127.0.0.1", LINK_TLS_INSECURE, NULL, NULL);
	assert_int_equal(f->l.why, ERR_TLS);
}

static void swallow(struct peer *peer, const char *bytes, size_t len)
{
	(void)peer;
	(void)bytes;
	(void)len;
}

static void a_silent_server_is_given_10_s(void **state)
{
	struct fixture *f = *state;
	struct link_config config = {.host = "127.0.0.1",
		.port = f->l.peer.port, .allow_private = true,
		.max_output = 1024};

	f->l.peer.on_data = swallow;
	f->l.link = link_open(&f->l.world, &config, &link_counted, f);
	WAIT(f->l.loop, f->l.peer.connected);
	loop_turn(f->l.loop, false);
	loop_turn(f->l.loop, false);
	skip_time(f->l.loop, LINK_TLS_TIMEOUT_MS);
	assert_int_equal(f->l.losses, 1);
	assert_int_equal(f->l.why, ERR_TIMEOUT);
}

static void a_pause_keeps_text_in_tls(void **state)
{
	struct fixture *f = *state;
	static char big[60000];

	serve(f, pki.leaf);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	WAIT(f->l.loop, SSL_is_init_finished(f->server));
	link_pause(f->l.link, true);
	assert_int_equal(SSL_write(f->server, big, sizeof big), sizeof big);
	server_drain(f);
	for (int i = 0; i < 5; i++) {
		loop_turn(f->l.loop, false);
	}
	assert_int_equal(f->l.in.len, 0);
	link_pause(f->l.link, false);
	WAIT(f->l.loop, f->l.in.len == sizeof big);
}

static void close_says_goodbye(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	link_write(f->l.link, "QUIT :bye\r\n", 11);
	link_close(f->l.link);
	f->l.link = NULL;
	WAIT(f->l.loop, f->l.peer.ended);
	assert_memory_equal(f->got.p, "QUIT :bye\r\n", 11);
	assert_true(SSL_get_shutdown(f->server) & SSL_RECEIVED_SHUTDOWN);
}

static void the_peers_goodbye_ends_the_link(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf);
	open_tls(f, "127.0.0.1", LINK_TLS_VERIFY, pki.ca_file, NULL);
	WAIT(f->l.loop, SSL_is_init_finished(f->server));
	SSL_write(f->server, "ERROR :x\r\n", 10);
	SSL_shutdown(f->server);
	server_drain(f);
	WAIT(f->l.loop, f->l.losses == 1);
	assert_int_equal(f->l.why, ERR_CLOSED);
	assert_int_equal(f->l.in.len, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_certificate_is_accepted),
		TEST(a_certificate_of_another_name_is_refused),
		TEST(the_name_is_asked_for),
		TEST(a_self_signed_certificate_is_refused),
		TEST(the_system_does_not_know_our_authority),
		TEST(insecure_takes_any),
		TEST(the_pin_decides),
		TEST(a_wrong_pin_is_refused),
		TEST(any_of_several_pins_is_right),
		TEST(an_expired_certificate_is_refused),
		TEST(a_certificate_of_tomorrow_is_refused),
		TEST(an_unknown_authority_is_refused),
		TEST(an_alert_is_told_as_such),
		TEST(old_versions_are_refused),
		TEST(a_plain_server_is_no_tls),
		TEST(a_silent_server_is_given_10_s),
		TEST(a_pause_keeps_text_in_tls),
		TEST(close_says_goodbye),
		TEST(the_peers_goodbye_ends_the_link),
	};

	return cmocka_run_group_tests(tests, make_pki, free_pki);
}
