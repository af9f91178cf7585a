/* SPDX-License-Identifier: MIT */
#ifndef XMPP_RSM_H
#define XMPP_RSM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "xmpp/stanza.h"
#include "xmpp/writer.h"

/*
 * Result Set Management (XEP-0059): which page of a long answer is wanted, and
 * which page an answer holds. What the ids are is the caller's; their order is
 * that of the items.
 */
enum rsm_from {
	RSM_START,  /* nothing said, or an empty <after/> */
	RSM_AFTER,  /* id */
	RSM_BEFORE, /* id */
	RSM_END,    /* an empty <before/>: the last page */
	RSM_INDEX,  /* index */
};

/* Larger numbers are this number. */
enum { RSM_NUMBER_MAX = 1000000000 };

struct rsm {
	bool present; /* there is a <set/> */
	enum rsm_from from;
	long max;        /* -1: not said */
	size_t index;
	struct slice id; /* lent from the stanza */
};

/*
 * The <set/> in e; none is no error. ERR_BAD_INPUT: a number is none, or two
 * places are named at once.
 */
NODISCARD enum err rsm_read(const struct elem *e, struct rsm *out);

/* Items [at, at + n) of a result set. */
struct rsm_page {
	size_t at;
	size_t n;
};

/*
 * The page that is wanted of `count` items. before: how many stand before the
 * id; through: before it or at it (the same when it is not among them). limit:
 * the most that a page may hold, and what is meant when no <max/> is said.
 */
struct rsm_page rsm_page(const struct rsm *r, size_t count, size_t before,
	size_t through, size_t limit);
/*
 * The part of n items of a page that did not fit whole: those next to what the
 * asker has already.
 */
struct rsm_page rsm_shorten(const struct rsm *r, struct rsm_page page,
	size_t n);

/* <set/> with <first index/> and <last/> (none when the page is empty), <count/>. */
void rsm_write(struct xw *w, struct rsm_page page, struct slice first,
	struct slice last, size_t count);

#endif
