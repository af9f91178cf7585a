/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_QUERY_H
#define MAPPING_QUERY_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * What is asked of a person on IRC for an iq (PROTOCOL C.4): a CTCP goes out,
 * its answer within 20 s becomes the result. And the other way: CTCP queries
 * from IRC are answered by the gateway, three in ten seconds (C.19).
 */
enum query_kind { QUERY_PING, QUERY_VERSION, QUERY_SELF, QUERY_KINDS };

/* The iq to an OCC or NICK; answers it, now or later. */
void query_ask(struct request *q, const struct addr *a, enum query_kind kind);
/*
 * A self-ping while the link is being restored (D.10): answered when the room
 * is back, after 20 s with not-acceptable.
 */
void query_hold(struct request *q, const struct room *r);
void query_release(struct session *s, const struct room *r);

void query_on_ctcp(struct session *s, const struct irc_text *t,
	struct slice command, struct slice args, bool is_reply);
/* 401: the nick is not there. true: a query ended. */
bool query_on_no_such_nick(struct session *s, const struct ircmsg *m);

/* The connection is lost: those on IRC are not asked any more. */
void queries_lost(struct session *s);
void queries_fail(struct session *s);    /* all, it does not come back */
void queries_destroy(struct session *s); /* without a word */

#endif
