/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/err.h"
#include "tests/unit/base/dies.h"

enum { TIMERS = 64 };

struct bell {
	struct timer timer;
	struct clock *clock;
	int number;
	unsigned rung;
	void (*then)(struct bell *bell);
	struct bell *other;
};

static int heard[1000];
static size_t nheard;

static void ring(void *ctx)
{
	struct bell *bell = ctx;

	bell->rung++;
	if (nheard < sizeof heard / sizeof *heard) {
		heard[nheard++] = bell->number;
	}
	if (bell->then != NULL) {
		bell->then(bell);
	}
}

static void hang(struct bell *bells, int n, struct clock *c)
{
	nheard = 0;
	memset(bells, 0, (size_t)n * sizeof *bells);
	for (int i = 0; i < n; i++) {
		bells[i].clock = c;
		bells[i].number = i;
		timer_init(&bells[i].timer, ring, &bells[i]);
	}
}

static void to(struct clock *c, uint64_t ms)
{
	clock_advance(c, ms, (int64_t)ms + 1000000);
}

static void fires_in_the_order_of_deadlines(void **state)
{
	static const int delays[] = {50, 10, 40, 20, 30};
	static const int order[] = {1, 3, 4, 2, 0};
	struct clock c;
	struct bell b[5];

	(void)state;
	clock_init(&c, 100, 0);
	hang(b, 5, &c);
	for (int i = 0; i < 5; i++) {
		timer_start(&c, &b[i].timer, (uint64_t)delays[i]);
	}
	to(&c, 1000);
	assert_int_equal(nheard, 5);
	assert_memory_equal(heard, order, sizeof order);
	clock_finish(&c);
}

static void equal_deadlines_fire_in_the_order_of_starting(void **state)
{
	struct clock c;
	struct bell b[20];

	(void)state;
	clock_init(&c, 0, 0);
	hang(b, 20, &c);
	for (int i = 19; i >= 0; i--) {
		timer_start(&c, &b[i].timer, 5);
	}
	timer_start(&c, &b[19].timer, 5); /* now the last */
	to(&c, 5);
	for (int i = 0; i < 19; i++) {
		assert_int_equal(heard[i], 18 - i);
	}
	assert_int_equal(heard[19], 19);
	clock_finish(&c);
}

static void fires_when_due_and_not_before(void **state)
{
	struct clock c;
	struct bell b;

	(void)state;
	clock_init(&c, 100, 0);
	hang(&b, 1, &c);
	timer_start(&c, &b.timer, 10);
	assert_int_equal(clock_next(&c), 10);
	to(&c, 109);
	assert_int_equal(b.rung, 0);
	assert_true(timer_running(&b.timer));
	assert_int_equal(clock_next(&c), 1);
	to(&c, 110);
	assert_int_equal(b.rung, 1);
	assert_false(timer_running(&b.timer));
	assert_int_equal(clock_next(&c), -1);
	to(&c, 10000);
	assert_int_equal(b.rung, 1);
	clock_finish(&c);
}

static void starting_again_moves_it(void **state)
{
	struct clock c;
	struct bell b;

	(void)state;
	clock_init(&c, 0, 0);
	hang(&b, 1, &c);
	timer_start(&c, &b.timer, 10);
	timer_start(&c, &b.timer, 30);
	to(&c, 20);
	assert_int_equal(b.rung, 0);
	timer_start(&c, &b.timer, 5);
	to(&c, 25);
	assert_int_equal(b.rung, 1);
	clock_finish(&c);
}

static void stopping_an_idle_timer_is_harmless(void **state)
{
	struct clock c;
	struct bell b;

	(void)state;
	clock_init(&c, 0, 0);
	hang(&b, 1, &c);
	timer_stop(&c, &b.timer);
	timer_start(&c, &b.timer, 1);
	timer_stop(&c, &b.timer);
	timer_stop(&c, &b.timer);
	to(&c, 100);
	assert_int_equal(b.rung, 0);
	clock_finish(&c);
}

static void stop_other(struct bell *bell)
{
	timer_stop(bell->clock, &bell->other->timer);
}

static void a_timer_stopped_by_another_does_not_fire(void **state)
{
	struct clock c;
	struct bell b[2];

	(void)state;
	clock_init(&c, 0, 0);
	hang(b, 2, &c);
	b[0].then = stop_other;
	b[0].other = &b[1];
	timer_start(&c, &b[0].timer, 5);
	timer_start(&c, &b[1].timer, 5);
	to(&c, 5);
	assert_int_equal(b[0].rung, 1);
	assert_int_equal(b[1].rung, 0);
	clock_finish(&c);
}

static void again_at_once(struct bell *bell)
{
	timer_start(bell->clock, &bell->timer, 0);
}

/* Else one timer would keep the loop for ever. */
static void a_zero_timer_started_by_itself_waits_for_the_next_turn(void **state)
{
	struct clock c;
	struct bell b[2];

	(void)state;
	clock_init(&c, 0, 0);
	hang(b, 2, &c);
	b[0].then = again_at_once;
	timer_start(&c, &b[0].timer, 0);
	timer_start(&c, &b[1].timer, 0);
	assert_int_equal(clock_next(&c), 0);
	to(&c, 0);
	assert_int_equal(b[0].rung, 1);
	assert_int_equal(b[1].rung, 1);
	assert_int_equal(clock_next(&c), 0);
	to(&c, 0);
	assert_int_equal(b[0].rung, 2);
	timer_stop(&c, &b[0].timer);
	clock_finish(&c);
}

static void start_other_late(struct bell *bell)
{
	timer_start(bell->clock, &bell->other->timer, 50);
}

/* Time has moved on before anybody is called. */
static void callbacks_see_the_new_time(void **state)
{
	struct clock c;
	struct bell b[2];

	(void)state;
	clock_init(&c, 0, 0);
	hang(b, 2, &c);
	b[0].then = start_other_late;
	b[0].other = &b[1];
	timer_start(&c, &b[0].timer, 10);
	to(&c, 1000);
	assert_int_equal(b[1].timer.at_ms, 1050);
	assert_int_equal(clock_next(&c), 50);
	to(&c, 1050);
	assert_int_equal(b[1].rung, 1);
	clock_finish(&c);
}

static void never_goes_backwards_but_the_wall_may(void **state)
{
	struct clock c;

	(void)state;
	clock_init(&c, 100, 5000);
	clock_advance(&c, 50, 4000);
	assert_int_equal(c.now_ms, 100);
	assert_int_equal(c.wall_ms, 4000);
	clock_finish(&c);
}

/* ---- against a simple model: an array that is searched ---- */

struct model {
	bool running[TIMERS];
	uint64_t at[TIMERS];
	uint64_t order[TIMERS];
	uint64_t starts;
};

static int model_next(const struct model *m, uint64_t now)
{
	int best = -1;

	for (int i = 0; i < TIMERS; i++) {
		if (m->running[i] && m->at[i] <= now &&
			(best < 0 || m->at[i] < m->at[best] ||
				(m->at[i] == m->at[best] &&
					m->order[i] < m->order[best]))) {
			best = i;
		}
	}
	return best;
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void agrees_with_a_simple_model_after_any_operations(void **state)
{
	static struct bell b[TIMERS];
	struct model m = {.starts = 0};
	struct clock c;
	uint32_t seed = 4711;
	uint64_t now = 0;

	(void)state;
	clock_init(&c, 0, 0);
	hang(b, TIMERS, &c);
	for (int step = 0; step < 50000; step++) {
		int i = (int)(next_random(&seed) % TIMERS);
		unsigned what = next_random(&seed) % 8;

		if (what < 5) {
			uint64_t delay = next_random(&seed) % 50;

			timer_start(&c, &b[i].timer, delay);
			m.running[i] = true;
			m.at[i] = now + delay;
			m.order[i] = m.starts++;
		} else if (what == 5) {
			timer_stop(&c, &b[i].timer);
			m.running[i] = false;
		} else {
			int expected;

			now += next_random(&seed) % 20;
			nheard = 0;
			to(&c, now);
			for (size_t k = 0; k < nheard; k++) {
				expected = model_next(&m, now);
				assert_int_equal(heard[k], expected);
				m.running[expected] = false;
			}
			assert_int_equal(model_next(&m, now), -1);
		}
		assert_int_equal(timer_running(&b[i].timer), m.running[i]);
	}
	for (int i = 0; i < TIMERS; i++) {
		timer_stop(&c, &b[i].timer);
	}
	assert_int_equal(c.used, 0);
	clock_finish(&c);
}

static void end_while_running(void)
{
	struct clock c;
	struct bell b;

	clock_init(&c, 0, 0);
	hang(&b, 1, &c);
	timer_start(&c, &b.timer, 1);
	clock_finish(&c);
}

static void the_clock_does_not_end_while_a_timer_runs(void **state)
{
	(void)state;
	assert_true(dies(end_while_running));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fires_in_the_order_of_deadlines),
		cmocka_unit_test(equal_deadlines_fire_in_the_order_of_starting),
		cmocka_unit_test(fires_when_due_and_not_before),
		cmocka_unit_test(starting_again_moves_it),
		cmocka_unit_test(stopping_an_idle_timer_is_harmless),
		cmocka_unit_test(a_timer_stopped_by_another_does_not_fire),
		cmocka_unit_test(
			a_zero_timer_started_by_itself_waits_for_the_next_turn),
		cmocka_unit_test(callbacks_see_the_new_time),
		cmocka_unit_test(never_goes_backwards_but_the_wall_may),
		cmocka_unit_test(
			agrees_with_a_simple_model_after_any_operations),
		cmocka_unit_test(the_clock_does_not_end_while_a_timer_runs),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
