/* SPDX-License-Identifier: MIT */
#include "mapping/people/places.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES_MAX = 64 };

struct place *place_find(const struct resource *r, const char *jid)
{
	list_each(it, &r->places) {
		struct place *p = list_entry(it, struct place, link);

		if (strcmp(p->jid->p, jid) == 0) {
			return p;
		}
	}
	return NULL;
}

enum arrival place_add(struct resource *r, const struct addr *a)
{
	struct place *p = place_find(r, a->bare);
	bool unsure;

	if (p != NULL) {
		unsure = p->unsure;
		p->unsure = false;
		return unsure ? ARRIVAL_AGAIN : ARRIVAL_STAYS;
	}
	if (r->nplaces == PLACES_MAX) {
		return ARRIVAL_STAYS;
	}
	p = must_calloc(1, sizeof *p);
	p->jid = intern(a->bare, strlen(a->bare));
	p->network = a->kind == ADDR_SRV ? istr_ref(a->network->entry.key) :
					   NULL;
	p->gateway = a->kind == ADDR_GW;
	list_init(&p->link);
	list_add(&r->places, &p->link);
	r->nplaces++;
	return ARRIVAL_NEW;
}

void place_free(struct resource *r, struct place *p)
{
	list_remove(&p->link);
	r->nplaces--;
	istr_unref(p->jid);
	istr_unref(p->network);
	free(p);
}

void places_clear(struct resource *r)
{
	list_each_safe(it, &r->places) {
		place_free(r, list_entry(it, struct place, link));
	}
}

bool resource_present(const struct resource *r)
{
	return !list_empty(&r->places);
}

bool user_present(const struct user *u)
{
	list_each(it, &u->resources) {
		if (resource_present(list_entry(it, struct resource, link))) {
			return true;
		}
	}
	return false;
}

bool user_present_at(const struct user *u, const struct network *n)
{
	list_each(it, &u->resources) {
		const struct resource *r = list_entry(it, struct resource, link);

		list_each(at, &r->places) {
			const struct place *p =
				list_entry(at, struct place, link);

			if (n ? p->network == n->entry.key : p->gateway) {
				return true;
			}
		}
	}
	return false;
}
