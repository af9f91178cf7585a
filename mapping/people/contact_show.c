/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/people/face.h"
#include "mapping/session.h"
#include "mapping/user.h"

/* What users see of their contacts, and who is watched for it. */

enum { SPELLINGS = 4 };

/* A watched nick and the contacts that are it: struct ircwatched's owner. */
struct buddy {
	struct list link; /* in session->buddies */
	struct ircwatched *who;
	const struct istr *jids[SPELLINGS];
	unsigned njids;
	bool regain; /* the user's own nick, to be had again: regain.h */
};

/* ---- telling ---- */

/* To the clients that sent their presence there. */
static void show_to_places(const struct user *u, const char *jid,
	const struct face *face)
{
	struct mapping *m = u->mapping;

	face_write(m, u->entry.key->p, jid, face, 0);
	out_end(m);
	list_each(it, &u->resources) {
		const struct resource *r = list_entry(it, struct resource, link);

		list_each(at, &r->places) {
			const struct place *p =
				list_entry(at, struct place, link);

			if (strcmp(p->jid->p, jid) == 0) {
				out_send(m, NULL, r->full->p);
			}
		}
	}
}

void contact_show_again(struct account *a, struct contact *c)
{
	struct mapping *m = a->mapping;
	struct user *u = user_find(m, a->entry.key->p);
	struct face face;

	c->unsent = !m->online;
	c->shown++;
	face_as_shown(c, &face);
	if ((c->state & CONTACT_FROM) != 0) {
		face_write(m, a->entry.key->p, c->entry.key->p, &face, 0);
		out_end(m);
		out_send(m, NULL, a->entry.key->p);
	} else if (u != NULL) {
		show_to_places(u, c->entry.key->p, &face);
	}
}

static bool same_text(const struct istr *a, struct slice b)
{
	return slice_eq(istr_slice(a), b) || (a == NULL && b.len == 0);
}

void contact_note(struct mapping *m, struct contact *c, const struct face *face)
{
	c->available = face->available;
	c->show = face->show;
	istr_set(&c->status, face->status.len > 0 ?
			intern(face->status.p, face->status.len) :
			NULL);
	c->since = m->clock->wall_ms;
}

void contact_show(struct account *a, struct contact *c, const struct face *face)
{
	if (c->available == face->available && c->show == face->show &&
		same_text(c->status, face->status)) {
		return;
	}
	/* Gone is gone: another reason for it is no news. */
	if (c->available || face->available) {
		contact_note(a->mapping, c, face);
		contact_show_again(a, c);
	}
}

/* ---- what happens to a session ---- */

struct walk {
	struct session *session;
	struct account *account;
	bool srv_told;
};

static void tell_one(struct walk *w, struct contact *c)
{
	struct session *s = w->session;
	struct mapping *m = s->user->mapping;
	struct face face = {0};
	struct addr a;
	struct fault fault;

	if (!addr_parse_for(m, c->entry.key->p, s->user->entry.key->p, &a,
		    &fault)) {
		/* Of a network that is no longer served. */
		contact_show(w->account, c, &face);
		return;
	}
	if (a.kind == ADDR_GW) {
		face_gw(m, s->user, &face);
	} else if (a.kind == ADDR_SRV && a.network == s->network) {
		face_srv(s, &face);
		w->srv_told = true;
	} else if (a.network != s->network || a.kind == ADDR_CHAN ||
		session_is_up(s) || face_is_kept(s)) {
		return; /* those who are watched tell it */
	}
	contact_show(w->account, c, &face);
}

void contacts_session(struct session *s)
{
	struct mapping *m = s->user->mapping;
	struct walk w = {
		.session = s,
		.account = account_find(m, s->user->entry.key->p),
	};
	struct map_slot *slot;
	uint32_t pos = 0;
	struct face face = {0};

	if (w.account == NULL || m->stopping) {
		return;
	}
	while ((slot = map_next(&w.account->contacts, &pos)) != NULL) {
		struct arena_mark mark = arena_mark(&m->arena);

		tell_one(&w, (struct contact *)(void *)slot->entry);
		arena_release(&m->arena, mark);
	}
	face_srv(s, &face);
	if (face.available != s->srv_shown) {
		s->srv_shown = face.available;
		if (!w.srv_told) {
			show_to_places(s->user, session_srv(s), &face);
		}
	}
}

/* Only one contact says it; a server may rename us as often as it likes. */
void contacts_nick(struct session *s)
{
	struct mapping *m = s->user->mapping;
	struct account *account = account_find(m, s->user->entry.key->p);
	struct contact *gw =
		account ? account_contact(account, m->config->component) : NULL;
	struct face face = {0};

	if (gw != NULL && !m->stopping) {
		face_gw(m, s->user, &face);
		contact_show(account, gw, &face);
	}
}

/* ---- who is watched ---- */

static void buddy_free(struct buddy *b)
{
	for (unsigned i = 0; i < b->njids; i++) {
		istr_unref(b->jids[i]);
	}
	list_remove(&b->link);
	free(b);
}

static struct buddy *buddy_of(struct session *s, struct ircwatched *who)
{
	struct buddy *b = who->owner;

	if (b == NULL) {
		b = must_calloc(1, sizeof *b);
		b->who = who;
		who->owner = b;
		list_init(&b->link);
		list_add(&s->buddies, &b->link);
	}
	return b;
}

static void buddy_add(struct session *s, struct ircwatched *who,
	const struct istr *jid)
{
	struct buddy *b = buddy_of(s, who);

	for (unsigned i = 0; i < b->njids; i++) {
		if (b->jids[i] == jid) {
			return;
		}
	}
	if (b->njids < SPELLINGS) {
		b->jids[b->njids++] = istr_ref(jid);
	}
}

static void show_watched(struct account *a, struct session *s,
	struct contact *c, const struct ircwatched *who)
{
	struct face face = {0};

	face_watched(s, who, &face);
	if (c->since == 0 && !face.available) {
		/* An earlier run may have left it shown. */
		contact_note(a->mapping, c, &face);
		contact_show_again(a, c);
	} else {
		contact_show(a, c, &face);
	}
}

void contact_watch(struct user *u, const struct addr *a, struct contact *c)
{
	struct session *s = session_find(u, a->network);
	struct account *account = account_find(u->mapping, u->entry.key->p);
	struct ircwatched *who;

	if (s == NULL || s->net == NULL || account == NULL) {
		return;
	}
	who = ircnet_watch(s->net, a->name);
	if (who == NULL) {
		log_info(&s->log, "contact not watched jid=%s",
			c->entry.key->p);
		return;
	}
	buddy_add(s, who, c->entry.key);
	if (who->state != WATCH_UNKNOWN) {
		show_watched(account, s, c, who);
	}
}

/* false: it was the last one, and nobody is watched any more. */
static bool buddy_drop(struct session *s, struct buddy *b, unsigned i)
{
	istr_unref(b->jids[i]);
	b->jids[i] = b->jids[--b->njids];
	if (b->njids > 0) {
		return true;
	}
	if (b->regain) {
		return false;
	}
	ircnet_unwatch(s->net, b->who);
	buddy_free(b);
	return false;
}

bool contacts_watch_own(struct session *s, struct slice nick)
{
	struct ircwatched *who = ircnet_watch(s->net, nick);

	if (who == NULL) {
		return false;
	}
	buddy_of(s, who)->regain = true;
	return who->state == WATCH_OFFLINE;
}

void contacts_unwatch_own(struct session *s)
{
	list_each_safe(it, &s->buddies) {
		struct buddy *b = list_entry(it, struct buddy, link);

		if (b->regain && b->njids == 0) {
			ircnet_unwatch(s->net, b->who);
			buddy_free(b);
		} else {
			b->regain = false;
		}
	}
}

void contact_unwatch(struct user *u, const struct addr *a)
{
	struct session *s = a->network ? session_find(u, a->network) : NULL;

	if (s == NULL || s->net == NULL || a->kind != ADDR_NICK) {
		return;
	}
	list_each(it, &s->buddies) {
		struct buddy *b = list_entry(it, struct buddy, link);

		for (unsigned i = 0; i < b->njids; i++) {
			if (strcmp(b->jids[i]->p, a->bare) == 0) {
				buddy_drop(s, b, i);
				return;
			}
		}
	}
}

void contacts_link_gone(struct session *s)
{
	list_each_safe(it, &s->buddies) {
		buddy_free(list_entry(it, struct buddy, link));
	}
}

/* Is this address somebody on the session's network? */
static bool is_nick_of(struct session *s, const char *jid, struct addr *a)
{
	struct fault fault;

	return addr_parse_for(s->user->mapping, jid, s->user->entry.key->p, a,
		       &fault) &&
		a->kind == ADDR_NICK && a->network == s->network;
}

static void watch_all(struct session *s)
{
	struct mapping *m = s->user->mapping;
	struct account *account = account_find(m, s->user->entry.key->p);
	struct map_slot *slot;
	uint32_t pos = 0;

	while (account != NULL &&
		(slot = map_next(&account->contacts, &pos)) != NULL) {
		struct contact *c = (struct contact *)(void *)slot->entry;
		struct arena_mark mark = arena_mark(&m->arena);
		struct addr a;

		if ((c->state & CONTACT_FROM) != 0 &&
			is_nick_of(s, c->entry.key->p, &a)) {
			contact_watch(s->user, &a, c);
		}
		arena_release(&m->arena, mark);
	}
}

void contacts_up(struct session *s)
{
	watch_all(s);
	contacts_session(s);
}

/* Those of its addresses that mean somebody elsewhere now. */
static void drop_strays(struct session *s, struct buddy *b)
{
	struct mapping *m = s->user->mapping;
	struct account *account = account_find(m, s->user->entry.key->p);
	unsigned i = 0;
	bool any = true;

	while (any && i < b->njids) {
		struct arena_mark mark = arena_mark(&m->arena);
		struct contact *c =
			account ? account_contact(account, b->jids[i]->p) : NULL;
		struct addr a;

		if (is_nick_of(s, b->jids[i]->p, &a)) {
			i++;
		} else {
			any = buddy_drop(s, b, i);
			if (c != NULL) {
				contact_show(account, c, &(struct face){0});
			}
		}
		arena_release(&m->arena, mark);
	}
}

void contacts_reread(struct user *u)
{
	list_each(it, &u->sessions) {
		struct session *s = list_entry(it, struct session, link);

		list_each_safe(at, &s->buddies) {
			drop_strays(s, list_entry(at, struct buddy, link));
		}
	}
	list_each(it, &u->sessions) {
		struct session *s = list_entry(it, struct session, link);

		if (session_is_up(s)) {
			watch_all(s);
		}
	}
}

void contacts_on_watched(struct session *s, const struct ircwatched *who)
{
	struct mapping *m = s->user->mapping;
	struct account *account = account_find(m, s->user->entry.key->p);
	const struct buddy *b = who->owner;

	if (account == NULL || b == NULL) {
		return;
	}
	for (unsigned i = 0; i < b->njids; i++) {
		struct contact *c = account_contact(account, b->jids[i]->p);

		if (c != NULL) {
			show_watched(account, s, c, who);
		}
	}
}

bool contacts_tell_of(const struct session *s, struct slice nick)
{
	const struct ircwatched *who = ircnet_watched(s->net, nick);
	const struct buddy *b = who != NULL ? who->owner : NULL;

	return b != NULL && b->njids > 0;
}

/* ---- rooms ---- */

void contacts_room(struct room *r, bool joined)
{
	struct mapping *m = r->session->user->mapping;
	struct account *account =
		account_find(m, r->session->user->entry.key->p);
	struct contact *c =
		account ? account_contact(account, r->jid->p) : NULL;

	if (c != NULL && !m->stopping) {
		contact_show(account, c, &(struct face){.available = joined});
	}
}
