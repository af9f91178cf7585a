/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "irc/engine.h"
#include "mapping/mapping.h"
#include "xmpp/parser.h"

/*
 * What a message costs from socket to socket of the core: nanoseconds and
 * allocations; a line from IRC that twenty clients are shown, one to a person,
 * and a message of a client that all twenty see again.
 */
enum { CLIENTS = 20, ROUNDS = 20000 };

/* Calls of malloc and its kin by whatever runs here (glibc). */
static unsigned long allocations;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);

void *malloc(size_t size)
{
	allocations++;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	allocations++;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	allocations++;
	return __libc_realloc(p, size);
}

static unsigned long stanzas;
static unsigned long lines;

static void xmpp_send(void *ctx, const char *xml, size_t len)
{
	(void)ctx;
	(void)xml;
	(void)len;
	stanzas++;
}

static void link_open(void *ctx, unsigned link, const struct link_target *to)
{
	(void)ctx;
	(void)link;
	(void)to;
}

static void link_write(void *ctx, unsigned link, const char *p, size_t len)
{
	(void)ctx;
	(void)link;
	(void)p;
	(void)len;
	lines++;
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

/* ---- the world ---- */

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

static void turn(unsigned ms)
{
	clock_advance(&now, now.now_ms + ms, now.wall_ms + ms);
	while (clock_next(&now) == 0) {
		clock_advance(&now, now.now_ms, now.wall_ms);
	}
}

static void jabber(const char *xml)
{
	parser_feed(parser, xml, strlen(xml));
	turn(0);
}

static void irc(const char *line)
{
	mapping_link_data(core, 1, line, strlen(line));
	turn(0);
}

static void enter_room(void)
{
	char xml[300];

	for (int i = 0; i < CLIENTS; i++) {
		snprintf(xml, sizeof xml,
			"<presence from='juliet@home/r%d' to='#c%%net@gw/juliet'>"
			"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
			i);
		jabber(xml);
		if (i > 0) {
			continue;
		}
		mapping_link_up(core, 1);
		irc(":s CAP * LS :\r\n:s 001 juliet :Hi\r\n"
		    ":s 005 juliet CHANTYPES=# PREFIX=(ov)@+ :x\r\n"
		    ":juliet!j@host JOIN #c\r\n"
		    ":s 353 juliet = #c :juliet @bob\r\n"
		    ":s 366 juliet #c :End\r\n");
	}
	turn(60000);
}

/* ---- measuring ---- */

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int measure(const char *what, void (*fn)(const char *text),
	const char *text, unsigned long wanted)
{
	unsigned long before;
	unsigned long sent;
	double start;

	for (int i = 0; i < 10; i++) {
		fn(text); /* what is taken once */
	}
	before = allocations;
	sent = stanzas + lines;
	start = now_ns();
	for (int i = 0; i < ROUNDS; i++) {
		fn(text);
	}
	printf("%-36s %7.0f ns  %5.1f allocations\n", what,
		(now_ns() - start) / ROUNDS,
		(double)(allocations - before) / ROUNDS);
	if (stanzas + lines - sent != wanted * ROUNDS) {
		fprintf(stderr, "%s: %lu sent\n", what, stanzas + lines - sent);
		return 1;
	}
	return 0;
}

/* Slowly enough for flood control, and the server is heard of meanwhile. */
static void say(const char *text)
{
	jabber(text);
	irc(":s 250 juliet :x\r\n");
	turn(2000);
}

int main(void)
{
	static const char *const users[] = {"home"};
	static const struct server_config servers[] = {{"irc.net", 6697}};
	static const struct network_config networks[] = {{.name = "net",
		.title = "net", .servers = servers, .nservers = 1,
		.max_unregistered = 8}};
	struct map_ports ports = {.xmpp_send = xmpp_send,
		.link_open = link_open, .link_write = link_write,
		.link_close = link_close, .save = save,
		.random = random_bytes};
	struct map_config config;
	int bad = 0;

	map_config_defaults(&config);
	config.component = "gw";
	config.server = "home";
	config.users = users;
	config.nusers = 1;
	config.networks = networks;
	config.nnetworks = 1;
	engine_setup(1000);
	clock_init(&now, 1000000, 1767225600000);
	core = mapping_create(&config, &ports, &now);
	parser = parser_create(&handlers, NULL, NULL);
	jabber("<stream:stream xmlns='jabber:component:accept' "
	       "xmlns:stream='http://etherx.jabber.org/streams'>");
	mapping_online(core);
	enter_room();
	bad |= measure("IRC to a room of 20 clients", irc,
		":bob!b@host PRIVMSG #c :a text of usual length, so\r\n",
		CLIENTS);
	bad |= measure("the same, not ASCII", irc,
		":bob!b@host PRIVMSG #c :ein Text mit \xc3\xa4 und \x02" "b\r\n",
		CLIENTS);
	bad |= measure("IRC to one person", irc,
		":bob!b@host PRIVMSG juliet :a text of usual length\r\n", 1);
	bad |= measure("a client to the room", say,
		"<message from='juliet@home/r0' to='#c%net@gw' id='m1' "
		"type='groupchat'><body>a text of usual length</body>"
		"</message>",
		CLIENTS + 1);
	bad |= measure("a client to a person", say,
		"<message from='juliet@home/r0' to='bob%net@gw' id='m1' "
		"type='chat'><body>a text of usual length</body></message>",
		1);
	bad |= allocations == 0; /* then they were not counted */
	mapping_destroy(core);
	parser_destroy(parser);
	clock_finish(&now);
	return bad;
}
