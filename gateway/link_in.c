/* SPDX-License-Identifier: MIT */
#include "gateway/link_private.h"

#include <string.h>

#include "gateway/dial.h"

/*
 * What comes in: bytes of the socket, to a proxy while that is what it leads
 * to, through TLS when there is any, and to the caller once the link is up.
 */
enum { TLS_PIECE = 4096 };

static void give(struct link *l, const char *p, size_t len)
{
	if (l->state == LINK_UP) {
		l->events->on_data(l->ctx, p, len);
	}
}

void link_pump_tls(struct link *l)
{
	char *plain = loop_plain_buffer(l->loop);

	while (l->state == LINK_UP && !l->paused) {
		size_t len = 0;
		enum err err = tls_read(l->tls, plain, LOOP_READ_MAX, &len,
			&l->out.wire);

		if (err != ERR_OK) {
			link_lose(l, err, tls_detail(l->tls));
			return;
		}
		if (len == 0) {
			break;
		}
		give(l, plain, len);
		explicit_bzero(plain, len);
	}
	if (l->out.wire.len > 0 && !link_has_ended(l)) {
		loop_soon(l->loop, &l->task);
	}
}

void link_step_handshake(struct link *l)
{
	bool done = false;
	enum err err = tls_handshake(l->tls, &l->out.wire, &done);

	link_flush(l);
	if (err != ERR_OK) {
		link_lose(l, err, tls_detail(l->tls));
	} else if (done) {
		link_go_up(l);
	}
}

/*
 * Small pieces, each drained before the next: OpenSSL's memory never gives
 * back what it once took. Only a paused link keeps the rest there.
 */
static void input_tls(struct link *l, const char *p, size_t len)
{
	while (len > 0 && !link_has_ended(l)) {
		size_t n = len < TLS_PIECE ? len : TLS_PIECE;

		tls_input(l->tls, p, n);
		p += n;
		len -= n;
		if (l->state == LINK_HANDSHAKE) {
			link_step_handshake(l);
		}
		if (l->state == LINK_UP) {
			link_pump_tls(l);
		}
	}
}

/*
 * libuv reads a socket up to 32 times before others have their turn. A buffer of
 * no length makes it stop, without a call of the kernel: it comes back with
 * UV_ENOBUFS, and the next turn finds the socket readable again.
 */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct link *l = handle->data;
	uint64_t turn = loop_turn_number(l->loop);

	(void)suggested;
	if (l->turn != turn) {
		l->turn = turn;
		l->turn_left = l->max_turn;
	}
	*out = uv_buf_init(loop_read_buffer(l->loop), (unsigned)l->turn_left);
}

void link_input(struct link *l, const char *p, size_t len)
{
	if (l->tls != NULL) {
		input_tls(l, p, len);
	} else {
		give(l, p, len);
	}
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct link *l = stream->data;
	bool plain = l->tls == NULL;

	loop_tick(l->loop);
	if (n == 0 || n == UV_ENOBUFS) {
		return;
	}
	if (n < 0) {
		link_lose(l, dial_err((int)n),
			n == UV_EOF ? "" : uv_strerror((int)n));
		return;
	}
	if (link_has_ended(l)) {
		return; /* thrown away */
	}
	l->bytes_in += (size_t)n;
	l->turn_left -= (size_t)n;
	if (l->state == LINK_PROXY) {
		link_proxy_input(l, b->base, (size_t)n);
	} else {
		link_input(l, b->base, (size_t)n);
	}
	if (plain) {
		explicit_bzero(b->base, (size_t)n); /* passwords, too */
	}
}

void link_update_reading(struct link *l)
{
	bool want = !l->paused || l->state != LINK_UP;
	int status = 0;

	if (l->tcp == NULL || l->state == LINK_CLOSED || want == l->reading) {
		return;
	}
	l->reading = want;
	if (want) {
		status = uv_read_start((uv_stream_t *)l->tcp, on_alloc,
			on_read);
	} else {
		uv_read_stop((uv_stream_t *)l->tcp);
	}
	if (status != 0) {
		link_lose_later(l, dial_err(status));
	}
}
