/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "mapping/errmap.h"

struct row {
	int numeric;
	enum stanza_error error;
};

/* PROTOCOL D.2. */
static const struct row joins[] = {
	{263, E_RESOURCE_CONSTRAINT}, {403, E_NOT_ALLOWED},
	{405, E_RESOURCE_CONSTRAINT}, {437, E_RESOURCE_CONSTRAINT},
	{439, E_RESOURCE_CONSTRAINT}, {448, E_NOT_ALLOWED},
	{461, E_BAD_REQUEST}, {465, E_FORBIDDEN}, {470, E_REDIRECT},
	{471, E_ROOM_FULL}, {473, E_REGISTRATION_REQUIRED},
	{474, E_FORBIDDEN}, {475, E_NOT_AUTHORIZED}, {476, E_NOT_ALLOWED},
	{477, E_REGISTRATION_REQUIRED}, {479, E_NOT_ALLOWED},
	{480, E_RESOURCE_CONSTRAINT}, {484, E_FORBIDDEN},
	{489, E_NOT_ALLOWED}, {490, E_NOT_ALLOWED},
	{495, E_RESOURCE_CONSTRAINT}, {520, E_NOT_ALLOWED},
	{926, E_NOT_ALLOWED},
};

static const struct row nicks[] = {
	{431, E_JID_MALFORMED}, {432, E_JID_MALFORMED}, {433, E_CONFLICT},
	{435, E_NOT_ACCEPTABLE}, {436, E_CONFLICT}, {437, E_NOT_ACCEPTABLE},
	{438, E_NOT_ACCEPTABLE}, {447, E_NOT_ACCEPTABLE},
	{484, E_NOT_ACCEPTABLE},
};

/* PROTOCOL C.9, E: to a person that was seen before. */
static const struct row messages[] = {
	{263, E_RESOURCE_CONSTRAINT}, {401, E_RECIPIENT_UNAVAILABLE},
	{402, E_ITEM_NOT_FOUND}, {403, E_ITEM_NOT_FOUND}, {404, E_FORBIDDEN},
	{407, E_RESOURCE_CONSTRAINT}, {408, E_ITEM_NOT_FOUND},
	{411, E_BAD_REQUEST}, {412, E_BAD_REQUEST}, {413, E_BAD_REQUEST},
	{414, E_BAD_REQUEST}, {415, E_FORBIDDEN},
	{416, E_RESOURCE_CONSTRAINT}, {417, E_NOT_ACCEPTABLE},
	{439, E_RESOURCE_CONSTRAINT}, {440, E_ROOM_FULL},
	{442, E_NOT_ACCEPTABLE}, {477, E_FORBIDDEN}, {480, E_FORBIDDEN},
	{486, E_FORBIDDEN}, {487, E_FORBIDDEN}, {489, E_FORBIDDEN},
	{492, E_NOT_ALLOWED}, {493, E_FORBIDDEN},
	{494, E_FORBIDDEN}, {531, E_FORBIDDEN}, {716, E_FORBIDDEN},
	{936, E_NOT_ACCEPTABLE}, {937, E_NOT_ACCEPTABLE},
};

static const struct row channels[] = {
	{401, E_ITEM_NOT_FOUND}, {403, E_ITEM_NOT_FOUND},
	{441, E_ITEM_NOT_FOUND}, {442, E_NOT_ACCEPTABLE},
	{461, E_BAD_REQUEST}, {477, E_FEATURE_NOT_IMPLEMENTED},
	{481, E_FORBIDDEN}, {482, E_FORBIDDEN}, {484, E_FORBIDDEN},
	{485, E_FORBIDDEN}, {499, E_FORBIDDEN}, {744, E_FORBIDDEN},
	{974, E_FORBIDDEN},
};

/* PROTOCOL D.8. */
static const struct row invites[] = {
	{401, E_ITEM_NOT_FOUND}, {403, E_ITEM_NOT_FOUND},
	{407, E_RESOURCE_CONSTRAINT}, {439, E_RESOURCE_CONSTRAINT},
	{442, E_NOT_ACCEPTABLE}, {443, E_CONFLICT}, {473, E_FORBIDDEN},
	{482, E_FORBIDDEN}, {518, E_NOT_ALLOWED}, {716, E_FORBIDDEN},
};

static const struct row knocks[] = {
	{263, E_RESOURCE_CONSTRAINT}, {401, E_ITEM_NOT_FOUND},
	{403, E_ITEM_NOT_FOUND}, {421, E_FEATURE_NOT_IMPLEMENTED},
	{439, E_RESOURCE_CONSTRAINT}, {443, E_CONFLICT}, {461, E_BAD_REQUEST},
	{474, E_FORBIDDEN}, {480, E_NOT_ALLOWED}, {712, E_RESOURCE_CONSTRAINT},
	{713, E_CONFLICT}, {714, E_CONFLICT}, {715, E_NOT_ALLOWED},
};

/* PROTOCOL D.6, somebody of a lower rank. */
static const struct row moderations[] = {
	{263, E_RESOURCE_CONSTRAINT}, {401, E_ITEM_NOT_FOUND},
	{403, E_ITEM_NOT_FOUND}, {415, E_NOT_ACCEPTABLE},
	{441, E_ITEM_NOT_FOUND}, {442, E_NOT_ACCEPTABLE},
	{461, E_BAD_REQUEST}, {467, E_CONFLICT}, {468, E_NOT_ALLOWED},
	{472, E_FEATURE_NOT_IMPLEMENTED}, {477, E_FEATURE_NOT_IMPLEMENTED},
	{478, E_RESOURCE_CONSTRAINT}, {481, E_FORBIDDEN}, {482, E_FORBIDDEN},
	{483, E_FORBIDDEN}, {484, E_FORBIDDEN}, {485, E_FORBIDDEN},
	{488, E_NOT_ALLOWED}, {489, E_NOT_ALLOWED}, {490, E_NOT_ALLOWED},
	{491, E_FORBIDDEN}, {492, E_FORBIDDEN}, {499, E_FORBIDDEN},
	{501, E_FEATURE_NOT_IMPLEMENTED}, {525, E_NOT_ACCEPTABLE},
	{696, E_NOT_ACCEPTABLE}, {742, E_NOT_ALLOWED}, {743, E_NOT_ALLOWED},
	{744, E_FORBIDDEN}, {748, E_NOT_ALLOWED}, {972, E_NOT_ALLOWED},
	{974, E_FORBIDDEN},
};

enum kind { JOIN, NICK, MESSAGE, INVITE, KNOCK, CHANNEL, MODERATION };

static bool ask(enum kind kind, int numeric, struct fault *fault)
{
	switch (kind) {
	case JOIN:
		return errmap_join(numeric, slice_str("#c"), slice_str("x"),
			fault);
	case NICK:
		return errmap_nick(numeric, fault);
	case MESSAGE:
		return errmap_message(numeric, false, true, fault);
	case INVITE:
		return errmap_invite(numeric, fault);
	case KNOCK:
		return errmap_knock(numeric, fault);
	case MODERATION:
		return errmap_moderation(numeric, false, fault);
	default:
		return errmap_channel(numeric, fault);
	}
}

/*
 * All numbers, not only those of the table: a table that is out of order loses
 * rows, and a number beside it must not match.
 */
static void check(enum kind kind, const struct row *rows, size_t n)
{
	size_t at = 0;

	for (int numeric = 0; numeric < 1000; numeric++) {
		struct fault fault = {E_COUNT, "untouched"};
		bool known = at < n && rows[at].numeric == numeric;

		if (ask(kind, numeric, &fault) != known) {
			fail_msg("%d %s", numeric,
				known ? "is missing" : "is too much");
		}
		if (known) {
			if (fault.error != rows[at].error) {
				fail_msg("%d is %s", numeric,
					stanza_error_condition(fault.error));
			}
			assert_null(fault.text);
			at++;
		} else {
			assert_int_equal(fault.error, E_COUNT);
		}
	}
	assert_int_equal(at, n);
}

static void every_refused_join_has_its_error_and_no_other_numeric(void **state)
{
	(void)state;
	check(JOIN, joins, COUNT(joins));
}

static void every_refused_nick_has_its_error_and_no_other_numeric(void **state)
{
	(void)state;
	check(NICK, nicks, COUNT(nicks));
}

static void every_refused_message_has_its_error_and_no_other_numeric(
	void **state)
{
	(void)state;
	check(MESSAGE, messages, COUNT(messages));
}

static void every_refused_invitation_has_its_error(void **state)
{
	(void)state;
	check(INVITE, invites, COUNT(invites));
	check(KNOCK, knocks, COUNT(knocks));
}

/* PROTOCOL F.3. */
static void a_fail_is_judged_by_its_code(void **state)
{
	static const struct {
		const char *code;
		enum stanza_error error;
	} cases[] = {
		{"ACCOUNT_REQUIRED", E_REGISTRATION_REQUIRED},
		{"ACCOUNT_REQUIRED_TO_SPEAK", E_REGISTRATION_REQUIRED},
		{"INVALID_TARGET", E_ITEM_NOT_FOUND},
		{"TEXT_FORBIDDEN", E_FORBIDDEN},
		{"CANNOT_SEND", E_FORBIDDEN},
		{"RATE_LIMITED", E_RESOURCE_CONSTRAINT},
		{"TOO_MANY_TARGETS", E_RESOURCE_CONSTRAINT},
		{"NEED_MORE_PARAMS", E_BAD_REQUEST},
		{"MESSAGE_TOO_LONG", E_NOT_ACCEPTABLE},
		{"MULTILINE_INVALID", E_NOT_ACCEPTABLE},
		{"INVALID_UTF8", E_NOT_ACCEPTABLE},
		{"TEMPORARILY_UNAVAILABLE", E_INTERNAL_SERVER_ERROR},
		{"SOMETHING_NEW", E_UNDEFINED_CONDITION},
		{"", E_UNDEFINED_CONDITION},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fault fault = {E_COUNT, "untouched"};

		errmap_fail(slice_str(cases[i].code), &fault);
		assert_int_equal(fault.error, cases[i].error);
		assert_null(fault.text);
	}
}

static void every_refused_change_of_a_channel_has_its_error(void **state)
{
	(void)state;
	check(CHANNEL, channels, COUNT(channels));
}

static void every_refused_moderation_has_its_error(void **state)
{
	struct fault fault;

	(void)state;
	check(MODERATION, moderations, COUNT(moderations));
	assert_true(errmap_moderation(482, true, &fault));
	assert_int_equal(fault.error, E_NOT_ALLOWED);
}

static void a_name_no_server_takes_is_malformed(void **state)
{
	static const int numerics[] = {403, 448, 476, 479};
	static const struct {
		const char *name;
		enum stanza_error error;
	} names[] = {
		{"#c", E_NOT_ALLOWED}, {"&c", E_NOT_ALLOWED},
		{"#a b", E_JID_MALFORMED}, {"#a,b", E_JID_MALFORMED},
		{"#a\a", E_JID_MALFORMED}, {"#\x7f", E_JID_MALFORMED},
		{"c", E_JID_MALFORMED}, {"", E_JID_MALFORMED},
	};
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < COUNT(numerics); i++) {
		for (size_t k = 0; k < COUNT(names); k++) {
			assert_true(errmap_join(numerics[i],
				slice_str(names[k].name), slice(NULL, 0),
				&fault));
			assert_int_equal(fault.error, names[k].error);
		}
	}
	assert_true(errmap_join(473, slice_str(""), slice(NULL, 0), &fault));
	assert_int_equal(fault.error, E_REGISTRATION_REQUIRED);
}

/* ngIRCd says 471 for several modes (PROTOCOL D.2). */
static void full_is_told_from_closed_by_the_mode_in_the_text(void **state)
{
	static const struct {
		const char *text;
		enum stanza_error error;
	} cases[] = {
		{"Cannot join channel (+l) -- Channel is full, try later",
			E_ROOM_FULL},
		{"Cannot join channel (+R)", E_REGISTRATION_REQUIRED},
		{"Cannot join channel (+z)", E_NOT_ALLOWED},
		{"Cannot join channel (+O)", E_NOT_ALLOWED},
		{"", E_ROOM_FULL},
		{"(+", E_ROOM_FULL},
	};
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(errmap_join(471, slice_str("#c"),
			slice_str(cases[i].text), &fault));
		assert_int_equal(fault.error, cases[i].error);
	}
	assert_true(errmap_join(471, slice_str("#c"), slice(NULL, 0), &fault));
	assert_int_equal(fault.error, E_ROOM_FULL);
}

static void no_such_nick_depends_on_who_was_asked(void **state)
{
	struct fault fault;

	(void)state;
	assert_true(errmap_message(401, false, false, &fault));
	assert_int_equal(fault.error, E_ITEM_NOT_FOUND);
	assert_true(errmap_message(401, false, true, &fault));
	assert_int_equal(fault.error, E_RECIPIENT_UNAVAILABLE);
	assert_true(errmap_message(401, true, false, &fault));
	assert_int_equal(fault.error, E_NOT_ACCEPTABLE);
	assert_true(errmap_message(401, true, true, &fault));
	assert_int_equal(fault.error, E_NOT_ACCEPTABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_refused_join_has_its_error_and_no_other_numeric),
		cmocka_unit_test(
			every_refused_nick_has_its_error_and_no_other_numeric),
		cmocka_unit_test(
			every_refused_message_has_its_error_and_no_other_numeric),
		cmocka_unit_test(every_refused_invitation_has_its_error),
		cmocka_unit_test(a_fail_is_judged_by_its_code),
		cmocka_unit_test(
			every_refused_change_of_a_channel_has_its_error),
		cmocka_unit_test(every_refused_moderation_has_its_error),
		cmocka_unit_test(a_name_no_server_takes_is_malformed),
		cmocka_unit_test(
			full_is_told_from_closed_by_the_mode_in_the_text),
		cmocka_unit_test(no_such_nick_depends_on_who_was_asked),
	};

	return cmocka_run_group_tests_name("errmap", tests, NULL, NULL);
}
