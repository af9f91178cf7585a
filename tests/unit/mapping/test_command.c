/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include <ctype.h>

#include "mapping/command/command.h"

static const struct command *const tables[] = {
	gw_commands, srv_commands, room_commands, admin_commands,
};

static unsigned count_fields(const struct command *c)
{
	unsigned n = 0;

	while (c->fields[n].var != NULL) {
		n++;
	}
	return n;
}

static void check_row(const struct command *c)
{
	bool asks = count_fields(c) > 0;

	for (const char *p = c->name; *p != '\0'; p++) {
		assert_true(islower((unsigned char)*p) || *p == '-');
	}
	assert_non_null(c->title);
	assert_non_null(c->run);
	assert_true(c->where != 0);
	assert_false(c->only_text && c->only_form);
	/* Words for a form are those of a row that has some. */
	assert_true(c->typed == NULL || c->only_form);
	/* What is asked for has a form, and help says it. */
	assert_int_equal(c->stages > 0, asks || c->form != NULL);
	if (!c->only_form && c->write == NULL) {
		assert_int_equal(c->words != NULL, asks);
	}
}

static void rows_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		for (const struct command *c = tables[i]; c->name != NULL; c++) {
			check_row(c);
			assert_true(count_fields(c) <= COMMAND_FIELDS);
		}
	}
}

static void a_name_is_one_command_of_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++) {
		for (const struct command *c = tables[i]; c->name != NULL; c++) {
			for (int kind = 0; kind < ADDR_KINDS; kind++) {
				if (c->where & 1U << kind) {
					assert_ptr_equal(c, command_find(
						(enum addr_kind)kind,
						slice_str(c->name)));
				}
			}
		}
	}
}

static void names_are_found_in_any_case_and_whole(void **state)
{
	(void)state;
	assert_non_null(command_find(ADDR_SRV, slice_str("WhoIs")));
	assert_null(command_find(ADDR_SRV, slice_str("whoi")));
	assert_null(command_find(ADDR_SRV, slice_str("whoiss")));
	assert_null(command_find(ADDR_GW, slice_str("whois")));
	assert_null(command_find(ADDR_CHAN, slice_str("help")));
	assert_null(command_find(ADDR_GW, slice_str("")));
	assert_null(command_find(ADDR_GW, slice(NULL, 0)));
}

static bool listed(const char *name, const char *from)
{
	const struct command *c;
	struct jid jid;
	size_t pos = 0;

	assert_int_equal(jid_parse(slice_str(from), &fix.core->arena, &jid),
		ERR_OK);
	while ((c = command_next(fix.core, &jid, ADDR_GW, &pos)) != NULL) {
		if (strcmp(c->name, name) == 0) {
			return true;
		}
	}
	return false;
}

static void everybody_sees_what_is_theirs(void **state)
{
	static const char *const admins[] = {"boss@home"};

	(void)state;
	fix.config.admins = admins;
	fix.config.nadmins = 1;
	assert_true(listed("announce", "boss@home/desk"));
	assert_false(listed("announce", "juliet@home/balcony"));
	assert_false(listed("announce", "boss@elsewhere/desk"));
	assert_true(listed("connect", "juliet@home/balcony"));
	assert_false(listed("unregister", "juliet@home/balcony"));
	assert_false(listed("help", "romeo@elsewhere/x"));
	fix.config.registration = REGISTRATION_REQUIRED;
	assert_true(listed("register", "juliet@home/balcony"));
	assert_false(listed("connect", "juliet@home/balcony"));
	fix.config.registration = REGISTRATION_OPTIONAL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(a_name_is_one_command_of_its_place),
		cmocka_unit_test(names_are_found_in_any_case_and_whole),
		cmocka_unit_test(everybody_sees_what_is_theirs),
	};

	return cmocka_run_group_tests(tests, fix_begin, fix_finish);
}
