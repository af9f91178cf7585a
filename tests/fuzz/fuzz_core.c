/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_core_grammar.h"
#include "tests/fuzz/witness.h"

/*
 * Whole conversations: the real core between a Jabber server and IRC servers
 * that say what the input tells them, each byte a choice from the tables below
 * (a small grammar of stanzas and lines, so that rooms are really joined) or
 * raw text. What is promised whatever they say: tests/fuzz/witness.h.
 */
struct run {
	struct witness seen;
	struct world *world;
	const uint8_t *in;
	size_t left;
	struct buf text;
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

	for (unsigned n = 0; n < 2 * WITNESS_LINKS; n++) {
		unsigned link = 1 + (at + n) % WITNESS_LINKS;

		if (r->seen.peers[link].open && r->seen.peers[link].up == up) {
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
		struct peer *peer = &r->seen.peers[link];

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
	r->seen.long_lines |= memmem(r->text.p, r->text.len, "LEN", 3) != NULL;
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
	for (unsigned i = 0; i < times && r->seen.peers[link].open; i++) {
		world_bytes(r->world, link, r->text.p, r->text.len);
		witness_look(&r->seen);
	}
}

static void bring_up(struct run *r)
{
	unsigned link = take_link(r, false);

	if (link != 0) {
		r->seen.peers[link].up = true;
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
		r->seen.peers[link].open = false;
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
	witness_look(&r->seen);
	link = take_link(r, true);
	if (link == 0) {
		return;
	}
	buf_reset(&r->text, 65536);
	buf_addf(&r->text, ":irc.test.net 001 %s :Welcome %s!u@h\r\n",
		r->seen.peers[link].nick, r->seen.peers[link].nick);
	world_bytes(r->world, link, r->text.p, r->text.len);
	world_wait(r->world, 2000);
	witness_look(&r->seen);
	if (!r->seen.peers[link].open || r->seen.peers[link].room[0] == '\0') {
		return;
	}
	buf_reset(&r->text, 65536);
	buf_addf(&r->text,
		":%s!u@h JOIN %s\r\n:s.x 353 %s = %s :@bob +alice %s\r\n"
		":s.x 366 %s %s :End\r\n",
		r->seen.peers[link].nick, r->seen.peers[link].room, r->seen.peers[link].nick,
		r->seen.peers[link].room, r->seen.peers[link].nick, r->seen.peers[link].nick,
		r->seen.peers[link].room);
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
	witness_look(&r->seen);
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
	struct run r = {.in = data, .left = size};

	witness_begin(&r.seen);
	r.world = r.seen.world;
	buf_init(&r.text, 65536);
	configure(&r);
	while (r.left > 0) {
		step(&r);
	}
	buf_finish(&r.text);
	witness_end(&r.seen);
	return 0;
}
