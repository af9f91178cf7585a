/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_CORRECT_H
#define MAPPING_TALK_CORRECT_H

#include "mapping/core.h"

/*
 * Corrections (XEP-0308; PROTOCOL F.2): IRC has none, so people write the text,
 * or only the words that were wrong, behind a `*`. For that each room and talk
 * knows what was said there last.
 */

/*
 * What IRC is to be told of this text, in the arena: itself when it corrects
 * nothing; empty when nothing of it changed. It is what was said last from now
 * on. id: of the stanza, NULL when it has none; replace: the element, or NULL.
 */
struct slice correct_text(struct mapping *m, struct said *last,
	const char *id, const struct elem *replace, struct slice text);

/* Memory is the caller's. */
void said_init(struct said *s);
void said_finish(struct said *s);

#endif
