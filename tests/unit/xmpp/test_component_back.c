/* SPDX-License-Identifier: MIT */
#include "tests/unit/xmpp/component_fixture.h"

/* Losing the stream, coming back, saying goodbye: PROTOCOL A.3. */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(delays_double_up_to_a_minute),
		TEST(delays_vary_by_a_fifth),
		TEST(a_minute_online_forgets_the_delay),
		TEST(a_lost_stream_is_told_and_opened_again),
		TEST(the_server_may_say_goodbye),
		TEST(stopping_waits_two_seconds_for_the_other),
		TEST(it_stops_from_any_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
