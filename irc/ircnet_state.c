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

/* One name takes the place of another; bytes are counted. */
static bool set_name(struct ircnet *n, const struct istr **slot,
	struct slice value)
{
	if (n->names + value.len > NET_NAMES_MAX) {
		return false;
	}
	n->names += value.len;
	n->names -= *slot != NULL ? (*slot)->len : 0;
	istr_set(slot, value.p != NULL ? intern(value.p, value.len) : NULL);
	return true;
}

struct ircmore *state_more(struct ircuser *user)
{
	struct ircmore *more = ircuser_more(user);

	if (more == NULL) {
		more = must_calloc(1, sizeof *more);
		must(((uintptr_t)more & USER_BITS) == 0);
		more->text[USER_HOST] = ircuser_host(user);
		more->channels = ircuser_channels(user);
		user->rest = (uintptr_t)more | USER_MORE |
			(user->rest & USER_ASKED);
	}
	return more;
}

/* What it was when it was asked for stays, though its parts change. */
static void keep_identity(struct ircnet *n, struct ircuser *user)
{
	if ((user->rest & USER_ASKED) != 0 &&
		ircuser_text(user, USER_IDENTITY) == NULL) {
		set_name(n, &state_more(user)->text[USER_IDENTITY],
			ircnet_identity(n, user));
	}
}

static void set_lone_host(struct ircuser *user, const struct istr *host)
{
	must(((uintptr_t)host & USER_BITS) == 0);
	user->rest = (uintptr_t)host | (user->rest & USER_BITS);
}

bool state_set(struct ircnet *n, struct ircuser *user, enum user_text which,
	struct slice value)
{
	const struct istr *now = ircuser_text(user, which);
	bool done;

	if (value.p == NULL ? now == NULL
			    : now != NULL && slice_eq(istr_slice(now), value)) {
		return false;
	}
	if (which == USER_HOST || which == USER_ACCOUNT) {
		keep_identity(n, user);
	}
	if (which != USER_HOST || ircuser_more(user) != NULL) {
		return set_name(n, &state_more(user)->text[which], value);
	}
	done = set_name(n, &now, value);
	set_lone_host(user, now);
	return done;
}

bool state_set_host(struct ircnet *n, struct ircuser *user, struct slice name,
	struct slice host)
{
	const struct istr *now = ircuser_host(user);
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
	return state_set(n, user, USER_HOST, slice(text, len));
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

static void add_channels(struct ircuser *user, int count)
{
	if (ircuser_more(user) == NULL && ircuser_channels(user) + count <= 1) {
		user->rest ^= USER_IN_ONE;
	} else {
		state_more(user)->channels += (uint32_t)count;
	}
}

static void free_user(struct ircnet *n, struct ircuser *user)
{
	struct ircmore *more = ircuser_more(user);
	const struct istr *host = ircuser_host(user);

	set_name(n, &user->nick, slice(NULL, 0));
	if (more == NULL) {
		set_name(n, &host, slice(NULL, 0));
	} else {
		for (int i = 0; i < USER_TEXTS; i++) {
			set_name(n, &more->text[i], slice(NULL, 0));
		}
		free(more);
	}
	istr_unref(user->entry.key);
	free(user);
}

struct slice ircnet_identity(struct ircnet *n, struct ircuser *user)
{
	static char text[NET_HOST_MAX + 512];
	const struct istr *kept = ircuser_text(user, USER_IDENTITY);
	const struct istr *host = ircuser_host(user);
	size_t len = user->nick->len;

	(void)n;
	user->rest |= USER_ASKED;
	if (kept == NULL) {
		kept = ircuser_account(user);
	}
	if (kept != NULL) {
		return istr_slice(kept);
	}
	if (host == NULL || len + 1 + host->len > sizeof text) {
		return istr_slice(user->nick);
	}
	memcpy(text, user->nick->p, len);
	text[len] = '!';
	memcpy(text + len + 1, host->p, host->len);
	return slice(text, len + 1 + host->len);
}

void ircnet_recognise(struct ircnet *n, struct ircuser *user,
	struct slice identity)
{
	char was[NET_HOST_MAX + 512];

	if (identity.len > sizeof was) {
		return;
	}
	memcpy(was, identity.p, identity.len);
	identity.p = was; /* perhaps ircnet_identity()'s own buffer */
	if (!slice_eq(ircnet_identity(n, user), identity)) {
		state_set(n, user, USER_IDENTITY, identity);
	}
}

void state_user_release(struct ircnet *n, struct ircuser *user)
{
	if (ircuser_channels(user) == 0 && user != n->me) {
		map_remove(&n->users, &user->entry);
		watch_touch(n, user->entry.key);
		meta_unseen(n, user->entry.key);
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
		must_calloc(ircuser_channels(user) + 1, sizeof(struct place));
	struct map_slot *slot;
	uint32_t pos = 0;
	size_t count = 0;

	map_remove(&n->users, &user->entry);
	while ((slot = map_next(&n->channels, &pos)) != NULL) {
		struct ircchan *chan = (struct ircchan *)slot->entry;
		uint32_t bits = 0;

		if (map_word(&chan->members, user->entry.key, &bits)) {
			places[count++] = (struct place){chan, bits};
			map_remove(&chan->members, &user->entry);
		}
	}
	must(count == ircuser_channels(user));
	meta_rename(n, user->entry.key, key);
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
	if (!slice_eq(istr_slice(user->nick), nick)) {
		keep_identity(n, user);
	}
	if (key != user->entry.key) {
		move_user(n, user, key);
	}
	istr_unref(key);
	set_name(n, &user->nick, nick);
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

bool state_chan_rename(struct ircnet *n, struct ircchan *chan,
	struct slice name)
{
	const struct istr *key = casemap_intern(n->isupport.casemap, name);
	struct map_entry *other = map_get(&n->channels, key);

	if (key == NULL || (other != NULL && other != &chan->entry)) {
		istr_unref(key);
		return false;
	}
	map_remove(&n->channels, &chan->entry);
	meta_rename(n, chan->entry.key, key);
	istr_set(&chan->entry.key, key);
	istr_set(&chan->name, intern(name.p, name.len));
	map_put(&n->channels, &chan->entry, 0);
	return true;
}

static void free_chan(struct ircchan *chan)
{
	ircnet_chan_charset(chan, false, NULL);
	state_chan_params_forget(chan);
	map_finish(&chan->members);
	istr_unref(chan->entry.key);
	istr_unref(chan->name);
	istr_unref(chan->topic_by);
	free(chan->topic);
	istr_unref(chan->url);
	wipe_free(chan->key);
	free(chan);
}

void state_chan_remove(struct ircnet *n, struct ircchan *chan)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	net_want_modes(n, chan, false);
	net_want_names(n, chan, false);
	map_remove(&n->channels, &chan->entry);
	meta_forget(n, chan->entry.key);
	while ((slot = map_next(&chan->members, &pos)) != NULL) {
		struct ircuser *user = (struct ircuser *)slot->entry;

		add_channels(user, -1);
		/* The table is not looked at again: no dangling key. */
		state_user_release(n, user);
	}
	free_chan(chan);
}

void state_member_bits(struct ircchan *chan, const struct ircuser *user,
	uint32_t bits)
{
	uint32_t word = 0;

	map_word(&chan->members, user->entry.key, &word);
	map_set_word(&chan->members, user->entry.key,
		(word & MEMBER_MARK) | bits);
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
	add_channels(user, 1);
	return true;
}

void state_member_remove(struct ircnet *n, struct ircchan *chan,
	struct ircuser *user)
{
	if (map_get(&chan->members, user->entry.key) == NULL) {
		return;
	}
	map_remove(&chan->members, &user->entry);
	add_channels(user, -1);
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
	const struct istr *mine = n->me ? istr_ref(n->me->entry.key) : NULL;
	uint32_t pos = 0;
	struct map_slot *slot;

	/* With members known it is too late: it stays as it was. */
	while ((slot = map_next(&n->channels, &pos)) != NULL) {
		if (((struct ircchan *)slot->entry)->state != CHAN_REQUESTED) {
			istr_unref(mine);
			return;
		}
	}
	if (state_rekey(&n->channels, cm, chan_name)) {
		state_rekey(&n->users, cm, user_name);
		watch_casemap(n, cm);
		n->isupport.casemap = cm;
	}
	if (mine != NULL) { /* of others nothing was said yet */
		meta_rename(n, mine, n->me->entry.key);
		istr_unref(mine);
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
	n->names_wanted = 0;
}
