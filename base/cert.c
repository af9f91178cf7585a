/* SPDX-License-Identifier: MIT */
#include "base/cert.h"

#include <stdio.h>
#include <stdlib.h>

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
