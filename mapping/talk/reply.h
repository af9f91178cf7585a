/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_REPLY_H
#define MAPPING_TALK_REPLY_H

#include "mapping/core.h"
#include "mapping/talk/children.h"

/*
 * Answers to a message (XEP-0461; PROTOCOL F.2): +reply on IRC where that can be
 * said, else as people write it there, with the nick in front; quotes of what is
 * answered are never sent.
 */

/*
 * The text of an answer in a room as IRC is to see it, into p->body: without
 * quotes; p->answers says which message it answers, else the nick in front whom.
 */
void reply_in_room(struct room *r, struct message_parts *p);
/* To a person: without quotes; whom it answers is clear. */
void reply_in_talk(struct message_parts *p);
/* ... and which message, for +reply. */
void reply_names(const struct session *s, const struct ids *ids,
	struct message_parts *p);

/*
 * <reply/> of a text from IRC, as a fragment in the arena; absent: it answers
 * nothing. In a room; in a talk (from: its JID).
 */
struct slice reply_of_room(struct room *r, const struct irc_text *t);
struct slice reply_of_talk(struct session *s, const struct ids *ids,
	const struct irc_text *t, const char *from);

#endif
