/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/witness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/log.h"
#include "base/utf8.h"
#include "irc/engine.h"
#include "mapping/mapping.h"
#include "xmpp/jid.h"
#include "xmpp/parser.h"

/* ---- what the core wrote ---- */

static void no_open(void *ctx, const struct elem *e)
{
	(void)ctx;
	(void)e;
}

static void check_stanza(void *ctx, const struct stanza *s)
{
	struct witness *w = ctx;
	struct jid from;
	struct jid to;

	w->stanzas++;
	must(s->from != NULL && s->to != NULL);
	arena_reset(&w->arena);
	must(jid_parse(slice_str(s->to), &w->arena, &to) == ERR_OK);
	if (jid_parse(slice_str(s->from), &w->arena, &from) == ERR_OK) {
		must(strcmp(from.domain, "gw") == 0);
	} else {
		/* An error comes from the address that was written to. */
		must(stanza_type_is(s, "error") ||
			stanza_type_is(s, "unsubscribed"));
	}
}

static void never_other(void *ctx, const struct elem *e)
{
	(void)ctx;
	(void)e;
	must(!"only stanzas are sent");
}

static void never_dropped(void *ctx, const struct stanza *s, unsigned over)
{
	(void)ctx;
	(void)s;
	(void)over;
	must(!"no stanza of ours is over a limit");
}

static void never_close(void *ctx)
{
	(void)ctx;
	must(!"the stream is not ours to close");
}

static void never_fatal(void *ctx, const char *condition, const char *text)
{
	(void)ctx;
	fprintf(stderr, "%s %s\n", condition, text ? text : "");
	must(!"what is sent is well-formed");
}

static const struct parser_handlers checks = {
	.on_open = no_open,
	.on_stanza = check_stanza,
	.on_other = never_other,
	.on_dropped = never_dropped,
	.on_close = never_close,
	.on_fatal = never_fatal,
};

static void check_jabber(struct witness *w, const char *xml)
{
	unsigned before = w->stanzas;

	parser_feed(w->check, xml, strlen(xml));
	must(w->stanzas > before);
}

static void remember(char *to, size_t cap, const char *from, const char *end)
{
	size_t n = strcspn(from, end);

	n = n < cap - 1 ? n : cap - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

static void check_irc(struct witness *w, unsigned link, const char *line)
{
	size_t len;

	must(link >= 1 && link <= WITNESS_LINKS && w->peers[link].open);
	must(strpbrk(line, "\r\n") == NULL);
	if (line[0] == '@') { /* tags, e.g. a label */
		must(strchr(line, ' ') != NULL);
		line = strchr(line, ' ') + 1;
	}
	len = strlen(line);
	must(len > 0);
	must(len <= 510 || w->long_lines || strncmp(line, "PONG :", 6) == 0);
	if (strncmp(line, "NICK ", 5) == 0) {
		remember(w->peers[link].nick, sizeof w->peers[link].nick,
			line + 5 + (line[5] == ':'), " ");
	} else if (strncmp(line, "JOIN ", 5) == 0) {
		remember(w->peers[link].room, sizeof w->peers[link].room,
			line + 5, " ,");
	}
}

static void check_links(struct witness *w)
{
	struct mapping_stats stats;
	size_t open = 0;

	for (unsigned i = 1; i <= WITNESS_LINKS; i++) {
		open += w->peers[i].open;
	}
	mapping_stats(world_core(w->world), &stats);
	must(open <= stats.sessions);
	must(stats.registered <= open);
}

void witness_look(struct witness *w)
{
	const char *line;

	while ((line = world_next(w->world)) != NULL) {
		unsigned link = 1;
		char *end;

		if (getenv("FUZZ_SHOW") != NULL) {
			fprintf(stderr, "> %s\n", line);
		}
		if (strncmp(line, "jabber ", 7) == 0) {
			check_jabber(w, line + 7);
		} else if (strncmp(line, "irc ", 4) == 0) {
			check_irc(w, link, line + 4);
		} else if (strncmp(line, "irc/", 4) == 0) {
			link = (unsigned)strtoul(line + 4, &end, 10);
			check_irc(w, link, end + 1);
		} else if (strncmp(line, "open ", 5) == 0) {
			link = (unsigned)strtoul(line + 5, NULL, 10);
			must(link >= 1 && link <= WITNESS_LINKS);
			must(!w->peers[link].open);
			w->peers[link] = (struct peer){.open = true};
		} else if (strncmp(line, "close ", 6) == 0) {
			link = (unsigned)strtoul(line + 6, NULL, 10);
			must(link >= 1 && link <= WITNESS_LINKS);
			must(w->peers[link].open);
			w->peers[link].open = false;
		} else {
			must(strncmp(line, "stream ", 7) == 0 ||
				strncmp(line, "save ", 5) == 0 ||
				strcmp(line, "reload") == 0);
		}
	}
	check_links(w);
}

/* ---- what is logged ---- */

/* One line is one event, whatever somebody called himself. */
static void check_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	for (const char *p = line; *p != '\0'; p++) {
		must((unsigned char)*p >= ' ' && *p != 0x7f);
	}
	must(utf8_valid(slice_str(line)));
}

/* ---- life ---- */

void witness_begin(struct witness *w)
{
	static const char header[] =
		"<stream:stream xmlns='jabber:component:accept' "
		"xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
	static bool ready;

	if (!ready) {
		engine_setup(open("/dev/null", O_RDWR));
		log_set_sink(check_log, NULL, LOG_DEBUG);
		ready = true;
	}
	*w = (struct witness){.world = world_create()};
	w->check = parser_create(&checks, w, NULL);
	parser_feed(w->check, header, sizeof header - 1);
	arena_init(&w->arena, 65536);
}

void witness_end(struct witness *w)
{
	world_stop(w->world);
	witness_look(w);
	world_destroy(w->world);
	parser_destroy(w->check);
	arena_finish(&w->arena);
	must(intern_count() == 0);
	must(engine_traps() == 0);
}
