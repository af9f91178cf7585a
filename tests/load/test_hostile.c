/* SPDX-License-Identifier: MIT */
/*
 * Hostile input from both sides while 20 well-behaved users exchange a line
 * each way every 20 ms: whatever comes, the gateway lives, answers, and the
 * 20 lose nothing and wait for nothing. The limit of their 99th percentile
 * is 50 ms, or ISTHMUS_P99_MS.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/crowd.h"
#include "tests/load/hostile_lines.h"
#include "tests/load/hostile_xml.h"
#include "tests/load/mem.h"
#include "tests/load/rig.h"
#include "tests/load/tap.h"
#include "tests/load/xscan.h"

#define WHY_MAX   1024
#define USERS     20
#define PERIOD_MS 20  /* a line each way for each user */
#define WINDOW_MS 250 /* of traffic for each input, at the least */
#define VICTIM    "v0"
#define OFFENDER  "h0"

struct run {
	struct rig rig;
	struct crowd good;
	struct crowd victim;   /* of hostile lines */
	struct crowd offender; /* sends hostile XML */
	unsigned p99_ms;
	/* traffic of the good */
	uv_timer_t tick;
	uint64_t began;
	uint64_t exchanged;
	bool talking;
	/* hostile bytes on their way to the victim */
	char *line;
	size_t line_len;
	size_t line_at;
	uint32_t seed;
	unsigned alive;    /* number of the PING behind them */
	unsigned answered; /* ... of the last PONG */
	char gone[256];    /* why a connection to IRC ended */
	char smuggled[256];
	/* hostile XML */
	char awaited[64];
	bool came;
	char came_type[32];
	bool came_refusal;
	char stream_error[256];
};

static void on_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	struct run *run = ctx;

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
			memmem(stanza->text, stanza->len, "<not-acceptable",
				15) != NULL;
		return;
	}
	if (!crowd_stanza(&run->good, stanza) &&
		!crowd_stanza(&run->victim, stanza)) {
		crowd_stanza(&run->offender, stanza);
	}
}

static void on_puppet(void *ctx, struct ircd_client *puppet, const char *line,
	size_t len)
{
	struct run *run = ctx;

	(void)len;
	if (!crowd_puppet(&run->good, puppet, line) &&
		!crowd_puppet(&run->victim, puppet, line)) {
		crowd_puppet(&run->offender, puppet, line);
	}
}

/* Nobody quits in this run: a QUIT was smuggled into somebody's text. */
static bool on_line(void *ctx, struct ircd_client *client, const char *line)
{
	struct run *run = ctx;
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
	struct run *run = ctx;

	if (!run->rig.stopping) {
		snprintf(run->gone, sizeof(run->gone), "%s: %s",
			ircd_client_nick(client), why);
	}
}

static uint32_t draw(struct run *run)
{
	run->seed ^= run->seed << 13;
	run->seed ^= run->seed >> 17;
	run->seed ^= run->seed << 5;
	return run->seed;
}

/* The next chunk of a random size; at last the PING that must be answered. */
static void send_chunk(struct run *run)
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
	struct run *run = timer->data;
	uint64_t ms = (uv_hrtime() - run->began) / 1000000;
	uint64_t due = ms * USERS / PERIOD_MS;

	while (run->talking && run->exchanged < due) {
		unsigned user = (unsigned)(run->exchanged % USERS);

		crowd_down(&run->good, user);
		crowd_up(&run->good, user);
		run->exchanged++;
	}
	send_chunk(run);
}

static void talk(struct run *run)
{
	crowd_reset(&run->good);
	run->began = uv_hrtime();
	run->exchanged = 0;
	run->talking = true;
}

/* Ends the traffic; what is missing, late or wrong goes to `why`. */
static bool hush(struct run *run, const char *what, char *why, size_t size)
{
	struct crowd *good = &run->good;
	double p99;

	run->talking = false;
	rig_until(&run->rig, crowd_all_seen, good, 5000);
	p99 = crowd_report(good, what);
	if (crowd_missing(good) > 0 || good->errors > 0) {
		snprintf(why, size,
			"the others: expected nothing lost, got %" PRIu64
			" lines missing or wrong, %u errors; %s",
			crowd_missing(good), good->errors, good->first_error);
		return false;
	}
	if (p99 >= run->p99_ms) {
		snprintf(why, size,
			"the others: expected p99 below %u ms, got %.1f ms",
			run->p99_ms, p99);
		return false;
	}
	return true;
}

/* What no input may do. */
static bool unharmed(struct run *run, char *why, size_t size)
{
	if (!run->rig.running) {
		snprintf(why, size, "the gateway has ended: code %lld signal %d",
			(long long)run->rig.exit_code, run->rig.exit_signal);
		return false;
	}
	if (run->rig.lost > 0) {
		snprintf(why, size, "the component stream has ended; %s",
			run->stream_error);
		return false;
	}
	if (run->gone[0] != '\0' || run->smuggled[0] != '\0') {
		snprintf(why, size, "an IRC connection ended (%s) or sent %s",
			run->gone, run->smuggled);
		return false;
	}
	if (!rig_ping(&run->rig, 2000)) {
		snprintf(why, size,
			"expected the answer to a ping to the gateway within "
			"2 s, got none");
		return false;
	}
	return true;
}

static bool line_answered(void *ctx)
{
	struct run *run = ctx;

	return run->answered == run->alive ||
		ircd_sim_find(run->rig.irc, VICTIM) == NULL;
}

/* The victim's own room goes on, both ways. */
static bool victim_talks(struct run *run, char *why, size_t size)
{
	struct crowd *victim = &run->victim;

	crowd_reset(victim);
	crowd_down(victim, 0);
	crowd_up(victim, 0);
	if (!rig_until(&run->rig, crowd_all_seen, victim, 5000) ||
		crowd_missing(victim) > 0) {
		snprintf(why, size,
			"the victim's room: expected a line each way and the "
			"reflection, got %" PRIu64 " %" PRIu64 " %" PRIu64
			" of 1; %s",
			victim->way[0].seen, victim->way[1].seen,
			victim->way[2].seen, victim->first_error);
		return false;
	}
	return true;
}

static bool has_stream(void *ctx)
{
	return jabberd_sim_online(((struct run *)ctx)->rig.jabber);
}

/* After a failure the next input must find a stream and a victim again. */
static void restore(struct run *run, struct crowd *crowd)
{
	if (run->rig.running) {
		rig_until(&run->rig, has_stream, run, 15000);
	}
	run->gone[0] = run->smuggled[0] = '\0';
	run->rig.lost = 0;
	if (crowd_client(crowd, 0) == NULL && run->rig.running) {
		crowd->joined = 0;
		crowd->users[0].joined = false;
		jabberd_sim_sendf(run->rig.jabber,
			"<presence type='unavailable' from='%s0@" RIG_DOMAIN
			"/pc' to='#%s0%%" RIG_NET "@" RIG_GW "/%s0'/>",
			crowd->prefix, crowd->prefix, crowd->prefix);
		crowd_join(crowd);
		rig_until(&run->rig, crowd_all_joined, crowd, 15000);
	}
}

static void try_line(struct run *run, const struct hostile_line *row)
{
	char name[200];
	char why[WHY_MAX] = "";
	uint64_t began = uv_hrtime();
	bool fine = true;

	snprintf(name, sizeof(name), "IRC: %s", row->name);
	if (!run->rig.running || crowd_client(&run->victim, 0) == NULL) {
		tap_test(false, name, "nobody is left to send it to");
		return;
	}
	run->alive++;
	run->line_len = hostile_line_write(row, run->line, HOSTILE_LINE_ROOM);
	run->line_at = 0;
	talk(run);
	if (!rig_until(&run->rig, line_answered, run, 5000)) {
		snprintf(why, sizeof(why),
			"expected PONG alive-%u within 5 s, got none",
			run->alive);
		fine = false;
	}
	if ((uv_hrtime() - began) / 1000000 < WINDOW_MS) {
		rig_run(&run->rig, WINDOW_MS);
	}
	run->line_at = run->line_len;
	fine = hush(run, name, why, sizeof(why)) && fine;
	fine = fine && unharmed(run, why, sizeof(why)) &&
		victim_talks(run, why, sizeof(why));
	tap_test(fine, name, "%s", why);
	if (!fine) {
		restore(run, &run->victim);
	}
}

static bool xml_answered(void *ctx)
{
	return ((struct run *)ctx)->came;
}

static bool right_answer(const struct run *run, enum hostile_answer wanted)
{
	switch (wanted) {
	case ANSWER_NONE:
		return true;
	case ANSWER_ANY:
		return run->came;
	case ANSWER_RESULT:
		return run->came && strcmp(run->came_type, "result") == 0;
	case ANSWER_REFUSAL:
		return run->came && run->came_refusal;
	}
	return false;
}

static void send_xml(struct run *run, const struct hostile_xml *row)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL) {
		return;
	}
	row->write(out, run->awaited, row->arg, row->text);
	fclose(out);
	jabberd_sim_send(run->rig.jabber, text, len);
	free(text);
}

static void try_xml(struct run *run, const struct hostile_xml *row, size_t i)
{
	static const char *const wanted[] = { "none", "an answer", "a result",
		"an error with not-acceptable" };
	char name[200];
	char why[WHY_MAX] = "";
	bool fine = true;

	snprintf(name, sizeof(name), "Jabber: %s", row->name);
	if (!run->rig.running || !jabberd_sim_online(run->rig.jabber)) {
		tap_test(false, name, "nobody is left to send it to");
		return;
	}
	snprintf(run->awaited, sizeof(run->awaited), "xml-%zu", i);
	run->came = false;
	run->came_refusal = false;
	run->came_type[0] = '\0';
	talk(run);
	send_xml(run, row);
	rig_run(&run->rig, WINDOW_MS);
	if (row->answer != ANSWER_NONE) {
		rig_until(&run->rig, xml_answered, run, 5000);
	}
	if (!right_answer(run, row->answer)) {
		snprintf(why, sizeof(why),
			"expected %s to the sender within 5 s, got %s%s",
			wanted[row->answer],
			run->came ? "type " : "nothing", run->came_type);
		fine = false;
	}
	fine = hush(run, name, why, sizeof(why)) && fine;
	fine = fine && unharmed(run, why, sizeof(why));
	tap_test(fine, name, "%s", why);
	run->awaited[0] = '\0';
	if (!fine) {
		restore(run, &run->offender);
	}
}

static bool everybody_joined(void *ctx)
{
	struct run *run = ctx;

	return crowd_all_joined(&run->good) && crowd_all_joined(&run->victim) &&
		crowd_all_joined(&run->offender);
}

static bool open_run(struct run *run, const char *first_header, unsigned users)
{
	struct rig_config config = { .name = "hostile", .caps = "server-time",
		.first_header = first_header, .on_stanza = on_stanza,
		.on_puppet = on_puppet, .on_line = on_line,
		.on_close = on_close, .ctx = run };

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

static void close_run(struct run *run)
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

/* The rate of the good alone: what the others are measured against. */
static void try_nothing(struct run *run)
{
	char why[WHY_MAX] = "";
	bool fine;

	talk(run);
	rig_run(&run->rig, 1000);
	fine = hush(run, "nothing hostile", why, sizeof(why));
	tap_test(fine, "nothing hostile: the rate itself is bearable", "%s",
		why);
}

static void run_living(struct run *run)
{
	if (!tap_test(open_run(run, NULL, USERS),
		    "the gateway comes up and everybody has joined",
		    "joined: %u of %u, %u of 1, %u of 1", run->good.joined,
		    USERS, run->victim.joined, run->offender.joined)) {
		close_run(run);
		return;
	}
	try_nothing(run);
	for (size_t i = 0; i < hostile_lines_count; i++) {
		try_line(run, &hostile_lines[i]);
	}
	for (size_t i = 0; i < hostile_xmls_count; i++) {
		try_xml(run, &hostile_xmls[i], i);
	}
	rig_stop(&run->rig);
	close_run(run);
}

static bool stream_ended(void *ctx)
{
	return ((struct run *)ctx)->rig.lost > 0;
}

static bool stream_again(void *ctx)
{
	struct run *run = ctx;

	return has_stream(run) &&
		jabberd_sim_stats(run->rig.jabber)->opened > 1;
}

static bool right_condition(const struct run *run, const struct ending_xml *row)
{
	for (size_t i = 0; i < 3 && row->conditions[i] != NULL; i++) {
		if (strstr(run->stream_error, row->conditions[i]) != NULL) {
			return true;
		}
	}
	return false;
}

/* A line each way for each of the good, after the stream has come back. */
static bool good_talk(struct run *run, char *why, size_t size)
{
	struct crowd *good = &run->good;

	crowd_reset(good);
	for (unsigned i = 0; i < good->count; i++) {
		crowd_down(good, i);
		crowd_up(good, i);
	}
	rig_until(&run->rig, crowd_all_seen, good, 5000);
	if (crowd_missing(good) > 0 || good->errors > 0) {
		snprintf(why, size,
			"afterwards %" PRIu64 " lines are missing, %u errors; "
			"%s",
			crowd_missing(good), good->errors, good->first_error);
		return false;
	}
	return true;
}

static bool ends_and_returns(struct run *run, const struct ending_xml *row,
	char *why, size_t size)
{
	if (row->xml != NULL) {
		jabberd_sim_send(run->rig.jabber, row->xml, strlen(row->xml));
		if (!rig_until(&run->rig, stream_ended, run, 5000)) {
			snprintf(why, size,
				"expected the end of the stream, it goes on");
			return false;
		}
	}
	if (!right_condition(run, row)) {
		snprintf(why, size,
			"expected a stream error with %s, got \"%s\"",
			row->conditions[0], run->stream_error);
		return false;
	}
	if (!rig_until(&run->rig, stream_again, run, 10000)) {
		snprintf(why, size,
			"expected a new stream within 10 s, there is none%s",
			run->rig.running ? "" : ": the gateway has ended");
		return false;
	}
	if (run->gone[0] != '\0') {
		snprintf(why, size, "an IRC connection ended: %s", run->gone);
		return false;
	}
	return good_talk(run, why, size);
}

/*
 * Each on a gateway of its own: the pause before a new stream doubles until
 * one has been up for a minute (PROTOCOL A.3).
 */
static void try_ending(struct run *run, const struct ending_xml *row)
{
	char name[200];
	char why[WHY_MAX] = "the users could not join";
	bool fine;

	snprintf(name, sizeof(name), "the stream ends and comes back: %s",
		row->name);
	fine = open_run(run, row->header, 3) &&
		ends_and_returns(run, row, why, sizeof(why));
	tap_test(fine, name, "%s", why);
	if (run->rig.running) {
		rig_stop(&run->rig);
	}
	close_run(run);
}

int main(void)
{
	static struct run run;

	run.seed = rig_number("ISTHMUS_SEED", 20251);
	run.p99_ms = rig_number("ISTHMUS_P99_MS", 50);
	run.line = mem_zero(HOSTILE_LINE_ROOM);
	if (rig_gateway() != NULL) {
		tap_note("ISTHMUS_SEED=%u", run.seed);
		run_living(&run);
		for (size_t i = 0; i < ending_xmls_count; i++) {
			try_ending(&run, &ending_xmls[i]);
		}
	}
	free(run.line);
	return tap_finish();
}
