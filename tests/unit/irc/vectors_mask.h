/* SPDX-License-Identifier: MIT */
/*
 * Cases of the public IRC parser tests (github.com/ircdocs/parser-tests,
 * tests/mask-match.yaml, 2023-05-29), written by Daniel Oaks and dedicated to
 * the public domain under CC0 1.0; some come from Mozilla's, grawity's and
 * Sadie's vectors, as the head of that file says. Carried over into a C table.
 */
#ifndef TESTS_UNIT_IRC_VECTORS_MASK_H
#define TESTS_UNIT_IRC_VECTORS_MASK_H

#include <stdbool.h>

struct vector_mask {
	const char *mask;
	const char *text;
	bool matches;
};

static const struct vector_mask vectors_mask[] = {
	{"*@127.0.0.1", "coolguy!ab@127.0.0.1", true},
	{"*@127.0.0.1", "cooldud3!~bc@127.0.0.1", true},
	{"*@127.0.0.1", "coolguy!ab@127.0.0.5", false},
	{"*@127.0.0.1", "cooldud3!~d@124.0.0.1", false},
	{"cool*@*", "coolguy!ab@127.0.0.1", true},
	{"cool*@*", "cooldud3!~bc@127.0.0.1", true},
	{"cool*@*", "cool132!ab@example.com", true},
	{"cool*@*", "koolguy!ab@127.0.0.5", false},
	{"cool*@*", "cooodud3!~d@124.0.0.1", false},
	{"cool!*@*", "cool!guyab@127.0.0.1", true},
	{"cool!*@*", "cool!~dudebc@127.0.0.1", true},
	{"cool!*@*", "cool!312ab@example.com", true},
	{"cool!*@*", "coolguy!ab@127.0.0.1", false},
	{"cool!*@*", "cooldud3!~bc@127.0.0.1", false},
	{"cool!*@*", "koolguy!ab@127.0.0.5", false},
	{"cool!*@*", "cooodud3!~d@124.0.0.1", false},
	{"cool!?username@*", "cool!ausername@127.0.0.1", true},
	{"cool!?username@*", "cool!~username@127.0.0.1", true},
	{"cool!?username@*", "cool!username@127.0.0.1", false},
	{"cool!a?*@*", "cool!ab@127.0.0.1", true},
	{"cool!a?*@*", "cool!abc@127.0.0.1", true},
	{"cool!a?*@*", "cool!a@127.0.0.1", false},
	{"cool[guy]!*@*", "cool[guy]!guy@127.0.0.1", true},
	{"cool[guy]!*@*", "cool[guy]!a@example.com", true},
	{"cool[guy]!*@*", "coolg!ab@127.0.0.1", false},
	{"cool[guy]!*@*", "cool[!ac@127.0.1.1", false},
};

#endif
