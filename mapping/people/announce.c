/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/people/contacts.h"
#include "mapping/people/online.h"
#include "mapping/user.h"

/*
 * The component came up, or leaves (PROTOCOL A.3). No server repeats presence by
 * itself, neither theirs to us nor ours to them: whoever let us see his presence
 * is probed, everybody sees again what is available and what changed meanwhile.
 * Many users take turns, as rooms do, while the Jabber server has much to read
 * nothing more is sent. Who could be probed and is silent for half a minute
 * afterwards is offline.
 */
enum { USERS_EACH_TURN = 50, SILENT_MS = 30000 };

static void probe(struct mapping *m, const char *from, const char *to)
{
	struct xw *w = out_begin(m, "presence");

	xw_attr(w, "from", from);
	xw_attr(w, "type", "probe");
	out_end(m);
	out_send(m, NULL, to);
}

static bool is_gw(const struct mapping *m, const struct contact *c)
{
	return strcmp(c->entry.key->p, m->config->component) == 0;
}

static void show(struct account *a, struct contact *c)
{
	struct mapping *m = a->mapping;
	struct user *u = user_find(m, a->entry.key->p);
	struct face face = {.available = true};

	if (is_gw(m, c)) {
		if (u != NULL) {
			face_gw(m, u, &face);
		}
		contact_note(m, c, &face);
	}
	if (c->available || c->unsent) {
		contact_show_again(a, c);
	}
}

/* A registration may have outlived the right to come. */
static bool may_come(struct mapping *m, const struct account *a)
{
	struct arena_mark mark = arena_mark(&m->arena);
	struct fault fault;
	struct jid jid;
	bool may = jid_parse(istr_slice(a->entry.key), &m->arena, &jid) ==
			ERR_OK &&
		user_allowed(m, &jid, &fault);

	arena_release(&m->arena, mark);
	return may;
}

static void announce_to(struct account *a)
{
	struct mapping *m = a->mapping;
	uint32_t pos = 0;
	struct map_slot *slot;

	if (!may_come(m, a)) {
		return;
	}
	while ((slot = map_next(&a->contacts, &pos)) != NULL) {
		struct contact *c = (struct contact *)(void *)slot->entry;
		struct arena_mark mark = arena_mark(&m->arena);

		if ((c->state & CONTACT_TO) != 0) {
			probe(m, c->entry.key->p, a->entry.key->p);
		}
		show(a, c);
		arena_release(&m->arena, mark);
	}
	if (a->registered) {
		online_begin(m, a->entry.key->p);
	}
}

static void forget(struct mapping *m)
{
	while (m->announce_at < m->announce_count) {
		istr_unref(m->announce[m->announce_at++]);
	}
	free(m->announce);
	m->announce = NULL;
	m->announce_at = 0;
	m->announce_count = 0;
}

static bool has_much_to_read(const struct mapping *m)
{
	return m->ports.xmpp_high != NULL && m->ports.xmpp_high(m->ports.ctx);
}

void announce_go_on(struct mapping *m)
{
	for (unsigned i = 0; i < USERS_EACH_TURN; i++) {
		struct account *a;
		const struct istr *bare;

		if (m->announce_at == m->announce_count) {
			if (m->announce != NULL) {
				forget(m);
				timer_start(m->clock, &m->silent_timer,
					SILENT_MS);
			}
			return;
		}
		if (has_much_to_read(m)) {
			return; /* mapping_flows() comes back */
		}
		bare = m->announce[m->announce_at++];
		a = account_find(m, bare->p);
		if (a != NULL) {
			announce_to(a);
		}
		istr_unref(bare);
	}
	timer_start(m->clock, &m->announce_timer, 0);
}

static void on_turn(void *ctx)
{
	struct mapping *m = ctx;

	arena_reset(&m->arena);
	announce_go_on(m);
}

static void on_silent(void *ctx)
{
	struct mapping *m = ctx;
	uint32_t pos = 0;
	struct map_slot *slot;

	arena_reset(&m->arena);
	while ((slot = map_next(&m->users, &pos)) != NULL) {
		online_silent((struct user *)(void *)slot->entry);
	}
}

/* Only those whom we may probe will answer. */
static void doubt(struct account *a)
{
	struct mapping *m = a->mapping;
	struct user *u = user_find(m, a->entry.key->p);
	const struct contact *gw = account_contact(a, m->config->component);

	if (u != NULL && gw != NULL && (gw->state & CONTACT_TO) != 0) {
		online_doubt(u);
	}
}

void announce_begin(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	forget(m);
	timer_stop(m->clock, &m->silent_timer);
	if (m->accounts.used == 0) {
		return;
	}
	m->announce = must_calloc(m->accounts.used, sizeof *m->announce);
	while ((slot = map_next(&m->accounts, &pos)) != NULL) {
		doubt((struct account *)(void *)slot->entry);
		m->announce[m->announce_count++] = istr_ref(slot->entry->key);
	}
	announce_go_on(m);
}

void announce_pause(struct mapping *m)
{
	forget(m);
	timer_stop(m->clock, &m->announce_timer);
	timer_stop(m->clock, &m->silent_timer);
}

static void goodbye_to(struct account *a)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&a->contacts, &pos)) != NULL) {
		contact_show(a, (struct contact *)(void *)slot->entry,
			&(struct face){0});
	}
}

void announce_goodbye(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	announce_pause(m);
	while ((slot = map_next(&m->accounts, &pos)) != NULL) {
		goodbye_to((struct account *)(void *)slot->entry);
	}
}

void announce_init(struct mapping *m)
{
	timer_init(&m->announce_timer, on_turn, m);
	timer_init(&m->silent_timer, on_silent, m);
	m->began = m->clock->wall_ms;
}

void announce_free(struct mapping *m)
{
	announce_pause(m);
}
