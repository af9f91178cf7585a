/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_CHANLIST_H
#define MAPPING_ROOM_CHANLIST_H

#include "mapping/answer.h"
#include "mapping/core.h"
#include "mapping/room/chanstore.h"

/*
 * The channels of a network, by LIST (PROTOCOL D.11). A session asks once in ten
 * minutes and keeps the answer, for hidden channels are others for each user;
 * who asks meanwhile shares it. An answer that is older still serves for an hour
 * when the server refuses to tell it again.
 * Bounds: of one list what chanstore.h says, of all sessions together
 * CHANLIST_TOTAL, over which the oldest go; 4 questions of a session wait, with
 * 32 askers each; 60 s. Names that no JID can hold are left out and counted in
 * the log. Lines that belong to no question of ours pass by.
 * Who looks through a known list does so a bounded number of times (search.c).
 */
enum { CHANLIST_TOTAL = 128 << 20 };

struct chanlist_answer {
	const struct chanstore *channels; /* lent */
	bool partial; /* there are, or may be, others */
};

/*
 * Called once, perhaps inside chanlist_ask(); what it asks in turn is a question
 * of its own. answer NULL: *fault says why. Both NULL: the core ends, free ctx.
 */
typedef void chanlist_fn(struct session *s, void *ctx,
	const struct chanlist_answer *answer, const struct fault *fault);

/*
 * words: only channels whose name holds them (roll.h) are of interest; absent:
 * all. The answer may hold others. A session that is not up yet is waited for.
 */
void chanlist_ask(struct session *s, struct slice words, chanlist_fn *done,
	void *ctx);

/* It is answered at once, whether the session is up or not. */
bool chanlist_is_fresh(const struct session *s);

/* The last list, old or not; NULL: there is none. Lent for the call. */
const struct chanstore *chanlist_known(const struct session *s);
/* The user sent a LIST: what the server says to it is not ours. */
void chanlist_typed(struct session *s);

/* For query.c, session.c and session_events.c. */
enum answered chanlist_on_answer(struct session *s, const struct answer *a);
bool chanlist_on_numeric(struct session *s, int numeric,
	const struct ircmsg *m);
void chanlist_up(struct session *s); /* 005 has been said */
/* Every question fails (for this reason when it never was up); lists stay. */
void chanlist_lost(struct session *s, const struct fault *fault);
void chanlist_destroy(struct session *s); /* without a word */

/* chanpage.c: disco#items of a network. */
struct addr;
void chanpage_items(struct request *q, const struct addr *a);

#endif
