/* SPDX-License-Identifier: MIT */
#include "xmpp/component_private.h"

#include <string.h>

#include "base/utf8.h"
#include "xmpp/mask.h"

/* Stream errors received (PROTOCOL A.2). */

enum { DELAY_CONFLICT_MS = 5 * 1000 };

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

	buf_init(&masked, 4 * COMPONENT_LAST_MAX);
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
	return COMPONENT_DELAY_MAX_MS;
}

static uint64_t taken(struct component *c)
{
	if (c->state == COMPONENT_ONLINE) {
		log_error(&c->log,
			"conflict: another instance took this name over, "
			"stop one of the two");
		return COMPONENT_DELAY_MAX_MS;
	}
	log_warn(&c->log, "conflict: the server still holds the old stream");
	return component_next_delay(c, DELAY_CONFLICT_MS);
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
		delay = component_next_delay(c, 0);
		break;
	case BACK_OFF:
		log_warn(&c->log, "stream error condition=%s %.*s", condition,
			SLICE_ARG(text));
		delay = component_next_delay(c, 0);
		break;
	}
	component_write_str(c, "</stream:stream>");
	component_close_and_wait(c, delay);
}

void component_on_stream_error(struct component *c, const struct elem *error)
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
