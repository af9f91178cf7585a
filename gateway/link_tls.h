/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_LINK_TLS_H
#define GATEWAY_LINK_TLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "mapping/config.h"

/*
 * A TLS client over memory: cipher text in and out, no socket.
 * Standards: TLS 1.2 and later, RFC 6066 SNI (names only), RFC 6125 names,
 * RFC 7194 for IRC (PROTOCOL F.5). With pins (SHA-256 of certificates) they
 * alone decide: any of them is the right one. Without, LINK_TLS_VERIFY checks
 * chain and name, LINK_TLS_INSECURE nothing. Each way it fails is an error of
 * its own (ERR_CERT_..., ERR_TLS_...), with the fingerprint of what came.
 * Bounds: one piece of input is taken whole (at most LOOP_READ_MAX) and is
 * drained by the reader before the next one; output goes to the caller's
 * buffer at once. No renegotiation, no session cache.
 */
struct tls_store; /* SSL_CTXs, one for each (ca_file, checked or not) */
struct tls;

struct tls_store *tls_store_create(void);
void tls_store_destroy(struct tls_store *s);
/* Certificate files may have changed: they are read again when needed. */
void tls_store_forget(struct tls_store *s);

struct tls_target {
	const char *host; /* SNI and name check; kept no longer than the call */
	enum link_tls mode;  /* not LINK_TLS_OFF */
	const char *ca_file; /* NULL: the system's store */
	const char *const *pins; /* 64 hex digits each; copied */
	size_t npins;
	/*
	 * A certificate of ours with its key (base/cert.h), or NULL. It is
	 * shown to a peer that was checked, by its name or a pin, and to no
	 * other; with neither it is not used.
	 */
	const char *certificate;
};

/* ERR_CERTIFICATE: ca_file cannot be read. ERR_TLS: OpenSSL refuses. */
NODISCARD enum err tls_create(struct tls_store *s,
	const struct tls_target *to, struct tls **out);
void tls_destroy(struct tls *t); /* NULL is fine */

/* Cipher text from the peer. */
void tls_input(struct tls *t, const char *p, size_t len);

/* Longest text of tls_detail(): room for all pins that are configured. */
enum { TLS_DETAIL = 900 };

/*
 * Takes the handshake as far as it goes; *done when it is over and the peer is
 * the one it should be. ERR_TLS..., ERR_CERT...: see tls_detail().
 */
NODISCARD enum err tls_handshake(struct tls *t, struct buf *cipher,
	bool *done);

/* *len bytes of text were put to p; 0: more input is needed. ERR_CLOSED: end. */
NODISCARD enum err tls_read(struct tls *t, char *p, size_t cap,
	size_t *len, struct buf *cipher);
NODISCARD enum err tls_write(struct tls *t, const char *p, size_t len,
	struct buf *cipher);
/* Says close_notify. */
void tls_shutdown(struct tls *t, struct buf *cipher);

/* Why it failed, for people; "" when it did not. Until destroyed. */
const char *tls_detail(const struct tls *t);

#endif
