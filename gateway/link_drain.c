/* SPDX-License-Identifier: MIT */
#include "gateway/link_private.h"

#include <stdlib.h>

#include "gateway/dial.h"

/* What goes out: a turn's text in one piece, and the end after the last of it. */

void link_tell_low(struct link *l)
{
	if (link_out_fell(&l->out) && l->state == LINK_UP &&
		l->events->on_low != NULL) {
		l->events->on_low(l->ctx);
	}
}

static void on_shutdown(uv_shutdown_t *req, int status)
{
	(void)status; /* the read side or the timer ends it */
	free(req);
}

/*
 * All is written: close our direction and give the peer a moment to close its
 * own. close() with input unread would send a reset, and the peer might never
 * read our last words.
 */
static void drained(struct link *l)
{
	uv_shutdown_t *req = must_calloc(1, sizeof *req);

	l->state = LINK_LINGERING;
	if (uv_shutdown(req, (uv_stream_t *)l->tcp, on_shutdown) != 0) {
		free(req);
		link_shut(l);
		return;
	}
	timer_start(link_clock(l), &l->timer, LINK_LINGER_MS);
}

/* All text is out: say so, once. */
static enum err say_bye(struct link *l)
{
	if (l->tls == NULL || l->said_bye || l->out.held > 0) {
		return ERR_OK;
	}
	l->said_bye = true;
	tls_shutdown(l->tls, &l->out.wire);
	return link_out_flush_wire(&l->out, l->tcp);
}

void link_flush(struct link *l)
{
	enum err err;

	if (l->tcp == NULL || l->fault != ERR_OK || l->state > LINK_DRAINING) {
		return;
	}
	if (l->state == LINK_HANDSHAKE || l->state == LINK_PROXY) {
		err = link_out_flush_wire(&l->out, l->tcp);
	} else {
		err = link_out_flush(&l->out, l->tcp, l->tls);
	}
	if (err == ERR_OK && l->state == LINK_DRAINING) {
		err = say_bye(l);
	}
	if (err != ERR_OK) {
		link_lose_later(l, err);
	} else if (l->state == LINK_DRAINING && l->out.held == 0) {
		drained(l);
	}
}

/* The kernel has taken what it refused before. */
void link_on_sent(void *ctx, int status)
{
	struct link *l = ctx;

	if (l->state == LINK_CLOSED) {
		return; /* on_closed() follows */
	}
	loop_tick(l->loop);
	if (status != 0) {
		link_lose(l, dial_err(status), uv_strerror(status));
		return;
	}
	link_flush(l);
	link_tell_low(l); /* after it: the kernel may have taken all at once */
}
