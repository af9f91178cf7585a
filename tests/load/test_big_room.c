/* SPDX-License-Identifier: MIT */
/*
 * One user enters a channel of 10,000, half of it splits away and comes back,
 * while 50 others talk in rooms of their own: what they notice of it, and
 * whether every client is shown the truth in the end. `test_big_room N`, or
 * ISTHMUS_OCCUPANTS=N, has another number in the channel. While a line of the
 * others is on its way the gateway works at most ISTHMUS_P99_MS (20; built with
 * sanitizers 200) longer than in quiet times, by the 99th percentile: its CPU
 * time counts, a busy machine does not. Then the same with lazy presence: of the
 * 10,000 the client is shown the operator and the few who speak.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/crowd.h"
#include "tests/load/mem.h"
#include "tests/load/rig.h"
#include "tests/load/tap.h"
#include "tests/load/xscan.h"

#define BIG	   "big@" RIG_DOMAIN "/pc"
#define BIG_ROOM   "#big%%" RIG_NET "@" RIG_GW
#define SPLIT	   "hub.test.net leaf.test.net"
#define PHASE_MS   60000
#define QUIET_MS   2000
#define TALKERS	   50
#define TALK_EACH  2 /* exchanges in a tick of a millisecond */
#define SPEAKERS   100 /* in a lazy room, of the half that splits away */

#if defined(__SANITIZE_ADDRESS__)
enum { P99_MS = 200 };
#else
enum { P99_MS = 20 };
#endif

struct run {
	struct crowd crowd; /* first */
	struct rig rig;
	uv_timer_t talk;
	unsigned next; /* whose turn it is to speak */
	unsigned count; /* in the channel, without us */
	unsigned there; /* of them on IRC: the first `there` */
	bool lazy;
	unsigned speakers; /* whom a lazy room shows, as long as they are there */
	bool *shown; /* what the client has been told */
	unsigned nshown;
	unsigned twice; /* arrivals of who was there, leaving of who was not */
	unsigned late; /* 333 was missing */
	bool joined; /* the presence with 110 */
	bool subject;
	double quiet; /* p99 without a storm */
	double limit;
};

/* ---- what the client is shown ---- */

static void take_occupant(struct run *run, const struct jabberd_stanza *stanza)
{
	const char *nick = strchr(stanza->from, '/');
	bool here = stanza->type[0] == '\0';
	unsigned long number;

	if (xscan_has(stanza->text, stanza->len, "code", "110")) {
		run->joined = here;
		return;
	}
	if (nick == NULL || nick[1] != 'p') {
		return;
	}
	number = strtoul(nick + 2, NULL, 10);
	if (number >= run->count || run->shown[number] == here) {
		run->twice++;
		return;
	}
	if (!here && !xscan_has(stanza->text, stanza->len, "code", "333")) {
		run->late++;
	}
	run->shown[number] = here;
	run->nshown += here ? 1 : -1U;
}

static void on_stanza(void *ctx, const struct jabberd_stanza *stanza)
{
	struct run *run = ctx;

	if (crowd_stanza(&run->crowd, stanza)) {
		return;
	}
	if (strcmp(stanza->to, BIG) != 0) {
		return;
	}
	if (strcmp(stanza->kind, "presence") == 0) {
		take_occupant(run, stanza);
	} else if (memmem(stanza->text, stanza->len, "<subject", 8) != NULL) {
		run->subject = true;
	}
}

/* ---- what the channel does: too large for the simulated server itself ---- */

struct text {
	char *p;
	size_t len;
	size_t cap;
};

static void add(struct text *t, const char *line, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *line, ...)
{
	va_list args;

	mem_room(&t->p, &t->cap, t->len + 512, 1);
	va_start(args, line);
	t->len += (size_t)vsnprintf(t->p + t->len, 512, line, args);
	va_end(args);
}

static void give(struct run *run, struct text *t)
{
	struct ircd_client *to = ircd_sim_find(run->rig.irc, "big");

	if (to != NULL) {
		ircd_client_raw(to, t->p, t->len);
	}
	free(t->p);
}

static void add_names(const struct run *run, struct text *t)
{
	for (unsigned i = 0; i < run->there; i++) {
		if (i % 30 == 0) {
			add(t, "%s:" RIG_NET " 353 big = #big :%s",
				i > 0 ? "\r\n" : "", i == 0 ? "big @p0" : "");
		}
		if (i > 0) {
			add(t, "%sp%u", i % 30 == 0 ? "" : " ", i);
		}
	}
	add(t, "\r\n:" RIG_NET " 366 big #big :End of /NAMES list.\r\n");
}

static bool on_line(void *ctx, struct ircd_client *client, const char *line)
{
	struct run *run = ctx;
	struct text t = {0};

	if (strncmp(line, "JOIN #big", 9) != 0) {
		return strncmp(line, "MODE #big", 9) == 0;
	}
	add(&t, ":big!~big@127.0.0.1 JOIN #big\r\n");
	add(&t, ":" RIG_NET " 332 big #big :all of us\r\n");
	add_names(run, &t);
	ircd_client_raw(client, t.p, t.len);
	free(t.p);
	return true;
}

/* The upper half goes or comes, in a batch or line by line. */
static void storm(struct run *run, bool back, bool batch)
{
	struct text t = {0};
	const char *tag = batch ? "@batch=s1 " : "";

	if (batch) {
		add(&t, ":" RIG_NET " BATCH +s1 %s hub.test.net "
			"leaf.test.net\r\n", back ? "netjoin" : "netsplit");
	}
	for (unsigned i = run->count / 2; i < run->count; i++) {
		add(&t, "%s:p%u!~p@puppet.test.net %s\r\n", tag, i,
			back ? "JOIN #big" : "QUIT :" SPLIT);
	}
	if (batch) {
		add(&t, ":" RIG_NET " BATCH -s1\r\n");
	}
	run->there = back ? run->count : run->count / 2;
	give(run, &t);
}

/* ---- the others meanwhile ---- */

static void on_talk(uv_timer_t *timer)
{
	struct run *run = timer->data;

	for (int i = 0; i < TALK_EACH; i++) {
		crowd_talk(&run->crowd, run->next);
		run->next = (run->next + 1) % run->crowd.count;
	}
}

/* All; or lazy: p0, the operator, and those who spoke. */
static unsigned expected(const struct run *run)
{
	if (!run->lazy) {
		return run->there;
	}
	return 1 + (run->there == run->count ? run->speakers : 0);
}

static bool is_true(void *ctx)
{
	struct run *run = ctx;

	return run->joined && run->subject && run->nshown == expected(run);
}

struct phase {
	char name[40];
	double cpu;
	uint64_t began;
};

static struct phase begin(struct run *run, const char *what)
{
	struct phase p = {"", rig_cpu_seconds(&run->rig), uv_hrtime()};

	snprintf(p.name, sizeof p.name, "%s%s", run->lazy ? "lazy " : "", what);
	crowd_reset(&run->crowd);
	uv_timer_start(&run->talk, on_talk, 1, 1);
	return p;
}

static double end(struct run *run, const struct phase *p)
{
	double took = (double)(uv_hrtime() - p->began) / 1e6;
	double worst;

	uv_timer_stop(&run->talk);
	rig_until(&run->rig, crowd_all_seen, &run->crowd, PHASE_MS);
	tap_test(crowd_missing(&run->crowd) == 0 && run->crowd.errors == 0,
		"nothing of the others is lost meanwhile",
		"%s: %" PRIu64 " lines missing, %u errors, the first: %s",
		p->name, crowd_missing(&run->crowd), run->crowd.errors,
		run->crowd.first_error);
	tap_note("%s: %.0f ms, CPU of the gateway %.2f s", p->name, took,
		rig_cpu_seconds(&run->rig) - p->cpu);
	worst = crowd_report(&run->crowd, p->name);
	return worst;
}

static void check(struct run *run, const struct phase *p)
{
	bool met = rig_until(&run->rig, is_true, run, PHASE_MS);
	double worst = end(run, p);

	tap_test(met && run->twice == 0 && run->late == 0,
		"the client sees who is there",
		"%s: expected %u, shown %u, %u out of order, %u without 333",
		p->name, expected(run), run->nshown, run->twice, run->late);
	tap_test(worst < run->quiet + run->limit,
		"the others hardly notice",
		"%s: p99 of its work %.2f ms, expected at most %.2f ms", p->name, worst,
		run->quiet + run->limit);
}

static void big_presence(struct run *run, const char *type)
{
	jabberd_sim_sendf(run->rig.jabber,
		"<presence from='" BIG "' to='" BIG_ROOM "/big'%s>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		type);
}

static void enter(struct run *run)
{
	uint64_t before = rig_rss_kib(&run->rig);
	struct phase p = begin(run, "join");

	big_presence(run, "");
	check(run, &p);
	tap_note("VmRSS %" PRIu64 " -> %" PRIu64 " KiB: %.0f bytes an occupant",
		before, rig_rss_kib(&run->rig),
		1024.0 * ((double)rig_rss_kib(&run->rig) - (double)before) /
			(double)run->count);
}

/* Some of the upper half speak: in a lazy room their presence comes first. */
static void add_speakers(struct run *run)
{
	struct text t = {0};

	run->speakers = run->count / 2 < SPEAKERS ? run->count / 2 : SPEAKERS;
	for (unsigned i = 0; i < run->speakers; i++) {
		add(&t, ":p%u!~p@puppet.test.net PRIVMSG #big :hello\r\n",
			run->count - 1 - i);
	}
	give(run, &t);
}

static void speak(struct run *run)
{
	struct phase p = begin(run, "speakers");

	add_speakers(run);
	check(run, &p);
}

static void split_and_return(struct run *run, bool batch)
{
	struct phase p = begin(run, batch ? "netsplit batch" : "netsplit");

	storm(run, false, batch);
	check(run, &p);
	p = begin(run, batch ? "netjoin batch" : "return");
	storm(run, true, batch);
	check(run, &p);
}

/* Half of them are gone when a lost link is back: only that is shown. */
static void lose_link(struct run *run)
{
	struct phase p = begin(run, "back after a loss");

	run->there = run->count / 2;
	run->speakers = 0; /* who comes then is another one */
	ircd_client_drop(ircd_sim_find(run->rig.irc, "big"), NULL);
	check(run, &p);
	p = begin(run, "return after it");
	storm(run, true, false);
	if (run->lazy) {
		add_speakers(run); /* behind it: nobody else has been shown */
	}
	check(run, &p);
}

static bool is_out(void *ctx)
{
	return !((struct run *)ctx)->joined;
}

/* The client goes and comes in the middle of a storm. */
static void leave_and_enter(struct run *run)
{
	struct phase p = begin(run, "split without us");

	storm(run, false, false);
	big_presence(run, " type='unavailable'");
	rig_until(&run->rig, is_out, run, PHASE_MS);
	memset(run->shown, 0, run->count * sizeof *run->shown);
	run->nshown = 0;
	run->subject = false;
	big_presence(run, "");
	check(run, &p);
}

static void run_all(struct run *run)
{
	struct phase p;

	crowd_join(&run->crowd);
	tap_test(rig_until(&run->rig, crowd_all_joined, &run->crowd, PHASE_MS),
		"the others are in their rooms", "only %u are",
		run->crowd.joined);
	p = begin(run, "quiet");
	rig_run(&run->rig, QUIET_MS);
	run->quiet = end(run, &p);
	enter(run);
	if (run->lazy) {
		speak(run);
	}
	split_and_return(run, false);
	split_and_return(run, true);
	lose_link(run);
	leave_and_enter(run);
	tap_test(run->rig.lost == 0, "the component stream stayed up",
		"lost %u times", run->rig.lost);
}

static void run_one(struct run *run, const char *name, bool lazy)
{
	struct rig_config config = {.name = name,
		.caps = "batch message-tags",
		.lazy_above = lazy ? 1 : 0,
		.on_stanza = on_stanza,
		.on_puppet = crowd_on_puppet,
		.on_line = on_line,
		.ctx = run};

	run->limit = rig_number("ISTHMUS_P99_MS", P99_MS);
	run->lazy = lazy;
	run->there = run->count;
	run->shown = mem_zero(run->count * sizeof *run->shown);
	if (tap_test(rig_open(&run->rig, &config), "the gateway comes up",
		    "see the notes above")) {
		uv_timer_init(&run->rig.loop, &run->talk);
		run->talk.data = run;
		crowd_init(&run->crowd, &run->rig, "u", TALKERS);
		run_all(run);
		uv_close((uv_handle_t *)&run->talk, NULL);
		rig_stop(&run->rig);
	}
	rig_close(&run->rig);
	crowd_finish(&run->crowd);
	free(run->shown);
}

int main(int argc, char **argv)
{
	static struct run full;
	static struct run lazy;

	full.count = rig_number("ISTHMUS_OCCUPANTS", 10000);
	if (argc > 1) {
		full.count = (unsigned)strtoul(argv[1], NULL, 10);
	}
	if (full.count < 2) {
		fprintf(stderr, "usage: test_big_room [OCCUPANTS]\n");
		return 2;
	}
	lazy.count = full.count;
	if (rig_gateway() == NULL) {
		return tap_finish();
	}
	run_one(&full, "big", false);
	run_one(&lazy, "lazy", true);
	return tap_finish();
}
