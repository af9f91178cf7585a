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
 * there, so there is nothing personal in it. By OpenSSL.
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
};

/* now_s: seconds since 1970. Appended to *out. */
void cert_make(int64_t now_s, struct buf *out);
/* Its parts, DER, appended; key may be NULL. The key is the caller's to wipe. */
NODISCARD enum err cert_parts(struct slice text, struct buf *key,
	struct buf *certificate);
/* What services are told: in lower-case hex. ERR_BAD_INPUT: it is none. */
NODISCARD enum err cert_fingerprint(struct slice text, enum digest d,
	char out[CERT_HEX]);

#endif
