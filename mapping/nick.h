/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_NICK_H
#define MAPPING_NICK_H

#include "mapping/answer.h"
#include "mapping/core.h"

/*
 * Another nick, asked for by a client: presence to another occupant of a room
 * that it is in (PROTOCOL D.2, D.9). One NICK of a session is under way at a
 * time; what is asked for meanwhile waits its turn, 8 at most, and each finds
 * its answer: the new nick in every room, or an error to the client that asked.
 * One that IRC never answers is told so when another is asked for two minutes
 * later, or when the link goes.
 */
void nick_ask(struct request *q, struct view *v, struct slice nick);
/* One is under way. */
bool nick_asked(const struct session *s);

/* A numeric refuses the one under way. false: it does not. */
bool nick_refused(struct session *s, int numeric, const struct ircmsg *m);
enum answered nick_on_answer(struct session *s, const struct answer *a);
/*
 * IRC calls us so now: the id of the stanza that asked for it, lent until the
 * next call of nick_took(); NULL without one, or when nobody asked.
 */
const char *nick_asker_id(const struct session *s, struct slice now);
/* ... and the rooms have shown it: the next one goes. */
void nick_took(struct session *s, struct slice now);

/* The link is gone: all fail. */
void nick_lost(struct session *s);
/* Without a word. */
void nick_forget(struct session *s);

#endif
