/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

static void stamps_are_dates_of_our_calendar(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00Z"},
		{86399, "1970-01-01T23:59:59Z"},
		{86400, "1970-01-02T00:00:00Z"},
		{951782399, "2000-02-28T23:59:59Z"},
		{951782400, "2000-02-29T00:00:00Z"}, /* by 400: a leap year */
		{951868800, "2000-03-01T00:00:00Z"},
		{1709164800, "2024-02-29T00:00:00Z"},
		{1735689599, "2024-12-31T23:59:59Z"},
		{1735689600, "2025-01-01T00:00:00Z"},
		{1767225600, "2026-01-01T00:00:00Z"},
		{2147483647, "2038-01-19T03:14:07Z"},
		{2147483648, "2038-01-19T03:14:08Z"},
		{4107542399, "2100-02-28T23:59:59Z"},
		{4107542400, "2100-03-01T00:00:00Z"}, /* by 100: none */
		{253402300799, "9999-12-31T23:59:59Z"},
	};
	char text[OUT_STAMP];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		out_stamp(cases[i].seconds * 1000, text);
		assert_string_equal(text, cases[i].text);
		out_stamp(cases[i].seconds * 1000 + 999, text);
		assert_string_equal(text, cases[i].text);
	}
}

/* RFC 4122 4.4, whatever the random bytes are. */
static void ids_have_the_form_of_a_random_uuid(void **state)
{
	char text[OUT_UUID];

	(void)state;
	out_uuid(fix.core, text);
	assert_string_equal(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

/* ---- errors ---- */

static void answer_with_error(const struct stanza *s)
{
	out_error(fix.core, s, E_FORBIDDEN, "No <way>.");
}

static void answer_with_result(const struct stanza *s)
{
	struct xw *w = out_result(fix.core, s);

	for (int i = 0; i < 20000; i++) {
		xw_elem(w, "item", NS_NONE, slice_str("an item of the answer"));
	}
	out_answer(fix.core, s);
}

static size_t answer_bytes; /* of the text in it */

static void answer_with_text(const struct stanza *s)
{
	static char text[300000];
	struct xw *w = out_result(fix.core, s);

	memset(text, 'x', sizeof text);
	xw_elem(w, "item", NS_NONE, slice(text, answer_bytes));
	out_answer(fix.core, s);
}

/* The last bytes are those that the address takes. */
static void an_answer_of_any_size_is_one_stanza(void **state)
{
	size_t most = fix.config.max_stanza;

	(void)state;
	fix.hook = answer_with_text;
	for (answer_bytes = most - 300; answer_bytes < most + 10;
		answer_bytes++) {
		fix.sent = 0;
		fix_jabber("<iq from='a@home/x' to='gw' id='i1' type='get'>"
			   "<query xmlns='jabber:iq:version'/></iq>");
		assert_int_equal(fix.sent, 1);
		assert_true(fix.last.len <= most);
	}
	assert_true(fix_last_has("<not-acceptable"));
}

static void an_error_goes_back_to_the_sender_with_id_and_payload(void **state)
{
	(void)state;
	fix.hook = answer_with_error;
	fix_jabber("<iq from='a@home/x' to='#c%net@gw' id='i1' type='get'>"
		   "<query xmlns='jabber:iq:version'/></iq>");
	assert_int_equal(fix.sent, 1);
	assert_true(fix_last_has("to='a@home/x'"));
	assert_true(fix_last_has("from='#c%net@gw'"));
	assert_true(fix_last_has("id='i1' type='error'"));
	assert_true(fix_last_has("<query xmlns='jabber:iq:version'/>"));
	assert_true(fix_last_has("code='403' type='auth'"));
	assert_true(fix_last_has("No &lt;way&gt;.</text>"));
}

static void no_password_is_ever_echoed(void **state)
{
	static const char *const stanzas[] = {
		"<iq from='a@home/x' to='gw' id='1' type='set'>"
		"<query xmlns='jabber:iq:register'><username>a</username>"
		"<password>hunter2</password></query></iq>",
		"<iq from='a@home/x' to='gw' id='1' type='set'>"
		"<query xmlns='jabber:iq:register'><x xmlns='jabber:x:data'>"
		"<field var='pass'><value>hunter2</value></field></x></query>"
		"</iq>",
		"<iq from='a@home/x' to='gw' id='1' type='set'>"
		"<deep xmlns='urn:x'><a><b><secret>hunter2</secret></b></a>"
		"</deep></iq>",
		"<presence from='a@home/x' to='#c%net@gw/a'>"
		"<x xmlns='http://jabber.org/protocol/muc'>"
		"<password>hunter2</password></x></presence>",
		"<message from='a@home/x' to='#c%net@gw'><body>hi</body>"
		"<x xmlns='http://jabber.org/protocol/muc#user'>"
		"<password>hunter2</password></x></message>",
	};

	(void)state;
	fix.hook = answer_with_error;
	for (size_t i = 0; i < COUNT(stanzas); i++) {
		fix_jabber(stanzas[i]);
		assert_int_equal(fix.sent, i + 1);
		assert_true(fix_last_has("type='error'"));
		assert_false(fix_last_has("hunter2"));
		assert_false(fix_last_has("password"));
	}
}

/* ... nor what is so large that writing it would cost others time. */
static void nothing_large_is_echoed(void **state)
{
	static const struct {
		const char *part;
		unsigned times;
		bool echoed;
	} cases[] = {
		{"<a/>", 1000, true},
		{"<a/>", 30000, false},
		{"t<e/>", 30000, false},
		{"a long text, ", 600, true},
		{"a long text, ", 700, false},
		{"<e a='an attribute of forty bytes, or so...'/>", 150, true},
		{"<e a='an attribute of forty bytes, or so...'/>", 200, false},
	};
	struct buf xml;

	(void)state;
	fix.hook = answer_with_error;
	buf_init(&xml, 1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&xml, SIZE_MAX);
		buf_add_str(&xml, "<iq from='a@home/x' to='gw' id='1' "
			"type='get'><query xmlns='urn:x'>");
		for (unsigned n = 0; n < cases[i].times; n++) {
			buf_add_str(&xml, cases[i].part);
		}
		buf_add_str(&xml, "</query></iq>");
		fix_jabber(buf_cstr(&xml));
		assert_true(fix_last_has("type='error'"));
		/* Its first tag says what it is about, in any case. */
		assert_true(fix_last_has("<query xmlns='urn:x'"));
		assert_int_equal(fix_last_has("</query>"), cases[i].echoed);
	}
	buf_finish(&xml);
}

/* RFC 6120 8.3.1: else two sides answer each other for ever. */
static void errors_and_results_are_never_answered(void **state)
{
	(void)state;
	fix.hook = answer_with_error;
	fix_jabber("<message from='a@home/x' to='gw' type='error'/>");
	fix_jabber("<presence from='a@home/x' to='gw' type='error'/>");
	fix_jabber("<iq from='a@home/x' to='gw' id='1' type='error'/>");
	fix_jabber("<iq from='a@home/x' to='gw' id='1' type='result'/>");
	assert_int_equal(fix.sent, 0);
}

static void an_answer_above_the_limit_becomes_an_error(void **state)
{
	(void)state;
	fix.hook = answer_with_result;
	fix_jabber("<iq from='a@home/x' to='#c%net@gw' id='i1' type='get'>"
		   "<query xmlns='http://jabber.org/protocol/disco#items'/>"
		   "</iq>");
	assert_int_equal(fix.sent, 1);
	assert_true(fix_last_has("id='i1' type='error'"));
	assert_true(fix_last_has("not-acceptable"));
}

static void an_error_too_large_with_its_payload_goes_without(void **state)
{
	struct buf xml;

	(void)state;
	fix.hook = answer_with_error;
	buf_init(&xml, 1 << 20);
	buf_add_str(&xml,
		"<message from='a@home/x' to='gw' id='m1'><body>");
	/* Escaped it is five times as long. */
	for (int i = 0; i < 60000; i++) {
		buf_add_str(&xml, "'\">");
	}
	buf_add_str(&xml, "</body></message>");
	fix_jabber(buf_cstr(&xml));
	assert_int_equal(fix.sent, 1);
	assert_true(fix_last_has("id='m1' type='error'"));
	assert_true(fix.last.len < 1000);
	buf_finish(&xml);
}

/* ---- while the component is away (A.3) ---- */

static void say(struct user *u, const char *text)
{
	out_message(fix.core, u, "#c%net@gw", "a@home", "chat",
		slice(NULL, 0), slice_str(text));
}

static void messages_wait_for_the_component_with_their_time(void **state)
{
	struct user *u = user_get(fix.core, "a@home");

	(void)state;
	fix.core->online = false;
	say(u, "first");
	assert_int_equal(fix.sent, 0);
	out_message(fix.core, NULL, "gw", "a@home", "chat", slice(NULL, 0),
		slice_str("to nobody in particular"));
	fix.core->online = true;
	out_flush(u);
	assert_int_equal(fix.sent, 1);
	assert_true(fix_last_has("<body>first</body>"));
	assert_true(fix_last_has("stamp='2026-01-01T00:00:00Z'"));
	assert_true(fix_last_has("</message>"));
}

static void the_queue_has_an_end(void **state)
{
	struct user *u = user_get(fix.core, "a@home");
	char text[32];

	(void)state;
	fix.core->online = false;
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "number %d", i);
		say(u, text);
	}
	assert_int_equal(u->nqueued, 100);
	fix.core->online = true;
	out_flush(u);
	assert_int_equal(fix.sent, 100);
	assert_true(fix_last_has("number 999"));
	assert_int_equal(u->nqueued, 0);
}

static void all_queues_together_have_an_end(void **state)
{
	struct buf text;
	char bare[32];

	(void)state;
	fix.core->online = false;
	buf_init(&text, 100000);
	for (int i = 0; i < 60000; i++) {
		buf_add_char(&text, 'x');
	}
	for (int i = 0; i < 30; i++) {
		snprintf(bare, sizeof bare, "user%d@home", i);
		for (int k = 0; k < 100; k++) {
			say(user_get(fix.core, bare), buf_cstr(&text));
		}
	}
	assert_true(fix.core->queued.bytes > 60 << 20);
	assert_true(fix.core->queued.bytes <= 64 << 20);
	/* Each has its part, and who comes last is heard, too. */
	say(user_get(fix.core, "late@home"), "one word");
	assert_int_equal(user_find(fix.core, "late@home")->nqueued, 1);
	out_drop(user_find(fix.core, "late@home"));
	for (int i = 0; i < 30; i++) {
		snprintf(bare, sizeof bare, "user%d@home", i);
		assert_in_range(user_find(fix.core, bare)->nqueued, 30, 44);
	}
	for (int i = 0; i < 30; i++) {
		snprintf(bare, sizeof bare, "user%d@home", i);
		out_drop(user_find(fix.core, bare));
	}
	assert_int_equal(fix.core->queued.bytes, 0);
	buf_finish(&text);
}

/* ---- text of strangers ---- */

static void text_from_irc_loses_codes_and_what_xml_forbids(void **state)
{
	(void)state;
	assert_true(slice_is(out_clean(fix.core,
				     slice_str("\x02" "bold\x0f \x03" "04red")),
		"bold red"));
	assert_true(slice_is(out_clean(fix.core, slice_str("caf\xe9\x01")),
		"caf\xc3\xa9"));
	assert_null(out_clean(fix.core, slice_str("")).p);
	assert_null(out_clean(fix.core, slice(NULL, 0)).p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stamps_are_dates_of_our_calendar),
		TEST(ids_have_the_form_of_a_random_uuid),
		TEST(an_answer_of_any_size_is_one_stanza),
		TEST(an_error_goes_back_to_the_sender_with_id_and_payload),
		TEST(no_password_is_ever_echoed),
		TEST(nothing_large_is_echoed),
		TEST(errors_and_results_are_never_answered),
		TEST(an_answer_above_the_limit_becomes_an_error),
		TEST(an_error_too_large_with_its_payload_goes_without),
		TEST(messages_wait_for_the_component_with_their_time),
		TEST(the_queue_has_an_end),
		TEST(all_queues_together_have_an_end),
		TEST(text_from_irc_loses_codes_and_what_xml_forbids),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
