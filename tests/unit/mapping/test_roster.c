/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "irc/engine.h"
#include "mapping/people/roster.h"

/* Suggesting contacts (PROTOCOL C.15, C.20): mapping/people/roster.c. */

static void serve(const char *lines)
{
	mapping_link_data(fix.core, 1, lines, strlen(lines));
}

/* juliet talked with Bob; zoe was written to and never seen. */
static struct user *talk(void)
{
	engine_setup(1000);
	fix_jabber("<message from='juliet@home/b' to='bob%net@gw' type='chat'>"
		   "<body>hi</body></message>");
	fix_jabber("<message from='juliet@home/b' to='zoe%net@gw' type='chat'>"
		   "<body>hi</body></message>");
	mapping_link_up(fix.core, 1);
	serve(":s 001 juliet :Welcome\r\n:s 422 juliet :No MOTD\r\n"
	      ":bob!b@h PRIVMSG juliet :hi\r\n");
	return user_find(fix.core, "juliet@home");
}

static void grant(const char *perm)
{
	char text[400];

	snprintf(text, sizeof text,
		"<message from='home' to='gw'><privilege "
		"xmlns='urn:xmpp:privilege:2'>%s</privilege></message>",
		perm);
	fix_jabber(text);
}

static void both_forms_in_one_message(void **state)
{
	struct user *u = talk();

	(void)state;
	fix.sent = 0;
	assert_true(contact_suggest(u, "juliet@home/b"));
	assert_int_equal(fix.sent, 1);
	assert_true(fix_last_has("<message to='juliet@home/b' from='gw'>"));
	assert_true(fix_last_has("<x xmlns='jabber:x:roster'>"
				 "<item jid='net@gw' name='net'>"
				 "<group>net</group></item>"
				 "<item jid='bob%net@gw' name='bob'>"
				 "<group>net</group></item></x>"));
	assert_true(fix_last_has(
		"<x xmlns='http://jabber.org/protocol/rosterx'>"
		"<item action='add' jid='net@gw' name='net'>"
		"<group>net</group></item>"
		"<item action='add' jid='bob%net@gw' name='bob'>"
		"<group>net</group></item></x>"));
	assert_false(fix_last_has("zoe"));
}

static void contacts_are_not_suggested(void **state)
{
	const struct store_row rows[] = {
		{"juliet@home", "contact", "", "bob%net@gw", slice_str("1"),
			false},
		{"juliet@home", "contact", "", "net@gw", slice_str("3"),
			false},
	};
	struct user *u = talk();

	(void)state;
	mapping_load(fix.core, &rows[0]);
	assert_true(contact_suggest(u, "juliet@home/b"));
	assert_false(fix_last_has("bob%net@gw"));
	mapping_load(fix.core, &rows[1]);
	fix.sent = 0;
	assert_false(contact_suggest(u, "juliet@home/b"));
	assert_int_equal(fix.sent, 0);
}

static void a_used_up_arena_suggests_less(void **state)
{
	const struct store_row row = {"juliet@home", "contact", "", "eve%net@gw",
		slice_str("1"), false};
	struct user *u = talk();

	(void)state;
	mapping_load(fix.core, &row);
	while (arena_alloc(&fix.core->arena, 1) != NULL) {
	}
	(void)contact_suggest(u, "juliet@home/b");
	assert_false(fix_last_has("<item jid='bob%net@gw'"));
}

static void where_we_may_they_are_added(void **state)
{
	struct user *u = talk();

	(void)state;
	grant("<perm access='roster' type='both'/>");
	fix.sent = 0;
	assert_true(contact_suggest(u, "juliet@home/b"));
	assert_int_equal(fix.sent, 3); /* two items, a word about it */
	assert_true(fix_last_has("&lt;bob%net@gw&gt;"));
	assert_false(fix_last_has("jabber:x:roster"));
	grant("<perm access='roster' type='get'/>");
	fix.sent = 0;
	assert_true(contact_suggest(u, "juliet@home/b"));
	assert_int_equal(fix.sent, 1);
}

/* Only its own server tells the gateway what it may do. */
static void users_grant_nothing(void **state)
{
	struct user *u = talk();

	(void)state;
	fix_jabber("<message from='juliet@home/b' to='gw'><privilege "
		   "xmlns='urn:xmpp:privilege:2'><perm access='roster' "
		   "type='both'/></privilege></message>");
	fix.sent = 0;
	assert_true(contact_suggest(u, "juliet@home/b"));
	assert_int_equal(fix.sent, 1);
	assert_true(fix_last_has("jabber:x:roster"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_forms_in_one_message),
		TEST(contacts_are_not_suggested),
		TEST(a_used_up_arena_suggests_less),
		TEST(where_we_may_they_are_added),
		TEST(users_grant_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
