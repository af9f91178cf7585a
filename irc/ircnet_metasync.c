/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_meta.h"

#include <stdlib.h>

/* What is subscribed to and asked for, and how the server puts us off. */

enum {
	SYNC_S = 30,          /* it did not say how long */
	SYNC_MOST_S = 3600,
	SYNCS_MAX = 10,
	NO_LIMIT = INT32_MAX,
};
#define UNASKED_S "5" /* that long it may tell a channel by itself */

static const char cap[] = "draft/metadata-2";

/* A SYNC, or for target NULL a SUB, that waits for its time. */
struct meta_wait {
	struct list link;
	const struct istr *target; /* folded */
	uint64_t at_ms;
	unsigned tries;
	bool sent; /* and not answered by a batch: how often is remembered */
};

/* ---- what the server says of it ---- */

bool meta_is_on(const struct ircnet *n)
{
	return caps_on(&n->caps, cap) && caps_on(&n->caps, "batch");
}

struct ircnet_metadata ircnet_metadata(const struct ircnet *n)
{
	struct ircnet_metadata a = {
		.offered = meta_is_on(n),
		.max_subs = NO_LIMIT,
		.max_value = META_VALUE_MAX,
		.never = n->meta != NULL ? n->meta->never : 0,
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

static struct meta_wait *get_wait(struct netmeta *p, const struct istr *target)
{
	struct meta_wait *w = find_wait(p, target);

	if (w == NULL) {
		w = must_calloc(1, sizeof *w);
		w->target = istr_ref(target);
		w->sent = true; /* nothing waits for its time yet */
		list_init(&w->link);
		list_add(&p->waits, &w->link);
	}
	return w;
}

/* The log hears of the first alone: a server may go on with it for ever. */
static void give_up(struct netmeta *p, struct meta_wait *w)
{
	const struct istr *target = istr_ref(w->target);

	if (p->never++ == 0) {
		log_info(p->net->log, "metadata never came target=%s",
			target != NULL ? target->p : "*");
	}
	free_wait(w);
	arm(p);
	if (target != NULL) {
		meta_told_all(p->net, target);
	}
	istr_unref(target);
}

/*
 * seconds: as the server says; absent or none: as we think. Said again before we
 * have asked it is no further try.
 */
static void later(struct netmeta *p, const struct istr *target,
	struct slice seconds)
{
	int64_t wait_s = slice_number(seconds, NO_LIMIT);
	struct meta_wait *w = get_wait(p, target);

	w->tries += w->sent;
	if (w->tries > SYNCS_MAX) {
		give_up(p, w);
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

static void subscribe(struct ircnet *n)
{
	struct buf *line;

	meta_begin(n);
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
	if (n->meta != NULL && !meta_is_on(n)) {
		meta_take_back(n);
	} else if (n->meta == NULL && meta_is_on(n) &&
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
	(void)meta_target(n, m->params[1], &user, &chan, &watched);
	if (chan == NULL && (user == NULL || user != n->me)) {
		n->dropped++;
	} else {
		later(n->meta, chan != NULL ? chan->entry.key : user->entry.key,
			ircmsg_param(m, 2));
	}
	return true;
}

/* What was to be synchronised is: BATCH +id metadata target, and its end. */
const struct istr *meta_batch(struct ircnet *n, struct slice target)
{
	const struct istr *key = n->meta != NULL ?
		casemap_lookup(n->isupport.casemap, target) : NULL;
	struct meta_wait *w = key != NULL ? find_wait(n->meta, key) : NULL;

	if (w != NULL) {
		free_wait(w);
		arm(n->meta);
	}
	return istr_ref(key);
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
	if (slice_is_nocase(code, "TOO_MANY_SUBS") ||
		slice_is_nocase(code, "KEY_INVALID")) {
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

/* ---- life ---- */

void metasync_want(struct netmeta *p, const struct istr *channel)
{
	if (find_wait(p, channel) == NULL) {
		later(p, channel, slice_str(UNASKED_S));
	}
}

void metasync_moved(struct netmeta *p, const struct istr *from,
	const struct istr *to)
{
	struct meta_wait *w = find_wait(p, from);

	if (w != NULL && to != NULL) {
		istr_set(&w->target, istr_ref(to));
	} else if (w != NULL) {
		free_wait(w);
		arm(p);
	}
}

void metasync_init(struct netmeta *p)
{
	list_init(&p->waits);
	timer_init(&p->timer, on_timer, p);
}

void metasync_finish(struct netmeta *p)
{
	list_each_safe(it, &p->waits) {
		free_wait(list_entry(it, struct meta_wait, link));
	}
}
