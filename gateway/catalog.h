/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_CATALOG_H
#define GATEWAY_CATALOG_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/*
 * One catalog of translations: the file that msgfmt writes (.mo; GNU gettext
 * manual, "The Format of GNU MO Files"), revision 0, either byte order.
 *
 * Read by ourselves, not by gettext(3): that one has a language for each
 * process, and here each recipient has one (doc/QUIRKS.md has what we measured).
 *
 * A file is trusted with words only. What does not lie within it, is not UTF-8,
 * or is not sorted refuses the whole; a translation that would make printf(3)
 * read other arguments than the original is left out.
 */
struct catalog;

enum { CATALOG_BYTES = 4 << 20 };

/*
 * Copies what it needs. ERR_BAD_INPUT: no catalog, or a broken one. ERR_TOO_BIG:
 * more than CATALOG_BYTES.
 */
NODISCARD enum err catalog_parse(struct slice file, struct catalog **out);
void catalog_free(struct catalog *c); /* NULL is fine */

/* Lives as long as the catalog. NULL: no translation, or an empty one. */
const char *catalog_find(const struct catalog *c, const char *english);
size_t catalog_count(const struct catalog *c); /* usable translations */

#endif
