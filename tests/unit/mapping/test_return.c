/* SPDX-License-Identifier: MIT */
#include <fcntl.h>

#include "irc/engine.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "tests/unit/mapping/fixture.h"

/*
 * A thousand users of a network whose only server restarts. It takes one
 * connection a second of an address, 20 at once, and refuses who is faster.
 */
enum { USERS = 1000, BURST = 20, EACH_MS = 1000 };

static struct peer {
	bool open; /* to be accepted, or refused */
	bool user; /* to be welcomed */
	bool join;
	bool ping; /* to be answered */
	bool up;
	char nick[16];
	char token[40];
} peers[USERS + 8];

static unsigned refused;
static unsigned joined;
static uint64_t full_at; /* when the bucket is full again */

static void open_link(void *ctx, unsigned link, const struct link_target *to)
{
	(void)ctx;
	(void)to;
	assert_in_range(link, 1, USERS);
	peers[link] = (struct peer){.open = true};
}

static void write_link(void *ctx, unsigned link, const char *p, size_t len)
{
	char text[600];
	const char *nick;

	(void)ctx;
	snprintf(text, sizeof text, "%.*s", (int)len, p);
	nick = strncmp(text, "NICK ", 5) == 0 ? text : strstr(text, "\nNICK ");
	if (nick != NULL) {
		sscanf(strchr(nick, 'N'), "NICK %15[^\r]", peers[link].nick);
	}
	peers[link].user |= strstr(text, "USER ") != NULL;
	nick = strstr(text, "PING ");
	peers[link].ping |= nick != NULL;
	if (nick != NULL) {
		sscanf(nick, "PING %39[^\r]", peers[link].token);
	}
	peers[link].join |= strstr(text, "JOIN #c") != NULL;
}

static void close_link(void *ctx, unsigned link)
{
	(void)ctx;
	peers[link].up = false;
}

static bool accepts(void)
{
	uint64_t now = fix.clock.now_ms;

	full_at = full_at > now ? full_at : now;
	if (full_at + EACH_MS > now + BURST * EACH_MS) {
		return false;
	}
	full_at += EACH_MS;
	return true;
}

static void say(unsigned link, const char *line)
{
	mapping_link_data(fix.core, link, line, strlen(line));
}

static void answer(unsigned link)
{
	struct peer *p = &peers[link];
	char line[300];

	if (p->open) {
		p->open = false;
		p->up = accepts();
		if (p->up) {
			mapping_link_up(fix.core, link);
		} else {
			refused++;
			mapping_link_lost(fix.core, link, ERR_CLOSED, NULL);
		}
	}
	if (p->user) {
		p->user = false;
		snprintf(line, sizeof line, ":s 001 %s :Welcome\r\n", p->nick);
		say(link, line);
	}
	if (p->ping) {
		p->ping = false;
		snprintf(line, sizeof line, ":s PONG s %s\r\n", p->token);
		say(link, line);
	}
	if (p->join) {
		p->join = false;
		joined++;
		snprintf(line, sizeof line,
			":%s!u@h JOIN #c\r\n:s 353 %s = #c :%s bob\r\n"
			":s 366 %s #c :End\r\n",
			p->nick, p->nick, p->nick, p->nick);
		say(link, line);
	}
}

/* Until all have joined, or that time is over; what it took. */
static uint64_t until_all_joined(uint64_t most_ms)
{
	uint64_t began = fix.clock.now_ms;

	while (joined < USERS && fix.clock.now_ms - began < most_ms) {
		int64_t next = clock_next(&fix.clock);
		uint64_t step = next < 0 || next > 1000 ? 1000 : (uint64_t)next;

		clock_advance(&fix.clock, fix.clock.now_ms + step,
			fix.clock.wall_ms + (int64_t)step);
		for (unsigned i = 1; i <= USERS; i++) {
			answer(i);
		}
	}
	return fix.clock.now_ms - began;
}

static void all_are_back_and_none_was_too_fast(void **state)
{
	static const struct server_config servers[] = {{"irc.test.net", 6697}};
	static const struct network_config networks[] = {
		{.name = "net", .servers = servers, .nservers = 1,
			.max_unregistered = 8, .connect_burst = 15,
			.connect_interval_ms = 1200},
	};
	struct map_config config = fix.config;
	uint64_t took;
	char xml[300];

	(void)state;
	engine_setup(open("/dev/null", O_RDWR | O_CLOEXEC));
	config.networks = networks;
	config.nnetworks = 1;
	config.max_sessions = USERS;
	mapping_reload(fix.core, &config);
	fix.core->ports.link_open = open_link;
	fix.core->ports.link_write = write_link;
	fix.core->ports.link_close = close_link;
	for (int i = 0; i < USERS; i++) {
		snprintf(xml, sizeof xml,
			"<presence from='u%d@home/x' to='#c%%net@gw/u%d'>"
			"<x xmlns='http://jabber.org/protocol/muc'/>"
			"</presence>", i, i);
		fix_jabber(xml);
	}
	took = until_all_joined(3600000);
	assert_int_equal(joined, USERS);
	assert_int_equal(refused, 0);
	print_message("all there after %llu s\n",
		(unsigned long long)took / 1000);
	joined = 0;
	for (unsigned i = 1; i <= USERS; i++) {
		assert_true(peers[i].up);
		mapping_link_lost(fix.core, i, ERR_CLOSED, NULL);
	}
	took = until_all_joined(3600000);
	print_message("all back after %llu s\n",
		(unsigned long long)took / 1000);
	assert_int_equal(joined, USERS);
	assert_int_equal(refused, 0);
	/* The network's pace, not ours: 15 at once, then one each 1.2 s. */
	assert_true(took < (USERS - 15) * 1200 + 60000);
	assert_int_equal(fix.core->counts.sessions, USERS);
	mapping_reload(fix.core, &fix.config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_are_back_and_none_was_too_fast),
	};

	return cmocka_run_group_tests_name("return", tests, NULL, NULL);
}
