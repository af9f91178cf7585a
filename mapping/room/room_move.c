/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/invite.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/uri.h"
#include "mapping/user.h"

/*
 * A channel that is another one now (D.2, D.9). 470 comes before the JOIN that
 * follows it, and not every server sends us there: the room waits for a moment
 * with `forward`. Happy path: the JOIN is seen, rooms_forwarded() makes the other
 * room, invites the clients there and ends this one. Without it the join timer
 * fires: redirect. A lost link forgets the forward; the JOIN is sent anew.
 */
enum { FORWARD_MS = 5000 };

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

/* Where a channel forwards to (C.9): an URI in the arena (RFC 5122). */
static const char *room_uri(struct session *s, struct slice channel)
{
	struct mapping *m = s->user->mapping;
	const char *uri;
	struct buf jid;
	struct buf b;

	buf_init(&jid, 4096);
	buf_init(&b, 16384);
	addr_add_name(m, &jid, s->network, channel);
	uri_add_join(&b, buf_slice(&jid));
	uri = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&jid);
	buf_finish(&b);
	return uri;
}

/* ---- clients are told ---- */

static void tell(struct view *v, const char *to, struct slice reason)
{
	struct room *r = v->room;
	struct shown gone = {
		.unavailable = true,
		.self = true,
		.only = v,
		.destroyed = true,
		.venue = to,
	};

	room_show_gone(r, view_joined(v) ? room_nick(r) : istr_slice(v->asked),
		&gone);
	invite_moved(r, v, to, reason);
}

/* All its clients leave for the other room; an iq is answered at the end. */
static void move_all(const struct room *r, const struct room *to,
	const char *why)
{
	struct slice reason = slice_str(
		text(core(r), user_lang(r->session->user), why));

	list_each_safe(it, &r->views) {
		struct view *v = list_entry(it, struct view, link);

		if (v->entering == NULL) {
			tell(v, to->jid->p, reason);
		}
	}
}

/* ---- 470 ---- */

void room_forward(struct room *r, struct slice to, const char *why)
{
	struct session *s = r->session;
	struct ircchan *c = ircnet_chan(s->net, to);

	istr_set(&r->forward, intern(to.p, to.len));
	istr_set(&r->forward_text, why ? intern(why, strlen(why)) : NULL);
	patience_now(&r->join, s, FORWARD_MS);
	if (c != NULL && c->state != CHAN_REQUESTED) {
		rooms_forwarded(s, c); /* we are there: no JOIN comes */
	}
}

void room_forward_over(struct room *r)
{
	struct fault fault = {E_REDIRECT,
		r->forward_text != NULL ? r->forward_text->p : NULL};

	r->moved_to = room_uri(r->session, istr_slice(r->forward));
	room_fail(r, &fault);
}

static struct room *find_forwarded(struct session *s, struct slice name)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (r->forward != NULL &&
			casemap_equal(s->casemap, istr_slice(r->forward),
				name)) {
			return r;
		}
	}
	return NULL;
}

void rooms_forwarded(struct session *s, struct ircchan *c)
{
	struct room *r;

	while ((r = find_forwarded(s, istr_slice(c->name))) != NULL) {
		struct room *to = room_expect(s, istr_slice(c->name));

		log_info(&s->log, "forwarded channel=%s to=%s", r->name->p,
			c->name->p);
		move_all(r, to,
			N_("The channel sends its visitors to this one."));
		to->kept |= r->kept;
		room_moved(r);
	}
}

/* ---- RENAME ---- */

void room_on_rename(struct session *s, struct ircchan *c)
{
	struct room *r = c->owner;
	struct room *to;

	if (r == NULL) {
		return;
	}
	if (session_room(s, istr_slice(c->name)) == r) {
		istr_set(&r->name, istr_ref(c->name));
		return; /* only spelled otherwise: the same address */
	}
	to = room_expect(s, istr_slice(c->name));
	log_info(&s->log, "renamed channel=%s to=%s", r->name->p, c->name->p);
	room_fills_finish(r);
	move_all(r, to,
		N_("The room is called so now. Change your bookmark."));
	c->owner = to;
	room_become(r, to);
}
