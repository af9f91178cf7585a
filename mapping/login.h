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
/* For session_events.c. */
void login_on_result(struct session *s, enum login_result result,
	struct slice text);

#endif
