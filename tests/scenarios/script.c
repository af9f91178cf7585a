/* SPDX-License-Identifier: MIT */
#include "tests/scenarios/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned long script_duration(const char *text)
{
	char *unit;
	unsigned long n = strtoul(text, &unit, 10);

	if (strcmp(unit, "ms") == 0) {
		return n;
	}
	return n * (strcmp(unit, "min") == 0 ? 60000 : 1000);
}

static bool link_event(struct world *w, const char *rest)
{
	unsigned link;
	char what[16];
	char why[32] = "";
	char detail[200] = "";

	if (sscanf(rest, "%u %15s %31s %199[^\n]", &link, what, why, detail) <
		2) {
		return false;
	}
	if (strcmp(what, "up") == 0) {
		world_link_up(w, link);
		return true;
	}
	return strcmp(what, "lost") == 0 &&
		world_link_lost(w, link, why, detail);
}

static bool irc_event(struct world *w, const char *text)
{
	unsigned link = 1;
	const char *rest = strchr(text, ' ');

	if (text[3] == '/') {
		link = (unsigned)strtoul(text + 4, NULL, 10);
	}
	world_irc(w, link, rest ? rest + 1 : "");
	return true;
}

/* "at-once": the loop does not turn before the next event. */
bool script_event(struct world *w, const char *text)
{
	const char *rest = strchr(text, ' ');

	rest = rest ? rest + 1 : "";
	if (strncmp(text, "at-once ", 8) == 0) {
		world_hold_turn(w, true);
		return script_event(w, rest);
	}
	if (strncmp(text, "jabber ", 7) == 0) {
		world_jabber(w, rest);
	} else if (strncmp(text, "irc ", 4) == 0 ||
		strncmp(text, "irc/", 4) == 0) {
		return irc_event(w, text);
	} else if (strncmp(text, "link ", 5) == 0) {
		return link_event(w, rest);
	} else if (strncmp(text, "wait ", 5) == 0) {
		world_wait(w, script_duration(rest));
	} else if (strcmp(text, "offline") == 0) {
		world_component(w, false);
	} else if (strcmp(text, "online") == 0) {
		world_component(w, true);
	} else if (strcmp(text, "congested") == 0) {
		world_congested(w, true);
	} else if (strcmp(text, "flowing") == 0) {
		world_congested(w, false);
	} else if (strncmp(text, "reload", 6) == 0) {
		world_reload(w, rest);
	} else if (strcmp(text, "saved") == 0) {
		world_saved(w, ERR_OK);
	} else if (strcmp(text, "saved not") == 0) {
		world_saved(w, ERR_IO);
	} else if (strcmp(text, "stop") == 0) {
		world_stop(w);
	} else {
		return false;
	}
	return true;
}

bool script_setting(struct world *w, const char *rest)
{
	char key[64];
	char value[64];

	return sscanf(rest, "%63s %63s", key, value) == 2 &&
		world_set(w, key, value);
}
