/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ANSWER_H
#define MAPPING_ANSWER_H

#include "mapping/advice.h"
#include "mapping/core.h"

/*
 * What the server says to requests that went out with a label (PROTOCOL E, F.1).
 *
 * Who sends a request that awaits an answer numbers it (answer_label()), and
 * keeps the number. Where the network has labeled-response, each line of the
 * server's answer has it, and goes to that one alone: two requests for the same
 * channel or nick are never mixed. A JOIN is known by its label as one, see
 * ircnet_answers_join(). What has no label (all, without the capability; what
 * another server of the network answers, with it) is matched by what it names,
 * in the order of asking: session_events.c.
 */
struct answer {
	uint64_t token;
	int numeric; /* 0: FAIL */
	const struct ircmsg *m;
};

enum answered {
	ANSWER_UNKNOWN, /* of nobody's request */
	ANSWER_TAKEN,
	ANSWER_PLAIN,   /* theirs, and no answer that they need */
};

/*
 * A new number, which ircnet puts on the requests from here on, until
 * answer_labelled(): in the same call. 0 where the network has no labels.
 */
uint64_t answer_label(struct session *s);
void answer_labelled(struct session *s);

/* A 4xx, 5xx or 9xx, or FAIL. */
bool answer_is_error(const struct answer *a);
/*
 * A refusal that no table of the request's own knows, too: E(undefined-condition),
 * or by its code when it is FAIL. The text is the server's, with what to do.
 */
void answer_fault(struct session *s, const struct answer *a,
	enum advice_for what, bool known, struct fault *fault);

/* A line of the server. ANSWER_UNKNOWN also when it has no label. */
enum answered answer_give(struct session *s, int numeric,
	const struct ircmsg *m);

#endif
