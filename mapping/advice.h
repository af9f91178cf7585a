/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ADVICE_H
#define MAPPING_ADVICE_H

#include "mapping/core.h"

/*
 * What to do next, said to whom IRC refuses something (PROTOCOL E, F.3): one
 * table, numeric and kind of request to a sentence of ours. The condition of
 * the error is errmap's; the server's own words stay, behind ours.
 */
enum advice_for {
	ADVICE_NONE = 0,         /* the server's words alone */
	ADVICE_JOIN = 1 << 0,
	ADVICE_NICK = 1 << 1,
	ADVICE_ROOM = 1 << 2,    /* a message to a channel */
	ADVICE_PERSON = 1 << 3,  /* a message to a person */
	ADVICE_INVITE = 1 << 4,
	ADVICE_CHANNEL = 1 << 5, /* topic, kick, mode, lists */
	ADVICE_KNOCK = 1 << 6,
	ADVICE_CONNECT = 1 << 7, /* before 001; %s: the form of the registration */
};

/* N_(): a sentence or two; NULL: there is none. */
const char *advice(enum advice_for what, int numeric);
/* The same for the code of a FAIL (F.3). */
const char *advice_fail(struct slice code);

/*
 * fault->text becomes the advice for what fault->error says was refused, with
 * these words of the server, cleaned; what is missing is left out. In the arena.
 */
void advise(struct mapping *m, struct fault *fault, enum advice_for what,
	int numeric, struct slice words);
void advise_fail(struct mapping *m, struct fault *fault, struct slice code,
	struct slice words);

#endif
