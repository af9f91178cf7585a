/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ADDR_PRIVATE_H
#define MAPPING_ADDR_PRIVATE_H

#include "mapping/addr.h"

/* The inside that addr.c and addr_host.c share: false, with this fault. */
static inline bool addr_refuse(
	struct fault *fault, enum stanza_error e, const char *text)
{
	fault->error = e;
	fault->text = text;
	return false;
}

#endif
