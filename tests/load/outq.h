/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_OUTQ_H
#define TESTS_LOAD_OUTQ_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

/*
 * What waits to be written to a stream. The first bytes go out at once, what
 * is added while a write is under way leaves as one write after it.
 * Ownership: memory is the caller's; the stream outlives the queue's writes
 * (close it with uv_close, then outq_finish in the close callback).
 * Ceiling: 256 MiB, beyond it the process aborts: the test feeds blindly.
 */
struct outq {
	uv_stream_t *stream;
	uv_write_t request;
	char *waiting; /* not yet given to libuv */
	size_t len;
	size_t cap;
	char *flying; /* being written */
	size_t flying_len;
	size_t flying_cap;
	bool busy;
	bool broken; /* the peer is gone: everything is dropped */
	uv_shutdown_t shutdown;
	void (*ended)(void *ctx); /* not NULL: nothing more is added */
	void *ended_ctx;
};

void outq_init(struct outq *q, uv_stream_t *stream);
void outq_finish(struct outq *q);

void outq_add(struct outq *q, const char *bytes, size_t len);

/*
 * Lets what waits go out, ends the sending side, then calls ended(), once;
 * perhaps before it returns. Not called when the stream is closed meanwhile.
 */
void outq_end(struct outq *q, void (*ended)(void *ctx), void *ctx);

/* Bytes not yet taken by the kernel. */
size_t outq_pending(const struct outq *q);

#endif
