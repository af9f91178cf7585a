/* SPDX-License-Identifier: MIT */
#include "gateway/link_table.h"

#include <stdlib.h>

#include "base/err.h"

enum { FIRST_CAP = 64 };

void link_table_init(struct link_table *t)
{
	*t = (struct link_table){0};
}

void link_table_finish(struct link_table *t)
{
	free(t->buckets);
	*t = (struct link_table){0};
}

/* Fibonacci hashing: neighbouring numbers spread. */
static struct link_entry **bucket(const struct link_table *t, unsigned number)
{
	return &t->buckets[(number * 2654435769u) >> 7 & (t->cap - 1)];
}

struct link_entry *link_table_get(const struct link_table *t, unsigned number)
{
	struct link_entry *e = t->cap > 0 ? *bucket(t, number) : NULL;

	while (e != NULL && e->number != number) {
		e = e->next;
	}
	return e;
}

static void chain(struct link_table *t, struct link_entry *e)
{
	struct link_entry **at = bucket(t, e->number);

	e->next = *at;
	*at = e;
}

static void grow(struct link_table *t)
{
	struct link_table old = *t;

	t->cap = old.cap > 0 ? old.cap * 2 : FIRST_CAP;
	t->buckets = must_calloc(t->cap, sizeof(struct link_entry *));
	for (size_t i = 0; i < old.cap; i++) {
		while (old.buckets[i] != NULL) {
			struct link_entry *e = old.buckets[i];

			old.buckets[i] = e->next;
			chain(t, e);
		}
	}
	free(old.buckets);
}

void link_table_put(struct link_table *t, struct link_entry *e)
{
	must(link_table_get(t, e->number) == NULL);
	if (t->used == t->cap) {
		grow(t);
	}
	t->used++;
	chain(t, e);
}

void link_table_remove(struct link_table *t, struct link_entry *e)
{
	struct link_entry **at = bucket(t, e->number);

	while (*at != e) {
		must(*at != NULL);
		at = &(*at)->next;
	}
	*at = e->next;
	e->next = NULL;
	t->used--;
}

struct link_entry *link_table_pop(struct link_table *t)
{
	for (size_t i = 0; i < t->cap && t->used > 0; i++) {
		if (t->buckets[i] != NULL) {
			struct link_entry *e = t->buckets[i];

			link_table_remove(t, e);
			return e;
		}
	}
	return NULL;
}

void link_table_each(const struct link_table *t,
	void (*fn)(struct link_entry *e, void *ctx), void *ctx)
{
	for (size_t i = 0; i < t->cap; i++) {
		for (struct link_entry *e = t->buckets[i]; e != NULL;
			e = e->next) {
			fn(e, ctx);
		}
	}
}
