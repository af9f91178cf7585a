/* SPDX-License-Identifier: MIT */
#include "tests/support/tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned count;
static unsigned failed;
static bool muted;

void tap_ok(const char *name)
{
	printf("ok %u - %s\n", ++count, name);
	fflush(stdout);
}

void tap_not_ok(const char *name)
{
	failed++;
	printf("not ok %u - %s\n", ++count, name);
	fflush(stdout);
}

void tap_skip(const char *name, const char *why)
{
	const char *ci = getenv("CI");

	if (ci != NULL && strcmp(ci, "true") == 0) {
		tap_not_ok(name);
		tap_note("%s: not here, and CI=true skips nothing", why);
		return;
	}
	printf("ok %u - %s # SKIP %s\n", ++count, name, why);
	fflush(stdout);
}

void tap_note(const char *format, ...)
{
	char *text = NULL;
	char *rest;
	char *line;
	va_list args;
	int got;

	if (muted) {
		return;
	}
	va_start(args, format);
	got = vasprintf(&text, format, args);
	va_end(args);
	if (got < 0) {
		abort();
	}
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL) {
		printf("# %s\n", line);
	}
	fflush(stdout);
	free(text);
}

void tap_bail(const char *format, ...)
{
	va_list args;

	/* The line that a counter of results sees, then TAP's own word. */
	tap_not_ok("the program can run its tests");
	printf("Bail out! ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	exit(1);
}

int tap_end(void)
{
	printf("1..%u\n", count);
	fflush(stdout);
	return failed == 0 && count > 0 ? 0 : 1;
}

unsigned tap_failed(void)
{
	return failed;
}

void tap_mute(bool mute)
{
	muted = mute;
}
