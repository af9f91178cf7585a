/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "irc/engine.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "tests/unit/mapping/fixture.h"

/* ---- away (PROTOCOL C.3) ---- */

static void join(const char *full, const char *presence)
{
	char xml[1000];

	snprintf(xml, sizeof xml,
		"<presence from='%s' to='#c%%net@gw/a'>"
		"<x xmlns='http://jabber.org/protocol/muc'/>%s</presence>",
		full, presence);
	fix_jabber(xml);
}

static void assert_away(const char *text)
{
	struct user *u = user_find(fix.core, "a@home");
	struct buf out;
	bool away;

	buf_init(&out, 4096);
	away = user_away(u, &out);
	if (away != (text != NULL)) {
		fail_msg("away is %d", away);
	}
	assert_string_equal(buf_cstr(&out), text ? text : "");
	buf_finish(&out);
}

static void each_show_has_its_away_text(void **state)
{
	static const struct {
		const char *presence;
		const char *away;
	} cases[] = {
		{"", NULL},
		{"<status>here</status>", NULL},
		{"<show>chat</show>", NULL},
		{"<show>away</show>", "away"},
		{"<show> away\n</show>", "away"},
		{"<show>xa</show>", "extended away"},
		{"<show>dnd</show>", "do not disturb"},
		{"<show>dnd</show><status>in a tomb</status>", "in a tomb"},
		{"<show>asleep</show>", NULL},
		{"<show/>", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		join("a@home/x", cases[i].presence);
		assert_away(cases[i].away);
	}
}

static void the_highest_priority_speaks_for_all(void **state)
{
	(void)state;
	join("a@home/x", "<show>away</show><priority>5</priority>");
	join("a@home/y", "<priority>1</priority>");
	assert_away("away");
	join("a@home/y", "<priority>10</priority>");
	assert_away(NULL);
	join("a@home/y", "<show>dnd</show><priority>-1</priority>");
	assert_away("away");
}

static void of_equal_priorities_the_last_one_speaks(void **state)
{
	(void)state;
	join("a@home/x", "<show>away</show>");
	join("a@home/y", "");
	assert_away(NULL);
	join("a@home/x", "<show>xa</show>");
	assert_away("extended away");
}

static void priorities_out_of_range_count_as_zero(void **state)
{
	static const char *const odd[] = {"128", "-129", "x", "", "1.5", "--1",
		"99999999999999999999"};
	char presence[100];

	(void)state;
	join("a@home/x", "<show>away</show><priority>1</priority>");
	for (size_t i = 0; i < COUNT(odd); i++) {
		snprintf(presence, sizeof presence, "<priority>%s</priority>",
			odd[i]);
		join("a@home/y", presence);
		assert_away("away");
	}
	join("a@home/y", "<priority>127</priority>");
	assert_away(NULL);
	join("a@home/y", "<priority>-128</priority>");
	assert_away("away");
}

static void a_client_without_a_room_does_not_speak(void **state)
{
	(void)state;
	join("a@home/x", "");
	join("a@home/y", "<show>away</show><priority>5</priority>");
	assert_away("away");
	fix_jabber("<presence from='a@home/y' to='#c%net@gw/a' "
		   "type='unavailable'/>");
	assert_away(NULL);
}

static void long_status_texts_are_cut(void **state)
{
	struct user *u;
	struct buf presence;
	struct buf out;

	(void)state;
	buf_init(&presence, 20000);
	buf_add_str(&presence, "<presence from='a@home/x' to='#c%net@gw/a'>"
			       "<x xmlns='http://jabber.org/protocol/muc'/>"
			       "<show>away</show><status>z");
	for (int i = 0; i < 5000; i++) {
		buf_add_str(&presence, "\xd1\x8f");
	}
	buf_add_str(&presence, "</status></presence>");
	fix_jabber(buf_cstr(&presence));
	u = user_find(fix.core, "a@home");
	buf_init(&out, 4096);
	assert_true(user_away(u, &out));
	assert_int_equal(out.len, 1999); /* between characters */
	buf_finish(&out);
	buf_finish(&presence);
}

/* ---- coming and going ---- */

static void only_users_of_the_domains_listed_may_come(void **state)
{
	static const struct {
		const char *from;
		bool allowed;
	} cases[] = {
		{"a@home", true}, {"a@home/x", true}, {"home", false},
		{"a@away", false}, {"a@home.example", false},
		{"a@nothome", false}, {"home@away/x", false},
	};
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct jid jid;

		assert_int_equal(jid_parse(slice_str(cases[i].from),
					 &fix.core->arena, &jid),
			ERR_OK);
		assert_int_equal(user_allowed(fix.core, &jid, &fault),
			cases[i].allowed);
	}
}

static void who_needs_nothing_is_forgotten(void **state)
{
	(void)state;
	fix.config.max_sessions = 0; /* nothing opens */
	fix_jabber("<message from='a@home/x' to='bob%net@gw'><body>hi</body>"
		   "</message>");
	assert_non_null(user_find(fix.core, "a@home"));
	clock_advance(&fix.clock, fix.clock.now_ms, fix.clock.wall_ms);
	assert_null(user_find(fix.core, "a@home"));
}

static void a_client_in_no_room_makes_place_for_another(void **state)
{
	struct user *u;

	(void)state;
	fix.config.max_resources = 2;
	u = user_get(fix.core, "a@home");
	assert_non_null(resource_get(u, "a@home/1"));
	assert_non_null(resource_get(u, "a@home/2"));
	assert_non_null(resource_get(u, "a@home/3"));
	assert_null(resource_find(u, "a@home/1"));
	assert_int_equal(u->nresources, 2);
	join("a@home/2", "");
	join("a@home/3", "");
	assert_null(resource_get(u, "a@home/4"));
	assert_non_null(resource_find(u, "a@home/2"));
}

static void clients_are_told_apart_by_case(void **state)
{
	struct user *u = user_get(fix.core, "a@home");

	(void)state;
	resource_get(u, "a@home/X");
	assert_null(resource_find(u, "a@home/x"));
	assert_ptr_equal(resource_get(u, "a@home/X"),
		resource_find(u, "a@home/X"));
}

static void who_may_not_come_any_more_leaves_at_a_reload(void **state)
{
	static const char *const users[] = {"elsewhere"};
	struct store_row row = {.user = "b@home", .kind = "user", .scope = "",
		.key = "", .value = slice_str("1")};
	struct map_config config = fix.config;

	(void)state;
	mapping_load(fix.core, &row);
	join("a@home/x", "");
	join("b@home/x", "");
	config.registration = REGISTRATION_REQUIRED;
	fix.sent = 0;
	mapping_reload(fix.core, &config);
	assert_int_equal(fix.sent, 1);
	assert_true(fix_last_has("to='a@home/x'"));
	assert_true(fix_last_has("<registration-required"));
	users_sweep(fix.core);
	assert_null(user_find(fix.core, "a@home"));
	assert_non_null(user_find(fix.core, "b@home"));
	config.users = users;
	mapping_reload(fix.core, &config);
	assert_int_equal(fix.sent, 2);
	assert_true(fix_last_has("to='b@home/x'"));
	assert_true(fix_last_has("<forbidden"));
	mapping_reload(fix.core, &fix.config);
}

/* Who stays on IRC when offline is connected when the component comes up (A.3). */
static void who_may_not_come_any_more_is_not_connected_again(void **state)
{
	static const char *const users[] = {"elsewhere"};
	struct store_row rows[] = {
		{.user = "b@home", .kind = "user", .scope = "", .key = "",
			.value = slice_str("1")},
		{.user = "b@home", .kind = "setting", .scope = "",
			.key = "network", .value = slice_str("net")},
		{.user = "b@home", .kind = "setting", .scope = "",
			.key = "autoconnect", .value = slice_str("1")},
		{.user = "b@home", .kind = "setting", .scope = "",
			.key = "when_offline", .value = slice_str("stay")},
		{.user = "b@home", .kind = "contact", .scope = "", .key = "gw",
			.value = slice_str("3")},
	};
	struct map_config config = fix.config;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		mapping_load(fix.core, &rows[i]);
	}
	config.users = users;
	mapping_reload(fix.core, &config);
	mapping_offline(fix.core);
	fix.sent = 0;
	mapping_online(fix.core);
	assert_int_equal(fix.sent, 0);
	assert_null(user_find(fix.core, "b@home"));
	mapping_reload(fix.core, &fix.config);
	mapping_offline(fix.core);
	mapping_online(fix.core);
	assert_int_equal(user_find(fix.core, "b@home")->nsessions, 1);
}

static bool nick_is_told(const char *asker)
{
	return session_exposed(fix.core, "b@home",
		       network_find(fix.core, slice_str("net")), asker) != NULL;
}

static void come_to_irc(unsigned link)
{
	static const char welcome[] = ":s 001 b :Welcome\r\n";

	mapping_link_up(fix.core, link);
	mapping_link_data(fix.core, link, welcome, sizeof welcome - 1);
}

/* Whose nick may be told is decided by what IRC was told (D.6), and that was
 * when the connection was made. */
static void a_reload_shows_nobody_who_was_hidden(void **state)
{
	struct map_config config = fix.config;

	(void)state;
	engine_setup(open("/dev/null", O_RDWR | O_CLOEXEC));
	fix_jabber("<presence from='b@home/x' to='#c%net@gw/b'>"
		   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	come_to_irc(1);
	assert_false(nick_is_told("a@home"));
	assert_true(nick_is_told("b@home"));
	config.expose_jid = true;
	mapping_reload(fix.core, &config);
	assert_false(nick_is_told("a@home"));
	mapping_link_lost(fix.core, 1, ERR_CLOSED, NULL);
	clock_advance(&fix.clock, fix.clock.now_ms + 600000,
		fix.clock.wall_ms + 600000);
	come_to_irc(1);
	assert_true(nick_is_told("a@home"));
	mapping_reload(fix.core, &fix.config);
	assert_true(nick_is_told("a@home")); /* there it stands */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_show_has_its_away_text),
		TEST(the_highest_priority_speaks_for_all),
		TEST(of_equal_priorities_the_last_one_speaks),
		TEST(priorities_out_of_range_count_as_zero),
		TEST(a_client_without_a_room_does_not_speak),
		TEST(long_status_texts_are_cut),
		TEST(only_users_of_the_domains_listed_may_come),
		TEST(who_needs_nothing_is_forgotten),
		TEST(a_client_in_no_room_makes_place_for_another),
		TEST(clients_are_told_apart_by_case),
		TEST(who_may_not_come_any_more_leaves_at_a_reload),
		TEST(who_may_not_come_any_more_is_not_connected_again),
		TEST(a_reload_shows_nobody_who_was_hidden),
	};

	return cmocka_run_group_tests_name("user", tests, NULL, NULL);
}
