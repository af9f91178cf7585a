/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/e2e/cell.h"
#include "tests/support/ownnet.h"
#include "tests/support/tap.h"

/*
 * The matrix: each Jabber server times each IRC server, every case in each
 * (PROTOCOL I.3). The rows, a Jabber server each, run side by side: a process
 * with IRC servers of its own and one gateway, which serves all of them.
 * Arguments: words; only tests whose name contains one of them are run, as in
 * test_matrix prosody-ngircd: or test_matrix "join by MUC".
 */
static const struct cell_case *const subjects[] = {
	cases_join, cases_talk, cases_change, cases_refused, cases_query,
	cases_contacts, cases_moderate, cases_config, cases_transport,
	cases_rooms};

enum { SUBJECTS = sizeof(subjects) / sizeof(subjects[0]), KINDS = 16 };

struct matrix {
	struct world *w;
	struct server *irc[KINDS]; /* by place in server_kinds; NULL: not up */
	struct server *jabber;
	struct gwproc *gw;
	bool gateway_fell; /* ended by itself at any time */
	unsigned number;   /* of the case that runs */
};

struct run {
	struct matrix *m;
	struct cell *t;
	const struct cell_case *c;
};

static void start_gateway(struct matrix *m)
{
	struct gwproc_config config = {
		.component_port = server_port(m->jabber, "COMP"),
		/* Tests say more at once than people do. */
		.irc = "\tflood_burst = 20; flood_interval = \"500ms\";",
	};
	unsigned n = 0;
	unsigned i;

	for (i = 0; i < server_kind_count && i < KINDS && n < GWPROC_NETWORKS;
		i++) {
		if (m->irc[i] != NULL) {
			config.networks[n].name = server_kinds[i].network;
			config.networks[n++].port =
				server_port(m->irc[i], "PLAIN");
		}
	}
	m->gw = gwproc_start(m->w, &config);
}

/* What each case starts from: the gateway is online, bob is in a channel of
 * which he is the operator. */
static void prepare(struct run *r)
{
	struct cell *t = r->t;
	struct matrix *m = r->m;

	if (m->gw != NULL && !gwproc_running(m->gw)) {
		m->gateway_fell = true;
		gwproc_stop(m->gw);
		m->gw = NULL;
	}
	if (m->gw == NULL) {
		start_gateway(m);
		gwproc_await_online(m->gw, AT);
	}
	t->gw = m->gw;
	if (t->bob == NULL) {
		t->bob = iclient_login(t->w, server_port(t->irc, "PLAIN"),
			world_text(t->w, "bob%u", t->number));
		iclient_keep(t->bob);
	} else if (!iclient_online(t->bob)) {
		iclient_reopen(t->bob);
		iclient_await_online(t->bob, 20, AT);
	}
	t->chan = world_text(t->w, "#t%u", t->number);
	t->room = world_text(t->w, "%s%%%s@" GW, t->chan, t->network);
	if (*t->left != '\0') {
		iclient_send(t->bob, "PART %s", t->left);
	}
	snprintf(t->left, sizeof(t->left), "%s", t->chan);
	I_JOIN(t->bob, t->chan);
}

static void run_one(void *ctx)
{
	struct run *r = ctx;

	prepare(r);
	r->c->run(r->t);
	if (!gwproc_running(r->m->gw)) {
		world_fail(r->t->w, AT, "the gateway has ended: %s",
			gwproc_end(r->m->gw));
	}
}

static void run_cell(struct matrix *m, unsigned irc, const char *group)
{
	struct cell t = {.w = m->w,
		.jabber = m->jabber,
		.irc = m->irc[irc],
		.network = server_kinds[irc].network};
	struct run r = {m, &t, NULL};
	char test[200];
	unsigned i;

	for (i = 0; i < SUBJECTS; i++) {
		for (r.c = subjects[i]; r.c->name != NULL; r.c++) {
			snprintf(
				test, sizeof(test), "%s: %s", group, r.c->name);
			if (m->jabber != NULL && t.irc != NULL) {
				t.number = ++m->number;
				world_case(m->w, group, r.c->name, run_one, &r);
			} else if (world_wants(m->w, test)) {
				tap_skip(test, "a server is not here");
			}
		}
	}
	if (t.bob != NULL) {
		iclient_release(t.bob);
		world_sweep(m->w);
	}
}

/* The server, or NULL; one that is there and does not start is a failure. */
static struct server *start(struct matrix *m, const struct server_kind *kind)
{
	struct server *s;
	char test[100];

	if (!server_installed(kind)) {
		return NULL;
	}
	s = server_start(m->w, kind);
	if (s == NULL) {
		snprintf(test, sizeof(test), "%s: starts", kind->short_name);
		tap_not_ok(test);
	}
	return s;
}

static void run_jabber(struct matrix *m, const struct server_kind *kind)
{
	char group[100];
	char test[150];
	bool clean;
	unsigned i;

	m->jabber = start(m, kind);
	m->gateway_fell = false;
	for (i = 0; i < server_kind_count; i++) {
		if (server_kinds[i].role == SERVER_IRC) {
			snprintf(group, sizeof(group), "%s-%s",
				kind->short_name, server_kinds[i].short_name);
			run_cell(m, i, group);
		}
	}
	if (m->gw != NULL) {
		snprintf(test, sizeof(test),
			"%s: the gateway stayed up and ends with status 0",
			kind->short_name);
		clean = gwproc_stop(m->gw);
		m->gw = NULL;
		if (clean && !m->gateway_fell) {
			tap_ok(test);
		} else {
			tap_note("fell during the cases: %s; "
				 "clean end on SIGTERM within 5 s: %s",
				m->gateway_fell ? "yes" : "no",
				clean ? "yes" : "no");
			tap_not_ok(test);
		}
	}
	server_stop(m->jabber);
	m->jabber = NULL;
}

/* Is a test of this Jabber server among those that are asked for? */
static bool wanted(struct world *w, const struct server_kind *kind)
{
	char test[300];
	unsigned irc;
	unsigned i;

	for (irc = 0; irc < server_kind_count; irc++) {
		for (i = 0; i < SUBJECTS; i++) {
			const struct cell_case *c = subjects[i];

			for (; server_kinds[irc].role == SERVER_IRC &&
				c->name != NULL;
				c++) {
				snprintf(test, sizeof(test), "%s-%s: %s",
					kind->short_name,
					server_kinds[irc].short_name, c->name);
				if (world_wants(w, test)) {
					return true;
				}
			}
		}
	}
	return false;
}

/* The cells of one Jabber server, with IRC servers of their own. */
static int run_row(const struct server_kind *jabber, char **words, int nwords)
{
	struct matrix m = {.w = world_create()};
	int status;
	unsigned i;

	world_only(m.w, words, nwords);
	if (!wanted(m.w, jabber)) {
		world_destroy(m.w, false);
		return 0;
	}
	for (i = 0; i < server_kind_count && i < KINDS; i++) {
		if (server_kinds[i].role == SERVER_IRC) {
			m.irc[i] = start(&m, &server_kinds[i]);
		}
	}
	run_jabber(&m, jabber);
	for (i = 0; i < server_kind_count && i < KINDS; i++) {
		server_stop(m.irc[i]);
	}
	status = tap_end();
	world_destroy(m.w, status != 0);
	return status;
}

/* A process that runs a row; what it prints goes to a file, which the first
 * row does without: it is the one that is watched. */
struct row {
	pid_t pid;
	FILE *out;
};

static struct row start_row(
	const struct server_kind *jabber, bool first, char **words, int nwords)
{
	struct row r = {.out = first ? NULL : tmpfile()};
	pid_t parent = getpid();

	if (!first && r.out == NULL) {
		tap_bail("cannot make a file for the output");
	}
	r.pid = fork();
	if (r.pid < 0) {
		tap_bail("cannot fork");
	}
	if (r.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent ||
			(!first && dup2(fileno(r.out), STDOUT_FILENO) < 0)) {
			_exit(1);
		}
		exit(run_row(jabber, words, nwords));
	}
	return r;
}

static int end_row(struct row *r)
{
	char text[4096];
	size_t n;
	int status = 1;

	waitpid(r->pid, &status, 0);
	if (r->out != NULL) {
		rewind(r->out);
		while ((n = fread(text, 1, sizeof(text), r->out)) > 0) {
			fwrite(text, 1, n, stdout);
		}
		fclose(r->out);
	}
	if (WIFSIGNALED(status)) {
		tap_note("a row was ended by signal %d", WTERMSIG(status));
	}
	return status == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct row rows[KINDS];
	unsigned n = 0;
	int status = 0;
	unsigned i;

	ownnet_enter();
	if (!gwproc_present()) {
		tap_bail("no gateway at %s", gwproc_program());
	}
	if (server_kind_count > KINDS) {
		tap_bail("KINDS is too small");
	}
	for (i = 0; i < server_kind_count && n < KINDS; i++) {
		if (server_kinds[i].role == SERVER_JABBER) {
			rows[n] = start_row(&server_kinds[i], n == 0, argv + 1,
				argc - 1);
			n++;
		}
	}
	for (i = 0; i < n; i++) {
		status |= end_row(&rows[i]);
	}
	return status;
}
