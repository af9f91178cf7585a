/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/e2e/caps.h"

/* What is said, and what is known of a message: PROTOCOL F.1, F.2. */

/* --- what is said --------------------------------------------------------- */

static void typing(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
	struct xclient *romeo = caps_enter(x, x->romeo, "romeo");
	const char *from = cell_occ(t, cell_name(t, "juliet"));

	xclient_sendf(juliet,
		"<message to='%s' type='groupchat'><composing xmlns='"
		"http://jabber.org/protocol/chatstates'/></message>",
		t->room);
	if (caps_on(x, " message-tags ")) {
		X_EXPECT(romeo, .kind = "message", .type = "groupchat",
			.from = from, .has = {"composing", "! body"});
	}
	cell_say(t, juliet, "m1", "wherefore");
	X_EXPECT(romeo, .kind = "message", .type = "groupchat", .from = from,
		.has = {"body=wherefore"});
	X_EXPECT_NO(romeo, .kind = "message", .type = "groupchat",
		.has = {"composing"});
}

/* Two users of the gateway have the same name for a message of IRC's. */
static const char *id_of(
	struct caps_test *x, struct xclient *c, const char *body)
{
	const struct xstanza *s = X_EXPECT(c, .kind = "message",
		.type = "groupchat",
		.has = {world_text(x->t.w, "body=%s", body)});

	return cell_value(&x->t, s, "stanza-id@id");
}

static void message_ids(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
	struct xclient *romeo = caps_enter(x, x->romeo, "romeo");
	const char *first;
	const char *second;

	cell_bob(t, "PRIVMSG %s :remember me", t->chan);
	first = id_of(x, juliet, "remember me");
	second = id_of(x, romeo, "remember me");
	WORLD_CHECK(t->w, strcmp(first, "none") != 0);
	WORLD_CHECK(t->w,
		(strcmp(first, second) == 0) == caps_on(x, " message-tags "));
}

/* What she says herself has IRC's name for it only when she hears it, too. */
static void echoes(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
	struct xclient *romeo = caps_enter(x, x->romeo, "romeo");
	const char *first;
	const char *second;

	xclient_forget(juliet);
	cell_say(t, juliet, "m1", "a name");
	first = id_of(x, juliet, "a name");
	second = id_of(x, romeo, "a name");
	WORLD_CHECK(t->w,
		(strcmp(first, second) == 0) == caps_on(x, " echo-message "));
	cell_say(t, juliet, "m2", "a rose");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "m2",
		.has = {"body=a rose"});
	X_EXPECT_NO(juliet, .kind = "message", .type = "groupchat",
		.has = {"body=a name"});
}

static void reactions(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
	struct xclient *romeo = caps_enter(x, x->romeo, "romeo");
	const char *id;

	cell_bob(t, "PRIVMSG %s :remember me", t->chan);
	id = id_of(x, juliet, "remember me");
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat' id='r1'><reactions "
		"xmlns='urn:xmpp:reactions:0' id='%s'><reaction>\xf0\x9f\x8c\xb9"
		"</reaction></reactions></message>",
		t->room, id);
	if (caps_on(x, " message-tags ")) {
		X_EXPECT(romeo, .kind = "message", .type = "groupchat",
			.from = cell_occ(t, cell_name(t, "juliet")),
			.has = {world_text(t->w, "reactions@id=%s", id),
				"reactions/reaction=\xf0\x9f\x8c\xb9"});
	}
	cell_say(t, juliet, "m2", "a rose");
	X_EXPECT(romeo, .kind = "message", .type = "groupchat",
		.has = {"body=a rose"});
	X_EXPECT_NO(romeo, .kind = "message", .type = "groupchat",
		.has = {"reactions"});
}

/* Only with the time of the server is it told as what it is. */
static void history(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = x->juliet;

	cell_bob(t, "MODE %s +H 10:1h", t->chan);
	cell_bob(t, "PRIVMSG %s :long before", t->chan);
	cell_send_join(t, juliet, cell_name(t, "juliet"), NULL);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, iclient_nick(t->bob)),
		.has = {"body=long before",
			caps_on(x, " server-time ") ? "delay@stamp" : "! delay"});
}

/* A program that asks gets no answer, a person does. */
static void programs(struct caps_test *x)
{
	struct cell *t = &x->t;
	const char *nick = cell_name(t, "juliet");
	struct iclient *robot = x->robot;
	struct xclient *juliet = caps_juliet(x);

	iclient_send(robot, "MODE %s +B", iclient_nick(robot));
	I_EXPECT(robot, .command = "MODE");
	I_JOIN(robot, t->chan);
	if (caps_on(x, " message-tags ")) {
		X_EXPECT(juliet, .kind = "presence",
			.from = cell_occ(t, iclient_nick(robot)),
			.has = {"hats/hat"});
		iclient_send(robot, "PRIVMSG %s :\001VERSION\001", nick);
	}
	cell_bob(t, "PRIVMSG %s :\001VERSION\001", nick);
	I_EXPECT(t->bob, .nick = nick, .command = "NOTICE",
		.has = "VERSION ");
	I_SYNC(robot);
	I_EXPECT_NO(robot, .nick = nick, .command = "NOTICE");
}

/* Two messages to nobody: each has its own error. */
static void errors_find_their_messages(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
	const char *nobody = cell_nick(t, cell_name(t, "nobody"));
	static const char *const ids[] = {"e1", "e2"};

	cell_bob(t, "MODE %s +m", t->chan);
	for (size_t i = 0; i < 2; i++) {
		xclient_sendf(juliet,
			"<message to='%s' type='chat' id='%s'><body>hello"
			"</body></message>",
			nobody, ids[i]);
		cell_say(t, juliet, world_text(t->w, "r%s", ids[i]), "hush");
	}
	for (size_t i = 0; i < 2; i++) {
		X_EXPECT(juliet, .kind = "message", .type = "error",
			.id = ids[i], .from = nobody,
			.has = {"error/item-not-found"});
		X_EXPECT(juliet, .kind = "message", .type = "error",
			.id = world_text(t->w, "r%s", ids[i]), .from = t->room,
			.has = {"error/forbidden"});
	}
}

const struct caps_case caps_said[] = {
	{"typing", ALL, typing},
	{"message ids", ALL, message_ids},
	{"echoes", ALL, echoes},
	{"reactions", ALL, reactions},
	{"history", INSPIRCD, history},
	{"programs", INSPIRCD HYBRID, programs},
	{"errors find their messages", ALL, errors_find_their_messages},
	{NULL, NULL, NULL},
};
