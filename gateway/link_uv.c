/* SPDX-License-Identifier: MIT */
#include "gateway/link_uv.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "gateway/dial.h"
#include "gateway/link_out.h"
#include "gateway/socks.h"

/*
 * The story: link_open() dials; on_dialed() takes the socket, reads, talks to a
 * proxy when that is what it leads to, and shakes hands when there is TLS; then
 * UP: on_up, on_data. What is written gathers in
 * `out` until the end of the turn (on_task).
 * A fault from outside (dial, read) is told at once: we are in a turn of our
 * own. A fault inside a caller's call (ceiling, write) is told by `task`.
 * link_close(): DRAINING, no event any more, input is thrown away, until all is
 * written, the peer has closed as well, or a deadline; then CLOSED, and the
 * handle's close callback frees the link. Before the socket exists there is
 * nothing to wait for.
 */
enum link_state {
	LINK_DIALING,
	LINK_PROXY, /* connected to it, it is not to the server yet */
	LINK_HANDSHAKE,
	LINK_UP,
	LINK_DRAINING, /* link_close() was called, output is left */
	LINK_LINGERING, /* our end is closed, theirs not yet */
	LINK_CLOSED,
};

enum {
	TLS_PIECE = 4096,
	KEEPALIVE_S = 60,
	/*
	 * Bounds a dead peer, and a living one that takes nothing: longer
	 * than any pause of ours (wire.c) on the other side of a relay.
	 */
	USER_TIMEOUT_MS = 120000,
};

struct link {
	struct loop *loop;
	const struct link_events *events;
	void *ctx;
	enum link_state state;
	enum err fault; /* to be told by task */
	bool paused;
	bool reading;
	bool resumed; /* TLS may hold text from before a pause */
	bool said_bye; /* close_notify */
	struct dial *dial;
	uv_tcp_t *tcp;
	struct ident_mark *ident;
	struct socks *socks; /* NULL: no proxy, or it is done */
	struct tls *tls;
	struct link_out out;
	struct timer timer; /* handshake or close deadline */
	struct loop_task task; /* end of the turn: fault, resume, flush */
	struct loop_resident resident;
	unsigned long bytes_in;
	size_t max_turn;
	size_t turn_left;    /* of max_turn */
	uint64_t turn;       /* ... in this turn of the loop */
};

static struct clock *clock_of(struct link *l)
{
	return loop_clock(l->loop);
}

/* libuv has let go of everything. */
static void link_free(struct link *l)
{
	timer_stop(clock_of(l), &l->timer);
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

/* No event and no input from here on. */
static void shut(struct link *l)
{
	if (l->state == LINK_CLOSED) {
		return;
	}
	l->state = LINK_CLOSED;
	timer_stop(clock_of(l), &l->timer);
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

static bool has_ended(const struct link *l)
{
	return l->state >= LINK_DRAINING;
}

/* The end that was not asked for; from a turn of our own only. */
static void lose(struct link *l, enum err why, const char *detail)
{
	bool tell = !has_ended(l);
	bool has_socket = l->tcp != NULL;
	const struct link_events *events = l->events;
	void *ctx = l->ctx;
	char text[TLS_DETAIL];

	snprintf(text, sizeof text, "%s", detail); /* it may be l's own */
	shut(l);
	if (!has_socket) {
		link_free(l);
	}
	if (tell) {
		events->on_lost(ctx, why, text);
	}
}

static void lose_later(struct link *l, enum err why)
{
	l->fault = why;
	loop_soon(l->loop, &l->task);
}

static void tell_low(struct link *l)
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
		shut(l);
		return;
	}
	timer_start(clock_of(l), &l->timer, LINK_LINGER_MS);
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

static void flush(struct link *l)
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
		lose_later(l, err);
	} else if (l->state == LINK_DRAINING && l->out.held == 0) {
		drained(l);
	}
}

/* The kernel has taken what it refused before. */
static void on_sent(void *ctx, int status)
{
	struct link *l = ctx;

	if (l->state == LINK_CLOSED) {
		return; /* on_closed() follows */
	}
	loop_tick(l->loop);
	if (status != 0) {
		lose(l, dial_err(status), uv_strerror(status));
		return;
	}
	flush(l);
	tell_low(l); /* after it: the kernel may have taken all at once */
}

static void on_timer(void *ctx)
{
	struct link *l = ctx;

	if (l->state == LINK_PROXY) {
		lose(l, ERR_PROXY, "the proxy does not answer");
	} else if (l->state == LINK_HANDSHAKE) {
		lose(l, ERR_TIMEOUT, "no TLS handshake");
	} else {
		shut(l);
	}
}

static void give(struct link *l, const char *p, size_t len)
{
	if (l->state == LINK_UP) {
		l->events->on_data(l->ctx, p, len);
	}
}

/* Text of what TLS holds, until it is dry or nobody wants more. */
static void pump_tls(struct link *l)
{
	char *plain = loop_plain_buffer(l->loop);

	while (l->state == LINK_UP && !l->paused) {
		size_t len = 0;
		enum err err = tls_read(l->tls, plain, LOOP_READ_MAX, &len,
			&l->out.wire);

		if (err != ERR_OK) {
			lose(l, err, tls_detail(l->tls));
			return;
		}
		if (len == 0) {
			break;
		}
		give(l, plain, len);
		explicit_bzero(plain, len);
	}
	if (l->out.wire.len > 0 && !has_ended(l)) {
		loop_soon(l->loop, &l->task);
	}
}

static void update_reading(struct link *l);

static void go_up(struct link *l)
{
	timer_stop(clock_of(l), &l->timer);
	l->state = LINK_UP;
	update_reading(l); /* it may have been paused meanwhile */
	l->events->on_up(l->ctx);
}

static void step_handshake(struct link *l)
{
	bool done = false;
	enum err err = tls_handshake(l->tls, &l->out.wire, &done);

	flush(l);
	if (err != ERR_OK) {
		lose(l, err, tls_detail(l->tls));
	} else if (done) {
		go_up(l);
	}
}

/*
 * Small pieces, each drained before the next: OpenSSL's memory never gives
 * back what it once took. Only a paused link keeps the rest there.
 */
static void input_tls(struct link *l, const char *p, size_t len)
{
	while (len > 0 && !has_ended(l)) {
		size_t n = len < TLS_PIECE ? len : TLS_PIECE;

		tls_input(l->tls, p, n);
		p += n;
		len -= n;
		if (l->state == LINK_HANDSHAKE) {
			step_handshake(l);
		}
		if (l->state == LINK_UP) {
			pump_tls(l);
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

/* What the server has said, behind all that the proxy had to. */
static void input(struct link *l, const char *p, size_t len)
{
	if (l->tls != NULL) {
		input_tls(l, p, len);
	} else {
		give(l, p, len);
	}
}

/* The socket leads to the server from here on. */
static void on_connected(struct link *l)
{
	l->state = LINK_HANDSHAKE;
	if (l->tls == NULL) {
		go_up(l);
		return;
	}
	timer_start(clock_of(l), &l->timer, LINK_TLS_TIMEOUT_MS);
	step_handshake(l);
}

static void input_proxy(struct link *l, const char *p, size_t len)
{
	size_t used = 0;
	bool done = false;
	enum err err = socks_input(l->socks, p, len, &l->out.wire, &used, &done);

	if (err != ERR_OK) {
		lose(l, err, socks_detail(l->socks));
		return;
	}
	flush(l);
	if (done) {
		socks_destroy(l->socks);
		l->socks = NULL;
		on_connected(l);
		if (used < len && !has_ended(l)) {
			input(l, p + used, len - used);
		}
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
		lose(l, dial_err((int)n),
			n == UV_EOF ? "" : uv_strerror((int)n));
		return;
	}
	if (has_ended(l)) {
		return; /* thrown away */
	}
	l->bytes_in += (size_t)n;
	l->turn_left -= (size_t)n;
	if (l->state == LINK_PROXY) {
		input_proxy(l, b->base, (size_t)n);
	} else {
		input(l, b->base, (size_t)n);
	}
	if (plain) {
		explicit_bzero(b->base, (size_t)n); /* passwords, too */
	}
}

/* Makes libuv read or not, as the state wants it. */
static void update_reading(struct link *l)
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
		lose_later(l, dial_err(status));
	}
}

/* The end of a turn that did something to this link. */
static void on_task(void *ctx)
{
	struct link *l = ctx;

	if (l->fault != ERR_OK) {
		lose(l, l->fault, l->tls ? tls_detail(l->tls) : "");
		return;
	}
	if (l->resumed && l->tls != NULL && !l->paused) {
		l->resumed = false;
		pump_tls(l);
		if (l->state == LINK_CLOSED) {
			return;
		}
	}
	update_reading(l);
	flush(l);
	if (l->fault != ERR_OK) {
		loop_soon(l->loop, &l->task);
	} else {
		tell_low(l);
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
		lose(l, l->socks != NULL ? ERR_PROXY : err, detail);
		return;
	}
	l->tcp = tcp;
	l->ident = tcp->data;
	tcp->data = l;
	set_options(tcp);
	l->state = l->socks != NULL ? LINK_PROXY : LINK_HANDSHAKE;
	update_reading(l);
	if (l->socks == NULL) {
		on_connected(l);
		return;
	}
	timer_start(clock_of(l), &l->timer, LINK_PROXY_TIMEOUT_MS);
	socks_begin(l->socks, &l->out.wire);
	flush(l);
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

/* The proxy looks names up: here only what is plain to see can be judged. */
static bool is_inside(const char *host)
{
	static const char suffix[] = ".localhost";
	size_t len = strlen(host);
	size_t tail = sizeof suffix - 1;
	union address a;

	if (address_literal(host, 0, &a)) {
		return address_private(&a);
	}
	return strcasecmp(host, suffix + 1) == 0 ||
		(len > tail && strcasecmp(host + len - tail, suffix) == 0);
}

static enum err prepare_proxy(struct link *l, const struct link_config *config)
{
	struct socks_target to = {
		.host = config->host,
		.port = config->port,
		.user = config->proxy_user,
		.password = config->proxy_password,
	};

	if (config->proxy == NULL) {
		return ERR_OK;
	}
	if (!config->allow_private && is_inside(config->host)) {
		return ERR_FORBIDDEN;
	}
	return socks_create(&to, &l->socks);
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
	link_out_init(&l->out, config->max_output, on_sent, l);
	l->out.high_water = config->high_water;
	l->out.low_water = config->low_water;
	l->max_turn = config->max_turn != 0 && config->max_turn < LOOP_READ_MAX ?
		config->max_turn : LOOP_READ_MAX;
	timer_init(&l->timer, on_timer, l);
	loop_task_init(&l->task, on_task, l);
	loop_enter(world->loop, &l->resident, on_abort, l);
	err = prepare_proxy(l, config);
	if (err == ERR_OK) {
		err = prepare_tls(l, world->tls, config);
	}
	if (err == ERR_OK) {
		l->dial = dial_start(world->loop, world->dns, &to, on_dialed,
			l);
	} else {
		lose_later(l, err);
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
	if (l->paused == paused || has_ended(l)) {
		return;
	}
	l->paused = paused;
	if (paused) {
		update_reading(l);
	} else {
		l->resumed = true;
		loop_soon(l->loop, &l->task);
	}
}

void link_abort(struct link *l)
{
	bool has_socket = l->tcp != NULL;

	shut(l);
	if (!has_socket) {
		link_free(l);
	}
}

void link_close(struct link *l)
{
	if (l->state != LINK_UP || l->fault != ERR_OK) {
		if (!has_ended(l)) {
			link_abort(l);
		}
		return;
	}
	l->state = LINK_DRAINING;
	l->paused = false;
	timer_start(clock_of(l), &l->timer, LINK_CLOSE_MS);
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
