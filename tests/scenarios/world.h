/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SCENARIOS_WORLD_H
#define TESTS_SCENARIOS_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * The world of one scenario: the real core behind recording ports, a component
 * stream parsed by the real parser, and a clock moved by hand. What the core
 * does is kept as lines, in order: "jabber <xml>", "irc LINE", "open 1 ...".
 */
struct world;

struct world *world_create(void);
void world_destroy(struct world *w);
/* A configuration key before the first event; false: unknown. */
bool world_set(struct world *w, const char *key, const char *value);
/* A row that storage holds from before: "USER KIND SCOPE KEY VALUE". */
void world_kept(struct world *w, const char *words);

/* Events. Each runs the core's due timers afterwards. */
void world_jabber(struct world *w, const char *xml);
void world_irc(struct world *w, unsigned link, const char *line);
void world_link_up(struct world *w, unsigned link);
bool world_link_lost(struct world *w, unsigned link, const char *why,
	const char *detail);
void world_wait(struct world *w, unsigned long ms);
void world_component(struct world *w, bool online);
void world_congested(struct world *w, bool congested);
/* Storage answers the oldest change that waits. */
void world_saved(struct world *w, enum err err);
/* The next event is followed by another one in the same turn of the loop. */
void world_hold_turn(struct world *w, bool hold);
/* A new configuration with only the network of this name, or ("") all. */
void world_reload(struct world *w, const char *name);
void world_stop(struct world *w);

/* Bytes from IRC as they are, line ends included. */
void world_bytes(struct world *w, unsigned link, const char *p, size_t len);
/* The core itself; it begins with the first event or this. */
struct mapping *world_core(struct world *w);

/* What the core did next, NULL when nothing is left; until the next call. */
const char *world_next(struct world *w);

#endif
