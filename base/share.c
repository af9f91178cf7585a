/* SPDX-License-Identifier: MIT */
#include "base/share.h"

#include "base/err.h"

void share_init(struct share *s, size_t max)
{
	must(max < UINT32_MAX);
	*s = (struct share){.max = max};
	for (unsigned i = 0; i < SHARE_RINGS; i++) {
		list_init(&s->rings[i]);
	}
}

void share_owner_init(struct share_owner *o, struct share *s)
{
	*o = (struct share_owner){.share = s};
	list_init(&o->link);
	list_init(&o->places);
}

void share_place_init(struct share_place *p, struct share_owner *o,
	void (*drop)(struct share_place *p))
{
	*p = (struct share_place){.owner = o, .drop = drop};
	list_init(&p->link);
}

/* ---- rings ---- */

/* 0 to 7 each, then the power of two and the three bits behind its first. */
static unsigned ring_of(size_t bytes)
{
	unsigned top;

	if (bytes < 8) {
		return (unsigned)bytes;
	}
	top = 63 - (unsigned)__builtin_clzll(bytes);
	return (top - 2) * 8 + ((unsigned)(bytes >> (top - 3)) & 7);
}

static void leave_ring(struct share_owner *o)
{
	struct share *s = o->share;

	list_remove(&o->link);
	if (list_empty(&s->rings[o->ring])) {
		s->used[o->ring / 64] &= ~((uint64_t)1 << o->ring % 64);
	}
}

static void enter_ring(struct share_owner *o, unsigned ring)
{
	struct share *s = o->share;

	o->ring = ring;
	list_add(&s->rings[ring], &o->link);
	s->used[ring / 64] |= (uint64_t)1 << ring % 64;
}

static void change_ring(struct share_owner *o)
{
	unsigned ring = ring_of(o->bytes);
	bool in_one = !list_empty(&o->link);

	if (in_one && ring == o->ring) {
		return;
	}
	if (in_one) {
		leave_ring(o);
	}
	if (o->bytes > 0) {
		enter_ring(o, ring);
	}
}

static struct share_owner *greediest(const struct share *s)
{
	unsigned word = SHARE_RINGS / 64;

	while (word-- > 0) {
		if (s->used[word] != 0) {
			unsigned bit = 63 -
				(unsigned)__builtin_clzll(s->used[word]);

			return list_entry(
				list_first(&s->rings[word * 64 + bit]),
				struct share_owner, link);
		}
	}
	return NULL;
}

/* ---- counting ---- */

void share_make_room(struct share_place *p, size_t size)
{
	struct share *s = p->owner->share;

	must(size <= s->max);
	while (s->bytes > s->max - size) {
		struct share_place *oldest =
			list_entry(list_first(&greediest(s)->places),
				struct share_place, link);
		size_t before = s->bytes;

		oldest->drop(oldest);
		must(s->bytes < before);
	}
}

void share_more(struct share_place *p, size_t size)
{
	struct share_owner *o = p->owner;

	p->bytes += size;
	o->bytes += size;
	o->share->bytes += size;
	list_remove(&p->link);
	if (p->bytes > 0) {
		list_add(&o->places, &p->link);
	}
	change_ring(o);
}

void share_less(struct share_place *p, size_t size)
{
	struct share_owner *o = p->owner;

	must(size <= p->bytes);
	p->bytes -= size;
	o->bytes -= size;
	o->share->bytes -= size;
	if (p->bytes == 0) {
		list_remove(&p->link);
	}
	change_ring(o);
}

void share_move(struct share_place *to, struct share_place *from)
{
	size_t bytes = from->bytes;

	must(to->bytes == 0);
	share_less(from, bytes);
	share_more(to, bytes);
}
