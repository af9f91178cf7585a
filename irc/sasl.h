/* SPDX-License-Identifier: MIT */
#ifndef IRC_SASL_H
#define IRC_SASL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * One SASL exchange on IRC (IRCv3 sasl-3.1 and 3.2, PROTOCOL F.4): which
 * mechanism, and what is said next. No timer and no secret of its own: the
 * owner lends account and password to each call, and may stop at any time.
 *
 * The story: sasl_offer() for what the server lists -> sasl_start() sends
 * `AUTHENTICATE PLAIN` -> sasl_input() for each AUTHENTICATE of the server
 * sends the answer -> sasl_numeric() tells how it ended. A mechanism that the
 * server does not take is followed by the next of our table; a challenge that
 * makes no sense ends it with `AUTHENTICATE *`.
 *
 * Bounds: a challenge has at most 8 KiB in Base64, a message of ours
 * SASL_MESSAGE_MAX bytes.
 */
enum { SASL_MESSAGE_MAX = 1536, SASL_CHUNK = 400 };

struct sasl_mechanism;

struct sasl {
	const struct sasl_mechanism *now; /* NULL: none is under way */
	uint32_t offered;  /* bits: places in the table of mechanisms */
	uint32_t tried;
	unsigned step;     /* messages of ours so far */
	struct buf in;     /* a challenge whose last chunk is still to come */
};

/* What the mechanisms use; lent for one call. */
struct sasl_login {
	struct slice account;
	struct slice password;
};

enum sasl_end {
	SASL_GOES_ON, /* nothing is decided (or nothing was under way) */
	SASL_SUCCESS,
	SASL_REFUSED, /* this account or password is not accepted */
	SASL_FAILED,  /* no mechanism fits, aborted, senseless: tells nothing
			 about the password */
};

/* Sends one line; it may hold a secret. */
typedef void sasl_send_fn(void *ctx, struct slice line);

void sasl_init(struct sasl *s);
void sasl_finish(struct sasl *s);

/*
 * The value of the capability, or of a 908: "PLAIN,EXTERNAL". Absent or empty:
 * the server does not say, so all are worth a try. What was tried may be tried
 * again.
 */
void sasl_offer(struct sasl *s, struct slice mechanisms);
/* Is there a mechanism of ours that is offered and was not tried? */
bool sasl_usable(const struct sasl *s);

/* There must be a usable one. */
void sasl_start(struct sasl *s, sasl_send_fn *fn, void *ctx);
/* The parameter of an AUTHENTICATE line. */
enum sasl_end sasl_input(struct sasl *s, const struct sasl_login *login,
	struct slice chunk, sasl_send_fn *fn, void *ctx);
/* 902 to 908; `mechanisms` is the list in a 908. */
enum sasl_end sasl_numeric(struct sasl *s, int numeric,
	struct slice mechanisms, sasl_send_fn *fn, void *ctx);
/* `AUTHENTICATE *` when one is under way. */
void sasl_abort(struct sasl *s, sasl_send_fn *fn, void *ctx);

#endif
