/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_COMMAND_RAW_WORDS_H
#define MAPPING_COMMAND_RAW_WORDS_H

#include "mapping/command/run.h"

/*
 * What a server says to a typed line (PROTOCOL C.23), in words for people: its own
 * words, and where these are columns, numbers of seconds or refusals that say
 * nothing of what to do next, a sentence of ours.
 */

/* Appends it; `first`: nothing was said before. Nothing is appended: it needs no
 * word. */
void raw_words(struct run *r, int numeric, const struct ircmsg *m, bool first,
	struct buf *out);

/* After these nothing more comes to the same question. */
bool raw_is_last(int numeric);

#endif
