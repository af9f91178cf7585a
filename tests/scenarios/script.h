/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SCENARIOS_SCRIPT_H
#define TESTS_SCENARIOS_SCRIPT_H

#include <stdbool.h>

#include "tests/scenarios/world.h"

/*
 * The lines of a scenario that do something, one by one: README.md is their
 * language. What is expected, comments and other files are their reader's.
 */

/* `jabber ...` to `stop`. false: no event that is understood. */
bool script_event(struct world *w, const char *text);
/* What stands behind `set `. false: there is no such setting. */
bool script_setting(struct world *w, const char *rest);
/* `500ms`, `30s`, `10min` in ms. */
unsigned long script_duration(const char *text);

#endif
