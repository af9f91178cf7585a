/* SPDX-License-Identifier: MIT */
/* Talking: PROTOCOL D.4, D.5, D.7, C.1, C.3, G.2. */
#include <string.h>

#include "tests/e2e/cell.h"

static void irc_to_both(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	struct xclient *romeo = cell_user(t, "romeo", "garden");
	const char *bob = cell_occ(t, iclient_nick(t->bob));

	cell_join_gc1(t, romeo, cell_name(t, "romeo"));
	iclient_send(t->bob, "PRIVMSG %s :x < y & \"z\" \xc3\xa9", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .from = bob,
		.has = {"body=x < y & \"z\" \xc3\xa9", "occupant-id@id",
			world_text(t->w, "stanza-id@by=%s", t->room)});
	X_EXPECT(romeo, .kind = "message", .type = "groupchat", .from = bob,
		.has = {"body=x < y & \"z\" \xc3\xa9"});
}

static void muc_to_irc_with_reflection(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");
	struct xclient *orchard = cell_user(t, "juliet", "orchard");
	struct xclient *romeo = cell_joined(t, "romeo");

	cell_join(t, orchard, nick);
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat' id='m1'>"
		"<body>wherefore art thou</body>"
		"<origin-id xmlns='urn:xmpp:sid:0' id='o1'/></message>",
		t->room);
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG", .target = t->chan,
		.text = "wherefore art thou");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "m1",
		.from = cell_occ(t, nick),
		.has = {"body=wherefore art thou", "origin-id@id=o1",
			"occupant-id@id",
			world_text(t->w, "stanza-id@by=%s", t->room)});
	X_EXPECT(orchard, .kind = "message", .type = "groupchat", .id = "m1",
		.from = cell_occ(t, nick), .has = {"body=wherefore art thou"});
	X_EXPECT(romeo, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, nick), .has = {"body=wherefore art thou"});
	X_SYNC(juliet, GW);
	X_EXPECT_NO(juliet, .kind = "message", .type = "groupchat");
}

static void groupchat_1_0_to_irc(struct cell *t)
{
	const char *nick = cell_name(t, "romeo");
	struct xclient *romeo = cell_user(t, "romeo", "garden");
	struct xclient *juliet;

	cell_join_gc1(t, romeo, nick);
	juliet = cell_joined(t, "juliet");
	cell_say(t, romeo, "g1", "it is the east");
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG", .target = t->chan,
		.text = "it is the east");
	X_EXPECT(romeo, .kind = "message", .type = "groupchat", .id = "g1",
		.from = cell_occ(t, nick), .has = {"body=it is the east"});
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, nick), .has = {"body=it is the east"});
}

/* One message of two lines: two on IRC, one reflection (D.4, G.4). No line
 * of a user becomes a command (G.5). */
static void two_lines_one_message(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	cell_say(t, juliet, "m2", ":first&#10;QUIT :second");
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG", .text = ":first");
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.text = "QUIT :second");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "m2",
		.has = {"body=:first\nQUIT :second"});
	X_SYNC(juliet, GW);
	X_EXPECT_NO(juliet, .kind = "message", .type = "groupchat");
}

/*
 * D.4, F.1: where IRC has echo-message and message ids (InspIRCd) the room shows
 * a message as IRC has it, and everybody calls it the same.
 */
static void shown_as_irc_has_it(struct cell *t)
{
	bool echo = strcmp(server_kind_of(t->irc)->name, "inspircd") == 0;
	const char *body = echo ? "body=oh d**t" : "body=oh drat";
	const char *id = echo ? "stanza-id@id~1IN~" : "stanza-id@id";
	const char *from = cell_occ(t, cell_name(t, "juliet"));
	struct xclient *juliet = cell_joined(t, "juliet");
	struct xclient *romeo = cell_joined(t, "romeo");

	if (echo) {
		cell_bob(t, "MODE %s +G", t->chan);
	}
	cell_say(t, juliet, "e1", "oh drat");
	X_EXPECT(romeo, .kind = "message", .type = "groupchat", .from = from,
		.has = {body, id});
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "e1",
		.from = from, .has = {body, id});
	X_SYNC(juliet, GW);
	X_EXPECT_NO(juliet, .kind = "message", .from = from);
}

static void me_both_ways(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");

	iclient_send(t->bob, "PRIVMSG %s :\001ACTION waves\001", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, iclient_nick(t->bob)),
		.has = {"body=/me waves"});
	cell_say(t, juliet, "me", "/me dances");
	I_EXPECT(t->bob, .command = "PRIVMSG", .target = t->chan,
		.nick = cell_name(t, "juliet"),
		.text = "\001ACTION dances\001");
}

static void private_by_the_room(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	const char *bob = cell_occ(t, iclient_nick(t->bob));
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_sendf(juliet,
		"<message to='%s' type='chat' id='p1'><body>psst</body>"
		"<x xmlns='" NS_MUC "#user'/></message>",
		bob);
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.target = iclient_nick(t->bob), .text = "psst");
	iclient_send(t->bob, "PRIVMSG %s :what is it", nick);
	X_EXPECT(juliet, .kind = "message", .type = "chat", .from = bob,
		.has = {"body=what is it", MUC_USER});
}

/* D.0, C.1: a message opens a session; the answer comes from the NICK. */
static void private_by_the_nick(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	const char *bob = cell_nick(t, iclient_nick(t->bob));
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	xclient_sendf(juliet,
		"<message to='%s' type='chat' id='p2'>"
		"<body>good night</body></message>",
		bob);
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.target = iclient_nick(t->bob), .text = "good night",
		.seconds = 20);
	iclient_send(t->bob, "PRIVMSG %s :sleep well", nick);
	X_EXPECT(juliet, .kind = "message", .type = "chat", .from = bob,
		.has = {"body=sleep well", "! x"});
}

/* D.7, C.1: no such nick. */
static void private_to_nobody(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_sendf(juliet,
		"<message to='%s' type='chat' id='p3'>"
		"<body>anyone</body></message>",
		cell_nick(t, cell_name(t, "nobody")));
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "p3",
		.from = cell_nick(t, cell_name(t, "nobody")),
		.has = {"error/item-not-found", "error@code=404"});
}

static void topic_both_ways(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	iclient_send(t->bob, "TOPIC %s :violets", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, iclient_nick(t->bob)),
		.has = {"subject=violets", "! body"});
	cell_bob(t, "MODE %s -t", t->chan);
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat' id='s1'>"
		"<subject>lilies</subject></message>",
		t->room);
	I_EXPECT(t->bob, .nick = nick, .command = "TOPIC", .target = t->chan,
		.text = "lilies");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, nick), .has = {"subject=lilies", "! body"});
}

static void topic_refused(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");

	cell_bob(t, "MODE %s +t", t->chan);
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat' id='s2'>"
		"<subject>thorns</subject></message>",
		t->room);
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "s2",
		.from = t->room, .has = {"error/forbidden", "error@code=403"});
}

static void not_joined_may_not_talk(struct cell *t)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	cell_say(t, juliet, "n1", "hello?");
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "n1",
		.from = t->room,
		.has = {"error/not-acceptable", "error@code=406"});
}

/* D.4: 404 of a moderated channel. */
static void moderated_channel_refuses(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");

	cell_bob(t, "MODE %s +m", t->chan);
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, cell_name(t, "juliet")),
		.has = {"x/item@role=visitor", CODE_SELF});
	cell_say(t, juliet, "m4", "may I");
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "m4",
		.has = {"error/forbidden", "error@code=403"});
}

static void away_by_presence(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_sendf(juliet,
		"<presence to='%s'><show>away</show><status>at tea</status>"
		"</presence>",
		cell_occ(t, nick));
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {"show=away", CODE_SELF});
	iclient_send(t->bob, "PRIVMSG %s :are you there", nick);
	I_EXPECT(t->bob, .command = "301", .param = nick, .text = "at tea");
}

/* C.15: a file as text, to a person and in the room. */
static void file_as_text(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	const char *bob = cell_occ(t, iclient_nick(t->bob));
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_sendf(juliet,
		"<iq to='%s' type='set' id='o1'><query xmlns='jabber:iq:oob'>"
		"<url>http://example.net/rose.png</url><desc>A rose</desc>"
		"</query></iq>",
		bob);
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.target = iclient_nick(t->bob),
		.text = "A rose http://example.net/rose.png");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "o1",
		.from = bob);
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat' id='o2'><body>look</body>"
		"<x xmlns='jabber:x:oob'><url>http://example.net/a</url></x>"
		"</message>",
		t->room);
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.target = t->chan, .text = "look <http://example.net/a>");
	iclient_send(t->bob, "PRIVMSG %s :http://example.net/b.jpg", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .from = bob,
		.has = {"body=http://example.net/b.jpg",
			"x/url=http://example.net/b.jpg"});
}

/* C.20: XEP-0249 to a person of IRC, in the channel and outside. */
static void invitation_of_an_irc_user(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	const char *bob = cell_nick(t, iclient_nick(t->bob));
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *const form =
		"<message to='%s' id='%s'><x xmlns='jabber:x:conference' "
		"jid='%s'/></message>";

	iclient_send(t->bob, "MODE %s +o %s", t->chan, nick);
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {"x/item@role=moderator"});
	xclient_sendf(juliet, form, bob, "i1", t->room);
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "i1",
		.from = bob, .has = {"error/conflict", "error@code=409"});
	iclient_send(t->bob, "PART %s", t->chan);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, iclient_nick(t->bob)));
	xclient_sendf(juliet, form, bob, "i2", t->room);
	I_EXPECT(t->bob, .nick = nick, .command = "INVITE",
		.target = iclient_nick(t->bob), .text = t->chan);
	X_SYNC(juliet, cell_srv(t));
	X_EXPECT_NO(juliet, .kind = "message", .type = "error");
}

/* C.20: what IRC cannot carry is refused, in a room and to a person. */
static void encrypted_is_refused(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *bob = cell_nick(t, iclient_nick(t->bob));
	const char *const form =
		"<message to='%s' type='%s' id='%s'><body>secret</body>"
		"<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>x"
		"</payload></encrypted></message>";

	xclient_sendf(juliet, form, t->room, "groupchat", "e1");
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "e1",
		.from = t->room, .has = {"error/not-acceptable"});
	xclient_sendf(juliet, form, bob, "chat", "e2");
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "e2",
		.from = bob, .has = {"error/not-acceptable"});
	I_SYNC(t->bob);
	I_EXPECT_NO(t->bob, .command = "PRIVMSG", .text = "secret");
}

/* C.20, F.2: typing, where the server has tags; else nobody hears of it. */
static void typing_with_tags(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct iclient *alice = cell_irc_user(t, "alice");
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *jid = cell_nick(t, iclient_nick(alice));
	bool tags;

	iclient_send(alice, "CAP REQ :message-tags");
	tags = strstr(I_EXPECT(alice, .command = "CAP")->text, " ACK ") != NULL;
	xclient_sendf(juliet,
		"<message to='%s' type='chat' id='t1'><body>hi there</body>"
		"<x xmlns='jabber:x:event'><composing/></x></message>",
		jid);
	I_EXPECT(alice, .has = " :hi there");
	iclient_send(alice, "@+typing=active TAGMSG %s", nick);
	if (tags) {
		X_EXPECT(juliet, .kind = "message", .type = "chat",
			.from = jid,
			.has = {"x/composing", "x/id=t1", "! body"});
	}
	iclient_send(alice, "PRIVMSG %s :hello", nick);
	X_EXPECT(juliet, .kind = "message", .type = "chat", .from = jid,
		.has = {"body=hello"});
	X_EXPECT_NO(juliet, .kind = "message", .type = "chat", .from = jid);
}

const struct cell_case cases_talk[] = {
	{"talk from IRC to both dialects", irc_to_both},
	{"talk from MUC to IRC, reflected to each resource",
		muc_to_irc_with_reflection},
	{"talk from groupchat 1.0 to IRC", groupchat_1_0_to_irc},
	{"a message of two lines", two_lines_one_message},
	{"a message is shown as IRC has it", shown_as_irc_has_it},
	{"/me both ways", me_both_ways},
	{"private message by the occupant, and reply", private_by_the_room},
	{"private message by the nick, and reply", private_by_the_nick},
	{"private message to nobody", private_to_nobody},
	{"a file as text", file_as_text},
	{"invitation of an IRC user", invitation_of_an_irc_user},
	{"encrypted text is refused", encrypted_is_refused},
	{"typing where there are tags", typing_with_tags},
	{"topic both ways", topic_both_ways},
	{"topic refused", topic_refused},
	{"talk without having joined", not_joined_may_not_talk},
	{"talk in a moderated channel", moderated_channel_refuses},
	{"away by presence", away_by_presence},
	{NULL, NULL},
};
