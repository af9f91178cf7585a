/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_XMPP_EVENTS_H
#define TESTS_SUPPORT_XMPP_EVENTS_H

#include <string.h>

#include "base/buf.h"
#include "xmpp/parser.h"
#include "xmpp/writer.h"

/*
 * A parser that writes down what it hands out, one line an event:
 * `stanza <message .../>`, `dropped 1 <message from='a'/>`, `fatal condition`.
 */
struct events {
	struct parser *parser;
	struct buf log;
	unsigned stop_after; /* parser_stop() in this event, counted from 1 */
	unsigned count;
	size_t stanzas;
	size_t dropped;
	char fatal[64];
};

static inline void events_line(
	struct events *e, const char *what, const struct elem *elem)
{
	struct xw w;

	buf_add_str(&e->log, what);
	if (elem != NULL) {
		buf_add_char(&e->log, ' ');
		xw_init(&w, &e->log, "jabber:component:accept");
		xw_copy(&w, elem);
	}
	buf_add_char(&e->log, '\n');
	e->count++;
	if (e->count == e->stop_after) {
		parser_stop(e->parser);
	}
}

static inline void events_on_open(void *ctx, const struct elem *stream)
{
	events_line(ctx, "open", stream);
}

static inline void events_on_stanza(void *ctx, const struct stanza *stanza)
{
	struct events *e = ctx;

	e->stanzas++;
	events_line(e, "stanza", stanza->root);
}

static inline void events_on_other(void *ctx, const struct elem *child)
{
	events_line(ctx, "other", child);
}

static inline void events_on_dropped(
	void *ctx, const struct stanza *stanza, unsigned over)
{
	struct events *e = ctx;
	char what[] = "dropped 00";

	e->dropped++;
	what[8] = (char)('0' + over / 10);
	what[9] = (char)('0' + over % 10);
	events_line(e, what, stanza->root);
}

static inline void events_on_close(void *ctx)
{
	events_line(ctx, "close", NULL);
}

static inline void events_on_fatal(
	void *ctx, const char *condition, const char *text)
{
	struct events *e = ctx;

	must(text != NULL);
	must(strlen(condition) < sizeof e->fatal);
	strcpy(e->fatal, condition);
	events_line(e, "fatal", NULL);
}

static inline void events_init(
	struct events *e, const struct scan_limits *limits)
{
	static const struct parser_handlers handlers = {
		.on_open = events_on_open,
		.on_stanza = events_on_stanza,
		.on_other = events_on_other,
		.on_dropped = events_on_dropped,
		.on_close = events_on_close,
		.on_fatal = events_on_fatal,
	};

	*e = (struct events){0};
	buf_init(&e->log, 64U << 20);
	e->parser = parser_create(&handlers, e, limits);
}

static inline void events_finish(struct events *e)
{
	parser_destroy(e->parser);
	buf_finish(&e->log);
}

#define EVENTS_HEADER                                                          \
	"<stream:stream xmlns='jabber:component:accept' "                      \
	"xmlns:stream='http://etherx.jabber.org/streams' "                     \
	"from='irc.example.com' id='1'>"

#endif
