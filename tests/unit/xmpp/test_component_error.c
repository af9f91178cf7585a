/* SPDX-License-Identifier: MIT */
#include "tests/unit/xmpp/component_fixture.h"

/* Stream errors, and what follows from each: PROTOCOL A.2. */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_stream_error_has_its_reaction),
		TEST(a_configuration_fault_is_logged_once),
		TEST(a_conflict_backs_off_from_five_seconds),
		TEST(an_error_may_come_with_an_empty_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
