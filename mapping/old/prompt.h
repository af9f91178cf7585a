/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_OLD_PROMPT_H
#define MAPPING_OLD_PROMPT_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * What people type to name somebody on IRC, and the JID of that (PROTOCOL B.5):
 * bob@irc.test.net, #channel, irc:// addresses and the like.
 */
struct prompt {
	struct mapping *m;
	const char *bare;        /* who types it */
	const struct user *user; /* the same; NULL: has no session */
	struct network *home;    /* of names without one; NULL: there is none */
	bool stay;               /* no other network than home */
};

/*
 * Appends the JID to out. false: *fault, its text perhaps in the arena. Text is
 * any UTF-8, also with blanks around it.
 */
bool prompt_read(const struct prompt *p, struct slice text, struct buf *out,
	struct fault *fault);

/* jabber:iq:gateway (XEP-0100) */
void iq_gateway_get(struct request *q, const struct addr *a);
void iq_gateway_set(struct request *q, const struct addr *a);

#endif
