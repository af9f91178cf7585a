/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_OLD_BROWSE_H
#define MAPPING_OLD_BROWSE_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * jabber:iq:browse (XEP-0011, PROTOCOL C.10): what an entity is, what it answers
 * and what is in it, in the form of the setting browse_style.
 */
void iq_browse(struct request *q, const struct addr *a);

#endif
