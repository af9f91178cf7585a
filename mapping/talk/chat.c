/* SPDX-License-Identifier: MIT */
#include "mapping/talk/chat.h"

#include <stdlib.h>
#include <string.h>

#include "mapping/session.h"
#include "mapping/talk/correct.h"
#include "mapping/talk/ids.h"

enum {
	CHATS_MAX = 500,         /* known at a time, per session */
	CHAT_OPEN_MS = 600000,   /* a NOTICE belongs to a talk of ten minutes */
	CHAT_VIA_MS = 86400000,  /* the choice of address is kept for a day */
	REMEMBER_MAX = 256,      /* bytes of a thread or an id */
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- clients ---- */

static void peer_finish(struct peer *p)
{
	istr_unref(p->full);
	istr_unref(p->thread);
	istr_unref(p->composing);
}

/* Makes it the last one; a new one may take the place of the first. */
static struct peer *peer_get(struct chat *c, const char *full)
{
	const struct istr *key = intern(full, strlen(full));
	struct peer p = {.full = key};
	unsigned i = 0;

	while (i < c->npeers && c->peers[i].full != key) {
		i++;
	}
	if (i < c->npeers) {
		p = c->peers[i];
		istr_unref(key);
	} else if (c->npeers < CHAT_PEERS) {
		c->peers = must_realloc(c->peers,
			(c->npeers + 1) * sizeof *c->peers);
		c->npeers++;
	} else {
		i = 0;
		peer_finish(&c->peers[0]);
	}
	memmove(c->peers + i, c->peers + i + 1,
		(c->npeers - i - 1) * sizeof *c->peers);
	c->peers[c->npeers - 1] = p;
	return &c->peers[c->npeers - 1];
}

static void remember(const struct istr **at, struct slice text)
{
	istr_set(at, text.len > 0 && text.len <= REMEMBER_MAX ?
			intern(text.p, text.len) :
			NULL);
}

void chat_note_peer(struct chat *c, const struct request *q, struct view *via,
	const struct message_parts *p)
{
	struct peer *peer = peer_get(c, q->from.full);
	struct slice id = slice_str(q->stanza->id);

	c->wrote_ms = core(c->session)->clock->now_ms;
	peer->via = via;
	for (unsigned i = 0; via == NULL && i < c->npeers; i++) {
		c->peers[i].via = NULL;
	}
	if (p->thread.p != NULL) {
		remember(&peer->thread, p->thread);
	}
	remember(&peer->composing,
		children_event(p, "composing") ? id : slice(NULL, 0));
}

static void drop_via(struct session *s, const struct view *v,
	const struct room *r)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->chats, &pos)) != NULL) {
		struct chat *c = (struct chat *)(void *)slot->entry;

		for (unsigned i = 0; i < c->npeers; i++) {
			struct view *via = c->peers[i].via;

			if (via != NULL && (via == v || via->room == r)) {
				c->peers[i].via = NULL;
			}
		}
	}
}

void chats_drop_view(struct session *s, const struct view *v)
{
	drop_via(s, v, NULL);
}

void chats_drop_room(struct session *s, const struct room *r)
{
	drop_via(s, NULL, r);
}

/* ---- talks ---- */

static void chat_free(struct session *s, struct chat *c)
{
	timer_stop(core(s)->clock, &c->shown_timer);
	typing_finish(&c->typing);
	said_finish(&c->said);
	map_remove(&s->chats, &c->entry);
	for (unsigned i = 0; i < c->npeers; i++) {
		peer_finish(&c->peers[i]);
	}
	free(c->peers);
	ids_forget(&c->ids);
	istr_unref(c->entry.key);
	istr_unref(c->nick);
	istr_unref(c->jid);
	free(c);
}

/* The choice of the room is forgotten after a day (D.7). */
static void age(struct chat *c)
{
	if (core(c->session)->clock->now_ms - c->last_ms <= CHAT_VIA_MS) {
		return;
	}
	for (unsigned i = 0; i < c->npeers; i++) {
		c->peers[i].via = NULL;
	}
}

struct chat *chat_find(struct session *s, struct slice nick)
{
	struct chat *c = (struct chat *)(void *)map_get(&s->chats,
		casemap_lookup(s->casemap, nick));

	if (c != NULL) {
		age(c);
	}
	return c;
}

bool chat_is_open(const struct chat *c)
{
	return core(c->session)->clock->now_ms - c->last_ms < CHAT_OPEN_MS;
}

/* The one that was silent longest makes place. */
static void evict(struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;
	struct chat *oldest = NULL;

	while ((slot = map_next(&s->chats, &pos)) != NULL) {
		struct chat *c = (struct chat *)(void *)slot->entry;

		if (oldest == NULL || c->last_ms < oldest->last_ms) {
			oldest = c;
		}
	}
	chat_free(s, oldest);
}

struct chat *chat_get(struct session *s, struct slice nick)
{
	struct chat *c = chat_find(s, nick);

	if (c == NULL) {
		if (s->chats.used >= CHATS_MAX) {
			evict(s);
		}
		c = must_calloc(1, sizeof *c);
		c->session = s;
		c->entry.key = casemap_intern(s->casemap, nick);
		c->nick = intern(nick.p, nick.len);
		ids_init(&c->ids, &s->user->names);
		typing_init(&c->typing, s, &c->nick);
		said_init(&c->said);
		timer_init(&c->shown_timer, chat_on_typing_timer, c);
		map_put(&s->chats, &c->entry, 0);
	}
	c->last_ms = core(s)->clock->now_ms;
	return c;
}

bool chat_seen(const struct session *s, const struct istr *folded)
{
	const struct chat *c =
		(const struct chat *)(void *)map_get(&s->chats, folded);

	return c != NULL && c->seen;
}

void chats_forget(struct session *s)
{
	uint32_t pos;
	struct map_slot *slot;

	while (pos = 0, (slot = map_next(&s->chats, &pos)) != NULL) {
		chat_free(s, (struct chat *)(void *)slot->entry);
	}
}

void chats_destroy(struct session *s)
{
	chats_forget(s);
	map_finish(&s->chats);
}

void chat_on_nick(struct session *s, struct slice old, struct slice now)
{
	struct chat *c = chat_find(s, old);
	const struct istr *key;

	if (c == NULL) {
		return;
	}
	key = casemap_intern(s->casemap, now);
	if (key == c->entry.key || map_get(&s->chats, key) != NULL) {
		istr_unref(key);
		return;
	}
	map_remove(&s->chats, &c->entry);
	istr_set(&c->entry.key, key);
	istr_set(&c->nick, intern(now.p, now.len));
	istr_set(&c->jid, NULL);
	map_put(&s->chats, &c->entry, 0);
}
