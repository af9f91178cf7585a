/* SPDX-License-Identifier: MIT */
/*
 * Cases of the public IRC parser tests (github.com/ircdocs/parser-tests,
 * tests/msg-join.yaml, 2023-05-29), written by Daniel Oaks and dedicated to
 * the public domain under CC0 1.0; some come from Mozilla's, grawity's and
 * Sadie's vectors, as the head of that file says. Carried over into a C table.
 */
#ifndef TESTS_UNIT_IRC_VECTORS_JOIN_H
#define TESTS_UNIT_IRC_VECTORS_JOIN_H

#include <stdbool.h>

struct vector_join {
	const char *what;
	const char *source; /* NULL: none */
	const char *verb;
	bool tags;          /* has tags, which we never write */
	const char *params[16];
	const char *matches[8];
};

static const struct vector_join vectors_join[] = {
	{
		.what = "Simple test with verb and params.",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"asdf",
		},
		.matches = {
			"foo bar baz asdf",
			"foo bar baz :asdf",
		},
	},
	{
		.what = "Simple test with source and no params.",
		.source = "src",
		.verb = "AWAY",
		.matches = {
			":src AWAY",
		},
	},
	{
		.what = "Simple test with source and empty trailing param.",
		.source = "src",
		.verb = "AWAY",
		.params = {
			"",
		},
		.matches = {
			":src AWAY :",
		},
	},
	{
		.what = "Simple test with source.",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"asdf",
		},
		.matches = {
			":coolguy foo bar baz asdf",
			":coolguy foo bar baz :asdf",
		},
	},
	{
		.what = "Simple test with trailing param.",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"asdf quux",
		},
		.matches = {
			"foo bar baz :asdf quux",
		},
	},
	{
		.what = "Simple test with empty trailing param.",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"",
		},
		.matches = {
			"foo bar baz :",
		},
	},
	{
		.what = "Simple test with trailing param containing colon.",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			":asdf",
		},
		.matches = {
			"foo bar baz ::asdf",
		},
	},
	{
		.what = "Test with source and trailing param.",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"asdf quux",
		},
		.matches = {
			":coolguy foo bar baz :asdf quux",
		},
	},
	{
		.what = "Test with trailing containing beginning+end whitespace.",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"  asdf quux ",
		},
		.matches = {
			":coolguy foo bar baz :  asdf quux ",
		},
	},
	{
		.what = "Test with trailing containing what looks like another trailing param.",
		.source = "coolguy",
		.verb = "PRIVMSG",
		.params = {
			"bar",
			"lol :) ",
		},
		.matches = {
			":coolguy PRIVMSG bar :lol :) ",
		},
	},
	{
		.what = "Simple test with source and empty trailing.",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"",
		},
		.matches = {
			":coolguy foo bar baz :",
		},
	},
	{
		.what = "Trailing contains only spaces.",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"  ",
		},
		.matches = {
			":coolguy foo bar baz :  ",
		},
	},
	{
		.what = "Param containing tab (tab is not considered SPACE for message splitting).",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"b\tar",
			"baz",
		},
		.matches = {
			":coolguy foo b\tar baz",
			":coolguy foo b\tar :baz",
		},
	},
	{
		.what = "Tag with empty value and space-filled trailing.",
		.source = "coolguy",
		.verb = "foo",
		.tags = true,
		.params = {
			"bar",
			"baz",
			"  ",
		},
		.matches = {
			"@asd :coolguy foo bar baz :  ",
			"@asd= :coolguy foo bar baz :  ",
		},
	},
	{
		.what = "Tag with no value and space-filled trailing.",
		.source = "coolguy",
		.verb = "foo",
		.tags = true,
		.params = {
			"bar",
			"baz",
			"  ",
		},
		.matches = {
			"@asd :coolguy foo bar baz :  ",
		},
	},
	{
		.what = "Tags with escaped values.",
		.verb = "foo",
		.tags = true,
		.matches = {
			"@a=b\\\\and\\nk;d=gh\\:764 foo",
			"@d=gh\\:764;a=b\\\\and\\nk foo",
		},
	},
	{
		.what = "Tags with escaped values and params.",
		.verb = "foo",
		.tags = true,
		.params = {
			"par1",
			"par2",
		},
		.matches = {
			"@a=b\\\\and\\nk;d=gh\\:764 foo par1 par2",
			"@a=b\\\\and\\nk;d=gh\\:764 foo par1 :par2",
			"@d=gh\\:764;a=b\\\\and\\nk foo par1 par2",
			"@d=gh\\:764;a=b\\\\and\\nk foo par1 :par2",
		},
	},
	{
		.what = "Tag with long, strange values (including LF and newline).",
		.verb = "COMMAND",
		.tags = true,
		.matches = {
			"@foo=\\\\\\\\\\:\\\\s\\s\\r\\n COMMAND",
		},
	},
};

#endif
