/* SPDX-License-Identifier: MIT */
#include "base/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <openssl/rand.h>

enum { NONCE = 12, TAG = 16, SEAL_MAX = 1 << 30 };

static void hex(const unsigned char *in, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 15];
	}
	out[2 * len] = '\0';
}

static void sha1(struct slice a, struct slice b, unsigned char out[20])
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	must(md != NULL);
	must(EVP_DigestInit_ex(md, EVP_sha1(), NULL) == 1);
	must(EVP_DigestUpdate(md, a.p ? a.p : "", a.len) == 1);
	must(EVP_DigestUpdate(md, b.p ? b.p : "", b.len) == 1);
	must(EVP_DigestFinal_ex(md, out, NULL) == 1);
	EVP_MD_CTX_free(md);
}

void crypto_sha1_hex(struct slice a, struct slice b, char out[SHA1_HEX])
{
	unsigned char digest[20];

	sha1(a, b, digest);
	hex(digest, sizeof digest, out);
}

void crypto_sha1_base64(struct slice text, char out[29])
{
	unsigned char digest[20];

	sha1(text, slice(NULL, 0), digest);
	EVP_EncodeBlock((unsigned char *)out, digest, sizeof digest);
}

void crypto_hmac_hex(struct slice key, struct slice text, char out[SHA256_HEX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	must(HMAC(EVP_sha256(), key.p, (int)key.len,
		     (const unsigned char *)text.p, text.len, digest,
		     &len) != NULL);
	must(len == 32);
	hex(digest, len, out);
}

/* ---- by name ---- */

static const EVP_MD *md_of(enum digest d)
{
	return d == DIGEST_SHA1	  ? EVP_sha1() :
	       d == DIGEST_SHA256 ? EVP_sha256() :
				    EVP_sha512();
}

size_t crypto_digest_size(enum digest d)
{
	return (size_t)EVP_MD_get_size(md_of(d));
}

void crypto_digest(enum digest d, struct slice text, unsigned char *out)
{
	must(EVP_Digest(text.p ? text.p : "", text.len, out, NULL, md_of(d),
		     NULL) == 1);
}

void crypto_hmac(enum digest d, struct slice key, struct slice text,
	unsigned char *out)
{
	must(HMAC(md_of(d), key.p ? key.p : "", (int)key.len,
		     (const unsigned char *)(text.p ? text.p : ""), text.len,
		     out, NULL) != NULL);
}

bool crypto_equal(const unsigned char *a, const unsigned char *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

/* ---- PBKDF2 ---- */

struct pbkdf2 {
	EVP_MAC_CTX *mac; /* holds the key */
	unsigned long left;
	size_t size;
	unsigned char u[DIGEST_MAX];
	unsigned char sum[DIGEST_MAX];
};

static void mac_again(struct pbkdf2 *p, const void *text, size_t len,
	const void *more, size_t more_len)
{
	size_t n;

	must(EVP_MAC_init(p->mac, NULL, 0, NULL) == 1);
	must(EVP_MAC_update(p->mac, text, len) == 1);
	must(EVP_MAC_update(p->mac, more, more_len) == 1);
	must(EVP_MAC_final(p->mac, p->u, &n, sizeof p->u) == 1);
	must(n == p->size);
}

struct pbkdf2 *pbkdf2_create(enum digest d, struct slice password,
	struct slice salt, unsigned long rounds)
{
	static const unsigned char first[4] = {0, 0, 0, 1};
	struct pbkdf2 *p = must_calloc(1, sizeof *p);
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	char name[16];
	OSSL_PARAM params[2] = {OSSL_PARAM_construct_end(),
		OSSL_PARAM_construct_end()};

	must(hmac != NULL && rounds > 0);
	snprintf(name, sizeof name, "%s", EVP_MD_get0_name(md_of(d)));
	/* It measures the name: not before that is there. */
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST,
		name, 0);
	p->mac = EVP_MAC_CTX_new(hmac);
	EVP_MAC_free(hmac);
	must(p->mac != NULL);
	must(EVP_MAC_init(p->mac,
		     (const unsigned char *)(password.p ? password.p : ""),
		     password.len, params) == 1);
	p->size = crypto_digest_size(d);
	p->left = rounds - 1;
	mac_again(p, salt.p ? salt.p : "", salt.len, first, sizeof first);
	memcpy(p->sum, p->u, p->size);
	return p;
}

bool pbkdf2_step(struct pbkdf2 *p, unsigned long rounds, unsigned char *out)
{
	for (; p->left > 0 && rounds > 0; p->left--, rounds--) {
		mac_again(p, p->u, p->size, "", 0);
		for (size_t i = 0; i < p->size; i++) {
			p->sum[i] ^= p->u[i];
		}
	}
	if (p->left > 0) {
		return false;
	}
	memcpy(out, p->sum, p->size);
	return true;
}

void pbkdf2_destroy(struct pbkdf2 *p)
{
	if (p != NULL) {
		EVP_MAC_CTX_free(p->mac);
		OPENSSL_cleanse(p, sizeof *p);
		free(p);
	}
}

/* ---- random bytes, and sealing ---- */

void crypto_random(void *out, size_t len)
{
	must(RAND_bytes(out, (int)len) == 1);
}

static EVP_CIPHER_CTX *cipher(const unsigned char *key,
	const unsigned char *nonce, struct slice name, int sealing)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n;

	must(c != NULL && name.len <= SEAL_MAX);
	/* Nonces of 12 bytes are what GCM takes unless told otherwise. */
	must(EVP_CipherInit_ex(c, EVP_aes_256_gcm(), NULL, key, nonce,
		     sealing) == 1);
	must(name.len == 0 ||
		EVP_CipherUpdate(c, NULL, &n, (const unsigned char *)name.p,
			(int)name.len) == 1);
	return c;
}

void crypto_seal(const unsigned char key[SEAL_KEY], struct slice name,
	struct slice text, unsigned char *out)
{
	unsigned char *body = out + NONCE;
	EVP_CIPHER_CTX *c;
	int n = 0;

	must(text.len <= SEAL_MAX);
	crypto_random(out, NONCE);
	c = cipher(key, out, name, 1);
	must(text.len == 0 ||
		EVP_CipherUpdate(c, body, &n, (const unsigned char *)text.p,
			(int)text.len) == 1);
	must((size_t)n == text.len && EVP_CipherFinal_ex(c, body + n, &n) == 1);
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG,
		     body + text.len) == 1);
	EVP_CIPHER_CTX_free(c);
}

enum err crypto_unseal(const unsigned char key[SEAL_KEY], struct slice name,
	struct slice sealed, unsigned char *out)
{
	const unsigned char *in = (const unsigned char *)sealed.p;
	unsigned char tag[TAG];
	unsigned char rest[16]; /* GCM has no rest: for the type only */
	EVP_CIPHER_CTX *c;
	size_t len;
	int n = 0;
	int whole;

	if (sealed.len < SEAL_EXTRA || sealed.len > SEAL_MAX) {
		return ERR_BAD_INPUT;
	}
	len = sealed.len - SEAL_EXTRA;
	memcpy(tag, in + NONCE + len, TAG);
	c = cipher(key, in, name, 0);
	must(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1);
	must(len == 0 ||
		EVP_CipherUpdate(c, out, &n, in + NONCE, (int)len) == 1);
	whole = EVP_CipherFinal_ex(c, rest, &n);
	EVP_CIPHER_CTX_free(c);
	if (whole != 1) {
		OPENSSL_cleanse(out, len);
		return ERR_BAD_INPUT;
	}
	return ERR_OK;
}
