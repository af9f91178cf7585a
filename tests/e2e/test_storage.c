/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/e2e/cell.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * What is kept when the gateway is killed, by a real client at a real Jabber
 * server; and what its operator is told when storage cannot be used
 * (PROTOCOL C.16).
 */
struct storage {
	struct cell t;
	struct gwproc_config config;
	const char *file;
};

#define NS_REGISTER "jabber:iq:register"

/* Another gateway on another file: each case has its own. */
static struct xclient *begin(struct storage *g)
{
	struct cell *t = &g->t;

	t->number++;
	g->file = world_text(t->w, "%s/rows%u", world_dir(t->w), t->number);
	g->config.storage = world_text(t->w, "file = \"%s\";", g->file);
	gwproc_stop(t->gw); /* of a case that failed */
	t->gw = gwproc_start(t->w, &g->config);
	gwproc_await_online(t->gw, AT);
	return cell_user(t, "juliet", "balcony");
}

static void kill_and_start(struct storage *g)
{
	struct cell *t = &g->t;

	gwproc_signal(t->gw, SIGKILL);
	gwproc_await_exit(t->gw, 10);
	gwproc_stop(t->gw);
	t->gw = gwproc_start(t->w, &g->config);
	gwproc_await_online(t->gw, AT);
}

static void end(struct storage *g)
{
	WORLD_CHECK(g->t.w, gwproc_stop(g->t.gw));
	g->t.gw = NULL;
}

static const struct xstanza *set(struct xclient *c, const char *id,
	const char *fields)
{
	xclient_sendf(c,
		"<iq type='set' to='" GW "' id='%s'><query xmlns='" NS_REGISTER
		"'>%s</query></iq>",
		id, fields);
	return X_EXPECT(c, .kind = "iq", .type = "*", .id = id);
}

static const struct xstanza *get(struct xclient *c, const char *id)
{
	xclient_sendf(c,
		"<iq type='get' to='" GW "' id='%s'><query xmlns='" NS_REGISTER
		"'/></iq>",
		id);
	return X_EXPECT(c, .kind = "iq", .type = "result", .id = id);
}

#define RESULT "@type=result"

/* The answer is the promise: it was killed right after. */
static void a_registration_outlives_it(void *ctx)
{
	struct storage *g = ctx;
	struct world *w = g->t.w;
	struct xclient *juliet = begin(g);
	const struct xstanza *s;

	s = set(juliet, "s1",
		"<nick>jules</nick><username>jc</username>"
		"<password>open sesame</password>");
	WORLD_CHECK(w, xstanza_has(s, RESULT));
	kill_and_start(g);
	s = get(juliet, "g1");
	WORLD_CHECK(w, xstanza_has(s, "query/registered"));
	WORLD_CHECK(w, xstanza_has(s, "query/nick=jules"));
	WORLD_CHECK(w, xstanza_has(s, "query/username=jc"));
	WORLD_CHECK(w, strstr(s->text, "sesame") == NULL);
	s = set(juliet, "s2", "<nick>jules2</nick>");
	WORLD_CHECK(w, xstanza_has(s, RESULT));
	kill_and_start(g);
	s = get(juliet, "g2");
	WORLD_CHECK(w, xstanza_has(s, "query/nick=jules2"));
	s = set(juliet, "s3", "<remove/>");
	WORLD_CHECK(w, xstanza_has(s, RESULT));
	kill_and_start(g);
	s = get(juliet, "g3");
	WORLD_CHECK(w, xstanza_has(s, "! query/registered"));
	end(g);
}

/* It ends with status 1, having said this. */
static void does_not_start(struct storage *g, const char *said, const char *at)
{
	struct world *w = g->t.w;
	const char *path = gwproc_write_config(w, "second", &g->config);
	const char *output;
	int status = gwproc_run(
		w, (const char *const[]){"-c", path, NULL}, &output);

	if (status != 1 || strstr(output, said) == NULL ||
		strstr(output, "component online") != NULL) {
		world_fail(w, at, "status %d, said: %s", status, output);
	}
}

static void one_process_at_a_time(void *ctx)
{
	struct storage *g = ctx;
	struct xclient *juliet = begin(g);

	does_not_start(g, "is in use by another isthmus", AT);
	WORLD_CHECK(g->t.w,
		xstanza_has(set(juliet, "s1", "<nick>jules</nick>"), RESULT));
	end(g);
}

static void not_without_its_key(void *ctx)
{
	struct storage *g = ctx;
	struct world *w = g->t.w;
	struct xclient *juliet = begin(g);

	WORLD_CHECK(w,
		xstanza_has(set(juliet, "s1",
				    "<nick>jules</nick>"
				    "<password>open sesame</password>"),
			RESULT));
	end(g);
	WORLD_CHECK(w, unlink(world_text(w, "%s.key", g->file)) == 0);
	does_not_start(g, ".key: the key is missing", AT);
}

/* As on another file system that is read-only, say. */
static void not_where_nothing_can_be_written(void *ctx)
{
	struct storage *g = ctx;

	g->config.storage = "file = \"/dev/null/rows\";";
	does_not_start(g, "error storage /dev/null/rows: cannot be opened", AT);
}

static void without_it_nobody_registers(void *ctx)
{
	struct storage *g = ctx;
	struct cell *t = &g->t;
	const struct xstanza *s;

	t->number++;
	g->config.storage = "enabled = false;";
	t->gw = gwproc_start(t->w, &g->config);
	WORLD_CHECK(t->w, gwproc_await_log(t->gw, "storage is off", 10));
	gwproc_await_online(t->gw, AT);
	s = set(cell_user(t, "juliet", "balcony"), "s1", "<nick>jules</nick>");
	WORLD_CHECK(t->w, xstanza_has(s, "error/not-allowed"));
	end(g);
}

static bool dumps_nothing(const char *limits)
{
	FILE *f = fopen(limits, "re");
	char line[200];
	bool nothing = false;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		unsigned soft;
		unsigned hard;

		nothing = nothing ||
			  (sscanf(line, "Max core file size %u %u", &soft,
				   &hard) == 2 &&
				  soft == 0 && hard == 0);
	}
	if (f != NULL) {
		fclose(f);
	}
	return nothing;
}

static void no_crash_leaves_its_memory(void *ctx)
{
	struct storage *g = ctx;

	begin(g);
	WORLD_CHECK(g->t.w,
		dumps_nothing(world_text(g->t.w, "/proc/%d/limits",
			gwproc_pid(g->t.gw))));
	end(g);
}

static const struct {
	const char *name;
	void (*fn)(void *ctx);
} rows[] = {
	{"what was answered outlives kill -9", a_registration_outlives_it},
	{"one process has the file at a time", one_process_at_a_time},
	{"it does not start without its key", not_without_its_key},
	{"it does not start where nothing can be written",
		not_where_nothing_can_be_written},
	{"with storage off nobody registers", without_it_nobody_registers},
	{"no crash leaves its memory behind", no_crash_leaves_its_memory},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void run(struct world *w)
{
	struct storage g = {.t = {.w = w, .network = "irc.nowhere.test"}};

	g.t.jabber = server_must_start(w, "prosody");
	g.config = (struct gwproc_config){
		.component_port = server_port(g.t.jabber, "COMP"),
		.networks = {{g.t.network, 1}},
	};
	for (size_t i = 0; i < ROWS; i++) {
		world_case(w, "storage", rows[i].name, rows[i].fn, &g);
	}
	gwproc_stop(g.t.gw);
	server_stop(g.t.jabber);
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", NULL};
	static const struct suite suite = {"storage", servers, run};

	return suite_main(&suite, argc, argv);
}
