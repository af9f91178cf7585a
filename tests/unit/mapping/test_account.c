/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "mapping/register/account.h"

static const char who[] = "juliet@home";

static unsigned done_calls;
static enum err done_err;

static void on_done(struct mapping *m, void *ctx, enum err err)
{
	(void)m;
	assert_ptr_equal(ctx, &done_calls);
	done_calls++;
	done_err = err;
}

static void commit(struct change *c)
{
	done_calls = 0;
	change_commit(c, on_done, &done_calls);
	assert_int_equal(done_calls, 0);
}

static const char *setting(const char *network, enum setting s)
{
	const struct account *a = account_find(fix.core, who);

	assert_non_null(a);
	return account_setting(a,
		network ? network_find(fix.core, slice_str(network)) : NULL, s);
}

static void a_change_is_true_when_it_is_kept_and_not_before(void **state)
{
	struct change *c = change_begin(fix.core, who);

	(void)state;
	change_register(c);
	change_setting(c, NULL, SET_NICK, "juliet");
	change_contact(c, "bob%net@gw", CONTACT_FROM | CONTACT_TO);
	commit(c);
	assert_int_equal(fix.saved_rows, 3);
	assert_false(account_registered(fix.core, who));
	mapping_saved(fix.core, fix.save_token, ERR_OK);
	assert_int_equal(done_calls, 1);
	assert_int_equal(done_err, ERR_OK);
	assert_true(account_registered(fix.core, who));
	assert_string_equal(setting(NULL, SET_NICK), "juliet");
	assert_int_equal(account_contact(account_find(fix.core, who),
				 "bob%net@gw")->state,
		CONTACT_FROM | CONTACT_TO);
}

/* It may be written all the same: nobody is told that it was not. */
static void at_the_end_nothing_is_denied(void **state)
{
	unsigned sent;

	(void)state;
	fix_jabber("<iq type='set' from='juliet@home/x' to='gw' id='r1'>"
		   "<query xmlns='jabber:iq:register'><nick>juliet</nick>"
		   "</query></iq>");
	assert_int_not_equal(fix.saved_rows, 0);
	sent = fix.sent;
	fix_end_core();
	assert_int_equal(fix.sent, sent);
}

static void a_change_that_is_not_kept_changes_nothing(void **state)
{
	struct change *c = change_begin(fix.core, who);

	(void)state;
	change_register(c);
	commit(c);
	mapping_saved(fix.core, fix.save_token, ERR_IO);
	assert_int_equal(done_calls, 1);
	assert_int_equal(done_err, ERR_IO);
	assert_false(account_registered(fix.core, who));
}

static void load(const char *kind, const char *scope, const char *key,
	const char *value)
{
	struct store_row row = {
		.user = who,
		.kind = kind,
		.scope = scope,
		.key = key,
		.value = slice_str(value),
	};

	mapping_load(fix.core, &row);
}

static void a_network_falls_back_to_what_holds_for_all(void **state)
{
	(void)state;
	load("user", "", "", "1");
	load("setting", "", "nick", "everywhere");
	load("setting", "", "name", "Juliet");
	load("setting", "net", "nick", "here");
	load("setting", "", "from a later version", "x");
	load("another kind", "", "", "x");
	assert_string_equal(setting("net", SET_NICK), "here");
	assert_string_equal(setting("net", SET_NAME), "Juliet");
	assert_string_equal(setting("irc.test.net", SET_NICK), "everywhere");
	assert_null(setting("net", SET_PASSWORD));
	load("setting", "net", "nick", NULL);
	assert_string_equal(setting("net", SET_NICK), "everywhere");
}

static void removal_takes_everything(void **state)
{
	struct change *c;

	(void)state;
	load("user", "", "", "1");
	load("setting", "net", "password", "secret");
	load("contact", "", "bob%net@gw", "3");
	c = change_begin(fix.core, who);
	change_remove(c);
	commit(c);
	assert_non_null(account_find(fix.core, who));
	mapping_saved(fix.core, fix.save_token, ERR_OK);
	assert_null(account_find(fix.core, who));
}

static void a_forgotten_contact_is_gone(void **state)
{
	struct change *c;

	(void)state;
	load("contact", "", "bob%net@gw", "3");
	load("contact", "", "eve%net@gw", "1");
	c = change_begin(fix.core, who);
	change_contact(c, "bob%net@gw", 0);
	commit(c);
	mapping_saved(fix.core, fix.save_token, ERR_OK);
	assert_null(account_contact(account_find(fix.core, who), "bob%net@gw"));
	assert_non_null(
		account_contact(account_find(fix.core, who), "eve%net@gw"));
	assert_false(account_registered(fix.core, who));
}

static void what_is_under_way_at_the_end_is_told_so(void **state)
{
	struct change *c;

	assert_int_equal(fix_begin(state), 0);
	c = change_begin(fix.core, who);
	change_register(c);
	commit(c);
	assert_int_equal(fix_finish(state), 0);
	assert_int_equal(done_calls, 1);
	assert_int_equal(done_err, ERR_CLOSED);
}

static void an_account_without_anything_is_gone(void **state)
{
	struct change *c;

	(void)state;
	load("contact", "", "bob%net@gw", "3");
	load("setting", "net", "nick", "x");
	c = change_begin(fix.core, who);
	change_contact(c, "bob%net@gw", 0);
	change_setting(c, "net", SET_NICK, NULL);
	commit(c);
	mapping_saved(fix.core, fix.save_token, ERR_OK);
	assert_null(account_find(fix.core, who));
	load("a later version's", "", "", "x");
	assert_null(account_find(fix.core, who));
}

static void done_again(struct mapping *m, void *ctx, enum err err)
{
	struct change *c = change_begin(m, who);

	done_calls++;
	done_err = err;
	change_register(c);
	change_commit(c, done_again, ctx);
}

static void nothing_begins_at_the_end(void **state)
{
	struct change *c;

	assert_int_equal(fix_begin(state), 0);
	c = change_begin(fix.core, who);
	change_register(c);
	done_calls = 0;
	change_commit(c, done_again, NULL);
	assert_int_equal(fix_finish(state), 0);
	assert_int_equal(done_calls, 1);
	assert_int_equal(done_err, ERR_CLOSED);
}

/* A refusal comes from a timer, not from inside the commit. */
static void turn(void)
{
	clock_advance(&fix.clock, fix.clock.now_ms, fix.clock.wall_ms);
}

static void contacts_have_a_ceiling(void **state)
{
	char jid[32];
	struct change *c;

	(void)state;
	for (int i = 0; i < ACCOUNT_CONTACTS; i++) {
		snprintf(jid, sizeof jid, "n%d%%net@gw", i);
		load("contact", "", jid, "1");
	}
	c = change_begin(fix.core, who);
	change_contact(c, "n0%net@gw", CONTACT_TO);
	commit(c);
	mapping_saved(fix.core, fix.save_token, ERR_OK);
	assert_int_equal(done_err, ERR_OK);
	fix.saved_rows = 0;
	c = change_begin(fix.core, who);
	change_contact(c, "more%net@gw", CONTACT_TO);
	commit(c);
	assert_int_equal(fix.saved_rows, 0);
	turn();
	assert_int_equal(done_calls, 1);
	assert_int_equal(done_err, ERR_FULL);
	assert_null(account_contact(account_find(fix.core, who),
		"more%net@gw"));
}

static void changes_of_a_user_have_a_ceiling(void **state)
{
	(void)state;
	for (int i = 0; i <= ACCOUNT_CHANGES; i++) {
		struct change *c = change_begin(fix.core, who);

		change_contact(c, "bob%net@gw", CONTACT_TO);
		commit(c);
		turn();
		assert_int_equal(done_calls, i == ACCOUNT_CHANGES);
	}
	assert_int_equal(done_err, ERR_FULL);
}

static void what_belongs_to_one_network_goes_to_no_other(void **state)
{
	(void)state;
	load("user", "", "", "1");
	load("setting", "", "password", "secret");
	load("setting", "", "server_password", "door");
	load("setting", "", "autojoin", "#a");
	assert_null(setting("net", SET_PASSWORD));
	load("setting", "", "network", "net");
	assert_string_equal(setting("net", SET_PASSWORD), "secret");
	assert_string_equal(setting("net", SET_AUTOJOIN), "#a");
	assert_null(setting("irc.test.net", SET_PASSWORD));
	assert_null(setting("irc.test.net", SET_SERVER_PASSWORD));
	assert_null(setting("irc.test.net", SET_AUTOJOIN));
	load("setting", "irc.test.net", "password", "own");
	assert_string_equal(setting("irc.test.net", SET_PASSWORD), "own");
}

static void what_is_to_come_counts_in_its_order(void **state)
{
	struct change *c = change_begin(fix.core, who);

	(void)state;
	change_register(c);
	commit(c);
	assert_true(account_will_be_registered(fix.core, who));
	assert_false(account_will_be_registered(fix.core, "romeo@home"));
	c = change_begin(fix.core, who);
	change_remove(c);
	commit(c);
	assert_false(account_will_be_registered(fix.core, who));
	mapping_saved(fix.core, fix.save_token - 1, ERR_OK);
	assert_true(account_registered(fix.core, who));
	assert_false(account_will_be_registered(fix.core, who));
	assert_null(account_removed(fix.core));
}

static void secrets_are_passwords_and_keys(void **state)
{
	(void)state;
	for (int s = 0; s < SETTINGS; s++) {
		bool secret = s == SET_PASSWORD || s == SET_SERVER_PASSWORD ||
			s == SET_COMMANDS || s == SET_CERTIFICATE;

		assert_non_null(setting_name((enum setting)s));
		assert_int_equal(setting_is_secret((enum setting)s), secret);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_is_true_when_it_is_kept_and_not_before),
		TEST(at_the_end_nothing_is_denied),
		TEST(a_change_that_is_not_kept_changes_nothing),
		TEST(a_network_falls_back_to_what_holds_for_all),
		TEST(removal_takes_everything),
		TEST(a_forgotten_contact_is_gone),
		TEST(an_account_without_anything_is_gone),
		cmocka_unit_test(nothing_begins_at_the_end),
		TEST(contacts_have_a_ceiling),
		TEST(changes_of_a_user_have_a_ceiling),
		TEST(what_belongs_to_one_network_goes_to_no_other),
		TEST(what_is_to_come_counts_in_its_order),
		cmocka_unit_test(what_is_under_way_at_the_end_is_told_so),
		cmocka_unit_test(secrets_are_passwords_and_keys),
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
