/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_ENVELOPE_H
#define MAPPING_TALK_ENVELOPE_H

#include "mapping/core.h"
#include "mapping/talk/children.h"

/*
 * Whom a message is for besides its `to`, and what it is an invitation to
 * (PROTOCOL C.20): jabber:x:envelope, XEP-0033, jabber:x:conference.
 */

/* "(forwarded by ...) " in front of the text. */
void envelope_add_forwarded(struct buf *out, const struct message_parts *p);

/*
 * Other people of this network named by `to` and `cc`, at most as many as the
 * server takes for one message and five: fn for each, with the JID as written.
 * `main` is whom the message goes to already.
 */
typedef void envelope_fn(void *ctx, const char *jid, struct slice nick);
void envelope_others(struct session *s, const struct message_parts *p,
	struct slice main, envelope_fn *fn, void *ctx);

struct invitation {
	struct slice channel; /* we are in it: INVITE; else absent */
	struct slice words;   /* else this, to be said; may be absent too */
};
/* Both absent: there is none, or it names no room. */
void invitation_read(struct session *s, const struct message_parts *p,
	struct invitation *out);

#endif
