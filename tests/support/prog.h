/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_PROG_H
#define TESTS_SUPPORT_PROG_H

#include "tests/support/world.h"

/*
 * A program of others in a test: a real client, run as a child. What it writes
 * to stdout and stderr becomes lines (ESC ends one too) of the transcript that
 * can be waited for; lines can be written to its stdin. It dies with the test.
 * Ownership: prog_stop frees it.
 * Bounds: a line is cut at 8 KiB.
 */
struct prog;

/* argv ends with NULL. NULL: it could not be started. */
struct prog *prog_start(struct world *w, const char *name,
	const char *const *argv);
/* SIGTERM, 3 s, SIGKILL. NULL is fine. */
void prog_stop(struct prog *p);

/* One line to its stdin. */
void prog_say(struct prog *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Waits for a line that contains the text, behind the last one that was waited
 * for; else the case ends. */
void prog_expect(struct prog *p, const char *text, const char *at);
#define P_EXPECT(p, text) prog_expect((p), (text), AT)

#endif
