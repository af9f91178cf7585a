/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "tests/support/xmpp_events.h"
#include "xmpp/mask.h"
#include "xmpp/writer.h"

static struct buf out;
static struct xw w;

static int begin(void **state)
{
	(void)state;
	buf_init(&out, 1U << 20);
	xw_init(&w, &out, "jabber:component:accept");
	return 0;
}

static int end(void **state)
{
	(void)state;
	buf_finish(&out);
	return 0;
}

static void a_namespace_is_written_where_it_changes(void **state)
{
	(void)state;
	xw_start(&w, "iq", NS_STANZA);
	xw_attr(&w, "type", "get");
	xw_attr(&w, "to", NULL);
	xw_lang(&w, "de");
	xw_start(&w, "query", NS_DISCO_ITEMS);
	xw_empty(&w, "item", NS_NONE);
	xw_start_uri(&w, "x", "urn:x");
	xw_attr_num(&w, "n", -5);
	xw_elem(&w, "y", NS_NONE, slice_str("t"));
	xw_elem(&w, "absent", NS_NONE, slice(NULL, 0));
	xw_elem(&w, "none", NS_NONE, slice_str(""));
	xw_start_uri(&w, "z", "");
	xw_end(&w);
	xw_end(&w);
	xw_empty(&w, "body", NS_STANZA);
	xw_end(&w);
	xw_end(&w);
	assert_string_equal(buf_cstr(&out),
		"<iq type='get' xml:lang='de'>"
		"<query xmlns='http://jabber.org/protocol/disco#items'><item/>"
		"<x xmlns='urn:x' n='-5'><y>t</y><none/><z xmlns=''/></x>"
		"<body xmlns='jabber:component:accept'/></query></iq>");
}

static const struct {
	const char *in;
	size_t len;
	const char *text;
	const char *attribute;
} escapes[] = {
	{"plain", 5, "plain", "plain"},
	{"a<b>&\"'", 7, "a&lt;b&gt;&amp;\"'", "a&lt;b&gt;&amp;&quot;&apos;"},
	{"\t\n\r", 3, "\t\n&#13;", "&#9;&#10;&#13;"},
	{"a\x01"
	 "b\x1f",
		4, "ab", "ab"},
	{"a\0b", 3, "ab", "ab"},
	{"\x7f\xc2\x80", 3, "\x7f\xc2\x80", "\x7f\xc2\x80"},
	{"\xc3\xa9\xf0\x9f\x98\x80", 6, "\xc3\xa9\xf0\x9f\x98\x80",
		"\xc3\xa9\xf0\x9f\x98\x80"},
	{"\xff"
	 "a\xc3",
		3,
		"\xef\xbf\xbd"
		"a\xef\xbf\xbd",
		"\xef\xbf\xbd"
		"a\xef\xbf\xbd"},
	{"\xef\xbf\xbe"
	 "a\xef\xbf\xbf",
		7, "a", "a"},
	{"\xef\xbf\xbd", 3, "\xef\xbf\xbd", "\xef\xbf\xbd"},
	/* A surrogate is three bytes outside UTF-8. */
	{"\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xc0\xbc", 2, "\xef\xbf\xbd\xef\xbf\xbd", "\xef\xbf\xbd\xef\xbf\xbd"},
	{"", 0, "", ""},
};

static void text_cannot_break_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		struct slice in = slice(escapes[i].in, escapes[i].len);

		buf_reset(&out, 4096);
		xw_escape(&out, in, false);
		assert_string_equal(buf_cstr(&out), escapes[i].text);
		buf_reset(&out, 4096);
		xw_escape(&out, in, true);
		assert_string_equal(buf_cstr(&out), escapes[i].attribute);
	}
}

/* Parsed, written, and what it must look like. */
static const struct {
	const char *in;
	const char *out;
} copies[] = {
	{"<message xmlns='jabber:client'><body>x</body></message>",
		"<message><body>x</body></message>"},
	{"<p:message xmlns:p='jabber:server'><p:body/></p:message>",
		"<message><body/></message>"},
	{"<iq xml:lang='de' xmlns:a='u' a:b='1' c='2'><xml:d/></iq>",
		"<iq xml:lang='de' xmlns:a1='u' a1:b='1' c='2'><xml:d/></iq>"},
	{"<iq><x xmlns='u'>a<y xmlns=''><z/></y>b</x></iq>",
		"<iq><x xmlns='u'>a<y xmlns=''><z/></y>b</x></iq>"},
	{"<iq a='&#38;#38;&amp;lt;'/>", "<iq a='&amp;#38;&amp;lt;'/>"},
	{"<iq><x xmlns='a&amp;b'/></iq>", "<iq><x xmlns='a&amp;b'/></iq>"},
	{"<iq><![CDATA[<&]]>&#x41;<!-- c -->B</iq>", "<iq>&lt;&amp;AB</iq>"},
	/* What libxml2 only warns of must not reach a stream of ours. */
	{"<iq xmlns:a='u' xmlns:b='u' a:x='1' b:x='2'/>",
		"<iq xmlns:a1='u' a1:x='1'/>"},
	{"<iq xmlns:a='u'><a:b:c a:d:e='1'/></iq>",
		"<iq><b_c xmlns='u'/></iq>"},
};

static void a_parsed_stanza_is_written_as_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
		struct events e;
		struct slice log;

		events_init(&e, NULL);
		parser_feed(e.parser, EVENTS_HEADER, strlen(EVENTS_HEADER));
		parser_feed(e.parser, copies[i].in, strlen(copies[i].in));
		log = buf_slice(&e.log);
		slice_cut(&log, '\n');
		buf_reset(&out, 4096);
		buf_addf(&out, "stanza %s\n", copies[i].out);
		if (!slice_eq(log, buf_slice(&out))) {
			print_error(
				"%s gave %.*s\n", copies[i].in, SLICE_ARG(log));
		}
		assert_true(slice_eq(log, buf_slice(&out)));
		events_finish(&e);
	}
}

static void what_is_too_deep_is_left_out(void **state)
{
	struct elem e[XW_DEPTH + 6] = {0};

	(void)state;
	for (unsigned i = 0; i < XW_DEPTH + 6; i++) {
		e[i].name = "a";
		e[i].xmlns = "";
		e[i].first = i + 1 < XW_DEPTH + 6 ? &e[i + 1] : NULL;
	}
	xw_init(&w, &out, "");
	xw_copy(&w, &e[0]);
	assert_int_equal(w.depth, 0);
	assert_int_equal(out.len, (XW_DEPTH - 1) * 7 + 4);
}

static void an_overflow_stays_to_be_seen(void **state)
{
	struct buf tiny;

	(void)state;
	buf_init(&tiny, 20);
	xw_init(&w, &tiny, "");
	xw_start(&w, "message", NS_NONE);
	xw_text(&w, "far too long a text for it");
	xw_end(&w);
	assert_true(tiny.overflow);
	assert_true(tiny.len <= 20);
	buf_finish(&tiny);
}

static const struct {
	const char *in;
	const char *out;
} masks[] = {
	{"<iq><password>x&lt;y</password><b>c</b></iq>",
		"<iq><password>***</password><b>c</b></iq>"},
	{"<handshake>abc</handshake>", "<handshake>***</handshake>"},
	{"<x><password xmlns='u' a='b'>s", "<x><password xmlns='u' a='b'>***"},
	{"<password/><passwords>a</passwords>",
		"<password/><passwords>a</passwords>"},
	{"<field var='password' type='t'><value>s</value></field>"
	 "<field var='nick'><value>n</value></field>",
		"<field var='password' type='t'><value>***</value></field>"
		"<field var='nick'><value>n</value></field>"},
	{"<secret>a</secret><key>b</key>text",
		"<secret>***</secret><key>***</key>text"},
	{"<passwo", "<passwo"},
	{"", ""},
};

static void secrets_are_masked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
		buf_reset(&out, 4096);
		mask_secrets(&out, slice_str(masks[i].in));
		assert_string_equal(buf_cstr(&out), masks[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_namespace_is_written_where_it_changes, begin, end),
		cmocka_unit_test_setup_teardown(
			text_cannot_break_out, begin, end),
		cmocka_unit_test_setup_teardown(
			a_parsed_stanza_is_written_as_it_was, begin, end),
		cmocka_unit_test_setup_teardown(
			what_is_too_deep_is_left_out, begin, end),
		cmocka_unit_test_setup_teardown(
			an_overflow_stays_to_be_seen, begin, end),
		cmocka_unit_test_setup_teardown(secrets_are_masked, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
