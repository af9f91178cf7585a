/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_INVITE_H
#define MAPPING_ROOM_INVITE_H

#include "mapping/addr.h"
#include "mapping/core.h"
#include "mapping/talk/children.h"

/*
 * Invitations by the room (PROTOCOL D.8): muc#user invite and decline, INVITE;
 * and asking for voice (D.6). Who asks to be let in is in knock.h, invitations from
 * person to person in mapping/talk/envelope.h.
 */

/*
 * <invite/>s or a <decline/> sent to a room: false, there is none in it. An
 * invitation goes by IRC to whoever is there, to Jabber users by Jabber; IRC's
 * refusal becomes an error to the inviter.
 */
bool invite_message(struct request *q, const struct addr *a,
	const struct message_parts *p);
/* The form muc#request, sent to a room: false, there is none in it. */
bool voice_message(struct request *q, const struct addr *a);

/* The room is another one now (D.9): its client is invited there. */
void invite_moved(const struct room *r, const struct view *v, const char *to,
	struct slice reason);

/* INVITE seen: of us, or of somebody else into a room of ours. */
void invite_on_irc(struct session *s, const struct ircsource *by,
	struct slice target, struct slice channel);

#endif
