/* SPDX-License-Identifier: MIT */
#include "mapping/network.h"

#include <stdlib.h>
#include <string.h>

#include "base/charset.h"
#include "mapping/session.h"

enum { TOO_FAST_MS = 60000 };

static void on_turn(void *ctx);

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

void networks_each(struct mapping *m, const struct user *user,
	void (*fn)(struct mapping *m, const struct network *n, void *ctx),
	void *ctx)
{
	if (m->config->fixed_network != NULL) {
		return;
	}
	for (size_t i = 0; i < m->config->nnetworks; i++) {
		fn(m, network_find(m, slice_str(m->config->networks[i].name)),
			ctx);
	}
	if (user == NULL) {
		return;
	}
	list_each(it, &user->sessions) {
		const struct network *n =
			list_entry(it, struct session, link)->network;

		if (n->config == &n->own) {
			fn(m, n, ctx);
		}
	}
}

const char *network_title(const struct network *n)
{
	return n->config->title ? n->config->title : n->config->name;
}

static struct network *create(struct mapping *m, struct slice name)
{
	struct network *n = must_calloc(1, sizeof *n);
	struct buf node;

	n->entry.key = intern(name.p, name.len);
	n->mapping = m;
	timer_init(&n->turn, on_turn, n);
	buf_init(&node, 1200);
	jid_escape(&node, name);
	n->node = must_strndup(buf_slice(&node).p, node.len);
	buf_finish(&node);
	list_init(&n->waiting);
	list_init(&n->fresh);
	map_put(&m->networks, &n->entry, 0);
	return n;
}

/* The configuration was checked: they can be opened. */
static struct charset *open_charset(const char *name,
	enum err (*how)(struct slice name, struct charset **out))
{
	struct charset *c = NULL;

	if (name != NULL && how(slice_str(name), &c) != ERR_OK) {
		log_warn(NULL, "encoding not known name=%s", name);
	}
	return c;
}

static void set_charsets(struct network *n, const char *in, const char *out)
{
	charset_unref(n->charset);
	charset_unref(n->charset_out);
	n->charset = open_charset(in, charset_open);
	n->charset_out = slice_is_nocase(slice_str(out), "UTF-8") ?
		NULL : open_charset(out, charset_open_out);
}

static void destroy(struct mapping *m, struct network *n)
{
	must(list_empty(&n->waiting));
	list_remove(&n->fresh);
	timer_stop(m->clock, &n->turn);
	map_remove(&m->networks, &n->entry);
	istr_unref(n->entry.key);
	set_charsets(n, NULL, NULL);
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

static struct network *find_unused(const struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&m->networks, &pos)) != NULL) {
		struct network *n = (struct network *)(void *)slot->entry;

		if (n->gone && n->sessions == 0) {
			return n;
		}
	}
	return NULL;
}

void networks_load(struct mapping *m)
{
	uint32_t pos = 0;
	struct map_slot *slot;
	struct network *unused;

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
		n->anonymity_changed = n->config != NULL &&
			n->semianonymous != c->semianonymous;
		n->semianonymous = c->semianonymous;
		n->config = c;
		n->gone = false;
		n->next_server = 0;
		set_charsets(n, c->encoding, c->encoding_out);
		for (size_t j = 0; j < c->naliases; j++) {
			add_alias(m, c->aliases[j], n);
		}
	}
	while ((unused = find_unused(m)) != NULL) {
		destroy(m, unused);
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
	struct network *n;

	if (map_find(&m->networks, key.p, key.len) != NULL) {
		return NULL;
	}
	n = create(m, key);
	n->own_server.host = must_strndup(host.p, host.len);
	n->own_server.port = port;
	n->own = (struct network_config){
		.name = n->entry.key->p,
		.title = n->entry.key->p,
		.servers = &n->own_server,
		.nservers = 1,
		.tls = LINK_TLS_VERIFY,
		.sts = true,
		.proxy = m->config->free_choice_proxy,
		.proxy_isolate = true,
		.max_unregistered = 8,
		.connect_burst = 15,
		.connect_interval_ms = 1200,
		.allow_private = m->config->free_choice_private,
	};
	n->config = &n->own;
	list_add(&m->fresh, &n->fresh);
	return n;
}

void networks_tidy(struct mapping *m)
{
	struct list *first;

	while ((first = list_first(&m->fresh)) != NULL) {
		list_remove(first);
		network_release(m, list_entry(first, struct network, fresh));
	}
}

void network_release(struct mapping *m, struct network *n)
{
	if (n->sessions == 0 && (n->gone || n->config == &n->own)) {
		destroy(m, n);
	}
}

/* ---- turns ---- */

/*
 * When the next link may be opened. The budget is one moment: each link moves
 * it on by an interval, and it may be a burst ahead of now.
 */
static uint64_t next_turn(const struct network *n)
{
	const struct network_config *c = n->config;
	uint64_t ahead = (uint64_t)c->connect_burst * c->connect_interval_ms;
	uint64_t at = 0;

	if (c->connect_burst > 0 &&
		n->spent_until + c->connect_interval_ms > ahead) {
		at = n->spent_until + c->connect_interval_ms - ahead;
	}
	return at > n->not_before ? at : n->not_before;
}

static void take_turn(struct network *n)
{
	uint64_t now = n->mapping->clock->now_ms;

	if (n->spent_until < now) {
		n->spent_until = now;
	}
	n->spent_until += n->config->connect_interval_ms;
	n->unregistered++;
}

/* Is there a turn now? Else the timer waits for it, or a slot does. */
static bool has_turn(struct network *n)
{
	struct clock *clock = n->mapping->clock;
	uint64_t at = next_turn(n);

	if (n->unregistered >= n->config->max_unregistered) {
		return false;
	}
	if (at <= clock->now_ms) {
		return true;
	}
	timer_start(clock, &n->turn, at - clock->now_ms);
	return false;
}

static void go_on(struct network *n)
{
	struct list *next;

	while ((next = list_first(&n->waiting)) != NULL && !n->gone &&
		has_turn(n)) {
		struct session *s = list_entry(next, struct session, slot);

		list_remove(next);
		take_turn(n);
		s->slot_held = true;
		session_slot_granted(s);
	}
}

static void on_turn(void *ctx)
{
	struct network *n = ctx;

	arena_reset(&n->mapping->arena);
	go_on(n);
}

/* Before the first that comes back, when it is new itself. */
static void wait_for_turn(struct network *n, struct session *s)
{
	struct list *before = &n->waiting;

	list_remove(&s->slot);
	if (!s->was_up) {
		list_each(it, &n->waiting) {
			if (list_entry(it, struct session, slot)->was_up) {
				before = it;
				break;
			}
		}
	}
	list_add(before, &s->slot);
}

bool network_slot_take(struct session *s)
{
	struct network *n = s->network;

	must(!s->slot_held);
	if (!list_empty(&n->waiting) || !has_turn(n)) {
		wait_for_turn(n, s);
		return false;
	}
	take_turn(n);
	s->slot_held = true;
	return true;
}

void network_slot_free(struct session *s)
{
	struct network *n = s->network;

	list_remove(&s->slot);
	if (s->slot_held) {
		s->slot_held = false;
		n->unregistered--;
		go_on(n);
	}
}

void network_too_fast(struct network *n)
{
	n->not_before = n->mapping->clock->now_ms + TOO_FAST_MS;
	log_warn(NULL, "network says too fast net=%s, see connect_interval",
		n->entry.key->p);
}
