/* SPDX-License-Identifier: MIT */
#include "base/crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/err.h"

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
