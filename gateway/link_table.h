/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_LINK_TABLE_H
#define GATEWAY_LINK_TABLE_H

#include <stddef.h>

/*
 * Links by the number the core gave them: a hash table with chains through the
 * entries. Numbers are our own, so the hash needs no key.
 * Ownership: the table owns its buckets only.
 */
struct link_entry {
	unsigned number;
	struct link_entry *next;
};

struct link_table {
	struct link_entry **buckets;
	size_t cap; /* a power of two, or 0 */
	size_t used;
};

/* Entries are the callers', who free them. */
void link_table_init(struct link_table *t);
void link_table_finish(struct link_table *t);

/* NULL when there is none. */
struct link_entry *link_table_get(const struct link_table *t, unsigned number);
/* The number must be free. */
void link_table_put(struct link_table *t, struct link_entry *e);
void link_table_remove(struct link_table *t, struct link_entry *e);
/* Any entry, taken out; NULL when empty. */
struct link_entry *link_table_pop(struct link_table *t);

/* fn must not change the table. */
void link_table_each(const struct link_table *t,
	void (*fn)(struct link_entry *e, void *ctx), void *ctx);

#endif
