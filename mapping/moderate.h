/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_MODERATE_H
#define MAPPING_MODERATE_H

#include "mapping/addr.h"
#include "mapping/asker.h"
#include "mapping/core.h"

/*
 * Moderation (XEP-0045 8 and 9, muc#admin; PROTOCOL D.6).
 *
 * The story: a set becomes MODE and KICK lines and a mark behind them
 * (ircnet_sync()). An error numeric about the channel that comes before the
 * mark is the answer; else the mark's return is: the server did it, or there
 * was nothing to do (ngIRCd says nothing to an unchanged ban). A list is asked
 * the same way, its entries are collected until the mark. No mark in
 * MODERATE_MS: remote-server-timeout.
 */
enum { MODERATE_MS = 10000 };

enum moderation_kind {
	MODERATE_CHANGE,
	MODERATE_BANS,    /* 367 */
	MODERATE_MEMBERS, /* 346, and occupants */
};

struct moderation {
	struct list link; /* in session->moderations */
	struct session *session;
	enum moderation_kind kind;
	struct asker asker;
	const struct istr *channel; /* folded */
	uint64_t token;
	struct timer timer;
	struct buf items;  /* of a list, as XML */
	bool answered;     /* waits for its mark only */
	bool outranks;
	bool cut;          /* the list was longer */
};

void iq_admin_get(struct request *q, const struct addr *a);
void iq_admin_set(struct request *q, const struct addr *a);

/* A numeric that answers one of them. true: it did. */
bool moderation_on_numeric(struct session *s, int numeric,
	const struct ircmsg *m);
void moderation_on_synced(struct session *s, uint64_t token);
/* The connection is lost: all are answered. */
void moderations_fail(struct session *s);
void moderations_destroy(struct session *s); /* without a word */

/* ---- between moderate.c, moderate_set.c and moderate_get.c ---- */

/* Before its lines are sent: false, and *fault: too many are under way. */
bool moderation_possible(const struct room *r, struct fault *fault);
/* Its lines are sent. NULL, and *fault: the mark behind them is not. */
struct moderation *moderation_start(struct request *q, struct room *r,
	enum moderation_kind kind, struct fault *fault);
/* One <item/> of a collected list into w. */
void moderation_entry(struct moderation *p, const struct ircmsg *m);
void moderation_answer(struct moderation *p);
/* The sender's room, complete; else it was answered. */
struct room *moderation_room(struct request *q, const struct addr *a);

#endif
