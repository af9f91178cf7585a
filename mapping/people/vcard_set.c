/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "mapping/asker.h"
#include "mapping/iq.h"
#include "mapping/out.h"
#include "mapping/people/meta.h"
#include "mapping/people/metaset.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/user.h"

/*
 * A card that a client gives to a channel (XEP-0054 3.2, XEP-0486; PROTOCOL
 * C.21): what of it IRC can keep becomes metadata. The card is the whole: what it
 * does not say any more is taken away, and only what differs from what the channel
 * says of itself is sent.
 */

/* What a client that changed nothing sends back is no change. */
static struct slice wanted_name(const struct room *r, const struct elem *card,
	struct slice now)
{
	struct mapping *m = r->session->user->mapping;
	struct slice fn = slice_trim(elem_child_text(card, "FN", NS_VCARD));

	if (slice_eq(fn, out_clean(m, istr_slice(r->chan->name))) ||
		slice_eq(fn, istr_slice(r->name))) {
		return slice(NULL, 0);
	}
	return slice_eq(fn, meta_text(m, now)) ? now : fn;
}

static struct slice wanted_url(const struct room *r, const struct elem *card,
	struct slice now)
{
	struct mapping *m = r->session->user->mapping;
	struct slice url = slice_trim(elem_child_text(card, "URL", NS_VCARD));

	if (url.len > 0 &&
		slice_eq(url, out_clean(m, istr_slice(r->chan->url)))) {
		return now; /* 328 said it, not the metadata */
	}
	return slice_eq(url, meta_homepage(m, now)) ? now : url;
}

static struct slice wanted_photo(const struct room *r, const struct elem *card,
	struct slice now)
{
	const struct elem *photo = elem_child(card, "PHOTO", NS_VCARD);
	struct slice url = photo == NULL ? slice(NULL, 0) :
		slice_trim(elem_child_text(photo, "EXTVAL", NS_VCARD));

	return slice_eq(url, meta_avatar(r->session->user->mapping, now)) ?
		now : url;
}

/* The picture itself is in it: IRC has no place for that. */
static bool has_picture(const struct elem *card)
{
	const struct elem *photo = elem_child(card, "PHOTO", NS_VCARD);

	return photo != NULL &&
		elem_child_text(photo, "BINVAL", NS_VCARD).len > 0;
}

/* false, and *fault: this cannot be set. */
static bool add_changes(struct metaset *p, const struct room *r,
	const struct elem *card, struct fault *fault)
{
	static const struct {
		enum irc_meta key;
		struct slice (*wanted)(const struct room *r,
			const struct elem *card, struct slice now);
	} rows[] = {
		{META_DISPLAY_NAME, wanted_name},
		{META_HOMEPAGE, wanted_url},
		{META_AVATAR, wanted_photo},
	};

	if (has_picture(card)) {
		(void)metaset_check(r->session, META_AVATAR, slice_str("-"),
			fault);
		return false;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct slice now = ircnet_meta(r->net, r->chan->entry.key,
			rows[i].key);
		struct slice value = rows[i].wanted(r, card, now);

		if (slice_eq(value, now)) {
			continue;
		}
		if (!metaset_check(r->session, rows[i].key, value, fault)) {
			return false;
		}
		metaset_add(p, rows[i].key, value);
	}
	return true;
}

static void on_set(struct session *s, void *ctx, enum irc_meta key,
	const struct fault *fault)
{
	struct asker *a = ctx;

	if (fault != NULL) {
		asker_fail(s->user->mapping, a, fault->error, fault->text);
	} else if (key != META_KEYS) {
		asker_done(s->user->mapping, a);
	}
	asker_finish(a);
	free(a);
}

static void set_card(struct request *q, struct room *r)
{
	struct fault fault;
	struct metaset *p = metaset_begin(r->session,
		istr_slice(r->chan->name), &fault);
	struct asker *a;

	if (p == NULL ||
		!add_changes(p, r, elem_first(q->stanza->root), &fault)) {
		out_fault(core_of(q), q->stanza, &fault);
		if (p != NULL) {
			metaset_cancel(p);
		}
		return;
	}
	if (metaset_is_empty(p)) {
		metaset_cancel(p);
		out_result(core_of(q), q->stanza);
		out_answer(core_of(q), q->stanza);
		return;
	}
	a = must_calloc(1, sizeof *a);
	asker_init(a, q, NS_VCARD, "vCard");
	metaset_go(p, false, on_set, a);
}

static bool is_own(struct request *q, const struct addr *a)
{
	const struct user *u = user_find(core_of(q), q->from.bare);
	const struct session *s =
		u && a->network ? session_find(u, a->network) : NULL;
	struct view *v = a->kind == ADDR_OCC ? room_view_of(q, a) : NULL;

	return v != NULL ? room_nick_is(v->room, a->nick) :
		a->kind == ADDR_NICK && s != NULL && session_is_up(s) &&
			ircnet_is_me(s->net, a->name);
}

void iq_vcard_set(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct view *v = a->kind == ADDR_CHAN ? room_view_of(q, a) : NULL;

	if (is_own(q, a)) {
		out_error(m, q->stanza, E_NOT_ALLOWED,
			"Other people on IRC do not see your Jabber card. To "
			"set what the network shows of you write \"describe\" "
			"to it, or use \"profile\" in your client's menu of "
			"its commands.");
	} else if (a->kind != ADDR_CHAN) {
		out_error(m, q->stanza, E_NOT_ALLOWED,
			"This card is made by the gateway and cannot be set. "
			"To set what a network shows of you write \"describe\" "
			"to it, or use \"profile\" in your client's menu of "
			"its commands.");
	} else if (v == NULL) {
		out_error(m, q->stanza, E_NOT_ACCEPTABLE,
			"You are not in this room. Join it first.");
	} else if (!room_is_moderator(v->room)) {
		out_error(m, q->stanza, E_FORBIDDEN,
			"Only the operators of the channel may do this. Ask "
			"one of them to do it, or to make you one.");
	} else if (v->room->state != ROOM_COMPLETE ||
		!ircnet_metadata(v->room->session->net).offered) {
		out_error(m, q->stanza, E_FEATURE_NOT_IMPLEMENTED,
			"This IRC server keeps no card of a channel. Its topic "
			"is what it can tell of itself.");
	} else {
		set_card(q, v->room);
	}
}
