/* SPDX-License-Identifier: MIT */
/*
 * Invitations, knocking, history, forwards, the nick that is wanted, and what
 * IRC operators do: PROTOCOL D.8, D.9, D.12, D.0.
 */

#include "tests/e2e/cell.h"

/* The case's second channel, where bob is operator, and its address. */
static const char *other_chan(struct cell *t)
{
	return world_text(t->w, "%sx", t->chan);
}

static const char *other_room(struct cell *t)
{
	return world_text(t->w, "%s%%%s@" GW, other_chan(t), t->network);
}

static void bob_is_in_another(struct cell *t, const char *mode)
{
	iclient_send(t->bob, "JOIN %s", other_chan(t));
	cell_bob(t, "MODE %s %s", other_chan(t), mode);
}

static void enter_other(
	struct cell *t, struct xclient *c, const char *nick, const char *id)
{
	xclient_sendf(c,
		"<presence to='%s/%s' id='%s'><x xmlns='" NS_MUC
		"'/></presence>",
		other_room(t), nick, id);
}

/* bob lets juliet into a channel for the invited only. */
static void bob_invites_juliet(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *who = cell_nick(t, iclient_nick(t->bob));

	bob_is_in_another(t, "+i");
	enter_other(t, juliet, nick, "shut");
	X_EXPECT(juliet, .kind = "presence", .type = "error", .id = "shut",
		.has = {"error/registration-required"});
	iclient_send(t->bob, "INVITE %s %s", nick, other_chan(t));
	X_EXPECT(juliet, .kind = "message", .from = other_room(t),
		.has = {world_text(t->w, "x/invite@from=%s", who),
			world_text(t->w, "x@jid=%s", other_room(t))});
	enter_other(t, juliet, nick, "open");
	X_EXPECT(juliet, .kind = "presence", .id = "open",
		.from = world_text(t->w, "%s/%s", other_room(t), nick),
		.has = {CODE_SELF});
	/* What is declined is said to who invited. */
	xclient_sendf(juliet,
		"<message to='%s'><x xmlns='http://jabber.org/protocol/"
		"muc#user'><decline to='%s'><reason>too tired</reason>"
		"</decline></x></message>",
		other_room(t), who);
	I_EXPECT(t->bob, .command = "NOTICE", .target = iclient_nick(t->bob),
		.has = "too tired");
	iclient_send(t->bob, "PART %s", other_chan(t));
}

static void invite(
	struct cell *t, struct xclient *c, const char *id, const char *to)
{
	xclient_sendf(c,
		"<message to='%s' id='%s'><x xmlns='http://jabber.org/protocol/"
		"muc#user'><invite to='%s'><reason>come</reason></invite></x>"
		"</message>",
		t->room, id, to);
}

static void juliet_invites(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *nick = cell_name(t, "carl");
	struct iclient *carl = iclient_login(
		t->w, server_port(t->irc, "PLAIN"), nick);

	cell_bob(t, "MODE %s +i", t->chan);
	invite(t, juliet, "i0", cell_nick(t, nick));
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "i0",
		.has = {"error/forbidden", "error@code=403"});
	cell_bob(t, "MODE %s +o %s", t->chan, cell_name(t, "juliet"));
	invite(t, juliet, "i1", cell_nick(t, nick));
	I_EXPECT(carl, .nick = cell_name(t, "juliet"), .command = "INVITE",
		.has = t->chan);
	invite(t, juliet, "i2", cell_nick(t, iclient_nick(t->bob)));
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "i2",
		.has = {"error/conflict", "error@code=409"});
	invite(t, juliet, "i3", cell_nick(t, "nobody-here"));
	X_EXPECT(juliet, .kind = "message", .type = "error", .id = "i3",
		.has = {"error/item-not-found", "error@code=404"});
}

/* A user of the Jabber server who is not on IRC: by XMPP alone. */
static void juliet_invites_romeo(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	struct xclient *romeo = cell_user(t, "romeo", "orchard");

	/* ejabberd loses what comes while somebody comes online */
	xclient_sendf(romeo,
		"<message to='%s/orchard' type='chat' id='here'><body>here"
		"</body></message>",
		xclient_jid(romeo));
	X_EXPECT(romeo, .kind = "message", .type = "chat", .id = "here");
	invite(t, juliet, "i1", xclient_jid(romeo));
	X_EXPECT(romeo, .kind = "message", .from = t->room,
		.has = {world_text(t->w, "x/invite@from=%s",
				xclient_jid(juliet)),
			"x/invite/reason=come",
			world_text(t->w, "x@jid=%s", t->room)});
	cell_join(t, romeo, cell_name(t, "romeo"));
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, cell_name(t, "romeo")));
}

/* ngIRCd has no KNOCK. */
static void somebody_knocks(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *nick = cell_name(t, "carl");
	struct iclient *carl = iclient_login(
		t->w, server_port(t->irc, "PLAIN"), nick);

	cell_bob(t, "MODE %s +io %s", t->chan, cell_name(t, "juliet"));
	X_EXPECT(juliet, .kind = "presence", .has = {"x/item@role=moderator"});
	iclient_send(carl, "KNOCK %s :let me in", t->chan);
	if (cell_is_on(t, "ngircd")) {
		I_EXPECT(carl, .command = "421");
		return;
	}
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {world_text(t->w, "body~%s", nick)});
}

static void enter_with_history(struct cell *t, struct xclient *c,
	const char *nick, const char *wishes)
{
	xclient_sendf(c,
		"<presence to='%s'><x xmlns='" NS_MUC "'><history %s/></x>"
		"</presence>",
		cell_occ(t, nick), wishes);
	X_EXPECT(c, .kind = "presence", .from = cell_occ(t, nick),
		.has = {CODE_SELF}, .seconds = 20);
}

static void history_is_told(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *balcony = cell_joined(t, "juliet");
	struct xclient *orchard = cell_user(t, "juliet", "orchard");
	const struct xstanza *first;
	const struct xstanza *subject;

	iclient_send(t->bob, "PRIVMSG %s :said first", t->chan);
	X_EXPECT(balcony, .kind = "message", .type = "groupchat",
		.has = {"body=said first", "! delay"});
	cell_say(t, balcony, "h1", "said last");
	X_EXPECT(balcony, .kind = "message", .type = "groupchat", .id = "h1");

	enter_with_history(t, orchard, nick, "maxstanzas='20'");
	first = X_EXPECT(orchard, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, iclient_nick(t->bob)),
		.has = {"body=said first", "delay@stamp"});
	X_EXPECT(orchard, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, nick), .has = {"body=said last", "delay"});
	subject = X_EXPECT(orchard, .kind = "message", .type = "groupchat",
		.has = {"subject", "! body"});
	X_IN_ORDER(orchard, first, subject);

	xclient_sendf(orchard, "<presence type='unavailable' to='%s'/>",
		cell_occ(t, nick));
	X_EXPECT(orchard, .kind = "presence", .type = "unavailable",
		.has = {CODE_SELF});
	enter_with_history(t, orchard, nick, "maxstanzas='1'");
	X_EXPECT(orchard, .kind = "message", .type = "groupchat",
		.has = {"body=said last", "delay"});
	X_EXPECT(orchard, .kind = "message", .type = "groupchat",
		.has = {"subject", "! body"});
	X_EXPECT_NO(orchard, .kind = "message", .type = "groupchat",
		.has = {"body=said first"});
}

/* InspIRCd tells by itself what was said before (+H). */
static void history_of_the_server(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	if (cell_is_on(t, "inspircd")) {
		cell_bob(t, "MODE %s +H 10:1h", t->chan);
	}
	cell_bob(t, "PRIVMSG %s :long before", t->chan);
	cell_join(t, juliet, nick);
	iclient_send(t->bob, "PRIVMSG %s :and now", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {"body=and now", "! delay"});
	xclient_sendf(juliet, "<presence type='unavailable' to='%s'/>",
		cell_occ(t, nick));
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.has = {CODE_SELF});
	cell_await_off_irc(t, nick, AT);
	enter_with_history(t, juliet, nick, "maxstanzas='20'");
	if (cell_is_on(t, "inspircd")) {
		X_EXPECT(juliet, .kind = "message", .type = "groupchat",
			.from = cell_occ(t, iclient_nick(t->bob)),
			.has = {"body=long before", "delay@stamp"});
		X_EXPECT(juliet, .kind = "message", .type = "groupchat",
			.has = {"body=and now", "delay@stamp"});
	}
	cell_self_ping(t, juliet, nick, true, AT);
	X_EXPECT_NO(juliet, .kind = "message", .has = {"body=long before"});
	X_EXPECT_NO(juliet, .kind = "message", .has = {"body=and now"});
}

/* InspIRCd's +L with +l: the full channel sends its visitors on. */
static void full_channel_forwards(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	if (!cell_is_on(t, "inspircd")) {
		cell_bob(t, "MODE %s +l 1", t->chan);
		cell_send_join(t, juliet, nick, NULL);
		X_EXPECT(juliet, .kind = "presence", .type = "error",
			.id = "join", .has = {"error/service-unavailable"});
		return;
	}
	bob_is_in_another(t, "+t");
	cell_bob(t, "MODE %s +lL 1 %s", t->chan, other_chan(t));
	cell_send_join(t, juliet, nick, NULL);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick),
		.has = {CODE_SELF, world_text(t->w, "x/destroy@jid=%s",
				other_room(t))});
	X_EXPECT(juliet, .kind = "message", .from = other_room(t),
		.has = {"x/invite/reason"});
	enter_other(t, juliet, nick, "follow");
	X_EXPECT(juliet, .kind = "presence", .id = "follow",
		.from = world_text(t->w, "%s/%s", other_room(t), nick),
		.has = {CODE_SELF});
	iclient_send(t->bob, "PRIVMSG %s :welcome", other_chan(t));
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = world_text(t->w, "%s/%s", other_room(t),
			iclient_nick(t->bob)),
		.has = {"body=welcome"});
	iclient_send(t->bob, "PART %s", other_chan(t));
}

/* A registered user comes under another nick, and takes the wanted one as soon
 * as it is free. */
static void nick_is_taken_back(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	const char *second = world_text(t->w, "%s_", nick);
	struct xclient *juliet = cell_user(t, "juliet", "balcony");
	struct iclient *thief = iclient_login(
		t->w, server_port(t->irc, "PLAIN"), nick);

	xclient_sendf(juliet,
		"<iq type='set' to='%s' id='reg'><query "
		"xmlns='jabber:iq:register'><nick>%s</nick></query></iq>",
		cell_srv(t), nick);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "reg");
	I_JOIN(thief, t->chan);
	cell_send_join(t, juliet, nick, NULL);
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, second),
		.has = {CODE_SELF, "x/status@code=210"}, .seconds = 20);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {"subject", "! body"});
	iclient_send(thief, "QUIT :had enough");
	I_EXPECT(t->bob, .nick = second, .command = "NICK", .target = nick,
		.seconds = 30);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, second),
		.has = {"x/status@code=303",
			world_text(t->w, "x/item@nick=%s", nick)});
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {CODE_SELF});
}

static struct iclient *oper_of(struct cell *t)
{
	struct iclient *oper = iclient_login(
		t->w, server_port(t->irc, "PLAIN"), cell_name(t, "oper"));

	iclient_send(oper, "OPER oper operpass");
	I_EXPECT(oper, .command = "381");
	return oper;
}

/* KILL: the connection is opened again, and the room looks as before. */
static void juliet_is_killed(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	iclient_send(oper_of(t), "KILL %s :mistaken for another", nick);
	X_EXPECT(juliet, .kind = "message", .type = "headline", .from = cell_srv(t),
		.has = {"subject=Error", "body~has ended your connection",
			"body~mistaken for another"});
	I_EXPECT(t->bob, .nick = nick, .command = "QUIT");
	I_EXPECT(t->bob, .nick = nick, .command = "JOIN", .seconds = 60);
	cell_say(t, juliet, "k1", "here again");
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG", .target = t->chan,
		.text = "here again");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "k1",
		.from = cell_occ(t, nick));
	/* It was short: nobody was seen to leave. */
	X_EXPECT_NO(juliet, .kind = "presence", .type = "unavailable");
}

/* InspIRCd's SANICK and SAPART; elsewhere nobody can do so. */
static void forced_by_operators(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	const char *forced = cell_name(t, "guest");
	struct xclient *juliet = cell_joined(t, "juliet");
	struct iclient *oper = oper_of(t);

	iclient_send(oper, "SANICK %s %s", nick, forced);
	if (!cell_is_on(t, "inspircd")) {
		I_EXPECT(oper, .command = "421");
		return;
	}
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick),
		.has = {"x/status@code=303",
			world_text(t->w, "x/item@nick=%s", forced)});
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, forced),
		.has = {CODE_SELF, "x/status@code=210"});
	iclient_send(
		oper, "SAPART %s %s :go elsewhere", forced, t->chan);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, forced),
		.has = {CODE_SELF, "status~go elsewhere"});
	cell_self_ping(t, juliet, forced, false, AT);
}

const struct cell_case cases_rooms[] = {
	{"somebody on IRC invites", bob_invites_juliet},
	{"people on IRC are invited", juliet_invites},
	{"a Jabber user is invited", juliet_invites_romeo},
	{"somebody knocks", somebody_knocks},
	{"what was said before is told", history_is_told},
	{"what the server tells again is told once", history_of_the_server},
	{"a full channel forwards or refuses", full_channel_forwards},
	{"the wanted nick is taken back", nick_is_taken_back},
	{"a killed user is back", juliet_is_killed},
	{"operators force a nick and a part", forced_by_operators},
	{NULL, NULL},
};
