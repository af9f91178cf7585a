/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_REGISTER_REGISTER_H
#define MAPPING_REGISTER_REGISTER_H

#include "mapping/iq.h"
#include "mapping/register/account.h"

/*
 * Registration (PROTOCOL C.16; XEP-0077): who a user is on IRC, with the gateway
 * (n == NULL: for all networks, and for the default one) or for one network.
 *
 * The story: a form is written from what is kept -> a submitted one is checked,
 * each fault named by its field -> a change is committed -> when it is durable
 * the asker has the answer, and after a first registration GW asks for the
 * user's presence. Removal, when it is durable: QUIT, the answer, farewell from
 * GW and every SRV and NICK that was a contact. When storage fails nothing is
 * changed.
 *
 * The same form serves jabber:iq:register and ad-hoc commands.
 */

/* The plain elements of jabber:iq:register and the form; jabber:iq:register. */
iq_fn iq_register_get;
iq_fn iq_register_set;

/*
 * May this user see the form (set: and change it)? The registration policy (D.0)
 * and the domain decide. false: *fault.
 */
bool register_allowed(struct mapping *m, const struct jid *from, bool set,
	struct fault *fault);

/*
 * <x xmlns='jabber:x:data' type='form'/> with what is kept of this user filled
 * in, but for secrets. lang: of the texts, may be NULL.
 */
void register_write_form(struct mapping *m, struct xw *w, const char *bare,
	const struct network *n, const char *lang, const char *form_type);

/*
 * Checks what was submitted: the x:data form below `parent`, else its plain
 * elements; and has it kept. false: *fault names the field, nothing happens.
 * true: `done` is called once, later; what follows from a registration (GW's
 * subscribe, joins) comes after it. Ask register_allowed() first.
 */
NODISCARD bool register_apply(struct mapping *m, const char *bare,
	const struct network *n, const struct elem *parent,
	change_done_fn *done, void *ctx, struct fault *fault);
/*
 * Takes everything back, or (n != NULL) what was said about that network.
 * `done` with ERR_NOT_FOUND: meanwhile another removal was first.
 */
NODISCARD bool register_remove(struct mapping *m, const char *bare,
	const struct network *n, change_done_fn *done, void *ctx,
	struct fault *fault);
/* For register_apply.c: what follows a first registration; else nothing. */
void register_greet(struct mapping *m, struct account *a);
/*
 * Somebody who would have to register subscribed to us (C.2): a message says so,
 * once a day.
 */
void register_tell(struct mapping *m, const struct jid *from, const char *lang,
	const char *english);
void register_told_free(struct mapping *m); /* for core.c */
/* What a user is told when `done` came with this error. */
void register_fault(enum err err, struct fault *fault);

#endif
