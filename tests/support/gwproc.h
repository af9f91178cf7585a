/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_GWPROC_H
#define TESTS_SUPPORT_GWPROC_H

#include <stdbool.h>

#include "tests/support/server.h"
#include "tests/support/world.h"

/*
 * The gateway under test as a process: ISTHMUS_GATEWAY, else isthmus in
 * ISTHMUS_BUILD. Its configuration is written for it; its log (stderr) becomes
 * part of the transcript line by line, and stands in gateway-N.log of the
 * run's folder.
 * It dies with the test (PR_SET_PDEATHSIG).
 * Ownership: gwproc_stop frees it.
 * Bounds: GWPROC_LINES lines of its log are kept to be searched.
 */
struct gwproc;

enum { GWPROC_NETWORKS = 40, GWPROC_LINES = 20000 };

struct gwproc_config {
	unsigned component_port;
	const char *secret; /* NULL: "secret" */
	const char *jabber; /* more lines of the group jabber; NULL: none */
	struct {
		const char *name;     /* NULL ends the list */
		unsigned port;	      /* spoken to without TLS */
		const char *settings; /* instead of a port; NULL: none */
	} networks[GWPROC_NETWORKS];
	const char *irc;   /* more lines of the group irc; NULL: none */
	const char *storage; /* lines of that group; NULL: a file of its own */
	const char *extra; /* more groups; NULL: none */
};

/* The path of the program; whether it can be run. */
const char *gwproc_program(void);
bool gwproc_present(void);

/* Writes a configuration file; its path, lent until the world is swept. */
const char *gwproc_write_config(
	struct world *w, const char *name, const struct gwproc_config *config);

/* Starts it; does not wait. */
struct gwproc *gwproc_start(
	struct world *w, const struct gwproc_config *config);

/* The file it was started with, to be rewritten before a reload. */
const char *gwproc_config_path(const struct gwproc *g);

/* Waits until a line of its log contains the text; looks from the line behind
 * the last one found (a second wait sees a second event). False when it does
 * not come in time or the process ends. */
bool gwproc_await_log(struct gwproc *g, const char *text, double seconds);

/* "component online"; ends the case, or the program, when it does not come. */
void gwproc_await_online(struct gwproc *g, const char *at);

bool gwproc_running(const struct gwproc *g);
int gwproc_pid(const struct gwproc *g);
void gwproc_signal(struct gwproc *g, int number);

/* How it ended, in words: "exit status 0", "signal 11 (Segmentation fault)",
 * "still running". Lent until the world is swept. */
const char *gwproc_end(struct gwproc *g);

/* Waits for its end: true when that was exit status 0, in time. */
bool gwproc_await_exit(struct gwproc *g, double seconds);

/* SIGTERM, 5 s, SIGKILL; true when it ended by itself with status 0. Frees.
 * NULL is fine, and false. */
bool gwproc_stop(struct gwproc *g);

/* Runs the program to its end with these arguments (NULL last); the status,
 * -1 when it did not end in time or by itself. What it wrote to stderr is in
 * *output, lent until the world is swept. */
int gwproc_run(struct world *w, const char *const *args, const char **output);

#endif
