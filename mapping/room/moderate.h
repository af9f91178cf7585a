/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_MODERATE_H
#define MAPPING_ROOM_MODERATE_H

#include "mapping/addr.h"
#include "mapping/answer.h"
#include "mapping/asker.h"
#include "mapping/core.h"

/*
 * What is asked of an IRC server about a channel: moderation (muc#admin; XEP-0045
 * 8 and 9; PROTOCOL D.6), its configuration (roomconfig.h), what it is
 * (roominfo.h).
 *
 * The story: a set becomes MODE and KICK lines and a mark behind them
 * (ircnet_sync()). An error numeric by their label, or without labels about the
 * channel, that comes before the mark is the answer; else the mark's return is:
 * the server did it, or there was nothing to do (ngIRCd says nothing to an
 * unchanged ban). A list is asked the same way, its entries are collected until
 * the mark. No mark in MODERATE_MS after it left (patience.h):
 * remote-server-timeout.
 */
enum { MODERATE_MS = 10000 };

struct moderation;

/* What is done with what the server says: one for each kind of question. */
struct moderation_way {
	/* A numeric about the channel; true: it was an answer. NULL: none is. */
	bool (*numeric)(struct moderation *p, int numeric,
		const struct ircmsg *m);
	/* The mark is back. false: moderation_go_on() was called. */
	bool (*answer)(struct moderation *p);
	void (*finish)(struct moderation *p); /* frees `more`; may be NULL */
	bool deaf; /* no error ends it: answer() is called in any case, with
		    * p->answered when the mark will not come */
};

struct moderation {
	struct list link; /* in session->moderations */
	struct session *session;
	const struct moderation_way *way;
	void *more;       /* the way's own */
	struct asker asker;
	const struct istr *channel; /* folded */
	uint64_t label;   /* of its lines */
	uint64_t token;   /* of its mark */
	struct patience patience;
	struct buf items;  /* of a list, as XML */
	bool answered;     /* waits for its mark only */
	bool outranks;
	bool cut;          /* the list was longer */
};

/* muc#admin (D.6): lists at once, or when IRC has answered; changes when it has. */
void iq_admin_get(struct request *q, const struct addr *a);
void iq_admin_set(struct request *q, const struct addr *a);

/* By its label. */
enum answered moderation_on_answer(struct session *s, const struct answer *a);
/* A numeric that answers one of them. true: it did. */
bool moderation_on_numeric(struct session *s, int numeric,
	const struct ircmsg *m);
/* FAIL REDACT CODE #channel msgid :text (F.3). true: one of them asked. */
bool moderation_on_fail(struct session *s, const struct ircmsg *m);
void moderation_on_synced(struct session *s, uint64_t token);
/* The connection is lost: all are answered. */
void moderations_fail(struct session *s);
void moderations_destroy(struct session *s); /* without a word */

/* ---- for those who ask ---- */

/* Before its lines are sent: false, and *fault: too many are under way. */
bool moderation_possible(const struct session *s, struct fault *fault);
/*
 * The mark behind what was sent for q with this label; channel is folded. NULL,
 * and *fault: there is no room for it.
 */
struct moderation *moderation_start(struct request *q, struct session *s,
	const struct istr *channel, const struct moderation_way *way,
	uint64_t label, struct fault *fault);
/*
 * In answer(): more was sent, the same waits for another mark. `more` is finished
 * the old way. false: there was no room for the mark.
 */
bool moderation_go_on(struct moderation *p, const struct moderation_way *way);
/* The error; only the mark is waited for from here on. */
void moderation_fail(struct moderation *p, const struct fault *fault);
/* The room that it is about; NULL: it is not joined any more. */
struct room *moderation_room_of(const struct moderation *p);
/* The sender's room, complete; else it was answered. */
struct room *moderation_room(struct request *q, const struct addr *a);
/* Lines that may still wait, but for a mark. */
size_t moderation_room_for(const struct session *s);

extern const struct moderation_way moderation_change; /* done, or refused */
extern const struct moderation_way moderation_redact; /* the same */
extern const struct moderation_way moderation_bans;
extern const struct moderation_way moderation_members;

#endif
