/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_LINKFAULT_H
#define MAPPING_LINKFAULT_H

#include "mapping/core.h"

/*
 * Why a link to an IRC server was lost or never came up, as people are told
 * (PROTOCOL F.5). What only the operator can mend (certificates, pins, a proxy)
 * has its particulars in the log; everybody else is told what it means and whom
 * to ask.
 */

/* detail: the gateway's, English, may be NULL. The text is in the arena. */
void link_fault(const struct session *s, enum err why, const char *detail,
	struct fault *fault);

#endif
