/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_GATEWAY_PEER_H
#define TESTS_UNIT_GATEWAY_PEER_H

#include <uv.h>

#include "tests/unit/unit.h"

#include "base/buf.h"
#include "gateway/loop_uv.h"

/*
 * The other end of a link, in the same loop: listens on 127.0.0.1, takes one
 * connection at a time, keeps what it reads.
 */
struct peer {
	struct loop *loop;
	uv_tcp_t listener;
	uv_tcp_t conn;
	bool connected;
	bool holds; /* do not read */
	bool ended; /* the other side has closed or reset */
	unsigned connections;
	uint16_t port;
	struct buf in;
	char chunk[65536];
	void (*on_data)(struct peer *p, const char *bytes, size_t len);
	void *ctx;
};

/* Seconds for what must happen, of the loop itself: neither a clock that was
 * moved (skip_time()) nor a moment in which the test stood still counts. */
enum { WAIT_S = 120 };

/* Turns the loop until cond; fails the test when it never comes. */
#define WAIT(the_loop, cond)                                       \
	do {                                                       \
		unsigned left_ = WAIT_S;                           \
		uv_timer_t *guard_ = wait_begin(the_loop, &left_); \
		while (!(cond) && left_ > 0) {                     \
			loop_turn(the_loop, true);                 \
		}                                                  \
		wait_end(guard_);                                  \
		assert_true(left_ > 0);                            \
	} while (0)

static inline void wait_second(uv_timer_t *timer)
{
	unsigned *left = timer->data;

	*left -= *left > 0;
}

static inline uv_timer_t *wait_begin(struct loop *loop, unsigned *left)
{
	uv_timer_t *guard = malloc(sizeof *guard);

	assert_non_null(guard);
	uv_timer_init(loop_uv(loop), guard);
	guard->data = left;
	uv_timer_start(guard, wait_second, 1000, 1000);
	return guard;
}

static inline void wait_over(uv_handle_t *handle)
{
	free(handle);
}

static inline void wait_end(uv_timer_t *guard)
{
	uv_close((uv_handle_t *)guard, wait_over);
}

/* As if ms had passed: the clock stands still then, until they have. */
static inline void skip_time(struct loop *loop, uint64_t ms)
{
	struct clock *c = loop_clock(loop);

	clock_advance(c, c->now_ms + ms, c->wall_ms);
}

static inline void peer_on_alloc(uv_handle_t *handle, size_t n, uv_buf_t *out)
{
	struct peer *p = handle->data;

	(void)n;
	*out = uv_buf_init(p->chunk, sizeof p->chunk);
}

static inline void peer_on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
	struct peer *p = s->data;

	if (n < 0) {
		p->ended = true;
		uv_read_stop(s);
	} else if (n > 0 && p->on_data != NULL) {
		p->on_data(p, b->base, (size_t)n);
	} else if (n > 0) {
		buf_add(&p->in, b->base, (size_t)n);
	}
}

static inline void peer_read(struct peer *p)
{
	p->holds = false;
	assert_int_equal(uv_read_start((uv_stream_t *)&p->conn, peer_on_alloc,
				 peer_on_read), 0);
}

static inline void peer_on_refused(uv_handle_t *handle)
{
	free(handle);
}

/* A second connection at a time: hung up at once. */
static inline void peer_refuse(struct peer *p, uv_stream_t *listener)
{
	uv_tcp_t *tcp = calloc(1, sizeof *tcp);

	uv_tcp_init(loop_uv(p->loop), tcp);
	assert_int_equal(uv_accept(listener, (uv_stream_t *)tcp), 0);
	uv_close((uv_handle_t *)tcp, peer_on_refused);
}

static inline void peer_on_connection(uv_stream_t *listener, int status)
{
	struct peer *p = listener->data;

	assert_int_equal(status, 0);
	if (p->connected) {
		peer_refuse(p, listener);
		return;
	}
	uv_tcp_init(loop_uv(p->loop), &p->conn);
	p->conn.data = p;
	assert_int_equal(uv_accept(listener, (uv_stream_t *)&p->conn), 0);
	p->connected = true;
	p->connections++;
	if (!p->holds) {
		peer_read(p);
	}
}

static inline void peer_listen(struct peer *p, struct loop *loop)
{
	struct sockaddr_in a;
	int len = sizeof a;

	memset(p, 0, sizeof *p);
	p->loop = loop;
	buf_init(&p->in, 64 * 1024 * 1024);
	uv_tcp_init(loop_uv(loop), &p->listener);
	p->listener.data = p;
	uv_ip4_addr("127.0.0.1", 0, &a);
	assert_int_equal(
		uv_tcp_bind(&p->listener, (struct sockaddr *)&a, 0), 0);
	assert_int_equal(uv_listen((uv_stream_t *)&p->listener, 8,
				 peer_on_connection), 0);
	uv_tcp_getsockname(&p->listener, (struct sockaddr *)&a, &len);
	p->port = ntohs(a.sin_port);
}

static inline void peer_write(struct peer *p, const char *bytes, size_t len)
{
	uv_buf_t b = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)len);

	assert_int_equal(uv_try_write((uv_stream_t *)&p->conn, &b, 1),
		(int)len);
}

static inline void peer_on_closed(uv_handle_t *handle)
{
	struct peer *p = handle->data;

	p->connected = false;
}

static inline void peer_hang_up(struct peer *p)
{
	if (p->connected && !uv_is_closing((uv_handle_t *)&p->conn)) {
		uv_close((uv_handle_t *)&p->conn, peer_on_closed);
	}
}

/* The loop closes the handles when it is destroyed. */
static inline void peer_finish(struct peer *p)
{
	peer_hang_up(p);
	uv_close((uv_handle_t *)&p->listener, NULL);
	buf_finish(&p->in);
}

#endif
