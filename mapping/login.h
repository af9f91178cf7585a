/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_LOGIN_H
#define MAPPING_LOGIN_H

#include "mapping/core.h"

/*
 * The login to the user's account on IRC (PROTOCOL F.4): what the user is told
 * when it fails. One that works is silent; one that fails costs the account,
 * not the connection. With what it is tried is mapping/register/identity.h's.
 */

/* For session_events.c. */
void login_on_result(struct session *s, enum login_result result,
	struct slice text);

#endif
