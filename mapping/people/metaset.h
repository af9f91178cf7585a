/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_METASET_H
#define MAPPING_PEOPLE_METASET_H

#include "mapping/core.h"

/*
 * Metadata that is set on an IRC network (draft/metadata-2, PROTOCOL F.1): for
 * the user, and for a channel that the user rules.
 *
 * The story: metaset_begin, metaset_add for each value, metaset_go. One value of
 * a session is under way at a time, for several refusals name neither target nor
 * key: SET, and 761 or 766 that answers it, then the next one. A FAIL ends it, and
 * what was set before it stays set; so does a server that says nothing for 10 s.
 * A patient one waits instead when it was too fast, as long as the server says,
 * METASET_TRIES times: for what is set at the beginning, with nobody waiting.
 *
 * done is called once, later; fault NULL: all is set. Both NULL: the session goes
 * without a word, only what ctx points at is to be freed. key is the one that
 * the fault is about.
 */
enum { METASETS_MAX = 8, METASET_TRIES = 5 };

struct metaset;
typedef void metaset_fn(struct session *s, void *ctx, enum irc_meta key,
	const struct fault *fault);

/* target: "*" or a channel. NULL, and *fault: too many wait already. */
struct metaset *metaset_begin(struct session *s, struct slice target,
	struct fault *fault);
/* An empty value takes it away; each key once. */
void metaset_add(struct metaset *p, enum irc_meta key, struct slice value);
bool metaset_is_empty(const struct metaset *p);
void metaset_go(struct metaset *p, bool patient, metaset_fn *done, void *ctx);
/* Not after all; done was not given. */
void metaset_cancel(struct metaset *p);

/* What may be set here? false, and *fault (text in the arena): not this. */
bool metaset_check(const struct session *s, enum irc_meta key,
	struct slice value, struct fault *fault);

/* ---- for session.c and session_events.c ---- */

void metasets_init(struct session *s);
/* 761, 766: true when they answer one of these. */
bool metaset_on_numeric(struct session *s, int numeric,
	const struct ircmsg *m);
/* FAIL METADATA; likewise. */
bool metaset_on_fail(struct session *s, const struct ircmsg *m);
void metasets_lost(struct session *s);    /* each fails */
void metasets_destroy(struct session *s); /* without a word */

#endif
