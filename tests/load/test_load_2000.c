/* SPDX-License-Identifier: MIT */
/*
 * 2,000 users, each in a room of its own: all join, one line each way for
 * each, for which the gateway works at most 60 s. `test_load_2000 N`, or
 * ISTHMUS_USERS=N, runs it with another number; ISTHMUS_LOAD_SECONDS with
 * another limit of its CPU time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/crowd.h"
#include "tests/load/rig.h"
#include "tests/load/tap.h"

#define PHASE_MS 60000 /* of joining, of each way of talking: a deadline */

struct run {
	struct crowd crowd; /* first */
	struct rig rig;
	uint64_t began; /* uv_hrtime */
	unsigned limit_s; /* of the gateway's CPU time */
	unsigned strangers; /* stanzas for nobody we know */
};

static void on_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	struct run *run = ctx;

	if (!crowd_stanza(&run->crowd, stanza)) {
		run->strangers++;
	}
}

static double seconds_since(uint64_t began)
{
	return (double)(uv_hrtime() - began) / 1e9;
}

static void join_all(struct run *run)
{
	struct crowd *crowd = &run->crowd;
	const struct ircd_sim_stats *irc = ircd_sim_stats(run->rig.irc);
	uint64_t before = rig_rss_kib(&run->rig);
	double cpu = rig_cpu_seconds(&run->rig);
	uint64_t after;

	crowd_join(crowd);
	rig_until(&run->rig, crowd_all_joined, crowd, PHASE_MS);
	tap_test(crowd->joined == crowd->count,
		"every user has entered its room (presence with 110)",
		"expected %u, got %u; on IRC %u accepted, %u registered, %u "
		"closed; errors %u, the first: %s",
		crowd->count, crowd->joined, irc->accepted, irc->registered,
		irc->closed, crowd->errors, crowd->first_error);
	tap_test(irc->unregistered_most <= 8,
		"never more than 8 connections registering at a time",
		"expected at most 8, got %u", irc->unregistered_most);
	after = rig_rss_kib(&run->rig);
	tap_note("joined after %.2f s, CPU %.2f s, unregistered at most %u",
		seconds_since(run->began), rig_cpu_seconds(&run->rig) - cpu,
		irc->unregistered_most);
	tap_note("VmRSS %" PRIu64 " -> %" PRIu64 " KiB: %.1f KiB a session",
		before, after,
		((double)after - (double)before) / (double)crowd->count);
}

static void talk_down(struct run *run)
{
	struct crowd *crowd = &run->crowd;
	const struct crowd_way *down = &crowd->way[CROWD_DOWN];

	for (unsigned i = 0; i < crowd->count; i++) {
		crowd_down(crowd, i);
	}
	rig_until(&run->rig, crowd_all_seen, crowd, PHASE_MS);
	tap_test(down->seen == crowd->count && down->disorder == 0,
		"every line from IRC has arrived at Jabber",
		"expected %u, got %" PRIu64 " (%" PRIu64 " out of order)",
		crowd->count, down->seen, down->disorder);
}

static void talk_up(struct run *run)
{
	struct crowd *crowd = &run->crowd;
	const struct crowd_way *up = &crowd->way[CROWD_UP];
	const struct crowd_way *back = &crowd->way[CROWD_BACK];

	for (unsigned i = 0; i < crowd->count; i++) {
		crowd_up(crowd, i);
	}
	rig_until(&run->rig, crowd_all_seen, crowd, PHASE_MS);
	tap_test(up->seen == crowd->count && up->disorder == 0,
		"every line from Jabber has arrived at IRC",
		"expected %u, got %" PRIu64 " (%" PRIu64 " out of order)",
		crowd->count, up->seen, up->disorder);
	tap_test(back->seen == crowd->count && back->disorder == 0,
		"every line from Jabber was reflected with its id",
		"expected %u, got %" PRIu64 " (%" PRIu64 " wrong); %s",
		crowd->count, back->seen, back->disorder, crowd->first_error);
}

static void run_all(struct run *run)
{
	struct crowd *crowd = &run->crowd;
	double cpu;

	run->began = uv_hrtime();
	join_all(run);
	cpu = rig_cpu_seconds(&run->rig);
	talk_down(run);
	talk_up(run);
	tap_test(rig_cpu_seconds(&run->rig) < run->limit_s,
		"joining and talking took the gateway less than the limit",
		"expected less than %u s of CPU time, took %.2f s",
		run->limit_s, rig_cpu_seconds(&run->rig));
	tap_test(crowd->errors == 0, "no user got an error",
		"expected none, got %u, the first: %s", crowd->errors,
		crowd->first_error);
	tap_test(run->rig.lost == 0 && run->strangers == 0,
		"the component stream stayed up, nothing went astray",
		"expected 0 and 0, got %u lost streams, %u strange stanzas",
		run->rig.lost, run->strangers);
	/* a reflection is the third delivery of an exchange of three */
	tap_note("CPU per message: %.1f us over %u messages",
		(rig_cpu_seconds(&run->rig) - cpu) * 1e6 / (3.0 * crowd->count),
		3 * crowd->count);
	tap_note("whole run %.2f s", seconds_since(run->began));
	crowd_report(crowd, "burst");
}

int main(int argc, char **argv)
{
	static struct run run;
	struct rig_config config = {.name = "load",
		.caps = "",
		.on_stanza = on_stanza,
		.on_puppet = crowd_on_puppet,
		.ctx = &run};
	unsigned users = rig_number("ISTHMUS_USERS", 2000);

	if (argc > 1) {
		users = (unsigned)strtoul(argv[1], NULL, 10);
	}
	if (users == 0) {
		fprintf(stderr, "usage: test_load_2000 [USERS]\n");
		return 2;
	}
	run.limit_s = rig_number("ISTHMUS_LOAD_SECONDS", 60);
	rig_raise_limits();
	if (rig_gateway() == NULL) {
		return tap_finish();
	}
	if (!tap_test(rig_open(&run.rig, &config), "the gateway comes up",
		    "see the notes above")) {
		rig_close(&run.rig);
		return tap_finish();
	}
	crowd_init(&run.crowd, &run.rig, "u", users);
	run_all(&run);
	rig_stop(&run.rig);
	rig_close(&run.rig);
	crowd_finish(&run.crowd);
	return tap_finish();
}
