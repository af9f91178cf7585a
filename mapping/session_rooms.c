/* SPDX-License-Identifier: MIT */
#include "mapping/session.h"

#include "mapping/room/room.h"
#include "mapping/talk/chat.h"

/* The rooms of a session, filed under what the server's casemapping makes. */

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* Files rooms under their new keys: those whose key stays, or the others. */
static void refile(struct session *s, const struct map *old, bool same)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(old, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;
		const struct istr *key =
			casemap_intern(s->casemap, istr_slice(r->name));

		if ((key == r->entry.key) != same) {
			istr_unref(key);
			continue;
		}
		if (!same && map_get(&s->rooms, key) != NULL) {
			/* Two names of one channel now: this one keeps its
			 * key, which no name folds to, until its join ends. */
			istr_unref(key);
		} else {
			istr_set(&r->entry.key, key);
		}
		map_put(&s->rooms, &r->entry, 0);
	}
}

/* 005 may come after rooms were filed under another mapping. */
static void refold(struct session *s, enum casemap casemap)
{
	struct map old = s->rooms;

	map_init(&s->rooms);
	s->casemap = casemap;
	refile(s, &old, true);
	refile(s, &old, false);
	map_finish(&old);
}

static void check_casemap(struct session *s)
{
	if (s->net != NULL && ircnet_isupport(s->net)->seen &&
		ircnet_isupport(s->net)->casemap != s->casemap) {
		refold(s, ircnet_isupport(s->net)->casemap);
		chats_forget(s);
	}
}

struct room *session_room(struct session *s, struct slice name)
{
	const struct istr *key;

	check_casemap(s);
	key = casemap_lookup(s->casemap, name);
	return (struct room *)(void *)map_get(&s->rooms, key);
}

void session_add_room(struct session *s, struct room *r)
{
	check_casemap(s);
	r->entry.key = casemap_intern(s->casemap, istr_slice(r->name));
	map_put(&s->rooms, &r->entry, 0);
	s->nrooms++;
	core(s)->counts.rooms++;
}

void session_remove_room(struct session *s, struct room *r)
{
	map_remove(&s->rooms, &r->entry);
	istr_unref(r->entry.key);
	s->nrooms--;
	core(s)->counts.rooms--;
}
