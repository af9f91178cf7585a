/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_PRIVILEGE_H
#define MAPPING_PEOPLE_PRIVILEGE_H

#include "mapping/core.h"
#include "mapping/people/ask.h"

/*
 * What our own Jabber server lets us do for its users (XEP-0356, PROTOCOL A.5).
 * It says so by itself, after the handshake, in a message that is never answered;
 * that holds until it says otherwise or the component stream ends. It is kept in
 * struct mapping: may_roster, sees_presence, may_publish and so on.
 */
void privilege_granted(struct mapping *m, const struct elem *privilege);
void privilege_forget(struct mapping *m);

/* A user of that server: for nobody else can we speak. */
bool privilege_covers(const struct user *u);

/*
 * An iq in the user's name, to the user's own account: the server takes it out
 * of the one around it and sends it as the user's (XEP-0356, "IQ Permission").
 *
 *	struct ask *a = privileged_open(u, "set", 30000, on_answer, ctx);
 *	... the payload, into out.w ...
 *	privileged_close(a, u);
 *
 * As with ask_open() NULL is nothing that was begun. May we? is the caller's to
 * ask first.
 */
struct ask *privileged_open(struct user *u, const char *type,
	unsigned timeout_ms, ask_fn *fn, void *ctx);
void privileged_close(struct ask *a, struct user *u);
/*
 * What came of it, result or error: the <iq/> inside the answer, or the answer
 * itself when the server refused to take ours out (and of a plain ask). NULL:
 * there is none.
 */
const struct elem *privileged_answer(const struct stanza *answer);

#endif
