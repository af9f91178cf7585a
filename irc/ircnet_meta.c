/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_meta.h"

#include <stdlib.h>

/* What people and channels say of themselves: believed, told, forgotten. */

enum { LOST_A_TURN = 200 };

/* ---- what is said of whom ---- */

const struct istr *meta_target(const struct ircnet *n, struct slice name,
	struct ircuser **user, struct ircchan **chan,
	struct ircwatched **watched)
{
	*chan = state_chan(n, name);
	*user = slice_is(name, "*") ? n->me : state_user(n, name);
	*watched = watch_find(n, name);
	if (*chan != NULL && (*chan)->state == CHAN_REQUESTED) {
		*chan = NULL;
	}
	return *chan != NULL ? (*chan)->entry.key :
		*user != NULL ? (*user)->entry.key :
		*watched != NULL && (*watched)->state == WATCH_ONLINE ?
		(*watched)->entry.key : NULL;
}

static void chan_changed(struct ircnet *n, struct ircchan *chan)
{
	chan->meta_changed = true;
	n->meta_channels = true;
	net_kick(n);
}

/* They are shown as they are. */
static void tell_person(struct ircnet *n, struct ircuser *user,
	const struct ircwatched *watched)
{
	const struct istr *key = watched != NULL ?
		istr_ref(watched->entry.key) : NULL;

	if (user != NULL) {
		EMIT(n, on_user, user);
	}
	watched = key != NULL && !n->dead ?
		(struct ircwatched *)map_get(&n->watch.map, key) : NULL;
	if (watched != NULL && watched->told == WATCH_ONLINE &&
		watched->state == WATCH_ONLINE) {
		EMIT(n, on_watched, watched);
	}
	istr_unref(key);
}

/* What others than a card show of it. */
static void tell(struct ircnet *n, enum irc_meta key, struct slice value,
	struct ircuser *user, struct ircchan *chan,
	const struct ircwatched *watched)
{
	if (chan != NULL) {
		chan_changed(n, chan);
		return;
	}
	if (user != NULL && key == META_BOT && value.len > 0) {
		net_learn_bot(n, user);
	}
	if (key == META_STATUS && !n->dead) {
		tell_person(n, user, watched);
	}
}

/* false: it is of nobody of whom we are told. */
static bool learn(struct ircnet *n, struct slice target, struct slice word,
	struct slice value)
{
	enum irc_meta key = irc_meta_find(word);
	struct ircuser *user;
	struct ircchan *chan;
	struct ircwatched *watched;
	const struct istr *name;

	if (n->meta == NULL) {
		return false;
	}
	if (key == META_KEYS) {
		return true; /* servers may tell more than was asked for */
	}
	name = meta_target(n, target, &user, &chan, &watched);
	if (name == NULL) {
		return false;
	}
	switch (metas_set(n->meta->known, name, key, value)) {
	case METAS_SAME:
		return true;
	case METAS_REFUSED:
		n->dropped++;
		value = slice(NULL, 0);
		break;
	case METAS_CHANGED:
		break;
	}
	tell(n, key, value, user, chan, watched);
	return true;
}

/* METADATA target key visibility :value */
void handle_metadata(struct ircnet *n, const struct ircmsg *m)
{
	net_sender(n, m);
	if (m->nparams < 3 ||
		!learn(n, m->params[0], m->params[1], ircmsg_param(m, 3))) {
		n->dropped++;
	}
}

/* 761 me target key visibility :value; 760 the same in a WHOIS. */
bool num_meta_value(struct ircnet *n, const struct ircmsg *m)
{
	if (m->nparams > 4) {
		(void)learn(n, m->params[1], m->params[2], m->params[4]);
	}
	return false;
}

/* 766 me target key :not set */
bool num_meta_not_set(struct ircnet *n, const struct ircmsg *m)
{
	if (m->nparams > 2) {
		(void)learn(n, m->params[1], m->params[2], slice(NULL, 0));
	}
	return false;
}

/* ---- what goes without a word of the server's ---- */

struct meta_gone {
	struct list link; /* in n->meta_lost */
	const struct istr *target;
};

/* From inside anything: told when the turn is over. */
static void lose(struct ircnet *n, const struct istr *target, unsigned keys)
{
	struct ircchan *chan =
		(struct ircchan *)map_get(&n->channels, target);
	struct meta_gone *g;

	if (n->dead || n->state == NET_ENDED) {
		return;
	}
	if (chan != NULL) {
		chan_changed(n, chan);
	} else if ((keys & 1U << META_STATUS) != 0) {
		g = must_calloc(1, sizeof *g);
		g->target = istr_ref(target);
		list_init(&g->link);
		list_add(&n->meta_lost, &g->link);
		net_kick(n);
	}
}

static void on_lost(void *ctx, const struct istr *target, unsigned keys)
{
	struct ircnet *n = ctx;

	if (n->meta_forgotten++ == 0) {
		log_info(n->log, "metadata forgotten target=%s "
			"reason=too-much-of-all-connections", target->p);
	}
	lose(n, target, keys);
}

static void free_gone(struct meta_gone *g)
{
	list_remove(&g->link);
	istr_unref(g->target);
	free(g);
}

static void show_lost(struct ircnet *n)
{
	for (unsigned i = 0; i < LOST_A_TURN && !n->dead &&
		!list_empty(&n->meta_lost); i++) {
		struct meta_gone *g = list_entry(list_first(&n->meta_lost),
			struct meta_gone, link);
		const struct istr *target = istr_ref(g->target);

		free_gone(g);
		tell_person(n, (struct ircuser *)map_get(&n->users, target),
			(struct ircwatched *)map_get(&n->watch.map, target));
		istr_unref(target);
	}
	if (!list_empty(&n->meta_lost)) {
		net_kick(n);
	}
}

/* The capability is gone, and with it all that it said. */
void meta_take_back(struct ircnet *n)
{
	const struct istr *target;
	unsigned keys;

	while ((target = metas_take(n->meta->known, &keys)) != NULL) {
		lose(n, target, keys);
		istr_unref(target);
	}
	meta_clear(n);
}

/* ---- after a lost link ---- */

void ircnet_meta_inherit(struct ircnet *n, const struct ircchan *chan,
	const struct ircnet *old, const struct ircchan *was)
{
	struct map_slot *slot;
	uint32_t pos = 0;
	bool some = false;

	if (n->meta == NULL || old->meta == NULL) {
		return;
	}
	while ((slot = map_next(&chan->members, &pos)) != NULL) {
		const struct istr *key = slot->entry->key;

		some |= slot->entry != &n->me->entry &&
			chan_member(was, key, NULL) != NULL &&
			metas_believe(n->meta->known, key, META_STATUS,
				metas_get(old->meta->known, key, META_STATUS));
	}
	if (some) {
		metasync_want(n->meta, chan->entry.key);
	}
}

void meta_told_all(struct ircnet *n, const struct istr *channel)
{
	const struct ircchan *chan = n->meta == NULL || channel == NULL ? NULL :
		(struct ircchan *)map_get(&n->channels, channel);
	struct map_slot *slot;
	uint32_t pos = 0;

	while (chan != NULL && metas_unsettled(n->meta->known) &&
		(slot = map_next(&chan->members, &pos)) != NULL) {
		const struct istr *key = slot->entry->key;
		unsigned keys = metas_settle(n->meta->known, key);

		if (keys != 0) {
			lose(n, key, keys);
		}
	}
}

/* ---- names ---- */

void meta_forget(struct ircnet *n, const struct istr *key)
{
	if (n->meta != NULL) {
		metas_forget(n->meta->known, key);
		metasync_moved(n->meta, key, NULL);
	}
}

void meta_unseen(struct ircnet *n, const struct istr *key)
{
	const struct ircwatched *w = n->meta == NULL ? NULL :
		(struct ircwatched *)map_get(&n->watch.map, key);

	if (n->meta != NULL && map_get(&n->users, key) == NULL &&
		(w == NULL || w->state != WATCH_ONLINE)) {
		metas_forget(n->meta->known, key); /* nothing of it waits */
	}
}

void meta_rename(struct ircnet *n, const struct istr *from,
	const struct istr *to)
{
	if (n->meta != NULL && from != to) {
		metas_rename(n->meta->known, from, to);
		metasync_moved(n->meta, from, to);
	}
}

/* ---- the owner ---- */

struct slice ircnet_meta(const struct ircnet *n, const struct istr *folded,
	enum irc_meta key)
{
	return n->meta != NULL ? metas_get(n->meta->known, folded, key) :
				 slice(NULL, 0);
}

struct slice ircnet_meta_of(const struct ircnet *n, struct slice name,
	enum irc_meta key)
{
	return n->meta != NULL ?
		ircnet_meta(n, casemap_lookup(n->isupport.casemap, name), key) :
		slice(NULL, 0);
}

/* Values are UTF-8, whatever character set texts have here. */
enum err ircnet_set_meta(struct ircnet *n, struct slice target,
	enum irc_meta key, struct slice value)
{
	struct irc_arg args[4] = {
		{slice_is(target, "*") ? FIELD_WORD : FIELD_TARGET, target},
		{FIELD_WORD, slice_str("SET")},
		{FIELD_WORD, slice_str(irc_meta_name(key))},
		{FIELD_TEXT, value},
	};
	struct buf *line;
	enum err err = net_usable(n);

	if (err == ERR_OK && !meta_is_on(n)) {
		err = ERR_WRONG_STATE;
	}
	if (err != ERR_OK) {
		return err;
	}
	line = net_scratch();
	err = irc_build(&n->isupport, line, "METADATA", args,
		value.len > 0 ? 4 : 3);
	if (err == ERR_OK && sendq_room(&n->queue) == 0) {
		err = ERR_FULL;
	}
	if (err == ERR_OK) {
		net_enter(n);
		net_queue(n, SENDQ_LINE, buf_slice(line), 0, SENDQ_ONLY);
		net_leave(n);
	}
	return err;
}

/* Channels that have changed in this turn: once each. */
static void show_channels(struct ircnet *n)
{
	struct map_slot *slot;
	uint32_t pos = 0;

	n->meta_channels = false;
	while (!n->dead && (slot = map_next(&n->channels, &pos)) != NULL) {
		struct ircchan *chan = (struct ircchan *)slot->entry;

		if (chan->meta_changed) {
			chan->meta_changed = false;
			EMIT(n, on_chan_meta, chan);
			pos = 0; /* the owner may have changed the map */
		}
	}
}

void meta_flush(struct ircnet *n)
{
	show_lost(n);
	if (!n->dead && n->meta_channels) {
		show_channels(n);
	}
}

unsigned long ircnet_meta_forgotten(const struct ircnet *n)
{
	return n->meta_forgotten;
}

/* ---- life ---- */

void meta_begin(struct ircnet *n)
{
	struct netmeta *p = must_calloc(1, sizeof *p);

	p->net = n;
	p->known = metas_create(n->meta_share, on_lost, n);
	metasync_init(p);
	n->meta = p;
}

void meta_stop(struct ircnet *n)
{
	if (n->meta != NULL) {
		timer_stop(n->clock, &n->meta->timer);
	}
}

void meta_clear(struct ircnet *n)
{
	struct netmeta *p = n->meta;

	if (p == NULL) {
		return;
	}
	meta_stop(n);
	metasync_finish(p);
	metas_destroy(p->known);
	free(p);
	n->meta = NULL;
}

void meta_free(struct ircnet *n)
{
	meta_clear(n);
	list_each_safe(it, &n->meta_lost) {
		free_gone(list_entry(it, struct meta_gone, link));
	}
}
