/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_QUERY_H
#define MAPPING_PEOPLE_QUERY_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * What is asked of somebody on IRC for an iq (PROTOCOL C.4, C.18, C.19): a CTCP
 * to a person or a command to the server goes out, its answer within 20 s
 * becomes the result. One CTCP to a person in 2 s; a server's answer is shared.
 */
enum query_kind {
	QUERY_PING,
	QUERY_VERSION,
	QUERY_TIME,          /* for urn:xmpp:time */
	QUERY_TIME_OLD,      /* for jabber:iq:time */
	QUERY_SELF,
	QUERY_SRV_VERSION,   /* 351 */
	QUERY_SRV_TIME,      /* 391 */
	QUERY_SRV_TIME_OLD,
	QUERY_CTCP,          /* of any name, for a command */
	QUERY_KINDS
};

/*
 * Whom an OCC or NICK means on IRC, by a session that is up. NULL: there is
 * nobody to ask, the iq was answered with the error.
 */
struct session *query_target(struct request *q, const struct addr *a,
	struct slice *nick);
/* The address is an occupant who is the sender's own. */
bool query_is_self(const struct request *q, const struct addr *a);

/* The iq to an OCC or NICK; answers it, now or later. */
void query_ask(struct request *q, const struct addr *a, enum query_kind kind);
/* The iq to an SRV, likewise. */
void query_ask_server(struct request *q, const struct addr *a,
	enum query_kind kind);
/*
 * A CTCP for a command: `done` is called once, later, with what came (text absent:
 * *fault says why nothing did) and how long it took. Both NULL: the session ends
 * with the core, only what ctx points at is to be freed. false: *fault, and it is
 * not called.
 */
typedef void query_fn(void *ctx, struct slice text, const struct fault *fault,
	uint64_t took_ms);
bool query_ctcp(struct session *s, struct slice nick, struct slice command,
	struct slice args, query_fn *done, void *ctx, struct fault *fault);
/*
 * A self-ping while the link is being restored (D.10): answered when the room
 * is back, after 20 s with not-acceptable.
 */
void query_hold(struct request *q, const struct room *r);
void query_release(struct session *s, const struct room *r);

/* A CTCP in a NOTICE. */
void query_on_reply(struct session *s, const struct irc_text *t,
	struct slice command, struct slice args);
/*
 * A numeric that answers what was asked of people or servers, here, in
 * whois.h, roll.h or chanlist.h. true: it was ours.
 */
bool query_on_numeric(struct session *s, int numeric, const struct ircmsg *m);

/* For session.c; those of whois.h, roll.h and ctcp.h go with them. */
void queries_init(struct session *s);
/* The connection is lost: those on IRC are not asked any more. */
void queries_lost(struct session *s);
void queries_fail(struct session *s);    /* all, it does not come back */
void queries_destroy(struct session *s); /* without a word */

#endif
