/* SPDX-License-Identifier: MIT */
#include "tests/load/hostile_xml.h"

#include <string.h>

#define FROM "from='h0@localhost/pc'"
#define ROOM "#h0%%irc.test.net@irc.localhost"
#define PING "<ping xmlns='urn:xmpp:ping'/>"
#define KIB  1024

static void begin_iq(FILE *out, const char *id)
{
	fprintf(out, "<iq type='get' id='%s' " FROM " to='irc.localhost'>", id);
}

static void repeat(FILE *out, const char *text, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		fputs(text, out);
	}
}

/* <iq> text </iq> */
static void whole(FILE *out, const char *id, unsigned arg, const char *text)
{
	(void)arg;
	begin_iq(out, id);
	fputs(text, out);
	fputs("</iq>", out);
}

/* <iq> with the text `arg` times in one <query/>. */
static void many(FILE *out, const char *id, unsigned arg, const char *text)
{
	begin_iq(out, id);
	fputs("<query xmlns='urn:test:many'>", out);
	repeat(out, text, arg);
	fputs("</query></iq>", out);
}

/* A stanza of exactly `arg` bytes. */
static void sized(FILE *out, const char *id, unsigned arg, const char *text)
{
	static const char end[] = "</query></iq>";
	long from = ftell(out);

	begin_iq(out, id);
	fputs("<query xmlns='urn:test:size'>", out);
	repeat(out, text,
		arg - (unsigned)(ftell(out) - from) - (unsigned)strlen(end));
	fputs(end, out);
}

static void write_attributes(FILE *out, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		fprintf(out, " a%u='1'", i);
	}
}

static void attributes_below(
	FILE *out, const char *id, unsigned arg, const char *text)
{
	begin_iq(out, id);
	fprintf(out, "<query xmlns='urn:test:attributes'");
	write_attributes(out, arg);
	fprintf(out, "%s</query></iq>", text);
}

static void attributes_on_top(
	FILE *out, const char *id, unsigned arg, const char *text)
{
	(void)text;
	fprintf(out, "<iq type='get' id='%s' " FROM " to='irc.localhost'", id);
	write_attributes(out, arg);
	fputs(">" PING "</iq>", out);
}

/* `arg` levels below the stanza. */
static void deep(FILE *out, const char *id, unsigned arg, const char *text)
{
	(void)text;
	begin_iq(out, id);
	repeat(out, "<d>", arg);
	repeat(out, "</d>", arg);
	fputs("</iq>", out);
}

/* One tag with `arg` bytes in the place of %s. */
static void long_tag(FILE *out, const char *id, unsigned arg, const char *text)
{
	const char *place = strstr(text, "%s");

	begin_iq(out, id);
	fprintf(out, "%.*s", (int)(place - text), text);
	repeat(out, "t", arg);
	fprintf(out, "%s</iq>", place + 2);
}

static void long_name(FILE *out, const char *id, unsigned arg, const char *text)
{
	(void)text;
	begin_iq(out, id);
	fputs("<n", out);
	repeat(out, "n", arg);
	fputs("></n", out);
	repeat(out, "n", arg);
	fputs("></iq>", out);
}

/* Names nobody has seen before, so that a dictionary of them grows. */
static void distinct_names(
	FILE *out, const char *id, unsigned arg, const char *text)
{
	static unsigned next;

	(void)text;
	for (unsigned i = 0; i < arg; i++) {
		char inner[64];

		snprintf(inner, sizeof(inner), "%s%s%u", id,
			i + 1 == arg ? "" : "-", i);
		begin_iq(out, i + 1 == arg ? id : inner);
		for (unsigned k = 0; k < 5000; k++) {
			fprintf(out, "<the-element-number-%u/>", next++);
		}
		fputs("</iq>", out);
	}
}

static void namespaces(
	FILE *out, const char *id, unsigned arg, const char *text)
{
	(void)text;
	begin_iq(out, id);
	fputs("<query xmlns='urn:test:ns'", out);
	for (unsigned i = 0; i < arg; i++) {
		fprintf(out, " xmlns:n%u='urn:%u'", i, i);
	}
	fputs("/></iq>", out);
}

/* `arg` stanzas in one piece; the last one has the id. */
static void burst(FILE *out, const char *id, unsigned arg, const char *text)
{
	char other[64];

	for (unsigned i = 1; i < arg; i++) {
		snprintf(other, sizeof(other), "%s-%u", id, i);
		whole(out, other, 0, text);
	}
	whole(out, id, 0, text);
}

/* The text as it is, with the id in the place of %s. */
static void stanza(FILE *out, const char *id, unsigned arg, const char *text)
{
	const char *place = strstr(text, "%s");

	(void)arg;
	if (place == NULL) {
		fputs(text, out);
		return;
	}
	fprintf(out, "%.*s%s%s", (int)(place - text), text, id, place + 2);
}

static void address(FILE *out, const char *id, unsigned arg, const char *text)
{
	const char *place = strstr(text, "%s");

	fprintf(out, "<iq type='get' id='%s' " FROM " to='%.*s", id,
		(int)(place - text), text);
	repeat(out, "a", arg);
	fprintf(out, "%s'>" PING "</iq>", place + 2);
}

/* A room message of `arg` times the text. */
static void said(FILE *out, const char *id, unsigned arg, const char *text)
{
	fprintf(out,
		"<message type='groupchat' id='%s' " FROM " to='" ROOM
		"'><body>",
		id);
	repeat(out, text, arg);
	fputs("</body></message>", out);
}

static void said_with(FILE *out, const char *id, unsigned arg, const char *text)
{
	(void)arg;
	fprintf(out,
		"<message type='groupchat' id='%s' " FROM " to='" ROOM
		"'><body>b</body>%s</message>",
		id, text);
}

/* Joins a room of that name, or with that nick, or with that key. */
static void join(FILE *out, const char *id, unsigned arg, const char *text)
{
	static const char *const forms[] = {
		"to='%s%%irc.test.net@irc.localhost/h0'><x "
		"xmlns='http://jabber.org/protocol/muc'/>",
		"to='#h1%%irc.test.net@irc.localhost/%s'><x "
		"xmlns='http://jabber.org/protocol/muc'/>",
		"to='#h1%%irc.test.net@irc.localhost/h0'><x "
		"xmlns='http://jabber.org/protocol/muc'><password>%s"
		"</password></x>",
	};
	const char *form = forms[arg];
	const char *place = strstr(form, "%s");

	fprintf(out, "<presence id='%s' " FROM " ", id);
	for (const char *p = form; *p != '\0'; p++) {
		if (p == place) {
			fputs(text, out);
			p++;
		} else if (p[0] != '%' || p[1] != '%') {
			fputc(*p, out);
		}
	}
	fputs("</presence>", out);
}

const struct hostile_xml hostile_xmls[] = {
	{"20,000 attributes in a tag below the stanza", ANSWER_REFUSAL,
		attributes_below, 20000, ">"},
	{"20,000 attributes in the stanza's own tag", ANSWER_NONE,
		attributes_on_top, 20000, NULL},
	{"a prefix declared in a tag that is too long, used below it",
		ANSWER_REFUSAL, attributes_below, 20000,
		" xmlns:p='urn:p'><p:x p:y='1'/>"},
	{"1,000 attributes", ANSWER_ANY, attributes_below, 1000, ">"},
	{"a stanza of 256 KiB", ANSWER_ANY, sized, 256 * KIB, "x"},
	{"a stanza of 256 KiB + 1", ANSWER_REFUSAL, sized, 256 * KIB + 1, "x"},
	{"a stanza of 4 MiB", ANSWER_REFUSAL, sized, 4096 * KIB, "x"},
	{"60 levels", ANSWER_ANY, deep, 60, NULL},
	{"200 levels", ANSWER_REFUSAL, deep, 200, NULL},
	{"20,000 levels", ANSWER_REFUSAL, deep, 20000, NULL},
	{"an attribute of 15 KiB", ANSWER_ANY, long_tag, 15 * KIB,
		"<query xmlns='urn:test:long' a='%s'/>"},
	{"an attribute of 17 KiB", ANSWER_REFUSAL, long_tag, 17 * KIB,
		"<query xmlns='urn:test:long' a='%s'/>"},
	{"an attribute of 200 KiB", ANSWER_REFUSAL, long_tag, 200 * KIB,
		"<query xmlns='urn:test:long' a='%s'/>"},
	{"a namespace of 10 KiB", ANSWER_ANY, long_tag, 10 * KIB,
		"<query xmlns='%s'/>"},
	{"a language of 10 KiB", ANSWER_ANY, long_tag, 10 * KIB,
		"<query xmlns='urn:test:long' xml:lang='%s'/>"},
	{"an element name of 64 KiB", ANSWER_REFUSAL, long_name, 64 * KIB,
		NULL},
	{"400 namespaces in a tag", ANSWER_ANY, namespaces, 400, NULL},
	{"40,000 names nobody has seen before", ANSWER_ANY, distinct_names, 8,
		NULL},
	{"10,000 elements in a stanza", ANSWER_ANY, many, 10000, "<e/>"},
	{"30,000 pieces of text", ANSWER_ANY, many, 30000, "t<e/>"},
	{"40,000 entities", ANSWER_ANY, many, 40000, "&amp;"},
	{"references to the edges of Unicode", ANSWER_ANY, many, 100,
		"&#x10FFFF;&#xD7FF;&#xE000;&#9;&#13;&#10;"},
	{"CDATA full of markup", ANSWER_ANY, many, 1000,
		"<![CDATA[</query></iq><iq>]]&gt;<!-- ]]>"},
	{"CDATA full of brackets", ANSWER_ANY, many, 5000,
		"<![CDATA[]]]]]]]]]]>"},
	{"comments full of markup", ANSWER_RESULT, whole, 0,
		"<!-- </iq><iq> ' \" - > -->" PING "<!--<![CDATA[-->"},
	{"processing instructions full of markup", ANSWER_RESULT, whole, 0,
		"<?php </iq> ' \" > ?>" PING "<?x?>"},
	{"markup in attributes", ANSWER_RESULT, whole, 0,
		"<ping xmlns='urn:xmpp:ping' a='>&lt;/iq>\"' b=\"/>'\"/>"},
	{"tags with every kind of white space", ANSWER_RESULT, whole, 0,
		"\r\n\t<ping\n\txmlns\n=\n'urn:xmpp:ping'\r\n></ping\n\t >\t"},
	{"the payload under a prefix", ANSWER_RESULT, whole, 0,
		"<p:ping xmlns:p='urn:xmpp:ping'/>"},
	{"xmlns:stream bound to something else", ANSWER_ANY, whole, 0,
		"<ping xmlns='urn:xmpp:ping' xmlns:stream='urn:o'>"
		"<stream:error/><stream:stream/></ping>"},
	{"the prefix xml where it may be", ANSWER_RESULT, whole, 0,
		"<ping xmlns='urn:xmpp:ping' xml:space='preserve' "
		"xml:base='x'/>"},
	{"a stanza under a prefix", ANSWER_ANY, stanza, 0,
		"<c:iq xmlns:c='jabber:component:accept' type='get' "
		"id='%s' " FROM " to='irc.localhost'>" PING "</c:iq>"},
	{"a stanza in jabber:client", ANSWER_RESULT, stanza, 0,
		"<iq xmlns='jabber:client' type='get' id='%s' " FROM
		" to='irc.localhost'>" PING "</iq>"},
	{"an iq without payload", ANSWER_ANY, whole, 0, ""},
	{"an iq without type, one without id", ANSWER_NONE, stanza, 0,
		"<iq id='x' " FROM " to='irc.localhost'/><iq type='get' " FROM
		" to='irc.localhost'>" PING "</iq>"},
	{"an element that is no stanza", ANSWER_NONE, stanza, 0,
		"<frob id='%s' " FROM " to='irc.localhost'><x/></frob>"},
	{"answers nobody asked for", ANSWER_NONE, stanza, 0,
		"<iq type='result' id='1' " FROM " to='irc.localhost'/>"
		"<iq type='error' id='' " FROM " to='irc.localhost'/>"
		"<message type='error' " FROM " to='irc.localhost'/>"
		"<presence type='error' " FROM " to='irc.localhost'/>"
		"<presence type='nonsense' " FROM " to='irc.localhost'/>"},
	{"a resource of 3,000 bytes", ANSWER_ANY, address, 3000,
		"#h0%irc.test.net@irc.localhost/%s"},
	{"a local part of 1,023 bytes", ANSWER_ANY, address, 1006,
		"%s%irc.test.net@irc.localhost"},
	{"an address of separators", ANSWER_ANY, address, 1,
		"%%%%%@irc.localhost/%s@%%/"},
	{"an address full of escapes", ANSWER_ANY, address, 1,
		"%s\\20\\22\\5c20\\%irc.test.net@irc.localhost"},
	{"2,000 pings in one piece", ANSWER_RESULT, burst, 2000, PING},
	{"a body of 200 KiB", ANSWER_REFUSAL, said, 200 * KIB, "b"},
	{"a body of 2,000 lines", ANSWER_REFUSAL, said, 2000, "l\n"},
	{"line ends of every kind and QUIT in a body", ANSWER_ANY, said, 1,
		"a&#13;QUIT :1&#10;QUIT :2&#xD;&#xA;QUIT :3&#x2028;QUIT :4"
		"&#x85;QUIT :5"},
	{"printf directives in a body", ANSWER_ANY, said, 1,
		"%n%s%p%1000000d%*c"},
	{"XHTML of 50 levels", ANSWER_ANY, said_with, 0,
		"<html xmlns='http://jabber.org/protocol/xhtml-im'><body "
		"xmlns='http://www.w3.org/1999/xhtml'><p><b><i><u><s><b><i><u>"
		"<s><b><i><u><s><b><i><u><s><b><i><u><s><b><i>b</i></b></s></u>"
		"</i></b></s></u></i></b></s></u></i></b></s></u></i></b></s>"
		"</u></i></b><script>x</script></p></body></html>"},
	{"a body twice, the second one hostile", ANSWER_ANY, said_with, 0,
		"<body>x&#10;QUIT</body><subject>s&#10;QUIT</subject>"},
	{"a room with a comma", ANSWER_ANY, join, 0, "#a,#b"},
	{"a room with a line end", ANSWER_ANY, join, 0, "#a&#10;QUIT"},
	{"the room 0", ANSWER_NONE, join, 0, "0"},
	{"a nick with a line end", ANSWER_ANY, join, 1, "n&#10;QUIT"},
	{"a key with a line end", ANSWER_ANY, join, 2, "k&#13;&#10;QUIT :k"},
	{"a key with a comma and a blank", ANSWER_ANY, join, 2, "k,l m"},
};

const size_t hostile_xmls_count = sizeof(hostile_xmls) / sizeof(*hostile_xmls);

#define BAD                                                                    \
	{                                                                      \
		"not-well-formed", NULL, NULL                                  \
	}
#define EITHER                                                                 \
	{                                                                      \
		"restricted-xml", "not-well-formed", NULL                      \
	}
#define ENCODING                                                               \
	{                                                                      \
		"unsupported-encoding", "restricted-xml", "not-well-formed"    \
	}

/* RFC 6120 4.9.3.2 */
#define PREFIX                                                                 \
	{                                                                      \
		"bad-namespace-prefix", "not-well-formed"                      \
	}

const struct ending_xml ending_xmls[] = {
	{"a document type", "<!DOCTYPE x [<!ENTITY e 'e'>]>", NULL, EITHER},
	{"an entity of nobody",
		"<message " FROM
		" to='irc.localhost'><body>&e;</body></message>",
		NULL, EITHER},
	{"an undeclared prefix",
		"<message " FROM " to='irc.localhost'><p:x/></message>", NULL,
		PREFIX},
	{"tags that do not match",
		"<message " FROM " to='irc.localhost'><a></b></message>", NULL,
		BAD},
	{"a byte that is no UTF-8",
		"<message " FROM
		" to='irc.localhost'><body>\xe4</body></message>",
		NULL, BAD},
	{"a control character",
		"<message " FROM
		" to='irc.localhost'><body>\x02</body></message>",
		NULL, BAD},
	{"a reference to NUL",
		"<message " FROM
		" to='irc.localhost'><body>&#0;</body></message>",
		NULL, BAD},
	{"an encoding other than UTF-8", NULL,
		"<?xml version='1.0' encoding='ISO-8859-1'?><stream:stream "
		"xmlns:stream='http://etherx.jabber.org/streams' "
		"xmlns='jabber:component:accept' from='irc.localhost' "
		"id='latin'>",
		ENCODING},
};

const size_t ending_xmls_count = sizeof(ending_xmls) / sizeof(*ending_xmls);
