/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGAIN_H
#define MAPPING_REGAIN_H

#include "mapping/answer.h"
#include "mapping/core.h"

/*
 * The nick that the user wants, while somebody else has it: often our own lost
 * connection (PROTOCOL D.0, D.9). It is watched like a contact's (MONITOR,
 * WATCH, ISON, shared channels) and taken when it is free; refused then, it is
 * tried again each minute, ten times at most. What the user or the network
 * chooses meanwhile ends it: nobody fights with services.
 */
void regain_registered(struct session *s); /* 001, before s->nick is set */
void regain_on_watched(struct session *s, const struct ircwatched *who);
/* We are called otherwise now. */
void regain_on_nick(struct session *s);
/* A numeric that refuses our attempt: nobody need know. true: it was that. */
enum answered regain_on_answer(struct session *s, const struct answer *a);
bool regain_refused(struct session *s, int numeric);
/* The link is gone. */
void regain_stop(struct session *s);
void regain_on_timer(void *ctx); /* of a session */

#endif
