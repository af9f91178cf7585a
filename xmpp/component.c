/* SPDX-License-Identifier: MIT */
#include "xmpp/component.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/utf8.h"
#include "xmpp/marks.h"
#include "xmpp/mask.h"
#include "xmpp/writer.h"

/* Ids of the two kinds of ping, before their number. */
#define PING_ID "isthmus"
#define MARK_ID "isthmus-mark"

enum {
	STEP_MS = 30 * 1000,  /* for each step before ONLINE */
	CLOSE_MS = 2 * 1000,  /* for the server's closing tag (A.3) */
	SPACE_MS = 60 * 1000, /* write silence before a space (A.4) */
	PING_MS = 120 * 1000, /* read silence before a ping (A.4) */
	PONG_MS = 30 * 1000,
	MARK_MS = 2 * 1000,   /* for the answer to a mark (A.4) */
	STABLE_MS = 60 * 1000, /* up for so long: the delay is forgotten */
	DELAY_MIN_MS = 1000,
	DELAY_MAX_MS = 60 * 1000,
	DELAY_CONFLICT_MS = 5 * 1000,
	LAST_MAX = 2048,
	WRITE_MAX = 16 * 1024,
};

struct component {
	enum component_state state;
	char *name;
	char *secret;
	char *server;
	struct scan_limits limits;
	struct component_io io;
	struct component_events events;
	struct clock *clock;
	struct parser *parser;
	struct parser *spent; /* stopped while it was feeding us */
	bool feeding;
	struct timer step; /* the deadline, or the wait, of the state */
	struct timer stable;
	struct timer space;
	struct timer ping;
	uint64_t last_write_ms;
	uint64_t last_read_ms;
	unsigned long ping_id; /* of the last ping of ours */
	bool pinging;	       /* its answer is awaited */
	struct marks marks;
	struct timer mark;     /* the answer to a mark is late */
	unsigned long mark_id;
	uint64_t delay_ms;     /* before the next try, without jitter */
	const char *fault;     /* the configuration fault logged last */
	struct buf last;       /* the last thing written, its beginning */
	struct component_stats stats;
	struct log log;
};

/* ---- states ---- */

#define BIT(state) (1U << COMPONENT_##state)

static const unsigned moves[COMPONENT_STATE_COUNT] = {
	[COMPONENT_IDLE] = BIT(CONNECTING) | BIT(STOPPED),
	[COMPONENT_CONNECTING] = BIT(OPENING) | BIT(WAITING) | BIT(STOPPED),
	[COMPONENT_OPENING] = BIT(HANDSHAKE) | BIT(WAITING) | BIT(CLOSING),
	[COMPONENT_HANDSHAKE] = BIT(ONLINE) | BIT(WAITING) | BIT(CLOSING),
	[COMPONENT_ONLINE] = BIT(WAITING) | BIT(CLOSING),
	[COMPONENT_WAITING] = BIT(CONNECTING) | BIT(STOPPED),
	[COMPONENT_CLOSING] = BIT(STOPPED),
	[COMPONENT_STOPPED] = BIT(CONNECTING),
};

/* A stream is open: bytes are read. */
enum {
	READING = BIT(OPENING) | BIT(HANDSHAKE) | BIT(ONLINE) | BIT(CLOSING),
	LINKED = READING | BIT(CONNECTING),
};

static bool in(const struct component *c, unsigned states)
{
	return (states & 1U << c->state) != 0;
}

const char *component_state_name(enum component_state state)
{
	static const char *const names[COMPONENT_STATE_COUNT] = {
#define COMPONENT_NAME(name) [COMPONENT_##name] = #name,
		COMPONENT_STATES(COMPONENT_NAME)
#undef COMPONENT_NAME
	};

	must((unsigned)state < COMPONENT_STATE_COUNT);
	return names[state];
}

/* The only writer of c->state; a move off the map is a bug. */
static void move(struct component *c, enum component_state next)
{
	must((moves[c->state] & 1U << next) != 0);
	log_debug(&c->log, "state from=%s to=%s",
		component_state_name(c->state), component_state_name(next));
	c->state = next;
	timer_stop(c->clock, &c->step);
}

/* ---- the link ---- */

static void write_bytes(struct component *c, const char *p, size_t len)
{
	c->last_write_ms = c->clock->now_ms;
	c->io.write(c->io.ctx, p, len);
}

static void write_str(struct component *c, const char *text)
{
	write_bytes(c, text, strlen(text));
}

static void drop_parser(struct component *c)
{
	if (c->parser == NULL) {
		return;
	}
	parser_stop(c->parser);
	if (c->feeding && c->spent == NULL) {
		c->spent = c->parser; /* it is the one that called us */
	} else {
		parser_destroy(c->parser);
	}
	c->parser = NULL;
}

static void stop_keepalive(struct component *c)
{
	timer_stop(c->clock, &c->stable);
	timer_stop(c->clock, &c->space);
	timer_stop(c->clock, &c->ping);
	timer_stop(c->clock, &c->mark);
	c->pinging = false;
	marks_init(&c->marks);
}

static void try_connect(struct component *c)
{
	move(c, COMPONENT_CONNECTING);
	timer_start(c->clock, &c->step, STEP_MS);
	c->stats.connects++;
	c->io.connect(c->io.ctx);
}

/* The next delay of A.3 with its jitter; at least `least` without. */
static uint64_t next_delay(struct component *c, uint64_t least)
{
	uint64_t delay = c->delay_ms;
	unsigned fifth;

	if (delay < least) {
		c->delay_ms = least * 2;
		return least;
	}
	c->delay_ms = delay * 2 < DELAY_MAX_MS ? delay * 2 : DELAY_MAX_MS;
	fifth = (unsigned)delay / 5;
	return delay - fifth + c->io.random(c->io.ctx, 2 * fifth + 1);
}

/* The link is gone or is closed here; on_offline is the last thing done. */
static void wait_for(struct component *c, uint64_t delay_ms)
{
	bool was_online = c->state == COMPONENT_ONLINE;

	stop_keepalive(c);
	drop_parser(c);
	move(c, COMPONENT_WAITING);
	timer_start(c->clock, &c->step, delay_ms);
	log_info(&c->log, "reconnect in=%llums", (unsigned long long)delay_ms);
	if (was_online) {
		c->events.on_offline(c->events.ctx);
	}
}

static void close_and_wait(struct component *c, uint64_t delay_ms)
{
	if (!in(c, LINKED)) {
		return; /* it was lost while the last words were written */
	}
	c->io.close(c->io.ctx);
	wait_for(c, delay_ms);
}

static void stopped(struct component *c)
{
	drop_parser(c);
	move(c, COMPONENT_STOPPED);
	log_info(&c->log, "stopped");
	c->events.on_stopped(c->events.ctx);
}

/* ---- stream errors received (PROTOCOL A.2) ---- */

enum reaction { BACK_OFF, MISCONFIGURED, TAKEN, OUR_BUG };

static const struct {
	const char *condition;
	enum reaction reaction;
} reactions[] = {
	{"not-authorized", MISCONFIGURED},
	{"host-unknown", MISCONFIGURED},
	{"invalid-namespace", MISCONFIGURED},
	{"conflict", TAKEN},
	{"invalid-from", OUR_BUG},
	{"improper-addressing", OUR_BUG},
	{"not-well-formed", OUR_BUG},
	{"xml-not-well-formed", OUR_BUG},
	{"policy-violation", OUR_BUG},
	{"restricted-xml", OUR_BUG},
};

/* The row's own text for the condition: it outlives the stanza. */
static enum reaction react_to(const char **condition)
{
	for (size_t i = 0; i < sizeof reactions / sizeof *reactions; i++) {
		if (strcmp(*condition, reactions[i].condition) == 0) {
			*condition = reactions[i].condition;
			return reactions[i].reaction;
		}
	}
	return BACK_OFF;
}

/* Long lines are cut by the log: give it pieces. */
static void log_last(struct component *c)
{
	struct buf masked;
	struct slice rest;

	buf_init(&masked, 4 * LAST_MAX);
	mask_secrets(&masked, buf_slice(&c->last));
	rest = buf_slice(&masked);
	while (rest.len > 0) {
		size_t n = utf8_cut(rest, 800);

		n = n > 0 ? n : rest.len;
		log_error(&c->log, "last written %.*s", (int)n, rest.p);
		rest = slice(rest.p + n, rest.len - n);
	}
	buf_finish(&masked);
}

static uint64_t misconfigured(
	struct component *c, const char *condition, struct slice text)
{
	bool again = c->fault == condition;

	c->fault = condition;
	log_write(&c->log, again ? LOG_DEBUG : LOG_ERROR,
		"refused by the server, check component name and secret "
		"condition=%s %.*s",
		condition, SLICE_ARG(text));
	return DELAY_MAX_MS;
}

static uint64_t taken(struct component *c)
{
	if (c->state == COMPONENT_ONLINE) {
		log_error(&c->log,
			"conflict: another instance took this name over, "
			"stop one of the two");
		return DELAY_MAX_MS;
	}
	log_warn(&c->log, "conflict: the server still holds the old stream");
	return next_delay(c, DELAY_CONFLICT_MS);
}

static void stream_error(
	struct component *c, const char *condition, struct slice text)
{
	uint64_t delay = 0;

	switch (react_to(&condition)) {
	case MISCONFIGURED:
		delay = misconfigured(c, condition, text);
		break;
	case TAKEN:
		delay = taken(c);
		break;
	case OUR_BUG:
		log_error(&c->log,
			"the server refused what we wrote "
			"condition=%s %.*s",
			condition, SLICE_ARG(text));
		log_last(c);
		delay = next_delay(c, 0);
		break;
	case BACK_OFF:
		log_warn(&c->log, "stream error condition=%s %.*s", condition,
			SLICE_ARG(text));
		delay = next_delay(c, 0);
		break;
	}
	write_str(c, "</stream:stream>");
	close_and_wait(c, delay);
}

static void handle_stream_error(struct component *c, const struct elem *error)
{
	const struct elem *e = elem_child(error, NULL, NS_STREAM_ERRORS);
	struct slice text = elem_child_text(error, "text", NS_STREAM_ERRORS);

	while (e != NULL && strcmp(e->name, "text") == 0) {
		e = elem_next(e, NULL, NS_STREAM_ERRORS);
	}
	if (text.p == NULL) {
		text = elem_text(error); /* COMPAT: servers of 2001 */
	}
	if (c->state == COMPONENT_CLOSING) {
		return;
	}
	stream_error(c, e != NULL ? e->name : "undefined-condition", text);
}

/* ---- keeping alive (PROTOCOL A.4) ---- */

static void on_space_timer(void *ctx)
{
	struct component *c = ctx;
	uint64_t silent = c->clock->now_ms - c->last_write_ms;

	if (silent < SPACE_MS) {
		timer_start(c->clock, &c->space, SPACE_MS - silent);
		return;
	}
	timer_start(c->clock, &c->space, SPACE_MS);
	write_bytes(c, " ", 1);
}

static void write_ping(struct component *c, const char *kind, unsigned long number)
{
	char id[48];
	struct buf out;
	struct xw w;

	snprintf(id, sizeof id, "%s-%lu", kind, number);
	buf_init(&out, WRITE_MAX);
	xw_init(&w, &out, ns_uri(NS_STANZA));
	xw_start(&w, "iq", NS_NONE);
	xw_attr(&w, "type", "get");
	xw_attr(&w, "from", c->name);
	xw_attr(&w, "to", c->server);
	xw_attr(&w, "id", id);
	xw_empty(&w, "ping", NS_PING);
	xw_end(&w);
	write_bytes(c, out.p, out.len);
	buf_finish(&out);
}

static void on_ping_timer(void *ctx)
{
	struct component *c = ctx;
	uint64_t silent = c->clock->now_ms - c->last_read_ms;

	if (c->pinging && silent >= PONG_MS + PING_MS) {
		log_warn(&c->log, "lost: the server does not answer");
		close_and_wait(c, next_delay(c, 0));
	} else if (silent >= PING_MS) {
		c->pinging = true;
		c->ping_id++;
		timer_start(c->clock, &c->ping, PONG_MS);
		write_ping(c, PING_ID, c->ping_id);
	} else {
		c->pinging = false;
		timer_start(c->clock, &c->ping, PING_MS - silent);
	}
}

/* The answer to a ping of ours, result or error. */
static bool is_pong(const struct component *c, const struct stanza *s,
	const char *kind, unsigned long number)
{
	char id[48];

	snprintf(id, sizeof id, "%s-%lu", kind, number);
	return s->kind == STANZA_IQ && number > 0 &&
	       (stanza_type_is(s, "result") || stanza_type_is(s, "error")) &&
	       s->id != NULL && strcmp(s->id, id) == 0 &&
	       (s->from == NULL || strcmp(s->from, c->server) == 0);
}

/* ---- what the server has read (PROTOCOL A.4) ---- */

static void set_mark(struct component *c)
{
	c->mark_id++;
	marks_out(&c->marks);
	timer_start(c->clock, &c->mark, MARK_MS);
	write_ping(c, MARK_ID, c->mark_id);
}

static void tell_read(struct component *c)
{
	if (c->events.on_read != NULL) {
		c->events.on_read(c->events.ctx);
	}
}

static void on_mark_answer(struct component *c)
{
	if (!c->marks.out) {
		return; /* given up: it comes late */
	}
	timer_stop(c->clock, &c->mark);
	if (marks_answered(&c->marks)) {
		set_mark(c);
	}
	tell_read(c);
}

static void on_mark_timer(void *ctx)
{
	struct component *c = ctx;

	marks_given_up(&c->marks);
	tell_read(c);
}

static void on_stable_timer(void *ctx)
{
	struct component *c = ctx;

	c->delay_ms = DELAY_MIN_MS;
}

/* ---- what the parser reads ---- */

static void on_open(void *ctx, const struct elem *stream)
{
	struct component *c = ctx;
	const char *id = elem_attr(stream, "id");
	char hash[SHA1_HEX];
	char answer[SHA1_HEX + 32];

	if (c->state != COMPONENT_OPENING) {
		return;
	}
	if (id == NULL || *id == '\0') {
		return; /* it only introduces a stream error (A.1) */
	}
	crypto_sha1_hex(slice_str(id), slice_str(c->secret), hash);
	snprintf(answer, sizeof answer, "<handshake>%s</handshake>", hash);
	move(c, COMPONENT_HANDSHAKE);
	timer_start(c->clock, &c->step, STEP_MS);
	write_str(c, answer);
}

static void online(struct component *c)
{
	move(c, COMPONENT_ONLINE);
	c->fault = NULL;
	buf_reset(&c->last, LAST_MAX);
	timer_start(c->clock, &c->stable, STABLE_MS);
	timer_start(c->clock, &c->space, SPACE_MS);
	timer_start(c->clock, &c->ping, PING_MS);
	log_info(&c->log, "online");
	c->events.on_online(c->events.ctx);
}

static void on_other(void *ctx, const struct elem *child)
{
	struct component *c = ctx;

	if (elem_is(child, "error", NS_STREAM)) {
		handle_stream_error(c, child);
	} else if (strcmp(child->name, "handshake") == 0 &&
		   c->state == COMPONENT_HANDSHAKE) {
		online(c);
	} else {
		/* stream:features of jabberd2 among others (A.1) */
		log_debug(&c->log, "skipped element=%s", child->name);
	}
}

static void on_stanza(void *ctx, const struct stanza *stanza)
{
	struct component *c = ctx;

	if (c->state != COMPONENT_ONLINE) {
		return;
	}
	c->stats.stanzas_in++;
	if (is_pong(c, stanza, MARK_ID, c->mark_id)) {
		on_mark_answer(c);
	} else if (!is_pong(c, stanza, PING_ID, c->ping_id)) {
		c->events.on_stanza(c->events.ctx, stanza);
	}
}

static void on_dropped(void *ctx, const struct stanza *stanza, unsigned over)
{
	struct component *c = ctx;

	c->stats.dropped++;
	log_warn(&c->log, "dropped a stanza over a limit from=%s over=%x",
		stanza->from ? stanza->from : "?", over);
	if (c->state == COMPONENT_ONLINE) {
		c->events.on_dropped(c->events.ctx, stanza, over);
	}
}

static void on_close(void *ctx)
{
	struct component *c = ctx;

	if (c->state == COMPONENT_CLOSING) {
		c->io.close(c->io.ctx);
		stopped(c);
		return;
	}
	log_warn(&c->log, "lost: the server closed the stream");
	write_str(c, "</stream:stream>");
	close_and_wait(c, next_delay(c, 0));
}

static void on_fatal(void *ctx, const char *condition, const char *text)
{
	struct component *c = ctx;
	char error[256];

	log_error(&c->log, "lost: unusable XML from the server condition=%s %s",
		condition, text);
	if (c->state == COMPONENT_CLOSING) {
		c->io.close(c->io.ctx);
		stopped(c);
		return;
	}
	snprintf(error, sizeof error,
		"<stream:error><%s xmlns='%s'/></stream:error>"
		"</stream:stream>",
		condition, ns_uri(NS_STREAM_ERRORS));
	write_str(c, error);
	close_and_wait(c, next_delay(c, 0));
}

static const struct parser_handlers handlers = {
	.on_open = on_open,
	.on_stanza = on_stanza,
	.on_other = on_other,
	.on_dropped = on_dropped,
	.on_close = on_close,
	.on_fatal = on_fatal,
};

/* ---- what the owner says ---- */

void component_connected(struct component *c)
{
	struct buf out;
	struct slice name = slice_str(c->name);

	if (c->state != COMPONENT_CONNECTING) {
		return;
	}
	move(c, COMPONENT_OPENING);
	timer_start(c->clock, &c->step, STEP_MS);
	c->parser = parser_create(&handlers, c, &c->limits);
	c->last_read_ms = c->clock->now_ms;
	buf_init(&out, WRITE_MAX);
	buf_add_str(&out, "<?xml version='1.0'?><stream:stream xmlns='");
	buf_add_str(&out, ns_uri(NS_STANZA));
	buf_add_str(&out, "' xmlns:stream='");
	buf_add_str(&out, ns_uri(NS_STREAM));
	buf_add_str(&out, "' to='");
	xw_escape(&out, name, true);
	buf_add_str(&out, "'>");
	must(!out.overflow);
	write_bytes(c, out.p, out.len);
	buf_finish(&out);
}

void component_input(struct component *c, const char *p, size_t len)
{
	struct parser *spent;

	if (!in(c, READING) || len == 0) {
		return;
	}
	must(!c->feeding);
	c->last_read_ms = c->clock->now_ms;
	c->feeding = true;
	parser_feed(c->parser, p, len);
	c->feeding = false;
	spent = c->spent;
	c->spent = NULL;
	parser_destroy(spent);
}

void component_lost(struct component *c, enum err why)
{
	if (!in(c, LINKED)) {
		return;
	}
	if (c->state == COMPONENT_CLOSING) {
		stopped(c);
		return;
	}
	log_warn(&c->log, "%s: %s",
		c->state == COMPONENT_CONNECTING ? "cannot connect" : "lost",
		err_text(why));
	wait_for(c, next_delay(c, 0));
}

static void on_step_timer(void *ctx)
{
	struct component *c = ctx;

	switch (c->state) {
	case COMPONENT_CONNECTING:
	case COMPONENT_OPENING:
	case COMPONENT_HANDSHAKE:
		log_warn(&c->log, "no answer state=%s",
			component_state_name(c->state));
		close_and_wait(c, next_delay(c, 0));
		break;
	case COMPONENT_WAITING:
		try_connect(c);
		break;
	case COMPONENT_CLOSING:
		c->io.close(c->io.ctx);
		stopped(c);
		break;
	default:
		must(false);
	}
}

enum err component_send(struct component *c, const char *xml, size_t len)
{
	if (c->state != COMPONENT_ONLINE) {
		return ERR_WRONG_STATE;
	}
	if (len == 0) {
		return ERR_OK;
	}
	c->stats.stanzas_out++;
	c->last.len = 0;
	buf_add(&c->last, xml, len < LAST_MAX ? len : LAST_MAX);
	write_bytes(c, xml, len);
	if (c->state == COMPONENT_ONLINE && marks_sent(&c->marks, len)) {
		set_mark(c);
	}
	return ERR_OK;
}

void component_start(struct component *c)
{
	must(in(c, BIT(IDLE) | BIT(STOPPED)));
	c->delay_ms = DELAY_MIN_MS;
	c->fault = NULL;
	try_connect(c);
}

void component_stop(struct component *c)
{
	switch (c->state) {
	case COMPONENT_CLOSING:
	case COMPONENT_STOPPED:
		return;
	case COMPONENT_CONNECTING:
		c->io.close(c->io.ctx);
		stopped(c);
		return;
	case COMPONENT_IDLE:
	case COMPONENT_WAITING:
		stopped(c);
		return;
	default:
		stop_keepalive(c);
		move(c, COMPONENT_CLOSING);
		timer_start(c->clock, &c->step, CLOSE_MS);
		write_str(c, "</stream:stream>");
	}
}

static void subject(const void *owner, char *out, size_t cap)
{
	(void)owner;
	snprintf(out, cap, "component");
}

struct component *component_create(const struct component_config *config,
	const struct component_io *io, const struct component_events *events,
	struct clock *clock)
{
	static const struct scan_limits none;
	struct component *c = must_calloc(1, sizeof *c);

	c->name = must_strndup(config->name, strlen(config->name));
	c->secret = must_strndup(config->secret, strlen(config->secret));
	c->server = must_strndup(config->server, strlen(config->server));
	c->limits = memcmp(&config->limits, &none, sizeof none) != 0
			    ? config->limits
			    : scan_limits_default;
	c->io = *io;
	c->events = *events;
	c->clock = clock;
	c->log = (struct log){.subject = subject, .owner = c};
	timer_init(&c->step, on_step_timer, c);
	timer_init(&c->stable, on_stable_timer, c);
	timer_init(&c->space, on_space_timer, c);
	timer_init(&c->ping, on_ping_timer, c);
	timer_init(&c->mark, on_mark_timer, c);
	buf_init(&c->last, LAST_MAX);
	return c;
}

void component_destroy(struct component *c)
{
	if (c == NULL) {
		return;
	}
	must(!c->feeding);
	if (in(c, LINKED)) {
		c->io.close(c->io.ctx);
	}
	stop_keepalive(c);
	timer_stop(c->clock, &c->step);
	parser_destroy(c->parser);
	buf_finish(&c->last);
	free(c->name);
	free(c->secret);
	free(c->server);
	free(c);
}

size_t component_unread(const struct component *c)
{
	return marks_unread(&c->marks);
}

enum component_state component_state(const struct component *c)
{
	return c->state;
}

const struct component_stats *component_stats(const struct component *c)
{
	return &c->stats;
}
