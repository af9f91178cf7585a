/* SPDX-License-Identifier: MIT */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stddef.h>

/*
 * The one list of errors of the program, and must().
 * A function that can fail returns enum err and writes its result through an
 * out parameter, on ERR_OK only.
 */

#define ERR_LIST(X)                                       \
	X(OK, "no error")                                 \
	X(BAD_INPUT, "malformed input")                   \
	X(TOO_BIG, "over a limit")                        \
	X(FULL, "no room left")                           \
	X(NOT_FOUND, "not found")                         \
	X(FORBIDDEN, "not permitted by the operator")     \
	X(WRONG_STATE, "not possible in this state")            \
	X(CLOSED, "connection closed by the other side")  \
	X(REFUSED, "connection refused")                  \
	X(UNREACHABLE, "host unreachable")                \
	X(DNS, "name not found")                          \
	X(TLS, "TLS failed")                              \
	X(TLS_OLD, "only versions of TLS that are too old") \
	X(TLS_ALERT, "TLS handshake refused by the other side") \
	X(PROXY, "the proxy cannot be used") \
	X(STS, "encryption was promised and cannot be had") \
	X(CERTIFICATE, "certificate not accepted")        \
	X(CERT_NAME, "certificate of another name")       \
	X(CERT_ISSUER, "certificate of an unknown issuer") \
	X(CERT_SELF, "certificate that signs itself")     \
	X(CERT_EXPIRED, "certificate that has expired")   \
	X(CERT_EARLY, "certificate that is not valid yet") \
	X(CERT_PIN, "certificate that is not pinned")     \
	X(TIMEOUT, "timed out")                           \
	X(IO, "input or output failed")

enum err {
#define ERR_ENUM(name, text) ERR_##name,
	ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
	ERR_COUNT
};

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
/* Gives back a format that reads the same arguments as parameter n. */
#define FORMAT_ARG(n) __attribute__((format_arg(n)))
#define NORETURN __attribute__((noreturn))

/* A short English text, static; for logs, not for users. */
const char *err_text(enum err err);

/*
 * What callers owe. Stays in release builds: a broken promise of our own code
 * ends the process rather than going on with wrong data. Never for input.
 */
#define must(cond) ((cond) ? (void)0 : must_failed(#cond, __FILE__, __LINE__))
NORETURN void must_failed(const char *cond, const char *file, int line);

/* malloc, calloc, realloc and strndup that abort: for small, bounded sizes. */
void *must_alloc(size_t size);
void *must_calloc(size_t n, size_t size);
void *must_realloc(void *p, size_t size);
char *must_strndup(const char *p, size_t len);
/* free(3) of a password or key: nobody finds it again. NULL is fine. */
void wipe_free(char *secret);

#endif
