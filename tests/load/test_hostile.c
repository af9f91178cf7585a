/* SPDX-License-Identifier: MIT */
/*
 * Hostile input from both sides while 20 well-behaved users exchange a line
 * each way every 20 ms: whatever comes, the gateway lives, answers, and the
 * 20 lose nothing and wait for nothing: the gateway does not work longer, while
 * a line is on its way, than 50 ms or ISTHMUS_P99_MS by the 99th percentile;
 * built with sanitizers SLOW_TIMES that for the inputs of slow[]. What it has
 * worked is its CPU time: the machine may be as busy with other things as it
 * likes. One that is missed counts on top of what is worked without anything
 * hostile, and is tried again: an input that keeps the gateway busy does so
 * each time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/hostile_lines.h"
#include "tests/load/hostile_run.h"
#include "tests/load/hostile_xml.h"
#include "tests/load/mem.h"
#include "tests/load/tap.h"

#define USERS	  20
enum { P99_MS = 50, SLOW_TIMES = 3, TRIES = 3 };

/*
 * All Jabber users share one stream: who comes behind 1 MB of new names waits
 * until they are read: some 30 ms, with sanitizers 70 to 130. It is their length:
 * names that were seen before take two thirds of that.
 */
static const char *const slow[] = {
#if defined(__SANITIZE_ADDRESS__)
	"40,000 names nobody has seen before",
#endif
	NULL,
};

#define WINDOW_MS 250 /* of traffic for each input, at the least */

static bool line_answered(void *ctx)
{
	struct hostile_run *run = ctx;

	return run->answered == run->alive ||
	       crowd_client(&run->victim, 0) == NULL;
}

/* The victim's own room goes on, both ways. */
static bool victim_talks(struct hostile_run *run, char *why, size_t size)
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
	return jabberd_sim_online(((struct hostile_run *)ctx)->rig.jabber);
}

/* After a failure the next input must find a stream and a victim again. */
static void restore(struct hostile_run *run, struct crowd *crowd)
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

static bool line_once(struct hostile_run *run, const struct hostile_line *row,
	const char *name, char *why)
{
	uint64_t began = uv_hrtime();
	bool fine = true;

	hostile_run_attack(
		run, hostile_line_write(row, run->line, HOSTILE_LINE_ROOM));
	hostile_run_talk(run);
	if (!rig_until(&run->rig, line_answered, run, 5000)) {
		snprintf(why, RUN_WHY_MAX,
			"expected PONG alive-%u, got none",
			run->alive);
		fine = false;
	}
	if ((uv_hrtime() - began) / 1000000 < WINDOW_MS) {
		rig_run(&run->rig, WINDOW_MS);
	}
	run->line_at = run->line_len;
	run->only_late = fine;
	fine = hostile_run_hush(run, name, why) && fine;
	return fine && hostile_run_unharmed(run, why) &&
	       victim_talks(run, why, RUN_WHY_MAX);
}

static void try_line(struct hostile_run *run, const struct hostile_line *row)
{
	char name[200];
	char why[RUN_WHY_MAX] = "";
	unsigned tries = 0;
	bool fine;

	snprintf(name, sizeof(name), "IRC: %s", row->name);
	if (!run->rig.running || crowd_client(&run->victim, 0) == NULL) {
		tap_test(false, name, "nobody is left to send it to");
		return;
	}
	do {
		fine = line_once(run, row, name, why);
	} while (!fine && run->only_late && ++tries < TRIES);
	tap_test(fine, name, "%s", why);
	if (!fine) {
		restore(run, &run->victim);
	}
}

static bool xml_answered(void *ctx)
{
	return ((struct hostile_run *)ctx)->came;
}

static bool right_answer(
	const struct hostile_run *run, enum hostile_answer wanted)
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

static void send_xml(struct hostile_run *run, const struct hostile_xml *row)
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

static bool is_slow(const char *name)
{
	size_t i = 0;

	while (slow[i] != NULL && strcmp(slow[i], name) != 0) {
		i++;
	}
	return slow[i] != NULL;
}

static bool xml_once(struct hostile_run *run, const struct hostile_xml *row,
	const char *name, char *why)
{
	static const char *const wanted[] = {"none", "an answer", "a result",
		"an error with not-acceptable"};
	bool fine = true;

	run->came = false;
	run->came_refusal = false;
	run->came_type[0] = '\0';
	hostile_run_talk(run);
	send_xml(run, row);
	rig_run(&run->rig, WINDOW_MS);
	if (row->answer != ANSWER_NONE) {
		rig_until(&run->rig, xml_answered, run, 5000);
	}
	if (!right_answer(run, row->answer)) {
		snprintf(why, RUN_WHY_MAX,
			"expected %s to the sender, got %s%s",
			wanted[row->answer], run->came ? "type " : "nothing",
			run->came_type);
		fine = false;
	}
	run->only_late = fine;
	run->p99_ms *= is_slow(row->name) ? SLOW_TIMES : 1;
	fine = hostile_run_hush(run, name, why) && fine;
	run->p99_ms /= is_slow(row->name) ? SLOW_TIMES : 1;
	return fine && hostile_run_unharmed(run, why);
}

static void try_xml(
	struct hostile_run *run, const struct hostile_xml *row, size_t i)
{
	char name[200];
	char why[RUN_WHY_MAX] = "";
	unsigned tries = 0;
	bool fine;

	snprintf(name, sizeof(name), "Jabber: %s", row->name);
	if (!run->rig.running || !jabberd_sim_online(run->rig.jabber)) {
		tap_test(false, name, "nobody is left to send it to");
		return;
	}
	do {
		snprintf(run->awaited, sizeof(run->awaited), "xml-%zu-%u", i,
			tries);
		fine = xml_once(run, row, name, why);
	} while (!fine && run->only_late && ++tries < TRIES);
	tap_test(fine, name, "%s", why);
	run->awaited[0] = '\0';
	if (!fine) {
		restore(run, &run->offender);
	}
}

/* The rate of the good alone: what the others are measured against. */
static void try_nothing(struct hostile_run *run)
{
	char why[RUN_WHY_MAX] = "";
	unsigned tries = 0;
	bool fine;

	do {
		run->only_late = true;
		hostile_run_talk(run);
		rig_run(&run->rig, 1000);
		fine = hostile_run_hush(run, "nothing hostile", why);
	} while (!fine && run->only_late && ++tries < TRIES);
	tap_test(fine, "nothing hostile: the rate itself is bearable", "%s",
		why);
}

static void run_living(struct hostile_run *run)
{
	if (!tap_test(hostile_run_open(run, NULL, USERS),
		    "the gateway comes up and everybody has joined",
		    "joined: %u of %u, %u of 1, %u of 1", run->good.joined,
		    USERS, run->victim.joined, run->offender.joined)) {
		hostile_run_close(run);
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
	hostile_run_close(run);
}

static bool stream_ended(void *ctx)
{
	return ((struct hostile_run *)ctx)->rig.lost > 0;
}

static bool stream_again(void *ctx)
{
	struct hostile_run *run = ctx;

	return has_stream(run) &&
	       jabberd_sim_stats(run->rig.jabber)->opened > 1;
}

static bool right_condition(
	const struct hostile_run *run, const struct ending_xml *row)
{
	for (size_t i = 0; i < 3 && row->conditions[i] != NULL; i++) {
		if (strstr(run->stream_error, row->conditions[i]) != NULL) {
			return true;
		}
	}
	return false;
}

/* A line each way for each of the good, after the stream has come back. */
static bool good_talk(struct hostile_run *run, char *why, size_t size)
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

static bool ends_and_returns(struct hostile_run *run,
	const struct ending_xml *row, char *why, size_t size)
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
			"expected a new stream, there is none%s",
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
static void try_ending(struct hostile_run *run, const struct ending_xml *row)
{
	char name[200];
	char why[RUN_WHY_MAX] = "the users could not join";
	bool fine;

	snprintf(name, sizeof(name), "the stream ends and comes back: %s",
		row->name);
	fine = hostile_run_open(run, row->header, 3) &&
	       ends_and_returns(run, row, why, sizeof(why));
	tap_test(fine, name, "%s", why);
	if (run->rig.running) {
		rig_stop(&run->rig);
	}
	hostile_run_close(run);
}

int main(void)
{
	static struct hostile_run run;

	run.seed = rig_number("ISTHMUS_SEED", 20251);
	run.p99_ms = rig_number("ISTHMUS_P99_MS", P99_MS);
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
