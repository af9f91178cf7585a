/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_XMPP_COMPONENT_FIXTURE_H
#define TESTS_UNIT_XMPP_COMPONENT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "xmpp/component.h"

/*
 * A component, a clock moved by hand, and a notebook of what it did: `connect`,
 * `close`, `online`, `offline`, `stopped`, `write TEXT`, `stanza TYPE`,
 * `dropped ID`, a line each; another of what it logged.
 */
static struct world {
	struct clock clock;
	struct component *c;
	struct buf did;
	struct buf log;
	unsigned random_percent; /* of the range, 50: no jitter */
	enum { NOTHING, SEND, STOP, LOST, RESTART } in_stanza;
	bool restart_when_stopped;
	bool connects_at_once;
	bool write_fails;
} w;

#define HEADER                                                                 \
	"<?xml version='1.0'?><stream:stream "                                 \
	"xmlns='jabber:component:accept' "                                     \
	"xmlns:stream='http://etherx.jabber.org/streams' "                     \
	"to='irc.example.com'>"
#define SERVER_HEADER(id)                                                      \
	"<stream:stream xmlns:stream="                                         \
	"'http://etherx.jabber.org/streams' "                                  \
	"xmlns='jabber:component:accept' from='irc.example.com' id='" id "'>"
#define STREAM_ERROR(condition)                                                \
	"<stream:error><" condition                                            \
	" xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
#define END "</stream:stream>"

static inline void note(const char *what, const char *p, size_t len)
{
	buf_add_str(&w.did, what);
	buf_add(&w.did, p, len);
	buf_add_char(&w.did, '\n');
}

static inline void io_connect(void *ctx)
{
	(void)ctx;
	note("connect", "", 0);
	if (w.connects_at_once) {
		component_connected(w.c);
	}
}

static inline void io_write(void *ctx, const char *p, size_t len)
{
	(void)ctx;
	note("write ", p, len);
	if (w.write_fails) {
		component_lost(w.c, ERR_IO);
	}
}

static inline void io_close(void *ctx)
{
	(void)ctx;
	note("close", "", 0);
}

static inline unsigned io_random(void *ctx, unsigned n)
{
	(void)ctx;
	assert_true(n >= 1);
	return (n - 1) * w.random_percent / 100;
}

static inline void on_online(void *ctx)
{
	(void)ctx;
	note("online", "", 0);
}

static inline void on_offline(void *ctx)
{
	(void)ctx;
	note("offline", "", 0);
}

static inline void on_stanza(void *ctx, const struct stanza *s)
{
	(void)ctx;
	note("stanza ", s->id ? s->id : "", s->id ? strlen(s->id) : 0);
	switch (w.in_stanza) {
	case SEND:
		assert_int_equal(component_send(w.c, "<iq/>", 5), ERR_OK);
		break;
	case STOP:
		component_stop(w.c);
		break;
	case LOST:
		component_lost(w.c, ERR_IO);
		break;
	case RESTART:
		component_stop(w.c);
		component_lost(w.c, ERR_CLOSED);
		break;
	default:
		break;
	}
}

static inline void on_dropped(void *ctx, const struct stanza *s, unsigned over)
{
	(void)ctx;
	assert_int_not_equal(over, 0);
	note("dropped ", s->id ? s->id : "", s->id ? strlen(s->id) : 0);
}

static inline void on_read(void *ctx)
{
	(void)ctx;
	note("read", "", 0);
}

static inline void on_stopped(void *ctx)
{
	(void)ctx;
	note("stopped", "", 0);
	if (w.restart_when_stopped) {
		w.restart_when_stopped = false;
		component_start(w.c);
	}
}

static inline void on_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	buf_addf(&w.log, "%s %s\n", log_level_name(level), line);
}

static inline int begin(void **state)
{
	static const struct component_config config = {
		.name = "irc.example.com",
		.secret = "s3cr3t",
		.server = "example.com",
	};
	static const struct component_io io = {
		.connect = io_connect,
		.write = io_write,
		.close = io_close,
		.random = io_random,
	};
	static const struct component_events events = {
		.on_online = on_online,
		.on_offline = on_offline,
		.on_stanza = on_stanza,
		.on_dropped = on_dropped,
		.on_stopped = on_stopped,
		.on_read = on_read,
	};

	(void)state;
	w = (struct world){.random_percent = 50};
	buf_init(&w.did, 1U << 20);
	buf_init(&w.log, 1U << 20);
	log_set_sink(on_log, NULL, LOG_INFO);
	clock_init(&w.clock, 1000000, 0);
	w.c = component_create(&config, &io, &events, &w.clock);
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	component_destroy(w.c);
	clock_finish(&w.clock);
	buf_finish(&w.did);
	buf_finish(&w.log);
	log_set_sink(NULL, NULL, LOG_ERROR);
	return 0;
}

/* What it did since the last time it was asked. */
#define DID(text)                                                              \
	do {                                                                   \
		assert_string_equal(buf_cstr(&w.did), text);                   \
		buf_reset(&w.did, 4096);                                       \
	} while (0)

#define STATE(name)                                                            \
	assert_string_equal(component_state_name(component_state(w.c)), name)

#define LOGGED(text)	 assert_non_null(strstr(buf_cstr(&w.log), text))
#define NOT_LOGGED(text) assert_null(strstr(buf_cstr(&w.log), text))

static inline void forget(void)
{
	buf_reset(&w.did, 4096);
	buf_reset(&w.log, 4096);
}

static inline void say(const char *text)
{
	component_input(w.c, text, strlen(text));
}

static inline void wait_ms(uint64_t ms)
{
	clock_advance(&w.clock, w.clock.now_ms + ms, 0);
}

static inline void to_handshake(void)
{
	component_connected(w.c);
	say(SERVER_HEADER("3BF96D32"));
	STATE("HANDSHAKE");
}

static inline void to_online(void)
{
	component_start(w.c);
	to_handshake();
	say("<handshake/>");
	STATE("ONLINE");
	forget();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
