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

/* Answers *q, at once or later (mapping/asker.h); `a` is what it was sent to. */
typedef void iq_fn(struct request *q, const struct addr *a);

/*
 * The namespaces that are answered at this kind of address, one a call;
 * *pos = 0 starts, NS_NONE ends.
 */
enum ns iq_served(enum addr_kind kind, size_t *pos);

size_t iq_handlers(void); /* *pos never is over this */
bool iq_serves(enum addr_kind kind, enum ns ns);

/* disco.c: service discovery (C.11). */
void iq_disco_info(struct request *q, const struct addr *a);
void iq_disco_items(struct request *q, const struct addr *a);
/* One feature a call, the served namespaces first; *pos = 0 starts. */
enum ns disco_feature(enum addr_kind kind, size_t *pos);

/* What the entity is called, for people; in the arena. */
struct slice iq_name(const struct request *q, const struct addr *a);
/*
 * C.4: only who is in the room may ask about somebody in it. false: the sender
 * got the error.
 */
bool iq_occupant_is_there(struct request *q, const struct addr *a);

/* vcard.c, vcard_set.c (C.21). */
void iq_vcard(struct request *q, const struct addr *a);
void iq_vcard_set(struct request *q, const struct addr *a);

#endif
