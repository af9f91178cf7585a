/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>

/*
 * A line's way: ircframe cuts it out of the bytes -> ircmsg_parse -> gate.
 * DROP is counted. OWN goes to net_dispatch. LIB goes through libircclient,
 * whose callback brings it to the same net_dispatch with our parsed message:
 * the library decides when, never what. Should it stay silent (KILL, or
 * anything a hostile server finds), the line is dispatched afterwards and
 * counted; a second callback for one line changes nothing. So no line is lost
 * and none counts twice.
 */

/* Built lines and the gate's canonical ones: each is used up before the next. */
static struct buf scratch;
static struct buf canonical;
static size_t alive;

enum { SCRATCH_MAX = 2 * IRC_LINE_MAX, SCRATCH_KEPT = 2048 };

struct buf *net_scratch(void)
{
	buf_reset(&scratch, SCRATCH_KEPT);
	return &scratch;
}

/* ---- out ---- */

static void on_output(void *ctx, const char *p, size_t len)
{
	struct ircnet *n = ctx;

	EMIT(n, write, p, len);
}

void net_kick(struct ircnet *n)
{
	if (!n->dead && n->state != NET_ENDED) {
		timer_start(n->clock, &n->queue_timer, 0);
	}
}

void net_send(struct ircnet *n, struct slice line)
{
	enum err err;

	if (n->dead || n->state == NET_ENDED) {
		return;
	}
	err = engine_send(n->engine, line);
	if (err == ERR_IO) {
		n->fault = true;
		net_kick(n);
	} else if (err != ERR_OK) {
		log_error(n->log, "line not sent: %s", err_text(err));
	}
}

void net_send_secret(struct ircnet *n, struct slice line)
{
	if (n->dead || n->state == NET_ENDED) {
		return;
	}
	if (engine_send_secret(n->engine, line) != ERR_OK) {
		log_error(n->log, "line with a password not sent");
	}
}

/* on_sent is told from a timer: the asker is still inside its own call. */
static void remember_sent(struct ircnet *n, uint64_t token)
{
	if (token == 0) {
		return;
	}
	if (n->nsent == n->sent_cap) {
		n->sent_cap = n->sent_cap ? n->sent_cap * 2 : 4;
		n->sent = must_realloc(n->sent,
			n->sent_cap * sizeof *n->sent);
	}
	n->sent[n->nsent++] = token;
	net_kick(n);
}

/* What is written meanwhile is told as well. */
static void tell_sent(struct ircnet *n)
{
	for (size_t i = 0; i < n->nsent && !n->dead; i++) {
		EMIT(n, on_sent, n->sent[i]);
	}
	n->nsent = 0;
}

static void tell_left(struct ircnet *n)
{
	if (n->left && !n->dead && n->state != NET_ENDED &&
		n->events->on_left != NULL) {
		n->left = false;
		n->events->on_left(n->ctx);
	}
}

unsigned net_direct(const struct ircnet *n)
{
	return net_login_holds(n)
		? 0 : sendq_direct(&n->queue, n->clock->now_ms);
}

void net_queue(struct ircnet *n, enum sendq_kind kind, struct slice line,
	uint64_t token, enum sendq_place place)
{
	if (net_direct(n) > 0) {
		sendq_take(&n->queue, n->clock->now_ms);
		net_send_line(n, line);
		remember_sent(n, place & SENDQ_LAST ? token : 0);
		return;
	}
	sendq_add(&n->queue, kind, line, token, place);
	net_kick(n);
}

static bool has_questions(const struct ircnet *n)
{
	return n->modes_wanted > 0 || n->names_wanted > 0 || meta_wants(n) ||
		watch_wants(n);
}

/* What may go now; then the timer for what may not. */
static void run_queue(struct ircnet *n)
{
	uint64_t token;
	uint64_t wait = 0;

	if (net_login_holds(n)) {
		return;
	}
	while (n->queue.lines > 0) {
		wait = sendq_wait(&n->queue, n->clock->now_ms, 0);
		if (wait > 0 || n->dead || n->state == NET_ENDED) {
			break;
		}
		sendq_next(&n->queue, &scratch, &token);
		net_label_join(n, &scratch);
		sendq_take(&n->queue, n->clock->now_ms);
		net_send_line(n, buf_slice(&scratch));
		buf_reset(&scratch, SCRATCH_KEPT);
		remember_sent(n, token);
		n->left = true;
	}
	/* Our own questions leave a token for the user. */
	while (n->queue.lines == 0 && has_questions(n)) {
		wait = sendq_wait(&n->queue, n->clock->now_ms, 1);
		if (wait > 0 || n->dead || n->state == NET_ENDED) {
			break;
		}
		if (n->modes_wanted > 0) {
			sendq_take(&n->queue, n->clock->now_ms);
			net_ask_modes(n);
		} else if (n->names_wanted > 0) {
			sendq_take(&n->queue, n->clock->now_ms);
			net_ask_names(n);
		} else if (meta_wants(n)) {
			sendq_take(&n->queue, n->clock->now_ms);
			meta_ask(n);
		} else if (watch_ask(n)) {
			sendq_take(&n->queue, n->clock->now_ms);
		}
	}
	if (n->dead || n->state == NET_ENDED) {
		return;
	}
	if (n->queue.lines > 0 || has_questions(n)) {
		timer_start(n->clock, &n->queue_timer, wait);
	}
}

static void queue_timer(void *ctx)
{
	struct ircnet *n = ctx;

	net_enter(n);
	if (n->fault) {
		net_end(n, IRCNET_END_ENGINE, 0, slice(NULL, 0));
	} else {
		watch_flush(n);
		meta_flush(n);
		tell_sent(n);
		run_queue(n);
		tell_sent(n);
		tell_left(n);
	}
	net_leave(n);
}

/* ---- life ---- */

static void stop_timers(struct ircnet *n)
{
	timer_stop(n->clock, &n->state_timer);
	timer_stop(n->clock, &n->ping_timer);
	timer_stop(n->clock, &n->queue_timer);
	timer_stop(n->clock, &n->watch.timer);
	meta_stop(n);
}

static void free_net(struct ircnet *n)
{
	stop_timers(n); /* one may have been started after the death */
	engine_destroy(n->engine);
	net_login_free(n);
	net_first_free(n);
	caps_finish(&n->caps);
	meta_free(n);
	state_clear(n);
	watch_clear(n);
	net_batches_clear(n);
	net_echoes_clear(n);
	sendq_finish(&n->queue);
	buf_finish(&n->tags);
	ircframe_finish(&n->frame);
	istr_unref(n->nick_asked);
	istr_unref(n->away);
	ircnet_charsets(n, NULL, NULL);
	istr_unref(n->server);
	istr_unref(n->version);
	free(n->sent);
	free(n);
	if (--alive == 0) {
		buf_finish(&scratch);
		buf_wipe(&canonical);
		net_decode_free();
	}
}

void net_enter(struct ircnet *n)
{
	n->busy++;
}

void net_leave(struct ircnet *n)
{
	if (--n->busy == 0 && n->dead) {
		free_net(n);
	}
}

void ircnet_destroy(struct ircnet *n)
{
	if (n == NULL || n->dead) {
		return;
	}
	n->dead = true;
	stop_timers(n);
	net_login_stop(n);
	net_first_free(n);
	if (n->busy == 0) {
		free_net(n);
	}
}

void ircnet_stop(struct ircnet *n)
{
	net_login_stop(n);
	net_first_free(n);
	if (!n->dead && n->state != NET_ENDED) {
		n->state = NET_ENDED;
		stop_timers(n);
		sendq_finish(&n->queue);
		n->nsent = 0;
	}
}

void net_end(struct ircnet *n, enum ircnet_end why, int numeric,
	struct slice text)
{
	if (n->state == NET_ENDED || n->dead) {
		return;
	}
	n->state = NET_ENDED;
	stop_timers(n);
	net_login_stop(n);
	net_first_free(n);
	sendq_finish(&n->queue);
	log_debug(n->log, "irc ended why=%d numeric=%d", (int)why, numeric);
	n->events->on_end(n->ctx, why, numeric, text);
}

static void on_event(void *ctx, enum engine_event event, const char *origin,
	const char **params, unsigned nparams)
{
	struct ircnet *n = ctx;

	(void)event;
	(void)origin;
	(void)params;
	(void)nparams;
	if (!n->handled && n->now != NULL) {
		n->handled = true;
		net_dispatch(n, n->now);
	}
}

static const struct engine_handlers engine_handlers = {
	.on_event = on_event,
	.on_output = on_output,
};

struct ircnet *ircnet_create(const struct ircnet_config *config,
	const struct ircnet_events *events, void *ctx, struct clock *clock,
	const struct log *log)
{
	struct ircnet *n = must_calloc(1, sizeof *n);

	if (alive++ == 0) {
		buf_init_secret(&scratch, SCRATCH_MAX);
		buf_init(&canonical, IRC_CANONICAL_MAX + 2);
	}
	n->events = events;
	n->ctx = ctx;
	n->clock = clock;
	n->log = log;
	n->created_at = clock->now_ms;
	n->cap_at = clock->now_ms;
	n->last_input = clock->now_ms;
	n->max_lines = config->max_lines;
	if (config->away != NULL) {
		n->away = intern(config->away, strlen(config->away));
	}
	ircnet_charsets(n, config->charset, config->charset_out);
	n->register_timeout_ms = config->register_timeout_ms;
	map_init(&n->users);
	map_init(&n->channels);
	list_init(&n->meta_lost);
	n->meta_share = config->meta_share;
	watch_init(n);
	isupport_init(&n->isupport);
	ircframe_init(&n->frame);
	buf_init(&n->tags, NET_TAGS_MAX - NET_LABEL_MAX);
	sendq_init(&n->queue, config->flood_burst, config->flood_interval_ms,
		config->queue_lines);
	timer_init(&n->state_timer, net_state_timer, n);
	timer_init(&n->ping_timer, net_ping_timer, n);
	timer_init(&n->queue_timer, queue_timer, n);
	net_login_init(n, config);
	n->engine = engine_create(&engine_handlers, n);
	if (n->engine == NULL || !net_register(n, config)) {
		ircnet_destroy(n);
		return NULL;
	}
	return n;
}

/* ---- in ---- */

void net_dispatch(struct ircnet *n, const struct ircmsg *m)
{
	if (m->numeric != 0) {
		handle_numeric(n, m);
	} else {
		handle_word(n, m);
	}
}

static void through_library(struct ircnet *n, const struct ircmsg *m)
{
	enum err err;

	n->now = m;
	n->handled = false;
	err = engine_line(n->engine, buf_slice(&canonical));
	n->now = NULL;
	if (n->dead || n->state == NET_ENDED) {
		return;
	}
	if (!n->handled) {
		n->silent++;
		net_dispatch(n, m);
	}
	if (err != ERR_OK) {
		net_end(n, IRCNET_END_ENGINE, 0, slice(NULL, 0));
	}
}

/* A line with a label is a whole answer; a batch is one at its end. */
static void answered(struct ircnet *n, const struct ircmsg *m)
{
	unsigned follow;
	uint64_t token = net_label(m, &follow);

	if (token != 0 && !ircmsg_is(m, "BATCH")) {
		EMIT(n, on_answered, token, follow);
	}
}

static bool on_line(void *ctx, char *line, size_t len)
{
	struct ircnet *n = ctx;
	struct ircmsg m;

	if (ircmsg_parse(line, len, &m) != ERR_OK) {
		n->dropped++;
		return true;
	}
	switch (ircgate(&m, &canonical)) {
	case IRCGATE_DROP:
		n->dropped++;
		break;
	case IRCGATE_OWN:
		net_decode(n, &m);
		net_dispatch(n, &m);
		break;
	case IRCGATE_LIB:
		net_decode(n, &m);
		through_library(n, &m);
		break;
	}
	answered(n, &m);
	watch_flush(n);
	return !n->dead && n->state != NET_ENDED;
}

void ircnet_input(struct ircnet *n, const char *p, size_t len)
{
	must(!n->reading);
	if (n->dead || n->state == NET_ENDED) {
		return;
	}
	net_enter(n);
	n->reading = true;
	n->last_input = n->clock->now_ms;
	n->ping_at = 0;
	tell_sent(n);
	if (!n->dead && n->state != NET_ENDED) {
		ircframe_feed(&n->frame, p, len, on_line, n);
	}
	n->reading = false;
	net_leave(n);
}

/* ---- questions ---- */

bool ircnet_registered(const struct ircnet *n)
{
	return n->me != NULL && n->state == NET_REGISTERED;
}

const struct ircuser *ircnet_me(const struct ircnet *n)
{
	return n->me;
}

struct slice ircnet_nick_now(const struct ircnet *n)
{
	return istr_slice(n->me != NULL ? n->me->nick : n->nick_asked);
}

struct slice ircnet_server(const struct ircnet *n)
{
	return istr_slice(n->server);
}

struct slice ircnet_version(const struct ircnet *n)
{
	return istr_slice(n->version);
}

const struct isupport *ircnet_isupport(const struct ircnet *n)
{
	return &n->isupport;
}

struct ircchan *ircnet_chan(const struct ircnet *n, struct slice name)
{
	return state_chan(n, name);
}

struct ircuser *ircnet_user(const struct ircnet *n, struct slice nick)
{
	return state_user(n, nick);
}

const struct map *ircnet_channels(const struct ircnet *n)
{
	return &n->channels;
}

bool ircnet_is_me(const struct ircnet *n, struct slice nick)
{
	return net_is_me(n, nick);
}

bool ircnet_cap(const struct ircnet *n, const char *name)
{
	return caps_on(&n->caps, name);
}

struct slice ircnet_cap_value(const struct ircnet *n, const char *name)
{
	return caps_value(&n->caps, name);
}

size_t ircnet_queued(const struct ircnet *n)
{
	return n->queue.lines;
}

uint64_t ircnet_turn(const struct ircnet *n)
{
	return sendq_turn(&n->queue);
}

bool ircnet_waits(const struct ircnet *n, uint64_t turn)
{
	return sendq_waits(&n->queue, turn);
}

uint64_t ircnet_registered_at(const struct ircnet *n)
{
	return n->registered_at;
}

unsigned long ircnet_dropped(const struct ircnet *n)
{
	return n->dropped;
}
