/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ASKER_H
#define MAPPING_ASKER_H

#include "mapping/core.h"

/*
 * Who sent an iq that is answered later: after IRC or storage has answered.
 * Every asker gets exactly one answer (PROTOCOL C.0); its owner sees to that.
 * The struct is a plain value inside what waits; it holds references to text.
 */
struct asker {
	const struct istr *from; /* full JID */
	const struct istr *to;   /* the JID asked, as it was written */
	const struct istr *id;   /* NULL when none */
	const struct istr *lang; /* xml:lang, NULL when none */
	enum ns ns;              /* of the payload */
	const char *element;     /* its name, static */
};

/* element: the payload's, "query" for nearly all; ns and the rest from q. */
void asker_init(struct asker *a, const struct request *q, enum ns ns,
	const char *element);
void asker_finish(struct asker *a); /* no answer is sent; may be called twice */

/* <iq type='result'> is begun; its payload, then asker_send(), follow. */
struct xw *asker_result(struct mapping *m, const struct asker *a);
void asker_send(struct mapping *m, const struct asker *a);
/* An empty result. */
void asker_done(struct mapping *m, const struct asker *a);
/* The error with the empty payload; text may be NULL. */
void asker_fail(struct mapping *m, const struct asker *a, enum stanza_error e,
	const char *text);
/* The same by hand: the iq is begun; the payload, then the end of it, follow. */
struct xw *asker_refusal(struct mapping *m, const struct asker *a);
void asker_refuse(struct mapping *m, const struct asker *a, enum stanza_error e,
	const char *text);

#endif
