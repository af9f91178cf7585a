/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_LOGIN_H
#define MAPPING_LOGIN_H

#include "mapping/core.h"

/*
 * The login to the user's account on IRC (PROTOCOL F.4): what the user is told
 * when it fails. One that works is silent; one that fails costs the account,
 * not the connection. With what it is tried is mapping/register/identity.h's.
 */

/*
 * The same where the connection has ended for it, since the user wants none
 * without (`sasl_required`): what went wrong decides whether it is tried again.
 * *fault is for whoever waits. false: it has ended for something else.
 */
bool login_on_end(struct session *s, enum ircnet_end why, int numeric,
	struct slice text, struct fault *fault);
/*
 * It was refused, and will be again, where the network takes nobody without it:
 * both in one message; form: where it can be corrected.
 */
bool login_is_refused(const struct session *s);
void login_describe_refused(struct session *s, struct buf *b, const char *form);
/*
 * For session_events.c. What fails before 001 is told when we are up: until then
 * nobody knows whether there is a connection without it.
 */
void login_on_result(struct session *s, enum login_result result,
	struct slice text);
void login_on_up(struct session *s);

#endif
