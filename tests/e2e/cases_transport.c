/* SPDX-License-Identifier: MIT */
/*
 * The transport of the founding protocol: registration, prompts, browsing and
 * the list of agents (PROTOCOL B.5, C.6, C.10, C.16).
 */
#include <string.h>

#include "tests/e2e/cell.h"

#define REGISTER "jabber:iq:register"

static void ask(
	struct xclient *c, const char *to, const char *id, const char *ns)
{
	xclient_sendf(c,
		"<iq type='get' to='%s' id='%s'><query xmlns='%s'/></iq>", to,
		id, ns);
}

static const struct xstanza *answered(struct xclient *c, const char *id,
	const char *from, const char *has, const char *at)
{
	struct xwant want = {.at = at,
		.kind = "iq",
		.type = "result",
		.id = id,
		.from = from,
		.has = {has},
		.seconds = 30};

	return xclient_expect(c, &want);
}

/* ---- registration (C.16, use case 7.1) ---- */

/*
 * With the gateway and with this network, by the fields of 2001 and by the
 * form; the gateway asks to see the user, who agrees and asks the same.
 */
static void do_register(struct cell *t, struct xclient *c, const char *nick)
{
	ask(c, GW, "r1", REGISTER);
	answered(c, "r1", GW, "query/nick", AT);
	xclient_sendf(c,
		"<iq type='set' to='" GW "' id='r2'><query xmlns='" REGISTER
		"'><nick>%s</nick><username>%s</username>"
		"<name>Juliet C.</name></query></iq>",
		nick, nick);
	answered(c, "r2", GW, NULL, AT);
	X_EXPECT(c, .kind = "presence", .type = "subscribe", .from = GW);
	xclient_send(c, "<presence type='subscribed' to='" GW "'/>"
			"<presence type='subscribe' to='" GW "'/>");
	X_EXPECT(c, .kind = "presence", .type = "subscribed", .from = GW);
	xclient_sendf(c,
		"<iq type='set' to='%s' id='r3'><query xmlns='" REGISTER
		"'><x xmlns='jabber:x:data' type='submit'>"
		"<field var='FORM_TYPE'><value>" REGISTER "</value></field>"
		"<field var='nick'><value>%s</value></field>"
		"<field var='autoconnect'><value>1</value></field>"
		"</x></query></iq>",
		cell_srv(t), nick);
	answered(c, "r3", cell_srv(t), NULL, AT);
}

/* On IRC as a registered user, without any room. */
static struct xclient *registered(struct cell *t, const char *stem)
{
	struct xclient *c = cell_user(t, stem, "balcony");
	const char *nick = cell_name(t, stem);

	cell_want_roster(c);
	do_register(t, c, nick);
	xclient_sendf(c, "<presence type='subscribe' to='%s'/>", cell_srv(t));
	X_EXPECT(c, .kind = "presence", .type = "subscribed",
		.from = cell_srv(t));
	xclient_sendf(c, "<presence to='%s'/>", cell_srv(t));
	X_EXPECT(c, .kind = "presence", .from = cell_srv(t), .seconds = 30);
	return c;
}

static void registration(struct cell *t)
{
	struct xclient *juliet = registered(t, "juliet");
	const char *nick = cell_name(t, "juliet");

	ask(juliet, GW, "r4", REGISTER);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "r4",
		.has = {"query/registered",
			world_text(t->w, "query/nick=%s", nick),
			"query/name=Juliet C.", "query/password=", "query/key",
			"query/x@xmlns=jabber:x:data"});
	iclient_send(t->bob, "WHOIS %s", nick);
	I_EXPECT(t->bob, .command = "311", .param = nick, .text = "Juliet C.");

	xclient_send(juliet, "<iq type='set' to='" GW "' id='r5'>"
			     "<query xmlns='" REGISTER "'><remove/></query>"
			     "</iq>");
	answered(juliet, "r5", GW, NULL, AT);
	X_EXPECT(juliet, .kind = "presence", .type = "unsubscribed",
		.from = GW);
	cell_await_off_irc(t, nick, AT);
	ask(juliet, GW, "r6", REGISTER);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "r6",
		.has = {"! query/registered", "query/nick"});
	xclient_send(juliet, "<iq type='set' to='" GW "' id='r7'>"
			     "<query xmlns='" REGISTER "'><remove/></query>"
			     "</iq>");
	X_EXPECT(juliet, .kind = "iq", .type = "error", .id = "r7",
		.has = {"error/registration-required", "error@code=407"});
}

/* ---- finding people and places (B.5, C.6, C.10, C.17) ---- */

static void prompt_and_browse(struct cell *t)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	ask(juliet, GW, "g1", "jabber:iq:gateway");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "g1",
		.has = {"query/desc", "query/prompt"});
	xclient_sendf(juliet,
		"<iq type='set' to='" GW "' id='g2'>"
		"<query xmlns='jabber:iq:gateway'><prompt>%s@%s</prompt>"
		"</query></iq>",
		iclient_nick(t->bob), t->network);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "g2",
		.has = {world_text(t->w, "query/jid=%s",
				cell_nick(t, iclient_nick(t->bob))),
			world_text(t->w, "query/prompt=%s",
				cell_nick(t, iclient_nick(t->bob)))});
	ask(juliet, GW, "b1", "jabber:iq:browse");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "b1",
		.has = {"service@xmlns=jabber:iq:browse",
			"service/ns=jabber:iq:register",
			world_text(t->w, "service/service@jid=%s",
				cell_srv(t))});
	ask(juliet, GW, "a1", "jabber:iq:agents");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "a1",
		.has = {world_text(t->w, "query/agent@jid=%s", cell_srv(t)),
			"query/agent/service=irc"});
}

/* The server's own list of 2001; only jabberd2 still keeps one. */
static void agents_of_the_server(struct cell *t)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	if (strcmp(server_kind_of(t->jabber)->name, "jabberd2") != 0) {
		ask(juliet, GW, "a2", "jabber:iq:agent");
		answered(juliet, "a2", GW, "query/service=irc", AT);
		return;
	}
	ask(juliet, "localhost", "a2", "jabber:iq:agents");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "a2",
		.has = {"query/agent@jid=" GW, "query/agent/service",
			"query/agent/register"});
}

const struct cell_case cases_transport[] = {
	{"registration and its end", registration},
	{"prompt, browse and agents", prompt_and_browse},
	{"the gateway among the agents", agents_of_the_server},
	{NULL, NULL},
};
