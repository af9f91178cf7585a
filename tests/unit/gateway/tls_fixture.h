/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GATEWAY_TLS_FIXTURE_H
#define TESTS_UNIT_GATEWAY_TLS_FIXTURE_H

#include <stdio.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "tests/support/pki.h"
#include "tests/unit/gateway/link_fixture.h"

/*
 * A link to a server that speaks TLS, in one loop, and certificates made here:
 * an authority, what it signed, what nobody or another one signed.
 */
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

static inline X509 *make_cert_at(const char *name, const char *san,
	X509 *issuer, long from, long until)
{
	return pki_make(pki.key, name, san, issuer, from, until);
}

static inline X509 *make_cert(const char *name, const char *san, X509 *issuer)
{
	return make_cert_at(name, san, issuer, -3600, 3600);
}

static inline void pin_of(X509 *cert, char hex[65])
{
	unsigned char digest[32];

	X509_digest(cert, EVP_sha256(), digest, NULL);
	for (size_t i = 0; i < sizeof digest; i++) {
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
}

static inline int make_pki(void **state)
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

static inline int free_pki(void **state)
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

static inline void server_drain(struct fixture *f)
{
	char *p;
	long n = BIO_get_mem_data(SSL_get_wbio(f->server), &p);

	if (n > 0) {
		peer_write(&f->l.peer, p, (size_t)n);
		(void)BIO_reset(SSL_get_wbio(f->server));
	}
}

static inline void on_cipher(struct peer *peer, const char *bytes, size_t len)
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

static inline int setup(void **state)
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

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	link_fixture_finish(&f->l);
	SSL_free(f->server);
	SSL_CTX_free(f->server_ctx);
	buf_finish(&f->got);
	free(f); /* not cmocka's: some tests begin anew in the middle */
	return 0;
}

static inline void serve(struct fixture *f, X509 *cert)
{
	assert_int_equal(SSL_CTX_use_certificate(f->server_ctx, cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(f->server_ctx, pki.key), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
