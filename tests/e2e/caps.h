/* SPDX-License-Identifier: MIT */
#ifndef TESTS_E2E_CAPS_H
#define TESTS_E2E_CAPS_H

#include "tests/e2e/cell.h"

/* What the cases of test_caps.c share: a network, and who plays on it. */
struct caps_net {
	const char *label;
	const char *kind; /* of server_kinds */
	const char *name;
	const char *on; /* what it offers of our table, less what is off */
	const char *off; /* settings of the network */
};

enum { CAPS_KINDS = 16 };

/*
 * Who plays stays for all cases of a network: InspIRCd takes a second for each
 * login. Each case has a channel of its own, in which bob is.
 */
struct caps_test {
	struct cell t;
	const struct caps_net *net;
	struct server *irc[CAPS_KINDS]; /* by place in server_kinds */
	struct server *services;
	struct server *sts; /* an InspIRCd that offers it */
	struct xclient *juliet;
	struct xclient *romeo;
	struct iclient *carl;  /* has an account where there are accounts */
	struct iclient *robot; /* +B where there is that */
	struct iclient *oper;
	unsigned channels;
};

/* A case, and on which servers there is such a thing. */
struct caps_case {
	const char *name;
	const char *where; /* the servers that know such a thing */
	void (*fn)(struct caps_test *x);
};

#define INSPIRCD "inspircd"
#define HYBRID	 "ircd-hybrid"
#define ALL	 INSPIRCD HYBRID "ngircd"
#define PASSWORD "Wherefore1" /* of carl's account */

/* The cases by subject, each ended by a NULL name. */
extern const struct caps_case caps_people[];   /* caps_people.c */
extern const struct caps_case caps_said[];     /* caps_said.c */
extern const struct caps_case caps_accounts[]; /* caps_accounts.c */

/* Does the network have it, and is it not switched off? */
bool caps_on(const struct caps_test *x, const char *cap);

/* Into the channel of the case. */
struct xclient *caps_enter(
	struct caps_test *x, struct xclient *c, const char *stem);
struct xclient *caps_juliet(struct caps_test *x);
void caps_leave(struct caps_test *x, struct xclient *c, const char *stem);

void caps_carl_is(struct caps_test *x, const char *stem);

/* All that the network had to say about bob so far has come: he says this. */
void caps_until_bob_says(
	struct caps_test *x, struct xclient *juliet, const char *text);

#endif
