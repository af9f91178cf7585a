/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_REDACT_H
#define MAPPING_TALK_REDACT_H

#include "mapping/addr.h"
#include "mapping/core.h"
#include "mapping/talk/children.h"

/*
 * Messages taken back: REDACT on IRC; retraction (XEP-0424) by who wrote them,
 * moderation (XEP-0425) by others (PROTOCOL F.2). Where the server has no
 * draft/message-redaction neither is possible, and nothing is said instead.
 */

/* A client takes a message of the user's back, in a room or to a person. */
void redact_in_room(struct request *q, struct view *v,
	const struct message_parts *p);
struct chat;
void redact_in_talk(struct request *q, struct session *s, struct chat *c,
	const struct message_parts *p);
/* <moderate/> to a room. */
void iq_moderate(struct request *q, const struct addr *a);

/* REDACT from IRC. */
void redact_on_irc(struct session *s, const struct irc_text *where,
	struct slice msgid);
/* Nobody refused it in time, if that is what it was: the room shows it. */
struct sent;
void redact_done(struct sent *t);

/* ---- between redact.c and redact_line.c ---- */

enum { REDACT_LINES_MAX = 40 }; /* of one message: as draft/multiline has */
struct known;

/*
 * IRC takes back a line of a message of the user's of which others stay: told.
 * false: that is all of it.
 */
bool redact_line(struct room *r, const struct irc_text *where,
	struct slice msgid, const struct known *k);
/* The end of what is written about a message: hint, and its own stanza-id. */
void redact_finish(struct room *r, struct slice id);

#endif
