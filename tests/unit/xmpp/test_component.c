/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/log.h"
#include "xmpp/component.h"

/*
 * A component, a clock moved by hand, and a notebook of what it did: `connect`,
 * `close`, `online`, `offline`, `stopped`, `write TEXT`, `stanza TYPE`,
 * `dropped ID`, a line each; another of what it logged.
 */
static struct world {
	struct clock clock;
	struct component *c;
	struct buf did;
	struct buf log;
	unsigned random_percent; /* of the range, 50: no jitter */
	enum { NOTHING, SEND, STOP, LOST, RESTART } in_stanza;
	bool restart_when_stopped;
	bool connects_at_once;
	bool write_fails;
} w;

#define HEADER                                                                 \
	"<?xml version='1.0'?><stream:stream "                                 \
	"xmlns='jabber:component:accept' "                                     \
	"xmlns:stream='http://etherx.jabber.org/streams' "                     \
	"to='irc.example.com'>"
#define SERVER_HEADER(id)                                                      \
	"<stream:stream xmlns:stream="                                         \
	"'http://etherx.jabber.org/streams' "                                  \
	"xmlns='jabber:component:accept' from='irc.example.com' id='" id "'>"
#define STREAM_ERROR(condition)                                                \
	"<stream:error><" condition                                            \
	" xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
#define END "</stream:stream>"

static void note(const char *what, const char *p, size_t len)
{
	buf_add_str(&w.did, what);
	buf_add(&w.did, p, len);
	buf_add_char(&w.did, '\n');
}

static void io_connect(void *ctx)
{
	(void)ctx;
	note("connect", "", 0);
	if (w.connects_at_once) {
		component_connected(w.c);
	}
}

static void io_write(void *ctx, const char *p, size_t len)
{
	(void)ctx;
	note("write ", p, len);
	if (w.write_fails) {
		component_lost(w.c, ERR_IO);
	}
}

static void io_close(void *ctx)
{
	(void)ctx;
	note("close", "", 0);
}

static unsigned io_random(void *ctx, unsigned n)
{
	(void)ctx;
	assert_true(n >= 1);
	return (n - 1) * w.random_percent / 100;
}

static void on_online(void *ctx)
{
	(void)ctx;
	note("online", "", 0);
}

static void on_offline(void *ctx)
{
	(void)ctx;
	note("offline", "", 0);
}

static void on_stanza(void *ctx, const struct stanza *s)
{
	(void)ctx;
	note("stanza ", s->id ? s->id : "", s->id ? strlen(s->id) : 0);
	switch (w.in_stanza) {
	case SEND:
		assert_int_equal(component_send(w.c, "<iq/>", 5), ERR_OK);
		break;
	case STOP:
		component_stop(w.c);
		break;
	case LOST:
		component_lost(w.c, ERR_IO);
		break;
	case RESTART:
		component_stop(w.c);
		component_lost(w.c, ERR_CLOSED);
		break;
	default:
		break;
	}
}

static void on_dropped(void *ctx, const struct stanza *s, unsigned over)
{
	(void)ctx;
	assert_int_not_equal(over, 0);
	note("dropped ", s->id ? s->id : "", s->id ? strlen(s->id) : 0);
}

static void on_read(void *ctx)
{
	(void)ctx;
	note("read", "", 0);
}

static void on_stopped(void *ctx)
{
	(void)ctx;
	note("stopped", "", 0);
	if (w.restart_when_stopped) {
		w.restart_when_stopped = false;
		component_start(w.c);
	}
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	buf_addf(&w.log, "%s %s\n", log_level_name(level), line);
}

static int begin(void **state)
{
	static const struct component_config config = {
		.name = "irc.example.com",
		.secret = "s3cr3t",
		.server = "example.com",
	};
	static const struct component_io io = {
		.connect = io_connect,
		.write = io_write,
		.close = io_close,
		.random = io_random,
	};
	static const struct component_events events = {
		.on_online = on_online,
		.on_offline = on_offline,
		.on_stanza = on_stanza,
		.on_dropped = on_dropped,
		.on_stopped = on_stopped,
		.on_read = on_read,
	};

	(void)state;
	w = (struct world){.random_percent = 50};
	buf_init(&w.did, 1U << 20);
	buf_init(&w.log, 1U << 20);
	log_set_sink(on_log, NULL, LOG_INFO);
	clock_init(&w.clock, 1000000, 0);
	w.c = component_create(&config, &io, &events, &w.clock);
	return 0;
}

static int end(void **state)
{
	(void)state;
	component_destroy(w.c);
	clock_finish(&w.clock);
	buf_finish(&w.did);
	buf_finish(&w.log);
	log_set_sink(NULL, NULL, LOG_ERROR);
	return 0;
}

/* What it did since the last time it was asked. */
#define DID(text)                                                              \
	do {                                                                   \
		assert_string_equal(buf_cstr(&w.did), text);                   \
		buf_reset(&w.did, 4096);                                       \
	} while (0)

#define STATE(name)                                                            \
	assert_string_equal(component_state_name(component_state(w.c)), name)

#define LOGGED(text)	 assert_non_null(strstr(buf_cstr(&w.log), text))
#define NOT_LOGGED(text) assert_null(strstr(buf_cstr(&w.log), text))

static void forget(void)
{
	buf_reset(&w.did, 4096);
	buf_reset(&w.log, 4096);
}

static void say(const char *text)
{
	component_input(w.c, text, strlen(text));
}

static void wait_ms(uint64_t ms)
{
	clock_advance(&w.clock, w.clock.now_ms + ms, 0);
}

static void to_handshake(void)
{
	component_connected(w.c);
	say(SERVER_HEADER("3BF96D32"));
	STATE("HANDSHAKE");
}

static void to_online(void)
{
	component_start(w.c);
	to_handshake();
	say("<handshake/>");
	STATE("ONLINE");
	forget();
}

/* ---- A.1 ---- */

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

/* ---- A.2 ---- */

static const struct {
	const char *name;
	const char *error;
	bool online; /* else while the handshake is awaited */
	unsigned long delay_ms;
	const char *log;
} errors[] = {
	{"not-authorized", STREAM_ERROR("not-authorized"), false, 60000,
		"error component refused by the server, check component name "
		"and secret condition=not-authorized"},
	{"host-unknown", STREAM_ERROR("host-unknown"), false, 60000,
		"condition=host-unknown"},
	{"invalid-namespace", STREAM_ERROR("invalid-namespace"), false, 60000,
		"condition=invalid-namespace"},
	{"conflict before the answer", STREAM_ERROR("conflict"), false, 5000,
		"warn component conflict"},
	{"conflict on a running stream", STREAM_ERROR("conflict"), true, 60000,
		"error component conflict: another instance"},
	{"invalid-from", STREAM_ERROR("invalid-from"), true, 1000,
		"last written <iq><password>***</password></iq>"},
	{"improper-addressing", STREAM_ERROR("improper-addressing"), true, 1000,
		"error component last written"},
	{"not-well-formed", STREAM_ERROR("not-well-formed"), true, 1000,
		"error component last written"},
	{"xml-not-well-formed", STREAM_ERROR("xml-not-well-formed"), true, 1000,
		"error component last written"},
	{"policy-violation", STREAM_ERROR("policy-violation"), true, 1000,
		"error component last written"},
	{"restricted-xml", STREAM_ERROR("restricted-xml"), true, 1000,
		"error component last written"},
	{"system-shutdown", STREAM_ERROR("system-shutdown"), true, 1000,
		"condition=system-shutdown"},
	{"reset", STREAM_ERROR("reset"), true, 1000, "condition=reset"},
	{"one never heard of", STREAM_ERROR("made-up"), true, 1000,
		"condition=made-up"},
	{"text is logged",
		"<stream:error><reset xmlns='urn:ietf:params:xml:ns:"
		"xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:"
		"xmpp-streams'>be back soon</text></stream:error>",
		true, 1000, "condition=reset be back soon"},
	{"text before the condition",
		"<stream:error><text xmlns='urn:ietf:params:xml:ns:"
		"xmpp-streams'>no</text><not-authorized xmlns="
		"'urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
		false, 60000, "condition=not-authorized no"},
	{"bare text of old servers",
		"<stream:error>Disconnected</stream:error>", true, 1000,
		"condition=undefined-condition Disconnected"},
};

static void each_stream_error_has_its_reaction(void **state)
{
	static const char secret[] = "<iq><password>xyzzy</password></iq>";

	for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
		if (i > 0) {
			begin(state);
		}
		component_start(w.c);
		to_handshake();
		if (errors[i].online) {
			say("<handshake/>");
			assert_int_equal(
				component_send(w.c, secret, sizeof secret - 1),
				ERR_OK);
		}
		forget();
		say(errors[i].error);
		STATE("WAITING");
		DID(errors[i].online ? "write " END "\nclose\noffline\n"
				     : "write " END "\nclose\n");
		if (strstr(buf_cstr(&w.log), errors[i].log) == NULL) {
			print_error(
				"%s: %s\n", errors[i].name, buf_cstr(&w.log));
		}
		LOGGED(errors[i].log);
		NOT_LOGGED("xyzzy");
		wait_ms(errors[i].delay_ms - 1);
		DID("");
		wait_ms(1);
		DID("connect\n");
		if (i + 1 < sizeof errors / sizeof *errors) {
			end(state);
		}
	}
}

static void a_configuration_fault_is_logged_once(void **state)
{
	(void)state;
	component_start(w.c);
	for (int i = 0; i < 3; i++) {
		to_handshake();
		buf_reset(&w.log, 4096);
		say(STREAM_ERROR("not-authorized"));
		if (i == 0) {
			LOGGED("error component refused");
		} else {
			NOT_LOGGED("refused");
		}
		wait_ms(60000);
	}
	to_handshake();
	say("<handshake/>" STREAM_ERROR("reset"));
	wait_ms(60000);
	to_handshake();
	say(STREAM_ERROR("not-authorized"));
	LOGGED("error component refused");
}

static void a_conflict_backs_off_from_five_seconds(void **state)
{
	static const unsigned delays[] = {5, 10, 20, 40, 60, 60};

	(void)state;
	component_start(w.c);
	for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
		to_handshake();
		say(STREAM_ERROR("conflict"));
		forget();
		wait_ms(delays[i] * 1000 - 1);
		DID("");
		wait_ms(1);
		DID("connect\n");
	}
}

static void an_error_may_come_with_an_empty_id(void **state)
{
	(void)state;
	component_start(w.c);
	component_connected(w.c);
	forget();
	say(SERVER_HEADER("") STREAM_ERROR("host-unknown") END);
	STATE("WAITING");
	DID("write " END "\nclose\n");
}

/* ---- A.3 ---- */

static void check_delay(uint64_t ms)
{
	STATE("WAITING");
	forget();
	wait_ms(ms - 1);
	DID("");
	wait_ms(1);
	DID("connect\n");
}

static void delays_double_up_to_a_minute(void **state)
{
	static const unsigned delays[] = {1, 2, 4, 8, 16, 32, 60, 60};

	(void)state;
	component_start(w.c);
	for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
		buf_reset(&w.log, 4096);
		component_lost(w.c, ERR_REFUSED);
		LOGGED("cannot connect: connection refused");
		check_delay(delays[i] * 1000);
	}
}

static void delays_vary_by_a_fifth(void **state)
{
	(void)state;
	component_start(w.c);
	w.random_percent = 0;
	component_lost(w.c, ERR_REFUSED);
	check_delay(800);
	w.random_percent = 100;
	component_lost(w.c, ERR_REFUSED);
	check_delay(2400);
}

static void a_minute_online_forgets_the_delay(void **state)
{
	(void)state;
	component_start(w.c);
	for (int i = 0; i < 4; i++) {
		component_lost(w.c, ERR_REFUSED);
		wait_ms(8000);
	}
	to_handshake();
	say("<handshake/>");
	wait_ms(59000);
	component_lost(w.c, ERR_CLOSED);
	check_delay(16000);
	to_handshake();
	say("<handshake/>");
	wait_ms(60000);
	component_lost(w.c, ERR_CLOSED);
	check_delay(1000);
}

static void a_lost_stream_is_told_and_opened_again(void **state)
{
	(void)state;
	to_online();
	component_lost(w.c, ERR_CLOSED);
	DID("offline\n");
	STATE("WAITING");
	/* News of the old link: nothing. */
	say("<message id='late'/>");
	component_lost(w.c, ERR_CLOSED);
	component_connected(w.c);
	DID("");
	wait_ms(1000);
	DID("connect\n");
	to_handshake();
	say("<handshake/>");
	forget();
	say("<message id='again'/>");
	DID("stanza again\n");
}

static void the_server_may_say_goodbye(void **state)
{
	(void)state;
	to_online();
	say(END);
	STATE("WAITING");
	DID("write " END "\nclose\noffline\n");
}

static void stopping_waits_two_seconds_for_the_other(void **state)
{
	(void)state;
	to_online();
	component_stop(w.c);
	STATE("CLOSING");
	DID("write " END "\n");
	say("<message id='late'/>");
	component_stop(w.c);
	DID("");
	say(END);
	STATE("STOPPED");
	DID("close\nstopped\n");
	component_start(w.c);
	to_handshake();
	component_stop(w.c);
	forget();
	wait_ms(1999);
	DID("");
	wait_ms(1);
	STATE("STOPPED");
	DID("close\nstopped\n");
	component_stop(w.c);
	DID("");
	assert_int_equal(clock_next(&w.clock), -1);
}

static void it_stops_from_any_state(void **state)
{
	(void)state;
	component_stop(w.c);
	DID("stopped\n");
	component_start(w.c);
	forget();
	component_stop(w.c);
	DID("close\nstopped\n");
	component_start(w.c);
	component_lost(w.c, ERR_DNS);
	forget();
	component_stop(w.c);
	DID("stopped\n");
	component_start(w.c);
	component_connected(w.c);
	component_stop(w.c);
	forget();
	component_lost(w.c, ERR_CLOSED);
	DID("stopped\n");
	to_online();
	component_stop(w.c);
	forget();
	say("</wrong>");
	DID("close\nstopped\n");
}

/* ---- A.4 ---- */

static void a_space_breaks_the_silence(void **state)
{
	(void)state;
	to_online();
	wait_ms(59999);
	DID("");
	wait_ms(1);
	DID("write  \n");
	say(" ");
	wait_ms(30000);
	assert_int_equal(component_send(w.c, "<iq/>", 5), ERR_OK);
	forget();
	wait_ms(59999);
	DID("");
	wait_ms(1);
	DID("write  \n");
}

#define PING_N(n)                                                              \
	"write <iq type='get' from='irc.example.com' to='example.com' "        \
	"id='isthmus-" n "'><ping xmlns='urn:xmpp:ping'/></iq>\n"

static void silence_is_asked_and_then_left(void **state)
{
	(void)state;
	to_online();
	wait_ms(60000);
	forget();
	wait_ms(60000);
	assert_non_null(strstr(buf_cstr(&w.did), PING_N("1")));
	forget();
	wait_ms(29999);
	DID("");
	wait_ms(1);
	STATE("WAITING");
	DID("close\noffline\n");
	LOGGED("the server does not answer");
}

static void result_and_error_both_count_as_alive(void **state)
{
	static const char *const answers[] = {
		"<iq type='result' from='example.com' to='irc.example.com' "
		"id='isthmus-1'/>",
		"<iq type='error' from='example.com' to='irc.example.com' "
		"id='isthmus-2'><error code='503'/></iq>",
	};

	(void)state;
	to_online();
	for (size_t i = 0; i < 2; i++) {
		wait_ms(120000);
		assert_non_null(strstr(
			buf_cstr(&w.did), i == 0 ? PING_N("1") : PING_N("2")));
		wait_ms(10000);
		forget();
		say(answers[i]);
		DID(""); /* nobody else is shown our ping's answer */
		STATE("ONLINE");
	}
	/* Somebody else's answer of that id is a stanza. */
	say("<iq type='result' from='eve@example.com' id='isthmus-2'/>");
	DID("stanza isthmus-2\n");
}

#define MARK_N(n)                                                              \
	"write <iq type='get' from='irc.example.com' to='example.com' "        \
	"id='isthmus-mark-" n "'><ping xmlns='urn:xmpp:ping'/></iq>\n"
#define MARK_ANSWER(n)                                                         \
	"<iq type='result' from='example.com' to='irc.example.com' "           \
	"id='isthmus-mark-" n "'/>"

static void send_bytes(size_t len)
{
	char stanza[1024];

	memset(stanza, ' ', sizeof stanza);
	for (; len > 0; len -= sizeof stanza) {
		assert_int_equal(
			component_send(w.c, stanza, sizeof stanza), ERR_OK);
	}
}

static bool has_mark(const char *mark)
{
	return strstr(buf_cstr(&w.did), mark) != NULL;
}

static void marks_tell_what_was_read(void **state)
{
	(void)state;
	to_online();
	send_bytes(31 * 1024);
	assert_false(has_mark("isthmus-mark"));
	assert_int_equal(component_unread(w.c), 31 * 1024);
	send_bytes(1024);
	assert_true(has_mark(MARK_N("1")));
	send_bytes(40 * 1024); /* one at a time */
	assert_false(has_mark(MARK_N("2")));
	assert_int_equal(component_unread(w.c), 72 * 1024);
	forget();
	say(MARK_ANSWER("1"));
	DID(MARK_N("2") "read\n");
	assert_int_equal(component_unread(w.c), 40 * 1024);
	forget();
	say(MARK_ANSWER("2"));
	DID("read\n");
	assert_int_equal(component_unread(w.c), 0);
	say(MARK_ANSWER("2")); /* twice is nothing */
	DID("");
}

static void who_answers_no_mark_is_not_waited_for(void **state)
{
	(void)state;
	to_online();
	send_bytes(64 * 1024);
	forget();
	wait_ms(1999);
	assert_int_equal(component_unread(w.c), 64 * 1024);
	wait_ms(1);
	DID("read\n");
	assert_int_equal(component_unread(w.c), 0);
	forget();
	send_bytes(64 * 1024);
	assert_false(has_mark("isthmus-mark"));
	assert_int_equal(component_unread(w.c), 0);
}

/* It has answered before, so it is only slow. */
static void a_late_answer_is_no_answer(void **state)
{
	(void)state;
	to_online();
	send_bytes(32 * 1024);
	say(MARK_ANSWER("1"));
	send_bytes(32 * 1024);
	wait_ms(2000);
	assert_int_equal(component_unread(w.c), 0);
	say(MARK_ANSWER("2"));
	forget();
	send_bytes(32 * 1024);
	assert_true(has_mark(MARK_N("3")));
	component_lost(w.c, ERR_CLOSED);
	assert_int_equal(component_unread(w.c), 0);
}

static void any_input_is_a_sign_of_life(void **state)
{
	(void)state;
	to_online();
	for (int i = 0; i < 10; i++) {
		wait_ms(100000);
		say(" ");
	}
	assert_null(strstr(buf_cstr(&w.did), "ping"));
	STATE("ONLINE");
	wait_ms(125000);
	wait_ms(20000);
	say(" "); /* instead of an answer */
	wait_ms(29000);
	STATE("ONLINE");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

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
		TEST(each_stream_error_has_its_reaction),
		TEST(a_configuration_fault_is_logged_once),
		TEST(a_conflict_backs_off_from_five_seconds),
		TEST(an_error_may_come_with_an_empty_id),
		TEST(delays_double_up_to_a_minute),
		TEST(delays_vary_by_a_fifth),
		TEST(a_minute_online_forgets_the_delay),
		TEST(a_lost_stream_is_told_and_opened_again),
		TEST(the_server_may_say_goodbye),
		TEST(stopping_waits_two_seconds_for_the_other),
		TEST(it_stops_from_any_state),
		TEST(a_space_breaks_the_silence),
		TEST(silence_is_asked_and_then_left),
		TEST(result_and_error_both_count_as_alive),
		TEST(marks_tell_what_was_read),
		TEST(who_answers_no_mark_is_not_waited_for),
		TEST(a_late_answer_is_no_answer),
		TEST(any_input_is_a_sign_of_life),
		TEST(it_may_be_stopped_while_it_reads),
		TEST(the_link_may_be_lost_while_it_reads),
		TEST(the_link_may_be_lost_while_it_writes),
		TEST(it_may_start_over_while_it_reads),
		TEST(long_last_words_are_logged_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
