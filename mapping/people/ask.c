/* SPDX-License-Identifier: MIT */
#include "mapping/people/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mapping/out.h"

enum { ASKS_MAX = 1000, ID_MAX = 48 };

struct ask {
	struct list link; /* in mapping->asks */
	struct mapping *m;
	const struct istr *to;
	char id[ID_MAX];
	struct timer timer;
	ask_fn *fn;
	void *ctx;
};

static void ask_free(struct ask *a)
{
	timer_stop(a->m->clock, &a->timer);
	list_remove(&a->link);
	a->m->nasks--;
	istr_unref(a->to);
	free(a);
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

static bool may_ask(const struct mapping *m)
{
	return m->online && !m->stopping && m->nasks < ASKS_MAX;
}

struct ask *ask_open(struct mapping *m, const char *type, const char *from,
	const char *to, unsigned timeout_ms, ask_fn *fn, void *ctx)
{
	struct ask *a;
	struct xw *w;

	if (!may_ask(m)) {
		return NULL;
	}
	a = must_calloc(1, sizeof *a);
	a->m = m;
	a->to = intern(to, strlen(to));
	a->fn = fn;
	a->ctx = ctx;
	snprintf(a->id, sizeof a->id, "ask-%llu",
		(unsigned long long)++m->asked);
	list_init(&a->link);
	list_add(&m->asks, &a->link);
	m->nasks++;
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

void ask_answered(const struct request *q)
{
	struct mapping *m = q->core;

	if (q->stanza->id == NULL) {
		return;
	}
	list_each(it, &m->asks) {
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
	list_init(&m->asks);
}

void asks_free(struct mapping *m)
{
	list_each_safe(it, &m->asks) {
		ask_free(list_entry(it, struct ask, link));
	}
}
