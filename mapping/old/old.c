/* SPDX-License-Identifier: MIT */
#include "mapping/old/old.h"

#include <stdlib.h>
#include <string.h>

enum { CLIENTS_MAX = 10000 };

struct client {
	struct map_entry entry; /* key: full JID */
	struct list link;       /* in mapping->old_order */
	bool old;
	bool modern; /* wins */
};

void old_init(struct mapping *m)
{
	list_init(&m->old_order);
}

static void forget(struct mapping *m, struct client *c)
{
	list_remove(&c->link);
	map_remove(&m->old, &c->entry);
	istr_unref(c->entry.key);
	free(c);
}

void old_free(struct mapping *m)
{
	list_each_safe(it, &m->old_order) {
		forget(m, list_entry(it, struct client, link));
	}
	map_finish(&m->old);
}

static struct client *find(const struct mapping *m, const char *full)
{
	return (struct client *)(void *)map_find(&m->old, full, strlen(full));
}

static struct client *get(struct mapping *m, const char *full)
{
	struct client *c = find(m, full);

	if (c == NULL) {
		if (m->old.used >= CLIENTS_MAX) {
			forget(m, list_entry(list_first(&m->old_order),
					       struct client, link));
		}
		c = must_calloc(1, sizeof *c);
		c->entry.key = intern(full, strlen(full));
		list_init(&c->link);
		map_put(&m->old, &c->entry, 0);
	}
	list_remove(&c->link);
	list_add(&m->old_order, &c->link);
	return c;
}

void old_note(struct mapping *m, const char *full)
{
	if (m->config->error_cdata) {
		get(m, full)->old = true;
	}
}

void old_never(struct mapping *m, const char *full)
{
	if (m->config->error_cdata) {
		get(m, full)->modern = true;
	}
}

void old_note_iq(struct mapping *m, const char *full,
	const struct elem *payload, bool set)
{
	switch (payload->ns) {
	case NS_DISCO_INFO:
	case NS_DISCO_ITEMS:
		old_never(m, full);
		break;
	case NS_IQ_AGENT:
	case NS_IQ_AGENTS:
	case NS_IQ_BROWSE:
	case NS_IQ_CONFERENCE:
		old_note(m, full);
		break;
	case NS_IQ_REGISTER: /* by the plain fields (C.9) */
		if (set && elem_child(payload, "x", NS_X_DATA) == NULL) {
			old_note(m, full);
		}
		break;
	default:
		break;
	}
}

void old_forget(struct mapping *m, const char *full)
{
	struct client *c = find(m, full);

	if (c != NULL) {
		forget(m, c);
	}
}

bool old_is(const struct mapping *m, const char *full)
{
	const struct client *c =
		m->config->error_cdata ? find(m, full) : NULL;

	return c != NULL && c->old && !c->modern;
}
