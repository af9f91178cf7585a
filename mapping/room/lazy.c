/* SPDX-License-Identifier: MIT */
#include "mapping/room/lazy.h"

#include <string.h>

#include "mapping/register/account.h"
#include "mapping/room/conference.h"
#include "mapping/room/room.h"
#include "mapping/room/storm.h"

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

static bool anybody_in(const struct room *r)
{
	list_each(it, &r->views) {
		if (view_joined(list_entry(it, struct view, link))) {
			return true;
		}
	}
	return false;
}

/* What the user wants of this network: "full", "lazy", NULL as the operator. */
static const char *wish(const struct room *r)
{
	const struct account *a = account_find(core(r),
		r->session->user->entry.key->p);

	return a != NULL && a->registered ?
		account_setting(a, r->session->network, SET_PRESENCE) : NULL;
}

static bool decide(const struct room *r)
{
	const struct map_config *c = core(r)->config;
	const char *how = wish(r);
	bool usual = c->presence_lazy ||
		(c->lazy_above > 0 && r->chan->members.used > c->lazy_above);

	if (r->own.presence != OWN_PRESENCE_AUTO) {
		return r->own.presence == OWN_PRESENCE_LAZY;
	}
	if (how != NULL && strcmp(how, "full") == 0) {
		return false;
	}
	return usual || (how != NULL && strcmp(how, "lazy") == 0);
}

void lazy_decide(struct room *r)
{
	if (!anybody_in(r)) { /* else they have seen it so */
		r->lazy = decide(r);
	}
}

/* All that are shown stay so; or all are shown. */
void lazy_again(struct room *r)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	if (r->chan == NULL || !anybody_in(r) || decide(r) == r->lazy) {
		return;
	}
	r->lazy = !r->lazy;
	while (r->lazy && (slot = map_next(&r->chan->members, &pos)) != NULL) {
		chan_mark(r->chan, slot->entry->key);
	}
	list_each(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (!r->lazy && view_joined(v)) {
			v->wish.stanzas = 0;
			room_resync(v, NULL);
		}
	}
}

bool lazy_hides(const struct room *r, const struct istr *key)
{
	uint32_t word = 0;

	return r->lazy && r->chan != NULL &&
		map_word(&r->chan->members, key, &word) && word == 0;
}

void room_reveal(struct room *r, struct ircuser *u)
{
	uint32_t bits = 0;

	if (u == NULL || r->chan == NULL ||
		ircnet_is_me(r->net, istr_slice(u->nick)) ||
		chan_member(r->chan, u->entry.key, &bits) != u) {
		return;
	}
	storm_settle(r, u->entry.key);
	if (lazy_hides(r, u->entry.key)) {
		room_show(r, u, bits, &(struct shown){0});
		conference_push(r, NULL, istr_slice(u->nick), true);
	}
	chan_mark(r->chan, u->entry.key);
}
