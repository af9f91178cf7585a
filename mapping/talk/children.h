/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_CHILDREN_H
#define MAPPING_TALK_CHILDREN_H

#include "mapping/core.h"

/*
 * What a message holds (PROTOCOL C.1, C.20, F.2), read once into a plain struct:
 * everybody else asks the struct, nobody walks the children again. Everything
 * points into the stanza, or the core's arena, and is lent as long as these.
 */
struct message_parts {
	struct slice body;     /* in the stanza's language; absent: none */
	struct slice coded;    /* the body with mIRC codes; absent: it has none */
	struct slice subject;  /* the same */
	struct slice thread;
	const struct elem *oob;       /* the first jabber:x:oob; elem_next() */
	const struct elem *invite;    /* jabber:x:conference */
	const struct elem *muc_user;  /* what goes by the room: D.8 */
	const struct elem *envelope;  /* jabber:x:envelope */
	const struct elem *addresses; /* XEP-0033 */
	const struct elem *roster;    /* jabber:x:roster, XEP-0144 */
	const struct elem *event;     /* jabber:x:event */
	const struct elem *receipt;   /* XEP-0184: one is asked for */
	const struct elem *html;      /* XEP-0071 or the overview's form */
	const struct elem *markup;    /* XEP-0394 */
	const struct elem *unstyled;  /* XEP-0393: nothing is meant by it */
	const struct elem *reply;     /* XEP-0461 */
	const struct elem *replace;   /* XEP-0308 */
	const struct elem *reactions; /* XEP-0444 */
	const struct elem *retract;   /* XEP-0424 */
	const struct elem *attention; /* XEP-0224 */
	const struct elem *displayed; /* XEP-0333 */
	enum irc_typing typing;       /* chat state; IRC_TYPING_NONE: none */
	int64_t said_ms;              /* by a delay element; 0: now */
	long expire_s;                /* jabber:x:expire; -1: never */
	bool encrypted;               /* text that we cannot read */
	bool fallback;                /* then body is only a notice of that */
	bool quote_cut;               /* the body was freed of what it answers */
	struct slice answers;         /* msgid that +reply is to say, or absent */
};

void children_read(const struct request *q, struct message_parts *p);
/* The body as it goes to IRC: with its codes, when there are some. */
struct slice children_said(const struct message_parts *p);

/*
 * IRC carries no encrypted text: the sender is told, and true (C.20). With the
 * setting send_fallback_body a notice that stands in for it may pass.
 */
bool children_refused(const struct request *q, const struct message_parts *p);

/* The child of that name in jabber:x:event. */
bool children_event(const struct message_parts *p, const char *name);

#endif
