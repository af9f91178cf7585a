/* SPDX-License-Identifier: MIT */
#ifndef XMPP_MARKS_H
#define XMPP_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How much of what we sent the other side has not read yet (PROTOCOL A.4). What
 * lies in the buffers of two kernels may be megabytes, and whoever speaks next
 * stands behind it. Stanzas are read in order, so a ping is a mark: its answer
 * says that all before it was read. One mark is out at a time.
 * Who never answered a mark in time is not asked again: nothing is unread.
 */
enum { MARKS_EACH = 32768 }; /* bytes between two marks, at least */

struct marks {
	uint64_t sent;
	uint64_t asked; /* `sent` when the mark went out */
	uint64_t read;
	bool out;  /* a mark waits for its answer */
	bool heard; /* one was answered */
	bool deaf;
};

void marks_init(struct marks *m); /* a new stream */
/* true: a mark is due now; marks_out() when it is written. */
bool marks_sent(struct marks *m, size_t len);
void marks_out(struct marks *m);
/* true: the next mark is due at once. */
bool marks_answered(struct marks *m);
/* No answer in time: what was sent until now counts as read. */
void marks_given_up(struct marks *m);
size_t marks_unread(const struct marks *m);

#endif
