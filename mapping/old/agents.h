/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_OLD_AGENTS_H
#define MAPPING_OLD_AGENTS_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * jabber:iq:agent and jabber:iq:agents (XEP-0094, PROTOCOL C.6): what clients
 * of 2001 asked in place of disco.
 */
void iq_agent(struct request *q, const struct addr *a);
void iq_agents(struct request *q, const struct addr *a);

#endif
