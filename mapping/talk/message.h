/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_MESSAGE_H
#define MAPPING_TALK_MESSAGE_H

#include "mapping/addr.h"
#include "mapping/core.h"

/* Message stanzas by type and kind of address, and their text (PROTOCOL C.1). */
void handle_message(struct request *q);

/*
 * The body for Jabber of a text from IRC: decoded, without codes, with `/me `
 * or the mark of a notice; in the arena, absent when nothing is left.
 */
struct slice message_body(struct mapping *m, const struct irc_text *t);
/* Its name for Jabber: IRC's own, else a new UUID (F.1); in the arena. */
struct slice message_id(struct mapping *m, const struct irc_text *t);
/*
 * The same with its formatting (G.1), as <html/>: absent when all of it is
 * plain, or when it would be longer than texts may be. Until the next call.
 */
struct slice message_html(struct mapping *m, const struct irc_text *t);
/*
 * jabber:x:oob beside a body that is the address of a picture, a sound or a film
 * (C.15), into the stanza being written.
 */
bool message_is_media(const struct mapping *m, const struct irc_text *t,
	struct slice body);
void message_add_oob(struct mapping *m, const struct irc_text *t,
	struct slice body);
/* Needs a delay element: history, or older than ten seconds (F.1). */
bool message_is_old(const struct mapping *m, const struct irc_text *t);

#endif
