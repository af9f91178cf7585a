/* SPDX-License-Identifier: MIT */
/* Contacts: PROTOCOL C.2, C.3, C.16, C.22. */
#include "tests/e2e/cell.h"

enum { POLL = 90 }; /* seconds: where ISON and USERHOST tell it, and some more */

static void subscribe(struct xclient *c, const char *to)
{
	xclient_sendf(c, "<presence type='subscribe' to='%s'/>", to);
	X_EXPECT(c, .kind = "presence", .type = "subscribed", .from = to);
}

/* In a room together: nothing has to be asked for. */
static void contact_in_a_channel(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	struct iclient *romeo = cell_irc_user(t, "romeo");
	const char *nick = cell_nick(t, cell_name(t, "romeo"));
	const char *other = cell_nick(t, cell_name(t, "montague"));

	cell_want_roster(juliet);
	subscribe(juliet, nick);
	X_EXPECT(juliet, .kind = "presence", .from = nick,
		.has = {"! show", "! x"});
	subscribe(juliet, other);
	X_SYNC(juliet, GW);
	X_EXPECT_NO(juliet, .kind = "presence", .from = other);
	iclient_send(romeo, "NICK %s", cell_name(t, "montague"));
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = nick,
		.has = {world_text(t->w, "status~%s",
			cell_name(t, "montague"))});
	X_EXPECT(juliet, .kind = "presence", .from = other);
	iclient_send(romeo, "QUIT :parting is such sweet sorrow");
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = other, .has = {"status"});
}

/* Elsewhere: MONITOR or WATCH tell it at once, ISON in a minute. */
static void contact_elsewhere(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	unsigned port = server_port(t->irc, "PLAIN");
	struct iclient *romeo = iclient_login(t->w, port, cell_name(t, "rom"));
	struct iclient *paris = iclient_login(t->w, port, cell_name(t, "par"));
	const char *romeo_jid = cell_nick(t, cell_name(t, "rom"));
	const char *paris_jid = cell_nick(t, cell_name(t, "par"));

	cell_want_roster(juliet);
	iclient_send(romeo, "AWAY :banished");
	I_EXPECT(romeo, .command = "306");
	subscribe(juliet, romeo_jid);
	subscribe(juliet, paris_jid);
	X_EXPECT(juliet, .kind = "presence", .from = romeo_jid,
		.has = {"show=away"}, .seconds = 30);
	X_EXPECT(juliet, .kind = "presence", .from = paris_jid,
		.has = {"! show"}, .seconds = 30);
	iclient_send(paris, "QUIT :dead");
	iclient_send(romeo, "AWAY");
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = paris_jid, .seconds = POLL);
	X_EXPECT(juliet, .kind = "presence", .from = romeo_jid,
		.has = {"! show"}, .seconds = POLL);
}

static void unsubscribe_ends_it(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *bob = cell_nick(t, iclient_nick(t->bob));

	cell_want_roster(juliet);
	subscribe(juliet, bob);
	X_EXPECT(juliet, .kind = "presence", .from = bob);
	xclient_sendf(juliet, "<presence type='unsubscribe' to='%s'/>", bob);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = bob);
}

/* Registered with autoconnect: online with the presence of the client. */
static void registered_connects_with_presence(struct cell *t)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");
	const char *nick = cell_name(t, "juliet");
	const char *status = world_text(t->w, "status~%s", nick);

	cell_want_roster(juliet);
	xclient_sendf(juliet,
		"<iq type='set' to='" GW "' id='r1'>"
		"<query xmlns='jabber:iq:register'>"
		"<x xmlns='jabber:x:data' type='submit'>"
		"<field var='nick'><value>%s</value></field>"
		"<field var='network'><value>%s</value></field>"
		"<field var='autoconnect'><value>1</value></field>"
		"</x></query></iq>",
		nick, t->network);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "r1");
	X_EXPECT(juliet, .kind = "presence", .type = "subscribe", .from = GW);
	subscribe(juliet, GW);
	xclient_send(juliet, "<presence type='subscribed' to='" GW "'/>");
	X_EXPECT(juliet, .kind = "presence", .from = GW, .has = {status},
		.seconds = 30);
	/* A new client is shown it by its server's probe. */
	struct xclient *orchard = cell_user(t, "juliet", "orchard");

	X_EXPECT(orchard, .kind = "presence", .from = GW, .has = {status});
	xclient_sendf(juliet,
		"<iq type='set' to='" GW "' id='r2'>"
		"<query xmlns='jabber:iq:register'><remove/></query></iq>");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "r2");
	cell_await_off_irc(t, nick, AT);
}

const struct cell_case cases_contacts[] = {
	{"a contact in a channel", contact_in_a_channel},
	{"a contact elsewhere", contact_elsewhere},
	{"a contact is taken off", unsubscribe_ends_it},
	{"registered: online with one's presence",
		registered_connects_with_presence},
	{NULL, NULL},
};
