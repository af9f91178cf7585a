/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_CAPS_H
#define MAPPING_PEOPLE_CAPS_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * Entity capabilities (XEP-0115; PROTOCOL C.11): presence from GW and CHAN says
 * by a hash what disco#info would answer, and disco#info answers for that hash.
 * The hash is over identities and features; what changes with every guest (the
 * form of a room) is in the answer without a node only.
 */
enum { CAPS_IDENTITIES = 3, CAPS_FEATURES = 80, CAPS_VER = 29 };

struct disco_info {
	struct {
		const char *category;
		const char *type;
	} identities[CAPS_IDENTITIES];
	unsigned nidentities;
	struct slice name; /* of each identity; fit for XML */
	const char *features[CAPS_FEATURES];
	unsigned nfeatures;
};

/* What the entity is and can; r: the room of a CHAN as far as known. disco.c */
void disco_describe(const struct mapping *m, enum addr_kind kind,
	struct slice name, const struct room *r, struct disco_info *d);
/* What people call it; in the arena. disco.c */
struct slice disco_name(struct mapping *m, const struct addr *a);

/* The verification string's SHA-1 in Base64 (XEP-0115 5.1). */
void caps_ver(const struct disco_info *d, char ver[CAPS_VER]);
/* <c/> for an entity that has it: GW and CHAN; nothing for the others. */
void caps_write(struct mapping *m, struct xw *w, const struct addr *a,
	const struct room *r);
/* Is this the node of what is described? */
bool caps_is_node(const struct disco_info *d, const char *node);

#endif
