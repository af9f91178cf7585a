/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "irc/ircout.h"
#include "mapping/room/masks.h"
#include "mapping/room/roomconfig_compare.h"
#include "mapping/text.h"

/* Lists of a submitted form: masks, and people (PROTOCOL D.13). */

static bool too_much(struct compare *k)
{
	return compare_refuse_as(k, E_RESOURCE_CONSTRAINT,
		N_("That is too much at once. Do it in smaller steps: %s."));
}

static bool read_wish(struct compare *k, const struct roomconfig_wish *wish,
	struct masks *out)
{
	return masks_of_values(out, &k->m->arena, k->r->session->casemap,
		       wish->values, wish->nvalues) ||
		too_much(k);
}

/* ---- people: only as they are ---- */

struct people {
	struct masks wanted;
	size_t found;
	size_t n;
};

static void count_person(void *ctx, struct slice jid)
{
	struct people *p = ctx;

	p->n++;
	p->found += masks_have(&p->wanted, jid);
}

bool compare_set_people(struct compare *k, const struct roomconfig_wish *wish)
{
	struct people p = {0};

	if (!read_wish(k, wish, &p.wanted)) {
		return false;
	}
	roomconfig_people(k->r, k->f->kind == CONFIG_ADMINS ? "admin" : "owner",
		count_person, &p);
	if (p.found == p.n && p.wanted.n == p.n) {
		return true;
	}
	return compare_refuse(k, N_("This form does not change who is an operator. "
				       "Change the affiliation of that person in "
				       "the room instead: %s."));
}

/* ---- lists of masks ---- */

/* What a list is now, was in the form, and is to be. */
struct lists {
	struct masks now;
	struct masks shown;
	bool was_shown;
	struct masks wanted;
};

static bool add_mask(struct compare *k, char sign, struct slice mask)
{
	if (k->nmasks == 2 * MASKS_MAX) {
		return too_much(k);
	}
	k->masks[k->nmasks++] =
		(struct mode_step){sign, k->f->list, mask, slice(NULL, 0)};
	return true;
}

static bool read_lists(struct compare *k, const struct roomconfig_list *list,
	const struct roomconfig_wish *wish, struct lists *out)
{
	const struct roomconfig_list *shown =
		roomconfig_shown_list(k->c, k->f->list);
	enum casemap casemap = k->r->session->casemap;
	struct arena *a = &k->m->arena;

	*out = (struct lists){.was_shown = shown != NULL};
	if (!masks_of_lines(&out->now, a, casemap, buf_slice(&list->raw)) ||
		(shown != NULL && !masks_of_lines(&out->shown, a, casemap,
					  buf_slice(&shown->raw)))) {
		return too_much(k);
	}
	return read_wish(k, wish, &out->wanted);
}

static bool is_mask(const struct compare *k, struct slice mask)
{
	return mask.len <= CONFIG_MASK_MAX &&
		memchr(mask.p, ',', mask.len) == NULL &&
		irc_field_check(compare_isupport(k), FIELD_WORD, mask, NULL) ==
			ERR_OK;
}

/* In the order of the form. What it showed and the answer still has may be gone
 * meanwhile. */
static bool add_new(struct compare *k, const struct lists *l,
	const struct roomconfig_wish *wish)
{
	for (size_t i = 0; i < wish->nvalues; i++) {
		struct slice mask = slice_trim(wish->values[i]);

		if (mask.len == 0 || masks_have(&l->now, mask) ||
			masks_find(&l->wanted, mask).p != mask.p ||
			masks_have(&l->shown, mask)) {
			continue; /* ... or it is there twice */
		}
		if (!is_mask(k, mask)) {
			return compare_refuse(
				k, N_("IRC does not take this mask. Write it like "
				      "nick!*@*: %s."));
		}
		if (!add_mask(k, '+', mask)) {
			return false;
		}
	}
	return true;
}

/* In the order of the server. What others added since the form was shown stays. */
static bool remove_old(struct compare *k, const struct lists *l,
	struct slice now)
{
	while (now.len > 0) {
		struct slice mask = slice_cut(&now, '\n');

		if (l->was_shown && !masks_have(&l->shown, mask)) {
			continue;
		}
		if (!masks_have(&l->wanted, mask) && !add_mask(k, '-', mask)) {
			return false;
		}
	}
	return true;
}

bool compare_set_list(struct compare *k, const struct roomconfig_wish *wish)
{
	const struct roomconfig_list *list =
		&k->c->lists[roomconfig_list_place(k->f->list)];
	struct lists l;

	if (list->cut) {
		return compare_refuse_as(k, E_RESOURCE_CONSTRAINT,
			N_("The list is too long to be changed from here. Change it "
			   "by a line to the address of the network, like MODE "
			   "#channel +b MASK: %s."));
	}
	if (!list->whole) {
		return compare_refuse_as(k, E_FORBIDDEN,
			N_("The IRC server does not show you this list. Ask an "
			   "operator of the channel: %s."));
	}
	return read_lists(k, list, wish, &l) &&
		remove_old(k, &l, buf_slice(&list->raw)) && add_new(k, &l, wish);
}
