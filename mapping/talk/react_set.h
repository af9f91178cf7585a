/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_REACT_SET_H
#define MAPPING_TALK_REACT_SET_H

#include "mapping/talk/ids.h"
#include "mapping/talk/message.h"
#include "mapping/talk/react.h"

/* What react.c and react_out.c keep: the reactions of one person to a message. */
struct react {
	struct list link;          /* in session->reacts, last change last */
	struct session *session;
	const struct istr *place;  /* folded channel or nick */
	const struct istr *msgid;
	const struct istr *who;    /* occupant-id or folded nick; "": the user */
	size_t len;
	char set[REACT_MAX * (REACT_BYTES + 1)]; /* each ended by NUL */
};

/* The known one; else a new, empty one when `make`, or NULL. */
struct react *react_get(struct session *s, const struct istr *place,
	struct slice msgid, struct slice who, bool make);
bool react_has(const struct react *r, struct slice value);
/* Adds or takes away; false: it was so already, or there is no place for it. */
bool react_change(struct react *r, struct slice value, bool more);
/* After a change: an empty set is not kept. */
void react_settle(struct react *r);

#endif
