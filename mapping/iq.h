/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_IQ_H
#define MAPPING_IQ_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * iq stanzas: one table from namespace and kind of address to a function
 * (PROTOCOL C.0, C.4). Every get and set gets exactly one answer.
 */
void handle_iq(struct request *q);

typedef void iq_fn(struct request *q, const struct addr *a);

/*
 * The namespaces that are answered at this kind of address, one a call;
 * *pos = 0 starts, NS_NONE ends.
 */
enum ns iq_served(enum addr_kind kind, size_t *pos);

/* disco.c: service discovery (C.11). */
void iq_disco_info(struct request *q, const struct addr *a);
void iq_disco_items(struct request *q, const struct addr *a);

#endif
