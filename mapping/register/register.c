/* SPDX-License-Identifier: MIT */
#include "mapping/register/register.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/asker.h"
#include "mapping/out.h"
#include "mapping/people/online.h"
#include "mapping/register/channel.h"
#include "mapping/register/formkey.h"
#include "mapping/register/register_fields.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* jabber:iq:register, and taking a registration back (PROTOCOL C.16). */

static bool refuse(struct fault *fault, enum stanza_error e, const char *text)
{
	*fault = (struct fault){e, text};
	return false;
}

bool register_allowed(struct mapping *m, const struct jid *from, bool set,
	struct fault *fault)
{
	if (!user_is_ours(m, from, fault)) {
		return false;
	}
	if (m->config->registration == REGISTRATION_CLOSED &&
		!account_will_be_registered(m, from->bare)) {
		/* XEP-0077 says 503 for the get. */
		return refuse(fault,
			set ? E_NOT_ALLOWED : E_SERVICE_UNAVAILABLE,
			"This gateway takes no new registrations. Ask its "
			"operator for one.");
	}
	return true;
}

void register_fault(enum err err, struct fault *fault)
{
	if (err == ERR_FULL) {
		refuse(fault, E_RESOURCE_CONSTRAINT,
			"Too much is kept for you, or waits to be kept. Remove "
			"the registration with a network or the settings of a "
			"channel, or try again soon.");
	} else if (err == ERR_WRONG_STATE) {
		refuse(fault, E_NOT_ALLOWED,
			"This gateway keeps nothing, so one cannot register "
			"here. You can use it without.");
	} else if (err == ERR_NOT_FOUND) {
		refuse(fault, E_REGISTRATION_REQUIRED,
			"You are not registered.");
	} else {
		refuse(fault, E_INTERNAL_SERVER_ERROR,
			"This could not be kept; nothing was changed. Try "
			"again later.");
	}
}

/* ---- who has to register is told so ---- */

enum { TOLD_MS = 24 * 3600 * 1000, TOLD_MAX = 4096 };

struct told {
	struct list link; /* in mapping->told, oldest first */
	const struct istr *user;
	uint64_t until_ms;
};

static void forget_told(struct mapping *m, struct told *t)
{
	list_remove(&t->link);
	m->ntold--;
	istr_unref(t->user);
	free(t);
}

/* true: not told within a day. Those told longest ago make room for others. */
static bool note_told(struct mapping *m, const char *bare)
{
	struct told *t;

	list_each_safe(it, &m->told) {
		t = list_entry(it, struct told, link);
		if (t->until_ms <= m->clock->now_ms) {
			forget_told(m, t);
		} else if (strcmp(t->user->p, bare) == 0) {
			return false;
		}
	}
	if (m->ntold >= TOLD_MAX) {
		forget_told(m, list_entry(list_first(&m->told), struct told,
				       link));
	}
	t = must_calloc(1, sizeof *t);
	t->user = intern(bare, strlen(bare));
	t->until_ms = m->clock->now_ms + TOLD_MS;
	list_init(&t->link);
	list_add(&m->told, &t->link);
	m->ntold++;
	return true;
}

void register_tell(struct mapping *m, const struct jid *from, const char *lang,
	const char *english)
{
	if (note_told(m, from->bare)) {
		out_message(m, NULL, m->config->component, from->bare, NULL,
			slice(NULL, 0), slice_str(text(m, lang, english)));
	}
}

void register_told_free(struct mapping *m)
{
	struct list *first;

	while ((first = list_first(&m->told)) != NULL) {
		forget_told(m, list_entry(first, struct told, link));
	}
}

/* ---- farewell ---- */

struct gone {
	enum addr_kind kind;
	const struct istr *jid;
};

struct farewell {
	struct gone *all;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	const struct gone *x = a;
	const struct gone *y = b;

	if (x->kind != y->kind) {
		return x->kind < y->kind ? -1 : 1;
	}
	return strcmp(x->jid->p, y->jid->p);
}

static void add_gone(struct farewell *f, enum addr_kind kind, const char *jid)
{
	f->all = must_realloc(f->all, (f->count + 1) * sizeof *f->all);
	f->all[f->count++] = (struct gone){kind, intern(jid, strlen(jid))};
}

static void farewell_free(struct farewell *f)
{
	for (size_t i = 0; i < f->count; i++) {
		istr_unref(f->all[i].jid);
	}
	free(f->all);
}

/* Of whom contacts are collected, and of which network; NULL: all. */
struct collecting {
	struct mapping *core;
	const char *bare;
	const struct network *network;
	struct farewell *farewell;
};

static void collect(void *ctx, const char *jid)
{
	const struct collecting *c = ctx;
	struct mapping *m = c->core;
	struct arena_mark mark = arena_mark(&m->arena);
	struct addr addr;
	struct fault fault;

	if (!addr_parse_for(m, jid, c->bare, &addr, &fault)) {
		/* Of a network that is not served any more. */
		addr = (struct addr){
			.kind = strchr(jid, '%') ? ADDR_NICK : ADDR_SRV};
	}
	if (addr.kind != ADDR_GW &&
		(c->network == NULL || addr.network == c->network)) {
		add_gone(c->farewell, addr.kind, jid);
	}
	arena_release(&m->arena, mark);
}

static void collect_kept(struct mapping *m, const struct account *a,
	struct farewell *f)
{
	struct collecting c = {m, a->entry.key->p, NULL, f};
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&a->contacts, &pos)) != NULL) {
		collect(&c, slot->entry->key->p);
	}
}

static bool is_collected(const struct farewell *f, const char *jid)
{
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->all[i].jid->p, jid) == 0) {
			return true;
		}
	}
	return false;
}

/* n's SRV, or (NULL) GW. */
static void add_own(struct mapping *m, const struct network *n,
	struct farewell *f)
{
	struct buf srv;

	if (n == NULL) {
		add_gone(f, ADDR_GW, m->config->component);
		return;
	}
	buf_init(&srv, 2048);
	addr_add_srv(m, &srv, n);
	if (!is_collected(f, buf_cstr(&srv))) {
		add_gone(f, ADDR_SRV, buf_cstr(&srv));
	}
	buf_finish(&srv);
}

static void send_farewell(struct mapping *m, struct farewell *f,
	const char *bare)
{
	static const char *const types[] = {"unsubscribe", "unsubscribed",
		"unavailable"};

	/* GW, then servers, then people: as the kinds of addresses go. */
	qsort(f->all, f->count, sizeof *f->all, compare);
	for (size_t i = 0; i < f->count; i++) {
		if (i > 0 && f->all[i].jid == f->all[i - 1].jid) {
			continue; /* two changes under way brought it */
		}
		for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
			struct xw *w = out_begin(m, "presence");

			xw_attr(w, "from", f->all[i].jid->p);
			xw_attr(w, "type", types[k]);
			out_end(m);
			out_send(m, NULL, bare);
		}
	}
}

/* ---- removal ---- */

struct removing {
	change_done_fn *done;
	void *ctx;
	const struct istr *bare;
	const struct istr *network; /* NULL: everything */
	struct farewell farewell;   /* of a network; of all: made at the end */
};

/* All sessions, or that with the network of this name. */
static void quit(struct user *u, const struct istr *network)
{
	list_each_safe(it, &u->sessions) {
		struct session *s = list_entry(it, struct session, link);

		if (network == NULL || s->network->entry.key == network) {
			rooms_removed(s);
			session_close(s, slice_str("Registration removed"));
		}
	}
	user_touch(u);
}

/* What is gone is shown nobody's presence any more. */
static void unsee(struct user *u, const struct farewell *f)
{
	for (size_t i = 0; u != NULL && i < f->count; i++) {
		struct addr gone = {.bare = f->all[i].jid->p};

		online_unseen(u, &gone);
	}
}

static void on_removed(struct mapping *m, void *ctx, enum err err)
{
	struct removing *r = ctx;
	const struct account *a = account_removed(m);
	struct user *u = user_find(m, r->bare->p);

	if (err == ERR_OK && r->network == NULL && a == NULL) {
		err = ERR_NOT_FOUND;
	}
	if (err == ERR_OK && u != NULL) {
		quit(u, r->network);
	}
	r->done(m, r->ctx, err);
	if (err == ERR_OK) {
		if (a != NULL) {
			add_own(m, NULL, &r->farewell);
			collect_kept(m, a, &r->farewell);
		}
		log_info(NULL, "registration removed user=%s net=%s", r->bare->p,
			r->network ? r->network->p : "*");
		send_farewell(m, &r->farewell, r->bare->p);
		unsee(u, &r->farewell);
	}
	farewell_free(&r->farewell);
	istr_unref(r->bare);
	istr_unref(r->network);
	free(r);
}

/*
 * The settings of a network, and its people and itself as contacts: also those
 * that are just being kept.
 */
static void remove_network(struct change *c, struct mapping *m,
	const char *bare, const struct network *n, struct farewell *f)
{
	struct collecting all = {m, bare, n, f};

	change_drop_profile(c, n->entry.key->p);
	change_drop_channels(c, n->entry.key->p);
	account_each_contact(m, bare, collect, &all);
	for (size_t i = 0; i < f->count; i++) {
		change_contact(c, f->all[i].jid->p, 0);
	}
	add_own(m, n, f);
}

bool register_remove(struct mapping *m, const char *bare,
	const struct network *n, change_done_fn *done, void *ctx,
	struct fault *fault)
{
	struct removing *r;
	struct change *c;

	if (!account_will_be_registered(m, bare)) {
		return refuse(fault, E_REGISTRATION_REQUIRED,
			"You are not registered.");
	}
	if (n != NULL &&
		!account_will_have_profile(m, bare, n->entry.key->p) &&
		!channels_will_be(m, bare, n->entry.key->p)) {
		return refuse(fault, E_REGISTRATION_REQUIRED,
			"You are not registered with this network. There is "
			"nothing to take back.");
	}
	r = must_calloc(1, sizeof *r);
	r->done = done;
	r->ctx = ctx;
	r->bare = intern(bare, strlen(bare));
	c = change_begin(m, bare);
	if (n == NULL) {
		change_remove(c);
	} else {
		r->network = istr_ref(n->entry.key);
		remove_network(c, m, bare, n, &r->farewell);
	}
	change_commit(c, on_removed, r);
	return true;
}

/* ---- the iq ---- */

static void on_done(struct mapping *m, void *ctx, enum err err)
{
	struct asker *asker = ctx;
	struct fault fault;

	if (err == ERR_OK) {
		asker_done(m, asker);
	} else {
		register_fault(err, &fault);
		asker_fail(m, asker, fault.error, fault.text);
	}
	asker_finish(asker);
	free(asker);
}

/* COMPAT: clients of 2001 send the key with <remove/>, too (C.5). */
static bool stands_alone(const struct elem *query, const struct elem *remove)
{
	for (const struct elem *e = query->first; e != NULL; e = e->next) {
		if (e->name != NULL && e != remove &&
			!elem_is(e, "key", NS_IQ_REGISTER)) {
			return false;
		}
	}
	return true;
}

static bool set(struct request *q, const struct addr *a,
	const struct elem *query, struct asker *asker, struct fault *fault)
{
	struct mapping *m = core_of(q);
	const struct elem *remove = elem_child(query, "remove", NS_IQ_REGISTER);
	const struct elem *form = form_submitted(query);

	if (!register_allowed(m, &q->from, true, fault)) {
		return false;
	}
	if (!formkey_take(m, q->from.bare, NS_IQ_REGISTER,
		    elem_child_text(query, "key", NS_IQ_REGISTER))) {
		*fault = formkey_fault;
		return false;
	}
	if (remove != NULL && !stands_alone(query, remove)) {
		return refuse(fault, E_BAD_REQUEST,
			"Nothing else goes together with remove. Send it "
			"alone.");
	}
	if (remove != NULL) {
		return register_remove(m, q->from.bare, a->network, on_done,
			asker, fault);
	}
	if (form != NULL && !form_is(form, ns_uri(NS_IQ_REGISTER))) {
		return refuse(fault, E_BAD_REQUEST,
			"This form belongs to something else. Ask for the "
			"form again.");
	}
	return register_apply(m, q->from.bare, a->network, query, on_done,
		asker, fault);
}

void iq_register_set(struct request *q, const struct addr *a)
{
	const struct elem *query = elem_first(q->stanza->root);
	struct asker *asker;
	struct fault fault;

	if (form_cancelled(query)) {
		out_result(core_of(q), q->stanza);
		out_answer(core_of(q), q->stanza);
		return;
	}
	asker = must_calloc(1, sizeof *asker);
	asker_init(asker, q, NS_IQ_REGISTER, "query");
	if (!set(q, a, query, asker, &fault)) {
		out_fault(core_of(q), q->stanza, &fault);
		asker_finish(asker);
		free(asker);
	}
}
