/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_PEOPLE_ROLL_H
#define MAPPING_PEOPLE_ROLL_H

#include "mapping/answer.h"
#include "mapping/core.h"

/*
 * Many people of a network: WHO (WHOX where there is), its lines collected until
 * 315 (PROTOCOL C.17, E); and what is looked for, also among channels, which
 * chanlist.h has. Servers match masks each in their own way: what they send is
 * matched here again.
 * In a session one question is on its way and 4 wait, 30 s each; 200 items and
 * 256 KiB are kept of an answer, the rest is only counted. Lines that belong to
 * no question of ours pass by.
 */
enum roll_kind { ROLL_PEOPLE, ROLL_CHANNELS };

enum roll_field {
	ROLL_NICK,
	ROLL_USER,
	ROLL_HOST,
	ROLL_REALNAME,
	ROLL_ACCOUNT,
	ROLL_CHANNEL,
	ROLL_TOPIC,
	ROLL_FIELDS
};

enum { ROLL_ITEMS_MAX = 200, ROLL_MASK_MAX = 100 };

/*
 * What is looked for: words, with or without wildcards; absent: anything. Words
 * without a wildcard are looked for anywhere in the field.
 */
struct roll_wish {
	enum roll_kind kind;
	struct slice fields[ROLL_FIELDS];
	long min_users; /* of channels; -1: any */
	long max_users;
};

struct roll_item {
	struct slice fields[ROLL_FIELDS]; /* cleaned for XML; absent: not said */
	struct slice name;                /* nick or channel as IRC spells it */
	long users;                       /* of a channel */
};

struct roll_result {
	enum roll_kind kind;
	const struct roll_item *items;
	size_t nitems;
	bool more; /* there are others that are not among them */
};

/*
 * Called once, perhaps inside roll_ask(); it does not ask in turn. result is
 * lent; NULL: *fault says why. Both NULL: the core ends, free ctx.
 */
typedef void roll_fn(struct session *s, void *ctx,
	const struct roll_result *result, const struct fault *fault);

/* Of people. wish is copied. The session is up. */
void roll_ask(struct session *s, const struct roll_wish *wish, roll_fn *done,
	void *ctx);

/*
 * A copy with masks for words, in the arena; false: words are longer than
 * ROLL_MASK_MAX.
 */
bool roll_wish_keep(struct roll_wish *out, const struct roll_wish *wish,
	struct arena *arena);
/* wish is such a copy. */
bool roll_wanted(const struct roll_wish *wish, const struct roll_item *item);

/*
 * Appends the mask that these words are for a server: wildcards around words
 * without any, `?` for what a mask cannot hold or means something else in one.
 * false: nothing is left, or it is longer than ROLL_MASK_MAX.
 */
bool roll_mask(struct buf *out, struct slice words);

/* For query.c and session.c. */
void roll_init(struct session *s);
enum answered roll_on_answer(struct session *s, const struct answer *a);
bool roll_on_numeric(struct session *s, int numeric, const struct ircmsg *m);
void roll_lost(struct session *s);    /* every question fails */
void roll_destroy(struct session *s); /* without a word */

#endif
