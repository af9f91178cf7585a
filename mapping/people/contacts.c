/* SPDX-License-Identifier: MIT */
#include "mapping/people/contacts.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/people/online.h"
#include "mapping/register/register.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* ---- small stanzas, bare to bare ---- */

static void send_type(struct mapping *m, const char *from, const char *to,
	const char *type, const char *id)
{
	struct xw *w = out_begin(m, "presence");

	xw_attr(w, "from", from);
	xw_attr(w, "id", id);
	xw_attr(w, "type", type);
	out_end(m);
	out_send(m, NULL, to);
}

/* ---- subscribe, unsubscribe ---- */

/* One that waits until it is kept. */
struct asking {
	const struct istr *bare;
	const struct istr *to; /* the entity, bare */
	const struct istr *id; /* NULL: none */
	bool ask_back;  /* GW and SRV: the user's presence is wanted too */
	bool had_asked; /* we see it, or asked for it */
};

static struct asking *asking_new(const struct request *q, const struct addr *a)
{
	struct asking *p = must_calloc(1, sizeof *p);
	const char *id = q->stanza->id;

	p->bare = intern(q->from.bare, strlen(q->from.bare));
	p->to = intern(a->bare, strlen(a->bare));
	p->id = id ? intern(id, strlen(id)) : NULL;
	return p;
}

static void asking_free(struct asking *p)
{
	istr_unref(p->bare);
	istr_unref(p->to);
	istr_unref(p->id);
	free(p);
}

static void not_kept(struct mapping *m, const struct asking *p, enum err err)
{
	struct xw *w;

	if (err == ERR_CLOSED) {
		return;
	}
	w = out_begin(m, "presence");
	xw_attr(w, "from", p->to->p);
	xw_attr(w, "id", p->id ? p->id->p : NULL);
	xw_attr(w, "type", "error");
	text_error(m, w,
		err == ERR_FULL ? E_RESOURCE_CONSTRAINT :
				  E_INTERNAL_SERVER_ERROR,
		NULL,
		err == ERR_FULL ? N_("You have too many contacts here. Remove "
				     "some first.") :
				  N_("The gateway could not keep this. Try "
				     "again later."),
		NULL);
	out_end(m);
	out_send(m, NULL, p->bare->p);
}

/* `subscribed` first, then presence (C.22 7.3). */
static void welcome(struct mapping *m, const struct asking *p)
{
	struct account *a = account_find(m, p->bare->p);
	struct contact *c = a ? account_contact(a, p->to->p) : NULL;
	struct user *u = user_find(m, p->bare->p);
	struct addr addr;
	struct fault fault;
	struct face face;

	send_type(m, p->to->p, p->bare->p, "subscribed",
		p->id ? p->id->p : NULL);
	/* What came after it may have ended it again. */
	if (c == NULL || (c->state & CONTACT_FROM) == 0 ||
		!addr_parse_for(m, p->to->p, p->bare->p, &addr, &fault)) {
		return;
	}
	face_of(m, p->bare->p, &addr, &face);
	contact_note(m, c, &face);
	if (face.available) {
		contact_show_again(a, c);
	}
	if (u != NULL && addr.kind == ADDR_NICK) {
		contact_watch(u, &addr, c);
	}
}

static void on_subscribed(struct mapping *m, void *ctx, enum err err)
{
	struct asking *p = ctx;

	if (err != ERR_OK) {
		not_kept(m, p, err);
	} else {
		welcome(m, p);
		if (p->ask_back) {
			send_type(m, p->to->p, p->bare->p, "subscribe", NULL);
		}
	}
	asking_free(p);
}

/* Kept already, with nothing else under way. */
static bool is_kept(const struct request *q, const struct addr *a,
	unsigned state)
{
	const struct account *account =
		account_find(core_of(q), q->from.bare);
	const struct contact *c =
		account ? account_contact(account, a->bare) : NULL;

	return (c ? c->state : 0) == state;
}

void contact_subscribe(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	unsigned was = account_contact_will_be(m, q->from.bare, a->bare);
	unsigned now = was | CONTACT_FROM;
	struct asking *p;
	struct change *c;

	if (a->kind == ADDR_OCC) {
		out_error(m, q->stanza, E_JID_MALFORMED,
			"Subscribe to the person or to the room, not to "
			"somebody in it.");
		return;
	}
	p = asking_new(q, a);
	if ((a->kind == ADDR_GW || a->kind == ADDR_SRV) &&
		(was & (CONTACT_TO | CONTACT_ASKED)) == 0) {
		p->ask_back = true;
		now |= CONTACT_ASKED;
	}
	if (now == was && is_kept(q, a, now)) {
		on_subscribed(m, p, ERR_OK); /* nothing new is to be kept */
		return;
	}
	c = change_begin(m, q->from.bare);
	change_contact(c, a->bare, now);
	change_commit(c, on_subscribed, p);
}

/* In this order (C.2). */
static void on_unsubscribed(struct mapping *m, void *ctx, enum err err)
{
	struct asking *p = ctx;
	struct user *u = user_find(m, p->bare->p);
	struct addr addr;
	struct fault fault;

	if (err != ERR_OK) {
		not_kept(m, p, err);
		asking_free(p);
		return;
	}
	send_type(m, p->to->p, p->bare->p, "unavailable", NULL);
	send_type(m, p->to->p, p->bare->p, "unsubscribed",
		p->id ? p->id->p : NULL);
	if (p->had_asked) {
		send_type(m, p->to->p, p->bare->p, "unsubscribe", NULL);
	}
	if (u != NULL && addr_parse_for(m, p->to->p, p->bare->p, &addr, &fault)) {
		contact_unwatch(u, &addr);
		online_unseen(u, &addr);
	}
	asking_free(p);
}

void contact_unsubscribe(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	unsigned was = account_contact_will_be(m, q->from.bare, a->bare);
	struct asking *p;
	struct change *c;

	if (a->kind == ADDR_OCC) {
		return;
	}
	p = asking_new(q, a);
	p->had_asked = (was & (CONTACT_TO | CONTACT_ASKED)) != 0;
	if (was == 0 && is_kept(q, a, 0)) {
		on_unsubscribed(m, p, ERR_OK);
		return;
	}
	c = change_begin(m, q->from.bare);
	change_contact(c, a->bare, 0);
	change_commit(c, on_unsubscribed, p);
}

/* ---- the answers to our own ---- */

static void keep(struct request *q, const struct addr *a, unsigned was,
	unsigned now)
{
	struct change *c;

	if (now != was) {
		c = change_begin(core_of(q), q->from.bare);
		change_contact(c, a->bare, now);
		change_commit(c, NULL, NULL);
	}
}

void contact_subscribed(struct request *q, const struct addr *a)
{
	unsigned was = account_contact_will_be(core_of(q), q->from.bare,
		a->bare);

	/* An answer to nothing would make a stranger of no use a contact. */
	if ((was & CONTACT_ASKED) != 0) {
		keep(q, a, was, (was & ~CONTACT_ASKED) | CONTACT_TO);
	}
}

void contact_unsubscribed(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	unsigned was = account_contact_will_be(m, q->from.bare, a->bare);
	struct user *u = user_find(m, q->from.bare);

	keep(q, a, was, was & ~(unsigned)(CONTACT_ASKED | CONTACT_TO));
	if (u != NULL && (was & CONTACT_TO) != 0) {
		online_unseen(u, a);
	}
}

/* ---- probes ---- */

void contact_probe(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	const struct account *account = account_find(m, q->from.bare);
	const struct contact *c =
		account ? account_contact(account, a->bare) : NULL;
	struct face face;

	face_of(m, q->from.bare, a, &face);
	face_write(m, q->from.bare, a->bare, &face,
		c && c->since ? c->since : m->began);
	out_end(m);
	out_send(m, NULL, q->from.full);
}

/* ---- strangers ---- */

void contact_refuse(struct request *q, const struct fault *fault)
{
	struct mapping *m = core_of(q);

	send_type(m, q->stanza->to, q->from.bare, "unsubscribed",
		q->stanza->id);
	if (fault->error == E_REGISTRATION_REQUIRED) {
		register_tell(m, &q->from, q->lang, fault->text);
	}
}
