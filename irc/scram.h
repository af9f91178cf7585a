/* SPDX-License-Identifier: MIT */
#ifndef IRC_SCRAM_H
#define IRC_SCRAM_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/slice.h"

/*
 * The client's side of SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, RFC 7677;
 * PROTOCOL F.4), without channel binding: who hears all of it learns no
 * password, and the server must prove that it knows the account.
 *
 *	n,,n=account,r=nonce                       ->
 *	                     <-  r=nonce...,s=salt,i=rounds
 *	(the key is computed: scram_work(), piece by piece)
 *	c=biws,r=nonce...,p=proof                  ->
 *	                     <-  v=signature, or e=error
 *	an empty message                           ->
 *
 * Pure; no random bytes of its own. The key and what was computed from it are
 * wiped with it.
 * Bounds: a server's message SCRAM_TEXT_MAX bytes, SCRAM_ROUNDS_MAX rounds,
 * which a server chooses and we pay for.
 */
enum {
	SCRAM_TEXT_MAX = 2048,
	SCRAM_ROUNDS_MAX = 100000,
	SCRAM_WORK = 1000, /* rounds in a turn: 1.5 ms, SHA-512 3 ms */
};

enum scram_step {
	SCRAM_SAY,       /* *out is our next message */
	SCRAM_COMPUTE,   /* it is, after scram_work() has said so */
	SCRAM_PROVEN,    /* the same, and the server knows the password */
	SCRAM_SENSELESS, /* not the server's turn, or no message of SCRAM */
	SCRAM_COSTLY,    /* it wants more than SCRAM_ROUNDS_MAX rounds */
	SCRAM_UNFIT,     /* account or password cannot be prepared (SASLprep) */
	SCRAM_UNPROVEN,  /* the signature is wrong: not who it says it is */
	SCRAM_ERROR,     /* e=: it says itself that it ends, and will end it */
};

struct scram;

/* nonce: printable without commas, copied. */
struct scram *scram_create(enum digest digest, struct slice nonce);
void scram_destroy(struct scram *s); /* NULL is fine */

/* What the server says, at first nothing. account, password: lent. */
enum scram_step scram_answer(struct scram *s, struct slice account,
	struct slice password, struct slice in, struct buf *out);
/* After SCRAM_COMPUTE, until true: then *out has our message. */
bool scram_work(struct scram *s, struct buf *out);
/* The rounds that were asked for, 0 before; for the log. */
unsigned long scram_rounds(const struct scram *s);

#endif
