/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/err.h"
#include "base/share.h"

/* Pieces of ten bytes; each place counts what it has lost. */
enum { PIECE = 10 };

struct room {
	struct share_place share;
	unsigned has;
	unsigned lost;
};

static struct share pool;
static unsigned dropped;

static void drop(struct share_place *p)
{
	struct room *r = list_entry(p, struct room, share);

	r->has--;
	r->lost++;
	dropped++;
	share_less(p, PIECE);
}

static void add(struct room *r)
{
	share_make_room(&r->share, PIECE);
	r->has++;
	share_more(&r->share, PIECE);
	assert_true(pool.bytes <= pool.max);
}

static void init(struct room *r, struct share_owner *o)
{
	*r = (struct room){0};
	share_place_init(&r->share, o, drop);
}

static void who_has_most_loses(void **state)
{
	struct share_owner owners[3];
	struct room rooms[3];

	(void)state;
	share_init(&pool, 1000);
	for (int i = 0; i < 3; i++) {
		share_owner_init(&owners[i], &pool);
		init(&rooms[i], &owners[i]);
	}
	for (int n = 0; n < 70; n++) {
		add(&rooms[0]);
	}
	for (int n = 0; n < 30; n++) {
		add(&rooms[1]);
	}
	for (int n = 0; n < 30; n++) {
		add(&rooms[2]);
	}
	assert_int_equal(rooms[0].has, 40);
	assert_int_equal(rooms[1].has, 30);
	assert_int_equal(rooms[2].has, 30);
	/* All want as much as they can get: each has a third, to an eighth. */
	for (int n = 0; n < 1000; n++) {
		for (int i = 0; i < 3; i++) {
			add(&rooms[i]);
		}
	}
	for (int i = 0; i < 3; i++) {
		assert_in_range(rooms[i].has, 29, 38);
	}
}

static void in_the_place_that_is_silent_longest(void **state)
{
	struct share_owner o;
	struct room rooms[4];

	(void)state;
	share_init(&pool, 40 * PIECE);
	share_owner_init(&o, &pool);
	for (int i = 0; i < 4; i++) {
		init(&rooms[i], &o);
		for (int n = 0; n < 10; n++) {
			add(&rooms[i]);
		}
	}
	add(&rooms[0]); /* the oldest is its own, still */
	assert_int_equal(rooms[0].lost, 1);
	for (int n = 0; n < 15; n++) {
		add(&rooms[0]);
	}
	assert_int_equal(rooms[1].has, 0);
	assert_int_equal(rooms[2].lost, 5);
	assert_int_equal(rooms[3].lost, 0);
	assert_int_equal(rooms[0].lost, 1);
}

static void many_cost_no_more_than_few(void **state)
{
	enum { OWNERS = 20000 };
	struct share_owner *owners = must_calloc(OWNERS, sizeof *owners);
	struct room *rooms = must_calloc(OWNERS, sizeof *rooms);

	(void)state;
	share_init(&pool, (size_t)OWNERS * 5 * PIECE);
	for (int i = 0; i < OWNERS; i++) {
		share_owner_init(&owners[i], &pool);
		init(&rooms[i], &owners[i]);
	}
	dropped = 0;
	for (int n = 0; n < 20; n++) {
		for (int i = 0; i < OWNERS; i++) {
			add(&rooms[i]);
		}
	}
	/* One goes for one that comes. */
	assert_int_equal(dropped, OWNERS * 15);
	for (int i = 0; i < OWNERS; i++) {
		assert_in_range(rooms[i].has, 4, 6);
	}
	free(owners);
	free(rooms);
}

static void what_goes_is_counted(void **state)
{
	struct share_owner o;
	struct room a;
	struct room b;

	(void)state;
	share_init(&pool, 1 << 30);
	share_owner_init(&o, &pool);
	init(&a, &o);
	init(&b, &o);
	for (size_t size = 1; size < 1 << 28; size = size * 2 + 1) {
		share_more(&a.share, size);
		assert_int_equal(o.bytes, size);
		assert_int_equal(pool.bytes, size);
		share_move(&b.share, &a.share);
		assert_int_equal(a.share.bytes, 0);
		assert_int_equal(pool.bytes, size);
		share_less(&b.share, size);
		assert_int_equal(pool.bytes, 0);
		assert_true(list_empty(&o.link) && list_empty(&o.places));
	}
	for (int i = 0; i < SHARE_RINGS / 64; i++) {
		assert_true(pool.used[i] == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_most_loses),
		cmocka_unit_test(in_the_place_that_is_silent_longest),
		cmocka_unit_test(many_cost_no_more_than_few),
		cmocka_unit_test(what_goes_is_counted),
	};

	return cmocka_run_group_tests_name("share", tests, NULL, NULL);
}
