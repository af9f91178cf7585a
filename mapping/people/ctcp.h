/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_CTCP_H
#define MAPPING_PEOPLE_CTCP_H

#include "mapping/core.h"

/*
 * CTCP queries from IRC (PROTOCOL G.2, C.18, C.19). VERSION and TIME go to the
 * best of the user's clients; what it says within 10 s is the reply, else the
 * gateway's own. The others it answers itself. Three replies in ten seconds for
 * a session, whoever asks; 8 clients' answers are waited for. What is unknown is
 * shown to the user.
 */
void ctcp_on_query(struct session *s, const struct irc_text *t,
	struct slice command, struct slice args);

/* For query.c. */
void ctcp_init(struct session *s);
/* Nobody is answered any more. */
void ctcp_drop(struct session *s);

#endif
