/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "mapping/advice.h"
#include "mapping/errmap.h"

/* Does errmap know this numeric for this kind of request? */
static bool is_error(enum advice_for what, int numeric)
{
	struct fault fault;

	switch (what) {
	case ADVICE_JOIN:
		return errmap_join(numeric, slice_str("#c"), slice_str("x"),
			&fault);
	case ADVICE_NICK:
		return errmap_nick(numeric, &fault);
	case ADVICE_ROOM:
		return errmap_message(numeric, true, false, &fault);
	case ADVICE_PERSON:
		return errmap_message(numeric, false, true, &fault);
	case ADVICE_INVITE:
		return errmap_invite(numeric, &fault);
	case ADVICE_KNOCK:
		return errmap_knock(numeric, &fault);
	case ADVICE_CONNECT: /* those that end a registration (E) */
		return numeric == 432 || numeric == 433 || numeric == 436 ||
			numeric == 437 || (numeric >= 463 && numeric <= 466);
	default:
		return errmap_channel(numeric, &fault) ||
			errmap_moderation(numeric, false, &fault);
	}
}

static const enum advice_for kinds[] = {ADVICE_JOIN, ADVICE_NICK, ADVICE_ROOM,
	ADVICE_PERSON, ADVICE_INVITE, ADVICE_CHANNEL, ADVICE_KNOCK,
	ADVICE_CONNECT};

/* Of a whole sentence, so that it stands before what the server said. */
static void is_advice(const char *text, const char *about)
{
	if (text == NULL) {
		fail_msg("%s: no advice", about);
	} else if (text[strlen(text) - 1] != '.') {
		fail_msg("%s: \"%s\" is no sentence", about, text);
	} else if (strstr(text, ". ") == NULL && strstr(text, ": ") == NULL) {
		fail_msg("%s: \"%s\" does not say what to do", about, text);
	}
}

static void each_refusal_says_what_to_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		for (int numeric = 0; numeric < 1000; numeric++) {
			char about[40];

			snprintf(about, sizeof about, "kind %u, %d",
				(unsigned)kinds[i], numeric);
			if (is_error(kinds[i], numeric)) {
				is_advice(advice(kinds[i], numeric), about);
			}
		}
	}
}

static void nothing_is_advised_where_nothing_is_refused(void **state)
{
	static const int many[] = {263, 439, 461}; /* for every kind */

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		for (int numeric = 0; numeric < 1000; numeric++) {
			bool any = kinds[i] != ADVICE_CONNECT &&
				(numeric == many[0] || numeric == many[1] ||
					numeric == many[2]);

			if (!any && !is_error(kinds[i], numeric) &&
				advice(kinds[i], numeric) != NULL) {
				fail_msg("kind %u, %d is too much",
					(unsigned)kinds[i], numeric);
			}
		}
	}
}

/* PROTOCOL F.3, but for those of accounts: mapping/command/signup.c has them. */
static void each_fail_says_what_to_do(void **state)
{
	static const char *const codes[] = {"ACCOUNT_REQUIRED_TO_JOIN",
		"INVALID_TARGET", "UNKNOWN_MSGID", "REDACT_WINDOW_EXPIRED",
		"REDACT_FORBIDDEN", "CANNOT_SEND",
		"INVALID_REALNAME", "CANNOT_CHANGE_REALNAME", "KEY_NO_PERMISSION",
		"RATE_LIMITED", "LIMIT_REACHED", "TOO_MANY_TARGETS",
		"NEED_MORE_PARAMS", "INVALID_PARAMS", "INVALID_UTF8",
		"MESSAGE_TOO_LONG", "MULTILINE_MAX_LINES", "VALUE_INVALID",
		"KEY_INVALID", "CHANNEL_NAME_IN_USE", "CHANNEL_RENAMED",
		"INTERNAL_ERROR", "TEMPORARILY_UNAVAILABLE"};

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
		is_advice(advice_fail(slice_str(codes[i])), codes[i]);
	}
	assert_null(advice_fail(slice_str("SOMETHING_NEW")));
	assert_null(advice_fail(slice_str("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_refusal_says_what_to_do),
		cmocka_unit_test(nothing_is_advised_where_nothing_is_refused),
		cmocka_unit_test(each_fail_says_what_to_do),
	};

	return cmocka_run_group_tests_name("advice", tests, NULL, NULL);
}
