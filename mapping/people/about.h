/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_ABOUT_H
#define MAPPING_PEOPLE_ABOUT_H

#include "mapping/asker.h"
#include "mapping/iq.h"

/*
 * iq that ask about an entity: its version (XEP-0092), its time (XEP-0202,
 * XEP-0090), how long it was idle (XEP-0012); PROTOCOL C.14, C.18, C.19. The
 * gateway answers for itself, others are asked by query.h and whois.h.
 */
void iq_version(struct request *q, const struct addr *a);
void iq_time(struct request *q, const struct addr *a); /* both namespaces */
void iq_last(struct request *q, const struct addr *a);

/*
 * For query.c: what IRC said becomes the answer, or an error. A server's time
 * that cannot be read is the gateway's own, a person's is none.
 */
void about_answer_version(struct mapping *m, const struct asker *a,
	struct slice text, bool server);
void about_answer_time(struct mapping *m, const struct asker *a,
	struct slice text, bool server);

#endif
