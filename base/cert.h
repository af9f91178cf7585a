/* SPDX-License-Identifier: MIT */
#ifndef BASE_CERT_H
#define BASE_CERT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/slice.h"

/*
 * A key with a certificate signed by itself, by which services on IRC know
 * somebody (CertFP, SASL EXTERNAL; PROTOCOL F.4). Only its fingerprint counts
 * there, so there is nothing personal in it. By its key alone they know him with
 * SASL ECDSA-NIST256P-CHALLENGE. By OpenSSL.
 *
 * ECDSA P-256: every server of TLS 1.2 and later takes it, and it is made in
 * less than a millisecond (RSA: up to seconds, and nobody else would have a turn
 * meanwhile). Valid for 20 years: InspIRCd and others do not hand on the
 * fingerprint of one that has expired.
 *
 * As it is kept: one line of text, KEY.CERTIFICATE, DER in Base64 each. It is a
 * secret.
 */
enum {
	CERT_TEXT_MAX = 2048,
	CERT_DER_MAX = 1024, /* of each part */
	CERT_HEX = 2 * DIGEST_MAX + 1,
	CERT_SIGNED = 32, /* bytes that cert_sign() takes: a digest's */
};

/* now_s: seconds since 1970. Appended to *out. */
void cert_make(int64_t now_s, struct buf *out);
/* Its parts, DER, appended; key may be NULL. The key is the caller's to wipe. */
NODISCARD enum err cert_parts(struct slice text, struct buf *key,
	struct buf *certificate);
/* What services are told: in lower-case hex. ERR_BAD_INPUT: it is none. */
NODISCARD enum err cert_fingerprint(struct slice text, enum digest d,
	char out[CERT_HEX]);
/*
 * The public half of the key, a point of 33 bytes (SEC 1 2.3.3, compressed) in
 * Base64, appended: as services want it. ERR_BAD_INPUT: it is no such key.
 */
NODISCARD enum err cert_public(struct slice text, struct buf *out);
/*
 * Signs CERT_SIGNED bytes as they are, as if they were a digest; the signature
 * is DER, appended. Some 50 microseconds. ERR_BAD_INPUT: other bytes, or no key.
 */
NODISCARD enum err cert_sign(struct slice text, struct slice bytes,
	struct buf *out);

#endif
