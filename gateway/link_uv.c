/* SPDX-License-Identifier: MIT */
#include "gateway/link_private.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "gateway/dial.h"

/*
 * The story: link_open() dials; on_dialed() takes the socket, reads, talks to a
 * proxy when that is what it leads to, and shakes hands when there is TLS; then
 * UP: on_up, on_data. What is written gathers in `out` until the end of the turn
 * (on_task).
 * A fault from outside (dial, read) is told at once: we are in a turn of our
 * own. A fault inside a caller's call (ceiling, write) is told by `task`.
 * link_close(): DRAINING, no event any more, input is thrown away, until all is
 * written, the peer has closed as well, or a deadline; then CLOSED, and the
 * handle's close callback frees the link. Before the socket exists there is
 * nothing to wait for.
 */
enum {
	KEEPALIVE_S = 60,
	/*
	 * Bounds a dead peer, and a living one that takes nothing: longer
	 * than any pause of ours (wire.c) on the other side of a relay.
	 */
	USER_TIMEOUT_MS = 120000,
};

struct clock *link_clock(struct link *l)
{
	return loop_clock(l->loop);
}

/* libuv has let go of everything. */
static void link_free(struct link *l)
{
	timer_stop(link_clock(l), &l->timer);
	loop_cancel(&l->task);
	loop_leave(l->loop, &l->resident);
	socks_destroy(l->socks);
	tls_destroy(l->tls);
	link_out_finish(&l->out);
	free(l);
}

static void on_closed(uv_handle_t *handle)
{
	link_free(handle->data);
	free(handle);
}

void link_shut(struct link *l)
{
	if (l->state == LINK_CLOSED) {
		return;
	}
	l->state = LINK_CLOSED;
	timer_stop(link_clock(l), &l->timer);
	loop_cancel(&l->task);
	if (l->dial != NULL) {
		dial_cancel(l->dial);
		l->dial = NULL;
	}
	identd_unmark(l->ident);
	l->ident = NULL;
	if (l->tcp != NULL) {
		uv_close((uv_handle_t *)l->tcp, on_closed);
	}
}

bool link_has_ended(const struct link *l)
{
	return l->state >= LINK_DRAINING;
}

void link_lose(struct link *l, enum err why, const char *detail)
{
	bool tell = !link_has_ended(l);
	bool has_socket = l->tcp != NULL;
	const struct link_events *events = l->events;
	void *ctx = l->ctx;
	char text[TLS_DETAIL];

	snprintf(text, sizeof text, "%s", detail); /* it may be l's own */
	link_shut(l);
	if (!has_socket) {
		link_free(l);
	}
	if (tell) {
		events->on_lost(ctx, why, text);
	}
}

void link_lose_later(struct link *l, enum err why)
{
	l->fault = why;
	loop_soon(l->loop, &l->task);
}

static void on_timer(void *ctx)
{
	struct link *l = ctx;

	if (l->state == LINK_PROXY) {
		link_lose(l, ERR_PROXY, "the proxy does not answer");
	} else if (l->state == LINK_HANDSHAKE) {
		link_lose(l, ERR_TIMEOUT, "no TLS handshake");
	} else {
		link_shut(l);
	}
}

void link_go_up(struct link *l)
{
	timer_stop(link_clock(l), &l->timer);
	l->state = LINK_UP;
	link_update_reading(l); /* it may have been paused meanwhile */
	l->events->on_up(l->ctx);
}

void link_connected(struct link *l)
{
	l->state = LINK_HANDSHAKE;
	if (l->tls == NULL) {
		link_go_up(l);
		return;
	}
	timer_start(link_clock(l), &l->timer, LINK_TLS_TIMEOUT_MS);
	link_step_handshake(l);
}

/* The end of a turn that did something to this link. */
static void on_task(void *ctx)
{
	struct link *l = ctx;

	if (l->fault != ERR_OK) {
		link_lose(l, l->fault, l->tls ? tls_detail(l->tls) : "");
		return;
	}
	if (l->resumed && l->tls != NULL && !l->paused) {
		l->resumed = false;
		link_pump_tls(l);
		if (l->state == LINK_CLOSED) {
			return;
		}
	}
	link_update_reading(l);
	link_flush(l);
	if (l->fault != ERR_OK) {
		loop_soon(l->loop, &l->task);
	} else {
		link_tell_low(l);
	}
}

static void set_options(uv_tcp_t *tcp)
{
	int fd = -1;
	unsigned timeout = USER_TIMEOUT_MS;

	uv_tcp_nodelay(tcp, 1);
	uv_tcp_keepalive(tcp, 1, KEEPALIVE_S);
	if (uv_fileno((uv_handle_t *)tcp, &fd) == 0) {
		(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout,
			sizeof timeout);
	}
}

static void on_dialed(void *ctx, enum err err, uv_tcp_t *tcp,
	const char *detail)
{
	struct link *l = ctx;

	l->dial = NULL;
	if (err != ERR_OK) {
		link_lose(l, l->socks != NULL ? ERR_PROXY : err, detail);
		return;
	}
	l->tcp = tcp;
	l->ident = tcp->data;
	tcp->data = l;
	set_options(tcp);
	l->state = l->socks != NULL ? LINK_PROXY : LINK_HANDSHAKE;
	link_update_reading(l);
	if (l->socks == NULL) {
		link_connected(l);
		return;
	}
	link_proxy_begin(l);
}

static void on_abort(void *ctx)
{
	link_abort(ctx);
}

static enum err prepare_tls(struct link *l, struct tls_store *store,
	const struct link_config *config)
{
	struct tls_target to = {
		.host = config->host,
		.mode = config->tls,
		.ca_file = config->ca_file,
		.pins = config->pins,
		.npins = config->npins,
		.certificate = config->certificate,
	};

	if (config->tls == LINK_TLS_OFF) {
		return ERR_OK;
	}
	return tls_create(store, &to, &l->tls);
}

struct link *link_open(const struct link_world *world,
	const struct link_config *config, const struct link_events *events,
	void *ctx)
{
	struct link *l = must_calloc(1, sizeof *l);
	struct dial_target to = {
		.host = config->host,
		.port = config->port,
		.allow_private = config->allow_private,
		.owner = config->owner,
		.sources = config->sources,
		.nsources = config->nsources,
		.who = config->who,
		.identd = world->identd,
		.ident = config->ident,
	};
	enum err err;

	if (config->proxy != NULL) {
		to.host = config->proxy->host;
		to.port = config->proxy->port;
		to.allow_private = true; /* the operator named it */
		to.nsources = 0;
		to.ident = NULL; /* it is the proxy that the server would ask */
	}
	l->loop = world->loop;
	l->events = events;
	l->ctx = ctx;
	link_out_init(&l->out, config->max_output, link_on_sent, l);
	l->out.high_water = config->high_water;
	l->out.low_water = config->low_water;
	l->max_turn = config->max_turn != 0 && config->max_turn < LOOP_READ_MAX ?
		config->max_turn : LOOP_READ_MAX;
	timer_init(&l->timer, on_timer, l);
	loop_task_init(&l->task, on_task, l);
	loop_enter(world->loop, &l->resident, on_abort, l);
	err = link_proxy_prepare(l, config);
	if (err == ERR_OK) {
		err = prepare_tls(l, world->tls, config);
	}
	if (err == ERR_OK) {
		l->dial = dial_start(world->loop, world->dns, &to, on_dialed,
			l);
	} else {
		link_lose_later(l, err);
	}
	return l;
}

void link_write(struct link *l, const char *p, size_t len)
{
	if (l->state != LINK_UP || l->fault != ERR_OK) {
		return;
	}
	if (link_out_add(&l->out, p, len) != ERR_OK) {
		l->fault = ERR_FULL;
	}
	loop_soon(l->loop, &l->task);
}

bool link_had_more(const struct link *l)
{
	return l->turn_left == 0;
}

bool link_is_high(const struct link *l)
{
	return l->out.high;
}

void link_pause(struct link *l, bool paused)
{
	if (l->paused == paused || link_has_ended(l)) {
		return;
	}
	l->paused = paused;
	if (paused) {
		link_update_reading(l);
	} else {
		l->resumed = true;
		loop_soon(l->loop, &l->task);
	}
}

void link_abort(struct link *l)
{
	bool has_socket = l->tcp != NULL;

	link_shut(l);
	if (!has_socket) {
		link_free(l);
	}
}

void link_close(struct link *l)
{
	if (l->state != LINK_UP || l->fault != ERR_OK) {
		if (!link_has_ended(l)) {
			link_abort(l);
		}
		return;
	}
	l->state = LINK_DRAINING;
	l->paused = false;
	timer_start(link_clock(l), &l->timer, LINK_CLOSE_MS);
	loop_soon(l->loop, &l->task);
}

void link_stats(const struct link *l, struct link_stats *out)
{
	*out = (struct link_stats){
		.writes = l->out.writes,
		.bytes_in = l->bytes_in,
		.bytes_out = l->out.bytes,
	};
}
