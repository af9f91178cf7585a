/* SPDX-License-Identifier: MIT */
#include "mapping/people/online.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/people/places.h"
#include "mapping/presence.h"
#include "mapping/register/identity.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { GRACE_MS = 60000 };

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static bool is_registered(const struct user *u)
{
	return account_registered(u->mapping, u->entry.key->p);
}

/* ---- what it holds (D.0) ---- */

enum offline { OFFLINE_QUIT, OFFLINE_AWAY, OFFLINE_STAY };

static enum offline policy(const struct account *a, const struct network *n)
{
	const char *value = account_setting(a, n, SET_WHEN_OFFLINE);

	if (value != NULL && strcmp(value, "away") == 0) {
		return OFFLINE_AWAY;
	}
	return value != NULL && strcmp(value, "stay") == 0 ? OFFLINE_STAY :
							     OFFLINE_QUIT;
}

bool online_holds(const struct session *s)
{
	const struct account *a =
		account_find(core(s), s->user->entry.key->p);
	bool stays;

	if (a == NULL || !a->registered || s->network->gone) {
		return false;
	}
	stays = policy(a, s->network) != OFFLINE_QUIT;
	return user_present_at(s->user, s->network) || (s->was_up && stays) ||
		((stays || user_present_at(s->user, NULL)) &&
			identity_wants(a, s->network));
}

bool online_grace(struct session *s)
{
	if (timer_running(&s->grace)) {
		return true;
	}
	if (s->grace_over || s->state == SESSION_IDLE ||
		!is_registered(s->user)) {
		return false;
	}
	timer_start(core(s)->clock, &s->grace, GRACE_MS);
	return true;
}

void online_kept(struct session *s)
{
	timer_stop(core(s)->clock, &s->grace);
	s->grace_over = false;
	if (is_registered(s->user) && !user_is_here(s->user)) {
		session_update_away(s); /* the last client left */
	}
}

bool online_away(const struct session *s, struct slice *text)
{
	const struct account *a =
		account_find(core(s), s->user->entry.key->p);

	if (policy(a, s->network) != OFFLINE_AWAY) {
		return false;
	}
	*text = slice_str("offline");
	return true;
}

/* ---- connecting ---- */

/*
 * Presence at this entity (q: this one, NULL: none in particular) asks for what
 * is being connected now.
 */
static void asks(const struct request *q, const char *at, struct session *s)
{
	const char *id = q ? q->stanza->id : NULL;

	/* Who comes later hears of it, but did not ask (C.22). */
	if (s->state == SESSION_IDLE || session_is_up(s) ||
		s->asked_at != NULL) {
		return;
	}
	online_forget(s);
	s->asked_at = intern(at, strlen(at));
	s->asked_by = q ? intern(q->from.full, strlen(q->from.full)) : NULL;
	s->asked_id = id ? intern(id, strlen(id)) : NULL;
	contacts_session(s);
}

/* Why a network is connected now. */
struct wish {
	struct request *q; /* the presence that asks for it, NULL: none */
	const struct addr *a;
	bool first; /* a session that gave up tries as well */
	bool staying; /* only networks where the user stays when offline */
};

static void connect_to(struct user *u, struct network *n, void *arg)
{
	const struct wish *w = arg;
	const struct account *account =
		account_find(u->mapping, u->entry.key->p);
	struct session *s = session_find(u, n);
	struct fault fault;

	if ((s != NULL && !w->first) ||
		(w->staying && policy(account, n) == OFFLINE_QUIT)) {
		return;
	}
	s = session_get(u, n, slice(NULL, 0), &fault);
	if (s == NULL) {
		log_info(NULL, "not connected user=%s net=%s reason=%s",
			u->entry.key->p, n->entry.key->p, fault.text);
		if (w->q != NULL) {
			out_fault(u->mapping, w->q->stanza, &fault);
		}
	} else if (session_may_open(s)) {
		session_open(s);
		if (w->first) {
			asks(w->q, w->a ? w->a->bare :
					  u->mapping->config->component, s);
		}
	}
}

void online_begin(struct mapping *m, const char *bare)
{
	struct wish w = {.staying = true};
	struct user *u = user_get(m, bare);

	identity_wanted(u, connect_to, &w);
	user_touch(u);
}

void online_changed(struct user *u)
{
	struct wish w = {.staying = !user_present_at(u, NULL), .first = true};

	list_each(it, &u->sessions) {
		struct session *s = list_entry(it, struct session, link);

		if (s->state == SESSION_IDLE) {
			s->retry_from = 0; /* what it was refused for is mended */
		}
	}
	identity_wanted(u, connect_to, &w);
	user_touch(u);
}

/* ---- presence of clients ---- */

static void update_away(struct user *u)
{
	list_each(it, &u->sessions) {
		session_update_away(list_entry(it, struct session, link));
	}
}

/* What the client sees of the entity, unless all of the user's just did. */
static void answer(struct request *q, const struct addr *a,
	const struct contact *c, unsigned shown)
{
	struct mapping *m = core_of(q);
	struct face face;

	if (c != NULL && c->shown != shown) {
		return;
	}
	face_of(m, q->from.bare, a, &face);
	if (a->kind == ADDR_SRV && !face.available) {
		return; /* once it is up (C.2) */
	}
	face_write(m, q->from.bare, a->bare, &face, 0);
	out_end(m);
	out_send(m, NULL, q->from.full);
}

/* What a client's presence at GW or SRV does when it is no mere change. */
static void arrive(struct request *q, const struct addr *a, struct user *u,
	enum arrival how)
{
	const struct account *account =
		account_find(u->mapping, u->entry.key->p);
	const struct contact *c =
		account ? account_contact(account, a->bare) : NULL;
	struct wish w = {.q = q, .a = a, .first = how == ARRIVAL_NEW};
	unsigned shown = c ? c->shown : 0;

	if (a->kind == ADDR_SRV) {
		connect_to(u, a->network, &w);
	} else {
		identity_wanted(u, connect_to, &w);
	}
	if (how == ARRIVAL_NEW) {
		answer(q, a, c, shown);
	}
}

/*
 * A server that grants its components to see all presence sends it for users of
 * whom we know nothing (A.5).
 */
static bool is_known(const struct request *q, const struct addr *a)
{
	const struct account *account =
		account_find(core_of(q), q->from.bare);

	return user_find(core_of(q), q->from.bare) != NULL ||
		(account != NULL && (account->registered ||
			account_contact(account, a->bare) != NULL));
}

void online_available(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	bool registered = account_registered(m, q->from.bare);
	struct user *u;
	struct resource *r;
	enum arrival how;

	if (q->from.resource == NULL) {
		return;
	}
	if (!is_known(q, a)) {
		if (a->kind == ADDR_SRV) {
			contact_probe(q, a);
		}
		return;
	}
	u = user_get(m, q->from.bare);
	user_touch(u);
	r = resource_get(u, q->from.full);
	if (r == NULL) {
		log_info(NULL, "presence of too many clients full=%s",
			q->from.full);
		return;
	}
	how = place_add(r, a);
	resource_presence(r, q->stanza);
	update_away(u);
	if (how == ARRIVAL_STAYS || a->kind == ADDR_NICK) {
		return;
	}
	if (a->kind == ADDR_GW || registered) {
		arrive(q, a, u, how);
	} else if (how == ARRIVAL_NEW) {
		contact_probe(q, a); /* a walk-in: nothing is opened */
	}
}

/* Out of all rooms without a word, and of all places. */
static void offline(struct resource *r)
{
	places_clear(r);
	presence_client_gone(r);
	update_away(r->user);
	user_touch(r->user);
}

static void leave(struct resource *r, const char *jid)
{
	struct place *p = place_find(r, jid);

	if (p != NULL) {
		place_free(r, p);
		update_away(r->user);
		user_touch(r->user);
	}
}

static struct resource *client_of(const struct request *q)
{
	struct user *u = user_find(core_of(q), q->from.bare);

	/* One from the bare JID closes nothing (A.5). */
	return u && q->from.resource ? resource_find(u, q->from.full) : NULL;
}

void online_unavailable(struct request *q, const struct addr *a)
{
	struct resource *r = client_of(q);

	if (r != NULL && a->kind == ADDR_GW) {
		offline(r);
	} else if (r != NULL) {
		leave(r, a->bare);
	}
}

void online_bounced(struct request *q, const struct addr *a)
{
	online_unavailable(q, a);
}

void online_unseen(struct user *u, const struct addr *a)
{
	list_each(it, &u->resources) {
		leave(list_entry(it, struct resource, link), a->bare);
	}
}

/* ---- after the component was away ---- */

void online_doubt(struct user *u)
{
	list_each(it, &u->resources) {
		struct resource *r = list_entry(it, struct resource, link);

		r->unsure = true;
		list_each(at, &r->places) {
			list_entry(at, struct place, link)->unsure = true;
		}
	}
}

void online_silent(struct user *u)
{
	list_each(it, &u->resources) {
		struct resource *r = list_entry(it, struct resource, link);

		if (r->unsure) {
			r->unsure = false;
			log_info(NULL, "client did not answer full=%s",
				r->full->p);
			offline(r);
		}
	}
}
