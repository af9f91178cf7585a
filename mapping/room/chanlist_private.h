/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_CHANLIST_PRIVATE_H
#define MAPPING_ROOM_CHANLIST_PRIVATE_H

#include "mapping/room/chanlist.h"

/*
 * The inside that chanlist.c (asks and answers; the story is there),
 * chanlist_read.c (what the server says) and chanlist_keep.c (memory) share.
 */
enum part { PART_NONE, PART_ALL, PART_LARGE, PART_SMALL };

/* What a list lacks, in the words of the headline that says so. */
enum lack { LACK_NOTHING, LACK_TIME, LACK_PLACE, LACK_SMALL, LACK_CUT };

struct known {
	struct chanstore channels;
	enum lack lack;
	bool present;
	uint64_t fresh_until;
};

struct chanlist {
	struct session *session;
	struct list link; /* in mapping->chanlists while something is known */
	struct known known;
	struct list wanted; /* struct question; the first one is on its way */
	uint64_t not_before;
	struct timer old; /* what is known goes */
	unsigned typed; /* LIST of the user's that the server has not ended ... */
	struct patience typed_patience; /* ... nor will any more when it is over */
};

struct question {
	struct list link;
	struct chanlist *list;
	const struct istr *mask; /* NULL: all channels */
	enum part part;          /* PART_NONE: not asked yet */
	uint64_t label;
	unsigned behind;         /* ends of typed LIST that come before ours */
	bool answered;           /* only its end is waited for */
	struct chanstore found;
	size_t counted; /* its bytes that are in mapping->chanlist_bytes */
	enum lack lack;
	unsigned long left_out;
	struct list askers;
	unsigned naskers;
	struct patience patience;
};

/* ---- chanlist.c ---- */

/* The question that is on its way or the next to be; NULL: there is none. */
struct question *chanlist_current(const struct chanlist *l);
void chanlist_typed_over(void *chanlist);
/* The larger channels were few: the others are asked for as well. */
bool chanlist_ask_small(struct question *p);
/* What came is the answer. */
void chanlist_tell_found(struct question *p);
/* An older answer, for it is better than none, or the fault. */
void chanlist_tell_fault(struct question *p, const struct fault *fault);
/* The question goes, and the next one is asked. */
void chanlist_end(struct question *p);

/* ---- chanlist_keep.c ---- */

/* The session's, made when there is none. */
struct chanlist *chanlist_of(struct session *s);
/* What is known goes. */
void chanlist_forget(struct chanlist *l);
/* What a question holds changed; the oldest lists of others make place. */
void chanlist_count(struct question *p);
/* What the question found is what the session knows from now on. */
void chanlist_remember(struct question *p);
void chanlist_question_free(struct question *p);

#endif
