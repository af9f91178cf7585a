/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/cell.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * What becomes of a text on real servers (PROTOCOL G): formats both ways and
 * where a channel takes none, lines that are cut, other charsets than UTF-8.
 * juliet speaks from a Jabber client, bob is on the server itself, and what he
 * receives is compared byte by byte.
 */
enum { NGIRCD, INSPIRCD, HYBRID, KINDS };
enum { LINE = 510, LONG = 1400 }; /* a line of RFC 1459 without its CRLF */

static const char *const kinds[KINDS] = {"ngircd", "inspircd", "ircd-hybrid"};
static const char *const networks[KINDS] = {
	"irc.ngircd.test", "irc.inspircd.test", "irc.hybrid.test"};

struct text_test {
	struct cell t;
	struct server *irc[KINDS];
	struct iclient *bob[KINDS];
	unsigned kind; /* of the running case */
};

/* juliet in a new channel, where bob is the operator. */
static struct xclient *begin(struct text_test *x, const char *network)
{
	struct cell *t = &x->t;

	t->irc = x->irc[x->kind];
	cell_next(t, network);
	t->bob = x->bob[x->kind];
	I_JOIN(t->bob, t->chan);
	return cell_joined(t, "juliet");
}

static struct xclient *begin_plain(struct text_test *x)
{
	return begin(x, networks[x->kind]);
}

/* The next line that juliet says, as bob has it. */
static const struct iline *heard(struct text_test *x)
{
	return I_EXPECT(x->t.bob, .command = "PRIVMSG",
		.nick = cell_name(&x->t, "juliet"));
}

static void bob_hears(struct text_test *x, const char *text, const char *at)
{
	const struct iline *line = heard(x);

	if (strcmp(line->params[1], text) != 0) {
		world_fail(x->t.w, at, "it is \"%s\", not \"%s\"",
			line->params[1], text);
	}
}

/* bob did something, and the gateway knows: he says this. */
static void until_bob_says(
	struct text_test *x, struct xclient *juliet, const char *text)
{
	struct cell *t = &x->t;

	iclient_send(t->bob, "PRIVMSG %s :%s", t->chan, text);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {world_text(t->w, "body=%s", text)});
}

/* --- formats (G.1) -------------------------------------------------------- */

#define XHTML(content)                                                         \
	"<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='"      \
	"http://www.w3.org/1999/xhtml'><p>" content "</p></body></html>"

static void formats_from_irc(struct text_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = begin_plain(x);

	iclient_send(t->bob,
		"PRIVMSG %s :\002bold\002 \035slant\035 \037under\037 "
		"\036gone\036 \021mono\021 \00304,12red\003 \026back\026 end",
		t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, iclient_nick(t->bob)),
		.has = {"body=bold slant under gone mono red back end",
			"html/body/p/strong=bold", "html/body/p/em=slant",
			"html/body/p/code=mono",
			"html/body/p/span@style=text-decoration: underline",
			"html/body/p/span@style=text-decoration: line-through",
			"html/body/p/span@style=color: #ff0000; "
			"background-color: #0000fc",
			"html/body/p/span@style=color: #ffffff; "
			"background-color: #000000"});
}

static void formats_to_irc(struct text_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = begin_plain(x);

	xclient_sendf(juliet,
		"<message to='%s' type='groupchat' id='f1'>"
		"<body>bold slant under gone mono red 5</body>"
		XHTML("<strong>bold</strong> <em>slant</em> "
		      "<span style='text-decoration: underline'>under</span> "
		      "<del>gone</del> <code>mono</code> <span style='color: "
		      "red; background-color: blue'>red</span> 5")
		"</message>",
		t->room);
	bob_hears(x,
		"\002bold\017 \035slant\017 \037under\017 \036gone\017 "
		"\021mono\017 \00304,12red\017 5",
		AT);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "f1",
		.has = {"html/body/p/strong=bold"});
}

/* A message of two words, of which one is red and one bold. */
static void says_in_red(
	struct text_test *x, struct xclient *juliet, const char *id)
{
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat' id='%s'>"
		"<body>a rose</body>"
		XHTML("<strong>a</strong> <span style='color: red'>rose</span>")
		"</message>",
		x->t.room, id);
}

/* Once to IRC, once back to juliet, and no error. */
static void passes_without_codes(
	struct text_test *x, struct xclient *juliet, const char *at)
{
	struct cell *t = &x->t;

	bob_hears(x, "a rose", at);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "red",
		.has = {"body=a rose"});
	until_bob_says(x, juliet, "by any other name");
	X_EXPECT_NO(juliet, .kind = "message", .type = "error");
	X_EXPECT_NO(juliet, .kind = "message", .type = "groupchat",
		.has = {"body=a rose"});
	I_SYNC(t->bob);
	I_EXPECT_NO(t->bob, .command = "PRIVMSG",
		.nick = cell_name(t, "juliet"));
}

/* +c: nothing with codes is even tried. */
static void where_no_colours_are_taken(struct text_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = begin_plain(x);

	cell_bob(t, "MODE %s +c", t->chan);
	until_bob_says(x, juliet, "no colours here");
	says_in_red(x, juliet, "red");
	passes_without_codes(x, juliet, AT);
}

/* A ban that no mode tells of, +b c:: what it refuses is said again. */
static void what_is_refused_is_said_again(struct text_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = begin_plain(x);

	cell_bob(t, "MODE %s +b c:*!*@*", t->chan);
	until_bob_says(x, juliet, "no colours of yours");
	says_in_red(x, juliet, "red");
	passes_without_codes(x, juliet, AT);
}

/* +S: the server takes them out, in both directions. */
static void where_colours_are_stripped(struct text_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = begin_plain(x);

	cell_bob(t, "MODE %s +S", t->chan);
	iclient_send(t->bob, "PRIVMSG %s :\002plain\002 words", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {"body=plain words", "! html"});
	says_in_red(x, juliet, "red");
	passes_without_codes(x, juliet, AT);
}

/* --- long lines (G.4) ----------------------------------------------------- */

/*
 * What juliet says to the target arrives line by line: put together it is the
 * text, and no line could have taken one unit more. shell: what each line has
 * around its part.
 */
static void arrives_whole(struct text_test *x, const char *text, size_t unit,
	const char *before, const char *behind, const char *at)
{
	const char *rest = text;
	unsigned lines = 0;

	while (*rest != '\0') {
		const struct iline *line = heard(x);
		const char *part = line->params[1];
		size_t around = strlen(before) + strlen(behind);
		size_t len = strlen(part);
		bool shell = len > around &&
			strncmp(part, before, strlen(before)) == 0 &&
			strcmp(part + len - strlen(behind), behind) == 0;

		len -= around;
		if (!shell || strncmp(part + strlen(before), rest, len) != 0) {
			world_fail(x->t.w, at, "line %u is \"%s\"", lines, part);
		}
		rest += len;
		lines++;
		if (*rest != '\0' && (strlen(line->text) > LINE ||
					     strlen(line->text) + unit <= LINE)) {
			world_fail(x->t.w, at, "line %u has %zu bytes", lines,
				strlen(line->text));
		}
	}
	WORLD_CHECK(x->t.w, lines >= LONG / LINE);
}

/* The same character again and again. */
static const char *many(struct text_test *x, const char *character)
{
	size_t len = strlen(character);
	char text[LONG + 8];
	size_t at = 0;

	while (at + len <= LONG) {
		memcpy(text + at, character, len);
		at += len;
	}
	text[at] = '\0';
	return world_text(x->t.w, "%s", text);
}

static void says(struct text_test *x, struct xclient *juliet, const char *to,
	const char *type, const char *body)
{
	static unsigned number;

	xclient_sendf(juliet,
		"<message to='%s' type='%s' id='l%u'><body>%s</body></message>",
		to, type, ++number, body);
	(void)x;
}

/* Letters of one, two and four bytes; an action; to a person. */
static void long_lines_arrive_whole(struct text_test *x)
{
	static const char *const characters[] = {
		"x", "\xd0\xb6", "\xf0\x9f\x8c\xb9"};
	struct cell *t = &x->t;
	struct xclient *juliet = begin_plain(x);
	const char *text = many(x, "y");

	for (size_t i = 0; i < 3; i++) {
		const char *body = many(x, characters[i]);

		says(x, juliet, t->room, "groupchat", body);
		arrives_whole(x, body, strlen(characters[i]), "", "", AT);
	}
	says(x, juliet, t->room, "groupchat",
		world_text(t->w, "/me %s", text));
	arrives_whole(x, text, 1, "\001ACTION ", "\001", AT);
	says(x, juliet, cell_nick(t, iclient_nick(t->bob)), "chat", text);
	arrives_whole(x, text, 1, "", "", AT);
	X_SYNC(juliet, cell_srv(t));
	X_EXPECT_NO(juliet, .kind = "message", .type = "error");
}

/* A new host is known at once: the lines are that much shorter. */
static void a_new_host_makes_them_shorter(struct text_test *x)
{
	static const char host[] = "a.very.long.host.that.an.operator.gives."
				   "to.juliet.orchard.test";
	struct cell *t = &x->t;
	struct xclient *juliet = begin_plain(x);
	const char *text = many(x, "z");

	iclient_send(t->bob, "OPER oper operpass");
	I_EXPECT(t->bob, .command = "381");
	cell_bob(t, "CHGHOST %s %s", cell_name(t, "juliet"), host);
	until_bob_says(x, juliet, "and now");
	says(x, juliet, t->room, "groupchat", text);
	arrives_whole(x, text, 1, "", "", AT);
	I_EXPECT_NO(t->bob, .command = "PRIVMSG", .has = "@127.0.0.1 ");
}

/* --- charsets (G.3) ------------------------------------------------------- */

#define KOI8 "koi8.test"

static const struct charset {
	const char *network;
	const char *name;
	const char *text;  /* in UTF-8 */
	const char *bytes; /* on that network */
	const char *other; /* what it cannot say as it is */
	const char *instead;
} charsets[] = {
	{"cp1252.test", "windows-1252",
		"caf\xc3\xa9 \xe2\x82\xac \xe2\x80\x9cx\xe2\x80\x9d",
		"caf\xe9 \x80 \x93x\x94", "\xe6\x97\xa5 x", "? x"},
	{"latin9.test", "ISO-8859-15", "\xc5\x93uvre 5 \xe2\x82\xac",
		"\xbduvre 5 \xa4", "\xe2\x80\x9cx\xe2\x80\x9d", "\"x\""},
	{KOI8, "KOI8-R", "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82",
		"\xd0\xd2\xc9\xd7\xc5\xd4", "5 \xe2\x82\xac \xe6\x97\xa5",
		"5 EUR ?"},
};

enum { CHARSETS = sizeof(charsets) / sizeof(charsets[0]) };

static void in_its_charset(struct text_test *x, const struct charset *c)
{
	struct cell *t = &x->t;
	struct xclient *juliet = begin(x, c->network);

	until_bob_says(x, juliet, c->text); /* what is UTF-8 is read as such */
	iclient_send(t->bob, "PRIVMSG %s :%s", t->chan, c->bytes);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {world_text(t->w, "body=%s", c->text)});
	says(x, juliet, t->room, "groupchat", c->text);
	bob_hears(x, c->bytes, AT);
	says(x, juliet, t->room, "groupchat", c->other);
	bob_hears(x, c->instead, AT);
	cell_bob(t, "TOPIC %s :%s", t->chan, c->bytes);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {world_text(t->w, "subject=%s", c->text), "! body"});
	cell_bob(t, "MODE %s -t", t->chan);
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat'><subject>%s</subject>"
		"</message>",
		t->room, c->other);
	I_EXPECT(t->bob, .command = "TOPIC",
		.nick = cell_name(t, "juliet"), .text = c->instead);
}

static void in_other_charsets(struct text_test *x)
{
	for (size_t i = 0; i < CHARSETS; i++) {
		in_its_charset(x, &charsets[i]);
	}
}

/* A channel's name keeps its bytes, and is one that people can read. */
static void a_channel_in_another_charset(struct text_test *x)
{
	struct cell *t = &x->t;
	const char *nick;
	struct xclient *juliet = begin(x, KOI8);
	const char *raw = world_text(t->w, "#\xd4\xc5\xd3\xd4%u", t->number);
	const char *room = world_text(t->w,
		"#\xd1\x82\xd0\xb5\xd1\x81\xd1\x82%u%%%s@" GW, t->number, KOI8);

	nick = cell_name(t, "juliet");
	I_JOIN(t->bob, raw);
	iclient_send(t->bob, "INVITE %s %s", nick, raw);
	X_EXPECT(juliet, .kind = "message", .from = room,
		.has = {world_text(t->w, "x@jid=%s", room)});
	t->room = room;
	t->chan = raw;
	cell_join(t, juliet, nick);
	says(x, juliet, room, "groupchat", "here");
	I_EXPECT(t->bob, .command = "PRIVMSG", .nick = nick, .target = raw,
		.text = "here");
	iclient_send(t->bob, "PART %s", raw);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, iclient_nick(t->bob)));
}

/* --- all ------------------------------------------------------------------ */

#define ALL "ngircd inspircd ircd-hybrid"

static const struct text_case {
	const char *name;
	const char *where; /* the servers that know such a thing */
	void (*fn)(struct text_test *x);
} cases[] = {
	{"formats from IRC", ALL, formats_from_irc},
	{"formats to IRC", ALL, formats_to_irc},
	{"a channel that takes no colours", "inspircd ircd-hybrid",
		where_no_colours_are_taken},
	{"what is refused for its colours is said again", "inspircd",
		what_is_refused_is_said_again},
	{"a channel that strips colours", "inspircd",
		where_colours_are_stripped},
	{"long lines arrive whole", ALL, long_lines_arrive_whole},
	{"a new host makes lines shorter", "inspircd",
		a_new_host_makes_them_shorter},
	{"texts in other charsets", "ngircd", in_other_charsets},
	{"a channel in another charset", "ngircd",
		a_channel_in_another_charset},
};

struct text_run {
	struct text_test *x;
	const struct text_case *c;
};

static void run_case(void *ctx)
{
	struct text_run *run = ctx;

	run->c->fn(run->x);
}

static void start_gateway(struct text_test *x)
{
	struct cell *t = &x->t;
	struct gwproc_config config = {
		.component_port = server_port(t->jabber, "COMP"),
		.irc = "\tflood_burst = 1000; queue_lines = 1000;",
	};
	unsigned n = 0;

	for (unsigned i = 0; i < KINDS; i++, n++) {
		config.networks[n].name = networks[i];
		config.networks[n].port = server_port(x->irc[i], "PLAIN");
	}
	for (unsigned i = 0; i < CHARSETS; i++, n++) {
		config.networks[n].name = charsets[i].network;
		config.networks[n].settings = world_text(t->w,
			"servers = ( \"127.0.0.1:%u\" ); tls = \"off\"; "
			"connect_burst = 0; encoding = \"%s\"; "
			"encoding_out = \"%s\";",
			server_port(x->irc[NGIRCD], "PLAIN"), charsets[i].name,
			charsets[i].name);
	}
	t->gw = gwproc_start(t->w, &config);
	gwproc_await_online(t->gw, AT);
}

static void run(struct world *w)
{
	struct text_test x = {.t = {.w = w}};

	x.t.jabber = server_must_start(w, "prosody");
	for (unsigned i = 0; i < KINDS; i++) {
		x.irc[i] = server_must_start(w, kinds[i]);
		x.bob[i] = iclient_login(
			w, server_port(x.irc[i], "PLAIN"), "bob");
		iclient_keep(x.bob[i]);
	}
	start_gateway(&x);
	for (x.kind = 0; x.kind < KINDS; x.kind++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			if (strstr(cases[i].where, kinds[x.kind]) != NULL) {
				world_case(w, kinds[x.kind], cases[i].name,
					run_case,
					&(struct text_run){&x, &cases[i]});
			}
		}
	}
	WORLD_CHECK(w, gwproc_running(x.t.gw));
	gwproc_stop(x.t.gw);
	for (unsigned i = 0; i < KINDS; i++) {
		server_stop(x.irc[i]);
	}
	server_stop(x.t.jabber);
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", "ngircd", "inspircd",
		"ircd-hybrid", NULL};
	static const struct suite suite = {"texts", servers, run};

	return suite_main(&suite, argc, argv);
}
