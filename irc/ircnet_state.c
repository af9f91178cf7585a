/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>
#include <string.h>

/*
 * Users, channels and who is where. A user exists while it shares a channel
 * with us; we ourselves stay. Every count and byte is bounded: a server that
 * goes over a limit is not believed any further.
 */

struct ircuser *state_user(const struct ircnet *n, struct slice nick)
{
	return (struct ircuser *)map_get(&n->users,
		casemap_lookup(n->isupport.casemap, nick));
}

struct ircchan *state_chan(const struct ircnet *n, struct slice name)
{
	return (struct ircchan *)map_get(&n->channels,
		casemap_lookup(n->isupport.casemap, name));
}

/* ---- users ---- */

bool state_set(struct ircnet *n, const struct istr **slot, struct slice value)
{
	if (value.p == NULL ? *slot == NULL
			    : *slot != NULL &&
				slice_eq(istr_slice(*slot), value)) {
		return false;
	}
	if (n->names + value.len > NET_NAMES_MAX) {
		return false;
	}
	n->names += value.len;
	n->names -= *slot != NULL ? (*slot)->len : 0;
	istr_set(slot, value.p != NULL ? intern(value.p, value.len) : NULL);
	return true;
}

bool state_set_host(struct ircnet *n, struct ircuser *user, struct slice name,
	struct slice host)
{
	const struct istr *now = user->userhost;
	size_t len = name.len + host.len + 1;
	char text[NET_HOST_MAX];

	if (host.len == 0 || len > sizeof text) {
		return false;
	}
	/* The hot path: every message says it again. */
	if (now != NULL && now->len == len &&
		(name.len == 0 || memcmp(now->p, name.p, name.len) == 0) &&
		now->p[name.len] == '@' &&
		memcmp(now->p + name.len + 1, host.p, host.len) == 0) {
		return false;
	}
	if (name.len > 0) {
		memcpy(text, name.p, name.len);
	}
	text[name.len] = '@';
	memcpy(text + name.len + 1, host.p, host.len);
	return state_set(n, &user->userhost, slice(text, len));
}

struct ircuser *state_user_add(struct ircnet *n, struct slice nick)
{
	struct ircuser *user = state_user(n, nick);
	const struct istr *key;

	if (user != NULL) {
		return user;
	}
	if (nick.len == 0 || n->users.used >= NET_USERS_MAX ||
		n->names + nick.len > NET_NAMES_MAX) {
		return NULL;
	}
	key = casemap_intern(n->isupport.casemap, nick);
	if (key == NULL) {
		return NULL;
	}
	user = must_calloc(1, sizeof *user);
	user->entry.key = key;
	user->nick = intern(nick.p, nick.len);
	n->names += nick.len;
	map_put(&n->users, &user->entry, 0);
	watch_touch(n, key);
	return user;
}

static void free_user(struct ircnet *n, struct ircuser *user)
{
	state_set(n, &user->nick, slice(NULL, 0));
	state_set(n, &user->userhost, slice(NULL, 0));
	state_set(n, &user->account, slice(NULL, 0));
	state_set(n, &user->away, slice(NULL, 0));
	state_set(n, &user->identity, slice(NULL, 0));
	istr_unref(user->entry.key);
	free(user);
}

struct slice ircnet_identity(struct ircnet *n, struct ircuser *user)
{
	char text[NET_HOST_MAX + 512];
	size_t len = user->nick->len;

	if (user->identity != NULL) {
		return istr_slice(user->identity);
	}
	if (user->account != NULL) {
		state_set(n, &user->identity, istr_slice(user->account));
	} else if (user->userhost != NULL &&
		len + 1 + user->userhost->len <= sizeof text) {
		memcpy(text, user->nick->p, len);
		text[len] = '!';
		memcpy(text + len + 1, user->userhost->p, user->userhost->len);
		state_set(n, &user->identity,
			slice(text, len + 1 + user->userhost->len));
	} else {
		state_set(n, &user->identity, istr_slice(user->nick));
	}
	return istr_slice(user->identity);
}

void state_user_release(struct ircnet *n, struct ircuser *user)
{
	if (user->channels == 0 && user != n->me) {
		map_remove(&n->users, &user->entry);
		watch_touch(n, user->entry.key);
		free_user(n, user);
	}
}

struct place {
	struct ircchan *chan;
	uint32_t bits;
};

/* Keys change only outside the maps: out of all of them, and in again. */
static void move_user(struct ircnet *n, struct ircuser *user,
	const struct istr *key)
{
	struct place *places =
		must_calloc(user->channels + 1, sizeof(struct place));
	struct map_slot *slot;
	uint32_t pos = 0;
	size_t count = 0;

	map_remove(&n->users, &user->entry);
	while ((slot = map_next(&n->channels, &pos)) != NULL) {
		struct ircchan *chan = (struct ircchan *)slot->entry;
		uint32_t *bits = map_word(&chan->members, user->entry.key);

		if (bits != NULL) {
			places[count++] = (struct place){chan, *bits};
			map_remove(&chan->members, &user->entry);
		}
	}
	must(count == user->channels);
	istr_set(&user->entry.key, istr_ref(key));
	map_put(&n->users, &user->entry, 0);
	for (size_t i = 0; i < count; i++) {
		map_put(&places[i].chan->members, &user->entry,
			places[i].bits);
	}
	free(places);
}

bool state_rename(struct ircnet *n, struct ircuser *user, struct slice nick)
{
	const struct istr *key = casemap_intern(n->isupport.casemap, nick);
	struct ircuser *other = (struct ircuser *)map_get(&n->users, key);
	struct irc_leave gone = {.kind = LEAVE_QUIT, .reason = slice("", 0)};

	if (key == NULL || nick.len == 0 ||
		(other != NULL && other != user && other == n->me)) {
		istr_unref(key);
		return false;
	}
	if (other != NULL && other != user) {
		/* We missed how the name became free. */
		net_leave_all(n, other, &gone);
	}
	if (key != user->entry.key) {
		move_user(n, user, key);
	}
	istr_unref(key);
	state_set(n, &user->nick, nick);
	return true;
}

/* ---- channels and members ---- */

struct ircchan *state_chan_add(struct ircnet *n, struct slice name)
{
	const struct istr *key;
	struct ircchan *chan;

	if (n->channels.used >= NET_CHANNELS_MAX) {
		return NULL;
	}
	key = casemap_intern(n->isupport.casemap, name);
	if (key == NULL) {
		return NULL;
	}
	chan = must_calloc(1, sizeof *chan);
	chan->entry.key = key;
	chan->name = intern(name.p, name.len);
	chan->state = CHAN_REQUESTED;
	map_init(&chan->members);
	map_put(&n->channels, &chan->entry, 0);
	return chan;
}

void state_chan_params_forget(struct ircchan *chan)
{
	while (chan->nparams > 0) {
		istr_unref(chan->params[--chan->nparams].value);
	}
	free(chan->params);
	chan->params = NULL;
}

static void free_chan(struct ircchan *chan)
{
	state_chan_params_forget(chan);
	map_finish(&chan->members);
	istr_unref(chan->entry.key);
	istr_unref(chan->name);
	istr_unref(chan->topic_by);
	free(chan->topic);
	istr_unref(chan->url);
	free(chan->key);
	free(chan);
}

void state_chan_remove(struct ircnet *n, struct ircchan *chan)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	net_want_modes(n, chan, false);
	map_remove(&n->channels, &chan->entry);
	while ((slot = map_next(&chan->members, &pos)) != NULL) {
		struct ircuser *user = (struct ircuser *)slot->entry;

		user->channels--;
		/* The table is not looked at again: no dangling key. */
		state_user_release(n, user);
	}
	free_chan(chan);
}

bool state_member_add(struct ircnet *n, struct ircchan *chan,
	struct ircuser *user, uint32_t bits)
{
	(void)n;
	if (map_get(&chan->members, user->entry.key) != NULL ||
		chan->members.used >= NET_MEMBERS_MAX) {
		return false;
	}
	map_put(&chan->members, &user->entry, bits);
	user->channels++;
	return true;
}

void state_member_remove(struct ircnet *n, struct ircchan *chan,
	struct ircuser *user)
{
	if (map_get(&chan->members, user->entry.key) == NULL) {
		return;
	}
	map_remove(&chan->members, &user->entry);
	user->channels--;
	state_user_release(n, user);
}

/* ---- CASEMAPPING ---- */

bool state_rekey(struct map *map, enum casemap cm,
	struct slice (*name)(const struct map_entry *entry))
{
	struct map fresh;
	uint32_t pos = 0;
	struct map_slot *slot;
	size_t count = 0;
	struct map_entry **entries =
		must_calloc(map->used + 1, sizeof(struct map_entry *));
	const struct istr **keys =
		must_calloc(map->used + 1, sizeof(const struct istr *));
	struct map_entry *marks =
		must_calloc(map->used + 1, sizeof(struct map_entry));
	bool clash = false;

	map_init(&fresh);
	while ((slot = map_next(map, &pos)) != NULL) {
		entries[count] = slot->entry;
		keys[count] = casemap_intern(cm, name(slot->entry));
		marks[count].key = keys[count];
		clash = clash || map_get(&fresh, keys[count]) != NULL;
		if (!clash) {
			map_put(&fresh, &marks[count], 0);
		}
		count++;
	}
	map_finish(&fresh);
	if (!clash) {
		map_finish(map);
	}
	for (size_t i = 0; i < count; i++) {
		if (clash) {
			istr_unref(keys[i]);
		} else {
			istr_set(&entries[i]->key, keys[i]);
			map_put(map, entries[i], 0);
		}
	}
	free(marks);
	free(keys);
	free(entries);
	return !clash;
}

static struct slice chan_name(const struct map_entry *entry)
{
	return istr_slice(((const struct ircchan *)entry)->name);
}

static struct slice user_name(const struct map_entry *entry)
{
	return istr_slice(((const struct ircuser *)entry)->nick);
}

void state_casemap(struct ircnet *n, enum casemap cm)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	/* With members known it is too late: it stays as it was. */
	while ((slot = map_next(&n->channels, &pos)) != NULL) {
		if (((struct ircchan *)slot->entry)->state != CHAN_REQUESTED) {
			return;
		}
	}
	if (state_rekey(&n->channels, cm, chan_name)) {
		state_rekey(&n->users, cm, user_name);
		watch_casemap(n, cm);
		n->isupport.casemap = cm;
	}
}

void state_clear(struct ircnet *n)
{
	struct map_slot *slot;

	for (uint32_t pos = 0; (slot = map_next(&n->channels, &pos)) != NULL;) {
		free_chan((struct ircchan *)slot->entry);
	}
	for (uint32_t pos = 0; (slot = map_next(&n->users, &pos)) != NULL;) {
		free_user(n, (struct ircuser *)slot->entry);
	}
	map_finish(&n->channels);
	map_finish(&n->users);
	n->me = NULL;
	n->modes_wanted = 0;
}
