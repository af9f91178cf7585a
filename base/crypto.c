/* SPDX-License-Identifier: MIT */
#include "base/crypto.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
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
