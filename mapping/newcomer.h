/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_NEWCOMER_H
#define MAPPING_NEWCOMER_H

#include "mapping/core.h"

/*
 * A network that lets nobody in without an account (PROTOCOL C.16, F.3): it says
 * so while we register, by FAIL * ACCOUNT_REQUIRED, by draft/ACCOUNTREQUIRED in
 * an early 005, or in the words of 465 and ERROR. The user is told by a message
 * from the network what to do, with links to the forms; it is not tried again
 * before the registration changes, unless there is a login that was not refused:
 * then services are away.
 */

/* FAIL * ACCOUNT_REQUIRED before 001: what it says is kept for the end. */
bool newcomer_on_fail(struct session *s, const struct ircmsg *m);
/*
 * The connection has ended so: true, the user is told, *fault and *words say it
 * to whoever waits (mapping/endfault.c).
 */
bool newcomer_on_end(struct session *s, enum ircnet_end why, int numeric,
	struct fault *fault, struct slice *words);

#endif
