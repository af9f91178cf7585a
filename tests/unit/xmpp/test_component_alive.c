/* SPDX-License-Identifier: MIT */
#include "tests/unit/xmpp/component_fixture.h"

/* Silence, and what the server has read: PROTOCOL A.4. */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_space_breaks_the_silence),
		TEST(silence_is_asked_and_then_left),
		TEST(result_and_error_both_count_as_alive),
		TEST(marks_tell_what_was_read),
		TEST(who_answers_no_mark_is_not_waited_for),
		TEST(a_late_answer_is_no_answer),
		TEST(any_input_is_a_sign_of_life),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
