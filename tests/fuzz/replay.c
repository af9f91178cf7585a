/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"

/*
 * Runs saved inputs as tests: those given as arguments, else all of the
 * target's corpus in the order of their names. One TAP line a file.
 */
static const char *current = "?";
static int number;
static char failure[512]; /* the line of this input, should it fail */
static size_t failure_len;

/* An input that breaks a promise is named before the program ends. */
static void on_abort(int sig)
{
	(void)sig;
	if (write(STDOUT_FILENO, failure, failure_len) < 0) {
		_exit(2);
	}
}

static void run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *bytes;
	long size;

	current = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	number++;
	snprintf(failure, sizeof failure, "not ok %d - %.400s\n", number,
		current);
	failure_len = strlen(failure);
	must(file != NULL);
	must(fseek(file, 0, SEEK_END) == 0);
	size = ftell(file);
	must(size >= 0);
	rewind(file);
	/* No byte more than the input holds: reading past it is seen. */
	bytes = must_alloc((size_t)size);
	must(fread(bytes, 1, (size_t)size, file) == (size_t)size);
	fclose(file);
	LLVMFuzzerTestOneInput((const uint8_t *)bytes, (size_t)size);
	free(bytes);
	printf("ok %d - %s\n", number, current);
	fflush(stdout);
}

static int is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
	struct dirent **names = NULL;
	int n;

	signal(SIGABRT, on_abort);
	if (argc > 1) {
		printf("1..%d\n", argc - 1);
		for (int i = 1; i < argc; i++) {
			run_file(argv[i]);
		}
		return 0;
	}
	n = scandir(FUZZ_CORPUS, &names, is_file, alphasort);
	if (n <= 0) {
		printf("not ok 1 - no inputs in %s\n", FUZZ_CORPUS);
		return 1;
	}
	printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		char path[4096];

		snprintf(path, sizeof path, "%s/%s", FUZZ_CORPUS,
			names[i]->d_name);
		run_file(path);
		free(names[i]);
	}
	free(names);
	return 0;
}
