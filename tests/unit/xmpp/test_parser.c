/* SPDX-License-Identifier: MIT */
#include <malloc.h>

#include "tests/unit/unit.h"

#include "tests/support/xmpp_events.h"

#define GOOD "<presence from='good'/>"
#define MSG  "<message from='a' to='b' id='i'>"

static void feed(struct events *e, const char *text)
{
	parser_feed(e->parser, text, strlen(text));
}

/* ---- what streams say ---- */

static const struct {
	const char *name;
	const char *in;
	const char *events;
} streams[] = {
	{"a stream from its header to its end",
		"<?xml version='1.0'?>" EVENTS_HEADER
		"<handshake/><iq type='get'/>\n</stream:stream>",
		"open\nother <handshake/>\nstanza <iq type='get'/>\nclose\n"},
	{"a byte order mark is read past", "\xef\xbb\xbf" EVENTS_HEADER GOOD,
		"open\nstanza <presence from='good'/>\n"},
	{"the encoding may be named when it is UTF-8",
		"<?xml version='1.0' encoding='utf-8'?>" EVENTS_HEADER GOOD,
		"open\nstanza <presence from='good'/>\n"},
	{"any prefix may stand for the stream",
		"<s:stream xmlns:s='http://etherx.jabber.org/streams' "
		"xmlns='jabber:component:accept'><s:features/>" GOOD
		"</s:stream>",
		"open\nother <features xmlns='http://etherx.jabber.org/streams'"
		"/>\nstanza <presence from='good'/>\nclose\n"},
	{"jabber:client and jabber:server are stanza namespaces as well",
		EVENTS_HEADER "<message xmlns='jabber:client'><body>b</body>"
			      "</message><iq xmlns='jabber:server'/>",
		"open\nstanza <message><body>b</body></message>\n"
		"stanza <iq/>\n"},
	{"a message in a strange namespace is none",
		EVENTS_HEADER "<message xmlns='urn:x'/>",
		"open\nother <message xmlns='urn:x'/>\n"},
	{"a rebound prefix is resolved",
		EVENTS_HEADER "<message xmlns:stream='urn:x'><stream:a/>"
			      "</message>",
		"open\nstanza <message><a xmlns='urn:x'/></message>\n"},
	{"comments and instructions are read past",
		"<!-- a --><?b?>" EVENTS_HEADER
		"<!-- <iq/> --><message>a<!-- b -->c<?d e?>f</message>",
		"open\nstanza <message>acf</message>\n"},
	{"text pieces around CDATA are one",
		EVENTS_HEADER "<message>a&lt;<![CDATA[<b>]]&gt;]]]>&#99;"
			      "</message>",
		"open\nstanza <message>a&lt;&lt;b&gt;]]&amp;gt;]c</message>\n"},
	{"a header that is none", "<html>", "fatal\n"},
	{"after the end nothing is read", EVENTS_HEADER "</stream:stream>" GOOD,
		"open\nclose\n"},
};

static void check_events(
	const char *name, const char *in, const char *want, size_t step)
{
	struct events e;
	size_t len = strlen(in);
	struct buf have;
	struct slice rest;

	events_init(&e, NULL);
	for (size_t i = 0; i < len; i += step) {
		parser_feed(e.parser, in + i, len - i < step ? len - i : step);
	}
	/* Of the header only that it came. */
	buf_init(&have, 1U << 20);
	rest = buf_slice(&e.log);
	if (rest.len > 5 && memcmp(rest.p, "open ", 5) == 0) {
		slice_cut(&rest, '\n');
		buf_add_str(&have, "open\n");
	}
	buf_add_slice(&have, rest);
	if (strcmp(buf_cstr(&have), want) != 0) {
		print_error("%s (step %zu)\n", name, step);
	}
	assert_string_equal(buf_cstr(&have), want);
	buf_finish(&have);
	events_finish(&e);
}

static void streams_are_read_in_any_chunks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
		for (size_t step = 1; step < 8; step++) {
			check_events(streams[i].name, streams[i].in,
				streams[i].events, step);
		}
		check_events(streams[i].name, streams[i].in, streams[i].events,
			100000);
	}
}

/* ---- what ends a stream ---- */

static const struct {
	const char *in;
	const char *condition;
} lost[] = {
	{"<!DOCTYPE a>", "restricted-xml"},
	{"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>", "restricted-xml"},
	{"<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol1 "
	 "'&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;'>]>",
		"restricted-xml"},
	{EVENTS_HEADER "<message>&lol;</message>", "restricted-xml"},
	{EVENTS_HEADER "<message a='&lol;'/>", "restricted-xml"},
	{EVENTS_HEADER "<message>&nbsp;</message>", "restricted-xml"},
	{EVENTS_HEADER "<p:message/>", "bad-namespace-prefix"},
	{EVENTS_HEADER "<message><p:x/></message>", "bad-namespace-prefix"},
	{EVENTS_HEADER "<message p:x=''/>", "bad-namespace-prefix"},
	{"<stream:stream>", "bad-namespace-prefix"},
	{"<?xml version='1.0' encoding='iso-8859-1'?>" EVENTS_HEADER,
		"unsupported-encoding"},
	{"<?xml version='1.0' encoding='us-ascii'?>" EVENTS_HEADER,
		"unsupported-encoding"},
	{"<?xml version='1.0' encoding='utf-16'?>" EVENTS_HEADER,
		"unsupported-encoding"},
	{"<?xml version='1.0' encoding='no-such-thing'?>" EVENTS_HEADER,
		"unsupported-encoding"},
	{"\xff\xfe<x", "unsupported-encoding"},
	{"\xfe\xffx<", "unsupported-encoding"},
	{"HTTP/1.1 400 Bad Request", "not-well-formed"},
	{"<stream xmlns='urn:x'>", "invalid-namespace"},
	{EVENTS_HEADER "<message></iq>", "not-well-formed"},
	{EVENTS_HEADER "<message a='1' a='2'/>", "not-well-formed"},
	{EVENTS_HEADER "<message a=1/>", "not-well-formed"},
	{EVENTS_HEADER "<message a='<'/>", "not-well-formed"},
	{EVENTS_HEADER "<message>\x01</message>", "not-well-formed"},
	{EVENTS_HEADER "<message>\xff</message>", "not-well-formed"},
	{EVENTS_HEADER "<message>\xed\xa0\x80</message>", "not-well-formed"},
	{EVENTS_HEADER "<message>&#1;</message>", "not-well-formed"},
	{EVENTS_HEADER "<message>&#xd800;</message>", "not-well-formed"},
	{EVENTS_HEADER "<message>& </message>", "not-well-formed"},
	{EVENTS_HEADER "<message>]]></message>", "not-well-formed"},
	{EVENTS_HEADER "< message/>", "not-well-formed"},
	{EVENTS_HEADER "<message><?xml version='1.0'?></message>",
		"not-well-formed"},
};

static void what_no_user_can_send_ends_the_stream(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
		for (size_t step = 1; step < 100000; step *= 7) {
			struct events e;
			size_t len = strlen(lost[i].in);

			events_init(&e, NULL);
			for (size_t n = 0; n < len; n += step) {
				parser_feed(e.parser, lost[i].in + n,
					len - n < step ? len - n : step);
			}
			/* More input changes nothing any more. */
			feed(&e, GOOD "</stream:stream>");
			if (strcmp(e.fatal, lost[i].condition) != 0) {
				print_error(
					"%s (step %zu)\n", lost[i].in, step);
			}
			assert_string_equal(e.fatal, lost[i].condition);
			assert_int_equal(e.stanzas, 0);
			events_finish(&e);
		}
	}
}

static void a_zero_byte_ends_the_stream(void **state)
{
	struct events e;

	(void)state;
	events_init(&e, NULL);
	feed(&e, EVENTS_HEADER "<message>a");
	parser_feed(e.parser, "\0", 1);
	feed(&e, "</message>");
	assert_string_equal(e.fatal, "not-well-formed");
	events_finish(&e);
}

/* ---- what only costs the sender a stanza ---- */

/* A hostile stanza: front, then `middle` so many times (%d is its number). */
static const struct {
	const char *name;
	const char *front;
	const char *middle;
	int times;
	const char *back;
	int over; /* 0: it must be read */
	bool knows_sender;
} hostile[] = {
	{"20,000 attributes in the stanza's own tag", "<message from='a'",
		" a%d=''", 20000, "/>", SCAN_OVER_TAG | SCAN_OVER_ATTRIBUTES,
		false},
	{"20,000 attributes in a child", MSG "<x", " a%d=''", 20000,
		"/></message>", SCAN_OVER_TAG | SCAN_OVER_ATTRIBUTES, true},
	{"300 attributes in a child", MSG "<x", " a%d=''", 300, "/></message>",
		SCAN_OVER_ATTRIBUTES, true},
	{"200 attributes", "<message from='a' to='b' id='i'", " a%d=''", 200,
		"/>", 0, true},
	{"200 levels", MSG, "<a>", 200, "%/a</message>", SCAN_OVER_DEPTH, true},
	{"60 levels", MSG, "<a>", 60, "%/a</message>", 0, true},
	{"200,000 levels", MSG, "<a>", 200000, "%/a</message>",
		SCAN_OVER_DEPTH | SCAN_OVER_SIZE, true},
	{"text of 256 KiB and more", MSG "<body>", "x", 256 * 1024 + 1,
		"</body></message>", SCAN_OVER_SIZE, true},
	{"the same of three-byte characters", MSG "<body>", "\xe2\x82\xac",
		100000, "</body></message>", SCAN_OVER_SIZE, true},
	{"the same of entities", MSG "<body>", "&#x10ffff;", 30000,
		"</body></message>", SCAN_OVER_SIZE, true},
	{"the same in CDATA", MSG "<body><![CDATA[", "\xc3\xa9]", 100000,
		"]]></body></message>", SCAN_OVER_SIZE, true},
	{"text just within", MSG "<body>", "x", 250 * 1024, "</body></message>",
		0, true},
	{"entities within", MSG "<body>", "&amp;", 50 * 1024,
		"</body></message>", 0, true},
	{"CDATA just within", MSG "<body><![CDATA[", "]]x", 80 * 1024,
		"]]></body></message>", 0, true},
	{"many CDATA sections", MSG "<body>", "<![CDATA[a]]>", 19000,
		"</body></message>", 0, true},
	{"a flood of comments inside", MSG, "<!-- %d -->", 50000, "</message>",
		SCAN_OVER_SIZE, true},
	{"a flood of comments between", "", "<!-- %d -->", 200000,
		MSG "</message>", 0, true},
	{"one long comment", "<!--", " - -- > ", 200000, "-->" MSG "</message>",
		0, true},
	{"a flood of instructions between", "", "<?a%d b?>", 200000,
		MSG "</message>", 0, true},
	{"a flood of empty elements", MSG, "<a/>", 60000, "</message>", 0,
		true},
	{"too many empty elements", MSG, "<a%d/>", 60000, "</message>",
		SCAN_OVER_SIZE, true},
	{"a flood of namespaces", MSG "<x", " xmlns:a%d='u%d'", 10000,
		"/></message>", SCAN_OVER_TAG | SCAN_OVER_ATTRIBUTES, true},
	{"a child's namespace is lost with its tag", MSG "<x xmlns:p='u'",
		" a%d=''", 300, "><p:y/></x></message>", SCAN_OVER_ATTRIBUTES,
		true},
	{"its own namespace is lost with its tag",
		"<p:message xmlns:p='jabber:client'", " a%d=''", 300,
		"><p:y/></p:message>", SCAN_OVER_ATTRIBUTES, false},
	{"a name of 20,000 bytes", MSG "<", "a", 20000, "/></message>",
		SCAN_OVER_TAG, true},
	{"an attribute value of 20,000 bytes", MSG "<x a='", ">", 20000,
		"'/></message>", SCAN_OVER_TAG, true},
	{"an end tag of 20,000 bytes", MSG "</message", " ", 20000, ">",
		SCAN_OVER_TAG, true},
	{"CDATA that looks like the end", MSG "<![CDATA[", "</message>]] >",
		1000, "]]></message>", 0, true},
	{"relative namespaces, which libxml2 warns of", MSG, "<x xmlns='u%d'/>",
		1000, "</message>", 0, true},
};

static void add_hostile(struct buf *b, size_t row)
{
	char piece[64];
	const char *back = hostile[row].back;

	buf_add_str(b, hostile[row].front);
	for (int i = 0; i < hostile[row].times; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(piece, sizeof piece, hostile[row].middle, i, i);
#pragma GCC diagnostic pop
		buf_add_str(b, piece);
	}
	/* %/a: an end tag for each of the middle. */
	if (strncmp(back, "%/a", 3) == 0) {
		for (int i = 0; i < hostile[row].times; i++) {
			buf_add_str(b, "</a>");
		}
		back += 3;
	}
	buf_add_str(b, back);
}

static void check_hostile(size_t row, size_t step)
{
	struct events e;
	struct buf b;
	char want[64];

	events_init(&e, NULL);
	feed(&e, EVENTS_HEADER);
	buf_reset(&e.log, 1U << 20);
	buf_init(&b, 64U << 20);
	add_hostile(&b, row);
	for (size_t i = 0; i < b.len; i += step) {
		parser_feed(
			e.parser, b.p + i, b.len - i < step ? b.len - i : step);
		assert_true(parser_memory(e.parser) < 16U << 20);
	}
	snprintf(want, sizeof want, "dropped %02d <%s", hostile[row].over,
		hostile[row].knows_sender ? "message from='a' to='b' id='i'"
					  : "message");
	if (hostile[row].over == 0) {
		snprintf(want, sizeof want, "%s", "stanza <message from='a' ");
	}
	feed(&e, GOOD);
	if (e.fatal[0] != '\0' || e.log.len < strlen(want) ||
		memcmp(e.log.p, want, strlen(want)) != 0 ||
		e.stanzas != (hostile[row].over ? 1 : 2)) {
		print_error("%s (step %zu): fatal %s, %.80s\n",
			hostile[row].name, step, e.fatal, buf_cstr(&e.log));
	}
	assert_string_equal(e.fatal, "");
	assert_memory_equal(e.log.p, want, strlen(want));
	assert_int_equal(e.dropped, hostile[row].over != 0);
	assert_int_equal(e.stanzas, hostile[row].over ? 1 : 2);
	buf_finish(&b);
	events_finish(&e);
}

static void what_any_user_can_send_costs_one_stanza(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		check_hostile(i, 1U << 30);
		check_hostile(i, 1447);
	}
}

/* ---- stopping ---- */

static void a_handler_may_stop_the_parser(void **state)
{
	(void)state;
	for (unsigned stop = 1; stop <= 4; stop++) {
		struct events e;

		events_init(&e, NULL);
		e.stop_after = stop;
		feed(&e, EVENTS_HEADER "<handshake/>" MSG "</message>" GOOD
				       "</stream:stream>");
		feed(&e, "<iq/>");
		assert_int_equal(e.count, stop);
		assert_string_equal(e.fatal, "");
		events_finish(&e);
	}
}

/* ---- memory ---- */

/* So many megabytes of names never seen before must not grow the process. */
static void feed_new_names(unsigned megabytes)
{
	struct events e;
	struct buf b;
	size_t before;
	size_t sum = 0;
	unsigned long n = 0;

	events_init(&e, NULL);
	feed(&e, EVENTS_HEADER);
	buf_init(&b, 1U << 20);
	before = mallinfo2().uordblks;
	while (sum < (size_t)megabytes << 20) {
		size_t now;

		buf_reset(&b, 1U << 20);
		for (int i = 0; i < 20; i++, n++) {
			buf_addf(&b,
				"<iq x%lu=''><name%lu xmlns='urn:%lu' "
				"other%lu='v'/></iq>",
				n, n, n, n);
		}
		parser_feed(e.parser, b.p, b.len);
		buf_reset(&e.log, 4096);
		sum += b.len;
		now = mallinfo2().uordblks;
		assert_true(now < before + (5U << 20));
		assert_true(parser_memory(e.parser) < (5U << 20));
	}
	assert_int_equal(e.stanzas, n);
	assert_string_equal(e.fatal, "");
	/* The stream's own namespaces are still known. */
	feed(&e, "<stream:features/></stream:stream>");
	assert_string_equal(buf_cstr(&e.log),
		"other <features xmlns='http://etherx.jabber.org/streams'/>\n"
		"close\n");
	buf_finish(&b);
	events_finish(&e);
}

static void new_names_do_not_fill_the_memory(void **state)
{
	const char *longer = getenv("ISTHMUS_LONG");

	(void)state;
	feed_new_names(longer != NULL && *longer == '1' ? 1024 : 64);
}

/* The same inside one stanza that never ends. */
static void an_endless_stanza_does_not_fill_the_memory(void **state)
{
	struct events e;
	char piece[128];

	(void)state;
	events_init(&e, NULL);
	feed(&e, EVENTS_HEADER MSG);
	for (unsigned n = 0; n < 200000; n++) {
		snprintf(
			piece, sizeof piece, "<n%u a%u=''>text</n%u>", n, n, n);
		feed(&e, piece);
	}
	assert_true(parser_memory(e.parser) < (12U << 20));
	feed(&e, "</message>");
	assert_true(parser_memory(e.parser) < (2U << 20));
	feed(&e, GOOD);
	assert_int_equal(e.dropped, 1);
	assert_int_equal(e.stanzas, 1);
	events_finish(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_are_read_in_any_chunks),
		cmocka_unit_test(what_no_user_can_send_ends_the_stream),
		cmocka_unit_test(a_zero_byte_ends_the_stream),
		cmocka_unit_test(what_any_user_can_send_costs_one_stanza),
		cmocka_unit_test(a_handler_may_stop_the_parser),
		cmocka_unit_test(new_names_do_not_fill_the_memory),
		cmocka_unit_test(an_endless_stanza_does_not_fill_the_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
