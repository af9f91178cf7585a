/* SPDX-License-Identifier: MIT */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* Digests by OpenSSL, in lower-case hex with a final NUL. */
enum { SHA1_HEX = 41, SHA256_HEX = 65 };

/* SHA-1 over a then b (XEP-0114's handshake). */
void crypto_sha1_hex(struct slice a, struct slice b, char out[SHA1_HEX]);
/* HMAC-SHA256 (RFC 2104) of text under key. */
void crypto_hmac_hex(struct slice key, struct slice text, char out[SHA256_HEX]);
/* Random bytes fit for keys. */
void crypto_random(void *out, size_t len);
/* SHA-1 in Base64 with a final NUL (XEP-0115's ver). */
void crypto_sha1_base64(struct slice text, char out[29]);

enum digest { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 };
enum { DIGEST_MAX = 64 };

size_t crypto_digest_size(enum digest d);
/* out: crypto_digest_size() bytes, here and below. */
void crypto_digest(enum digest d, struct slice text, unsigned char *out);
void crypto_hmac(enum digest d, struct slice key, struct slice text,
	unsigned char *out);
/* Without telling by the time it takes where they differ. */
bool crypto_equal(const unsigned char *a, const unsigned char *b, size_t len);

/*
 * PBKDF2 (RFC 8018 5.2) with HMAC, one block of it: Hi() of RFC 5802. It takes
 * long on purpose (100,000 rounds of SHA-512: some 300 ms), so it is computed
 * piece by piece by whoever must not wait.
 */
struct pbkdf2;

/* Nothing is kept of the password but HMAC's state; wiped at the end. */
struct pbkdf2 *pbkdf2_create(enum digest d, struct slice password,
	struct slice salt, unsigned long rounds);
/* At most so many rounds; true: it is done, out has the key. */
bool pbkdf2_step(struct pbkdf2 *p, unsigned long rounds, unsigned char *out);
void pbkdf2_destroy(struct pbkdf2 *p); /* NULL is fine */

/*
 * Sealing: AES-256-GCM (NIST SP 800-38D) under a key that lives elsewhere. What
 * is sealed can be neither read nor changed without the key; `name` is not part
 * of it but must be the same again, so that one sealed value cannot stand for
 * another. Each sealing draws a random nonce of 12 bytes, which is fit for some
 * 2^32 values a key. The form is nonce, ciphertext, tag.
 */
enum { SEAL_KEY = 32, SEAL_EXTRA = 12 + 16 };

/* out: text.len + SEAL_EXTRA bytes. text is below 2^31 bytes. */
void crypto_seal(const unsigned char key[SEAL_KEY], struct slice name,
	struct slice text, unsigned char *out);
/*
 * out: sealed.len - SEAL_EXTRA bytes, which are the caller's to wipe.
 * ERR_BAD_INPUT: another key, another name, or not what crypto_seal() gave;
 * nothing of it is in out then.
 */
NODISCARD enum err crypto_unseal(const unsigned char key[SEAL_KEY],
	struct slice name, struct slice sealed, unsigned char *out);

#endif
