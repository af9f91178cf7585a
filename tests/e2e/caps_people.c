/* SPDX-License-Identifier: MIT */
#include "tests/e2e/caps.h"

/* Who is there, and what they are called (PROTOCOL F.1): hosts, away, names. */

/* --- who is there --------------------------------------------------------- */

static void away(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
	const char *bob = cell_occ(t, iclient_nick(t->bob));

	iclient_send(t->bob, "AWAY :gone fishing");
	if (caps_on(x, " away-notify ")) {
		X_EXPECT(juliet, .kind = "presence", .from = bob,
			.has = {"show=away", "status=gone fishing"});
	}
	iclient_send(t->bob, "AWAY");
	if (caps_on(x, " away-notify ")) {
		X_EXPECT(juliet, .kind = "presence", .from = bob,
			.has = {"! show", "! status"});
	}
	caps_until_bob_says(x, juliet, "here again");
	X_EXPECT_NO(juliet, .kind = "presence", .from = bob,
		.has = {"show"});
}

/* Of two prefixes the lower one is left when the higher one is taken. */
static void prefixes(struct caps_test *x)
{
	struct cell *t = &x->t;
	const char *bob = cell_occ(t, iclient_nick(t->bob));
	struct xclient *juliet;

	cell_bob(t, "MODE %s +v %s", t->chan, iclient_nick(t->bob));
	juliet = caps_juliet(x);
	iclient_send(t->bob, "MODE %s -o %s", t->chan, iclient_nick(t->bob));
	X_EXPECT(juliet, .kind = "presence", .from = bob,
		.has = {"x/item@affiliation=member",
			"x/item@role=participant"});
}

/* Whoever was there before is shown with his address from the first. */
static void hosts_in_names(struct caps_test *x)
{
	struct cell *t = &x->t;
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = x->juliet;
	const char *jid = world_text(t->w, "x/item@jid=%s",
		cell_nick(t, iclient_nick(t->bob)));

	cell_send_join(t, juliet, nick, NULL);
	if (caps_on(x, " userhost-in-names ")) {
		jid = world_text(t->w, "%s/%s@127.0.0.1", jid,
			iclient_nick(t->bob));
	}
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, iclient_nick(t->bob)), .has = {jid});
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {CODE_SELF});
}

/* Operators of InspIRCd give hosts away; elsewhere services only do. */
static void hosts_that_change(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct iclient *oper = x->oper;
	struct xclient *juliet = caps_juliet(x);

	iclient_send(oper, "OPER oper operpass");
	I_EXPECT(oper, .command = "381");
	iclient_send(oper, "CHGHOST %s orchard.test", iclient_nick(t->bob));
	I_SYNC(oper);
	if (caps_on(x, " chghost ")) {
		X_EXPECT(juliet, .kind = "presence",
			.from = cell_occ(t, iclient_nick(t->bob)),
			.has = {"x/item@jid~@orchard.test"});
		return;
	}
	iclient_send(oper, "JOIN %s", t->chan);
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, cell_name(t, "oper")));
	X_EXPECT_NO(juliet, .kind = "presence",
		.has = {"x/item@jid~@orchard.test"});
}

static void contacts(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = x->juliet;
	const char *jid = cell_nick(t, cell_name(t, "carl"));

	cell_want_roster(juliet);
	xclient_sendf(juliet, "<presence type='subscribe' to='%s'/>", jid);
	X_EXPECT(juliet, .kind = "presence", .type = "subscribed",
		.from = jid);
	X_EXPECT(juliet, .kind = "presence", .from = jid, .has = {"! show"});
	if (caps_on(x, " extended-monitor ")) {
		iclient_send(x->carl, "AWAY :asleep");
		X_EXPECT(juliet, .kind = "presence", .from = jid,
			.has = {"show=away", "status=asleep"});
	}
	caps_carl_is(x, "carlos");
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = jid);
	caps_carl_is(x, "carl");
}

static void invitations_of_others(struct caps_test *x)
{
	struct cell *t = &x->t;
	const char *carl = cell_name(t, "carl");
	const char *told = world_text(t->w, "body=%s has invited %s to this room.",
		iclient_nick(t->bob), carl);
	struct xclient *juliet = caps_juliet(x);

	cell_bob(t, "MODE %s +o %s", t->chan, cell_name(t, "juliet"));
	iclient_send(t->bob, "INVITE %s %s", carl, t->chan);
	if (caps_on(x, " invite-notify ")) {
		X_EXPECT(juliet, .kind = "message", .type = "groupchat",
			.from = t->room, .has = {told});
		return;
	}
	caps_until_bob_says(x, juliet, "he will come");
	X_EXPECT_NO(juliet, .kind = "message", .type = "groupchat",
		.has = {told});
}

/* --- names ---------------------------------------------------------------- */

static void full_name_is(
	struct caps_test *x, struct xclient *c, const char *name)
{
	struct cell *t = &x->t;
	const char *jid = cell_nick(t, iclient_nick(t->bob));

	xclient_sendf(c,
		"<iq type='get' to='%s' id='card'><vCard xmlns='vcard-temp'/>"
		"</iq>",
		jid);
	X_EXPECT(c, .kind = "iq", .type = "result", .id = "card",
		.has = {world_text(t->w, "vCard/FN=%s", name)});
}

/* What was known by WHOIS is asked for again. */
static void names_that_change(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);

	full_name_is(x, juliet, iclient_nick(t->bob));
	cell_bob(t, "SETNAME :Bob the Weaver");
	caps_until_bob_says(x, juliet, "call me so");
	full_name_is(x, juliet, caps_on(x, " setname ") ? "Bob the Weaver" :
						     iclient_nick(t->bob));
}

static void says_to_network(
	struct caps_test *x, struct xclient *c, const char *text)
{
	xclient_sendf(c,
		"<message to='%s' type='chat'><body>%s</body></message>",
		cell_srv(&x->t), text);
}

static void own_name(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
	bool can = caps_on(x, " setname ");

	says_to_network(x, juliet, "realname Juliet Capulet");
	X_EXPECT(juliet, .kind = "message", .type = "chat",
		.from = cell_srv(t),
		.has = {can ? "body~told your new real name" :
			      "body~only when you connect"});
	iclient_send(t->bob, "WHOIS %s", cell_name(t, "juliet"));
	I_EXPECT(t->bob, .command = "318");
	if (can) {
		I_EXPECT(t->bob, .command = "311", .text = "Juliet Capulet");
	} else {
		I_EXPECT_NO(t->bob, .command = "311", .text = "Juliet Capulet");
	}
}

/* The name of the registration changes while the user is there. */
static void registered_name(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *nurse = cell_joined(t, "nurse");
	const char *nick = cell_name(t, "nurse");

	xclient_sendf(nurse,
		"<iq type='set' id='name' to='%s'><query "
		"xmlns='jabber:iq:register'><nick>%s</nick>"
		"<name>Angelica</name></query></iq>",
		cell_srv(t), nick);
	X_EXPECT(nurse, .kind = "iq", .type = "result", .id = "name");
	if (!caps_on(x, " setname ")) {
		X_EXPECT(nurse, .kind = "message", .type = "headline",
			.from = cell_srv(t),
			.has = {"body~counts from your next connection"});
		return;
	}
	X_SYNC(nurse, GW);
	iclient_send(t->bob, "WHOIS %s", nick);
	I_EXPECT(t->bob, .command = "311", .param = nick, .text = "Angelica");
	I_EXPECT(t->bob, .command = "318");
}

/* FAIL SETNAME: what the server says is told, and what to do next. */
static void a_name_that_is_refused(struct caps_test *x)
{
	says_to_network(x, x->juliet, world_text(x->t.w, "realname %0200d", 0));
	if (!caps_on(x, "standard-replies ")) {
		X_EXPECT(x->juliet, .kind = "message", .type = "chat",
			.from = cell_srv(&x->t),
			.has = {"body~only when you connect"});
		return;
	}
	X_EXPECT(x->juliet, .kind = "message", .type = "headline",
		.from = cell_srv(&x->t),
		.has = {"subject=Error", "body~in your registration",
			"body~Real name is too long"});
}

const struct caps_case caps_people[] = {
	{"away", ALL, away},
	{"prefixes", ALL, prefixes},
	{"hosts in names", ALL, hosts_in_names},
	{"hosts that change", INSPIRCD, hosts_that_change},
	{"contacts", INSPIRCD HYBRID, contacts}, /* elsewhere: by ISON */
	{"invitations of others", ALL, invitations_of_others},
	{"names that change", INSPIRCD, names_that_change},
	{"own name", ALL, own_name},
	{"name of the registration", INSPIRCD, registered_name},
	{"a name that is refused", INSPIRCD, a_name_that_is_refused},
	{NULL, NULL, NULL},
};
