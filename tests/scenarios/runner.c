/* SPDX-License-Identifier: MIT */
/*
 * Runs the transcripts of a folder, one TAP test each: see README.md.
 *
 *	test_scenarios [FOLDER [PREFIX]]
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intern.h"
#include "base/log.h"
#include "irc/engine.h"
#include "tests/scenarios/script.h"
#include "tests/scenarios/world.h"

enum { ARGS = 4, DEPTH = 4, LINE = 1 << 20 };

struct run {
	struct world *world;
	const char *folder;
	bool failed;
	bool record; /* shows what happens instead of comparing it */
	char *title;
};

static void fail(struct run *r, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	printf("# %s:%d: ", file, line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	r->failed = true;
}

/* `pattern` may hold " ... " for any text. */
static bool matches(const char *pattern, const char *text)
{
	const char *gap = strstr(pattern, "...");
	size_t len;

	if (gap == NULL) {
		return strcmp(pattern, text) == 0;
	}
	len = (size_t)(gap - pattern);
	while (len > 0 && pattern[len - 1] == ' ') {
		len--;
	}
	if (strncmp(pattern, text, len) != 0) {
		return false;
	}
	pattern = gap + 3;
	while (*pattern == ' ') {
		pattern++;
	}
	for (text += len;; text++) {
		if (matches(pattern, text)) {
			return true;
		}
		if (*text == '\0') {
			return false;
		}
	}
}

static void expect_one(struct run *r, const char *file, int line,
	const char *pattern)
{
	const char *text = world_next(r->world);

	if (text == NULL) {
		fail(r, file, line, "expected but nothing came: %s", pattern);
	} else if (!matches(pattern, text)) {
		fail(r, file, line, "expected: %s\n#  but came: %s", pattern,
			text);
	}
}

/* `*N PATTERN`: the next N things each match. */
static void expect(struct run *r, const char *file, int line,
	const char *pattern)
{
	char *rest;

	if (pattern[0] == '*') {
		unsigned long n = strtoul(pattern + 1, &rest, 10);

		while (n-- > 0 && !r->failed) {
			expect(r, file, line, rest + 1);
		}
		return;
	}
	expect_one(r, file, line, pattern);
}

/* Before each event: nothing may be left over. */
static void expect_silence(struct run *r, const char *file, int line)
{
	const char *text;

	while ((text = world_next(r->world)) != NULL) {
		if (r->record) {
			printf("> %s\n", text);
			continue;
		}
		fail(r, file, line, "came and was not expected: %s", text);
	}
}

/* $1 ... $4 replaced; a new string. */
static char *substitute(const char *text, char *const args[ARGS])
{
	char *out = malloc(LINE);
	size_t n = 0;

	for (; *text != '\0' && n + 1024 < LINE; text++) {
		if (text[0] == '$' && text[1] >= '1' && text[1] <= '4' &&
			args[text[1] - '1'] != NULL) {
			n += (size_t)sprintf(out + n, "%s",
				args[text[1] - '1']);
			text++;
		} else {
			out[n++] = *text;
		}
	}
	out[n] = '\0';
	return out;
}

static void run_file(struct run *r, const char *name, char *const args[ARGS],
	int depth);

static void include(struct run *r, char *rest, int depth)
{
	char *args[ARGS] = {0};
	char *save;
	char *name = strtok_r(rest, " ", &save);

	for (int i = 0; i < ARGS; i++) {
		args[i] = strtok_r(NULL, " ", &save);
	}
	run_file(r, name, args, depth + 1);
}

static void run_line(struct run *r, const char *file, int number, char *text,
	int depth)
{
	if (r->record && depth == 0) {
		if (text[0] == '>') {
			return;
		}
		expect_silence(r, file, number);
		printf("%s\n", text);
	}
	if (text[0] == '#') {
		if (r->title == NULL && text[1] != '\0') {
			r->title = strdup(text + 2);
		}
	} else if (text[0] == '>') {
		expect(r, file, number, text + 2);
	} else if (strncmp(text, "include ", 8) == 0) {
		include(r, text + 8, depth);
	} else if (strncmp(text, "set ", 4) == 0) {
		if (!script_setting(r->world, text + 4)) {
			fail(r, file, number, "no such setting: %s", text);
		}
	} else if (strncmp(text, "kept ", 5) == 0) {
		world_kept(r->world, text + 5);
	} else if (text[0] != '\0') {
		expect_silence(r, file, number);
		if (!script_event(r->world, text)) {
			fail(r, file, number, "not understood: %s", text);
		}
	}
}

static void run_file(struct run *r, const char *name, char *const args[ARGS],
	int depth)
{
	char path[4096];
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int number = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", r->folder, name);
	f = depth < DEPTH ? fopen(path, "r") : NULL;
	if (f == NULL) {
		fail(r, name, 0, "cannot be read");
		return;
	}
	while (!r->failed && (len = getline(&line, &cap, f)) >= 0) {
		char *text;

		number++;
		while (len > 0 && (line[len - 1] == '\n')) {
			line[--len] = '\0';
		}
		text = substitute(line, args);
		run_line(r, name, number, text, depth);
		free(text);
	}
	if (depth == 0 && !r->failed) {
		expect_silence(r, name, number + 1);
	}
	free(line);
	fclose(f);
}

static bool run_scenario(const char *folder, const char *name, int number)
{
	static char *const no_args[ARGS];
	struct run r = {
		.world = world_create(),
		.folder = folder,
		.record = getenv("SCENARIO_RECORD") != NULL,
	};

	run_file(&r, name, no_args, 0);
	world_destroy(r.world);
	if (!r.failed && intern_count() != 0) {
		fail(&r, name, 0, "%zu names are still held", intern_count());
	}
	printf("%s %d - %.*s: %s\n", r.failed ? "not ok" : "ok", number,
		(int)strlen(name) - 6, name, r.title ? r.title : "");
	free(r.title);
	return !r.failed;
}

/* Every line is made, and shown to who asks for it (SCENARIO_LOG). */
static void on_log(void *ctx, enum log_level level, const char *line)
{
	if (*(const bool *)ctx) {
		printf("#    %s %s\n", log_level_name(level), line);
	}
}

static int is_scenario(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 6 && strcmp(d->d_name + len - 6, ".scene") == 0;
}

int main(int argc, char **argv)
{
	const char *root = getenv("ISTHMUS_ROOT");
	const char *prefix = argc > 2 ? argv[2] : "";
	char folder[4096];
	struct dirent **names;
	int n;
	int number = 0;
	bool ok = true;
	bool show_log = getenv("SCENARIO_LOG") != NULL;

	setvbuf(stdout, NULL, _IOLBF, 0); /* what a crash leaves tells where */
	snprintf(folder, sizeof folder, "%s/tests/scenarios", root ? root : ".");
	if (argc > 1) {
		snprintf(folder, sizeof folder, "%s", argv[1]);
	}
	engine_setup(open("/dev/null", O_RDWR));
	log_set_sink(on_log, &show_log, LOG_DEBUG);
	n = scandir(folder, &names, is_scenario, alphasort);
	for (int i = 0; i < n; i++) {
		if (strncmp(names[i]->d_name, prefix, strlen(prefix)) == 0) {
			ok = run_scenario(folder, names[i]->d_name, ++number) &&
				ok;
		}
		free(names[i]);
	}
	if (n >= 0) {
		free(names);
	}
	printf("1..%d\n", number);
	if (number > 0 && engine_traps() != 0) {
		printf("# the library called %lu socket functions\n",
			engine_traps());
		ok = false;
	}
	return ok && number > 0 ? 0 : 1;
}
