/* SPDX-License-Identifier: MIT */
/*
 * 60 users lose their IRC server, which takes two connections a second, 20 at
 * once, and refuses who is faster: all come back, none is refused, and talk goes
 * on. About 70 s. A thousand users under a moved clock:
 * tests/unit/mapping/test_return.c. ISTHMUS_USERS=N: with another number.
 */
#include <stdio.h>

#include "tests/load/crowd.h"
#include "tests/load/rig.h"
#include "tests/load/tap.h"

enum { BURST = 20, EACH_MS = 500, LIMIT_MS = 85000 };

struct run {
	struct crowd crowd; /* first */
	struct rig rig;
};

static bool are_in_their_rooms(void *ctx)
{
	struct run *run = ctx;
	char room[32];

	for (unsigned i = 0; i < run->crowd.count; i++) {
		struct ircd_client *c = crowd_client(&run->crowd, i);

		snprintf(room, sizeof room, "#u%u", i);
		if (c == NULL || !ircd_client_joined(c, room)) {
			return false;
		}
	}
	return true;
}

/* The server goes down for everybody at the same time. */
static void restart(struct run *run)
{
	for (unsigned i = 0; i < run->crowd.count; i++) {
		struct ircd_client *c = crowd_client(&run->crowd, i);

		if (c != NULL) {
			ircd_client_drop(c, "Server shutdown");
		}
	}
}

static void talk(struct run *run)
{
	struct crowd *crowd = &run->crowd;

	for (unsigned i = 0; i < crowd->count; i++) {
		crowd_down(crowd, i);
		crowd_up(crowd, i);
	}
	rig_until(&run->rig, crowd_all_seen, crowd, 10000);
	tap_test(crowd_missing(crowd) == 0 && crowd->errors == 0,
		"everybody is heard afterwards", "%llu lines missing, first "
		"error: %s", (unsigned long long)crowd_missing(crowd),
		crowd->first_error);
}

static void run_all(struct run *run)
{
	const struct ircd_sim_stats *irc = ircd_sim_stats(run->rig.irc);
	struct crowd *crowd = &run->crowd;
	uint64_t began = uv_hrtime();

	crowd_join(crowd);
	tap_test(rig_until(&run->rig, crowd_all_joined, crowd, LIMIT_MS),
		"all have entered", "%u of %u", crowd->joined, crowd->count);
	tap_note("after %.1f s", (double)(uv_hrtime() - began) / 1e9);
	restart(run);
	tap_test(rig_until(&run->rig, are_in_their_rooms, run, LIMIT_MS),
		"all are back", "registered %u times", irc->registered);
	tap_note("after %.1f s", (double)(uv_hrtime() - began) / 1e9);
	tap_test(irc->refused == 0, "nobody came too fast", "%u refused",
		irc->refused);
	tap_test(crowd->joined == crowd->count,
		"no client was shown that it is out", "%u of %u are in",
		crowd->joined, crowd->count);
	talk(run);
}

int main(void)
{
	static struct run run;
	struct rig_config config = {.name = "return",
		.caps = "",
		.on_stanza = crowd_on_stanza,
		.on_puppet = crowd_on_puppet,
		.throttle_burst = BURST,
		.throttle_ms = EACH_MS,
		.ctx = &run};

	if (rig_gateway() == NULL) {
		return tap_finish();
	}
	if (tap_test(rig_open(&run.rig, &config), "the gateway comes up",
		    "see the notes above")) {
		crowd_init(&run.crowd, &run.rig, "u",
			rig_number("ISTHMUS_USERS", 60));
		run_all(&run);
		rig_stop(&run.rig);
	}
	rig_close(&run.rig);
	crowd_finish(&run.crowd);
	return tap_finish();
}
