/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LOAD_TAP_H
#define TESTS_LOAD_TAP_H

#include <stdbool.h>

/*
 * Results in the Test Anything Protocol, for programs whose tests are the
 * phases of one long run. The plan is printed last, by tap_finish().
 */

/*
 * One result. `why` is a printf text, shown as a diagnostic when the test
 * failed: it says what was expected and what came.
 */
bool tap_test(bool passed, const char *name, const char *why, ...)
	__attribute__((format(printf, 3, 4)));

/* A test that could not be made; with CI=true in the environment a failure. */
void tap_skip(const char *name, const char *why, ...)
	__attribute__((format(printf, 2, 3)));

/* A line for the reader: "# ..." */
void tap_note(const char *text, ...) __attribute__((format(printf, 1, 2)));

/* How many tests have failed so far. */
unsigned tap_failures(void);

/* Prints the plan; the exit code of the program. */
int tap_finish(void);

#endif
