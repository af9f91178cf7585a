/* SPDX-License-Identifier: MIT */
#include "mapping/room/belief.h"

#include <stdlib.h>

#include "mapping/room/conference.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/room/storm.h"

bool belief_is_before(uint32_t number, uint32_t than)
{
	return (int32_t)(number - than) < 0;
}

bool view_believes(const struct view *v, uint32_t belief)
{
	return !belief_is_before(belief, v->beliefs);
}

/* ---- kept and forgotten ---- */

static void forget_texts(struct belief *b)
{
	istr_set(&b->host, NULL);
	istr_set(&b->identity, NULL);
	istr_set(&b->reason, NULL);
}

static void belief_free(struct belief *b)
{
	forget_texts(b);
	istr_unref(b->nick);
	istr_unref(b->entry.key);
	free(b);
}

void belief_let_go(struct beliefs *s, struct belief *b)
{
	if ((b->flags & BELIEF_PENDING) == 0) {
		forget_texts(b);
	}
	if ((b->flags & (BELIEF_QUEUED | BELIEF_PENDING | BELIEF_ABSENT)) ==
		0) {
		map_remove(&s->all, &b->entry);
		belief_free(b);
	}
}

void beliefs_init(struct beliefs *s, struct room *r)
{
	s->room = r;
	s->first = NULL;
	s->end = &s->first;
	s->open = r->beliefs;
	map_init(&s->all);
}

void beliefs_finish(struct beliefs *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->all, &pos)) != NULL) {
		/* The table is not looked at again: no dangling key. */
		belief_free((struct belief *)(void *)slot->entry);
	}
	map_finish(&s->all);
}

void beliefs_forget_absent(struct beliefs *s)
{
	struct belief **all =
		must_calloc(s->all.used + 1, sizeof(struct belief *));
	uint32_t pos = 0;
	struct map_slot *slot;
	size_t n = 0;

	while ((slot = map_next(&s->all, &pos)) != NULL) {
		all[n++] = (struct belief *)(void *)slot->entry;
	}
	for (size_t i = 0; i < n; i++) {
		all[i]->flags &= ~(unsigned)(BELIEF_ABSENT | BELIEF_SEEN);
		belief_let_go(s, all[i]);
	}
	free(all);
}

struct belief *belief_find(const struct beliefs *s, const struct istr *key)
{
	return (struct belief *)(void *)map_get(&s->all, key);
}

struct belief *belief_get(struct beliefs *s, const struct istr *key)
{
	struct belief *b = belief_find(s, key);

	if (b != NULL || s->all.used >= BELIEFS_MAX) {
		return b;
	}
	b = must_calloc(1, sizeof *b);
	b->entry.key = istr_ref(key);
	b->number = s->room->beliefs++;
	map_put(&s->all, &b->entry, 0);
	return b;
}

void belief_here(struct belief *b, const struct ircuser *u, uint32_t bits)
{
	const struct istr *identity = ircuser_text(u, USER_IDENTITY);

	if (identity == NULL) {
		identity = ircuser_account(u);
	}
	b->flags |= BELIEF_HERE;
	if (ircuser_away(u) != NULL) {
		b->flags |= BELIEF_AWAY;
	}
	b->bits = (uint16_t)bits;
	istr_set(&b->nick, istr_ref(u->nick));
	istr_set(&b->host, istr_ref(ircuser_host(u)));
	istr_set(&b->identity, istr_ref(identity));
}

void belief_pend(struct beliefs *s, struct belief *b)
{
	b->number = s->room->beliefs++;
	b->flags |= BELIEF_PENDING;
	if ((b->flags & BELIEF_QUEUED) == 0) {
		b->flags |= BELIEF_QUEUED;
		b->next = NULL;
		*s->end = b;
		s->end = &b->next;
	}
}

/* ---- one of them is shown ---- */

/* The user that they know, as room_show() wants one. */
static void make_user(const struct belief *b, struct ircuser *u,
	struct ircmore *more)
{
	*more = (struct ircmore){.text = {
		[USER_HOST] = b->host,
		[USER_IDENTITY] = b->identity,
	}};
	*u = (struct ircuser){
		.entry = b->entry,
		.nick = b->nick,
		.rest = (uintptr_t)more | USER_MORE,
	};
}

static void show_gone(struct room *r, const struct belief *b)
{
	struct ircmore more;
	struct ircuser was;
	struct shown s = {
		.unavailable = true,
		.codes = {333},
		.status = istr_slice(b->reason),
		.belief = &b->number,
	};

	make_user(b, &was, &more);
	room_show(r, &was, b->bits, &s);
	conference_push(r, NULL, istr_slice(b->nick), false);
}

static void show_here(struct room *r, const struct belief *b, struct ircuser *u,
	uint32_t bits)
{
	room_show(r, u, bits, &(struct shown){.belief = &b->number});
	if (r->lazy) {
		chan_mark(r->chan, b->entry.key);
	}
}

/*
 * Back as the one he was, as far as is known: he keeps the occupant-id (D.3).
 * Somebody else may have taken the nick meanwhile.
 */
static bool is_same(struct room *r, const struct belief *b, struct ircuser *u)
{
	struct ircmore more;
	struct ircuser was;

	if ((b->flags & BELIEF_OTHER_LINK) != 0) {
		return true;
	}
	if (b->host != NULL && b->host != ircuser_host(u)) {
		return false;
	}
	make_user(b, &was, &more);
	ircnet_recognise(r->net, u, ircnet_identity(r->net, &was));
	return true;
}

static bool is_changed(const struct belief *b, const struct ircuser *u,
	uint32_t bits)
{
	return (b->flags & BELIEF_OTHERWISE) != 0 || b->bits != bits ||
		b->nick != u->nick ||
		((b->flags & BELIEF_AWAY) != 0) != (ircuser_away(u) != NULL);
}

static void show(struct room *r, struct belief *b)
{
	bool here = (b->flags & BELIEF_HERE) != 0;
	uint32_t bits = 0;
	struct ircuser *u = chan_member(r->chan, b->entry.key, &bits);

	b->flags &= ~(unsigned)BELIEF_PENDING;
	if (here && u != NULL && is_same(r, b, u)) {
		if (is_changed(b, u, bits)) {
			show_here(r, b, u, bits);
		} else if (r->lazy) {
			chan_mark(r->chan, b->entry.key);
		}
		return;
	}
	if (here) {
		show_gone(r, b);
	}
	if (u != NULL) {
		show_here(r, b, u, bits);
		conference_push(r, NULL, istr_slice(u->nick), true);
	}
}

void belief_settle(struct beliefs *s, struct belief *b)
{
	if ((b->flags & BELIEF_PENDING) != 0) {
		show(s->room, b);
		belief_let_go(s, b);
	}
}

void belief_vacate(struct beliefs *s, struct belief *b)
{
	if ((b->flags & BELIEF_HERE) != 0) {
		show_gone(s->room, b);
	}
	b->flags &= ~(unsigned)(BELIEF_PENDING | BELIEF_ABSENT);
	belief_let_go(s, b);
}

/* ---- their turns ---- */

static bool is_open(const struct beliefs *s)
{
	return s->first != NULL && belief_is_before(s->first->number, s->open);
}

bool beliefs_show(struct beliefs *s, unsigned most, unsigned *done)
{
	while (is_open(s) && *done < most) {
		struct belief *b = s->first;

		s->first = b->next;
		if (s->first == NULL) {
			s->end = &s->first;
		}
		b->flags &= ~(unsigned)BELIEF_QUEUED;
		*done += (b->flags & BELIEF_PENDING) != 0;
		belief_settle(s, b);
	}
	return is_open(s);
}
