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
 * sends the answer, or sasl_busy(): sasl_work() does after some turns ->
 * sasl_numeric() tells how it ended. A mechanism that the server does not take
 * is followed by the next of our table; one that we give up ourselves
 * (`AUTHENTICATE *`) too, once the server has answered that. A challenge that
 * makes no sense ends it.
 *
 * Bounds: a challenge has at most 8 KiB in Base64, a message of ours
 * SASL_MESSAGE_MAX bytes; what a server can make us compute on one connection
 * SASL_ROUNDS_MAX rounds.
 */
enum {
	SASL_MESSAGE_MAX = 1536,
	SASL_CHUNK = 400,
	SASL_ROUNDS_MAX = 400000,
};

/* What somebody has to log in with; bits. */
enum { SASL_PASSWORD = 1, SASL_CERTIFICATE = 2, SASL_KEY = 4 };

struct sasl_mechanism;
struct scram;

struct sasl {
	const struct sasl_mechanism *now; /* NULL: none is under way */
	uint32_t able;     /* bits: places in the table of mechanisms */
	uint32_t offered;
	uint32_t tried;
	unsigned step;     /* messages of ours so far */
	struct buf in;     /* a challenge whose last chunk is still to come */
	struct scram *scram;
	unsigned long rounds; /* of all SCRAM so far */
	bool busy;
	bool giving_up;    /* `AUTHENTICATE *` was sent, the next one waits */
	bool proven;       /* SCRAM: the server knows the password */
	/* Why a mechanism was given up, for whoever tells the user: */
	bool costly;       /* too many rounds */
	bool unfit;        /* the password has what SASLprep forbids */
	bool unknown;      /* no account has this certificate, or its key */
};

/* What the mechanisms use; lent for one call. */
struct sasl_login {
	struct slice account;
	struct slice password;
	struct slice nonce; /* never the same again; printable, no commas */
	struct slice key;   /* base/cert.h; for SASL_KEY */
};

enum sasl_end {
	SASL_GOES_ON,  /* nothing is decided (or nothing was under way) */
	SASL_SUCCESS,
	SASL_REFUSED,  /* this account or password is not accepted */
	SASL_UNPROVEN, /* the server does not know the password itself */
	SASL_FAILED,   /* no mechanism fits, aborted, senseless: tells nothing
			  about the password */
};

/* Sends one line; it may hold a secret. */
typedef void sasl_send_fn(void *ctx, struct slice line);

/* with: SASL_PASSWORD, SASL_CERTIFICATE, SASL_KEY. */
void sasl_init(struct sasl *s, unsigned with);
void sasl_finish(struct sasl *s);

/*
 * The value of the capability, or of a 908: "PLAIN,EXTERNAL". Absent or empty:
 * the server does not say, so all are worth a try. What was tried may be tried
 * again.
 */
void sasl_offer(struct sasl *s, struct slice mechanisms);
/* Is there a mechanism of ours that is offered and was not tried? */
bool sasl_usable(const struct sasl *s);
/* The name of the one that is under way; "" when none is. */
const char *sasl_name(const struct sasl *s);

/* There must be a usable one. */
void sasl_start(struct sasl *s, sasl_send_fn *fn, void *ctx);
/* The parameter of an AUTHENTICATE line. */
enum sasl_end sasl_input(struct sasl *s, const struct sasl_login *login,
	struct slice chunk, sasl_send_fn *fn, void *ctx);
/* An answer is being computed: sasl_work() once a turn until it is not. */
static inline bool sasl_busy(const struct sasl *s)
{
	return s->busy;
}
enum sasl_end sasl_work(struct sasl *s, sasl_send_fn *fn, void *ctx);
/* 902 to 908; `mechanisms` is the list in a 908. */
enum sasl_end sasl_numeric(struct sasl *s, int numeric,
	struct slice mechanisms, sasl_send_fn *fn, void *ctx);
/* `AUTHENTICATE *` when one is under way. */
void sasl_abort(struct sasl *s, sasl_send_fn *fn, void *ctx);

#endif
