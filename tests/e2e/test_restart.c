/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/load.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * A server is killed and comes back while fifty users talk (PROTOCOL A.3, D.9;
 * load.h says who talks to whom). The gateway stays up; afterwards all are in
 * their rooms; no number was shown twice; a number that is missing was said
 * during the outage or was answered by an error.
 */
struct outage {
	struct load *load;
	bool irc;
	const char *group;
	struct load_result result;
	bool ran;
};

enum { BEFORE_S = 6, DOWN_S = 3, AFTER_S = 11, BACK_S = 60, DRAIN_S = 20 };

static void wait_until_back(struct outage *o)
{
	struct load *l = o->load;
	struct patience patience = world_patience(l->w, BACK_S);
	unsigned i;

	while (!load_all_back(l)) {
		if (world_patient(l->w, &patience)) {
			load_turn(l);
			continue;
		}
		for (i = 0; i < LOAD_USERS; i++) {
			if (!l->users[i].in_room || l->back_at[i] == 0) {
				tap_note("u%u: %s, in its room: %s, seen "
					 "after the outage: %s",
					i,
					xclient_online(l->users[i].c)
						? "online"
						: "offline",
					l->users[i].in_room ? "yes" : "no",
					l->back_at[i] != 0 ? "yes" : "no");
			}
		}
		world_fail(l->w, AT, "not all are back");
	}
	l->over_at = world_now(l->w);
	world_log(l->w, "test", "--", "all are back, %u ms after the kill",
		(unsigned)(l->over_at - l->killed_at));
}

/* What was said last must come in; until then nothing is counted as lost. */
static void drain(struct load *l)
{
	struct patience patience = world_patience(l->w, DRAIN_S);

	l->talking = false;
	do {
		load_run(l, 0.5);
	} while (load_count(l).lost > 0 && world_patient(l->w, &patience));
}

static void live_through_it(void *ctx)
{
	struct outage *o = ctx;
	struct load *l = o->load;

	gwproc_await_online(l->gw, AT);
	load_begin(l);
	load_run(l, BEFORE_S);
	load_kill(l, o->irc);
	load_run(l, DOWN_S);
	server_restart(o->irc ? l->irc : l->jabber);
	wait_until_back(o);
	load_run(l, AFTER_S);
	drain(l);
	o->result = load_count(l);
	o->ran = true;
	tap_note("%s: %u lines; shown %u times, missing: %u said in the "
		 "outage, %u answered by an error; a line took at most %u ms",
		o->group, o->result.sent, o->result.shown, o->result.in_outage,
		o->result.refused, (unsigned)l->slowest_ms);
	if (!gwproc_running(l->gw)) {
		world_fail(l->w, AT, "the gateway has ended: %s",
			gwproc_end(l->gw));
	}
}

static void nothing_is_shown_twice(void *ctx)
{
	struct outage *o = ctx;
	struct world *w = o->load->w;

	WORLD_CHECK(w, o->ran);
	/* Most is shown at all, or this would prove nothing. */
	WORLD_CHECK(w, o->result.shown > o->result.sent);
	if (o->result.twice > 0) {
		world_fail(w, AT, "%u times:\n%s", o->result.twice,
			o->result.first);
	}
}

static void nothing_is_lost_outside_the_outage(void *ctx)
{
	struct outage *o = ctx;
	struct world *w = o->load->w;

	WORLD_CHECK(w, o->ran);
	if (o->result.lost > 0) {
		world_fail(w, AT, "%u times:\n%s", o->result.lost,
			o->result.first);
	}
}

static void ends_cleanly(void *ctx)
{
	struct outage *o = ctx;
	bool clean = gwproc_stop(o->load->gw);

	o->load->gw = NULL;
	WORLD_CHECK(o->load->w, clean);
}

static const struct {
	const char *name;
	void (*fn)(void *ctx);
} rows[] = {
	{"users live through it, the gateway stays up", live_through_it},
	{"no number is shown twice", nothing_is_shown_twice},
	{"what is missing was said in the outage or answered by an error",
		nothing_is_lost_outside_the_outage},
	{"the gateway ends cleanly", ends_cleanly},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void run_outage(struct world *w, bool irc, const char *group)
{
	struct load *l = calloc(1, sizeof(*l));
	struct outage o = {.load = l, .irc = irc, .group = group};
	struct gwproc_config config = {
		.irc = "\tflood_burst = 50;\n\tflood_interval = \"200ms\";\n"
		       "\treconnect_min = \"1s\";\n\treconnect_max = \"5s\";",
	};
	size_t i;

	if (l == NULL) {
		abort();
	}
	l->w = w;
	l->network = "irc.ngircd.test";
	l->jabber = server_must_start(w, "prosody");
	l->irc = server_must_start(w, "ngircd");
	config.component_port = server_port(l->jabber, "COMP");
	config.networks[0].name = l->network;
	config.networks[0].port = server_port(l->irc, "PLAIN");
	l->gw = gwproc_start(w, &config);
	for (i = 0; i < ROWS; i++) {
		world_case(w, group, rows[i].name, rows[i].fn, &o);
	}
	gwproc_stop(l->gw);
	server_stop(l->irc);
	server_stop(l->jabber);
	free(l);
}

static const struct {
	bool irc;
	const char *group;
} outages[] = {
	{false, "restart of Prosody"},
	{true, "restart of ngIRCd"},
};

static void run(struct world *w)
{
	for (size_t i = 0; i < sizeof(outages) / sizeof(outages[0]); i++) {
		run_outage(w, outages[i].irc, outages[i].group);
	}
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", "ngircd", NULL};
	static const struct suite suite = {"restarts", servers, run};

	return suite_main(&suite, argc, argv);
}
