/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "mapping/people/privilege.h"

/* What the Jabber server lets us do (XEP-0356, PROTOCOL A.5). */

static void grant(const char *ns, const char *perm)
{
	char text[800];

	snprintf(text, sizeof text,
		"<message from='home' to='gw'><privilege xmlns='%s'>%s"
		"</privilege></message>",
		ns, perm);
	fix_jabber(text);
}

#define PUBSUB "ns='http://jabber.org/protocol/pubsub'"
#define DISCO "ns='http://jabber.org/protocol/disco#info'"

/* What holds after it: p publish, g read, d disco#info, r rosters, s presence */
static const struct {
	const char *perm;
	const char *first;  /* by :1 */
	const char *second; /* by :2 */
} rows[] = {
	{"", "", ""},
	{"<perm access='iq'><namespace " PUBSUB " type='set'/></perm>", "",
		"p"},
	{"<perm access='iq'><namespace " PUBSUB " type='get'/></perm>", "",
		"g"},
	{"<perm access='iq'><namespace " PUBSUB " type='both'/></perm>", "",
		"pg"},
	{"<perm access='iq'><namespace " PUBSUB " type='none'/></perm>", "",
		""},
	{"<perm access='iq'><namespace " PUBSUB "/></perm>", "", ""},
	{"<perm access='iq'/>", "", ""},
	{"<perm access='iq'><namespace ns='jabber:iq:roster' type='both'/>"
	 "<namespace " DISCO " type='get'/></perm>",
		"", "d"},
	{"<perm access='iq'><namespace " DISCO " type='both'>"
	 "<namespace " PUBSUB " type='set'/></namespace></perm>"
	 "<perm access='roster' type='both'/>",
		"r", "pdr"},
	{"<perm access='roster' type='set'/><perm access='presence' "
	 "type='roster'/><perm access='message' type='outgoing'/>",
		"rs", "rs"},
	{"<perm access='roster' type='get'/><perm access='presence' "
	 "type='none'/><perm/>",
		"", ""},
};

static void holds(const char *what)
{
	const struct mapping *m = fix.core;

	assert_int_equal(m->may_publish, strchr(what, 'p') != NULL);
	assert_int_equal(m->may_retrieve, strchr(what, 'g') != NULL);
	assert_int_equal(m->may_discover, strchr(what, 'd') != NULL);
	assert_int_equal(m->may_roster, strchr(what, 'r') != NULL);
	assert_int_equal(m->sees_presence, strchr(what, 's') != NULL);
}

static void the_last_word_of_the_server_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		grant("urn:xmpp:privilege:1", rows[i].perm);
		holds(rows[i].first);
		grant("urn:xmpp:privilege:2", rows[i].perm);
		holds(rows[i].second);
	}
	assert_int_equal(fix.sent, 0);
}

static void nothing_holds_on_another_stream(void **state)
{
	(void)state;
	grant("urn:xmpp:privilege:2",
		"<perm access='roster' type='both'/><perm access='presence' "
		"type='roster'/><perm access='iq'><namespace " PUBSUB
		" type='both'/><namespace " DISCO " type='get'/></perm>");
	holds("pgdrs");
	mapping_offline(fix.core);
	holds("");
	mapping_online(fix.core);
	holds("");
}

static void it_is_for_users_of_that_server(void **state)
{
	static const struct {
		const char *bare;
		bool covered;
	} users[] = {
		{"juliet@home", true},
		{"juliet@myhome", false},
		{"juliet@home.org", false},
		{"home", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(users); i++) {
		struct user *u = user_get(fix.core, users[i].bare);

		assert_int_equal(privilege_covers(u), users[i].covered);
		user_touch(u);
	}
}

static unsigned long dropped(void)
{
	struct mapping_stats stats;

	mapping_stats(fix.core, &stats);
	return stats.dropped_stanzas;
}

/* Whoever else says so is counted; our own message that came back is not. */
static void others_are_dropped_and_counted(void **state)
{
	static const char *const others[] = {"elsewhere", "juliet@home",
		"home/x", "gw"};

	(void)state;
	grant("urn:xmpp:privilege:2", "<perm access='roster' type='both'/>");
	assert_int_equal(dropped(), 0);
	for (size_t i = 0; i < COUNT(others); i++) {
		char text[400];

		snprintf(text, sizeof text,
			"<message from='%s' to='gw'><privilege "
			"xmlns='urn:xmpp:privilege:%zu'/></message>",
			others[i], 1 + i % 2);
		fix_jabber(text);
		assert_int_equal(dropped(), i + 1);
	}
	fix_jabber("<message from='home' to='gw' type='error'><privilege "
		   "xmlns='urn:xmpp:privilege:2'/></message>");
	assert_int_equal(dropped(), COUNT(others));
	holds("r");
	assert_int_equal(fix.sent, 0);
	fix_jabber("<message from='a@b@c' to='gw'><body>x</body></message>");
	assert_int_equal(dropped(), COUNT(others) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(fn) cmocka_unit_test_setup_teardown(fn, fix_begin, fix_finish)
		T(the_last_word_of_the_server_holds),
		T(nothing_holds_on_another_stream),
		T(it_is_for_users_of_that_server),
		T(others_are_dropped_and_counted),
#undef T
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
