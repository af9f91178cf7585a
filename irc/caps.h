/* SPDX-License-Identifier: MIT */
#ifndef IRC_CAPS_H
#define IRC_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "irc/ircmsg.h"

/*
 * IRCv3 capability negotiation 302 (PROTOCOL F.1): which are on, and what is
 * to be said next. Only names of our table are ever requested, in lines of at
 * most 8; a refused line is asked again name by name, once.
 */
struct caps {
	uint32_t offered; /* bits: places in the table */
	uint32_t on;
	uint32_t waiting; /* requested, not answered */
	uint32_t alone;   /* was asked in a line of its own */
	bool listing;     /* the answer to LS is not complete */
	bool open;        /* CAP END is owed */
	bool login;       /* `sasl` is wanted */
	bool hold;        /* END waits for caps_login_over() */
};

/* Sends one line. */
typedef void caps_send_fn(void *ctx, struct slice line);

/*
 * Before `CAP LS 302` is sent. login: `sasl` is asked for, and END comes after
 * caps_login_over() only.
 */
void caps_start(struct caps *c, bool login);
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
/*
 * The value that a line (LS, NEW) gives to this capability, empty when it has
 * none; absent when the line does not offer it.
 */
struct slice caps_value(const struct ircmsg *m, const char *name);

#endif
