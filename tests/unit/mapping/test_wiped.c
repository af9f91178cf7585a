/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include <fcntl.h>

#include "irc/engine.h"
#include "tests/unit/freed.h"

/*
 * Passwords that users give in any way leave nothing in memory that is given
 * back (PROTOCOL C.16): not where they came in, waited, or went out. The rest is the
 * parser's, which no stanza of ours outlives.
 */
static void irc(const char *lines)
{
	mapping_link_data(fix.core, 1, lines, strlen(lines));
}

static void let_it_go(void)
{
	for (int i = 0; i < 10; i++) {
		clock_advance(&fix.clock, fix.clock.now_ms + 200,
			fix.clock.wall_ms + 200);
	}
}

/* a@home/x is in #c of a network that shows echoes, or of one that does not. */
static void enter(const char *caps)
{
	char lines[400];

	engine_setup(open("/dev/null", O_RDWR | O_CLOEXEC));
	fix_jabber("<presence from='a@home/x' to='#c%net@gw/a'>"
		   "<x xmlns='http://jabber.org/protocol/muc'>"
		   "<password>" SECRET "</password></x></presence>");
	mapping_link_up(fix.core, 1);
	snprintf(lines, sizeof lines,
		":s CAP * LS :%s\r\n:s CAP * ACK :%s\r\n:s 001 a :Welcome\r\n"
		":s 005 a CHANMODES=beI,k,l,imnpst PREFIX=(ov)@+ :x\r\n",
		caps, caps);
	irc(lines);
	let_it_go();
	irc(":a!u@h JOIN #c\r\n:s 353 a = #c :@a\r\n:s 366 a #c :End\r\n"
	    ":s 324 a #c +k " SECRET "\r\n");
	let_it_go();
}

static void say(const char *to, const char *body)
{
	struct buf xml;

	buf_init_secret(&xml, 10000);
	buf_addf(&xml, "<message from='a@home/x' to='%s' type='chat' id='m'>"
		"<body>%s</body></message>", to, body);
	fix_jabber(buf_cstr(&xml));
	buf_finish(&xml);
	let_it_go();
}

static void give_all(const char *caps)
{
	enter(caps);
	say("nickserv%net@gw", "IDENTIFY " SECRET);
	irc(":NickServ!s@services. NOTICE a :Password accepted\r\n");
	say("nickserv%net@gw", "REGISTER " SECRET " a@b.example");
	say("net@gw", "identify a " SECRET);
	say("net@gw", "raw OPER a " SECRET);
	say("net@gw", "OPER a " SECRET);
	say("net@gw", "create-account " SECRET);
	say("#c%net@gw", "key " SECRET);
	fix_jabber("<iq from='a@home/x' to='#c%net@gw' id='o' type='set'>"
		"<query xmlns='http://jabber.org/protocol/muc#owner'>"
		"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
		"<value>http://jabber.org/protocol/muc#roomconfig</value>"
		"</field><field var='muc#roomconfig_roomsecret'><value>" SECRET
		"2</value></field></x></query></iq>");
	let_it_go();
	irc(":a!u@h MODE #c -k+k " SECRET " " SECRET "2\r\n");
	fix_jabber("<iq from='a@home/x' to='gw' id='r' type='set'>"
		"<query xmlns='jabber:iq:register'><nick>a</nick>"
		"<password>" SECRET "</password></query></iq>");
	let_it_go();
	mapping_saved(fix.core, fix.save_token, ERR_OK);
	fix_jabber("<iq from='a@home/x' to='net@gw' id='r' type='set'>"
		"<query xmlns='jabber:iq:register'><nick>a</nick>"
		"<password>" SECRET "</password></query></iq>");
	let_it_go();
}

static void passwords_leave_nothing(void **state)
{
	(void)state;
	fix.config.flood_burst = 1000;
	freed_begin();
	give_all("");
	fix_end_core();
	assert_int_equal(freed_end(), 0);
}

static void nor_where_lines_come_back(void **state)
{
	(void)state;
	fix.config.flood_burst = 1000;
	freed_begin();
	give_all("message-tags echo-message labeled-response batch");
	fix_end_core();
	assert_int_equal(freed_end(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(passwords_leave_nothing),
		TEST(nor_where_lines_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
