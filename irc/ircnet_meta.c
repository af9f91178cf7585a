/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * What people and channels say of themselves (draft/metadata-2, PROTOCOL F.1).
 *
 * The story: the capability is on -> one SUB for the keys of irc/ircmeta.h, as
 * many as max-subs allows, the more useful ones first: before CAP END where the
 * server takes it there, else at 001, so before the first JOIN. From then on the
 * server tells by METADATA what is set on us, on our channels, on those in them
 * and on those whom MONITOR watches; what it says of others is not believed. A
 * channel for which it has no time (774) is asked for by SYNC after as long as it
 * says; one that goes on saying so is left alone after SYNCS_MAX. The same for a
 * SUB that was too fast. Both are questions of ours: they wait for a free token
 * and leave one to the user (see run_queue() in ircnet.c).
 *
 * A user who leaves the last of our channels and is not watched is forgotten, and
 * so is a channel that we leave. Without the capability nothing is allocated.
 */
enum {
	SYNC_S = 30,          /* it did not say how long */
	SYNC_MOST_S = 3600,
	SYNCS_MAX = 10,
	NO_LIMIT = INT32_MAX,
};

static const char cap[] = "draft/metadata-2";

/* A SYNC, or for target NULL a SUB, that waits for its time. */
struct meta_wait {
	struct list link;
	const struct istr *target; /* folded */
	uint64_t at_ms;
	unsigned tries;
	bool sent; /* and not answered by a batch: how often is remembered */
};

struct netmeta {
	struct ircnet *net;
	struct metas *known;
	unsigned asked; /* bits of irc_meta: SUB is not answered for these */
	struct list waits;
	unsigned due; /* of these, whose time has come */
	struct timer timer;
	bool channels; /* one of them has changed and this is not told yet */
};

/* ---- what the server says of it ---- */

static bool is_on(const struct ircnet *n)
{
	return caps_on(&n->caps, cap) && caps_on(&n->caps, "batch");
}

struct ircnet_metadata ircnet_metadata(const struct ircnet *n)
{
	struct ircnet_metadata a = {
		.offered = is_on(n),
		.max_subs = NO_LIMIT,
		.max_value = META_VALUE_MAX,
	};
	struct slice list = a.offered ? caps_value(&n->caps, cap) :
					slice(NULL, 0);

	while (list.len > 0) {
		struct slice word = slice_cut(&list, ',');
		struct slice key = slice_cut(&word, '=');
		int64_t number = slice_number(word, NO_LIMIT);

		if (slice_is(key, "before-connect")) {
			a.before_connect = true;
		} else if (slice_is(key, "max-subs") && number >= 0) {
			a.max_subs = (unsigned)number;
		} else if (slice_is(key, "max-value-bytes") && number >= 0 &&
			(size_t)number < a.max_value) {
			a.max_value = (size_t)number;
		}
	}
	return a;
}

/* ---- what is to be asked ---- */

static void free_wait(struct meta_wait *w)
{
	list_remove(&w->link);
	istr_unref(w->target);
	free(w);
}

static struct meta_wait *find_wait(const struct netmeta *p,
	const struct istr *target)
{
	list_each(it, &p->waits) {
		struct meta_wait *w = list_entry(it, struct meta_wait, link);

		if (w->target == target) {
			return w;
		}
	}
	return NULL;
}

/* Counts those whose time has come; the timer for the next of the others. */
static void arm(struct netmeta *p)
{
	struct clock *clock = p->net->clock;
	uint64_t next = UINT64_MAX;

	p->due = 0;
	list_each(it, &p->waits) {
		struct meta_wait *w = list_entry(it, struct meta_wait, link);

		if (w->sent) {
			continue;
		}
		if (w->at_ms <= clock->now_ms) {
			p->due++;
		} else if (w->at_ms < next) {
			next = w->at_ms;
		}
	}
	timer_stop(clock, &p->timer);
	if (next != UINT64_MAX && p->net->state != NET_ENDED) {
		timer_start(clock, &p->timer, next - clock->now_ms);
	}
}

static void on_timer(void *ctx)
{
	struct netmeta *p = ctx;

	arm(p);
	if (p->due > 0) {
		net_kick(p->net);
	}
}

/* seconds: as the server says; absent or none: as we think. */
static void later(struct netmeta *p, const struct istr *target,
	struct slice seconds)
{
	int64_t wait_s = slice_number(seconds, NO_LIMIT);
	struct meta_wait *w = find_wait(p, target);

	if (w == NULL) {
		w = must_calloc(1, sizeof *w);
		w->target = istr_ref(target);
		list_init(&w->link);
		list_add(&p->waits, &w->link);
	}
	if (++w->tries > SYNCS_MAX) {
		log_info(p->net->log, "metadata never came target=%s",
			target != NULL ? target->p : "*");
		free_wait(w);
		arm(p);
		return;
	}
	if (wait_s <= 0) {
		wait_s = SYNC_S;
	}
	if (wait_s < INT64_C(1) << w->tries) {
		wait_s = INT64_C(1) << w->tries;
	}
	if (wait_s > SYNC_MOST_S) {
		wait_s = SYNC_MOST_S;
	}
	w->sent = false;
	w->at_ms = p->net->clock->now_ms + (uint64_t)wait_s * 1000;
	arm(p);
}

bool meta_wants(const struct ircnet *n)
{
	return n->meta != NULL && n->meta->due > 0;
}

/* ---- SUB ---- */

/* NULL: the server takes none. */
static struct buf *build_sub(struct ircnet *n)
{
	unsigned most = ircnet_metadata(n).max_subs;
	struct buf *line = net_scratch();

	buf_add_str(line, "METADATA * SUB");
	n->meta->asked = 0;
	for (unsigned i = 0; i < META_KEYS && i < most; i++) {
		buf_addf(line, " %s", irc_meta_name((enum irc_meta)i));
		n->meta->asked |= 1U << i;
	}
	return n->meta->asked != 0 ? line : NULL;
}

static void begin(struct ircnet *n)
{
	struct netmeta *p = must_calloc(1, sizeof *p);

	p->net = n;
	p->known = metas_create();
	list_init(&p->waits);
	timer_init(&p->timer, on_timer, p);
	n->meta = p;
}

static void subscribe(struct ircnet *n)
{
	struct buf *line;

	begin(n);
	line = build_sub(n);
	if (line == NULL) {
		return;
	}
	if (n->state == NET_REGISTERED && sendq_room(&n->queue) > 0) {
		net_queue(n, SENDQ_LINE, buf_slice(line), 0, SENDQ_ONLY);
	} else {
		net_send(n, buf_slice(line));
	}
}

void meta_cap_end(struct ircnet *n)
{
	if (n->meta == NULL && ircnet_metadata(n).before_connect) {
		subscribe(n);
	}
}

void meta_caps(struct ircnet *n)
{
	if (n->meta != NULL && !is_on(n)) {
		meta_clear(n);
	} else if (n->meta == NULL && is_on(n) &&
		n->state == NET_REGISTERED) {
		subscribe(n);
	}
}

/* The line of one that is due; NULL: there is none to be sent. */
static struct buf *build_wait(struct ircnet *n, const struct meta_wait *w)
{
	const struct ircchan *chan = w->target == NULL ? NULL :
		(struct ircchan *)map_get(&n->channels, w->target);
	struct irc_arg args[2] = {{FIELD_WORD, slice_str("*")},
		{FIELD_WORD, slice_str("SYNC")}};
	struct buf *line;

	if (w->target == NULL) {
		return build_sub(n);
	}
	if (chan != NULL) {
		args[0] = (struct irc_arg){FIELD_CHANNEL,
			istr_slice(chan->name)};
	}
	line = net_scratch();
	return irc_build(&n->isupport, line, "METADATA", args, 2) == ERR_OK ?
		line : NULL;
}

void meta_ask(struct ircnet *n)
{
	struct netmeta *p = n->meta;
	struct buf *line = NULL;

	list_each(it, &p->waits) {
		struct meta_wait *w = list_entry(it, struct meta_wait, link);

		if (!w->sent && w->at_ms <= n->clock->now_ms) {
			w->sent = true;
			line = build_wait(n, w);
			break;
		}
	}
	arm(p);
	if (line != NULL) {
		net_send(n, buf_slice(line));
	}
}

/* ---- what is said of whom ---- */

/* The folded name of somebody of whom we are told, else NULL. */
static const struct istr *target_of(const struct ircnet *n, struct slice name,
	struct ircuser **user, struct ircchan **chan, struct ircwatched **watched)
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

/* What others than a card show of it. */
static void tell(struct ircnet *n, enum irc_meta key, struct slice value,
	struct slice target, struct ircuser *user, struct ircchan *chan)
{
	const struct ircwatched *watched;

	if (chan != NULL) {
		chan->meta_changed = true;
		n->meta->channels = true;
		net_kick(n);
		return;
	}
	if (user != NULL && key == META_BOT && value.len > 0) {
		net_learn_bot(n, user);
	}
	if (key != META_STATUS) {
		return;
	}
	if (user != NULL) {
		EMIT(n, on_user, user);
	}
	watched = watch_find(n, target);
	if (watched != NULL && watched->told == WATCH_ONLINE &&
		watched->state == WATCH_ONLINE) {
		EMIT(n, on_watched, watched);
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
	name = target_of(n, target, &user, &chan, &watched);
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
	tell(n, key, value, target, user, chan);
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

/* 770 me key ...: true when it answers our own SUB. */
bool num_meta_subscribed(struct ircnet *n, const struct ircmsg *m)
{
	unsigned bits = 0;

	if (n->meta == NULL || n->meta->asked == 0) {
		return false;
	}
	for (unsigned i = 1; i < m->nparams; i++) {
		struct slice words = m->params[i];

		while (words.len > 0) {
			enum irc_meta key = irc_meta_find(slice_cut(&words, ' '));

			if (key == META_KEYS) {
				return false;
			}
			bits |= 1U << key;
		}
	}
	if ((bits & n->meta->asked) == 0) {
		return false;
	}
	n->meta->asked &= ~bits;
	return true;
}

/* 774 me target [seconds] */
bool num_meta_later(struct ircnet *n, const struct ircmsg *m)
{
	struct ircuser *user;
	struct ircchan *chan;
	struct ircwatched *watched;

	if (n->meta == NULL || m->nparams < 2) {
		return false;
	}
	(void)target_of(n, m->params[1], &user, &chan, &watched);
	if (chan == NULL && (user == NULL || user != n->me)) {
		n->dropped++;
	} else {
		later(n->meta, chan != NULL ? chan->entry.key : user->entry.key,
			ircmsg_param(m, 2));
	}
	return true;
}

/* What was to be synchronised is: BATCH +id metadata target. */
void meta_batch(struct ircnet *n, struct slice target)
{
	const struct istr *key = n->meta != NULL ?
		casemap_lookup(n->isupport.casemap, target) : NULL;
	struct meta_wait *w = key != NULL ? find_wait(n->meta, key) : NULL;

	if (w != NULL) {
		free_wait(w);
		arm(n->meta);
	}
}

/* ---- FAIL ---- */

/* Of our SUB: this key and, by TOO_MANY_SUBS, those behind it are not told. */
static bool sub_failed(struct ircnet *n, struct slice code, struct slice word)
{
	enum irc_meta key = irc_meta_find(word);
	bool ours = key != META_KEYS && (n->meta->asked & 1U << key) != 0;

	if (ours && slice_is_nocase(code, "TOO_MANY_SUBS")) {
		log_info(n->log, "metadata: not subscribed key=%s and later",
			irc_meta_name(key));
		n->meta->asked &= (1U << key) - 1;
	} else if (ours && slice_is_nocase(code, "KEY_INVALID")) {
		n->meta->asked &= ~(1U << key);
	}
	return ours;
}

/*
 * FAIL METADATA code ...: true when it is about a question of ours. Others are
 * answers to SET, or to what was typed.
 */
bool meta_failed(struct ircnet *n, const struct ircmsg *m)
{
	struct slice code = ircmsg_param(m, 1);
	const struct istr *key;
	struct meta_wait *w;

	if (n->meta == NULL || !ircmsg_is(m, "FAIL") || m->nparams < 4 ||
		!slice_is_nocase(m->params[0], "METADATA") ||
		net_answers_other(n, m)) {
		return false;
	}
	if (slice_is_nocase(code, "TOO_MANY_SUBS") || slice_is_nocase(code, "KEY_INVALID")) {
		return n->meta->asked != 0 && sub_failed(n, code, m->params[2]);
	}
	if (slice_is_nocase(code, "KEY_NO_PERMISSION")) {
		return n->meta->asked != 0 &&
			sub_failed(n, code, m->params[3]);
	}
	if (!slice_is_nocase(code, "RATE_LIMITED")) {
		return false;
	}
	key = casemap_lookup(n->isupport.casemap, m->params[2]);
	w = key != NULL ? find_wait(n->meta, key) : NULL;
	if (w != NULL && w->sent) {
		later(n->meta, key, ircmsg_param(m, 4));
		return true;
	}
	if (n->meta->asked != 0 && (slice_is(m->params[3], "*") ||
			sub_failed(n, code, m->params[3]))) {
		later(n->meta, NULL, ircmsg_param(m, 4));
		return true;
	}
	return false;
}

/* ---- names ---- */

void meta_forget(struct ircnet *n, const struct istr *key)
{
	struct meta_wait *w;

	if (n->meta == NULL) {
		return;
	}
	metas_forget(n->meta->known, key);
	w = find_wait(n->meta, key);
	if (w != NULL) {
		free_wait(w);
		arm(n->meta);
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
	struct meta_wait *w;

	if (n->meta == NULL || from == to) {
		return;
	}
	metas_rename(n->meta->known, from, to);
	w = find_wait(n->meta, from);
	if (w != NULL) {
		istr_set(&w->target, istr_ref(to));
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

	if (err == ERR_OK && !is_on(n)) {
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
void meta_flush(struct ircnet *n)
{
	struct map_slot *slot;
	uint32_t pos = 0;

	if (n->meta == NULL || !n->meta->channels) {
		return;
	}
	n->meta->channels = false;
	while (!n->dead && (slot = map_next(&n->channels, &pos)) != NULL) {
		struct ircchan *chan = (struct ircchan *)slot->entry;

		if (chan->meta_changed) {
			chan->meta_changed = false;
			EMIT(n, on_chan_meta, chan);
			pos = 0; /* the owner may have changed the map */
		}
	}
}

/* ---- life ---- */

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
	list_each_safe(it, &p->waits) {
		free_wait(list_entry(it, struct meta_wait, link));
	}
	metas_destroy(p->known);
	free(p);
	n->meta = NULL;
}
