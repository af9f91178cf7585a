/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_ASK_H
#define MAPPING_PEOPLE_ASK_H

#include "mapping/core.h"

/*
 * An iq of ours to a Jabber user's client or server, and its answer: the iq
 * with our id from the JID that was asked. Others' answers to it, and answers
 * that come too late, are dropped.
 *
 * At most ASKS_MAX are open at a time, and of one user (a bare JID: all clients
 * and the account) no more than others have: when all are taken, whoever is asked
 * most loses the oldest question, as if it had not been answered (base/share.h).
 * That is counted, and said in the log when it begins.
 */
enum { ASKS_MAX = 1000 };

struct ask;

/* Called once, never inside ask_send() or ask_close(): NULL when no answer came in time. */
typedef void ask_fn(void *ctx, const struct stanza *answer);

/*
 * <iq type='get'><element xmlns=ns/></iq>. NULL: it was not sent (the component
 * is away) and fn is not called.
 */
struct ask *ask_send(struct mapping *m, const char *from, const char *to,
	const char *element, enum ns ns, unsigned timeout_ms, ask_fn *fn,
	void *ctx);
/*
 * The same with any payload: it is written into out.w between the two. Type: get
 * or set. NULL: nothing was begun.
 */
struct ask *ask_open(struct mapping *m, const char *type, const char *from,
	const char *to, unsigned timeout_ms, ask_fn *fn, void *ctx);
void ask_close(struct ask *a);
/* The id of its iq. */
const char *ask_id(const struct ask *a);
/* fn is not called any more. */
void ask_cancel(struct ask *a);

/* For iq.c: a result or error; which belongs to nothing is dropped. */
void ask_answered(const struct request *q);

/* For core.c. */
void asks_init(struct mapping *m);
void asks_free(struct mapping *m); /* without a word */

#endif
