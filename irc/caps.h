/* SPDX-License-Identifier: MIT */
#ifndef IRC_CAPS_H
#define IRC_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/intern.h"
#include "base/slice.h"
#include "irc/ircmsg.h"

/*
 * IRCv3 capability negotiation 302 (PROTOCOL F.1): which are on, and what is
 * to be said next. Only names of our table are ever requested, in lines of at
 * most 8; a refused line is asked again name by name, once. CAP NEW and DEL
 * may come at any time: what is new is asked for, what is deleted is off. What
 * needs another one (labeled-response: batch) is asked for with that one only,
 * and on as long as that one is.
 * Names that the operator switched off are as if the server had not offered
 * them. Of a few the value is kept, up to 400 bytes of it.
 */
enum { CAPS_VALUES = 5, CAPS_VALUE_MAX = 400, CAPS_LINES = 8 };

struct caps {
	uint64_t offered; /* bits: places in the table */
	uint64_t on;
	uint64_t waiting; /* requested, not answered */
	uint64_t alone;   /* was asked in a line of its own */
	uint64_t acked;   /* by an ACK of which more lines are to come */
	uint64_t struck;  /* likewise, switched off */
	uint64_t lines[CAPS_LINES]; /* the oldest that wait, each as asked */
	uint64_t off;     /* the operator's */
	const struct istr *values[CAPS_VALUES]; /* NULL: not offered */
	bool listing;     /* the answer to LS is not complete */
	bool open;        /* CAP END is owed */
	bool login;       /* `sasl` is wanted */
	bool hold;        /* END waits for caps_login_over(); also set from outside */
};

/* Sends one line. */
typedef void caps_send_fn(void *ctx, struct slice line);

/* A capability of our table: what `caps_off` of the operator may name. */
bool caps_known(struct slice name);

/*
 * Before `CAP LS 302` is sent; c is new or zeroed. login: `sasl` is asked for,
 * and END comes after caps_login_over() only. off: never asked for.
 */
void caps_start(struct caps *c, bool login, const char *const *off,
	size_t noff);
void caps_finish(struct caps *c);
/* A CAP line; sends REQ and END through fn. */
void caps_input(struct caps *c, const struct ircmsg *m, caps_send_fn *fn,
	void *ctx);
/*
 * No (further) answer is coming: END is sent if owed, unless the server does
 * not know CAP at all.
 */
void caps_give_up(struct caps *c, bool unknown, caps_send_fn *fn, void *ctx);

/* Nothing is under way: what is on is known. */
bool caps_settled(const struct caps *c);
/* Whoever logs in has done so, or will not: END is sent when it is owed. */
void caps_login_over(struct caps *c, caps_send_fn *fn, void *ctx);
bool caps_on(const struct caps *c, const char *name);
/* The operator has not switched it off. */
bool caps_wanted(const struct caps *c, const char *name);
/* What this line (LS, NEW) says of it, empty or not; absent: nothing. */
struct slice caps_offered(const struct ircmsg *m, const char *name);
/* This line is the end of the answer to LS. */
bool caps_listed(const struct ircmsg *m);
/* This line offers it. */
bool caps_offers(const struct ircmsg *m, const char *name);
/*
 * What the server says of it now, on or not: of `sasl`, `draft/multiline`, `sts`,
 * `draft/account-registration`, `draft/metadata-2`.
 * Empty when it says nothing (more); absent when it does not offer it.
 */
struct slice caps_value(const struct caps *c, const char *name);

#endif
