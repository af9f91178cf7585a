/* SPDX-License-Identifier: MIT */
#include "tests/load/outq.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/mem.h"

#define OUTQ_CEILING ((size_t)256 << 20)

static void send_waiting(struct outq *q);

void outq_init(struct outq *q, uv_stream_t *stream)
{
	memset(q, 0, sizeof(*q));
	q->stream = stream;
	q->request.data = q;
}

void outq_finish(struct outq *q)
{
	free(q->waiting);
	free(q->flying);
	q->waiting = NULL;
	q->flying = NULL;
}

static void on_shut_down(uv_shutdown_t *shutdown, int status)
{
	struct outq *q = shutdown->data;

	if (status != UV_ECANCELED) {
		q->ended(q->ended_ctx);
	}
}

static void end_if_done(struct outq *q)
{
	if (q->ended == NULL || q->busy || q->len > 0) {
		return;
	}
	q->shutdown.data = q;
	if (q->broken ||
		uv_shutdown(&q->shutdown, q->stream, on_shut_down) != 0) {
		q->ended(q->ended_ctx);
	}
}

static void on_written(uv_write_t *request, int status)
{
	struct outq *q = request->data;

	q->busy = false;
	q->flying_len = 0;
	if (status != 0) {
		q->broken = true;
		q->len = 0;
	}
	if (status != UV_ECANCELED) {
		send_waiting(q);
		end_if_done(q);
	}
}

static void send_waiting(struct outq *q)
{
	char *bytes = q->waiting;
	size_t cap = q->cap;
	uv_buf_t buf;

	if (q->busy || q->len == 0 || q->broken) {
		return;
	}
	q->waiting = q->flying;
	q->cap = q->flying_cap;
	q->flying = bytes;
	q->flying_cap = cap;
	q->flying_len = q->len;
	q->len = 0;
	buf = uv_buf_init(bytes, (unsigned)q->flying_len);
	if (uv_write(&q->request, q->stream, &buf, 1, on_written) != 0) {
		q->broken = true;
		q->flying_len = 0;
		return;
	}
	q->busy = true;
}

void outq_add(struct outq *q, const char *bytes, size_t len)
{
	if (q->broken || q->ended != NULL ||
		uv_is_closing((uv_handle_t *)q->stream)) {
		return;
	}
	if (q->len + len > OUTQ_CEILING) {
		printf("Bail out! %zu bytes wait for one peer\n", q->len);
		exit(99);
	}
	mem_room(&q->waiting, &q->cap, q->len + len, 1);
	memcpy(q->waiting + q->len, bytes, len);
	q->len += len;
	send_waiting(q);
}

void outq_end(struct outq *q, void (*ended)(void *ctx), void *ctx)
{
	if (q->ended != NULL) {
		return;
	}
	q->ended = ended;
	q->ended_ctx = ctx;
	end_if_done(q);
}

size_t outq_pending(const struct outq *q)
{
	if (q->busy) {
		return q->len + q->stream->write_queue_size;
	}
	return q->len;
}
