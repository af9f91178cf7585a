/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "xmpp/jid.h"
#include "xmpp/parser.h"
#include "xmpp/writer.h"

/*
 * Nanoseconds for what each stanza costs in xmpp/: scanning, parsing, writing,
 * an address. Figures of one machine compare with each other only.
 */
enum { BATCH = 100, SIZE = 64 * 1024 };

static double now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void report(const char *what, double ns, double count, const char *unit)
{
	printf("%-28s %10.2f ns/%s\n", what, ns / count, unit);
}

static void write_message(struct buf *out, const char *xmlns)
{
	struct xw w;

	xw_init(&w, out, xmlns);
	xw_start(&w, "message", NS_NONE);
	xw_attr(&w, "type", "groupchat");
	xw_attr(&w, "from", "#chan%irc.test.net@irc.example.com/Bob");
	xw_attr(&w, "to", "juliet@example.com/balcony");
	xw_attr(&w, "id", "4bcd31a8-66f1-4cc7-b1a5-6ff2a1d0e2a1");
	xw_elem(&w, "body", NS_NONE,
		slice_str("What's in a name? That which we call a rose"));
	xw_start(&w, "stanza-id", NS_SID);
	xw_attr(&w, "by", "#chan%irc.test.net@irc.example.com");
	xw_attr(&w, "id", "1234567890");
	xw_end(&w);
	xw_end(&w);
}

static void ignore_bytes(void *ctx, const char *p, size_t len)
{
	(void)p;
	*(size_t *)ctx += len;
}

static void ignore_end(void *ctx, unsigned over)
{
	(void)ctx;
	(void)over;
}

static void count_stanza(void *ctx, const struct stanza *s)
{
	(void)s;
	++*(size_t *)ctx;
}

static void bench_scan(const char *what, const char *p, size_t len, int rounds)
{
	struct scan s;
	size_t sum = 0;
	double start;

	scan_init(&s, &scan_limits_default);
	scan_feed(&s, "<s>", 3, ignore_bytes, ignore_end, &sum);
	start = now_ns();
	for (int i = 0; i < rounds; i++) {
		scan_feed(&s, p, len, ignore_bytes, ignore_end, &sum);
	}
	report(what, now_ns() - start, (double)len * rounds, "byte");
	scan_finish(&s);
}

static void bench_parse(const struct buf *in, int rounds)
{
	static const struct parser_handlers handlers = {
		.on_stanza = count_stanza,
	};
	static const char header[] =
		"<stream:stream xmlns='jabber:component:accept' "
		"xmlns:stream='http://etherx.jabber.org/streams'>";
	size_t seen = 0;
	struct parser *p = parser_create(&handlers, &seen, NULL);
	double start;

	parser_feed(p, header, sizeof header - 1);
	start = now_ns();
	for (int i = 0; i < rounds; i++) {
		parser_feed(p, in->p, in->len);
	}
	must(seen == (size_t)rounds * BATCH);
	report("scan and parse a message", now_ns() - start, (double)seen,
		"stanza");
	parser_destroy(p);
}

static void bench_write(int rounds)
{
	struct buf out;
	double start = now_ns();

	buf_init(&out, 1U << 20);
	for (int i = 0; i < rounds; i++) {
		out.len = 0;
		for (int n = 0; n < BATCH; n++) {
			write_message(&out, "jabber:component:accept");
		}
	}
	report("write a message", now_ns() - start, (double)rounds * BATCH,
		"stanza");
	buf_finish(&out);
}

static void bench_jid(const char *what, const char *text, int rounds)
{
	struct arena a;
	struct jid jid;
	double start = now_ns();

	arena_init(&a, 65536);
	for (int i = 0; i < rounds; i++) {
		arena_reset(&a);
		must(jid_parse(slice_str(text), &a, &jid) == ERR_OK);
	}
	report(what, now_ns() - start, rounds, "address");
	arena_finish(&a);
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 1000;
	struct buf messages;
	struct buf text;

	buf_init(&messages, 1U << 20);
	buf_init(&text, 1U << 20);
	for (int i = 0; i < BATCH; i++) {
		write_message(&messages, "jabber:component:accept");
	}
	buf_add_str(&text, "<m>");
	while (text.len < SIZE) {
		buf_add_str(&text, "a long text without anything special, ");
	}
	buf_add_str(&text, "</m>");
	bench_scan("scan text", text.p, text.len, rounds);
	bench_scan("scan messages", messages.p, messages.len, rounds);
	bench_parse(&messages, rounds);
	bench_write(rounds);
	bench_jid("an ASCII address", "#chan%irc.test.net@irc.example.com/Bob",
		rounds * BATCH);
	bench_jid("an address by libidn", "#\xc3\x84%irc.test.net@x/B\xc3\xb6",
		rounds * BATCH / 10);
	buf_finish(&messages);
	buf_finish(&text);
	return 0;
}
