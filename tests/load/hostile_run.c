/* SPDX-License-Identifier: MIT */
#include "tests/load/hostile_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VICTIM "v0"

static void on_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	struct hostile_run *run = ctx;

	if (strcmp(stanza->kind, "stream:error") == 0) {
		snprintf(run->stream_error, sizeof(run->stream_error), "%.*s",
			(int)stanza->len, stanza->text);
		return;
	}
	if (run->awaited[0] != '\0' && strcmp(stanza->id, run->awaited) == 0) {
		run->came = true;
		snprintf(run->came_type, sizeof(run->came_type), "%s",
			stanza->type);
		run->came_refusal = strcmp(stanza->type, "error") == 0 &&
				    memmem(stanza->text, stanza->len,
					    "<not-acceptable", 15) != NULL;
		return;
	}
	if (!crowd_stanza(&run->good, stanza) &&
		!crowd_stanza(&run->victim, stanza)) {
		crowd_stanza(&run->offender, stanza);
	}
}

static void on_puppet(
	void *ctx, struct ircd_client *puppet, const char *line, size_t len)
{
	struct hostile_run *run = ctx;

	(void)len;
	if (!crowd_puppet(&run->good, puppet, line) &&
		!crowd_puppet(&run->victim, puppet, line)) {
		crowd_puppet(&run->offender, puppet, line);
	}
}

/* Nobody quits in this run: a QUIT was smuggled into somebody's text. */
static bool on_line(void *ctx, struct ircd_client *client, const char *line)
{
	struct hostile_run *run = ctx;
	const char *number;

	if (strncmp(line, "QUIT", 4) == 0 && !run->rig.stopping) {
		snprintf(run->smuggled, sizeof(run->smuggled), "%s: %s",
			ircd_client_nick(client), line);
	}
	number = strncmp(line, "PONG ", 5) == 0 ? strstr(line, "alive-") : NULL;
	if (number != NULL && strcmp(ircd_client_nick(client), VICTIM) == 0) {
		run->answered = (unsigned)strtoul(number + 6, NULL, 10);
	}
	return false;
}

static void on_close(void *ctx, struct ircd_client *client, const char *why)
{
	struct hostile_run *run = ctx;

	if (!run->rig.stopping) {
		snprintf(run->gone, sizeof(run->gone), "%s: %s",
			ircd_client_nick(client), why);
	}
}

static uint32_t draw(struct hostile_run *run)
{
	run->seed ^= run->seed << 13;
	run->seed ^= run->seed >> 17;
	run->seed ^= run->seed << 5;
	return run->seed;
}

/* The next chunk of a random size; at last the PING that must be answered. */
static void send_chunk(struct hostile_run *run)
{
	struct ircd_client *client = ircd_sim_find(run->rig.irc, VICTIM);
	size_t most = run->line_len / 60 + 16;
	size_t left = run->line_len - run->line_at;
	size_t size = 1 + draw(run) % most;
	char ping[64];

	if (client == NULL || run->line_at == run->line_len) {
		return;
	}
	size = size > left ? left : size;
	ircd_client_raw(client, run->line + run->line_at, size);
	run->line_at += size;
	if (run->line_at == run->line_len) {
		snprintf(ping, sizeof(ping), "PING :alive-%u\r\n", run->alive);
		ircd_client_raw(client, ping, strlen(ping));
	}
}

/* Keeps to the rate whatever the timer's own delays are. */
static void on_tick(uv_timer_t *timer)
{
	struct hostile_run *run = timer->data;
	uint64_t ms = (uv_hrtime() - run->began) / 1000000;
	uint64_t due = ms * run->good.count / RUN_PERIOD_MS;

	while (run->talking && run->exchanged < due) {
		unsigned user = (unsigned)(run->exchanged % run->good.count);

		crowd_talk(&run->good, user);
		run->exchanged++;
	}
	send_chunk(run);
}

void hostile_run_attack(struct hostile_run *run, size_t len)
{
	run->alive++;
	run->line_len = len;
	run->line_at = 0;
}

void hostile_run_talk(struct hostile_run *run)
{
	crowd_reset(&run->good);
	run->began = uv_hrtime();
	run->exchanged = 0;
	run->talking = true;
}

/* What a machine that is busy with other things costs everybody just now. */
static double quiet_p99(struct hostile_run *run)
{
	hostile_run_talk(run);
	rig_run(&run->rig, 1000);
	run->talking = false;
	rig_until(&run->rig, crowd_all_seen, &run->good, 5000);
	return crowd_report(&run->good, "nothing hostile, for comparison");
}

/* Ends the traffic; what is missing, late or wrong goes to `why`. */
bool hostile_run_hush(struct hostile_run *run, const char *what, char *why)
{
	struct crowd *good = &run->good;
	double allowed;
	double p99;

	run->talking = false;
	rig_until(&run->rig, crowd_all_seen, good, 5000);
	p99 = crowd_report(good, what);
	if (crowd_missing(good) > 0 || good->errors > 0) {
		run->only_late = false;
		snprintf(why, RUN_WHY_MAX,
			"the others: expected nothing lost, got %" PRIu64
			" lines missing or wrong, %u errors; %s",
			crowd_missing(good), good->errors, good->first_error);
		return false;
	}
	if (crowd_delay(good) >= STALL_MS) {
		run->only_late = false;
		snprintf(why, RUN_WHY_MAX,
			"the others: waited %.1f ms, whatever for",
			crowd_delay(good));
		return false;
	}
	if (p99 < run->p99_ms) {
		run->only_late = false;
		return true;
	}
	allowed = run->p99_ms + BUSY_TIMES * quiet_p99(run);
	if (p99 >= allowed) {
		snprintf(why, RUN_WHY_MAX,
			"the others: expected p99 of the gateway's work below "
			"%.1f ms, got %.1f ms",
			allowed, p99);
		return false;
	}
	run->only_late = false;
	return true;
}

/* What no input may do. */
bool hostile_run_unharmed(struct hostile_run *run, char *why)
{
	if (!run->rig.running) {
		snprintf(why, RUN_WHY_MAX,
			"the gateway has ended: code %lld signal %d",
			(long long)run->rig.exit_code, run->rig.exit_signal);
		return false;
	}
	if (run->rig.lost > 0) {
		snprintf(why, RUN_WHY_MAX, "the component stream has ended; %s",
			run->stream_error);
		return false;
	}
	if (run->gone[0] != '\0' || run->smuggled[0] != '\0') {
		snprintf(why, RUN_WHY_MAX,
			"an IRC connection ended (%s) or sent %s", run->gone,
			run->smuggled);
		return false;
	}
	if (!rig_ping(&run->rig, 2000)) {
		snprintf(why, RUN_WHY_MAX,
			"expected the answer to a ping to the gateway, "
			"got none");
		return false;
	}
	return true;
}

static bool everybody_joined(void *ctx)
{
	struct hostile_run *run = ctx;

	return crowd_all_joined(&run->good) && crowd_all_joined(&run->victim) &&
	       crowd_all_joined(&run->offender);
}

bool hostile_run_open(
	struct hostile_run *run, const char *first_header, unsigned users)
{
	struct rig_config config = {.name = "hostile",
		.caps = "server-time",
		.first_header = first_header,
		.on_stanza = on_stanza,
		.on_puppet = on_puppet,
		.on_line = on_line,
		.on_close = on_close,
		.ctx = run};

	run->stream_error[0] = run->gone[0] = run->smuggled[0] = '\0';
	if (!rig_open(&run->rig, &config)) {
		return false;
	}
	uv_timer_init(&run->rig.loop, &run->tick);
	run->tick.data = run;
	uv_timer_start(&run->tick, on_tick, 1, 1);
	crowd_init(&run->good, &run->rig, "u", users);
	crowd_init(&run->victim, &run->rig, "v", 1);
	crowd_init(&run->offender, &run->rig, "h", 1);
	crowd_join(&run->good);
	crowd_join(&run->victim);
	crowd_join(&run->offender);
	rig_until(&run->rig, everybody_joined, run, 20000);
	return everybody_joined(run);
}

void hostile_run_close(struct hostile_run *run)
{
	if (run->good.rig != NULL) {
		uv_close((uv_handle_t *)&run->tick, NULL);
	}
	rig_close(&run->rig);
	crowd_finish(&run->good);
	crowd_finish(&run->victim);
	crowd_finish(&run->offender);
	memset(&run->good, 0, sizeof(run->good));
}
