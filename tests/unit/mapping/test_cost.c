/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include <fcntl.h>
#include <time.h>

#include "irc/engine.h"
#include "mapping/talk/rich.h"

/*
 * What strangers write costs no more than its length: each text here is one of
 * those for which looking again from every place takes a minute.
 */
enum { SECONDS = 3 };

static void add_times(struct buf *b, const char *text, size_t bytes)
{
	for (size_t n = bytes / strlen(text); n > 0; n--) {
		buf_add_str(b, text);
	}
}

static void stanzas_cost_what_they_are_long(void **state)
{
	static const struct {
		const char *before;
		const char *again;
		const char *after;
	} cases[] = {
		{"<html xmlns='http://jabber.org/protocol/xhtml-im'>"
		 "<body xmlns='http://www.w3.org/1999/xhtml'><ol>",
			"<li/>", "</ol></body></html>"},
		{"<body>", "*a ", "</body>"},
		{"<body>", "*_~a ", "</body>"},
	};
	struct buf xml;
	clock_t began;

	(void)state;
	fix.config.styling = true;
	buf_init(&xml, 1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&xml, SIZE_MAX);
		buf_add_str(&xml, "<message from='juliet@home/balcony' "
			"to='#c%net@gw'>");
		buf_add_str(&xml, cases[i].before);
		add_times(&xml, cases[i].again, 240000);
		buf_add_str(&xml, cases[i].after);
		buf_add_str(&xml, "</message>");
		began = clock();
		fix_jabber(buf_cstr(&xml));
		assert_true(clock() - began < SECONDS * CLOCKS_PER_SEC);
	}
	buf_finish(&xml);
}

static void addresses_cost_what_they_are_long(void **state)
{
	struct buf text;
	clock_t began;
	size_t from = 0;
	size_t len;

	(void)state;
	buf_init(&text, 1 << 20);
	buf_add_str(&text, "http://a(b)");
	add_times(&text, "]).}", 400000);
	began = clock();
	assert_true(rich_find_url(buf_slice(&text), &from, &len));
	assert_int_equal(from, 0);
	assert_int_equal(len, strlen("http://a(b)"));
	assert_true(clock() - began < SECONDS * CLOCKS_PER_SEC);
	buf_finish(&text);
}

/* ---- a list of masks against a form of masks (D.13) ---- */

enum { MASKS = 5400, VALUES = 15000 };

static struct buf written; /* to IRC */

static void keep_written(void *ctx, unsigned link, const char *p, size_t len)
{
	(void)ctx;
	(void)link;
	buf_add(&written, p, len);
}

static void irc(const char *line)
{
	mapping_link_data(fix.core, 1, line, strlen(line));
}

static void turn(void)
{
	clock_advance(&fix.clock, fix.clock.now_ms, fix.clock.wall_ms);
}

static void enter_as_operator(void)
{
	engine_setup(open("/dev/null", O_RDWR | O_CLOEXEC));
	fix.core->ports.link_write = keep_written;
	fix_jabber("<presence from='a@home/x' to='#c%net@gw/a' id='j'>"
		   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	mapping_link_up(fix.core, 1);
	irc(":s 001 a :Welcome\r\n"
	    ":s 005 a PREFIX=(ov)@+ CHANMODES=beI,k,l,imnpst :are supported\r\n"
	    ":a!u@h JOIN #c\r\n:s 353 a = #c :@a\r\n:s 366 a #c :End\r\n");
}

static void tell_list(void)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	for (int i = 0; i < MASKS; i++) {
		buf_addf(&b, ":s 367 a #c m%04d\r\n", i);
	}
	buf_add_str(&b, ":s 368 a #c :End\r\n");
	irc(buf_cstr(&b));
	buf_finish(&b);
}

/* The last of the list again and again, then all of it but the first. */
static void send_form(void)
{
	struct buf xml;

	buf_init(&xml, 1 << 20);
	buf_add_str(&xml,
		"<iq from='a@home/x' to='#c%net@gw' id='f' type='set'>"
		"<query xmlns='http://jabber.org/protocol/muc#owner'>"
		"<x xmlns='jabber:x:data' type='submit'>"
		"<field var='FORM_TYPE'><value>"
		"http://jabber.org/protocol/muc#roomconfig</value></field>"
		"<field var='irc#bans'><value>");
	for (int i = 0; i < VALUES; i++) {
		int behind = i - (VALUES - MASKS);

		buf_addf(&xml, "M%04d\n", behind < 1 ? MASKS - 1 : behind);
	}
	buf_add_str(&xml, "</value></field></x></query></iq>");
	fix_jabber(buf_cstr(&xml));
	buf_finish(&xml);
}

static void lists_of_masks_are_compared_in_no_time(void **state)
{
	clock_t began;

	(void)state;
	fix.config.flood_burst = 100;
	buf_init(&written, 1 << 16);
	enter_as_operator();
	send_form();
	irc(":s 324 a #c +nt\r\n");
	tell_list();
	began = clock();
	irc(":s PONG s :gw-s1\r\n");
	assert_true(clock() - began < CLOCKS_PER_SEC / 2);
	turn();
	assert_non_null(strstr(buf_cstr(&written),
		"MODE #c -b m0000\r\n"));
	irc(":s PONG s :gw-s2\r\n");
	assert_true(fix_last_has("type='result'"));
	buf_finish(&written);
}

/* ---- marks of what was read, in many rooms (F.1, XEP-0490) ---- */

enum { ROOMS = 90, SAID = 100, MARKS = 30000 };

static void add_stamp(struct buf *b, unsigned ms)
{
	buf_addf(b, "2026-01-01T00:%02u:%02u.%03uZ", ms / 60000,
		ms / 1000 % 60, ms % 1000);
}

static void add_mark(struct buf *b, unsigned room, unsigned ms)
{
	buf_addf(b, ":s MARKREAD #r%u timestamp=", room);
	add_stamp(b, ms);
	buf_add_str(b, "\r\n");
}

/* One message that is read soon, and others that are not. */
static void enter_room(unsigned room)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_addf(&b, "<presence from='a@home/x' to='#r%u%%net@gw/a'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>", room);
	fix_jabber(buf_cstr(&b));
	buf_reset(&b, SIZE_MAX);
	buf_addf(&b, ":a!u@h JOIN #r%u\r\n:s 353 a = #r%u :a @b\r\n"
		":s 366 a #r%u :End\r\n", room, room, room);
	for (unsigned i = 0; i < SAID; i++) {
		buf_addf(&b, "@msgid=m%u;time=", i);
		add_stamp(&b, i == 0 ? 0 : 3000000 + i);
		buf_addf(&b, " :b!u@h PRIVMSG #r%u :x\r\n", room);
	}
	add_mark(&b, room, 1);
	irc(buf_cstr(&b));
	buf_finish(&b);
}

static void enter_rooms(void)
{
	engine_setup(open("/dev/null", O_RDWR | O_CLOEXEC));
	fix_jabber("<message from='home' to='gw'>"
		   "<privilege xmlns='urn:xmpp:privilege:2'><perm access='iq'>"
		   "<namespace ns='http://jabber.org/protocol/pubsub' "
		   "type='set'/></perm></privilege></message>");
	fix_jabber("<presence from='a@home/x' to='#r0%net@gw/a'>"
		   "<x xmlns='http://jabber.org/protocol/muc'/></presence>");
	mapping_link_up(fix.core, 1);
	irc(":s CAP * LS :message-tags server-time draft/read-marker\r\n"
	    ":s CAP * ACK :message-tags server-time draft/read-marker\r\n"
	    ":s 001 a :Welcome\r\n:s 005 a PREFIX=(ov)@+ :are supported\r\n");
	for (unsigned i = 0; i < ROOMS; i++) {
		enter_room(i);
	}
}

static void a_mark_costs_the_same_in_however_many_rooms(void **state)
{
	struct buf b;
	clock_t began;

	(void)state;
	fix.config.flood_burst = 1000;
	enter_rooms();
	assert_int_equal(fix.core->counts.rooms, ROOMS);
	buf_init(&b, 4 << 20);
	for (unsigned i = 0; i < MARKS; i++) {
		add_mark(&b, 0, 2 + i);
	}
	began = clock();
	irc(buf_cstr(&b));
	assert_true(clock() - began < SECONDS * CLOCKS_PER_SEC);
	buf_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stanzas_cost_what_they_are_long),
		TEST(addresses_cost_what_they_are_long),
		TEST(lists_of_masks_are_compared_in_no_time),
		TEST(a_mark_costs_the_same_in_however_many_rooms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
