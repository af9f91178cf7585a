/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "tests/support/pki.h"
#include "tests/unit/gateway/link_fixture.h"

#include "base/cert.h"

/* Certificates made here: an authority, one signed by it, one by nobody. */
static struct {
	EVP_PKEY *key;
	X509 *ca;
	X509 *leaf; /* irc.test, 127.0.0.1 */
	X509 *lone; /* irc.test, signed by itself */
	X509 *old;  /* ... by the authority, expired */
	X509 *early;
	X509 *orphan; /* by an authority that nobody has */
	char ca_file[64];
	char pin[65]; /* of lone */
	char leaf_pin[65];
} pki;

static X509 *make_cert_at(const char *name, const char *san, X509 *issuer,
	long from, long until)
{
	return pki_make(pki.key, name, san, issuer, from, until);
}

static X509 *make_cert(const char *name, const char *san, X509 *issuer)
{
	return make_cert_at(name, san, issuer, -3600, 3600);
}

static void pin_of(X509 *cert, char hex[65])
{
	unsigned char digest[32];

	X509_digest(cert, EVP_sha256(), digest, NULL);
	for (size_t i = 0; i < sizeof digest; i++) {
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
}

static int make_pki(void **state)
{
	X509 *nobody;
	FILE *file;
	int fd;

	(void)state;
	pki.key = EVP_EC_gen("P-256");
	pki.ca = make_cert("Test authority", NULL, NULL);
	pki.leaf = make_cert("irc.test", "DNS:irc.test,IP:127.0.0.1", pki.ca);
	pki.lone = make_cert("irc.test", "DNS:irc.test", NULL);
	pki.old = make_cert_at("irc.test", "IP:127.0.0.1", pki.ca, -7200,
		-3600);
	pki.early = make_cert_at("irc.test", "IP:127.0.0.1", pki.ca, 3600,
		7200);
	nobody = make_cert("Nobody's authority", NULL, NULL);
	pki.orphan = make_cert("irc.test", "IP:127.0.0.1", nobody);
	X509_free(nobody);
	pin_of(pki.lone, pki.pin);
	pin_of(pki.leaf, pki.leaf_pin);
	snprintf(pki.ca_file, sizeof pki.ca_file, "/tmp/isthmus-ca-XXXXXX");
	fd = mkstemp(pki.ca_file);
	file = fdopen(fd, "w");
	PEM_write_X509(file, pki.ca);
	fclose(file);
	return 0;
}

static int free_pki(void **state)
{
	(void)state;
	unlink(pki.ca_file);
	X509_free(pki.ca);
	X509_free(pki.leaf);
	X509_free(pki.lone);
	X509_free(pki.old);
	X509_free(pki.early);
	X509_free(pki.orphan);
	EVP_PKEY_free(pki.key);
	return 0;
}

struct fixture {
	struct link_fixture l;
	SSL_CTX *server_ctx;
	SSL *server;
	char sni[100]; /* what the client asked for */
	struct buf got; /* text that the server read */
};

static void server_drain(struct fixture *f)
{
	char *p;
	long n = BIO_get_mem_data(SSL_get_wbio(f->server), &p);

	if (n > 0) {
		peer_write(&f->l.peer, p, (size_t)n);
		(void)BIO_reset(SSL_get_wbio(f->server));
	}
}

static void on_cipher(struct peer *peer, const char *bytes, size_t len)
{
	struct fixture *f = peer->ctx;
	char text[4096];
	int n;

	if (f->server == NULL) {
		f->server = SSL_new(f->server_ctx);
		SSL_set_bio(f->server, BIO_new(BIO_s_mem()),
			BIO_new(BIO_s_mem()));
		SSL_set_accept_state(f->server);
	}
	BIO_write(SSL_get_rbio(f->server), bytes, (int)len);
	while ((n = SSL_read(f->server, text, sizeof text)) > 0) {
		buf_add(&f->got, text, (size_t)n);
	}
	if (SSL_get_servername(f->server, TLSEXT_NAMETYPE_host_name)) {
		snprintf(f->sni, sizeof f->sni, "%s",
			SSL_get_servername(f->server,
				TLSEXT_NAMETYPE_host_name));
	}
	ERR_clear_error();
	server_drain(f);
}

static int setup(void **state)
{
	struct fixture *f = must_calloc(1, sizeof *f);

	link_fixture_init(&f->l);
	f->l.peer.on_data = on_cipher;
	f->l.peer.ctx = f;
	f->server_ctx = SSL_CTX_new(TLS_server_method());
	buf_init(&f->got, 1024 * 1024);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	link_fixture_finish(&f->l);
	SSL_free(f->server);
	SSL_CTX_free(f->server_ctx);
	buf_finish(&f->got);
	free(f); /* not cmocka's: some tests begin anew in the middle */
	return 0;
}

static void serve(struct fixture *f, X509 *cert)
{
	assert_int_equal(SSL_CTX_use_certificate(f->server_ctx, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(f->server_ctx, pki.key), 1);
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- a certificate of ours ------------------------------------------------- */

static int take_any(int ok, X509_STORE_CTX *ctx)
{
	(void)ok;
	(void)ctx;
	return 1;
}

/* A server that asks for a certificate. The first byte comes after ours. */
static void open_with_certificate(struct fixture *f, enum link_tls mode,
	const char *pin, const char *certificate)
{
	struct link_config config = {
		.host = "127.0.0.1",
		.port = f->l.peer.port,
		.tls = mode,
		.ca_file = pki.ca_file,
		.pins = &pin,
		.npins = pin != NULL,
		.certificate = certificate,
		.allow_private = true,
		.max_output = 256 * 1024,
	};

	SSL_CTX_set_verify(f->server_ctx, SSL_VERIFY_PEER, take_any);
	f->l.link = link_open(&f->l.world, &config, &link_counted, f);
	WAIT(f->l.loop, f->l.ups + f->l.losses > 0);
	if (f->l.ups > 0) {
		link_write(f->l.link, "NICK a\r\n", 8);
		WAIT(f->l.loop, f->got.len == 8);
	}
}

static void expect_shown(struct fixture *f, struct slice certificate)
{
	X509 *shown = SSL_get0_peer_certificate(f->server);
	unsigned char digest[32];
	char hex[CERT_HEX];
	char got[65];

	assert_int_equal(f->l.ups, 1);
	assert_non_null(shown);
	X509_digest(shown, EVP_sha256(), digest, NULL);
	for (size_t i = 0; i < sizeof digest; i++) {
		snprintf(got + 2 * i, 3, "%02x", digest[i]);
	}
	assert_int_equal(cert_fingerprint(certificate, DIGEST_SHA256, hex),
		ERR_OK);
	assert_string_equal(got, hex);
}

static void expect_not_shown(struct fixture *f)
{
	assert_null(f->server != NULL ? SSL_get0_peer_certificate(f->server) :
					NULL);
}

static void it_is_shown_to_a_server_that_was_checked(void **state)
{
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	struct fixture *f = *state;
	struct buf own;

	buf_init(&own, CERT_TEXT_MAX);
	cert_make(time(NULL), &own);
	for (size_t i = 0; i < 2; i++) {
		void *next;

		SSL_CTX_set_max_proto_version(f->server_ctx, versions[i]);
		serve(f, pki.leaf);
		open_with_certificate(f, LINK_TLS_VERIFY, NULL, buf_cstr(&own));
		expect_shown(f, buf_slice(&own));
		teardown((void **)&f);
		setup(&next);
		f = next;
		*state = f;
	}
	serve(f, pki.lone);
	open_with_certificate(f, LINK_TLS_VERIFY, pki.pin, buf_cstr(&own));
	expect_shown(f, buf_slice(&own));
	buf_finish(&own);
}

static void it_is_shown_to_no_other(void **state)
{
	static const struct {
		enum link_tls mode;
		bool pin; /* a wrong one */
		bool lone;
	} cases[] = {
		{LINK_TLS_INSECURE, false, true},
		{LINK_TLS_VERIFY, false, true}, /* refused */
		{LINK_TLS_VERIFY, true, true},
		{LINK_TLS_INSECURE, true, false},
	};
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
	static const char wrong[] = "0000000000000000000000000000000000000000"
				    "000000000000000000000000";
	struct fixture *f = *state;
	struct buf own;

	buf_init(&own, CERT_TEXT_MAX);
	cert_make(time(NULL), &own);
	for (size_t i = 0; i < 2 * sizeof cases / sizeof *cases; i++) {
		void *next;

		SSL_CTX_set_max_proto_version(f->server_ctx, versions[i % 2]);
		serve(f, cases[i / 2].lone ? pki.lone : pki.leaf);
		open_with_certificate(f, cases[i / 2].mode,
			cases[i / 2].pin ? wrong : NULL, buf_cstr(&own));
		expect_not_shown(f);
		if (cases[i / 2].pin) {
			assert_int_equal(f->l.why, ERR_CERT_PIN);
			assert_non_null(strstr(f->l.detail, "pinned is 0000"));
		}
		teardown((void **)&f);
		setup(&next);
		f = next;
		*state = f;
	}
	buf_finish(&own);
}

static void one_that_is_none_opens_no_link(void **state)
{
	struct fixture *f = *state;

	serve(f, pki.leaf);
	open_with_certificate(f, LINK_TLS_VERIFY, NULL, "AAAA.AAAA");
	assert_int_equal(f->l.ups, 0);
	assert_int_equal(f->l.why, ERR_TLS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_certificate_is_accepted),
		TEST(it_is_shown_to_a_server_that_was_checked),
		TEST(it_is_shown_to_no_other),
		TEST(one_that_is_none_opens_no_link),
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
