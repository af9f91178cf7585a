/* SPDX-License-Identifier: MIT */
#include "tests/bench/core_world.h"

#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "irc/engine.h"
#include "mapping/mapping.h"
#include "xmpp/parser.h"

enum { NAMES_IN_LINE = 40, SAID = 1024 };

/* ---- what is counted ---- */

unsigned long core_allocations;
unsigned long core_sent;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);

void *malloc(size_t size)
{
	core_allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	core_allocations++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	core_allocations++;
	return __libc_realloc(p, size);
}

size_t core_heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* ---- ports ---- */

static char said[SAID]; /* on juliet's link, last */
static unsigned opened; /* the link opened last */

static void xmpp_send(void *ctx, const char *xml, size_t len)
{
	(void)ctx;
	(void)xml;
	(void)len;
	core_sent++;
}

static void link_open(void *ctx, unsigned link, const struct link_target *to)
{
	(void)ctx;
	(void)to;
	opened = link;
}

static void link_write(void *ctx, unsigned link, const char *p, size_t len)
{
	(void)ctx;
	core_sent++;
	if (link == 1 && len < sizeof said) {
		memcpy(said, p, len);
		said[len] = '\0';
	}
}

static void link_close(void *ctx, unsigned link)
{
	(void)ctx;
	(void)link;
}

static void random_bytes(void *ctx, void *out, size_t len)
{
	static unsigned char n;

	(void)ctx;
	memset(out, n++, len);
}

static void save(void *ctx, uint64_t token, const struct store_row *rows,
	size_t nrows)
{
	(void)ctx;
	(void)token;
	(void)rows;
	(void)nrows;
}

/* ---- in ---- */

static const struct core_world *world;
static struct mapping *core;
static struct parser *parser;
static struct clock now;

static void on_open(void *ctx, const struct elem *stream)
{
	(void)ctx;
	(void)stream;
}

static void on_stanza(void *ctx, const struct stanza *stanza)
{
	(void)ctx;
	mapping_stanza(core, stanza);
}

static void on_dropped(void *ctx, const struct stanza *stanza, unsigned over)
{
	(void)ctx;
	(void)stanza;
	(void)over;
}

static void on_close(void *ctx)
{
	(void)ctx;
}

static void on_fatal(void *ctx, const char *condition, const char *text)
{
	(void)ctx;
	fprintf(stderr, "fatal %s %s\n", condition, text ? text : "");
	exit(1);
}

static const struct parser_handlers handlers = {
	.on_open = on_open, .on_stanza = on_stanza, .on_other = on_open,
	.on_dropped = on_dropped, .on_close = on_close, .on_fatal = on_fatal,
};

void core_turn(unsigned ms)
{
	clock_advance(&now, now.now_ms + ms, now.wall_ms + ms);
	while (clock_next(&now) == 0) {
		clock_advance(&now, now.now_ms, now.wall_ms);
	}
}

unsigned core_pace(void)
{
	return world->pace_ms > 0 ? world->pace_ms : 2000;
}

void core_jabber(const char *xml)
{
	parser_feed(parser, xml, strlen(xml));
	core_turn(0);
}

static void serve(unsigned link, const char *lines)
{
	mapping_link_data(core, link, lines, strlen(lines));
	core_turn(0);
}

void core_irc(const char *lines)
{
	serve(1, lines);
}

void core_echo(void)
{
	static const char label[] = "@label=";
	bool tags = strstr(world->caps, "message-tags") != NULL;
	char line[2 * SAID];
	const char *rest = said;
	int at = 0;

	if (strncmp(said, label, sizeof label - 1) == 0) {
		rest = strchr(said, ' ') + 1;
		at = snprintf(line, sizeof line, "%.*s;",
			(int)(rest - said) - 1, said);
	} else if (tags) {
		line[at++] = '@';
	}
	if (tags) {
		at += snprintf(line + at, sizeof line - (size_t)at,
			"msgid=m%lu;time=2026-01-01T00:00:00.000Z ", core_sent);
	} else if (at > 0) {
		line[at - 1] = ' ';
	}
	snprintf(line + at, sizeof line - (size_t)at, ":juliet!j@host %s",
		rest);
	core_irc(line);
}

/* ---- coming in ---- */

static void names(unsigned link, const char *nick, const char *channel,
	unsigned occupants)
{
	char line[1024];
	unsigned i = 1;

	snprintf(line, sizeof line,
		":%s!j@host JOIN %s\r\n:s 353 %s = %s :%s @bob\r\n", nick,
		channel, nick, channel, nick);
	serve(link, line);
	while (++i < occupants) {
		int at = snprintf(line, sizeof line, ":s 353 %s = %s :", nick,
			channel);
		unsigned end = i + NAMES_IN_LINE;

		for (; i < end && i < occupants; i++) {
			at += snprintf(line + at, sizeof line - (size_t)at,
				"somebody%u ", i);
		}
		snprintf(line + at, sizeof line - (size_t)at, "\r\n");
		serve(link, line);
		i--;
	}
}

static void names_end(unsigned link, const char *nick, const char *channel)
{
	char line[100];

	snprintf(line, sizeof line, ":s 366 %s %s :End\r\n", nick, channel);
	serve(link, line);
}

static void register_as(unsigned link, const char *nick)
{
	char lines[600];

	mapping_link_up(core, link);
	snprintf(lines, sizeof lines, ":s CAP * LS :%s\r\n", world->caps);
	serve(link, lines);
	if (world->caps[0] != '\0') {
		snprintf(lines, sizeof lines, ":s CAP * ACK :%s\r\n",
			world->caps);
		serve(link, lines);
	}
	snprintf(lines, sizeof lines, ":s 001 %s :Hi %s!j@host\r\n"
		":s 005 %s CHANTYPES=# PREFIX=(ov)@+ MSGREFTYPES=msgid :x\r\n",
		nick, nick, nick);
	serve(link, lines);
}

static void name_of(unsigned i, char *out, size_t size)
{
	if (i == 0) {
		snprintf(out, size, "juliet");
	} else {
		snprintf(out, size, "user%u", i);
	}
}

static void ask_to_enter(const char *who, unsigned client, const char *channel)
{
	char xml[400];

	snprintf(xml, sizeof xml,
		"<presence from='%s@home/r%u' to='%s%%net@gw/%s'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		who, client, channel, who);
	core_jabber(xml);
}

void core_join(unsigned i, const char *channel, unsigned occupants)
{
	char nick[20];

	name_of(i, nick, sizeof nick);
	ask_to_enter(nick, 0, channel);
	names(i + 1, nick, channel, occupants);
	names_end(i + 1, nick, channel);
}

static void open_session(unsigned i)
{
	char nick[20];
	char channel[20];

	name_of(i, nick, sizeof nick);
	snprintf(channel, sizeof channel, i == 0 ? "#c" : "#c%u", i);
	ask_to_enter(nick, 0, channel);
	register_as(opened, nick);
	names(opened, nick, channel, i == 0 ? world->occupants : 2);
	names_end(opened, nick, channel);
	for (unsigned c = 1; i == 0 && c < world->clients; c++) {
		ask_to_enter(nick, c, channel);
	}
}

void core_lose(unsigned left)
{
	mapping_link_lost(core, 1, ERR_CLOSED, NULL);
	core_turn(10000);
	register_as(1, "juliet");
	names(1, "juliet", "#c", left);
}

void core_back(void)
{
	static const char end[] = ":s 366 juliet #c :End\r\n";

	mapping_link_data(core, 1, end, sizeof end - 1);
}

/* ---- life ---- */

void core_world_open(const struct core_world *w)
{
	static const char *const users[] = {"home"};
	static const struct server_config servers[] = {{"irc.net", 6697}};
	static const struct network_config networks[] = {{.name = "net",
		.title = "net", .servers = servers, .nservers = 1,
		.max_unregistered = 8}};
	static struct map_config config;
	struct map_ports ports = {.xmpp_send = xmpp_send,
		.link_open = link_open, .link_write = link_write,
		.link_close = link_close, .save = save,
		.random = random_bytes};

	map_config_defaults(&config);
	config.component = "gw";
	config.server = "home";
	config.users = users;
	config.nusers = 1;
	config.networks = networks;
	config.nnetworks = 1;
	config.lazy_above = 0;
	world = w;
	config.flood_interval_ms = core_pace();
	engine_setup(1000);
	clock_init(&now, 1000000, 1767225600000);
	core = mapping_create(&config, &ports, &now);
	parser = parser_create(&handlers, NULL, NULL);
	core_jabber("<stream:stream xmlns='jabber:component:accept' "
		    "xmlns:stream='http://etherx.jabber.org/streams'>");
	mapping_online(core);
	for (unsigned i = 0; i < w->sessions; i++) {
		open_session(i);
	}
	core_turn(30000);
}

void core_world_close(void)
{
	mapping_destroy(core);
	parser_destroy(parser);
	clock_finish(&now);
}
