/* SPDX-License-Identifier: MIT */
#include "mapping/room/room_private.h"

#include "mapping/session.h"
#include "mapping/user.h"

/* Rooms that are on IRC without a client (PROTOCOL D.0, D.9). */

enum { EXPECT_MS = 60000 };

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

/* ---- rooms without a client (D.0) ---- */

static struct room *create_unasked(struct session *s, struct slice channel)
{
	struct addr a = {.kind = ADDR_CHAN, .name = channel};
	struct room *r;
	struct buf jid;

	buf_init(&jid, 4096);
	addr_add_name(s->user->mapping, &jid, s->network, channel);
	a.bare = buf_cstr(&jid);
	r = room_create(s, &a);
	buf_finish(&jid);
	return r;
}

void room_keep(struct session *s, struct slice channel)
{
	struct room *r = session_room(s, channel);
	struct fault fault;

	if (r == NULL && !room_limits_allow(s, &fault)) {
		log_info(&s->log, "not joined channel=%.*s reason=limit",
			SLICE_ARG(channel));
		return;
	}
	if (r == NULL) {
		r = create_unasked(s, channel);
	}
	r->kept = true;
	if (r->state == ROOM_NONE) {
		room_request(r);
	}
}

void rooms_unkeep(struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		((struct room *)(void *)slot->entry)->kept = false;
	}
}

/* ---- rooms that clients are sent to (D.9) ---- */

struct room *room_expect(struct session *s, struct slice name)
{
	struct room *r = session_room(s, name);

	if (r == NULL) {
		r = create_unasked(s, name);
		r->displayed.named = true;
	}
	timer_start(core(r)->clock, &r->expect, EXPECT_MS);
	return r;
}

bool room_is_expected(const struct room *r)
{
	return timer_running(&r->expect);
}

void room_on_expect(void *ctx)
{
	struct room *r = ctx;

	if (list_empty(&r->views)) {
		room_part(r, slice(NULL, 0));
	}
}

static struct room *find_empty(const struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (!r->kept && list_empty(&r->views) && !room_is_expected(r)) {
			return r;
		}
	}
	return NULL;
}

void rooms_leave_empty(struct session *s)
{
	struct room *r;

	while ((r = find_empty(s)) != NULL) {
		room_part(r, slice(NULL, 0));
	}
}

bool rooms_hold(const struct session *s)
{
	uint32_t pos = 0;
	struct map_slot *slot;

	while ((slot = map_next(&s->rooms, &pos)) != NULL) {
		struct room *r = (struct room *)(void *)slot->entry;

		if (!list_empty(&r->views) || room_is_expected(r)) {
			return true;
		}
	}
	return false;
}
