/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "irc/engine.h"
#include "tests/unit/mapping/fixture.h"

/* What servers answer without end is kept within bounds (whois.h, roll.h). */

static void irc(const char *line)
{
	mapping_link_data(fix.core, 1, line, strlen(line));
}

/* romeo is on IRC; nobody is in the room with him. */
static void up(void)
{
	fix_jabber("<presence from='romeo@home/x' to='#c%net@gw/romeo'>"
		   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	mapping_link_up(fix.core, 1);
	irc(":s 001 romeo :Welcome\r\n");
}

static void ask(const char *to, const char *type, const char *payload)
{
	char xml[1000];

	snprintf(xml, sizeof xml,
		"<iq from='romeo@home/x' to='%s' id='q' type='%s'>%s</iq>", to,
		type, payload);
	fix_jabber(xml);
}

/* The same line, with a number for each %d, many times over. */
static void flood(const char *format, unsigned times)
{
	char text[600];
	char line[1200];

	memset(text, 'x', 500);
	text[500] = '\0';
	for (unsigned i = 0; i < times; i++) {
		snprintf(line, sizeof line, "%s%u %s\r\n", format, i, text);
		irc(line);
	}
}

static void a_whois_without_end_is_kept_within_bounds(void **state)
{
	unsigned before;

	(void)state;
	up();
	ask("bob%net@gw", "get", "<vCard xmlns='vcard-temp'/>");
	irc(":s 311 romeo bob u h * :Bob\r\n");
	before = fix.sent;
	flood(":s 319 romeo bob :#c", 2000);
	flood(":s 378 romeo bob :is ", 2000);
	flood(":s 311 romeo bob u h * :", 2000);
	assert_int_equal(fix.sent, before);
	irc(":s 318 romeo bob :End\r\n");
	assert_int_equal(fix.sent, before + 1);
	assert_true(fix_last_has("<FN>Bob</FN>"));
	assert_true(fix.last.len > 4000 && fix.last.len < 16384);
}

static void a_who_without_end_is_kept_within_bounds(void **state)
{
	unsigned before;
	unsigned items = 0;

	(void)state;
	up();
	ask("net@gw", "set", "<query xmlns='jabber:iq:search'><nick>bob</nick>"
			     "</query>");
	before = fix.sent;
	flood(":s 352 romeo * u h s bob", 3000);
	assert_int_equal(fix.sent, before);
	irc(":s 315 romeo *bob* :End\r\n");
	assert_int_equal(fix.sent, before + 1);
	for (const char *p = buf_cstr(&fix.last);
		(p = strstr(p, "<item ")) != NULL; p++) {
		items++;
	}
	assert_int_equal(items, 200);
	assert_true(fix_last_has("<instructions>"));
}

/* Nothing of a question outlives its session, whoever ends that. */
static void questions_end_with_the_core(void **state)
{
	(void)state;
	up();
	ask("bob%net@gw", "get", "<vCard xmlns='vcard-temp'/>");
	ask("eve%net@gw", "get", "<query xmlns='jabber:iq:last'/>");
	ask("net@gw", "set", "<query xmlns='jabber:iq:search'><nick>x</nick>"
			     "</query>");
	ask("net@gw", "set", "<query xmlns='jabber:iq:search'><nick>#x</nick>"
			     "</query>");
	ask("net@gw", "get", "<query xmlns='jabber:iq:version'/>");
	irc(":bob!b@h PRIVMSG romeo :\001VERSION\001\r\n");
	irc(":s 401 romeo eve :No\r\n");
	/* fix_finish() sees that nothing is left. */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whois_without_end_is_kept_within_bounds),
		TEST(a_who_without_end_is_kept_within_bounds),
		TEST(questions_end_with_the_core),
	};

	engine_setup(open("/dev/null", O_RDWR));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
