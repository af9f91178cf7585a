/* SPDX-License-Identifier: MIT */
#include "mapping/people/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"

enum { ID_MAX = 48 };

/* A user of whom something is asked, for as long as anything is open. */
struct asked {
	struct map_entry entry; /* key: bare JID */
	struct mapping *m;
	struct list asks; /* oldest first, then those that are lost */
	struct share_owner owner;
	struct share_place place; /* a question counts one */
};

struct ask {
	struct list link; /* in asked->asks */
	struct asked *asked;
	struct mapping *m;
	bool lost; /* others needed its place: it ends in this turn */
	const struct istr *to;
	char id[ID_MAX];
	struct timer timer;
	ask_fn *fn;
	void *ctx;
};

/* ---- whom ---- */

static void lose_oldest(struct share_place *p);

static struct asked *find_asked(const struct mapping *m, struct slice bare)
{
	return (struct asked *)(void *)map_find(&m->asks.users, bare.p,
		bare.len);
}

static struct asked *get_asked(struct mapping *m, const char *to)
{
	struct slice bare = slice(to, strcspn(to, "/"));
	struct asked *u = find_asked(m, bare);

	if (u == NULL) {
		u = must_calloc(1, sizeof *u);
		u->entry.key = intern(bare.p, bare.len);
		u->m = m;
		list_init(&u->asks);
		share_owner_init(&u->owner, &m->asks.share);
		share_place_init(&u->place, &u->owner, lose_oldest);
		map_put(&m->asks.users, &u->entry, 0);
	}
	return u;
}

static void asked_let_go(struct asked *u)
{
	if (list_empty(&u->asks)) {
		map_remove(&u->m->asks.users, &u->entry);
		istr_unref(u->entry.key);
		free(u);
	}
}

/* Behind the last that is not lost: there a new one goes. */
static struct list *first_lost(struct asked *u)
{
	struct list *at = &u->asks;

	while (at->prev != &u->asks &&
		list_entry(at->prev, struct ask, link)->lost) {
		at = at->prev;
	}
	return at;
}

/* ---- life ---- */

static void ask_free(struct ask *a)
{
	struct asked *u = a->asked;

	timer_stop(a->m->clock, &a->timer);
	list_remove(&a->link);
	if (!a->lost) {
		share_less(&u->place, 1);
	}
	istr_unref(a->to);
	free(a);
	asked_let_go(u);
}

/* It is gone before fn runs: that may ask again, or end its owner. */
static void finish(struct ask *a, const struct stanza *answer)
{
	ask_fn *fn = a->fn;
	void *ctx = a->ctx;

	ask_free(a);
	fn(ctx, answer);
}

static void on_timeout(void *ctx)
{
	struct ask *a = ctx;

	arena_reset(&a->m->arena);
	finish(a, NULL);
}

/* Its owner hears of it in this turn, but not from inside another's ask. */
static void lose_oldest(struct share_place *p)
{
	struct asked *u = list_entry(p, struct asked, place);
	struct mapping *m = u->m;
	struct ask *a = list_entry(list_first(&u->asks), struct ask, link);

	must(!a->lost); /* those stand behind the others */
	a->lost = true;
	list_remove(&a->link);
	list_add(&u->asks, &a->link);
	share_less(p, 1);
	timer_stop(m->clock, &a->timer);
	timer_start(m->clock, &a->timer, 0);
	if (m->asks.lost++ == 0 || m->asks.calm) {
		m->asks.calm = false;
		log_warn(NULL, "too many questions to clients are open: the "
			"oldest is given up most=%s given-up=%lu",
			u->entry.key->p, m->asks.lost);
	}
}

struct ask *ask_open(struct mapping *m, const char *type, const char *from,
	const char *to, unsigned timeout_ms, ask_fn *fn, void *ctx)
{
	struct asked *u;
	struct ask *a;
	struct xw *w;

	if (!m->online || m->stopping) {
		return NULL;
	}
	u = get_asked(m, to);
	if (m->asks.share.bytes < ASKS_MAX / 2) {
		m->asks.calm = true; /* what comes is another event */
	}
	share_make_room(&u->place, 1);
	share_more(&u->place, 1);
	a = must_calloc(1, sizeof *a);
	a->asked = u;
	a->m = m;
	a->to = intern(to, strlen(to));
	a->fn = fn;
	a->ctx = ctx;
	snprintf(a->id, sizeof a->id, "ask-%llu",
		(unsigned long long)++m->asks.number);
	list_init(&a->link);
	list_add(first_lost(u), &a->link);
	timer_init(&a->timer, on_timeout, a);
	timer_start(m->clock, &a->timer, timeout_ms);
	w = out_begin(m, "iq");
	xw_attr(w, "from", from);
	xw_attr(w, "id", a->id);
	xw_attr(w, "type", type);
	return a;
}

void ask_close(struct ask *a)
{
	out_end(a->m);
	out_send(a->m, NULL, a->to->p);
}

const char *ask_id(const struct ask *a)
{
	return a->id;
}

struct ask *ask_send(struct mapping *m, const char *from, const char *to,
	const char *element, enum ns ns, unsigned timeout_ms, ask_fn *fn,
	void *ctx)
{
	struct ask *a = ask_open(m, "get", from, to, timeout_ms, fn, ctx);

	if (a != NULL) {
		xw_empty(&m->out.w, element, ns);
		ask_close(a);
	}
	return a;
}

void ask_cancel(struct ask *a)
{
	ask_free(a);
}

/* Answers of one user cost no more for what is asked of others. */
void ask_answered(const struct request *q)
{
	const struct asked *u =
		find_asked(q->core, slice_str(q->from.bare));

	if (q->stanza->id == NULL || u == NULL) {
		return;
	}
	list_each(it, &u->asks) {
		struct ask *a = list_entry(it, struct ask, link);

		if (strcmp(a->id, q->stanza->id) == 0 &&
			strcmp(a->to->p, q->from.full) == 0) {
			finish(a, q->stanza);
			return;
		}
	}
}

void asks_init(struct mapping *m)
{
	map_init(&m->asks.users);
	share_init(&m->asks.share, ASKS_MAX);
}

void asks_free(struct mapping *m)
{
	uint32_t pos;
	struct map_slot *slot;

	while (pos = 0, (slot = map_next(&m->asks.users, &pos)) != NULL) {
		struct asked *u = (struct asked *)(void *)slot->entry;

		ask_free(list_entry(list_first(&u->asks), struct ask, link));
	}
	map_finish(&m->asks.users);
}
