/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[ERR_COUNT] = {
#define ERR_TEXT(name, text) [ERR_##name] = text,
	ERR_LIST(ERR_TEXT)
#undef ERR_TEXT
};

const char *err_text(enum err err)
{
	return (unsigned)err < ERR_COUNT ? texts[err] : "unknown error";
}

void must_failed(const char *cond, const char *file, int line)
{
	fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, cond);
	abort();
}

void *must_alloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	must(p != NULL);
	return p;
}

void *must_calloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	must(p != NULL);
	return p;
}

void *must_realloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	must(p != NULL);
	return p;
}

char *must_strndup(const char *p, size_t len)
{
	char *copy = must_alloc(len + 1);

	memcpy(copy, p, len);
	copy[len] = '\0';
	return copy;
}

void wipe_free(char *secret)
{
	if (secret != NULL) {
		explicit_bzero(secret, strlen(secret));
		free(secret);
	}
}
