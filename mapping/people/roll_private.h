/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_ROLL_PRIVATE_H
#define MAPPING_PEOPLE_ROLL_PRIVATE_H

#include "mapping/people/roll.h"

/*
 * The inside of a question that roll.c (asks it; the story is there),
 * roll_read.c (its answer) and roll_mask.c (what it looks for) share.
 */
struct roll {
	struct list link; /* in session->rolls; the first one is on its way */
	struct session *session;
	struct roll_wish wish; /* masks in the arena */
	struct arena arena;
	struct roll_item *items;
	size_t nitems;
	bool asked;
	bool answered;     /* only its end is waited for */
	bool more;
	uint64_t label;
	char token[4];     /* WHOX; "" without */
	const struct istr *mask; /* of the WHO, to know its 315 */
	struct patience patience;
	roll_fn *done;
	void *ctx;
};

/* The one that is on its way or the next to be; NULL: there is none. */
struct roll *roll_current(const struct session *s);

/* Tells who asked, once: fault NULL: what came. */
void roll_answer(struct roll *r, const struct fault *fault);
/* It goes, and the next one is asked. */
void roll_end(struct roll *r);

/* Is there a * or ? in it? */
bool roll_has_wildcard(struct slice s);

#endif
