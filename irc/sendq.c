/* SPDX-License-Identifier: MIT */
#include "irc/sendq.h"

#include <stdlib.h>
#include <string.h>

enum { JOIN_LINE_MAX = 480 };

/* One line, or the channels of one merged JOIN. */
struct item {
	struct list link;
	struct list joins; /* of struct join */
	uint64_t token;
	uint64_t turn;
	enum sendq_kind kind;
	enum sendq_place place;
	unsigned njoins;
	size_t len;
	char line[];
};

struct join {
	struct list link;
	size_t name_len;
	size_t key_len;
	char text[]; /* name, then key */
};

static struct item *item_of(struct list *link)
{
	return list_entry(link, struct item, link);
}

static struct join *join_of(struct list *link)
{
	return list_entry(link, struct join, link);
}

void sendq_init(struct sendq *q, unsigned burst, unsigned interval_ms,
	unsigned max)
{
	*q = (struct sendq){
		.max = max,
		.burst = burst ? burst : 1,
		.interval_ms = interval_ms,
	};
	list_init(&q->items);
}

static void drop_join(struct item *item, struct join *join)
{
	list_remove(&join->link);
	item->njoins--;
	explicit_bzero(join->text, join->name_len + join->key_len);
	free(join);
}

static void drop_item(struct sendq *q, struct item *item)
{
	list_each_safe(it, &item->joins) {
		drop_join(item, join_of(it));
	}
	list_remove(&item->link);
	q->lines--;
	explicit_bzero(item->line, item->len); /* what users type, passwords */
	free(item);
}

void sendq_finish(struct sendq *q)
{
	list_each_safe(it, &q->items) {
		drop_item(q, item_of(it));
	}
}

uint64_t sendq_wait(const struct sendq *q, uint64_t now_ms, unsigned spare)
{
	unsigned most = q->burst - 1;
	uint64_t slack = (uint64_t)(spare < most ? most - spare : 0) *
		q->interval_ms;

	if (q->together) {
		return 0;
	}
	return q->full_at > now_ms + slack ? q->full_at - now_ms - slack : 0;
}

void sendq_take(struct sendq *q, uint64_t now_ms)
{
	if (q->full_at < now_ms) {
		q->full_at = now_ms;
	}
	q->full_at += q->interval_ms;
}

unsigned sendq_room(const struct sendq *q)
{
	return q->lines < q->max ? q->max - q->lines : 0;
}

unsigned sendq_direct(const struct sendq *q, uint64_t now_ms)
{
	uint64_t debt;

	if (q->lines > 0) {
		return 0;
	}
	if (q->full_at <= now_ms || q->interval_ms == 0) {
		return q->burst;
	}
	debt = (q->full_at - now_ms + q->interval_ms - 1) / q->interval_ms;
	return debt < q->burst ? q->burst - (unsigned)debt : 0;
}

uint64_t sendq_turn(const struct sendq *q)
{
	return q->added;
}

/* They leave in the order in which they came. */
bool sendq_waits(const struct sendq *q, uint64_t turn)
{
	return q->lines > 0 && item_of(q->items.next)->turn <= turn;
}

static struct item *new_item(struct sendq *q, enum sendq_kind kind,
	struct slice line)
{
	struct item *item = must_calloc(1, sizeof *item + line.len);

	list_init(&item->joins);
	item->kind = kind;
	item->turn = ++q->added;
	item->len = line.len;
	if (line.len > 0) {
		memcpy(item->line, line.p, line.len);
	}
	list_add(&q->items, &item->link);
	q->lines++;
	return item;
}

void sendq_add(struct sendq *q, enum sendq_kind kind, struct slice line,
	uint64_t token, enum sendq_place place)
{
	struct item *item;

	must(sendq_room(q) > 0);
	item = new_item(q, kind, line);
	item->token = token;
	item->place = place;
}

bool sendq_drop(struct sendq *q, uint64_t token)
{
	bool whole = false;

	list_each_safe(it, &q->items) {
		struct item *item = item_of(it);

		if (item->token != token) {
			continue;
		}
		whole |= (item->place & SENDQ_FIRST) != 0;
		if (!whole) {
			return false;
		}
		drop_item(q, item);
	}
	return whole;
}

/* The length of "JOIN a,b keyA" after one more channel. */
static size_t join_len(const struct item *item, size_t more)
{
	size_t len = sizeof "JOIN " + more;

	list_each(it, &item->joins) {
		len += join_of(it)->name_len + join_of(it)->key_len + 2;
	}
	return len;
}

/* The last waiting JOIN with room, unless something must stay before us. */
static struct item *join_with_room(struct sendq *q, unsigned most, size_t more)
{
	for (struct list *it = q->items.prev; it != &q->items; it = it->prev) {
		struct item *item = item_of(it);

		if (item->kind == SENDQ_LINE || item->kind == SENDQ_BATCH) {
			return NULL;
		}
		if (item->kind == SENDQ_JOIN) {
			return item->njoins < most &&
				join_len(item, more) <= JOIN_LINE_MAX
				? item : NULL;
		}
	}
	return NULL;
}

enum err sendq_add_join(struct sendq *q, const struct isupport *is,
	struct slice channel, struct slice key)
{
	struct item *item = join_with_room(q, is->maxjoins,
		channel.len + key.len + 2);
	struct join *join;

	if (item == NULL) {
		if (sendq_room(q) == 0) {
			return ERR_FULL;
		}
		item = new_item(q, SENDQ_JOIN, slice(NULL, 0));
	}
	join = must_calloc(1, sizeof *join + channel.len + key.len);
	join->name_len = channel.len;
	join->key_len = key.len;
	memcpy(join->text, channel.p, channel.len);
	if (key.len > 0) {
		memcpy(join->text + channel.len, key.p, key.len);
	}
	/* Keys belong to the first channels of the line. */
	if (key.len > 0) {
		list_add(item->joins.next, &join->link);
	} else {
		list_add(&item->joins, &join->link);
	}
	item->njoins++;
	return ERR_OK;
}

bool sendq_drop_join(struct sendq *q, enum casemap cm, struct slice channel)
{
	list_each(it, &q->items) {
		struct item *item = item_of(it);

		list_each(at, &item->joins) {
			struct join *join = join_of(at);

			if (!casemap_equal(cm, channel,
				slice(join->text, join->name_len))) {
				continue;
			}
			drop_join(item, join);
			if (item->njoins == 0) {
				drop_item(q, item);
			}
			return true;
		}
	}
	return false;
}

static void build_join(struct item *item, struct buf *line)
{
	char mark = ' ';

	buf_add_str(line, "JOIN");
	list_each(it, &item->joins) {
		buf_add_char(line, mark);
		buf_add(line, join_of(it)->text, join_of(it)->name_len);
		mark = ',';
	}
	mark = ' ';
	list_each(it, &item->joins) {
		struct join *join = join_of(it);

		if (join->key_len > 0) {
			buf_add_char(line, mark);
			buf_add(line, join->text + join->name_len,
				join->key_len);
			mark = ',';
		}
	}
}

bool sendq_next(struct sendq *q, struct buf *line, uint64_t *token)
{
	struct list *first = list_first(&q->items);
	struct item *item;

	if (first == NULL) {
		return false;
	}
	item = item_of(first);
	buf_reset(line, SIZE_MAX);
	if (item->kind == SENDQ_JOIN) {
		build_join(item, line);
	} else {
		buf_add(line, item->line, item->len);
	}
	*token = item->place & SENDQ_LAST ? item->token : 0;
	q->together = item->kind == SENDQ_BATCH && !(item->place & SENDQ_LAST);
	drop_item(q, item);
	return true;
}
