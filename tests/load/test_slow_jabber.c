/* SPDX-License-Identifier: MIT */
/*
 * The Jabber server stops reading for up to 45 s while 20 rooms talk on: the
 * gateway may stop reading IRC for 30 s, then it must read
 * on and answer PING; it must not grow, nobody may fall off IRC, and when the
 * server reads again traffic goes on, with every gap marked.
 * ISTHMUS_GROWTH_MIB: what VmRSS may grow, 32.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/crowd.h"
#include "tests/load/rig.h"
#include "tests/load/tap.h"

#define USERS	   20
#define PADDING	   300
#define FAST_MS	   5	/* a line for each user, at first ... */
#define SLOW_MS	   100	/* ... and when enough is under way */
#define FAST_LINES 5000 /* of each user: 100 MB as stanzas, all together */
#define HELD_BACK  ((size_t)256 << 10) /* SendQ: the network waits itself */

struct run {
	struct crowd crowd; /* first */
	struct rig rig;
	uv_timer_t tick;
	bool talking;
	uint64_t ticks;
	uint64_t peak_kib;
	unsigned round; /* of PINGs */
	unsigned pongs[3];
	char gone[256];
	unsigned closed;
	uint32_t resumed[USERS]; /* lines said when Jabber read again */
};

static bool on_line(void *ctx, struct ircd_client *client, const char *line)
{
	struct run *run = ctx;
	const char *token =
		strncmp(line, "PONG ", 5) == 0 ? strstr(line, "slow-") : NULL;
	unsigned long round = token == NULL ? 0 : strtoul(token + 5, NULL, 10);

	(void)client;
	if (round > 0 && round < 3) {
		run->pongs[round]++;
	}
	return false;
}

static void on_close(void *ctx, struct ircd_client *client, const char *why)
{
	struct run *run = ctx;

	if (!run->rig.stopping) {
		run->closed++;
		snprintf(run->gone, sizeof(run->gone), "%s: %s",
			ircd_client_nick(client), why);
	}
}

/* Every FAST_MS a line into each room whose user's connection takes it. */
static void on_tick(uv_timer_t *timer)
{
	struct run *run = timer->data;
	uint64_t rss = rig_rss_kib(&run->rig);

	run->ticks++;
	if (rss > run->peak_kib) {
		run->peak_kib = rss;
	}
	for (unsigned i = 0; run->talking && i < USERS; i++) {
		struct ircd_client *client = crowd_client(&run->crowd, i);
		bool slow = run->crowd.users[i].sent[CROWD_DOWN] > FAST_LINES;

		if (client == NULL || ircd_client_pending(client) > HELD_BACK ||
			(slow && run->ticks % (SLOW_MS / FAST_MS) != 0)) {
			continue;
		}
		crowd_down(&run->crowd, i);
	}
}

static void ping_all(struct run *run)
{
	char ping[32];

	run->round++;
	snprintf(ping, sizeof(ping), "PING :slow-%u\r\n", run->round);
	for (unsigned i = 0; i < USERS; i++) {
		struct ircd_client *client = crowd_client(&run->crowd, i);

		if (client != NULL) {
			ircd_client_raw(client, ping, strlen(ping));
		}
	}
}

static bool all_answered(void *ctx)
{
	struct run *run = ctx;

	return run->pongs[run->round] >= USERS;
}

/* Most of a minute without a reader, and what it did. */
static void be_slow(struct run *run)
{
	struct crowd *crowd = &run->crowd;
	uint64_t before = rig_rss_kib(&run->rig);
	uint64_t began = uv_hrtime();
	unsigned limit = rig_number("ISTHMUS_GROWTH_MIB", 32);
	uint64_t most;

	run->peak_kib = before;
	run->talking = true;
	jabberd_sim_pause(run->rig.jabber, true);
	rig_run(&run->rig, 1000);
	ping_all(run);
	rig_run(&run->rig, 33000);
	tap_note("after 34 s: %" PRIu64 " lines sent, %u of %u first PINGs "
		 "answered, VmRSS %" PRIu64 " KiB",
		crowd->way[CROWD_DOWN].sent, run->pongs[1], USERS,
		rig_rss_kib(&run->rig));
	ping_all(run);
	rig_until(&run->rig, all_answered, run, 11000);
	tap_test(run->pongs[1] == USERS && run->pongs[2] == USERS,
		"every PING of IRC is answered while Jabber does not read",
		"expected %u and %u PONGs, got %u and %u", USERS,
		USERS, run->pongs[1], run->pongs[2]);
	tap_note("Jabber did not read for %.1f s, %" PRIu64 " lines sent",
		(double)(uv_hrtime() - began) / 1e9,
		crowd->way[CROWD_DOWN].sent);
	tap_test(run->closed == 0, "nobody falls off IRC",
		"expected none, got %u closed, the last %s", run->closed,
		run->gone);
	most = (uint64_t)limit * 1024;
	tap_note("VmRSS %" PRIu64 " KiB before, at most %" PRIu64 " KiB",
		before, run->peak_kib);
	tap_test(run->rig.running && run->peak_kib - before < most,
		"memory stays within its bounds",
		"expected less than %" PRIu64 " KiB more, got %" PRIu64
		" KiB more (or no gateway)",
		most, run->peak_kib - before);
	tap_test(run->rig.lost == 0 && jabberd_sim_online(run->rig.jabber),
		"the component stream survives the wait",
		"expected the same stream, it ended %u times", run->rig.lost);
}

/* How many users miss lines without having been told. */
static unsigned unmarked_gaps(const struct crowd *crowd)
{
	unsigned unmarked = 0;

	for (unsigned i = 0; i < crowd->count; i++) {
		const struct crowd_user *u = &crowd->users[i];

		if (u->lost > 0 && u->notes == 0) {
			unmarked++;
		}
	}
	return unmarked;
}

/* A line of each room has come that was said after Jabber read again. */
static bool all_flow(void *ctx)
{
	struct run *run = ctx;

	for (unsigned i = 0; i < USERS; i++) {
		if (run->crowd.users[i].next[CROWD_DOWN] <= run->resumed[i]) {
			return false;
		}
	}
	return true;
}

static void go_on(struct run *run)
{
	struct crowd *crowd = &run->crowd;
	struct crowd_way *down = &crowd->way[CROWD_DOWN];
	bool all;

	for (unsigned i = 0; i < USERS; i++) {
		run->resumed[i] = crowd->users[i].sent[CROWD_DOWN];
	}
	jabberd_sim_pause(run->rig.jabber, false);
	all = rig_until(&run->rig, all_flow, run, 12000);
	run->talking = false;
	for (unsigned i = 0; i < USERS; i++) {
		crowd_down(crowd, i);
	}
	all = rig_until(&run->rig, crowd_all_seen, crowd, 3000) && all;
	tap_test(all, "traffic goes on when Jabber reads again",
		"expected the last line in each of %u rooms, got "
		"%" PRIu64 " lines and %" PRIu64 " skipped of %" PRIu64,
		USERS, down->seen, down->lost, down->sent);
	tap_note("%" PRIu64 " lines: %" PRIu64 " arrived, %" PRIu64 " dropped",
		down->sent, down->seen, down->lost);
	tap_test(down->disorder == 0, "nothing comes twice or out of order",
		"got %" PRIu64 " such lines", down->disorder);
	tap_test(unmarked_gaps(crowd) == 0, "every gap is marked",
		"%u users miss lines and got no message about it",
		unmarked_gaps(crowd));
	for (unsigned i = 0; i < USERS; i++) {
		crowd_up(crowd, i);
	}
	rig_until(&run->rig, crowd_all_seen, crowd, 5000);
	tap_test(crowd->way[CROWD_UP].seen == USERS && crowd->errors == 0,
		"the users can talk again, without errors",
		"expected %u lines at IRC and no error, got %" PRIu64
		" and %u; %s",
		USERS, crowd->way[CROWD_UP].seen, crowd->errors,
		crowd->first_error);
	tap_test(rig_ping(&run->rig, 2000), "the gateway answers a ping",
		"no answer");
	tap_note("VmRSS %" PRIu64 " KiB afterwards", rig_rss_kib(&run->rig));
}

/*
 * ASan keeps what is freed for a while, 256 MiB of it: not the gateway's
 * memory. Only the child reads this.
 */
static void small_quarantine(void)
{
	const char *given = getenv("ASAN_OPTIONS");
	char options[1024];

	snprintf(options, sizeof(options), "%s%squarantine_size_mb=4",
		given == NULL ? "" : given, given == NULL ? "" : ":");
	setenv("ASAN_OPTIONS", options, 1);
}

int main(void)
{
	static struct run run;
	struct rig_config config = {.name = "slow",
		.caps = "",
		.recv_buffer = 64 << 10,
		.on_stanza = crowd_on_stanza,
		.on_puppet = crowd_on_puppet,
		.on_line = on_line,
		.on_close = on_close,
		.ctx = &run};

	if (rig_gateway() == NULL) {
		return tap_finish();
	}
	small_quarantine();
	if (!tap_test(rig_open(&run.rig, &config), "the gateway comes up",
		    "see the notes above")) {
		rig_close(&run.rig);
		return tap_finish();
	}
	uv_timer_init(&run.rig.loop, &run.tick);
	run.tick.data = &run;
	crowd_init(&run.crowd, &run.rig, "s", USERS);
	run.crowd.padding = PADDING;
	crowd_join(&run.crowd);
	if (tap_test(rig_until(&run.rig, crowd_all_joined, &run.crowd, 10000),
		    "everybody has joined", "expected %u, got %u; %s", USERS,
		    run.crowd.joined, run.crowd.first_error)) {
		uv_timer_start(&run.tick, on_tick, FAST_MS, FAST_MS);
		be_slow(&run);
		go_on(&run);
	}
	uv_close((uv_handle_t *)&run.tick, NULL);
	rig_stop(&run.rig);
	rig_close(&run.rig);
	crowd_finish(&run.crowd);
	return tap_finish();
}
