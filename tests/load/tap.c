/* SPDX-License-Identifier: MIT */
#include "tests/load/tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned tests;
static unsigned failures;

static void note(const char *text, va_list args)
{
	char line[1024];
	char *save = NULL;

	vsnprintf(line, sizeof(line), text, args);
	for (char *part = strtok_r(line, "\n", &save); part != NULL;
		part = strtok_r(NULL, "\n", &save)) {
		printf("# %s\n", part);
	}
	fflush(stdout);
}

bool tap_test(bool passed, const char *name, const char *why, ...)
{
	va_list args;

	tests++;
	printf("%sok %u - %s\n", passed ? "" : "not ", tests, name);
	if (!passed) {
		failures++;
		va_start(args, why);
		note(why, args);
		va_end(args);
	}
	fflush(stdout);
	return passed;
}

void tap_skip(const char *name, const char *why, ...)
{
	const char *ci = getenv("CI");
	bool must = ci != NULL && strcmp(ci, "true") == 0;
	char reason[512];
	va_list args;

	va_start(args, why);
	vsnprintf(reason, sizeof(reason), why, args);
	va_end(args);
	if (must) {
		tap_test(false, name, "%s", reason);
		return;
	}
	tests++;
	printf("ok %u - %s # SKIP %s\n", tests, name, reason);
	fflush(stdout);
}

void tap_note(const char *text, ...)
{
	va_list args;

	va_start(args, text);
	note(text, args);
	va_end(args);
}

unsigned tap_failures(void)
{
	return failures;
}

int tap_finish(void)
{
	printf("1..%u\n", tests);
	fflush(stdout);
	return failures == 0 && tests > 0 ? 0 : 1;
}
