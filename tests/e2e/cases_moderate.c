/* SPDX-License-Identifier: MIT */
/*
 * Moderation: every role and affiliation, done and refused (PROTOCOL D.6).
 * What each server can do differs: ngIRCd and InspIRCd have owners, ircd-hybrid
 * has none; ngIRCd answers an unchanged ban with nothing at all.
 */
#include <stdlib.h>

#include "tests/e2e/cell.h"

#define ADMIN "http://jabber.org/protocol/muc#admin"

#define DONE(t, c, ...) \
	cell_done((t), (c), ADMIN, world_text((t)->w, __VA_ARGS__), AT)
#define REFUSED(t, c, error, ...) \
	cell_refused((t), (c), ADMIN, world_text((t)->w, __VA_ARGS__), \
		(error), AT)

static void sees(struct cell *t, struct xclient *c, const char *nick,
	const char *affiliation, const char *role, const char *at)
{
	struct xwant want = {.at = at,
		.kind = "presence",
		.from = cell_occ(t, nick),
		.has = {world_text(t->w, "x/item@affiliation=%s", affiliation),
			world_text(t->w, "x/item@role=%s", role)}};

	xclient_expect(c, &want);
}

static void kick_and_ban(struct cell *t)
{
	struct xclient *juliet = cell_operator(t);
	const char *nick = cell_name(t, "tybalt");
	struct iclient *tybalt = cell_irc_user(t, "tybalt");
	const struct xwant enters = {.at = AT,
		.kind = "presence",
		.from = cell_occ(t, nick)};
	const char *banned;
	char *jid;
	const struct xstanza *list;

	xclient_expect(juliet, &enters);
	DONE(t, juliet, "<item nick='%s' role='none'><reason>out</reason></item>",
		nick);
	I_EXPECT(tybalt, .command = "KICK", .target = t->chan, .text = "out");
	I_SYNC(tybalt);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick),
		.has = {"x/status@code=307", "x/item/reason=out"});
	I_JOIN(tybalt, t->chan);
	xclient_expect(juliet, &enters);
	DONE(t, juliet,
		"<item nick='%s' affiliation='outcast'>"
		"<reason>spam</reason></item>",
		nick);
	I_EXPECT(tybalt, .command = "KICK", .target = t->chan, .text = "spam");
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick),
		.has = {"x/status@code=301", "x/item@affiliation=outcast"});
	iclient_send(tybalt, "JOIN %s", t->chan);
	I_EXPECT(tybalt, .command = "474");

	cell_query(t, juliet, "list", "get", ADMIN,
		"<item affiliation='outcast'/>");
	list = X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "list",
		.has = {"query/item@affiliation=outcast", "query/item@jid"});
	jid = xstanza_get(list, "query/item@jid");
	banned = world_text(t->w, "%s", jid);
	free(jid);
	DONE(t, juliet, "<item jid='%s' affiliation='outcast'/>", banned);
	DONE(t, juliet, "<item jid='%s' affiliation='none'/>", banned);
	DONE(t, juliet, "<item jid='%s' affiliation='none'/>", banned);
	I_JOIN(tybalt, t->chan);
	cell_query(t, juliet, "none", "get", ADMIN,
		"<item affiliation='outcast'/>");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "none",
		.has = {"! query/item"});
}

static void ranks(struct cell *t)
{
	struct xclient *juliet = cell_operator(t);
	const char *nick = cell_name(t, "tybalt");

	cell_irc_user(t, "tybalt");
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick));
	DONE(t, juliet, "<item nick='%s' affiliation='member'/>", nick);
	sees(t, juliet, nick, "member", "participant", AT);
	DONE(t, juliet, "<item nick='%s' affiliation='none'/>", nick);
	sees(t, juliet, nick, "none", "participant", AT);
	DONE(t, juliet, "<item nick='%s' role='moderator'/>", nick);
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {"x/item@role=moderator"});
	DONE(t, juliet, "<item nick='%s' affiliation='admin'/>", nick);
	cell_query(t, juliet, "ops", "get", ADMIN,
		"<item affiliation='admin'/>");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "ops",
		.has = {world_text(t->w, "query/item@nick=%s", nick),
			world_text(t->w, "query/item@nick=%s",
				cell_name(t, "juliet"))});
	DONE(t, juliet, "<item nick='%s' role='participant'/>", nick);
	sees(t, juliet, nick, "none", "participant", AT);
	DONE(t, juliet, "<item nick='%s' role='participant'/>", nick);
	sees(t, juliet, nick, "member", "participant", AT);
	cell_bob(t, "MODE %s +m", t->chan);
	DONE(t, juliet, "<item nick='%s' role='visitor'/>", nick);
	sees(t, juliet, nick, "none", "visitor", AT);
	DONE(t, juliet, "<item nick='%s' role='visitor'/>", nick);
}

static void owners(struct cell *t)
{
	struct xclient *juliet = cell_operator(t);
	const char *nick = cell_name(t, "tybalt");

	cell_irc_user(t, "tybalt");
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick));
	/* hybrid has no owners; an operator may not make one elsewhere. */
	if (cell_is_on(t, "hybrid")) {
		REFUSED(t, juliet, "error/not-allowed",
			"<item nick='%s' affiliation='owner'/>", nick);
	} else {
		REFUSED(t, juliet, "error/forbidden",
			"<item nick='%s' affiliation='owner'/>", nick);
	}
}

static void refusals(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *bob = iclient_nick(t->bob);
	const char *self = cell_name(t, "juliet");
	const char *nick = cell_name(t, "tybalt");

	cell_irc_user(t, "tybalt");
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick));
	REFUSED(t, juliet, "error/not-allowed", "<item nick='%s' role='none'/>",
		bob);
	REFUSED(t, juliet, "error/forbidden", "<item nick='%s' role='none'/>",
		nick);
	REFUSED(t, juliet, "error/forbidden",
		"<item nick='%s' affiliation='member'/>", nick);
	REFUSED(t, juliet, "error/forbidden",
		"<item nick='%s' affiliation='admin'/>", nick);
	REFUSED(t, juliet, "error/forbidden",
		"<item nick='%s' affiliation='outcast'/>", nick);
	REFUSED(t, juliet, "error/item-not-found",
		"<item nick='nobody-here' role='none'/>");
	REFUSED(t, juliet, "error/conflict", "<item nick='%s' role='none'/>",
		self);
	REFUSED(t, juliet, "error/conflict",
		"<item nick='%s' affiliation='outcast'/>", self);
	REFUSED(t, juliet, "error/bad-request",
		"<item nick='%s' role='none' affiliation='none'/>", bob);
	/* Nobody was touched. */
	cell_bob(t, "NAMES %s", t->chan);
	I_EXPECT_NO(t->bob, .command = "KICK");
	I_EXPECT_NO(t->bob, .command = "MODE", .has = "+b");
}

/* juliet is a half-operator: bob, who is more, is out of reach; she cannot make
 * anybody what she is not. */
static void who_is_above(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *bob = iclient_nick(t->bob);
	const char *nick = cell_name(t, "tybalt");

	cell_irc_user(t, "tybalt");
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick));
	iclient_send(t->bob, "MODE %s +h %s", t->chan, cell_name(t, "juliet"));
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, cell_name(t, "juliet")),
		.has = {"x/item@affiliation=member", "x/item@role=moderator"});
	REFUSED(t, juliet, "error/not-allowed",
		"<item nick='%s' role='none'/>", bob);
	REFUSED(t, juliet, "error/not-allowed",
		"<item nick='%s' affiliation='none'/>", bob);
	REFUSED(t, juliet, "error/forbidden",
		"<item nick='%s' affiliation='admin'/>", nick);
	DONE(t, juliet, "<item nick='%s' affiliation='member'/>", nick);
	DONE(t, juliet, "<item nick='%s' role='none'/>", nick);
	I_EXPECT(t->bob, .command = "KICK", .param = nick);
	I_EXPECT_NO(t->bob, .command = "KICK", .param = bob);
}

/* 478: as many bans as the server keeps of a channel. */
static void list_is_full(struct cell *t)
{
	const unsigned most = cell_is_on(t, "ngircd") ? 50 : 100;
	struct xclient *juliet = cell_operator(t);
	unsigned i;

	for (i = 0; i < most; i += 2) {
		iclient_send(t->bob, "MODE %s +bb n%u!*@* n%u!*@*", t->chan, i,
			i + 1);
	}
	I_SYNC(t->bob);
	REFUSED(t, juliet, "error/resource-constraint",
		"<item jid='%s' affiliation='outcast'/>",
		cell_nick(t, "one!*\\40more.example"));
	DONE(t, juliet, "<item jid='%s' affiliation='none'/>",
		cell_nick(t, "n1!*\\40*"));
	DONE(t, juliet, "<item jid='%s' affiliation='outcast'/>",
		cell_nick(t, "one!*\\40more.example"));
	I_EXPECT(t->bob, .command = "MODE", .has = "one!*@more.example");
}

/* A channel where nobody is kicked (+Q, not hybrid: 482, 484 or 499). */
static void nobody_is_kicked(struct cell *t)
{
	struct xclient *juliet = cell_operator(t);
	const char *nick = cell_name(t, "tybalt");

	cell_irc_user(t, "tybalt");
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick));
	if (cell_is_on(t, "hybrid")) {
		DONE(t, juliet, "<item nick='%s' role='none'/>", nick);
		return;
	}
	cell_bob(t, "MODE %s +Q", t->chan);
	REFUSED(t, juliet, "error/forbidden", "<item nick='%s' role='none'/>",
		nick);
	I_EXPECT_NO(t->bob, .command = "KICK");
}

/* Who is not there, who does not exist, and a room one is not in. */
static void nobody_there(struct cell *t)
{
	struct xclient *juliet = cell_operator(t);
	struct xclient *romeo = cell_user(t, "romeo", "orchard");
	const char *absent = cell_name(t, "absent");

	iclient_login(t->w, server_port(t->irc, "PLAIN"), absent);
	REFUSED(t, juliet, "error/item-not-found",
		"<item nick='%s' role='none'/>", absent);
	REFUSED(t, juliet, "error/item-not-found",
		"<item nick='%s' affiliation='admin'/>", absent);
	REFUSED(t, juliet, "error/item-not-found",
		"<item nick='nobody-here' affiliation='admin'/>");
	REFUSED(t, romeo, "error/not-acceptable",
		"<item nick='%s' role='none'/>", iclient_nick(t->bob));
	cell_query(t, romeo, "list", "get", ADMIN,
		"<item affiliation='outcast'/>");
	X_EXPECT(romeo, .kind = "iq", .type = "error", .id = "list",
		.has = {"error/not-acceptable"});
}

/* ngIRCd's +channels have no modes and no operators. */
static void channel_without_modes(struct cell *t)
{
	const char *self = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");
	const char *room = world_text(t->w, "+t%u%%%s@" GW, t->number,
		t->network);

	if (!cell_is_on(t, "ngircd")) {
		return;
	}
	t->room = room;
	cell_join(t, juliet, self);
	iclient_send(t->bob, "JOIN +t%u", t->number);
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, iclient_nick(t->bob)));
	REFUSED(t, juliet, "error/feature-not-implemented",
		"<item nick='%s' affiliation='admin'/>", iclient_nick(t->bob));
	REFUSED(t, juliet, "error/forbidden", "<item nick='%s' role='none'/>",
		iclient_nick(t->bob));
	/* That it has none is nothing to tell who only came in. */
	X_EXPECT_NO(juliet, .kind = "message", .type = "headline",
		.has = {"subject=Error"});
	iclient_send(t->bob, "PART +t%u", t->number);
}

const struct cell_case cases_moderate[] = {
	{"kick, ban and unban", kick_and_ban},
	{"ranks are given and taken", ranks},
	{"an owner is made where there are owners", owners},
	{"moderation that is refused", refusals},
	{"who is above is not moderated", who_is_above},
	{"a full list of bans", list_is_full},
	{"nobody is kicked from a channel that says so", nobody_is_kicked},
	{"who is not there is not moderated", nobody_there},
	{"a channel without modes", channel_without_modes},
	{NULL, NULL},
};
