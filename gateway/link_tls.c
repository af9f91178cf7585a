/* SPDX-License-Identifier: MIT */
#include "gateway/link_tls.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/cert.h"
#include "base/crypto.h"
#include "gateway/address.h"

enum { PIN = 64 }; /* digits */

struct tls_ctx {
	struct tls_ctx *next;
	SSL_CTX *ssl;
	char *ca_file; /* NULL: the system's store */
};

struct tls_store {
	struct tls_ctx *first;
};

struct tls {
	SSL *ssl;
	BIO *in;  /* owned by ssl */
	BIO *out; /* owned by ssl */
	char *pins; /* one after the other, each 64 digits */
	size_t npins;
	enum err fault; /* of a pin, found before our certificate is shown */
	char *detail; /* NULL: it has not failed */
	char seen[SHA256_HEX]; /* of a certificate that was refused */
};

struct tls_store *tls_store_create(void)
{
	return must_calloc(1, sizeof(struct tls_store));
}

void tls_store_forget(struct tls_store *s)
{
	while (s->first != NULL) {
		struct tls_ctx *c = s->first;

		s->first = c->next;
		SSL_CTX_free(c->ssl); /* running links hold it themselves */
		free(c->ca_file);
		free(c);
	}
}

void tls_store_destroy(struct tls_store *s)
{
	if (s != NULL) {
		tls_store_forget(s);
		free(s);
	}
}

static bool load_ca(SSL_CTX *ctx, const char *ca_file)
{
	if (ca_file == NULL) {
		return SSL_CTX_set_default_verify_paths(ctx) == 1;
	}
	return SSL_CTX_load_verify_locations(ctx, ca_file, NULL) == 1;
}

/* Chain and name are checked by each SSL or not at all: the same SSL_CTX. */
static SSL_CTX *ctx_create(const char *ca_file)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	must(ctx != NULL);
	must(SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION |
			SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS |
			SSL_MODE_ENABLE_PARTIAL_WRITE |
			SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	if (!load_ca(ctx, ca_file)) {
		SSL_CTX_free(ctx);
		return NULL;
	}
	return ctx;
}

static SSL_CTX *store_get(struct tls_store *s, const char *ca_file)
{
	struct tls_ctx *c;
	SSL_CTX *ssl;

	for (c = s->first; c != NULL; c = c->next) {
		if (ca_file == NULL ? c->ca_file == NULL :
				      c->ca_file != NULL &&
					      strcmp(c->ca_file, ca_file) == 0) {
			return c->ssl;
		}
	}
	ERR_clear_error();
	ssl = ctx_create(ca_file);
	ERR_clear_error();
	if (ssl == NULL) {
		return NULL;
	}
	c = must_calloc(1, sizeof *c);
	c->ssl = ssl;
	c->ca_file = ca_file ? must_strndup(ca_file, strlen(ca_file)) : NULL;
	c->next = s->first;
	s->first = c;
	return ssl;
}

/* SHA-256 of a certificate; false: there is none. */
static bool fingerprint(X509 *cert, char hex[SHA256_HEX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (cert == NULL ||
		X509_digest(cert, EVP_sha256(), digest, &len) != 1 ||
		len * 2 >= SHA256_HEX) {
		return false;
	}
	for (unsigned i = 0; i < len; i++) {
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
	return true;
}

/* A certificate that is refused is seen here and nowhere later. */
static int on_verdict(int ok, X509_STORE_CTX *ctx)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx,
		SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = SSL_get_app_data(ssl);

	if (!ok) {
		(void)fingerprint(X509_STORE_CTX_get0_cert(ctx), t->seen);
	}
	return ok;
}

/* RFC 6066 3: no literals in SNI. RFC 6125: literals match iPAddress only. */
static bool set_host(SSL *ssl, const char *host, bool verify)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	union address literal;
	bool is_literal = address_literal(host, 0, &literal);

	if (!is_literal && SSL_set_tlsext_host_name(ssl, host) != 1) {
		return false;
	}
	if (!verify) {
		SSL_set_verify(ssl, SSL_VERIFY_NONE, NULL);
		return true;
	}
	SSL_set_verify(ssl, SSL_VERIFY_PEER, on_verdict);
	if (is_literal) {
		return X509_VERIFY_PARAM_set1_ip_asc(param, host) == 1;
	}
	X509_VERIFY_PARAM_set_hostflags(param,
		X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_host(param, host, 0) == 1;
}

static void keep_pins(struct tls *t, const struct tls_target *to)
{
	t->npins = to->npins;
	if (to->npins > 0) {
		t->pins = must_alloc(to->npins * PIN);
	}
	for (size_t i = 0; i < to->npins; i++) {
		must(strlen(to->pins[i]) == PIN);
		memcpy(t->pins + i * PIN, to->pins[i], PIN);
	}
}

/* ---- a certificate of ours ---- */

static enum err check_pin(struct tls *t);

/*
 * The server asks for one, and has shown its own: chain and name were checked
 * when that came; pins are now, since what we show says who we are.
 */
static int on_asked(SSL *ssl, void *ctx)
{
	struct tls *t = ctx;

	(void)ssl;
	t->fault = check_pin(t);
	return t->fault == ERR_OK;
}

static bool use_certificate(struct tls *t, const char *text)
{
	char space[CERT_DER_MAX];
	struct buf key = {.p = space, .cap = sizeof space, .max = sizeof space};
	struct buf cert;
	bool ok;

	buf_init(&cert, CERT_DER_MAX);
	ok = cert_parts(slice_str(text), &key, &cert) == ERR_OK &&
		!key.overflow && !cert.overflow &&
		SSL_use_certificate_ASN1(t->ssl,
			(const unsigned char *)cert.p, (int)cert.len) == 1 &&
		SSL_use_PrivateKey_ASN1(EVP_PKEY_EC, t->ssl,
			(const unsigned char *)key.p, (long)key.len) == 1;
	explicit_bzero(space, sizeof space);
	buf_finish(&cert);
	SSL_set_cert_cb(t->ssl, on_asked, t);
	return ok;
}

enum err tls_create(struct tls_store *s, const struct tls_target *to,
	struct tls **out)
{
	SSL_CTX *ctx = store_get(s, to->ca_file);
	struct tls *t;
	bool checked;

	if (ctx == NULL) {
		return ERR_CERTIFICATE;
	}
	t = must_calloc(1, sizeof *t);
	t->ssl = SSL_new(ctx);
	must(t->ssl != NULL);
	SSL_set_app_data(t->ssl, t);
	t->in = BIO_new(BIO_s_mem());
	t->out = BIO_new(BIO_s_mem());
	must(t->in != NULL && t->out != NULL);
	SSL_set_bio(t->ssl, t->in, t->out);
	SSL_set_connect_state(t->ssl);
	keep_pins(t, to);
	checked = to->mode == LINK_TLS_VERIFY || to->npins > 0;
	if (!set_host(t->ssl, to->host, checked && to->npins == 0) ||
		(checked && to->certificate != NULL &&
			!use_certificate(t, to->certificate))) {
		ERR_clear_error();
		tls_destroy(t);
		return ERR_TLS;
	}
	*out = t;
	return ERR_OK;
}

void tls_destroy(struct tls *t)
{
	if (t == NULL) {
		return;
	}
	SSL_free(t->ssl);
	free(t->pins);
	free(t->detail);
	free(t);
}

void tls_input(struct tls *t, const char *p, size_t len)
{
	must(len <= INT_MAX);
	must(BIO_write(t->in, p, (int)len) == (int)len);
}

/* What OpenSSL wants to say goes to the caller's buffer. */
static enum err drain(struct tls *t, struct buf *cipher)
{
	char *p;
	long n = BIO_get_mem_data(t->out, &p);

	if (n > 0) {
		buf_add(cipher, p, (size_t)n);
		(void)BIO_reset(t->out);
	}
	return cipher->overflow ? ERR_FULL : ERR_OK;
}

/* Says why, once; the first reason is the one that counts. */
PRINTF(2, 3)
static void say(struct tls *t, const char *format, ...)
{
	va_list args;

	if (t->detail != NULL) {
		return;
	}
	t->detail = must_alloc(TLS_DETAIL);
	va_start(args, format);
	vsnprintf(t->detail, TLS_DETAIL, format, args);
	va_end(args);
}

/* What the operator can do about it, where that is not plain from OpenSSL. */
static const struct {
	long code;
	enum err err;
	const char *advice;
} verdicts[] = {
	{X509_V_ERR_HOSTNAME_MISMATCH, ERR_CERT_NAME,
		"give the server by the name in it, or pin it"},
	{X509_V_ERR_IP_ADDRESS_MISMATCH, ERR_CERT_NAME,
		"give the server by the name in it, or pin it"},
	{X509_V_ERR_CERT_HAS_EXPIRED, ERR_CERT_EXPIRED,
		"the server needs a new one"},
	{X509_V_ERR_CERT_NOT_YET_VALID, ERR_CERT_EARLY,
		"look at the clocks of both machines"},
	{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, ERR_CERT_SELF,
		"name it as ca_file, or pin it"},
	{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, ERR_CERT_ISSUER,
		"name its authority by ca_file, or pin it"},
	{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, ERR_CERT_ISSUER,
		"name its authority by ca_file, or pin it"},
	{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, ERR_CERT_ISSUER,
		"name its authority by ca_file, or pin it"},
	{X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, ERR_CERT_ISSUER,
		"name its authority by ca_file, or pin it"},
};

static enum err untrusted(struct tls *t, long code)
{
	enum err err = ERR_CERTIFICATE;
	const char *advice = "see isthmus.conf(5), ca_file and pin";

	for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++) {
		if (verdicts[i].code == code) {
			err = verdicts[i].err;
			advice = verdicts[i].advice;
		}
	}
	say(t, "%s; its sha256 is %s; %s", X509_verify_cert_error_string(code),
		t->seen, advice);
	return err;
}

/* What a reason of OpenSSL's means; an alert is a word of the other side. */
static enum err reason_err(int reason)
{
	switch (reason) {
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_VERSION_TOO_LOW:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return ERR_TLS_OLD;
	default:
		return reason > SSL_AD_REASON_OFFSET ? ERR_TLS_ALERT : ERR_TLS;
	}
}

/* The fault OpenSSL has queued, as a sentence for people. */
static enum err failed(struct tls *t)
{
	unsigned long code = ERR_peek_error();
	long verify = SSL_get_verify_result(t->ssl);
	const char *reason = ERR_reason_error_string(code);
	enum err err;

	if (t->fault != ERR_OK) {
		ERR_clear_error();
		return t->fault; /* with its detail */
	}
	if (verify != X509_V_OK &&
		SSL_get_verify_mode(t->ssl) != SSL_VERIFY_NONE) {
		err = untrusted(t, verify);
	} else {
		err = reason_err(ERR_GET_REASON(code));
		say(t, "%s", reason ? reason : "the peer does not speak TLS");
	}
	ERR_clear_error();
	return err;
}

/* Both fingerprints, and what to do: changes happen, and so do attacks. */
static enum err not_pinned(struct tls *t, const char *hex)
{
	char pinned[TLS_DETAIL] = "";
	size_t n = 0;

	for (size_t i = 0; i < t->npins && n + PIN + 3 < sizeof pinned; i++) {
		n += (size_t)snprintf(pinned + n, sizeof pinned - n, "%s%.*s",
			i > 0 ? " or " : "", PIN, t->pins + i * PIN);
	}
	say(t, "it has sha256 %s, pinned is %s; ask the people who run the "
	       "server; if they have changed it, put the new one into pin",
		hex, pinned);
	return ERR_CERT_PIN;
}

static enum err check_pin(struct tls *t)
{
	char hex[SHA256_HEX];

	if (t->npins == 0) {
		return ERR_OK;
	}
	if (!fingerprint(SSL_get0_peer_certificate(t->ssl), hex)) {
		say(t, "no certificate to pin");
		return ERR_CERTIFICATE;
	}
	for (size_t i = 0; i < t->npins; i++) {
		if (strncasecmp(hex, t->pins + i * PIN, PIN) == 0) {
			return ERR_OK;
		}
	}
	return not_pinned(t, hex);
}

enum err tls_handshake(struct tls *t, struct buf *cipher, bool *done)
{
	enum err err;
	int n;

	ERR_clear_error();
	n = SSL_do_handshake(t->ssl);
	err = drain(t, cipher); /* alerts of ours, too */
	*done = false;
	if (n != 1) {
		int why = SSL_get_error(t->ssl, n);

		return why == SSL_ERROR_WANT_READ ? err : failed(t);
	}
	if (err == ERR_OK) {
		err = check_pin(t);
	}
	*done = err == ERR_OK;
	return err;
}

enum err tls_read(struct tls *t, char *p, size_t cap, size_t *len,
	struct buf *cipher)
{
	enum err err;
	int n;

	ERR_clear_error();
	n = SSL_read(t->ssl, p, cap > INT_MAX ? INT_MAX : (int)cap);
	err = drain(t, cipher); /* answers to key updates */
	*len = n > 0 ? (size_t)n : 0;
	if (n > 0) {
		return err;
	}
	switch (SSL_get_error(t->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		return err;
	case SSL_ERROR_ZERO_RETURN:
		return ERR_CLOSED;
	default:
		return failed(t);
	}
}

enum err tls_write(struct tls *t, const char *p, size_t len,
	struct buf *cipher)
{
	while (len > 0) {
		enum err err;
		int n;

		ERR_clear_error();
		n = SSL_write(t->ssl, p, len > INT_MAX ? INT_MAX : (int)len);
		err = drain(t, cipher);
		if (n <= 0) {
			return failed(t);
		}
		if (err != ERR_OK) {
			return err;
		}
		p += n;
		len -= (size_t)n;
	}
	return ERR_OK;
}

void tls_shutdown(struct tls *t, struct buf *cipher)
{
	ERR_clear_error();
	if (SSL_is_init_finished(t->ssl)) {
		(void)SSL_shutdown(t->ssl);
		(void)drain(t, cipher);
	}
	ERR_clear_error();
}

const char *tls_detail(const struct tls *t)
{
	return t->detail ? t->detail : "";
}
