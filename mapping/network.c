/* SPDX-License-Identifier: MIT */
#include "mapping/network.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/session.h"

struct network *network_find(const struct mapping *m, struct slice name)
{
	struct map_entry *e = map_find(&m->networks, name.p, name.len);
	struct network *n = (struct network *)(void *)e;

	if (n != NULL && !n->gone) {
		return n;
	}
	e = map_find(&m->aliases, name.p, name.len);
	return e ? ((struct network_alias *)(void *)e)->network : NULL;
}

static struct network *create(struct mapping *m, struct slice name)
{
	struct network *n = must_calloc(1, sizeof *n);
	struct buf node;

	n->entry.key = intern(name.p, name.len);
	buf_init(&node, 1200);
	jid_escape(&node, name);
	n->node = must_strndup(buf_slice(&node).p, node.len);
	buf_finish(&node);
	list_init(&n->waiting);
	map_put(&m->networks, &n->entry, 0);
	return n;
}

static void destroy(struct mapping *m, struct network *n)
{
	must(list_empty(&n->waiting));
	if (m->fresh == n) {
		m->fresh = NULL;
	}
	map_remove(&m->networks, &n->entry);
	istr_unref(n->entry.key);
	free((char *)(uintptr_t)n->own_server.host);
	free(n->node);
	free(n);
}

static void clear_aliases(struct mapping *m)
{
	struct map_entry *e;

	while ((e = map_pop(&m->aliases)) != NULL) {
		istr_unref(e->key);
		free(e);
	}
}

static void add_alias(struct mapping *m, const char *name, struct network *n)
{
	struct network_alias *alias;

	if (map_find(&m->aliases, name, strlen(name)) != NULL) {
		return; /* the configuration refuses this; the first wins */
	}
	alias = must_calloc(1, sizeof *alias);
	alias->entry.key = intern(name, strlen(name));
	alias->network = n;
	map_put(&m->aliases, &alias->entry, 0);
}

void networks_load(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	clear_aliases(m);
	while ((slot = map_next(&m->networks, &pos)) != NULL) {
		struct network *n = (struct network *)(void *)slot->entry;

		if (n->config != &n->own) {
			n->gone = true;
		}
	}
	for (size_t i = 0; i < m->config->nnetworks; i++) {
		const struct network_config *c = &m->config->networks[i];
		struct slice name = slice_str(c->name);
		struct network *n = (struct network *)(void *)map_find(
			&m->networks, name.p, name.len);

		if (n == NULL) {
			n = create(m, name);
		}
		n->config = c;
		n->gone = false;
		n->next_server = 0;
		for (size_t j = 0; j < c->naliases; j++) {
			add_alias(m, c->aliases[j], n);
		}
	}
}

void networks_free(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	clear_aliases(m);
	map_finish(&m->aliases);
	while (pos = 0, (slot = map_next(&m->networks, &pos)) != NULL) {
		destroy(m, (struct network *)(void *)slot->entry);
	}
}

struct network *network_free_choice(struct mapping *m, struct slice key,
	struct slice host, uint16_t port)
{
	struct network *n = create(m, key);

	n->own_server.host = must_strndup(host.p, host.len);
	n->own_server.port = port;
	n->own = (struct network_config){
		.name = n->entry.key->p,
		.title = n->entry.key->p,
		.servers = &n->own_server,
		.nservers = 1,
		.tls = LINK_TLS_VERIFY,
		.max_unregistered = 8,
		.allow_private = m->config->free_choice_private,
	};
	n->config = &n->own;
	m->fresh = n;
	return n;
}

void networks_tidy(struct mapping *m)
{
	if (m->fresh != NULL) {
		network_release(m, m->fresh);
		m->fresh = NULL;
	}
}

void network_release(struct mapping *m, struct network *n)
{
	if (n->sessions == 0 && (n->gone || n->config == &n->own)) {
		destroy(m, n);
	}
}

bool network_slot_take(struct session *s)
{
	struct network *n = s->network;

	must(!s->slot_held);
	if (n->unregistered >= n->config->max_unregistered) {
		list_remove(&s->slot);
		list_add(&n->waiting, &s->slot);
		return false;
	}
	n->unregistered++;
	s->slot_held = true;
	return true;
}

void network_slot_free(struct session *s)
{
	struct network *n = s->network;
	struct list *next;

	list_remove(&s->slot);
	if (!s->slot_held) {
		return;
	}
	s->slot_held = false;
	n->unregistered--;
	next = list_first(&n->waiting);
	if (next != NULL && !n->gone) {
		struct session *waiting = list_entry(next, struct session, slot);

		list_remove(next);
		n->unregistered++;
		waiting->slot_held = true;
		session_slot_granted(waiting);
	}
}
