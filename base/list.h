/* SPDX-License-Identifier: MIT */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Intrusive doubly linked ring. A `struct list` is either a head or a link
 * inside an element; a link that is in no list points at itself.
 * Ownership: the list owns nothing.
 */
struct list {
	struct list *next;
	struct list *prev;
};

/* The element of type `type` whose link `member` is at `link`. */
#define list_entry(link, type, member) \
	((type *)(void *)((char *)(link) - offsetof(type, member)))

/* Walks links; the current one must not be removed. */
#define list_each(it, head) \
	for (struct list *it = (head)->next; it != (head); it = it->next)

/* Walks links; the current one, and only it, may be removed. */
#define list_each_safe(it, head)                                        \
	for (struct list *it = (head)->next, *it##_next = it->next;     \
		it != (head); it = it##_next, it##_next = it->next)

static inline void list_init(struct list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

/* At the end. */
static inline void list_add(struct list *head, struct list *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

/* Harmless when it is in no list. */
static inline void list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* NULL when empty. */
static inline struct list *list_first(const struct list *head)
{
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it forgets list_remove() */
	return list_empty(head) ? NULL : head->next;
}

#endif
