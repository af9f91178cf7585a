/* SPDX-License-Identifier: MIT */
#include "gateway/catalog.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { MAGIC = 0, REVISION = 4, COUNT = 8, ORIGINALS = 12, TRANSLATIONS = 16 };
enum { HEADER_BYTES = 20, ROW_BYTES = 8, ARGUMENTS = 9 };

struct message {
	const char *english;
	const char *translated;
};

struct catalog {
	char *bytes;
	struct message *messages; /* sorted by the original */
	size_t count;
};

/* ---- the file ---- */

struct file {
	struct slice bytes;
	bool swapped;
};

static uint32_t number(const struct file *f, size_t at)
{
	uint32_t n;

	memcpy(&n, f->bytes.p + at, sizeof n);
	return f->swapped ? __builtin_bswap32(n) : n;
}

static bool lies_within(const struct file *f, size_t at, size_t len)
{
	return at <= f->bytes.len && len <= f->bytes.len - at;
}

/* A string of a table; NULL when it is not one. */
static const char *string(const struct file *f, size_t table, size_t i)
{
	size_t len = number(f, table + i * ROW_BYTES);
	size_t at = number(f, table + i * ROW_BYTES + 4);

	if (len >= f->bytes.len || !lies_within(f, at, len + 1) ||
		f->bytes.p[at + len] != '\0' ||
		!utf8_valid(slice(f->bytes.p + at, len))) {
		return NULL;
	}
	return f->bytes.p + at;
}

/* ---- what printf(3) would read ---- */

struct format {
	/* Of the arguments, in their order: length and kind, "lu" as bytes. */
	uint32_t kinds[ARGUMENTS];
	unsigned count;
	bool fits; /* all could be understood and counted */
};

/* After a '%': another, or [n$][flags][width][.precision][length]kind */
static const char *directive(const char *p, struct format *f)
{
	size_t place = strspn(p, "123456789");
	unsigned argument = f->count;
	uint32_t kind = 0;

	if (*p == '%') {
		return p + 1;
	}
	if (place == 1 && p[1] == '$') {
		argument = (unsigned)(*p - '1');
		p += 2;
	}
	p += strspn(p, "-+ #'0123456789.");
	while (*p != '\0' && strchr("hlLqjzt", *p) != NULL) {
		kind = kind << 8 | (unsigned char)*p++;
	}
	if (*p == '*' || *p == '\0' || argument >= ARGUMENTS ||
		kind > 0xffff) {
		f->fits = false;
		return p;
	}
	f->kinds[argument] = kind << 8 | (unsigned char)*p;
	f->count++;
	return p + 1;
}

static struct format format_read(const char *p)
{
	struct format f = {.fits = true};

	while ((p = strchr(p, '%')) != NULL && f.fits) {
		p = directive(p + 1, &f);
	}
	return f;
}

static bool same_format(const char *english, const char *translated)
{
	struct format a = format_read(english);
	struct format b = format_read(translated);

	return a.fits && b.fits && a.count == b.count &&
		memcmp(a.kinds, b.kinds, sizeof a.kinds) == 0;
}

/* ---- reading ---- */

static bool read_messages(struct catalog *c, const struct file *f)
{
	size_t count = number(f, COUNT);
	size_t originals = number(f, ORIGINALS);
	size_t translations = number(f, TRANSLATIONS);
	const char *last = NULL;

	if (count > f->bytes.len / ROW_BYTES ||
		!lies_within(f, originals, count * ROW_BYTES) ||
		!lies_within(f, translations, count * ROW_BYTES)) {
		return false;
	}
	c->messages = must_calloc(count + 1, sizeof *c->messages);
	for (size_t i = 0; i < count; i++) {
		const char *english = string(f, originals, i);
		const char *translated = string(f, translations, i);

		if (english == NULL || translated == NULL ||
			(last != NULL && strcmp(last, english) >= 0)) {
			return false;
		}
		last = english;
		/* The first is the header, it is nobody's translation. */
		if (english[0] != '\0' && translated[0] != '\0' &&
			same_format(english, translated)) {
			c->messages[c->count++] =
				(struct message){english, translated};
		}
	}
	return true;
}

static bool read_magic(struct file *f)
{
	uint32_t magic = number(f, MAGIC);

	f->swapped = magic == 0xde120495;
	/* A minor revision adds tables that only readers of them need. */
	return (f->swapped || magic == 0x950412de) &&
		number(f, REVISION) >> 16 == 0;
}

enum err catalog_parse(struct slice bytes, struct catalog **out)
{
	struct file f = {0};
	struct catalog *c;

	if (bytes.len > CATALOG_BYTES) {
		return ERR_TOO_BIG;
	}
	if (bytes.len < HEADER_BYTES) {
		return ERR_BAD_INPUT;
	}
	c = must_calloc(1, sizeof *c);
	c->bytes = must_strndup(bytes.p, bytes.len);
	f.bytes = slice(c->bytes, bytes.len);
	if (!read_magic(&f) || !read_messages(c, &f)) {
		catalog_free(c);
		return ERR_BAD_INPUT;
	}
	*out = c;
	return ERR_OK;
}

void catalog_free(struct catalog *c)
{
	if (c != NULL) {
		free(c->messages);
		free(c->bytes);
		free(c);
	}
}

static int compare(const void *english, const void *message)
{
	return strcmp(english, ((const struct message *)message)->english);
}

const char *catalog_find(const struct catalog *c, const char *english)
{
	const struct message *found = bsearch(english, c->messages, c->count,
		sizeof *c->messages, compare);

	return found ? found->translated : NULL;
}

size_t catalog_count(const struct catalog *c)
{
	return c->count;
}
