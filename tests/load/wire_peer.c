/* SPDX-License-Identifier: MIT */
#include "tests/load/wire_peer.h"

#include <string.h>

#define PATIENCE_MS 60000

static void on_alloc(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
	struct wire_peer *peer = handle->data;

	(void)wanted;
	*buf = uv_buf_init(peer->in, sizeof(peer->in));
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
	struct wire_peer *peer = stream->data;

	if (got < 0) {
		peer->ended = true;
		uv_read_stop(stream);
		return;
	}
	if (peer->len + (size_t)got >= sizeof(peer->got)) {
		peer->len = 0; /* nobody waited for it */
	}
	memcpy(peer->got + peer->len, buf->base, (size_t)got);
	peer->len += (size_t)got;
	peer->got[peer->len] = '\0';
}

static void on_connected(uv_connect_t *connect, int status)
{
	struct wire_peer *peer = connect->data;

	if (status != 0) {
		peer->ended = true;
		return;
	}
	uv_read_start((uv_stream_t *)&peer->tcp, on_alloc, on_read);
}

static void on_deadline(uv_timer_t *timer)
{
	((struct wire_peer *)timer->data)->late = true;
}

void wire_peer_open(struct wire_peer *peer, uv_loop_t *loop, int port)
{
	struct sockaddr_in addr;

	memset(peer, 0, sizeof(*peer));
	peer->loop = loop;
	uv_tcp_init(loop, &peer->tcp);
	uv_timer_init(loop, &peer->deadline);
	peer->open_handles = 2;
	peer->tcp.data = peer->deadline.data = peer->connect.data = peer;
	outq_init(&peer->out, (uv_stream_t *)&peer->tcp);
	uv_ip4_addr("127.0.0.1", port, &addr);
	if (uv_tcp_connect(&peer->connect, &peer->tcp,
		    (const struct sockaddr *)&addr, on_connected) != 0) {
		peer->ended = true;
	}
}

static void on_closed(uv_handle_t *handle)
{
	((struct wire_peer *)handle->data)->open_handles--;
}

void wire_peer_close(struct wire_peer *peer)
{
	uv_close((uv_handle_t *)&peer->tcp, on_closed);
	uv_close((uv_handle_t *)&peer->deadline, on_closed);
	while (peer->open_handles > 0) {
		uv_run(peer->loop, UV_RUN_ONCE);
	}
	outq_finish(&peer->out);
}

void wire_peer_say(struct wire_peer *peer, const char *text)
{
	outq_add(&peer->out, text, strlen(text));
}

static bool run_until(struct wire_peer *peer, const char *text)
{
	const char *found = NULL;

	peer->late = false;
	uv_timer_start(&peer->deadline, on_deadline, PATIENCE_MS, 0);
	while (!peer->late) {
		found = text == NULL ? NULL
				     : memmem(peer->got, peer->len, text,
					       strlen(text));
		if (found != NULL || peer->ended) {
			break;
		}
		uv_run(peer->loop, UV_RUN_ONCE);
	}
	uv_timer_stop(&peer->deadline);
	if (found != NULL) {
		size_t used = (size_t)(found - peer->got) + strlen(text);

		memmove(peer->got, peer->got + used, peer->len - used + 1);
		peer->len -= used;
	}
	return found != NULL;
}

bool wire_peer_wait(struct wire_peer *peer, const char *text)
{
	return run_until(peer, text);
}

bool wire_peer_wait_end(struct wire_peer *peer)
{
	run_until(peer, NULL);
	return peer->ended;
}

const char *wire_peer_rest(const struct wire_peer *peer)
{
	return peer->got;
}
