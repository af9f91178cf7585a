/* SPDX-License-Identifier: MIT */
/* Asking: PROTOCOL C.11, C.19, D.10. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/cell.h"

#define DISCO "http://jabber.org/protocol/disco#"

static void ask(
	struct xclient *c, const char *to, const char *id, const char *ns)
{
	xclient_sendf(c,
		"<iq type='get' to='%s' id='%s'><query xmlns='%s'/></iq>", to,
		id, ns);
}

static void disco_of_the_gateway(struct cell *t)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	ask(juliet, GW, "d1", DISCO "info");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "d1", .from = GW,
		.has = {"query/identity@category=gateway",
			"query/identity@type=irc",
			"query/identity@category=conference",
			"query/feature@var=jabber:iq:version",
			"query/feature@var=" DISCO "info",
			"query/feature@var=" NS_MUC});
	ask(juliet, GW, "d2", DISCO "items");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "d2",
		.has = {world_text(t->w, "query/item@jid=%s", cell_srv(t))});
	xclient_sendf(juliet,
		"<iq type='get' to='" GW "' id='d3'>"
		"<query xmlns='" DISCO "info' node='no-such-node'/></iq>");
	X_EXPECT(juliet, .kind = "iq", .type = "error", .id = "d3",
		.has = {"error/item-not-found"});
}

static void disco_of_the_network(struct cell *t)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	ask(juliet, cell_srv(t), "d1", DISCO "info");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "d1",
		.from = cell_srv(t),
		.has = {"query/identity@category=conference",
			"query/identity@type=irc",
			"query/feature@var=" NS_MUC});
}

static void disco_of_a_channel(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	iclient_send(t->bob, "MODE %s +k sesame", t->chan);
	/* What comes behind it shows that the gateway has read it. */
	iclient_send(t->bob, "PRIVMSG %s :locked", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {"body=locked"});
	ask(juliet, t->room, "d1", DISCO "info");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "d1",
		.from = t->room,
		.has = {"query/identity@category=conference",
			"query/identity@type=text",
			world_text(t->w, "query/identity@name=%s", t->chan),
			("query/feature@var=" NS_MUC),
			"query/feature@var=muc_open",
			"query/feature@var=muc_passwordprotected",
			"query/feature@var=muc_unmoderated"});
	ask(juliet, t->room, "d2", DISCO "items");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "d2",
		.has = {world_text(
				t->w, "query/item@jid=%s", cell_occ(t, nick)),
			world_text(t->w, "query/item@jid=%s",
				cell_occ(t, iclient_nick(t->bob)))});
}

static void version_and_ping(struct cell *t)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	ask(juliet, GW, "v1", "jabber:iq:version");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "v1", .from = GW,
		.has = {"query/name", "query/version"});
	xclient_send(juliet, "<iq type='get' to='" GW "' id='p1'>"
			     "<ping xmlns='urn:xmpp:ping'/></iq>");
	X_EXPECT(
		juliet, .kind = "iq", .type = "result", .id = "p1", .from = GW);
	ask(juliet, GW, "u1", "urn:example:unknown");
	X_EXPECT(juliet, .kind = "iq", .type = "error", .id = "u1",
		.has = {"error/service-unavailable", "error@code=503"});
}

static void version_of_an_occupant(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	ask(juliet, cell_occ(t, iclient_nick(t->bob)), "v2",
		"jabber:iq:version");
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.target = iclient_nick(t->bob), .text = "\001VERSION\001");
	iclient_send(t->bob, "NOTICE %s :\001VERSION quill 1.0\001", nick);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "v2",
		.from = cell_occ(t, iclient_nick(t->bob)),
		.has = {"query~quill 1.0"});
}

static void ping_of_an_occupant(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");
	const struct iline *ping;

	xclient_sendf(juliet,
		"<iq type='get' to='%s' id='p2'>"
		"<ping xmlns='urn:xmpp:ping'/></iq>",
		cell_occ(t, iclient_nick(t->bob)));
	ping = I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.has = ":\001PING ");
	iclient_send(t->bob, "NOTICE %s :%s", nick, ping->params[1]);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "p2");
}

/* ---- what IRC is asked for an iq: C.14, C.17 to C.21 ---- */

static void version_and_time_of_the_network(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");

	ask(juliet, cell_srv(t), "v1", "jabber:iq:version");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "v1",
		.from = cell_srv(t),
		.has = {"query/name=IRC server", "query/version"});
	ask(juliet, cell_srv(t), "t1", "jabber:iq:time");
	/* tz is there only when what the server said could be read. */
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "t1",
		.has = {"query/utc", "query/tz", "query/display"});
	ask(juliet, cell_srv(t), "l1", "jabber:iq:last");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "l1",
		.has = {"query@seconds"});
}

static void last_and_card_of_an_occupant(struct cell *t)
{
	const char *bob = iclient_nick(t->bob);
	struct xclient *juliet = cell_joined(t, "juliet");

	ask(juliet, cell_occ(t, bob), "l1", "jabber:iq:last");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "l1",
		.from = cell_occ(t, bob), .has = {"query@seconds"});
	xclient_sendf(juliet,
		"<iq type='get' to='%s' id='c1'><vCard xmlns='vcard-temp'/>"
		"</iq>",
		cell_nick(t, bob));
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "c1",
		.has = {"vCard/FN", world_text(t->w, "vCard/NICKNAME=%s", bob),
			world_text(t->w, "vCard/JABBERID=%s",
				cell_nick(t, bob)),
			"vCard/DESC"});
}

static void last_of_who_is_gone(struct cell *t)
{
	const char *romeo = cell_name(t, "romeo");
	struct xclient *juliet = cell_joined(t, "juliet");
	struct iclient *gone = cell_irc_user(t, "romeo");

	iclient_send(gone, "QUIT :bye");
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, romeo));
	ask(juliet, cell_nick(t, romeo), "l1", "jabber:iq:last");
	if (strcmp(t->network, "irc.ngircd.test") == 0) {
		/* It forgets whoever stayed for less than 30 s (QUIRKS). */
		X_EXPECT(juliet, .kind = "iq", .type = "error", .id = "l1",
			.has = {"error/item-not-found"});
		return;
	}
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "l1",
		.has = {"query@seconds", "query~Disconnected"});
}

static void last_and_card_of_nobody(struct cell *t)
{
	const char *nobody = cell_nick(t, cell_name(t, "nobody"));
	struct xclient *juliet = cell_joined(t, "juliet");

	ask(juliet, nobody, "l1", "jabber:iq:last");
	X_EXPECT(juliet, .kind = "iq", .type = "error", .id = "l1",
		.has = {"error/item-not-found"});
	xclient_sendf(juliet,
		"<iq type='get' to='%s' id='c1'><vCard xmlns='vcard-temp'/>"
		"</iq>",
		nobody);
	X_EXPECT(juliet, .kind = "iq", .type = "error", .id = "c1",
		.has = {"error/item-not-found"});
}

static void time_of_an_occupant(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_sendf(juliet,
		"<iq type='get' to='%s' id='t1'><time xmlns='urn:xmpp:time'/>"
		"</iq>",
		cell_occ(t, iclient_nick(t->bob)));
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.text = "\001TIME\001");
	iclient_send(t->bob,
		"NOTICE %s :\001TIME Sat, 28 Nov 2026 13:03:55 +0100\001", nick);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "t1",
		.has = {"time/tzo=+01:00", "time/utc=2026-11-28T12:03:55Z"});
}

static void version_of_a_client_from_irc(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_answers(juliet,
		"<query xmlns='jabber:iq:version'><name>Quill</name>"
		"<version>2</version><os>Ink</os></query>");
	iclient_send(t->bob, "PRIVMSG %s :\001VERSION\001", nick);
	X_EXPECT(juliet, .kind = "iq", .type = "get",
		.from = cell_nick(t, iclient_nick(t->bob)),
		.has = {"query@xmlns=jabber:iq:version"});
	I_EXPECT(t->bob, .nick = nick, .command = "NOTICE",
		.text = "\001VERSION Quill 2 Ink\001");
}

static void search(struct cell *t)
{
	const char *bob = iclient_nick(t->bob);
	struct xclient *juliet = cell_joined(t, "juliet");

	cell_bob(t, "TOPIC %s :Roses and thorns", t->chan);
	xclient_sendf(juliet,
		"<iq type='set' to='%s' id='s1'><query "
		"xmlns='jabber:iq:search'><nick>%s</nick></query></iq>",
		cell_srv(t), bob);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "s1",
		.has = {world_text(t->w, "query/item@jid=%s",
				cell_nick(t, bob)),
			world_text(t->w, "query/item/nick=%s", bob)});
	xclient_sendf(juliet,
		"<iq type='set' to='%s' id='s2'><query "
		"xmlns='jabber:iq:search'><x xmlns='jabber:x:data' "
		"type='submit'><field var='kind'><value>channels</value>"
		"</field><field var='channel'><value>%s</value></field><field "
		"var='topic'><value>roses</value></field></x></query></iq>",
		GW, t->chan);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "s2",
		.has = {world_text(t->w, "query/x/item/field/value=%s",
				t->room),
			"query/x/item/field/value=Roses and thorns"});
	xclient_sendf(juliet,
		"<iq type='set' to='%s' id='s3'><query "
		"xmlns='jabber:iq:search'><nick>%s</nick></query></iq>",
		cell_srv(t), cell_name(t, "nobody"));
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "s3",
		.has = {"query", "! query/item"});
}

/* One page of the network's channels (D.11): one behind this name, or before. */
static void ask_page(struct cell *t, struct xclient *c, const char *id,
	const char *place, const char *name)
{
	xclient_sendf(c,
		"<iq type='get' to='%s' id='%s'><query xmlns='" DISCO "items'>"
		"<set xmlns='http://jabber.org/protocol/rsm'><max>1</max>"
		"<%s>%s</%s></set></query></iq>",
		cell_srv(t), id, place, name, place);
}

/* Two channels of bob's, side by side whatever else there is. */
static void list_of_channels(struct cell *t)
{
	const char *one = world_text(t->w, "#zl%u-one", t->number);
	const char *two = world_text(t->w, "#zl%u-two", t->number);
	const char *before = world_text(t->w, "#zl%u-", t->number);
	struct xclient *juliet;

	cell_bob(t, "JOIN %s", one);
	cell_bob(t, "TOPIC %s :Roses and thorns", one);
	cell_bob(t, "JOIN %s", two);
	juliet = cell_joined(t, "juliet");
	ask_page(t, juliet, "l1", "after", before);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "l1",
		.has = {world_text(t->w, "query/item@jid=%s%%%s@" GW, one,
				t->network),
			world_text(t->w,
				"query/item@name=%s (1): Roses and thorns",
				one),
			world_text(t->w, "query/set/last=%s", one),
			"query/set/count", "query/set/first@index"});
	ask_page(t, juliet, "l2", "after", one);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "l2",
		.has = {world_text(t->w, "query/item@name=%s (1)", two)});
	ask_page(t, juliet, "l3", "before", two);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "l3",
		.has = {world_text(t->w, "query/set/first=%s", one)});
	ask(juliet, cell_srv(t), "l4", "jabber:iq:browse");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "l4",
		.has = {world_text(t->w,
			"conference/conference@name=%s (1)", two)});
	cell_bob(t, "PART %s", one);
	cell_bob(t, "PART %s", two);
}

/*
 * The servers read with expat, also what jabberd2's parts send each other. It
 * puts a long tag off until twice as much is there (2.6, and Debian's 2.5):
 * messages that are too long for IRC push it on.
 */
static void push_on(struct cell *t, struct xclient *c)
{
	enum { PIECE = 60000, PIECES = 6 };
	char *text = malloc(PIECE);

	if (text == NULL) {
		abort();
	}
	memset(text, 'x', PIECE - 1);
	text[PIECE - 1] = '\0';
	for (unsigned i = 0; i < PIECES; i++) {
		xclient_sendf(c,
			"<message to='%s' type='groupchat' id='push%u'>"
			"<body>%s</body></message>",
			t->room, i, text);
	}
	free(text);
}

/* What servers pass on and a careless component falls over (A.1, I.7): a tag
 * of this many attributes, elements nested this deep. */
static void send_hostile(struct cell *t, struct xclient *c, const char *id,
	unsigned attributes, unsigned depth)
{
	char *xml = NULL;
	size_t len;
	FILE *f = open_memstream(&xml, &len);
	unsigned i;

	if (f == NULL) {
		abort();
	}
	fprintf(f,
		"<message to='%s' type='groupchat' id='%s'>"
		"<body>x</body><x xmlns='urn:example:x'",
		t->room, id);
	for (i = 0; i < attributes; i++) {
		fprintf(f, " a%u=''", i);
	}
	fprintf(f, ">");
	for (i = 0; i < depth; i++) {
		fprintf(f, "<y>");
	}
	for (i = 0; i < depth; i++) {
		fprintf(f, "</y>");
	}
	fprintf(f, "</x></message>");
	fclose(f);
	xclient_send(c, xml);
	free(xml);
	if (attributes > 0) {
		push_on(t, c);
	}
}

static void hostile_xml(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	send_hostile(t, juliet, "h1", 20000, 0);
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "h1",
		.has = {"error/not-acceptable"});
	send_hostile(t, juliet, "h2", 0, 200);
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "h2",
		.has = {"error/not-acceptable"});
	/* Nobody has lost anything. */
	cell_self_ping(t, juliet, nick, true, AT);
	I_SYNC(t->bob);
	I_EXPECT_NO(
		t->bob, .nick = nick, .command = "PART", .or_command = "QUIT");
}

const struct cell_case cases_query[] = {
	{"hostile XML ends nothing", hostile_xml},
	{"disco of the gateway", disco_of_the_gateway},
	{"disco of the network", disco_of_the_network},
	{"disco of a channel", disco_of_a_channel},
	{"version and ping of the gateway", version_and_ping},
	{"version of an occupant", version_of_an_occupant},
	{"ping of an occupant", ping_of_an_occupant},
	{"version and time of the network", version_and_time_of_the_network},
	{"last activity and card of an occupant", last_and_card_of_an_occupant},
	{"last activity of who is gone", last_of_who_is_gone},
	{"last activity and card of nobody", last_and_card_of_nobody},
	{"time of an occupant", time_of_an_occupant},
	{"version of a client, from IRC", version_of_a_client_from_irc},
	{"search for people and channels", search},
	{"list of channels", list_of_channels},
	{NULL, NULL},
};
