/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/addr.h"
#include "mapping/room/chanlist.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"

/*
 * From an address back to who is meant on IRC. Nearly always the name in it is
 * the nick. The slow ways are for nicks whose bytes no JID may hold (B.3, B.4):
 * each one that is known is written as an address and compared.
 */

static bool is_plain(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f) {
			return false;
		}
	}
	return s.len > 0;
}

/* Slow: only for names whose bytes are not those of a JID. */
static struct ircuser *search(struct session *s, const struct ircchan *chan,
	struct slice resource, uint32_t *bits)
{
	struct mapping *m = s->user->mapping;
	uint32_t pos = 0;
	struct map_slot *slot;
	struct ircuser *found = NULL;
	struct buf text;

	buf_init(&text, 1100);
	while (found == NULL && (slot = map_next(&chan->members, &pos))) {
		struct ircuser *u = (struct ircuser *)(void *)slot->entry;
		struct arena_mark mark = arena_mark(&m->arena);
		const char *prepared;

		if (is_plain(istr_slice(u->nick))) {
			continue;
		}
		buf_truncate(&text, 0);
		addr_add_resource(m, &text, s->network, istr_slice(u->nick));
		prepared = jid_prepare_resource(buf_slice(&text), &m->arena);
		if (slice_eq(buf_slice(&text), resource) ||
			(prepared && slice_is(resource, prepared))) {
			found = u;
			*bits = slot->word;
		}
		arena_release(&m->arena, mark);
	}
	buf_finish(&text);
	return found;
}

struct ircuser *addr_find_occupant(struct session *s, const struct ircnet *net,
	const struct ircchan *chan, struct slice resource, uint32_t *bits)
{
	uint32_t unused;
	const struct istr *folded =
		casemap_lookup(ircnet_isupport(net)->casemap, resource);
	struct ircuser *u = NULL;

	if (bits == NULL) {
		bits = &unused;
	}
	if (folded != NULL) {
		u = chan_member(chan, folded, bits);
	}
	return u ? u : search(s, chan, resource, bits);
}

/* ---- NICK ---- */

/* Such as a nick has that an address cannot hold as it is. */
static bool may_stand_for_another(struct slice name)
{
	size_t n = name.len;

	if (!is_plain(name)) {
		return true;
	}
	if (n < 6 || name.p[n - 5] != '~') {
		return false;
	}
	for (size_t i = n - 4; i < n; i++) {
		if (memchr("0123456789abcdef", name.p[i], 16) == NULL) {
			return false;
		}
	}
	return true;
}

/* Is that the JID under which this nick is shown? */
static bool is_shown_as(struct session *s, struct slice nick, const char *bare)
{
	struct mapping *m = s->user->mapping;
	struct arena_mark mark = arena_mark(&m->arena);
	struct jid jid;
	bool same;

	if (is_plain(nick)) {
		return false;
	}
	buf_truncate(&m->item, 0);
	addr_add_name(m, &m->item, s->network, nick);
	same = jid_parse(buf_slice(&m->item), &m->arena, &jid) == ERR_OK &&
		strcmp(jid.bare, bare) == 0;
	arena_release(&m->arena, mark);
	return same;
}

static struct slice search_channels(struct session *s, const char *bare)
{
	const struct map *channels = ircnet_channels(s->net);
	struct map_slot *slot;
	uint32_t pos = 0;

	while ((slot = map_next(channels, &pos)) != NULL) {
		const struct ircchan *c =
			(const struct ircchan *)(void *)slot->entry;
		struct map_slot *member;
		uint32_t at = 0;

		while ((member = map_next(&c->members, &at)) != NULL) {
			const struct ircuser *u =
				(struct ircuser *)(void *)member->entry;

			if (is_shown_as(s, istr_slice(u->nick), bare)) {
				return istr_slice(u->nick);
			}
		}
	}
	return slice(NULL, 0);
}

/* People who wrote to us and share no channel. */
static struct slice search_chats(struct session *s, const char *bare)
{
	struct map_slot *slot;
	uint32_t pos = 0;

	while ((slot = map_next(&s->chats, &pos)) != NULL) {
		const struct chat *c = (const struct chat *)(void *)slot->entry;

		if (is_shown_as(s, istr_slice(c->nick), bare)) {
			return istr_slice(c->nick);
		}
	}
	return slice(NULL, 0);
}

struct slice addr_find_nick(struct session *s, const struct addr *a)
{
	struct ircuser *u = s->net ? ircnet_user(s->net, a->name) : NULL;
	struct slice nick = {0};

	if (u != NULL) {
		return istr_slice(u->nick);
	}
	if (may_stand_for_another(a->name)) {
		if (s->net != NULL) {
			nick = search_channels(s, a->bare);
		}
		if (nick.p == NULL) {
			nick = search_chats(s, a->bare);
		}
	}
	return nick.p != NULL ? nick : a->name;
}

/* ---- CHAN ---- */

enum { SLOW_MAX = 2000 }; /* names that are prepared and compared */

static struct slice search_list(struct session *s, const struct addr *a)
{
	const struct chanstore *known = chanlist_known(s);
	unsigned slow = 0;

	if (known == NULL || chanstore_find(known, a->name, NULL)) {
		return a->name;
	}
	for (size_t i = 0; i < known->n && slow < SLOW_MAX; i++) {
		struct slice name = chanstore_at(known, i).name;

		slow += !is_plain(name);
		if (is_shown_as(s, name, a->bare)) {
			return name;
		}
	}
	return a->name;
}

struct slice addr_find_channel(struct session *s, const struct addr *a)
{
	if (is_plain(a->name)) {
		return a->name;
	}
	for (unsigned i = 0; i < INVITED_MAX; i++) {
		const struct istr *name = s->invited[i];

		if (name != NULL && is_shown_as(s, istr_slice(name), a->bare)) {
			return istr_slice(name);
		}
	}
	return search_list(s, a);
}

void addr_invited(struct session *s, struct slice channel)
{
	if (!is_plain(channel)) {
		istr_set(&s->invited[s->ninvited++ % INVITED_MAX],
			intern(channel.p, channel.len));
	}
}

void addr_forget_invited(struct session *s)
{
	for (unsigned i = 0; i < INVITED_MAX; i++) {
		istr_set(&s->invited[i], NULL);
	}
}
