/* SPDX-License-Identifier: MIT */
#include "gateway/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "gateway/catalog.h"

enum { NAME_BYTES = 16, FOLDER_BYTES = 4096 };

struct language {
	char name[NAME_BYTES]; /* "zh_CN" */
	struct catalog *catalog;
};

struct texts {
	struct language *languages; /* sorted by name */
	size_t count;
};

/* ---- names of languages ---- */

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static char lower(char c)
{
	return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

struct tag {
	char language[4];
	char script[5];
	char region[4];
};

static void take(char *to, struct slice part, bool up)
{
	for (size_t i = 0; i < part.len; i++) {
		to[i] = up ? upper(part.p[i]) : lower(part.p[i]);
	}
	to[part.len] = '\0';
}

/* language[-extlang][-script][-region]; what follows decides nothing here. */
static bool tag_read(struct slice rest, struct tag *t)
{
	struct slice part;

	*t = (struct tag){0};
	part = slice_cut(&rest, '-');
	if (part.len < 2 || part.len > 3 || !is_letter(part.p[0])) {
		return false;
	}
	take(t->language, part, false);
	while (rest.len > 0) {
		part = slice_cut(&rest, '-');
		if (part.len == 4 && is_letter(part.p[0]) &&
			t->region[0] == '\0') {
			take(t->script, part, false);
		} else if (part.len == 2 || (part.len == 3 &&
						    !is_letter(part.p[0]))) {
			take(t->region, part, true);
			break;
		} else if (part.len != 3) {
			break;
		}
	}
	return true;
}

static const struct {
	const char *language;
	const char *from; /* a script or region without a catalog of its own */
	const char *region;
} homes[] = {
	{"zh", "hans", "CN"},
	{"zh", "SG", "CN"},
	{"zh", "MY", "CN"},
	{"zh", "hant", "TW"},
	{"zh", "HK", "TW"},
	{"zh", "MO", "TW"},
};

/* A tag may use '_' (an old habit); names of catalogs do. */
static const struct language *find(const struct texts *t, const char *language,
	const char *region)
{
	char name[NAME_BYTES];

	snprintf(name, sizeof name, "%s%s%s", language, *region ? "_" : "",
		region);
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->languages[i].name, name) == 0) {
			return &t->languages[i];
		}
	}
	return NULL;
}

static const struct language *find_at_home(const struct texts *t,
	const struct tag *tag)
{
	const struct language *found = NULL;

	for (size_t i = 0; i < sizeof homes / sizeof *homes && !found; i++) {
		if (strcmp(homes[i].language, tag->language) == 0 &&
			(strcmp(homes[i].from, tag->script) == 0 ||
				strcmp(homes[i].from, tag->region) == 0)) {
			found = find(t, tag->language, homes[i].region);
		}
	}
	return found;
}

static const struct language *find_any(const struct texts *t,
	const char *language)
{
	size_t len = strlen(language);

	for (size_t i = 0; i < t->count; i++) {
		if (strncmp(t->languages[i].name, language, len) == 0 &&
			t->languages[i].name[len] == '_') {
			return &t->languages[i];
		}
	}
	return NULL;
}

static const struct language *choose(const struct texts *t, const char *lang)
{
	const struct language *found = NULL;
	char copy[64];
	struct tag tag;
	size_t len = strlen(lang);

	if (len >= sizeof copy) {
		return NULL;
	}
	for (size_t i = 0; i < len; i++) {
		copy[i] = lang[i] == '_' ? '-' : lang[i];
	}
	if (!tag_read(slice(copy, len), &tag)) {
		return NULL;
	}
	if (tag.region[0] != '\0') {
		found = find(t, tag.language, tag.region);
	}
	if (found == NULL) {
		found = find_at_home(t, &tag);
	}
	if (found == NULL) {
		found = find(t, tag.language, "");
	}
	/* The texts in the code are English: no other region's is better. */
	if (found == NULL && strcmp(tag.language, "en") != 0) {
		found = find_any(t, tag.language);
	}
	return found;
}

const char *texts_language(const struct texts *t, const char *lang)
{
	const struct language *l = choose(t, lang);

	return l ? l->name : NULL;
}

const char *texts_find(const struct texts *t, const char *lang,
	const char *english)
{
	const struct language *l = choose(t, lang);

	return l ? catalog_find(l->catalog, english) : NULL;
}

/* ---- loading ---- */

/* false: there is no such file, or it cannot be read. */
static bool read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rbe");
	char bytes[8192];
	size_t n;
	bool fine;

	if (f == NULL) {
		if (errno != ENOENT && errno != ENOTDIR) {
			log_warn(NULL, "translations not read file=%s reason=%s",
				path, strerror(errno));
		}
		return false;
	}
	while ((n = fread(bytes, 1, sizeof bytes, f)) > 0) {
		buf_add(out, bytes, n);
	}
	fine = ferror(f) == 0;
	fclose(f);
	if (!fine || out->overflow) {
		log_warn(NULL, "translations not read file=%s reason=%s", path,
			out->overflow ? "too big" : "read error");
	}
	return fine && !out->overflow;
}

static void load(struct texts *t, const char *folder, const char *name)
{
	char path[4096];
	struct buf file;
	struct language *l;
	struct catalog *catalog;

	snprintf(path, sizeof path, "%s/%s/LC_MESSAGES/isthmus.mo", folder,
		name);
	buf_init(&file, CATALOG_BYTES);
	if (read_file(path, &file)) {
		if (catalog_parse(buf_slice(&file), &catalog) == ERR_OK) {
			l = &t->languages[t->count++];
			snprintf(l->name, sizeof l->name, "%s", name);
			l->catalog = catalog;
			log_debug(NULL, "translations language=%s texts=%zu",
				name, catalog_count(catalog));
		} else {
			log_warn(NULL, "translations not read file=%s "
				 "reason=this is no catalog of msgfmt", path);
		}
	}
	buf_finish(&file);
}

/* "de", "zh_CN"; with a modifier ("sr@latin") no tag would lead to it. */
static bool is_language(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz");

	if (len < 2 || len > 3) {
		return false;
	}
	if (name[len] == '\0') {
		return true;
	}
	return name[len] == '_' && strlen(name + len + 1) <= 3 &&
		strlen(name + len + 1) ==
			strspn(name + len + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					       "0123456789");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct language *)a)->name,
		((const struct language *)b)->name);
}

/* Where it was meant to be installed, if /proc does not say where it is. */
static const char *own_folder(struct buf *out)
{
	char program[FOLDER_BYTES];
	ssize_t len = readlink("/proc/self/exe", program, sizeof program - 1);

	program[len > 0 ? len : 0] = '\0';
	texts_folder(program, ISTHMUS_LOCALE_DIR, out);
	return buf_cstr(out);
}

struct texts *texts_load(const char *folder)
{
	struct texts *t = must_calloc(1, sizeof *t);
	struct dirent *entry;
	struct buf own;
	DIR *dir;

	buf_init(&own, FOLDER_BYTES);
	if (folder == NULL) {
		folder = own_folder(&own);
	}
	dir = opendir(folder);
	t->languages = must_calloc(TEXTS_MAX, sizeof *t->languages);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (is_language(entry->d_name) && t->count < TEXTS_MAX) {
			load(t, folder, entry->d_name);
		}
	}
	if (dir != NULL) {
		closedir(dir);
	}
	qsort(t->languages, t->count, sizeof *t->languages, by_name);
	log_debug(NULL, "translations folder=%s languages=%zu", folder,
		t->count);
	buf_finish(&own);
	return t;
}

void texts_free(struct texts *t)
{
	for (size_t i = 0; t != NULL && i < t->count; i++) {
		catalog_free(t->languages[i].catalog);
	}
	if (t != NULL) {
		free(t->languages);
		free(t);
	}
}

size_t texts_count(const struct texts *t)
{
	return t->count;
}
