/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SCENARIOS_WORLD_PRIVATE_H
#define TESTS_SCENARIOS_WORLD_PRIVATE_H

#include "base/buf.h"
#include "base/list.h"
#include "mapping/mapping.h"
#include "tests/scenarios/world.h"
#include "xmpp/parser.h"

/*
 * The inside that world.c (life, events), world_ports.c (what the core does)
 * and world_set.c (settings) share.
 */
enum { LINKS = 32, LINES = 1 << 22 };

struct line {
	struct list link;
	char text[];
};

struct world {
	struct map_config config;
	struct map_config *reloaded; /* in force after `reload` */
	struct network_config *networks; /* its */
	struct network_config nets[2];   /* as `set` left them */
	struct clock clock;
	struct mapping *core;
	struct parser *parser;
	struct list lines;
	struct list texts; /* in another language, while the core lives */
	struct line *current;
	struct buf irc[LINKS + 1]; /* what was written and is no whole line yet */
	bool up[LINKS + 1];
	unsigned random;
	uint64_t saves; /* asked for: the last token */
	uint64_t saved; /* answered */
	struct timer saved_timer;
	struct buf kept; /* `kept` lines, until the core begins */
	bool hold_saves; /* `saved` answers them */
	bool hold; /* timers wait for the next event */
	char caps[4][40];   /* caps_off, and how many there are in it */
	const char *caps_off[4];
	bool browse_query;  /* browse_style = "query" */
	unsigned max_stanza; /* 0: the default */
	bool update_notice; /* there is one, and admins and a website */
};

/* What the core did, as a line of the transcript. */
void world_record(struct world *w, const char *text, size_t len);

struct map_ports world_ports(struct world *w);
/* Of saved_timer: storage answers all that waits. */
void world_on_saved(void *ctx);

/* The component's stream, which leads into the core. */
extern const struct parser_handlers world_stream;

#endif
