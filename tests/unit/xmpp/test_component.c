/* SPDX-License-Identifier: MIT */
#include "tests/unit/xmpp/component_fixture.h"

/* The opening of the stream, what is read on it, and ends from inside a
 * callback: PROTOCOL A.1. */

static void the_opening_is_exactly_this(void **state)
{
	(void)state;
	STATE("IDLE");
	component_start(w.c);
	STATE("CONNECTING");
	DID("connect\n");
	component_connected(w.c);
	STATE("OPENING");
	DID("write " HEADER "\n");
	say("<?xml version='1.0'?>" SERVER_HEADER("3BF96D32"));
	STATE("HANDSHAKE");
	/* printf 3BF96D32s3cr3t | sha1sum */
	DID("write <handshake>ba33290100f616a33656a931798d6c9011cfa840"
	    "</handshake>\n");
	say("<handshake/>");
	STATE("ONLINE");
	DID("online\n");
	LOGGED("info component online");
}

static void the_id_is_hashed_after_unescaping(void **state)
{
	char hash[SHA1_HEX];
	char want[100];

	(void)state;
	component_start(w.c);
	component_connected(w.c);
	forget();
	say(SERVER_HEADER("a&amp;&#x42;&apos;\xc3\xa9"));
	crypto_sha1_hex(slice_str("a&B'\xc3\xa9"), slice_str("s3cr3t"), hash);
	snprintf(want, sizeof want, "write <handshake>%s</handshake>\n", hash);
	DID(want);
}

static void features_before_the_answer_are_skipped(void **state)
{
	(void)state;
	component_start(w.c);
	to_handshake();
	forget();
	say("<stream:features><mechanisms "
	    "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></stream:features>");
	STATE("HANDSHAKE");
	say("<message id='early'/>");
	DID("");
	say("<handshake xmlns='jabber:client'/>");
	STATE("ONLINE");
}

static void no_answer_for_thirty_seconds_is_a_failure(void **state)
{
	(void)state;
	component_start(w.c);
	forget();
	wait_ms(29999);
	DID("");
	wait_ms(1);
	STATE("WAITING");
	DID("close\n");
	wait_ms(1000);
	component_connected(w.c);
	forget();
	wait_ms(30000);
	STATE("WAITING");
	DID("close\n");
	wait_ms(2000);
	to_handshake();
	forget();
	wait_ms(30000);
	STATE("WAITING");
	DID("close\n");
}

static void stanzas_are_read_and_written_only_online(void **state)
{
	(void)state;
	assert_int_equal(component_send(w.c, "<iq/>", 5), ERR_WRONG_STATE);
	component_start(w.c);
	assert_int_equal(component_send(w.c, "<iq/>", 5), ERR_WRONG_STATE);
	to_handshake();
	assert_int_equal(component_send(w.c, "<iq/>", 5), ERR_WRONG_STATE);
	say("<handshake/>");
	forget();
	w.in_stanza = SEND;
	say("<message id='a'/><iq xmlns='jabber:client' id='b'/>");
	DID("stanza a\nwrite <iq/>\nstanza b\nwrite <iq/>\n");
	assert_int_equal(component_stats(w.c)->stanzas_in, 2);
	assert_int_equal(component_stats(w.c)->stanzas_out, 2);
	assert_int_equal(component_stats(w.c)->connects, 1);
}

static void a_stanza_over_a_limit_is_dropped_and_told(void **state)
{
	(void)state;
	to_online();
	say("<message id='big' from='a'>");
	for (int i = 0; i < 300; i++) {
		char text[1024];

		memset(text, 'x', sizeof text);
		component_input(w.c, text, sizeof text);
	}
	say("</message><message id='next'/>");
	DID("dropped big\nstanza next\n");
	LOGGED("dropped a stanza over a limit from=a");
	assert_int_equal(component_stats(w.c)->dropped, 1);
}

static void bad_xml_is_answered_and_the_stream_left(void **state)
{
	static const struct {
		const char *in;
		const char *condition;
	} bad[] = {
		{"<message></iq>", "not-well-formed"},
		{"<message>&x;</message>", "restricted-xml"},
		{"<p:iq/>", "bad-namespace-prefix"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char want[300];

		to_online();
		say(bad[i].in);
		STATE("WAITING");
		snprintf(want, sizeof want,
			"write <stream:error><%s xmlns='urn:ietf:params:xml:ns:"
			"xmpp-streams'/></stream:error>" END
			"\nclose\noffline\n",
			bad[i].condition);
		DID(want);
		LOGGED(bad[i].condition);
		component_stop(w.c);
	}
}

/* ---- inside callbacks ---- */

static void it_may_be_stopped_while_it_reads(void **state)
{
	(void)state;
	to_online();
	w.in_stanza = STOP;
	say("<message id='a'/><message id='b'/>");
	STATE("CLOSING");
	DID("stanza a\nwrite " END "\n");
	say(END);
	DID("close\nstopped\n");
}

static void the_link_may_be_lost_while_it_reads(void **state)
{
	(void)state;
	to_online();
	w.in_stanza = LOST;
	say("<message id='a'/><message id='b'/>");
	DID("stanza a\noffline\n");
	STATE("WAITING");
}

/* Whatever was being written: afterwards it waits, and was told once. */
static void the_link_may_be_lost_while_it_writes(void **state)
{
	static const char *const last_words[] = {
		STREAM_ERROR("reset"), END, "<message></iq>"};

	(void)state;
	for (size_t i = 0; i < sizeof last_words / sizeof *last_words; i++) {
		const char *offline;

		to_online();
		w.write_fails = true;
		say(last_words[i]);
		STATE("WAITING");
		offline = strstr(buf_cstr(&w.did), "offline");
		assert_non_null(offline);
		assert_null(strstr(offline + 1, "offline"));
		w.write_fails = false;
		component_stop(w.c);
	}
	w.write_fails = true;
	component_start(w.c);
	component_connected(w.c);
	STATE("WAITING");
	w.write_fails = false;
	component_stop(w.c);
	to_online();
	w.write_fails = true;
	wait_ms(60000); /* a space */
	STATE("WAITING");
}

static void it_may_start_over_while_it_reads(void **state)
{
	(void)state;
	to_online();
	w.in_stanza = RESTART;
	w.restart_when_stopped = true;
	w.connects_at_once = true;
	say("<message id='a'/><message id='b'/>");
	STATE("OPENING");
	DID("stanza a\nwrite " END "\nstopped\nconnect\nwrite " HEADER "\n");
	say(SERVER_HEADER("2"));
	STATE("HANDSHAKE");
}

static void long_last_words_are_logged_in_pieces(void **state)
{
	char text[5000];

	(void)state;
	to_online();
	memset(text, 'x', sizeof text);
	assert_int_equal(component_send(w.c, text, sizeof text), ERR_OK);
	forget();
	say(STREAM_ERROR("policy-violation"));
	/* 2048 bytes in lines of 800 at most. */
	assert_true(w.log.len > 2048 && w.log.len < 2600);
	LOGGED("last written");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_opening_is_exactly_this),
		TEST(the_id_is_hashed_after_unescaping),
		TEST(features_before_the_answer_are_skipped),
		TEST(no_answer_for_thirty_seconds_is_a_failure),
		TEST(stanzas_are_read_and_written_only_online),
		TEST(a_stanza_over_a_limit_is_dropped_and_told),
		TEST(bad_xml_is_answered_and_the_stream_left),
		TEST(it_may_be_stopped_while_it_reads),
		TEST(the_link_may_be_lost_while_it_reads),
		TEST(the_link_may_be_lost_while_it_writes),
		TEST(it_may_start_over_while_it_reads),
		TEST(long_last_words_are_logged_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
