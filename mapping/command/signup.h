/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_COMMAND_SIGNUP_H
#define MAPPING_COMMAND_SIGNUP_H

#include "mapping/command/run.h"

/*
 * A new account on IRC (PROTOCOL C.16, F.1; draft/account-registration): the
 * commands `create-account` and `verify-account` of a network.
 *
 * The story: REGISTER -> SUCCESS, or VERIFICATION_REQUIRED: the user is asked
 * for the code that came by e-mail -> VERIFY -> SUCCESS. Where the network has
 * no REGISTER, NickServ is told, which answers the user itself. The password
 * is kept in the registration when the account is there, if the user wants
 * that; until then it is in memory, for the life of the connection, or for an
 * hour while a code is waited for.
 * Refused: FAIL, with what we make of its code and the network's words. Silent
 * for 30 s: the user is told so. One at a time on a connection.
 *
 * Where there is no connection one is made. A network with `before-connect` is
 * asked before 001, since it may let nobody in without an account; then the
 * connection goes on with the new one. It ends when the account is refused, and
 * after three minutes without the code, which may still come: by another one.
 */
enum { SIGNUP_ANSWER_MS = 30000 };

void signup_create(struct run *r);
void signup_create_fields(struct run *r, struct xw *w);
void signup_code_form(struct run *r, struct xw *w);
void signup_verify(struct run *r);

/* REGISTER, VERIFY, and FAIL of them; false: it is about something else. */
bool signup_on_other(struct session *s, const struct ircmsg *m);
/* We are logged in to this account (900). */
void signup_on_account(struct session *s, struct slice account);
/* Does the next connection wait before CAP END? And it does now. */
bool signup_wants(const struct session *s);
void signup_on_capable(struct session *s);
/* 001. */
void signup_on_up(struct session *s);
/* This connection was made for it alone: nothing else wants it again. */
bool signup_began(const struct session *s);
/* A session that is not up stays for it. */
bool signup_holds(const struct session *s);
/* The connection is gone, and what waited for it with it, but for a code. */
void signup_lost(struct session *s);
/* So is the session. */
void signup_forget(struct session *s);

/* For run.c: it does not wait any more; its time is over. */
void signup_stop(struct run *r);
void signup_on_silence(struct run *r);

#endif
