/* SPDX-License-Identifier: MIT */
#include "base/cert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/base64.h"

#define DAY ((int64_t)86400)
#define LIFE (20 * 365 * DAY)

static void add_name(X509 *x)
{
	X509_NAME *name = X509_get_subject_name(x);

	must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
		     (const unsigned char *)"Isthmus", -1, -1, 0) == 1);
	must(X509_set_issuer_name(x, name) == 1);
}

static X509 *sign(EVP_PKEY *key, int64_t now_s)
{
	X509 *x = X509_new();
	uint64_t serial;

	must(x != NULL && X509_set_version(x, 2) == 1);
	crypto_random(&serial, sizeof serial);
	serial >>= 1; /* it is a signed number */
	must(ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial) == 1);
	/* Clocks of servers differ: it was there yesterday. */
	must(ASN1_TIME_set(X509_getm_notBefore(x), now_s - DAY) != NULL);
	must(ASN1_TIME_set(X509_getm_notAfter(x), now_s + LIFE) != NULL);
	must(X509_set_pubkey(x, key) == 1);
	add_name(x);
	must(X509_sign(x, key, EVP_sha256()) > 0);
	return x;
}

static void add_der(struct buf *out, unsigned char *der, int len)
{
	must(len > 0 && der != NULL);
	base64_encode(slice((const char *)der, (size_t)len), out);
	OPENSSL_clear_free(der, (size_t)len);
}

void cert_make(int64_t now_s, struct buf *out)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	unsigned char *der = NULL;
	X509 *x;
	int len;

	must(key != NULL);
	x = sign(key, now_s);
	len = i2d_PrivateKey(key, &der);
	add_der(out, der, len);
	buf_add_char(out, '.');
	der = NULL;
	len = i2d_X509(x, &der);
	add_der(out, der, len);
	X509_free(x);
	EVP_PKEY_free(key);
}

enum err cert_parts(struct slice text, struct buf *key,
	struct buf *certificate)
{
	struct slice first = slice_cut(&text, '.');
	enum err err;

	if (first.len == 0 || text.len == 0) {
		return ERR_BAD_INPUT;
	}
	err = key != NULL ? base64_decode(first, key) : ERR_OK;
	return err == ERR_OK ? base64_decode(text, certificate) : err;
}

enum err cert_fingerprint(struct slice text, enum digest d, char out[CERT_HEX])
{
	unsigned char digest[DIGEST_MAX];
	struct buf certificate;
	enum err err;

	buf_init(&certificate, CERT_DER_MAX);
	err = cert_parts(text, NULL, &certificate);
	if (err == ERR_OK && !certificate.overflow) {
		crypto_digest(d, buf_slice(&certificate), digest);
		for (size_t i = 0; i < crypto_digest_size(d); i++) {
			snprintf(out + 2 * i, 3, "%02x", digest[i]);
		}
	} else {
		err = ERR_BAD_INPUT;
	}
	buf_finish(&certificate);
	return err;
}

/* ---- the key alone ---- */

/* NULL: there is none, or it is of another kind. */
static EVP_PKEY *read_key(struct slice text)
{
	struct buf certificate;
	struct buf der;
	const unsigned char *p;
	EVP_PKEY *key = NULL;

	buf_init(&certificate, CERT_DER_MAX);
	buf_init_secret(&der, CERT_DER_MAX);
	if (cert_parts(text, &der, &certificate) == ERR_OK && !der.overflow) {
		p = (const unsigned char *)der.p;
		key = d2i_PrivateKey(EVP_PKEY_EC, NULL, &p, (long)der.len);
	}
	buf_finish(&certificate);
	buf_finish(&der);
	return key;
}

enum { COORDINATE = 32, POINT = 1 + 2 * COORDINATE };

enum err cert_public(struct slice text, struct buf *out)
{
	EVP_PKEY *key = read_key(text);
	unsigned char *point = NULL;
	char compressed[1 + COORDINATE];
	enum err err = ERR_BAD_INPUT;

	/* 4, x, y */
	if (key != NULL &&
		EVP_PKEY_get1_encoded_public_key(key, &point) == POINT &&
		point[0] == 4) {
		compressed[0] = (char)(2 + (point[POINT - 1] & 1));
		memcpy(compressed + 1, point + 1, COORDINATE);
		base64_encode(slice(compressed, sizeof compressed), out);
		err = ERR_OK;
	}
	OPENSSL_free(point);
	EVP_PKEY_free(key);
	return err;
}

enum err cert_sign(struct slice text, struct slice bytes, struct buf *out)
{
	EVP_PKEY *key = bytes.len == CERT_SIGNED ? read_key(text) : NULL;
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	unsigned char signature[128];
	size_t len = sizeof signature;
	enum err err = ERR_BAD_INPUT;

	if (ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
		EVP_PKEY_sign(ctx, signature, &len,
			(const unsigned char *)bytes.p, bytes.len) == 1) {
		buf_add(out, (const char *)signature, len);
		err = ERR_OK;
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return err;
}
