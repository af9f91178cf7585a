/* SPDX-License-Identifier: MIT */
#include "xmpp/component.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "xmpp/component_private.h"
#include "xmpp/writer.h"

enum {
	STEP_MS = 30 * 1000,  /* for each step before ONLINE */
	CLOSE_MS = 2 * 1000,  /* for the server's closing tag (A.3) */
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

void component_write(struct component *c, const char *p, size_t len)
{
	c->last_write_ms = c->clock->now_ms;
	c->io.write(c->io.ctx, p, len);
}

void component_write_str(struct component *c, const char *text)
{
	component_write(c, text, strlen(text));
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

static void try_connect(struct component *c)
{
	move(c, COMPONENT_CONNECTING);
	timer_start(c->clock, &c->step, STEP_MS);
	c->stats.connects++;
	c->io.connect(c->io.ctx);
}

uint64_t component_next_delay(struct component *c, uint64_t least)
{
	uint64_t delay = c->delay_ms;
	unsigned fifth;

	if (delay < least) {
		c->delay_ms = least * 2;
		return least;
	}
	c->delay_ms = delay * 2;
	if (c->delay_ms > COMPONENT_DELAY_MAX_MS) {
		c->delay_ms = COMPONENT_DELAY_MAX_MS;
	}
	fifth = (unsigned)delay / 5;
	return delay - fifth + c->io.random(c->io.ctx, 2 * fifth + 1);
}

/* The link is gone or is closed here; on_offline is the last thing done. */
static void wait_for(struct component *c, uint64_t delay_ms)
{
	bool was_online = c->state == COMPONENT_ONLINE;

	component_alive_stop(c);
	drop_parser(c);
	move(c, COMPONENT_WAITING);
	timer_start(c->clock, &c->step, delay_ms);
	log_info(&c->log, "reconnect in=%llums", (unsigned long long)delay_ms);
	if (was_online) {
		c->events.on_offline(c->events.ctx);
	}
}

void component_close_and_wait(struct component *c, uint64_t delay_ms)
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
	component_write_str(c, answer);
}

static void online(struct component *c)
{
	move(c, COMPONENT_ONLINE);
	c->fault = NULL;
	buf_reset(&c->last, COMPONENT_LAST_MAX);
	component_alive_start(c);
	log_info(&c->log, "online");
	c->events.on_online(c->events.ctx);
}

static void on_other(void *ctx, const struct elem *child)
{
	struct component *c = ctx;

	if (elem_is(child, "error", NS_STREAM)) {
		component_on_stream_error(c, child);
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
	if (!component_takes_pong(c, stanza)) {
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
	component_write_str(c, "</stream:stream>");
	component_close_and_wait(c, component_next_delay(c, 0));
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
	component_write_str(c, error);
	component_close_and_wait(c, component_next_delay(c, 0));
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
	buf_init(&out, COMPONENT_WRITE_MAX);
	buf_add_str(&out, "<?xml version='1.0'?><stream:stream xmlns='");
	buf_add_str(&out, ns_uri(NS_STANZA));
	buf_add_str(&out, "' xmlns:stream='");
	buf_add_str(&out, ns_uri(NS_STREAM));
	buf_add_str(&out, "' to='");
	xw_escape(&out, name, true);
	buf_add_str(&out, "'>");
	must(!out.overflow);
	component_write(c, out.p, out.len);
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
	wait_for(c, component_next_delay(c, 0));
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
		component_close_and_wait(c, component_next_delay(c, 0));
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
	buf_add(&c->last, xml,
		len < COMPONENT_LAST_MAX ? len : COMPONENT_LAST_MAX);
	component_write(c, xml, len);
	if (c->state == COMPONENT_ONLINE && marks_sent(&c->marks, len)) {
		component_set_mark(c);
	}
	return ERR_OK;
}

void component_start(struct component *c)
{
	must(in(c, BIT(IDLE) | BIT(STOPPED)));
	c->delay_ms = COMPONENT_DELAY_MIN_MS;
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
		component_alive_stop(c);
		move(c, COMPONENT_CLOSING);
		timer_start(c->clock, &c->step, CLOSE_MS);
		component_write_str(c, "</stream:stream>");
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
	component_alive_init(c);
	buf_init(&c->last, COMPONENT_LAST_MAX);
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
	component_alive_stop(c);
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
