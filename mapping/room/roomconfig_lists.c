/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "irc/ircout.h"
#include "mapping/room/roomconfig_compare.h"
#include "mapping/text.h"

/* Lists of a submitted form: masks, and people (PROTOCOL D.13). */

/* ---- people: only as they are ---- */

struct people {
	const struct roomconfig_wish *wish;
	size_t found;
	size_t n;
};

static void count_person(void *ctx, struct slice jid)
{
	struct people *p = ctx;

	p->n++;
	for (size_t i = 0; i < p->wish->nvalues; i++) {
		if (slice_eq(slice_trim(p->wish->values[i]), jid)) {
			p->found++;
			return;
		}
	}
}

bool compare_set_people(struct compare *k, const struct roomconfig_wish *wish)
{
	struct people p = {.wish = wish};

	roomconfig_people(k->r, k->f->kind == CONFIG_ADMINS ? "admin" : "owner",
		count_person, &p);
	if (p.found == p.n && wish->nvalues == p.n) {
		return true;
	}
	return compare_refuse(k, N_("Ranks are given by the list of affiliations, not "
			    "by this form"));
}

/* ---- lists of masks ---- */

static bool add_mask(struct compare *k, char sign, struct slice mask)
{
	if (k->nmasks == 2 * MASKS_MAX) {
		return compare_refuse_as(k, E_RESOURCE_CONSTRAINT,
			N_("That is too much at once, do it in smaller steps"));
	}
	k->masks[k->nmasks++] =
		(struct mode_step){sign, k->f->list, mask, slice(NULL, 0)};
	return true;
}

static enum casemap map_of(const struct compare *k)
{
	return k->r->session->casemap;
}

/* What the form showed and the answer still has may be gone meanwhile. */
static bool add_new(struct compare *k, const struct roomconfig_list *list,
	const struct roomconfig_wish *wish)
{
	const struct roomconfig_list *shown =
		roomconfig_shown_list(k->c, k->f->list);

	for (size_t i = 0; i < wish->nvalues; i++) {
		struct slice mask = slice_trim(wish->values[i]);

		if (mask.len == 0 || roomconfig_list_has(list, map_of(k), mask) ||
			roomconfig_wish_has(wish, i, map_of(k), mask) ||
			(shown != NULL &&
				roomconfig_list_has(shown, map_of(k), mask))) {
			continue;
		}
		if (irc_field_check(compare_isupport(k), FIELD_WORD, mask, NULL) !=
				ERR_OK ||
			memchr(mask.p, ',', mask.len) != NULL ||
			mask.len > CONFIG_MASK_MAX) {
			return compare_refuse(k, N_("This is no mask that IRC takes"));
		}
		if (!add_mask(k, '+', mask)) {
			return false;
		}
	}
	return true;
}

/* What others added since the form was shown stays. */
static bool remove_old(struct compare *k, const struct roomconfig_list *list,
	const struct roomconfig_wish *wish)
{
	const struct roomconfig_list *shown =
		roomconfig_shown_list(k->c, k->f->list);
	struct slice rest = buf_slice(&list->raw);

	while (rest.len > 0) {
		struct slice raw = slice_cut(&rest, '\n');

		if (shown != NULL &&
			!roomconfig_list_has(shown, map_of(k), raw)) {
			continue;
		}
		if (!roomconfig_wish_has(wish, wish->nvalues, map_of(k), raw) &&
			!add_mask(k, '-', raw)) {
			return false;
		}
	}
	return true;
}

bool compare_set_list(struct compare *k, const struct roomconfig_wish *wish)
{
	const struct roomconfig_list *list =
		&k->c->lists[roomconfig_list_place(k->f->list)];

	if (list->cut) {
		return compare_refuse_as(k, E_RESOURCE_CONSTRAINT,
			N_("The list is too long to be changed from here"));
	}
	if (!list->whole) {
		return compare_refuse_as(k, E_FORBIDDEN,
			N_("The IRC server does not show you this list"));
	}
	return remove_old(k, list, wish) && add_new(k, list, wish);
}
