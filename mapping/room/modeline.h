/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_MODELINE_H
#define MAPPING_ROOM_MODELINE_H

#include "irc/ircnet.h"

/*
 * Changes of a channel as few lines (PROTOCOL D.6): as many letters in one MODE
 * as the server takes (MODES=) and the line holds.
 */
struct mode_step {
	char sign; /* '+' or '-'; 0: KICK */
	char letter;
	struct slice arg;    /* nick, mask, parameter; absent: none */
	struct slice reason; /* of a KICK */
};

/*
 * The words of one MODE line for the first steps; how many they are. 0: the
 * first one is no mode. n > 0.
 */
size_t modeline_words(const struct isupport *is, const struct mode_step *steps,
	size_t n, struct buf *words);
/*
 * All of them to a channel. room: lines that may still wait for IRC; ERR_FULL:
 * they are more than that, and nothing was sent. ERR_BAD_INPUT, ERR_TOO_BIG:
 * IRC does not take one of the arguments.
 */
NODISCARD enum err modeline_send(struct ircnet *net, struct slice channel,
	const struct mode_step *steps, size_t n, size_t room);

#endif
