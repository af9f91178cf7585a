/* SPDX-License-Identifier: MIT */
/* Entering rooms: PROTOCOL D.2, D.3, D.8, D.10, I.2. */
#include "tests/e2e/cell.h"

static void join_by_muc(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");
	const struct xstanza *other;
	const struct xstanza *self;
	const struct xstanza *subject;

	cell_bob(t, "TOPIC %s :roses", t->chan);
	cell_send_join(t, juliet, nick, NULL);
	I_EXPECT(t->bob, .nick = nick, .command = "JOIN", .target = t->chan,
		.seconds = 20);
	other = X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, iclient_nick(t->bob)),
		.has = {MUC_USER, "x/item@affiliation=admin",
			"x/item@role=moderator",
			/* user@host behind it only where NAMES tells. */
			world_text(t->w, "x/item@jid~%s",
				cell_nick(t, iclient_nick(t->bob))),
			"occupant-id@id", "! x/status"});
	self = X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.id = "join",
		.has = {MUC_USER, CODE_SELF, "x/status@code=100",
			"x/item@affiliation=none", "x/item@role=participant",
			"occupant-id@id", "! x/status@code=201",
			"! x/status@code=210"});
	subject = X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, iclient_nick(t->bob)),
		.has = {"subject=roses", "! body", "delay@stamp",
			world_text(t->w, "delay@from=%s", t->room)});
	X_IN_ORDER(juliet, other, self);
	X_IN_ORDER(juliet, self, subject);
	X_SYNC(juliet, GW);
	X_EXPECT_NO(juliet, .kind = "presence", .from = cell_occ(t, nick));
}

static void join_by_groupchat_1_0(struct cell *t)
{
	const char *nick = cell_name(t, "romeo");
	struct xclient *romeo = cell_user(t, "romeo", "garden");
	const struct xstanza *other;
	const struct xstanza *self;

	xclient_sendf(romeo, "<presence to='%s'/>", cell_occ(t, nick));
	I_EXPECT(t->bob, .nick = nick, .command = "JOIN", .target = t->chan,
		.seconds = 20);
	other = X_EXPECT(romeo, .kind = "presence",
		.from = cell_occ(t, iclient_nick(t->bob)));
	self = X_EXPECT(romeo, .kind = "presence", .from = cell_occ(t, nick));
	X_IN_ORDER(romeo, other, self);
}

static void both_see_each_other(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	struct xclient *romeo = cell_user(t, "romeo", "garden");
	const char *j = cell_name(t, "juliet");
	const char *r = cell_name(t, "romeo");

	xclient_sendf(romeo, "<presence to='%s'/>", cell_occ(t, r));
	X_EXPECT(romeo, .kind = "presence", .from = cell_occ(t, j),
		.seconds = 20);
	X_EXPECT(romeo, .kind = "presence", .from = cell_occ(t, r));
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, r),
		.has = {MUC_USER, "x/item@role=participant", "! " CODE_SELF});
	I_EXPECT(t->bob, .nick = j, .command = "JOIN");
	I_EXPECT(t->bob, .nick = r, .command = "JOIN");
}

/* The second of two resources leaves: only now IRC sees a PART. */
static void leave_one_by_one(struct cell *t, struct xclient *first,
	struct xclient *second, const char *nick)
{
	xclient_sendf(first, "<presence type='unavailable' to='%s'/>",
		cell_occ(t, nick));
	X_EXPECT(first, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick), .has = {CODE_SELF});
	X_SYNC(second, GW);
	X_EXPECT_NO(second, .kind = "presence", .type = "unavailable");
	I_SYNC(t->bob);
	I_EXPECT_NO(t->bob, .nick = nick, .command = "PART");
	xclient_sendf(second, "<presence type='unavailable' to='%s'/>",
		cell_occ(t, nick));
	I_EXPECT(t->bob, .nick = nick, .command = "PART", .target = t->chan);
	I_SYNC(t->bob);
	if (iclient_count(t->bob, IWANT(.nick = nick)) != 2) {
		world_fail(t->w, AT, "IRC saw other than one JOIN, one PART");
	}
}

/* PROTOCOL I.2: several dialects, one user, one connection. */
static void two_dialects_one_connection(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *muc = cell_joined(t, "juliet");
	struct xclient *old = cell_user(t, "juliet", "orchard");

	cell_join_gc1(t, old, nick);
	iclient_send(t->bob, "PRIVMSG %s :both of you", t->chan);
	X_EXPECT(muc, .kind = "message", .type = "groupchat",
		.has = {"body=both of you"});
	X_EXPECT(old, .kind = "message", .type = "groupchat",
		.has = {"body=both of you"});
	leave_one_by_one(t, muc, old, nick);
}

/* D.2: a MUC join of a FULL that is joined asks for all of it again. */
static void a_second_join_is_a_resync(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	cell_send_join(t, juliet, nick, NULL);
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, iclient_nick(t->bob)));
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {CODE_SELF});
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {"subject"});
	I_SYNC(t->bob);
	if (iclient_count(t->bob, IWANT(.nick = nick, .command = "JOIN")) !=
		1) {
		world_fail(t->w, AT, "IRC saw other than one JOIN");
	}
}

/* D.2: presence of a modern client that believes to be joined. */
static void a_desynchronised_client_is_told(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	xclient_sendf(juliet,
		"<presence to='%s'><c xmlns='http://jabber.org/protocol/caps' "
		"hash='sha-1' node='http://example.org' ver='abc='/>"
		"</presence>",
		cell_occ(t, nick));
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick),
		.has = {CODE_SELF, "x/status@code=307", "x/status@code=333"});
	I_SYNC(t->bob);
	I_EXPECT_NO(t->bob, .nick = nick, .command = "JOIN");
}

/* D.2: 432 is mended once, and 210 says so. */
static void an_illegal_nick_is_mended(struct cell *t)
{
	const char *asked = cell_name(t, "9juliet");
	const char *got = world_text(t->w, "_%s", asked);
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	cell_send_join(t, juliet, asked, NULL);
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, got),
		.has = {CODE_SELF, "x/status@code=210"}, .seconds = 20);
	I_EXPECT(t->bob, .nick = got, .command = "JOIN", .target = t->chan);
}

/* D.8: an invitation lets in. */
static void an_invitation_opens_the_room(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	const char *chan = t->chan;
	const char *room = t->room;
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	/* Somewhere else, so that there is somebody to invite. */
	t->chan = world_text(t->w, "%s-hall", chan);
	t->room = world_text(t->w, "%s%%%s@" GW, t->chan, t->network);
	cell_join(t, juliet, nick);
	t->chan = chan;
	t->room = room;
	cell_bob(t, "MODE %s +i", chan);
	iclient_send(t->bob, "INVITE %s %s", nick, chan);
	X_EXPECT(juliet, .kind = "message", .from = room,
		.has = {world_text(t->w, "x/invite@from=%s",
				cell_nick(t, iclient_nick(t->bob))),
			"x@xmlns=jabber:x:conference",
			world_text(t->w, "x@jid=%s", room)});
	cell_join(t, juliet, nick);
}

/* What a nick may hold and a user name may not: ircd-hybrid takes nothing but
 * letters and digits in USER (measured). */
static void a_nick_of_all_characters(struct cell *t)
{
	const char *nick = world_text(t->w, "ju_l-i[e]t^%u", t->number);
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	cell_join(t, juliet, nick);
	I_EXPECT(t->bob, .nick = nick, .command = "JOIN", .target = t->chan);
	cell_say(t, juliet, "c1", "hello");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "c1",
		.from = cell_occ(t, nick));
}

/* B.2: characters of channels that a localpart holds only escaped. */
static void a_channel_that_needs_escaping(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	t->chan = world_text(t->w, "#a@b'c&d/e%%%u", t->number);
	t->room = world_text(t->w, "#a\\40b\\27c\\26d\\2fe%%%u%%%s@" GW,
		t->number, t->network);
	I_JOIN(t->bob, t->chan);
	cell_join(t, juliet, nick);
	I_EXPECT(t->bob, .nick = nick, .command = "JOIN", .target = t->chan);
	iclient_send(t->bob, "PRIVMSG %s :odd", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, iclient_nick(t->bob)), .has = {"body=odd"});
	cell_say(t, juliet, "e1", "indeed");
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG", .target = t->chan,
		.text = "indeed");
}

static void self_ping(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");
	struct xclient *orchard = cell_user(t, "juliet", "orchard");

	cell_self_ping(t, juliet, nick, false, AT);
	cell_join(t, juliet, nick);
	cell_self_ping(t, juliet, nick, true, AT);
	/* Not by what other resources are. */
	cell_self_ping(t, orchard, nick, false, AT);
}

const struct cell_case cases_join[] = {
	{"join by MUC", join_by_muc},
	{"join by groupchat 1.0", join_by_groupchat_1_0},
	{"both see each other", both_see_each_other},
	{"two resources of two dialects, one connection",
		two_dialects_one_connection},
	{"a second join is a resync", a_second_join_is_a_resync},
	{"a desynchronised client is told", a_desynchronised_client_is_told},
	{"an illegal nick is mended", an_illegal_nick_is_mended},
	{"an invitation opens the room", an_invitation_opens_the_room},
	{"a nick of all characters", a_nick_of_all_characters},
	{"a channel that needs escaping", a_channel_that_needs_escaping},
	{"self-ping joined and not joined", self_ping},
	{NULL, NULL},
};
