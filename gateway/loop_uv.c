/* SPDX-License-Identifier: MIT */
#include "gateway/loop_uv.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "base/err.h"

enum { SIGNALS = 3 };

struct loop {
	uv_loop_t uv;
	uv_timer_t timer;     /* the clock's next deadline */
	uv_prepare_t prepare; /* the end of a turn, just before waiting */
	uv_signal_t signals[SIGNALS];
	bool has_signals;
	void (*on_signal)(void *ctx, int signum);
	void *signal_ctx;
	struct clock clock;
	struct list tasks;
	struct list residents;
	struct loop_task *when_empty;
	uint64_t turn;
	bool stepping; /* loop_turn(): do not wait after having done something */
	char read[LOOP_READ_MAX];
	char plain[LOOP_READ_MAX];
};

static int64_t wall_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void loop_tick(struct loop *loop)
{
	uint64_t now = uv_now(&loop->uv);

	if (now > loop->clock.now_ms) {
		loop->clock.now_ms = now;
		loop->clock.wall_ms = wall_ms();
	}
}

/* Nothing to do: waking up was the purpose, on_turn_end() does the work. */
static void on_timer(uv_timer_t *timer)
{
	(void)timer;
}

/* Those there are now; what they start themselves runs in the next turn. */
static void run_tasks(struct loop *loop)
{
	struct list now;
	struct list *first;

	list_init(&now);
	while ((first = list_first(&loop->tasks)) != NULL) {
		list_remove(first);
		list_add(&now, first);
	}
	while ((first = list_first(&now)) != NULL) {
		struct loop_task *task = list_entry(first, struct loop_task, link);

		list_remove(first);
		task->fn(task->ctx);
	}
}

static void on_turn_end(uv_prepare_t *prepare)
{
	struct loop *loop = prepare->data;
	bool busy = !list_empty(&loop->tasks);
	int64_t wait;

	loop->turn++;
	uv_update_time(&loop->uv);
	loop_tick(loop);
	busy = busy || clock_next(&loop->clock) == 0;
	clock_advance(&loop->clock, uv_now(&loop->uv), wall_ms());
	run_tasks(loop);
	wait = list_empty(&loop->tasks) ? clock_next(&loop->clock) : 0;
	if (busy && loop->stepping) {
		wait = 0;
	}
	if (wait < 0) {
		uv_timer_stop(&loop->timer);
	} else {
		uv_timer_start(&loop->timer, on_timer, (uint64_t)wait, 0);
	}
}

struct loop *loop_create(void)
{
	struct loop *loop = must_calloc(1, sizeof *loop);

	must(uv_loop_init(&loop->uv) == 0);
	clock_init(&loop->clock, uv_now(&loop->uv), wall_ms());
	list_init(&loop->tasks);
	list_init(&loop->residents);
	uv_timer_init(&loop->uv, &loop->timer);
	uv_prepare_init(&loop->uv, &loop->prepare);
	loop->prepare.data = loop;
	uv_prepare_start(&loop->prepare, on_turn_end);
	return loop;
}

static void on_uv_signal(uv_signal_t *handle, int signum)
{
	struct loop *loop = handle->data;

	loop_tick(loop);
	loop->on_signal(loop->signal_ctx, signum);
}

void loop_signals(struct loop *loop, void (*on_signal)(void *ctx, int signum),
	void *ctx)
{
	static const int wanted[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

	signal(SIGPIPE, SIG_IGN);
	loop->on_signal = on_signal;
	loop->signal_ctx = ctx;
	must(!loop->has_signals);
	loop->has_signals = true;
	for (size_t i = 0; i < SIGNALS; i++) {
		must(uv_signal_init(&loop->uv, &loop->signals[i]) == 0);
		loop->signals[i].data = loop;
		must(uv_signal_start(&loop->signals[i], on_uv_signal,
			     wanted[i]) == 0);
	}
}

void loop_destroy(struct loop *loop)
{
	struct list *first;

	if (loop == NULL) {
		return;
	}
	loop->when_empty = NULL;
	while ((first = list_first(&loop->residents)) != NULL) {
		struct loop_resident *r =
			list_entry(first, struct loop_resident, link);

		loop_leave(loop, r);
		r->abort(r->ctx);
	}
	must(list_empty(&loop->tasks));
	uv_close((uv_handle_t *)&loop->timer, NULL);
	uv_close((uv_handle_t *)&loop->prepare, NULL);
	for (size_t i = 0; loop->has_signals && i < SIGNALS; i++) {
		uv_close((uv_handle_t *)&loop->signals[i], NULL);
	}
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	must(uv_loop_close(&loop->uv) == 0);
	clock_finish(&loop->clock);
	free(loop);
}

void loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

void loop_turn(struct loop *loop, bool wait)
{
	loop->stepping = true;
	uv_run(&loop->uv, wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
	loop->stepping = false;
}

uint64_t loop_turn_number(const struct loop *loop)
{
	return loop->turn;
}

struct clock *loop_clock(struct loop *loop)
{
	return &loop->clock;
}

uv_loop_t *loop_uv(struct loop *loop)
{
	return &loop->uv;
}

void loop_task_init(struct loop_task *task, void (*fn)(void *ctx), void *ctx)
{
	list_init(&task->link);
	task->fn = fn;
	task->ctx = ctx;
}

void loop_soon(struct loop *loop, struct loop_task *task)
{
	if (list_empty(&task->link)) {
		list_add(&loop->tasks, &task->link);
	}
}

void loop_cancel(struct loop_task *task)
{
	list_remove(&task->link);
}

void loop_enter(struct loop *loop, struct loop_resident *r,
	void (*abort)(void *ctx), void *ctx)
{
	r->abort = abort;
	r->ctx = ctx;
	list_init(&r->link);
	list_add(&loop->residents, &r->link);
}

void loop_leave(struct loop *loop, struct loop_resident *r)
{
	if (list_empty(&r->link)) {
		return;
	}
	list_remove(&r->link);
	if (list_empty(&loop->residents) && loop->when_empty != NULL) {
		loop_soon(loop, loop->when_empty);
	}
}

void loop_when_empty(struct loop *loop, struct loop_task *task)
{
	loop->when_empty = task;
}

bool loop_empty(const struct loop *loop)
{
	return list_empty(&loop->residents);
}

char *loop_read_buffer(struct loop *loop)
{
	return loop->read;
}

char *loop_plain_buffer(struct loop *loop)
{
	return loop->plain;
}
