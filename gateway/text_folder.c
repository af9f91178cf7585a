/* SPDX-License-Identifier: MIT */
#include "gateway/text.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Where catalogs stand, below the program's folder and those above it. */
static const char *const below[] = {"locale", "share/locale", "share/locale"};

/* Others' catalogs may be there as well. */
static bool has_catalog(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool found = false;
	char path[4096];

	while (dir != NULL && !found && (entry = readdir(dir)) != NULL) {
		int len = snprintf(path, sizeof path,
			"%s/%s/LC_MESSAGES/isthmus.mo", folder, entry->d_name);

		found = len > 0 && (size_t)len < sizeof path &&
			access(path, R_OK) == 0;
	}
	if (dir != NULL) {
		closedir(dir);
	}
	return found;
}

/* Of the path without its last part. */
static size_t parent(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] != '/') {
		len--;
	}
	while (len > 0 && path[len - 1] == '/') {
		len--;
	}
	return len;
}

void texts_folder(const char *program, const char *otherwise, struct buf *out)
{
	size_t len = strlen(program);
	bool known = program[0] == '/';

	for (size_t i = 0; known && i < sizeof below / sizeof *below; i++) {
		len = parent(program, len);
		buf_reset(out, 0);
		buf_addf(out, "%.*s/%s", (int)len, program, below[i]);
		if (has_catalog(buf_cstr(out))) {
			return;
		}
	}
	buf_reset(out, 0);
	buf_add_str(out, otherwise);
}
