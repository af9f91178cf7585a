/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/intern.h"
#include "irc/engine.h"
#include "mapping/mapping.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_core_grammar.h"
#include "tests/scenarios/world.h"
#include "xmpp/jid.h"
#include "xmpp/parser.h"

/*
 * Whole conversations: the real core between a Jabber server and IRC servers
 * that say what the input tells them, each byte a choice from the tables below
 * (a small grammar of stanzas and lines, so that rooms are really joined) or
 * raw text. Promises, checked after every step:
 * - what goes to the Jabber server is well-formed and is stanzas, each with a
 *   `from` in our domain and a `to` (PROTOCOL A.2, I.7)
 * - what goes to IRC is lines of at most 510 bytes, nothing inside that ends
 *   one (G.4, G.5); our answer to a PING is as long as the server's word
 * - a link is opened once, closed once, never written to when it is not open,
 *   and there are no more links than sessions
 * and at the end: no name is left interned, no forbidden call of libircclient.
 */
enum { LINKS = 32, TEXT_MAX = 200 };

struct peer {
	bool open;
	bool up;
	char nick[64]; /* in our last NICK */
	char room[128]; /* in our last JOIN, the first channel */
};

struct run {
	struct world *world;
	struct parser *check;
	unsigned stanzas;
	const uint8_t *in;
	size_t left;
	struct peer peers[LINKS + 1];
	struct arena arena;
	struct buf text;
	bool long_lines; /* a server raised LINELEN */
};

/* ---- the input ---- */

static unsigned take(struct run *r, unsigned n)
{
	unsigned byte;

	if (r->left == 0) {
		return 0;
	}
	byte = *r->in++;
	r->left--;
	return byte % n;
}

static struct slice take_text(struct run *r)
{
	size_t n = take(r, 64);
	struct slice s;

	n = n < r->left ? n : r->left;
	s = slice((const char *)r->in, n);
	r->in += n;
	r->left -= n;
	return s;
}

/* ---- what the core wrote ---- */

static void no_open(void *ctx, const struct elem *e)
{
	(void)ctx;
	(void)e;
}

static void check_stanza(void *ctx, const struct stanza *s)
{
	struct run *r = ctx;
	struct jid from;
	struct jid to;

	r->stanzas++;
	must(s->from != NULL && s->to != NULL);
	arena_reset(&r->arena);
	must(jid_parse(slice_str(s->to), &r->arena, &to) == ERR_OK);
	if (jid_parse(slice_str(s->from), &r->arena, &from) == ERR_OK) {
		must(strcmp(from.domain, "gw") == 0);
	} else {
		/* An error comes from the address that was written to. */
		must(stanza_type_is(s, "error") ||
			stanza_type_is(s, "unsubscribed"));
	}
}

static void never_other(void *ctx, const struct elem *e)
{
	(void)ctx;
	(void)e;
	must(!"only stanzas are sent");
}

static void never_dropped(void *ctx, const struct stanza *s, unsigned over)
{
	(void)ctx;
	(void)s;
	(void)over;
	must(!"no stanza of ours is over a limit");
}

static void never_close(void *ctx)
{
	(void)ctx;
	must(!"the stream is not ours to close");
}

static void never_fatal(void *ctx, const char *condition, const char *text)
{
	(void)ctx;
	fprintf(stderr, "%s %s\n", condition, text ? text : "");
	must(!"what is sent is well-formed");
}

static const struct parser_handlers checks = {
	.on_open = no_open,
	.on_stanza = check_stanza,
	.on_other = never_other,
	.on_dropped = never_dropped,
	.on_close = never_close,
	.on_fatal = never_fatal,
};

static void check_jabber(struct run *r, const char *xml)
{
	unsigned before = r->stanzas;

	if (getenv("FUZZ_SHOW") != NULL) {
		fprintf(stderr, "%s\n", xml);
	}

	parser_feed(r->check, xml, strlen(xml));
	must(r->stanzas > before);
}

static void remember(char *to, size_t cap, const char *from, const char *end)
{
	size_t n = strcspn(from, end);

	n = n < cap - 1 ? n : cap - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

static void check_irc(struct run *r, unsigned link, const char *line)
{
	size_t len;

	must(link >= 1 && link <= LINKS && r->peers[link].open);
	must(strpbrk(line, "\r\n") == NULL);
	if (line[0] == '@') { /* tags, e.g. a label */
		must(strchr(line, ' ') != NULL);
		line = strchr(line, ' ') + 1;
	}
	len = strlen(line);
	must(len > 0);
	must(len <= 510 || r->long_lines || strncmp(line, "PONG :", 6) == 0);
	if (strncmp(line, "NICK ", 5) == 0) {
		remember(r->peers[link].nick, sizeof r->peers[link].nick,
			line + 5 + (line[5] == ':'), " ");
	} else if (strncmp(line, "JOIN ", 5) == 0) {
		remember(r->peers[link].room, sizeof r->peers[link].room,
			line + 5, " ,");
	}
}

static void check_links(struct run *r)
{
	struct mapping_stats stats;
	size_t open = 0;

	for (unsigned i = 1; i <= LINKS; i++) {
		open += r->peers[i].open;
	}
	mapping_stats(world_core(r->world), &stats);
	must(open <= stats.sessions);
	must(stats.registered <= open);
}

static void check_all(struct run *r)
{
	const char *line;

	while ((line = world_next(r->world)) != NULL) {
		unsigned link = 1;
		char *end;

		if (strncmp(line, "jabber ", 7) == 0) {
			check_jabber(r, line + 7);
		} else if (strncmp(line, "irc ", 4) == 0) {
			check_irc(r, link, line + 4);
		} else if (strncmp(line, "irc/", 4) == 0) {
			link = (unsigned)strtoul(line + 4, &end, 10);
			check_irc(r, link, end + 1);
		} else if (strncmp(line, "open ", 5) == 0) {
			link = (unsigned)strtoul(line + 5, NULL, 10);
			must(link >= 1 && link <= LINKS);
			must(!r->peers[link].open);
			r->peers[link] = (struct peer){.open = true};
		} else if (strncmp(line, "close ", 6) == 0) {
			link = (unsigned)strtoul(line + 6, NULL, 10);
			must(link >= 1 && link <= LINKS);
			must(r->peers[link].open);
			r->peers[link].open = false;
		} else {
			must(strncmp(line, "stream ", 7) == 0 ||
				strncmp(line, "save ", 5) == 0);
		}
	}
	check_links(r);
}

/* ---- the grammar ---- */

#define PICK(r, table) table[take(r, sizeof table / sizeof *table)]

/* Any text is legal in XML: bytes that are not become something else. */
static void add_xml_text(struct run *r)
{
	struct slice s = take_text(r);

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80) {
			char wide[2] = {(char)(0xc2 | (c >> 6 & 1)),
				(char)(0x80 | (c & 0x3f))};

			buf_add(&r->text, wide, 2);
		} else if (c == '&') {
			buf_add_str(&r->text, "&amp;");
		} else if (c == '<') {
			buf_add_str(&r->text, "&lt;");
		} else if (c == '\'') {
			buf_add_str(&r->text, "&apos;");
		} else if (c >= 0x20 || c == '\n' || c == '\r' || c == '\t') {
			buf_add_char(&r->text, (char)c);
		}
	}
}

static void say_stanza(struct run *r)
{
	const char *form = PICK(r, stanzas);

	buf_reset(&r->text, 65536);
	for (const char *p = form; *p != '\0'; p++) {
		bool slot = p > form && (p[-1] == '\'' || p[-1] == 'R');

		if (*p == '$') {
			add_xml_text(r);
		} else if (slot && *p == 'F') {
			buf_add_str(&r->text, PICK(r, fulls));
		} else if (slot && *p == 'R') {
			buf_add_str(&r->text, PICK(r, rooms));
		} else if (slot && *p == 'N') {
			buf_add_str(&r->text, PICK(r, occupants));
		} else if (slot && *p == 'I') {
			buf_addf(&r->text, "id%u", take(r, 8));
		} else {
			buf_add_char(&r->text, *p);
		}
	}
	world_jabber(r->world, buf_cstr(&r->text));
}

/* ---- IRC servers ---- */

/* An open link, or 0; `up` as it must be. */
static unsigned take_link(struct run *r, bool up)
{
	unsigned at = take(r, 4);

	for (unsigned n = 0; n < 2 * LINKS; n++) {
		unsigned link = 1 + (at + n) % LINKS;

		if (r->peers[link].open && r->peers[link].up == up) {
			return link;
		}
	}
	return 0;
}

static void say_line(struct run *r)
{
	unsigned link = take_link(r, true);
	const char *form = PICK(r, lines);

	if (link == 0) {
		return;
	}
	buf_reset(&r->text, 65536);
	for (const char *p = form; *p != '\0'; p++) {
		struct peer *peer = &r->peers[link];

		if (*p == '$') {
			buf_add_slice(&r->text, take_text(r));
		} else if (*p == '%') {
			buf_add_str(&r->text, PICK(r, names));
		} else if (*p == '~') {
			buf_add_str(&r->text, peer->nick);
		} else if (*p == '#' && p[1] != '&' && p[1] != '#') {
			buf_add_str(&r->text,
				peer->room[0] != '\0' ? peer->room : "#c");
		} else {
			buf_add_char(&r->text, *p);
		}
	}
	buf_add_str(&r->text, "\r\n");
	r->long_lines |= memmem(r->text.p, r->text.len, "LEN", 3) != NULL;
	world_bytes(r->world, link, r->text.p, r->text.len);
}

/* Lines many times over: what a flood leaves behind. */
static void say_again(struct run *r)
{
	unsigned link = take_link(r, true);
	unsigned times = 1 + take(r, 40);

	if (link == 0 || r->text.len == 0 || r->text.len > 2048) {
		return;
	}
	for (unsigned i = 0; i < times && r->peers[link].open; i++) {
		world_bytes(r->world, link, r->text.p, r->text.len);
		check_all(r);
	}
}

static void bring_up(struct run *r)
{
	unsigned link = take_link(r, false);

	if (link != 0) {
		r->peers[link].up = true;
		world_link_up(r->world, link);
	}
}

static void lose_link(struct run *r)
{
	static const char *const why[] = {"closed", "refused", "dns", "timeout",
		"forbidden", "certificate", "full"};
	unsigned link = take_link(r, take(r, 2) == 0);
	const char *reason = PICK(r, why);

	if (link != 0) {
		r->peers[link].open = false;
		world_link_lost(r->world, link, reason, "");
	}
}

/* ---- the run ---- */

static void settle(struct run *r)
{
	static const unsigned long waits[] = {0, 1, 100, 2000, 5000, 10000,
		20000, 30000, 60000, 90000, 300000, 700000};

	world_wait(r->world, PICK(r, waits));
}

static void surroundings(struct run *r)
{
	switch (take(r, 6)) {
	case 0:
		world_component(r->world, false);
		break;
	case 1:
	case 2:
		world_component(r->world, true);
		break;
	case 3:
		world_congested(r->world, true);
		break;
	default:
		world_congested(r->world, false);
		break;
	}
}

/* What most conversations begin with, in one byte. */
static void get_going(struct run *r)
{
	unsigned link;

	bring_up(r);
	check_all(r);
	link = take_link(r, true);
	if (link == 0) {
		return;
	}
	buf_reset(&r->text, 65536);
	buf_addf(&r->text, ":irc.test.net 001 %s :Welcome %s!u@h\r\n",
		r->peers[link].nick, r->peers[link].nick);
	world_bytes(r->world, link, r->text.p, r->text.len);
	world_wait(r->world, 2000);
	check_all(r);
	if (!r->peers[link].open || r->peers[link].room[0] == '\0') {
		return;
	}
	buf_reset(&r->text, 65536);
	buf_addf(&r->text,
		":%s!u@h JOIN %s\r\n:s.x 353 %s = %s :@bob +alice %s\r\n"
		":s.x 366 %s %s :End\r\n",
		r->peers[link].nick, r->peers[link].room, r->peers[link].nick,
		r->peers[link].room, r->peers[link].nick, r->peers[link].nick,
		r->peers[link].room);
	world_bytes(r->world, link, r->text.p, r->text.len);
}

static void step(struct run *r)
{
	static void (*const steps[])(struct run *r) = {
		say_stanza, say_stanza, say_stanza, say_stanza,
		say_line, say_line, say_line, say_line, say_line,
		say_again, bring_up, get_going, get_going, lose_link, settle,
		settle, surroundings,
	};

	PICK(r, steps)(r);
	check_all(r);
}

static void configure(struct run *r)
{
	unsigned bits = take(r, 256);

	world_set(r->world, "free_choice", bits & 1 ? "true" : "false");
	world_set(r->world, "expose_jid", bits & 2 ? "true" : "false");
	world_set(r->world, "max_rooms", bits & 4 ? "1" : "100");
	world_set(r->world, "max_resources", bits & 8 ? "1" : "32");
	world_set(r->world, "queue_lines", bits & 16 ? "2" : "50");
	world_set(r->world, "max_sessions_per_user", bits & 32 ? "1" : "5");
	world_kept(r->world, "juliet@home user - - 1");
	world_kept(r->world, "juliet@home setting - network net");
	world_kept(r->world, "juliet@home setting - password secret1");
	world_kept(r->world, "juliet@home setting other password secret2");
	if ((bits & 192) == 192) {
		world_set(r->world, "fixed_network", "net");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char header[] =
		"<stream:stream xmlns='jabber:component:accept' "
		"xmlns:stream='http://etherx.jabber.org/streams' id='1'>";
	static bool ready;
	struct run r = {.in = data, .left = size};

	if (!ready) {
		engine_setup(open("/dev/null", O_RDWR));
		ready = true;
	}
	r.world = world_create();
	r.check = parser_create(&checks, &r, NULL);
	parser_feed(r.check, header, sizeof header - 1);
	arena_init(&r.arena, 65536);
	buf_init(&r.text, 65536);
	configure(&r);
	while (r.left > 0) {
		step(&r);
	}
	world_stop(r.world);
	check_all(&r);
	world_destroy(r.world);
	parser_destroy(r.check);
	arena_finish(&r.arena);
	buf_finish(&r.text);
	must(intern_count() == 0);
	must(engine_traps() == 0);
	return 0;
}
