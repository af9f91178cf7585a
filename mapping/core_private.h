/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_CORE_PRIVATE_H
#define MAPPING_CORE_PRIVATE_H

#include "mapping/core.h"

/* What core.c and core_stanza.c have between them. */

/*
 * fn for each session of each user, in no order. It may end sessions: users stay
 * until the sweep. It must begin none.
 */
void core_each_session(struct mapping *m,
	void (*fn)(struct session *s, void *arg), void *arg);

#endif
