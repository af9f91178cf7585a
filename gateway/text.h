/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_TEXT_H
#define GATEWAY_TEXT_H

#include <stddef.h>

#include "base/buf.h"

/*
 * The core's words in other languages: the catalogs of a folder, all loaded at
 * the start, so that each recipient is answered in the language of its stanza.
 * The folder is laid out as gettext has it: LANGUAGE/LC_MESSAGES/isthmus.mo, with
 * LANGUAGE as `zh_CN`, `de`, `pt_BR`. No locale of the system is needed.
 *
 * xml:lang is a BCP 47 tag. Which catalog it means (after RFC 4647 3.4): that of
 * language and region; of the region where the script is at home (`zh-Hans` is
 * zh_CN, `zh-Hant` zh_TW); of the language alone; the first one of that language
 * in any region; none: English.
 */
struct texts;

enum { TEXTS_MAX = 100 }; /* catalogs */

/*
 * A catalog that cannot be read is left out with a warning in the log. NULL: from
 * the folder that belongs to the program that runs.
 */
struct texts *texts_load(const char *folder);
/*
 * The folder that belongs to the program of this path: share/locale one or two
 * folders above its own (PREFIX/sbin/isthmus, PREFIX/lib/isthmus/isthmus), locale
 * beside it (as it is built). The first with a catalog in it, else `otherwise`.
 */
void texts_folder(const char *program, const char *otherwise, struct buf *out);
void texts_free(struct texts *t);

/* NULL: no translation. What is found lives as long as t. */
const char *texts_find(const struct texts *t, const char *lang,
	const char *english);
/* The name of the catalog that this tag means, NULL: English. */
const char *texts_language(const struct texts *t, const char *lang);
size_t texts_count(const struct texts *t);

#endif
