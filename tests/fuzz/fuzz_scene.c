/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/witness.h"
#include "tests/scenarios/script.h"
#include "xmpp/jid.h"
#include "xmpp/parser.h"

/*
 * The events of a scenario (tests/scenarios/README.md), line by line: the input
 * can be read, and every scenario is one to begin with (tests/fuzz/seeds). Rows
 * of storage and settings included, comments and what is expected are passed
 * over. What is promised whatever happens: tests/fuzz/witness.h.
 *
 * Events that cannot be are none: what is no whole stanza (the stream's XML is
 * another target's) or for another domain, lines and ends of links that are not
 * open, more than a day of waiting.
 */
enum { LINE_MAX_BYTES = 65536, DAY_MS = 86400000 };

struct run {
	struct witness seen;
	struct world *world;
	unsigned long waited;
	bool begun; /* settings and rows of storage come before the first event */
	bool over;
};

/* ---- is it a stanza? ---- */

struct judged {
	unsigned stanzas; /* the last one is ours */
	bool bad;
};

static void on_open(void *ctx, const struct elem *e)
{
	(void)ctx;
	(void)e;
}

/* What is for another domain comes to none of ours. */
static void on_stanza(void *ctx, const struct stanza *s)
{
	struct judged *judged = ctx;
	struct arena a;
	struct jid to;

	judged->stanzas++;
	arena_init(&a, 8192);
	if (s->to != NULL && jid_parse(slice_str(s->to), &a, &to) == ERR_OK) {
		judged->bad |= strcmp(to.domain, "gw") != 0;
	}
	arena_finish(&a);
}

static void on_other(void *ctx, const struct elem *e)
{
	(void)ctx;
	(void)e;
}

static void on_dropped(void *ctx, const struct stanza *s, unsigned over)
{
	(void)ctx;
	(void)s;
	(void)over;
}

static void on_close(void *ctx)
{
	((struct judged *)ctx)->bad = true;
}

static void on_fatal(void *ctx, const char *condition, const char *text)
{
	(void)condition;
	(void)text;
	((struct judged *)ctx)->bad = true;
}

static const struct parser_handlers judge = {
	.on_open = on_open,
	.on_stanza = on_stanza,
	.on_other = on_other,
	.on_dropped = on_dropped,
	.on_close = on_close,
	.on_fatal = on_fatal,
};

/* Exactly one stanza: one behind it is the second. */
static bool is_stanza(const char *xml)
{
	static const char header[] =
		"<stream:stream xmlns='jabber:component:accept' "
		"xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
	struct judged judged = {0};
	struct parser *p = parser_create(&judge, &judged, NULL);

	parser_feed(p, header, sizeof header - 1);
	parser_feed(p, xml, strlen(xml));
	parser_feed(p, "<iq/>", 5);
	parser_destroy(p);
	return !judged.bad && judged.stanzas == 2;
}

/* ---- the lines ---- */

static bool is_open(struct run *r, unsigned long link)
{
	return link >= 1 && link <= WITNESS_LINKS && r->seen.peers[link].open;
}

static bool irc_possible(struct run *r, const char *text)
{
	unsigned long link = 1;

	if (text[3] == '/') {
		link = strtoul(text + 4, NULL, 10);
	}
	r->seen.long_lines |= strstr(text, "LEN") != NULL;
	return is_open(r, link);
}

static bool wait_possible(struct run *r, const char *rest)
{
	unsigned long ms = strlen(rest) < 9 ? script_duration(rest) : DAY_MS;

	if (ms > DAY_MS - r->waited) {
		return false;
	}
	r->waited += ms;
	return true;
}

static bool possible(struct run *r, const char *text)
{
	if (strncmp(text, "at-once ", 8) == 0) {
		return possible(r, text + 8);
	}
	if (strncmp(text, "jabber ", 7) == 0) {
		return is_stanza(text + 7);
	}
	if (strncmp(text, "irc", 3) == 0) {
		return irc_possible(r, text);
	}
	if (strncmp(text, "link ", 5) == 0) {
		return is_open(r, strtoul(text + 5, NULL, 10));
	}
	if (strncmp(text, "wait ", 5) == 0) {
		return wait_possible(r, text + 5);
	}
	return true;
}

/* Numbers of an operator have bounds: gateway/config_keys.c. */
static void set(struct run *r, const char *rest)
{
	const char *value = strchr(rest, ' ');

	if (value == NULL || (value[1] >= '0' && value[1] <= '9' &&
		(value[1] == '0' || strlen(value) > 7))) {
		return;
	}
	script_setting(r->world, rest);
}

/* A link that was lost is not open any more, even before the core answers. */
static void forget_lost(struct run *r, const char *text)
{
	char what[16];
	unsigned link;

	while (strncmp(text, "at-once ", 8) == 0) {
		text += 8;
	}
	if (sscanf(text, "link %u %15s", &link, what) == 2 &&
		strcmp(what, "lost") == 0) {
		r->seen.peers[link].open = false;
	}
}

static void run_line(struct run *r, const char *text)
{
	bool before = strncmp(text, "set ", 4) == 0 ||
		strncmp(text, "kept ", 5) == 0;

	if (before) {
		if (!r->begun && text[0] == 's') {
			set(r, text + 4);
		} else if (!r->begun) {
			world_kept(r->world, text + 5);
		}
		return;
	}
	if (strcmp(text, "stop") == 0) {
		r->over = true; /* the witness says it */
		return;
	}
	if (!possible(r, text)) {
		return;
	}
	r->begun = true;
	if (script_event(r->world, text)) {
		forget_lost(r, text);
	}
	witness_look(&r->seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice((const char *)data, size);
	struct run r = {0};
	struct buf line;

	witness_begin(&r.seen);
	r.world = r.seen.world;
	buf_init(&line, LINE_MAX_BYTES);
	while (rest.len > 0 && !r.over) {
		buf_reset(&line, LINE_MAX_BYTES);
		buf_add_slice(&line, slice_cut(&rest, '\n'));
		if (!line.overflow) {
			run_line(&r, buf_cstr(&line));
		}
	}
	buf_finish(&line);
	witness_end(&r.seen);
	return 0;
}
