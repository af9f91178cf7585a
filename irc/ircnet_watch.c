/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>

/*
 * People who are watched (PROTOCOL C.2, F.1). What a shared channel shows of
 * somebody counts first. For the others the server is asked, by the best it has:
 *
 *	MONITOR   as many as its list takes
 *	WATCH     the same on older servers
 *	ISON      every minute, for the rest and where there is neither
 *	USERHOST  who is away: once at coming online, every minute where nothing
 *	          else would tell
 *
 * The questions are our own: they wait for a free token and leave one to the
 * user (see run_queue() in ircnet.c). Of ISON and USERHOST one is under way at a
 * time; an answer to ours is known by our own nick in it, which we ask for too.
 * What there is to tell is told after the line, when both sides of a QUIT or a
 * NICK are known.
 */
enum {
	WATCHED_MAX = 1000,
	READY_MS = 10000, /* the end of MOTD does not come */
	POLL_MS = 60000,
};

static struct ircwatched *find(const struct ircnet *n, const struct istr *key)
{
	return (struct ircwatched *)map_get(&n->watch.map, key);
}

struct ircwatched *watch_find(const struct ircnet *n, struct slice nick)
{
	return n->watch.map.used == 0 ? NULL :
		find(n, casemap_lookup(n->isupport.casemap, nick));
}

struct ircwatched *watch_of(struct list *it)
{
	return list_entry(it, struct ircwatched, link);
}

void watch_want(struct ircnet *n)
{
	n->watch.work = true;
	if (n->state != NET_REGISTERED) {
		return;
	}
	net_kick(n);
	if (n->watch.kind == WATCH_NOT_YET && !timer_running(&n->watch.timer)) {
		timer_start(n->clock, &n->watch.timer, READY_MS);
	}
}

static void mark(struct ircnet *n, struct ircwatched *w)
{
	if (list_empty(&w->dirty)) {
		list_add(&n->watch.dirty, &w->dirty);
	}
}

struct ircuser *watch_seen(const struct ircnet *n, const struct ircwatched *w)
{
	return (struct ircuser *)map_get(&n->users, w->entry.key);
}

/* ---- what is known ---- */

void watch_set_offline(struct ircnet *n, struct ircwatched *w,
	struct slice reason)
{
	w->state = WATCH_OFFLINE;
	w->host_due = false;
	istr_set(&w->away, NULL);
	istr_set(&w->renamed, NULL);
	istr_set(&w->reason, reason.len > 0 ? intern(reason.p, reason.len) :
					      NULL);
	meta_unseen(n, w->entry.key);
	mark(n, w);
}

void watch_set_online(struct ircnet *n, struct ircwatched *w)
{
	if (w->state != WATCH_ONLINE) {
		w->state = WATCH_ONLINE;
		w->host_due = true; /* nobody says by himself who was away */
		istr_set(&w->reason, NULL);
		istr_set(&w->renamed, NULL);
		watch_want(n);
		mark(n, w);
	}
}

static void set_away(struct ircnet *n, struct ircwatched *w,
	struct slice text)
{
	watch_set_online(n, w);
	w->host_due = false;
	/* That somebody is away says less than the text that we know. */
	if (text.p == NULL || text.len > 0 || w->away == NULL) {
		istr_set(&w->away, text.p ? intern(text.p, text.len) : NULL);
	}
	mark(n, w);
}

void watch_touch(struct ircnet *n, const struct istr *key)
{
	struct ircwatched *w = find(n, key);

	if (w != NULL) {
		mark(n, w);
	}
}

void watch_quit(struct ircnet *n, const struct istr *key, struct slice reason)
{
	struct ircwatched *w = find(n, key);

	if (w != NULL) {
		watch_set_offline(n, w, reason);
	}
}

void watch_renamed(struct ircnet *n, const struct istr *key,
	const struct ircuser *user)
{
	struct ircwatched *w = find(n, key);

	if (w != NULL && key != user->entry.key) {
		watch_set_offline(n, w, slice(NULL, 0));
		istr_set(&w->renamed, istr_ref(user->nick));
	}
	watch_touch(n, user->entry.key);
}

bool watch_away(struct ircnet *n, struct slice nick, struct slice text)
{
	struct ircwatched *w = watch_find(n, nick);

	if (w == NULL) {
		return false;
	}
	if (watch_seen(n, w) == NULL) {
		set_away(n, w, text);
	} else {
		w->host_due = false;
		mark(n, w);
	}
	return true;
}

/* ---- the one who waits for it is told ---- */

/* Somebody tells us when this one goes away or comes back. */
bool watch_away_told(const struct ircnet *n, const struct ircwatched *w)
{
	bool notified = caps_on(&n->caps, "away-notify");

	if (watch_seen(n, w) != NULL && notified) {
		return true;
	}
	return w->place == PLACE_LISTED &&
		(n->watch.kind == WATCH_BY_WATCH ?
				n->isupport.watch_away :
				notified &&
					caps_on(&n->caps, "extended-monitor"));
}

bool watch_polled(const struct ircnet *n, const struct ircwatched *w)
{
	return w->place == PLACE_POLLED && watch_seen(n, w) == NULL;
}

/* The next poll, when somebody is known of by polling only. */
void watch_arm(struct ircnet *n)
{
	if (n->watch.kind == WATCH_NOT_YET ||
		timer_running(&n->watch.timer) || n->state == NET_ENDED) {
		return;
	}
	list_each(it, &n->watch.all) {
		const struct ircwatched *w = watch_of(it);

		if (watch_polled(n, w) || (w->state == WATCH_ONLINE &&
					       !watch_away_told(n, w))) {
			timer_start(n->clock, &n->watch.timer, POLL_MS);
			return;
		}
	}
}

/* A shared channel is what we see ourselves: it counts first. */
static void look_around(struct ircnet *n, struct ircwatched *w)
{
	struct ircuser *user = watch_seen(n, w);

	if (user != NULL) {
		watch_set_online(n, w);
		istr_set(&w->away, istr_ref(ircuser_away(user)));
		istr_set(&w->nick, istr_ref(user->nick));
	}
}

void watch_flush(struct ircnet *n)
{
	struct list *first = list_first(&n->watch.dirty);

	if (first == NULL) {
		return;
	}
	while (!n->dead && (first = list_first(&n->watch.dirty)) != NULL) {
		struct ircwatched *w =
			list_entry(first, struct ircwatched, dirty);

		list_remove(first);
		look_around(n, w);
		list_remove(&w->dirty);
		if (w->state == w->told && w->away == w->told_away) {
			continue;
		}
		w->told = w->state;
		istr_set(&w->told_away, istr_ref(w->away));
		EMIT(n, on_watched, w);
	}
	if (!n->dead) {
		watch_arm(n);
	}
}

/* ---- who is watched ---- */

const struct ircwatched *ircnet_watched(const struct ircnet *n,
	struct slice nick)
{
	return watch_find(n, nick);
}

struct ircwatched *ircnet_watch(struct ircnet *n, struct slice nick)
{
	struct ircwatched *w = watch_find(n, nick);

	if (w != NULL || n->dead || n->state == NET_ENDED) {
		return w;
	}
	if (n->watch.map.used >= WATCHED_MAX ||
		irc_field_check(&n->isupport, FIELD_PERSON, nick, NULL) !=
			ERR_OK) {
		return NULL;
	}
	w = must_calloc(1, sizeof *w);
	w->entry.key = casemap_intern(n->isupport.casemap, nick);
	w->nick = intern(nick.p, nick.len);
	list_init(&w->link);
	list_init(&w->dirty);
	list_add(&n->watch.all, &w->link);
	map_put(&n->watch.map, &w->entry, 0);
	mark(n, w);
	watch_want(n);
	return w;
}

static void free_watched(struct ircnet *n, struct ircwatched *w)
{
	map_remove(&n->watch.map, &w->entry);
	meta_unseen(n, w->entry.key);
	list_remove(&w->link);
	list_remove(&w->dirty);
	istr_unref(w->entry.key);
	istr_unref(w->nick);
	istr_unref(w->away);
	istr_unref(w->told_away);
	istr_unref(w->reason);
	istr_unref(w->renamed);
	free(w);
}

void watch_free_going(struct watch_going *g)
{
	list_remove(&g->link);
	istr_unref(g->nick);
	free(g);
}

void ircnet_unwatch(struct ircnet *n, struct ircwatched *w)
{
	if (w->place == PLACE_LISTED && !n->dead && n->state != NET_ENDED) {
		struct watch_going *g = must_calloc(1, sizeof *g);

		g->nick = istr_ref(w->nick);
		list_init(&g->link);
		list_add(&n->watch.going, &g->link);
		n->watch.listed--;
		watch_want(n);
	}
	free_watched(n, w);
}

/* ---- life ---- */

void watch_init(struct ircnet *n)
{
	map_init(&n->watch.map);
	list_init(&n->watch.all);
	list_init(&n->watch.dirty);
	list_init(&n->watch.going);
	timer_init(&n->watch.timer, watch_timer, n);
}

void watch_clear(struct ircnet *n)
{
	list_each_safe(it, &n->watch.all) {
		free_watched(n, watch_of(it));
	}
	list_each_safe(it, &n->watch.going) {
		watch_free_going(list_entry(it, struct watch_going, link));
	}
	map_finish(&n->watch.map);
}

static struct slice watched_name(const struct map_entry *entry)
{
	return istr_slice(((const struct ircwatched *)entry)->nick);
}

void watch_casemap(struct ircnet *n, enum casemap cm)
{
	/* Two who are the same now: both stay, found by what they were. */
	state_rekey(&n->watch.map, cm, watched_name);
}

