/* SPDX-License-Identifier: MIT */
#include <time.h>

#include "tests/unit/gateway/tls_fixture.h"

#include "base/cert.h"

/* A certificate of ours: who is shown it, and who is not. */

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
	char hex[CERT_HEX];
	char got[65];

	assert_int_equal(f->l.ups, 1);
	assert_non_null(shown);
	pin_of(shown, got);
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
		TEST(it_is_shown_to_a_server_that_was_checked),
		TEST(it_is_shown_to_no_other),
		TEST(one_that_is_none_opens_no_link),
	};

	return cmocka_run_group_tests(tests, make_pki, free_pki);
}
