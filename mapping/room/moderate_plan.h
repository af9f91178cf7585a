/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_MODERATE_PLAN_H
#define MAPPING_ROOM_MODERATE_PLAN_H

#include "mapping/room/modeline.h"
#include "mapping/room/room.h"

/*
 * The inside of a muc#admin set, between moderate_set.c (what each role and
 * affiliation is in modes) and moderate_who.c (whom an item means, and their
 * masks); PROTOCOL D.6.
 */
struct plan {
	struct request *q;
	struct room *r;
	struct mode_step *steps;
	size_t nsteps;
	bool outranks;
	struct fault fault;
};

/* Whom an item is about. */
struct target {
	struct slice nick; /* absent: a mask */
	struct slice mask;
	struct slice reason;
	struct ircuser *user; /* NULL: not in the channel */
	uint32_t bits;
};

/* Always false. */
bool plan_refuse(struct plan *p, enum stanza_error e, const char *text);
/* Whom the item means, by nick or jid; false: it was refused. */
bool plan_target(struct plan *p, const struct elem *item, struct target *t);
/* The mask of somebody who is not here: as it was given, or nick!*@*. */
struct slice plan_mask(struct plan *p, const struct target *t);
/* The mask that bans somebody. */
struct slice plan_ban_mask(struct plan *p, const struct target *t);

static inline const struct isupport *plan_isupport(const struct plan *p)
{
	return ircnet_isupport(p->r->net);
}

#endif
