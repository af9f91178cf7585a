/* SPDX-License-Identifier: MIT */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "irc/engine.h"
#include "irc/ircnet.h"

/*
 * What the IRC side costs: nanoseconds a line through framing, gate,
 * libircclient and ircnet; heap a connection, a member and a channel.
 */
enum { CONNECTIONS = 2000, MEMBERS = 10000, LINES = 1000000 };

static unsigned long texts;

static void on_write(void *ctx, const char *p, size_t len)
{
	(void)ctx;
	(void)p;
	(void)len;
}

static void on_end(void *ctx, enum ircnet_end why, int numeric,
	struct slice text)
{
	(void)ctx;
	fprintf(stderr, "ended %d %d %.*s\n", (int)why, numeric,
		SLICE_ARG(text));
	exit(1);
}

static void on_text(void *ctx, const struct irc_text *text)
{
	(void)ctx;
	texts += text->chan != NULL;
}

static const struct ircnet_events events = {
	.write = on_write, .on_end = on_end, .on_text = on_text,
};

static const struct ircnet_config config = {
	.nick = "juliet", .user = "juliet", .realname = "Juliet",
	.flood_burst = 5, .flood_interval_ms = 2000, .queue_lines = 50,
	.register_timeout_ms = 30000, .max_lines = 8,
};

static size_t heap(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void serve(struct ircnet *net, const char *lines)
{
	ircnet_input(net, lines, strlen(lines));
}

static struct ircnet *connect_one(struct clock *clock)
{
	struct ircnet *net =
		ircnet_create(&config, &events, NULL, clock, NULL);

	if (net == NULL) {
		abort();
	}
	serve(net, ":s CAP * LS :batch server-time\r\n"
		":s CAP * ACK :batch server-time\r\n"
		":s 001 juliet :Hi juliet!j@host.example\r\n"
		":s 005 juliet PREFIX=(ov)@+ CHANMODES=b,k,l,imnpst :x\r\n"
		":juliet!j@host.example JOIN #c\r\n"
		":s 353 juliet = #c :juliet @bob\r\n"
		":s 366 juliet #c :End\r\n");
	return net;
}

static void time_lines(struct ircnet *net, const char *what, const char *line)
{
	enum { EACH = 20 };
	size_t len = strlen(line);
	char *batch = malloc(EACH * len);
	double start;

	for (size_t i = 0; i < EACH; i++) {
		memcpy(batch + i * len, line, len);
	}
	start = now_ns();
	for (size_t i = 0; i < LINES / EACH; i++) {
		ircnet_input(net, batch, EACH * len);
	}
	printf("%-28s %6.0f ns a line\n", what, (now_ns() - start) / LINES);
	free(batch);
}

static void fill_channel(struct ircnet *net)
{
	size_t before = heap();
	char line[100];

	for (int i = 0; i < MEMBERS; i++) {
		snprintf(line, sizeof line,
			":member%d!~user%d@host%d.example.net JOIN #c\r\n", i,
			i, i);
		serve(net, line);
	}
	printf("%-28s %6.0f bytes a member\n", "names of their own",
		(double)(heap() - before) / MEMBERS);
}

int main(void)
{
	static struct ircnet *nets[CONNECTIONS];
	struct clock clock;
	size_t before;

	engine_setup(1000);
	clock_init(&clock, 1000, 0);
	before = heap();
	for (size_t i = 0; i < CONNECTIONS; i++) {
		nets[i] = connect_one(&clock);
	}
	clock_advance(&clock, 61000, 0);
	printf("%-28s %6.0f bytes a connection\n", "in one small channel",
		(double)(heap() - before) / CONNECTIONS);
	time_lines(nets[0], "PRIVMSG to a channel",
		":bob!b@host.example PRIVMSG #c :a text of usual length, so\r\n");
	time_lines(nets[0], "the same with tags",
		"@time=2026-01-01T00:00:00.000Z;msgid=abcdef :bob!b@host.example"
		" PRIVMSG #c :a text of usual length, so\r\n");
	time_lines(nets[0], "PING", "PING :server.example\r\n");
	fill_channel(nets[0]);
	fill_channel(nets[1]); /* the same people, seen by another connection */
	for (size_t i = 0; i < CONNECTIONS; i++) {
		ircnet_destroy(nets[i]);
	}
	clock_finish(&clock);
	return texts == 2 * LINES ? 0 : 1;
}
