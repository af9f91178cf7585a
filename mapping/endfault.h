/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ENDFAULT_H
#define MAPPING_ENDFAULT_H

#include "mapping/core.h"

/*
 * Why an IRC server ended a connection or did not take us in, as people are
 * told: what happened, what to do next, the server's words (PROTOCOL C.9, E).
 * Numerics say it by mapping/advice.c, the words of an ERROR by a table here:
 * servers have no other way to tell a ban from a full house. What only the
 * operator can mend is a line of the log as well.
 */

/* An ircnet's end: session_ended() with its fault; no reconnect where E says so. */
void end_on_irc(struct session *s, enum ircnet_end why, int numeric,
	struct slice words);
/*
 * The link went without a word: what was said just before, a KILL or one of 463
 * to 466, is why. false: nothing was. The text is in the arena.
 */
bool end_was_told(struct session *s, struct fault *fault);
/*
 * "Closing Link: nick[host] (reason)": the reason alone, for whom it was about may
 * be called like one. All of it when it has no such form.
 */
struct slice end_reason(const struct session *s, struct slice said);
/* KILL of ourselves: the ERROR that tells why may be missing. */
void end_on_kill(struct session *s, struct slice words);
/* 463 464 465 466 on a connection that is up. */
void end_on_numeric(struct session *s, int numeric, struct slice words);
/* A new connection begins, or none will. */
void end_forget(struct session *s);

#endif
