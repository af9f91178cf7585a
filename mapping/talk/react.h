/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_REACT_H
#define MAPPING_TALK_REACT_H

#include "mapping/core.h"
#include "mapping/talk/children.h"

/*
 * Reactions (XEP-0444, +draft/react, +draft/unreact; PROTOCOL F.2). A stanza has
 * all reactions of somebody to a message, a line of IRC has one more or one
 * less: so each session remembers the sets, of others to send all of it, of the
 * user to send what changed.
 *
 * Bounds: 200 sets a session, the one that changed least lately goes; 16
 * reactions in a set, 64 bytes one.
 */
enum { REACT_SETS = 200, REACT_MAX = 16, REACT_BYTES = 64 };

/* TAGMSG with one of these tags. */
void react_on_tags(struct session *s, const struct irc_text *t);
/*
 * PRIVMSG that says its reaction in words, too, for those without tags: it is
 * shown as a reaction alone. false: it is a text like others.
 */
bool react_on_text(struct session *s, const struct irc_text *t);

/* A client's message in a room that it is in; it holds nothing to be said. */
void react_in_room(struct request *q, struct view *v,
	const struct message_parts *p);
/* To a person. */
struct chat;
void react_in_talk(struct request *q, struct session *s, struct chat *c,
	const struct message_parts *p);

/* IRC did not take what was sent to this (folded) target last. */
void react_refused(struct session *s, const struct istr *target);
void reacts_forget(struct session *s);

#endif
