/* SPDX-License-Identifier: MIT */
/*
 * Cases of the public IRC parser tests (github.com/ircdocs/parser-tests,
 * tests/msg-split.yaml, 2023-05-29), written by Daniel Oaks and dedicated to
 * the public domain under CC0 1.0; some come from Mozilla's, grawity's and
 * Sadie's vectors, as the head of that file says. Carried over into a C table.
 */
#ifndef TESTS_UNIT_IRC_VECTORS_SPLIT_H
#define TESTS_UNIT_IRC_VECTORS_SPLIT_H

#include <stdbool.h>

struct vector_split {
	const char *input;
	const char *source; /* NULL: none */
	const char *verb;
	const char *params[16];   /* NULL ends them */
	const char *tags[16][2];  /* key, value; "" for none */
};

static const struct vector_split vectors_split[] = {
	{
		.input = "foo bar baz asdf",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"asdf",
		},
	},
	{
		.input = ":coolguy foo bar baz asdf",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"asdf",
		},
	},
	{
		.input = "foo bar baz :asdf quux",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"asdf quux",
		},
	},
	{
		.input = "foo bar baz :",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"",
		},
	},
	{
		.input = "foo bar baz ::asdf",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			":asdf",
		},
	},
	{
		.input = ":coolguy foo bar baz :asdf quux",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"asdf quux",
		},
	},
	{
		.input = ":coolguy foo bar baz :  asdf quux ",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"  asdf quux ",
		},
	},
	{
		.input = ":coolguy PRIVMSG bar :lol :) ",
		.source = "coolguy",
		.verb = "PRIVMSG",
		.params = {
			"bar",
			"lol :) ",
		},
	},
	{
		.input = ":coolguy foo bar baz :",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"",
		},
	},
	{
		.input = ":coolguy foo bar baz :  ",
		.source = "coolguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
			"  ",
		},
	},
	{
		.input = "@a=b;c=32;k;rt=ql7 foo",
		.verb = "foo",
		.tags = {
			{"a", "b"},
			{"c", "32"},
			{"k", ""},
			{"rt", "ql7"},
		},
	},
	{
		.input = "@a=b\\\\and\\nk;c=72\\s45;d=gh\\:764 foo",
		.verb = "foo",
		.tags = {
			{"a", "b\\and\012k"},
			{"c", "72 45"},
			{"d", "gh;764"},
		},
	},
	{
		.input = "@c;h=;a=b :quux ab cd",
		.source = "quux",
		.verb = "ab",
		.params = {
			"cd",
		},
		.tags = {
			{"c", ""},
			{"h", ""},
			{"a", "b"},
		},
	},
	{
		.input = ":src JOIN #chan",
		.source = "src",
		.verb = "JOIN",
		.params = {
			"#chan",
		},
	},
	{
		.input = ":src JOIN :#chan",
		.source = "src",
		.verb = "JOIN",
		.params = {
			"#chan",
		},
	},
	{
		.input = ":src AWAY",
		.source = "src",
		.verb = "AWAY",
	},
	{
		.input = ":src AWAY ",
		.source = "src",
		.verb = "AWAY",
	},
	{
		.input = ":cool\tguy foo bar baz",
		.source = "cool\tguy",
		.verb = "foo",
		.params = {
			"bar",
			"baz",
		},
	},
	{
		.input = ":coolguy!ag@net\0035w\003ork.admin PRIVMSG "
			"foo :bar baz",
		.source = "coolguy!ag@net\0035w\003ork.admin",
		.verb = "PRIVMSG",
		.params = {
			"foo",
			"bar baz",
		},
	},
	{
		.input = ":coolguy!~ag@n\002et\00305w\017ork.admin "
			"PRIVMSG foo :bar baz",
		.source = "coolguy!~ag@n\002et\00305w\017ork.admin",
		.verb = "PRIVMSG",
		.params = {
			"foo",
			"bar baz",
		},
	},
	{
		.input = "@tag1=value1;tag2;vendor1/tag3=value2;vendor2"
			"/tag4= :irc.example.com COMMAND param1 param2 :param3 "
			"param3",
		.source = "irc.example.com",
		.verb = "COMMAND",
		.params = {
			"param1",
			"param2",
			"param3 param3",
		},
		.tags = {
			{"tag1", "value1"},
			{"tag2", ""},
			{"vendor1/tag3", "value2"},
			{"vendor2/tag4", ""},
		},
	},
	{
		.input = ":irc.example.com COMMAND param1 param2 "
			":param3 param3",
		.source = "irc.example.com",
		.verb = "COMMAND",
		.params = {
			"param1",
			"param2",
			"param3 param3",
		},
	},
	{
		.input = "@tag1=value1;tag2;vendor1/tag3=value2;vendor2"
			"/tag4 COMMAND param1 param2 :param3 param3",
		.verb = "COMMAND",
		.params = {
			"param1",
			"param2",
			"param3 param3",
		},
		.tags = {
			{"tag1", "value1"},
			{"tag2", ""},
			{"vendor1/tag3", "value2"},
			{"vendor2/tag4", ""},
		},
	},
	{
		.input = "COMMAND",
		.verb = "COMMAND",
	},
	{
		.input = "@foo=\\\\\\\\\\:\\\\s\\s\\r\\n COMMAND",
		.verb = "COMMAND",
		.tags = {
			{"foo", "\\\\;\\s \015\012"},
		},
	},
	{
		.input = ":gravel.mozilla.org 432  #momo :Erroneous "
			"Nickname: Illegal characters",
		.source = "gravel.mozilla.org",
		.verb = "432",
		.params = {
			"#momo",
			"Erroneous Nickname: Illegal characters",
		},
	},
	{
		.input = ":gravel.mozilla.org MODE #tckk +n ",
		.source = "gravel.mozilla.org",
		.verb = "MODE",
		.params = {
			"#tckk",
			"+n",
		},
	},
	{
		.input = ":services.esper.net MODE #foo-bar +o foobar  ",
		.source = "services.esper.net",
		.verb = "MODE",
		.params = {
			"#foo-bar",
			"+o",
			"foobar",
		},
	},
	{
		.input = "@tag1=value\\\\ntest COMMAND",
		.verb = "COMMAND",
		.tags = {
			{"tag1", "value\\ntest"},
		},
	},
	{
		.input = "@tag1=value\\1 COMMAND",
		.verb = "COMMAND",
		.tags = {
			{"tag1", "value1"},
		},
	},
	{
		.input = "@tag1=value1\\ COMMAND",
		.verb = "COMMAND",
		.tags = {
			{"tag1", "value1"},
		},
	},
	{
		.input = "@tag1=1;tag2=3;tag3=4;tag1=5 COMMAND",
		.verb = "COMMAND",
		.tags = {
			{"tag1", "5"},
			{"tag2", "3"},
			{"tag3", "4"},
		},
	},
	{
		.input = "@tag1=1;tag2=3;tag3=4;tag1=5;vendor/tag2=8 COMMAND",
		.verb = "COMMAND",
		.tags = {
			{"tag1", "5"},
			{"tag2", "3"},
			{"tag3", "4"},
			{"vendor/tag2", "8"},
		},
	},
	{
		.input = ":SomeOp MODE #channel :+i",
		.source = "SomeOp",
		.verb = "MODE",
		.params = {
			"#channel",
			"+i",
		},
	},
	{
		.input = ":SomeOp MODE #channel +oo SomeUser :AnotherUser",
		.source = "SomeOp",
		.verb = "MODE",
		.params = {
			"#channel",
			"+oo",
			"SomeUser",
			"AnotherUser",
		},
	},
};

#endif
