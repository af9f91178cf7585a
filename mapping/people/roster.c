/* SPDX-License-Identifier: MIT */
#include "mapping/people/roster.h"

#include <string.h>

#include "mapping/addr.h"
#include "mapping/network.h"
#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { ITEMS_MAX = 100, RECEIVED_MAX = 200 };

/* ---- suggesting ---- */

struct item {
	const char *jid; /* in the arena */
	struct slice name;
	const char *group;
};

struct items {
	struct mapping *core;
	const struct account *account; /* NULL: none */
	struct item all[ITEMS_MAX];
	unsigned count;
};

/* jid NULL: the arena is used up, and so is the list. */
static void add(struct items *l, const char *jid, struct slice name,
	const struct network *n)
{
	const struct contact *c;

	if (jid == NULL || l->count == ITEMS_MAX) {
		return;
	}
	c = l->account ? account_contact(l->account, jid) : NULL;
	if (c != NULL && (c->state & CONTACT_FROM) != 0) {
		return;
	}
	for (unsigned i = 0; i < l->count; i++) {
		if (strcmp(l->all[i].jid, jid) == 0) {
			return;
		}
	}
	l->all[l->count++] = (struct item){jid, name, network_title(n)};
}

static void add_nick(struct items *l, struct session *s, struct slice nick)
{
	struct mapping *m = l->core;
	struct buf jid;

	if (s->net != NULL && ircnet_is_me(s->net, nick)) {
		return;
	}
	buf_init(&jid, 4096);
	addr_add_name(m, &jid, s->network, nick);
	add(l, arena_strndup(&m->arena, buf_slice(&jid).p, jid.len),
		out_clean(m, nick), s->network);
	buf_finish(&jid);
}

/* The network itself, then whom the user talked with. */
static void collect(struct items *l, struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	add(l, session_srv(s), slice_str(network_title(s->network)),
		s->network);
	while ((slot = map_next(&s->chats, &pos)) != NULL) {
		const struct chat *c = (const struct chat *)(void *)slot->entry;
		const struct ircuser *known =
			s->net ? ircnet_user(s->net, istr_slice(c->entry.key)) :
				 NULL;

		if (c->seen) {
			add_nick(l, s,
				istr_slice(known ? known->nick : c->entry.key));
		}
	}
}

/* One iq for each item (RFC 6121 2.3.3). */
static void add_to_roster(struct user *u, const struct item *i)
{
	struct mapping *m = u->mapping;
	struct xw *w = out_begin(m, "iq");
	char id[OUT_UUID];

	out_uuid(m, id);
	xw_attr(w, "from", m->config->component);
	xw_attr(w, "id", id);
	xw_attr(w, "type", "set");
	xw_start(w, "query", NS_IQ_ROSTER);
	xw_start(w, "item", NS_NONE);
	xw_attr(w, "jid", i->jid);
	xw_attr_slice(w, "name", i->name);
	xw_elem(w, "group", NS_NONE, slice_str(i->group));
	xw_end(w);
	xw_end(w);
	out_end(m);
	out_send(m, NULL, u->entry.key->p);
}

static void write_items(struct xw *w, const struct items *l, enum ns ns)
{
	xw_start(w, "x", ns);
	for (unsigned i = 0; i < l->count; i++) {
		const struct item *item = &l->all[i];

		xw_start(w, "item", NS_NONE);
		if (ns == NS_ROSTERX) {
			xw_attr(w, "action", "add");
		}
		xw_attr(w, "jid", item->jid);
		xw_attr_slice(w, "name", item->name);
		xw_elem(w, "group", NS_NONE, slice_str(item->group));
		xw_end(w);
	}
	xw_end(w);
}

static void send_items(struct user *u, const char *full, const struct items *l)
{
	struct mapping *m = u->mapping;
	struct xw *w = out_begin(m, "message");
	struct buf body;

	buf_init(&body, 65536);
	buf_add_str(&body,
		text(m, user_lang(u),
			m->may_roster ? N_("Added to your contacts:") :
					N_("Contacts that you may add:")));
	for (unsigned i = 0; i < l->count; i++) {
		buf_add_char(&body, '\n');
		buf_add_slice(&body, l->all[i].name);
		buf_addf(&body, " <%s>", l->all[i].jid);
	}
	xw_attr(w, "from", m->config->component);
	xw_elem(w, "body", NS_NONE, buf_slice(&body));
	if (!m->may_roster) {
		write_items(w, l, NS_X_ROSTER);
		write_items(w, l, NS_ROSTERX);
	}
	out_end(m);
	out_send(m, u, full);
	buf_finish(&body);
}

bool contact_suggest(struct user *u, const char *full)
{
	struct mapping *m = u->mapping;
	struct items l = {
		.core = m,
		.account = account_find(m, u->entry.key->p),
	};

	list_each(it, &u->sessions) {
		collect(&l, list_entry(it, struct session, link));
	}
	for (unsigned i = 0; m->may_roster && i < l.count; i++) {
		add_to_roster(u, &l.all[i]);
	}
	if (l.count > 0) {
		send_items(u, full, &l);
	}
	return l.count > 0;
}

/* ---- received ---- */

static void prepare(struct request *q, const struct elem *item)
{
	struct mapping *m = core_of(q);
	struct user *u = user_find(m, q->from.bare);
	const char *jid = elem_attr(item, "jid");
	struct session *s;
	struct jid parsed;
	struct addr a;
	struct fault fault;

	if (jid == NULL || u == NULL ||
		jid_parse(slice_str(jid), &m->arena, &parsed) != ERR_OK ||
		strcmp(parsed.domain, m->config->component) != 0 ||
		!addr_parse_for(m, jid, q->from.bare, &a, &fault) || a.kind != ADDR_NICK) {
		return;
	}
	s = session_find(u, a.network);
	if (s != NULL && s->net != NULL &&
		ircnet_watch(s->net, a.name) == NULL) {
		log_info(&s->log, "not watched jid=%s", a.bare);
	}
}

bool roster_received(struct request *q)
{
	static const enum ns forms[] = {NS_X_ROSTER, NS_ROSTERX};
	bool found = false;

	for (size_t i = 0; i < 2; i++) {
		const struct elem *x =
			elem_child(q->stanza->root, "x", forms[i]);
		unsigned n = 0;

		if (x == NULL) {
			continue;
		}
		found = true;
		for (const struct elem *item = elem_child(x, "item", forms[i]);
			item != NULL && n < RECEIVED_MAX;
			item = elem_next(item, "item", forms[i])) {
			struct arena_mark mark =
				arena_mark(&core_of(q)->arena);

			prepare(q, item);
			arena_release(&core_of(q)->arena, mark);
			n++;
		}
	}
	return found;
}
