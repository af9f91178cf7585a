/* SPDX-License-Identifier: MIT */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

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
