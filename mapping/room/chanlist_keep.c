/* SPDX-License-Identifier: MIT */
#include "mapping/room/chanlist_private.h"

#include <stdlib.h>

/* What is held of lists: the known one of a session, and what is being told. */
enum { FRESH_MS = 600000, KEPT_MS = 3600000 };

static struct mapping *core(const struct chanlist *l)
{
	return l->session->user->mapping;
}

void chanlist_forget(struct chanlist *l)
{
	core(l)->chanlist_bytes -= chanstore_bytes(&l->known.channels);
	timer_stop(core(l)->clock, &l->old);
	list_remove(&l->link);
	chanstore_finish(&l->known.channels);
	l->known.present = false;
}

static void on_old(void *ctx)
{
	chanlist_forget(ctx);
}

/* What a question holds changed; the oldest lists of others make place. */
void chanlist_count(struct question *p)
{
	struct mapping *m = core(p->list);
	size_t now = chanstore_bytes(&p->found);
	struct list *oldest;

	m->chanlist_bytes += now - p->counted;
	p->counted = now;
	while (m->chanlist_bytes > CHANLIST_TOTAL &&
		(oldest = list_first(&m->chanlists)) != NULL) {
		chanlist_forget(list_entry(oldest, struct chanlist, link));
	}
}

/* It is what the session knows from now on. */
void chanlist_remember(struct question *p)
{
	struct chanlist *l = p->list;
	struct mapping *m = core(l);

	if (l->known.present) {
		chanlist_forget(l);
	}
	l->known = (struct known){
		.channels = p->found,
		.lack = p->lack,
		.present = true,
		.fresh_until = m->clock->now_ms + FRESH_MS,
	};
	chanstore_init(&p->found);
	p->counted = 0; /* it is counted as known */
	list_add(&m->chanlists, &l->link);
	timer_start(m->clock, &l->old, KEPT_MS);
}

struct chanlist *chanlist_of(struct session *s)
{
	struct chanlist *l = s->chanlist;

	if (l == NULL) {
		l = must_calloc(1, sizeof *l);
		l->session = s;
		list_init(&l->link);
		list_init(&l->wanted);
		chanstore_init(&l->known.channels);
		timer_init(&l->old, on_old, l);
		patience_init(&l->typed_patience, chanlist_typed_over, l);
		s->chanlist = l;
	}
	return l;
}

void chanlist_question_free(struct question *p)
{
	must(p->naskers == 0);
	patience_stop(&p->patience, core(p->list)->clock);
	list_remove(&p->link);
	core(p->list)->chanlist_bytes -= p->counted;
	chanstore_finish(&p->found);
	istr_unref(p->mask);
	free(p);
}
