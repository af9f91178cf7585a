/* SPDX-License-Identifier: MIT */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include <stddef.h>

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

#endif
