/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_MESSAGE_H
#define MAPPING_MESSAGE_H

#include "mapping/addr.h"
#include "mapping/core.h"

/* Message stanzas by type and kind of address, and their text (PROTOCOL C.1). */
void handle_message(struct request *q);

/*
 * The child of that name in the stanza's language, else the first (C.1); absent
 * slice when there is none.
 */
struct slice message_choose(const struct elem *root, const char *name,
	const char *lang);
/*
 * Encrypted messages carry only a notice as body; that never reaches IRC: the
 * sender is told (C.20). true: it was refused.
 */
bool message_refused(const struct request *q);

/*
 * The body for Jabber of a text from IRC: decoded, without codes, with `/me `
 * or the mark of a notice; in the arena, absent when nothing is left.
 */
struct slice message_body(struct mapping *m, const struct irc_text *t);
/* Needs a delay element: history, or older than ten seconds (F.1). */
bool message_is_old(const struct mapping *m, const struct irc_text *t);

#endif
