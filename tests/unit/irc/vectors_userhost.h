/* SPDX-License-Identifier: MIT */
/*
 * Cases of the public IRC parser tests (github.com/ircdocs/parser-tests,
 * tests/userhost-split.yaml, 2023-05-29), written by Daniel Oaks and dedicated to
 * the public domain under CC0 1.0; some come from Mozilla's, grawity's and
 * Sadie's vectors, as the head of that file says. Carried over into a C table.
 */
#ifndef TESTS_UNIT_IRC_VECTORS_USERHOST_H
#define TESTS_UNIT_IRC_VECTORS_USERHOST_H

#include <stdbool.h>

struct vector_userhost {
	const char *source;
	const char *nick;
	const char *user;
	const char *host;
};

static const struct vector_userhost vectors_userhost[] = {
	{"coolguy", "coolguy",
		"", ""},
	{"coolguy!ag@127.0.0.1", "coolguy",
		"ag", "127.0.0.1"},
	{"coolguy!~ag@localhost", "coolguy",
		"~ag", "localhost"},
	{"coolguy@127.0.0.1", "coolguy",
		"", "127.0.0.1"},
	{"coolguy!ag", "coolguy",
		"ag", ""},
	{"coolguy!ag@net\0035w\003ork.admin", "coolguy",
		"ag", "net\0035w\003ork.admin"},
	{"coolguy!~ag@n\002et\00305w\017ork.admin", "coolguy",
		"~ag", "n\002et\00305w\017ork.admin"},
};

#endif
