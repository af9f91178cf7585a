/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/core_world.h"

/*
 * What a message costs from end to end of the core, in small worlds and large:
 * nanoseconds and allocations; instructions by tests/bench/instructions, to which
 * each call of rounds() is one row. Then the memory of a session and of a room,
 * unless the number of rounds is given. `bench_mapping ROUNDS ROW`: one of them, for
 * a profiler.
 */
enum { ROUNDS = 2000, WARM = 600 };

static const char labels[] =
	"labeled-response message-tags echo-message batch server-time";
static const char echoes[] = "echo-message";

/* ---- what is done ---- */

static void irc_room(void)
{
	core_irc(":bob!b@host PRIVMSG #c :a text of usual length, so\r\n");
}

static void irc_room_tags(void)
{
	core_irc("@time=2026-01-01T00:00:30.000Z;msgid=abcdef :bob!b@host "
		 "PRIVMSG #c :a text of usual length, so\r\n");
}

static void irc_room_coded(void)
{
	core_irc(":bob!b@host PRIVMSG #c "
		 ":ein Text mit \xc3\xa4 und \x02" "b\r\n");
}

static void irc_person(void)
{
	core_irc(":bob!b@host PRIVMSG juliet :a text of usual length\r\n");
}

static void away(void)
{
	static unsigned n;

	core_irc(n++ % 2 ? ":bob!b@host AWAY :x\r\n" : ":bob!b@host AWAY\r\n");
}

/* Slowly enough for flood control; the server is heard of now and then. */
static void pass(void)
{
	static unsigned n;

	core_turn(core_pace());
	if (++n % 32 == 0) {
		core_irc(":s 250 juliet :x\r\n");
	}
}

static char to_room[] =
	"<message from='juliet@home/r0' to='#c%net@gw' type='groupchat' "
	"id='00000'><body>a text of usual length</body></message>";
static char to_person[] =
	"<message from='juliet@home/r0' to='bob%net@gw' type='chat' "
	"id='00000'><body>a text of usual length</body></message>";

/* Each has an id of its own. */
static void say(char *xml)
{
	char *digit = strstr(xml, "'>") - 1;

	while (++*digit > '9') {
		*digit-- = '0';
	}
	core_jabber(xml);
}

static void jabber_room(void)
{
	say(to_room);
	pass();
}

static void jabber_person(void)
{
	say(to_person);
	pass();
}

static void jabber_room_echo(void)
{
	say(to_room);
	core_echo();
	pass();
}

static void jabber_person_echo(void)
{
	say(to_person);
	core_echo();
	pass();
}

/* ---- measuring ---- */

struct row {
	const char *what;
	void (*fn)(void);
	unsigned each;  /* stanzas to one client ... */
	unsigned once;  /* ... and what else is sent */
	struct core_world world;
};

static const struct row rows[] = {
	{"IRC to a room", irc_room, 1, 0, {"", 1, 2, 1, 0}},
	{"... with id and time", irc_room_tags, 1, 0, {labels, 1, 2, 1, 0}},
	{"... with formatting, not ASCII", irc_room_coded, 1, 0,
		{"", 1, 2, 1, 0}},
	{"... of 20 clients", irc_room, 1, 0, {"", 20, 2, 1, 0}},
	{"... of 10 people", irc_room, 1, 0, {"", 1, 10, 1, 0}},
	{"... of 1,000 people", irc_room, 1, 0, {"", 1, 1000, 1, 0}},
	{"... of one of 2,000 sessions", irc_room, 1, 0, {"", 1, 2, 2000, 0}},
	{"IRC to a person", irc_person, 0, 1, {"", 1, 2, 1, 0}},
	{"... of 2,000 sessions", irc_person, 0, 1, {"", 1, 2, 2000, 0}},
	{"somebody is away, or back", away, 1, 0, {"away-notify", 1, 2, 1, 0}},
	{"a client to the room", jabber_room, 1, 1, {"", 1, 2, 1, 0}},
	{"... of 20 clients", jabber_room, 1, 1, {"", 20, 2, 1, 0}},
	{"... of 1,000 people", jabber_room, 1, 1, {"", 1, 1000, 1, 0}},
	{"... one each 20 ms", jabber_room, 1, 1, {"", 1, 2, 1, 20}},
	{"... of one of 2,000 sessions", jabber_room, 1, 1,
		{"", 1, 2, 2000, 20}},
	{"... with echo", jabber_room_echo, 1, 1, {echoes, 1, 2, 1, 0}},
	{"... with echo and label", jabber_room_echo, 1, 1, {labels, 1, 2, 1, 0}},
	{"a client to a person", jabber_person, 0, 1, {"", 1, 2, 1, 0}},
	{"... with echo", jabber_person_echo, 0, 1, {echoes, 1, 2, 1, 0}},
	{"... with echo and label", jabber_person_echo, 0, 1,
		{labels, 1, 2, 1, 0}},
};

/* Of this process: others may be busy. */
static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Not static, not inlined: what valgrind looks at has a name. */
void rounds(void (*fn)(void), unsigned n);

__attribute__((noinline)) void rounds(void (*fn)(void), unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		fn();
	}
}

static int measure(const struct row *row, unsigned n)
{
	unsigned long wanted =
		(unsigned long)n * (row->each * row->world.clients + row->once);
	unsigned long before;
	unsigned long sent;
	double ns;

	core_world_open(&row->world);
	for (int i = 0; i < WARM; i++) {
		row->fn(); /* what is taken once */
	}
	before = core_allocations;
	sent = core_sent;
	ns = cpu_ns();
	rounds(row->fn, n);
	ns = cpu_ns() - ns;
	printf("%-32s %7.0f ns %5.1f allocations\n", row->what, ns / n,
		(double)(core_allocations - before) / n);
	sent = core_sent - sent;
	core_world_close();
	if (sent != wanted) {
		fprintf(stderr, "%s: %lu sent, not %lu\n", row->what, sent,
			wanted);
		return 1;
	}
	return 0;
}

/* ---- a loss ---- */

/* What is done whole, in one turn: a large room is compared with what it was. */
static void measure_loss(const char *what, unsigned left)
{
	static const struct core_world w = {"", 1, 10000, 1, 0};
	unsigned long sent;
	double ns;

	core_world_open(&w);
	core_lose(left);
	sent = core_sent;
	ns = cpu_ns();
	core_back();
	ns = cpu_ns() - ns;
	printf("%-32s %7.0f ns %5lu sent\n", what, ns,
		core_sent - sent);
	core_world_close();
}

/* ---- memory ---- */

static void memory(void)
{
	enum { SESSIONS = 2000, PEOPLE = 10000 };
	struct core_world w = {"", 1, 2, 1, 0};
	size_t before;

	core_world_open(&w);
	before = core_heap();
	core_world_close();
	w.sessions = SESSIONS + 1;
	core_world_open(&w);
	printf("%-32s %7zu bytes\n", "a session in a room of two",
		(core_heap() - before) / SESSIONS);
	before = core_heap();
	for (unsigned i = 0; i < SESSIONS; i++) {
		core_join(i, "#second", 2);
	}
	printf("%-32s %7zu bytes\n", "one more room of two",
		(core_heap() - before) / SESSIONS);
	before = core_heap();
	core_join(0, "#large", PEOPLE);
	printf("%-32s %7zu bytes\n", "one of them all in a large room",
		(core_heap() - before) / PEOPLE);
	core_world_close();
}

int main(int argc, char **argv)
{
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : ROUNDS;
	size_t only = argc > 2 ? (size_t)atoi(argv[2]) : 0;
	int bad = 0;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (only == 0 || only == i + 1) {
			bad |= measure(&rows[i], n);
		}
	}
	if (only == 0) {
		measure_loss("a room of 10,000 is back", 10000);
		measure_loss("... half of it", 5000);
	}
	if (argc == 1) {
		memory();
	}
	return bad | (core_allocations == 0); /* they were counted */
}
