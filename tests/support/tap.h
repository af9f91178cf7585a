/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_TAP_H
#define TESTS_SUPPORT_TAP_H

#include <stdbool.h>

/*
 * What a test program prints: the Test Anything Protocol, one line a test.
 * Lines go to stdout at once, so that a crash leaves what was known.
 * State: one count for the program; nothing to free.
 */
void tap_ok(const char *name);
void tap_not_ok(const char *name);

/* A test that could not run. With CI=true in the environment it failed. */
void tap_skip(const char *name, const char *why);

/* A diagnostic: each line of the text behind "# ". */
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Nothing more can be tested: says why and leaves with status 1. */
_Noreturn void tap_bail(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Prints the plan; returns the status for exit(): 0 when nothing failed. */
int tap_end(void);

unsigned tap_failed(void);

/* Diagnostics off and on again: for tests of the tests. */
void tap_mute(bool mute);

#endif
