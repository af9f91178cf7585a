/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_SEARCH_H
#define MAPPING_PEOPLE_SEARCH_H

#include "mapping/iq.h"
#include "mapping/people/roll.h"

/*
 * jabber:iq:search (XEP-0055, PROTOCOL C.17): people and channels of a network,
 * by plain fields and by form. roll.h and chanlist.h ask IRC; an answer has the
 * form of its question, 200 items at most.
 */
void iq_search_get(struct request *q, const struct addr *a);
void iq_search_set(struct request *q, const struct addr *a);

/* search_form.c: what is sent. */
void search_write_form(struct request *q, const struct addr *a);
struct search_answer {
	const struct network *network;
	const char *lang;
	bool form; /* it was asked by form */
};
void search_write_result(struct mapping *m, struct xw *w,
	const struct search_answer *how, const struct roll_result *r);

/* The network that is searched when none is named; NULL: there is none. */
struct network *search_home(struct request *q, const struct addr *a);

/* Name in the form of each field of a roll. */
extern const char *const search_fields[ROLL_FIELDS];

#endif
