/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/cell.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * Each capability of IRCv3 (PROTOCOL F.1) against a real server that offers it,
 * by what a Jabber user sees of it; and the same on the same server where the
 * operator has switched it off (`caps_off`): there the difference is missing,
 * so that a case cannot pass without the capability.
 *
 * multi-prefix                     InspIRCd, hybrid, ngIRCd: "prefixes"
 * userhost-in-names                InspIRCd, hybrid: "hosts in names"
 * away-notify                      InspIRCd, hybrid: "away"
 * extended-join                    InspIRCd: "accounts at joins"; hybrid knows
 *                                  no accounts without services: "no accounts"
 * account-notify                   InspIRCd: "accounts that change"
 * account-tag                      InspIRCd: "accounts of who speaks"
 * chghost                          InspIRCd: "hosts that change"
 * setname                          InspIRCd: "names that change", "own name"
 * (inspircd.org/)standard-replies  InspIRCd: "a name that is refused"
 * server-time, batch               InspIRCd: "history"
 * message-tags: +typing            InspIRCd: "typing"
 *   +draft/react                   InspIRCd: "reactions"
 *   msgid                          InspIRCd: "message ids"
 *   bot                            InspIRCd: "programs"
 * invite-notify                    InspIRCd, hybrid: "invitations of others"
 * extended-monitor, MONITOR        InspIRCd, hybrid (MONITOR): "contacts"
 * echo-message                     InspIRCd: "echoes"
 * labeled-response                 InspIRCd: "errors find their messages"
 * sts                              InspIRCd: "TLS from now on"
 * cap-notify, sasl                 InspIRCd with Anope and Atheme: test_login.c
 *
 * No server of Debian offers draft/account-registration, draft/channel-rename,
 * draft/message-redaction, draft/multiline and standard-replies by that name:
 * scenarios prove those.
 */
struct caps_net {
	const char *label;
	const char *kind; /* of server_kinds */
	const char *name;
	const char *on; /* what it offers of our table, less what is off */
	const char *off; /* settings of the network */
};

#define INSPIRCD_CAPS                                                          \
	" account-notify account-tag away-notify batch chghost echo-message"   \
	" extended-join extended-monitor inspircd.org/standard-replies"        \
	" invite-notify labeled-response message-tags multi-prefix"            \
	" server-time setname userhost-in-names "

static const struct caps_net nets[] = {
	{"InspIRCd", "inspircd", "full.test", INSPIRCD_CAPS, NULL},
	{"InspIRCd with all off", "inspircd", "bare.test", " ",
		"caps_off = ( \"account-notify\", \"account-tag\", "
		"\"away-notify\", \"batch\", \"chghost\", "
		"\"echo-message\", \"extended-join\", "
		"\"extended-monitor\", \"inspircd.org/standard-replies\", "
		"\"invite-notify\", \"labeled-response\", "
		"\"message-tags\", \"multi-prefix\", \"server-time\", "
		"\"setname\", \"userhost-in-names\" );"},
	{"ircd-hybrid", "ircd-hybrid", "hybrid.test",
		" account-notify away-notify chghost extended-join"
		" invite-notify multi-prefix userhost-in-names ",
		NULL},
	{"ngIRCd", "ngircd", "ngircd.test", " multi-prefix ", NULL},
};

enum { NETS = sizeof(nets) / sizeof(nets[0]), KINDS = 16 };

/*
 * Who plays stays for all cases of a network: InspIRCd takes a second for each
 * login. Each case has a channel of its own, in which bob is.
 */
struct caps_test {
	struct cell t;
	const struct caps_net *net;
	struct server *irc[KINDS]; /* by place in server_kinds */
	struct server *services;
	struct server *sts; /* an InspIRCd that offers it */
	struct xclient *juliet;
	struct xclient *romeo;
	struct iclient *carl;  /* has an account where there are accounts */
	struct iclient *robot; /* +B where there is that */
	struct iclient *oper;
	unsigned channels;
};

static bool on(const struct caps_test *x, const char *cap)
{
	return strstr(x->net->on, cap) != NULL;
}

static bool is_kind(const struct caps_test *x, const char *kind)
{
	return strcmp(x->net->kind, kind) == 0;
}

/* Into the channel of the case. */
static struct xclient *enter(
	struct caps_test *x, struct xclient *c, const char *stem)
{
	cell_join(&x->t, c, cell_name(&x->t, stem));
	return c;
}

static struct xclient *juliet_enters(struct caps_test *x)
{
	return enter(x, x->juliet, "juliet");
}

static void leave(struct caps_test *x, struct xclient *c, const char *stem)
{
	struct cell *t = &x->t;

	xclient_sendf(c, "<presence type='unavailable' to='%s'/>",
		cell_occ(t, cell_name(t, stem)));
	X_EXPECT(c, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, cell_name(t, stem)), .has = {CODE_SELF});
}

static void carl_is_called(struct caps_test *x, const char *stem)
{
	iclient_send(x->carl, "NICK %s", cell_name(&x->t, stem));
	I_EXPECT(x->carl, .command = "NICK",
		.target = cell_name(&x->t, stem));
}

/* All that the network had to say about bob so far has come: he says this. */
static void until_bob_says(
	struct caps_test *x, struct xclient *juliet, const char *text)
{
	struct cell *t = &x->t;

	iclient_send(t->bob, "PRIVMSG %s :%s", t->chan, text);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {world_text(t->w, "body=%s", text)});
}

/* --- who is there --------------------------------------------------------- */

static void away(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);
	const char *bob = cell_occ(t, iclient_nick(t->bob));

	iclient_send(t->bob, "AWAY :gone fishing");
	if (on(x, " away-notify ")) {
		X_EXPECT(juliet, .kind = "presence", .from = bob,
			.has = {"show=away", "status=gone fishing"});
	}
	iclient_send(t->bob, "AWAY");
	if (on(x, " away-notify ")) {
		X_EXPECT(juliet, .kind = "presence", .from = bob,
			.has = {"! show", "! status"});
	}
	until_bob_says(x, juliet, "here again");
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
	juliet = juliet_enters(x);
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
	if (on(x, " userhost-in-names ")) {
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
	struct xclient *juliet = juliet_enters(x);

	iclient_send(oper, "OPER oper operpass");
	I_EXPECT(oper, .command = "381");
	iclient_send(oper, "CHGHOST %s orchard.test", iclient_nick(t->bob));
	I_SYNC(oper);
	if (on(x, " chghost ")) {
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
	if (on(x, " extended-monitor ")) {
		iclient_send(x->carl, "AWAY :asleep");
		X_EXPECT(juliet, .kind = "presence", .from = jid,
			.has = {"show=away", "status=asleep"});
	}
	carl_is_called(x, "carlos");
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = jid);
}

static void invitations_of_others(struct caps_test *x)
{
	struct cell *t = &x->t;
	const char *carl = cell_name(t, "carl");
	const char *told = world_text(t->w, "body=%s has invited %s to this room.",
		iclient_nick(t->bob), carl);
	struct xclient *juliet = juliet_enters(x);

	cell_bob(t, "MODE %s +o %s", t->chan, cell_name(t, "juliet"));
	iclient_send(t->bob, "INVITE %s %s", carl, t->chan);
	if (on(x, " invite-notify ")) {
		X_EXPECT(juliet, .kind = "message", .type = "groupchat",
			.from = t->room, .has = {told});
		return;
	}
	until_bob_says(x, juliet, "he will come");
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
	struct xclient *juliet = juliet_enters(x);

	full_name_is(x, juliet, iclient_nick(t->bob));
	cell_bob(t, "SETNAME :Bob the Weaver");
	until_bob_says(x, juliet, "call me so");
	full_name_is(x, juliet, on(x, " setname ") ? "Bob the Weaver" :
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
	struct xclient *juliet = juliet_enters(x);
	bool can = on(x, " setname ");

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

/* FAIL SETNAME: what the server says is told. */
static void a_name_that_is_refused(struct caps_test *x)
{
	says_to_network(x, x->juliet, world_text(x->t.w, "realname %0200d", 0));
	if (!on(x, "standard-replies ")) {
		X_EXPECT(x->juliet, .kind = "message", .type = "chat",
			.from = cell_srv(&x->t),
			.has = {"body~only when you connect"});
		return;
	}
	X_EXPECT(x->juliet, .kind = "message", .type = "headline",
		.from = cell_srv(&x->t),
		.has = {"body=Real name is too long"});
}

/* --- what is said --------------------------------------------------------- */

static void typing(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);
	struct xclient *romeo = enter(x, x->romeo, "romeo");
	const char *from = cell_occ(t, cell_name(t, "juliet"));

	xclient_sendf(juliet,
		"<message to='%s' type='groupchat'><composing xmlns='"
		"http://jabber.org/protocol/chatstates'/></message>",
		t->room);
	if (on(x, " message-tags ")) {
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
	char *id = xstanza_get(s, "stanza-id@id");
	const char *copy = world_text(x->t.w, "%s", id != NULL ? id : "none");

	free(id);
	return copy;
}

static void message_ids(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);
	struct xclient *romeo = enter(x, x->romeo, "romeo");
	const char *first;
	const char *second;

	cell_bob(t, "PRIVMSG %s :remember me", t->chan);
	first = id_of(x, juliet, "remember me");
	second = id_of(x, romeo, "remember me");
	WORLD_CHECK(t->w, strcmp(first, "none") != 0);
	WORLD_CHECK(t->w,
		(strcmp(first, second) == 0) == on(x, " message-tags "));
}

/* What she says herself has IRC's name for it only when she hears it, too. */
static void echoes(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);
	struct xclient *romeo = enter(x, x->romeo, "romeo");
	const char *first;
	const char *second;

	xclient_forget(juliet);
	cell_say(t, juliet, "m1", "a name");
	first = id_of(x, juliet, "a name");
	second = id_of(x, romeo, "a name");
	WORLD_CHECK(t->w,
		(strcmp(first, second) == 0) == on(x, " echo-message "));
	cell_say(t, juliet, "m2", "a rose");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "m2",
		.has = {"body=a rose"});
	X_EXPECT_NO(juliet, .kind = "message", .type = "groupchat",
		.has = {"body=a name"});
}

static void reactions(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);
	struct xclient *romeo = enter(x, x->romeo, "romeo");
	const char *id;

	cell_bob(t, "PRIVMSG %s :remember me", t->chan);
	id = id_of(x, juliet, "remember me");
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat' id='r1'><reactions "
		"xmlns='urn:xmpp:reactions:0' id='%s'><reaction>\xf0\x9f\x8c\xb9"
		"</reaction></reactions></message>",
		t->room, id);
	if (on(x, " message-tags ")) {
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
			on(x, " server-time ") ? "delay@stamp" : "! delay"});
}

/* A program that asks gets no answer, a person does. */
static void programs(struct caps_test *x)
{
	struct cell *t = &x->t;
	const char *nick = cell_name(t, "juliet");
	struct iclient *robot = x->robot;
	struct xclient *juliet = juliet_enters(x);

	iclient_send(robot, "MODE %s +B", iclient_nick(robot));
	I_EXPECT(robot, .command = "MODE");
	I_JOIN(robot, t->chan);
	if (on(x, " message-tags ")) {
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
	struct xclient *juliet = juliet_enters(x);
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

/* --- accounts ------------------------------------------------------------- */

#define PASSWORD "Wherefore1"

/* Who he is in the room, for clients: the same as long as it is he. */
static const char *occupant_id(
	struct caps_test *x, struct xclient *c, const char *nick)
{
	const struct xstanza *s = X_EXPECT(
		c, .kind = "presence", .from = cell_occ(&x->t, nick));
	char *id = xstanza_get(s, "occupant-id@id");
	const char *copy = world_text(x->t.w, "%s", id != NULL ? id : "none");

	free(id);
	return copy;
}

/* One account is one person, whatever the nick. */
static void accounts_at_joins(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);
	const char *first;
	const char *second;

	I_JOIN(x->carl, t->chan);
	first = occupant_id(x, juliet, cell_name(t, "carl"));
	iclient_send(x->carl, "PART %s", t->chan);
	carl_is_called(x, "carlos");
	I_JOIN(x->carl, t->chan);
	second = occupant_id(x, juliet, cell_name(t, "carlos"));
	carl_is_called(x, "carl");
	WORLD_CHECK(t->w,
		(strcmp(first, second) == 0) == on(x, " extended-join "));
}

/* hybrid says "*" of all: that is no account that they share. */
static void no_accounts(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);
	const char *first;

	I_JOIN(x->carl, t->chan);
	I_JOIN(x->robot, t->chan);
	first = occupant_id(x, juliet, cell_name(t, "carl"));
	WORLD_CHECK(t->w,
		strcmp(first, occupant_id(x, juliet, cell_name(t, "robot"))) !=
			0);
}

/* He is shown when he first speaks, in a room of more than lazy_above. */
static const char *speaks(struct caps_test *x, const char *stem)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);
	const char *id;

	iclient_send(x->carl, "PRIVMSG %s :it is I", t->chan);
	id = occupant_id(x, juliet, cell_name(t, stem));
	leave(x, juliet, "juliet");
	return id;
}

static void accounts_of_who_speaks(struct caps_test *x)
{
	struct cell *t = &x->t;
	const char *first;
	const char *second;

	enter(x, x->romeo, "romeo");
	I_JOIN(x->carl, t->chan);
	I_JOIN(x->robot, t->chan);
	I_JOIN(x->oper, t->chan);
	first = speaks(x, "carl");
	carl_is_called(x, "carlos");
	second = speaks(x, "carlos");
	carl_is_called(x, "carl");
	WORLD_CHECK(t->w,
		(strcmp(first, second) == 0) == on(x, " account-tag "));
}

static void card_of_carl(
	struct caps_test *x, struct xclient *c, const char *says)
{
	xclient_sendf(c,
		"<iq type='get' to='%s' id='card'><vCard xmlns='vcard-temp'/>"
		"</iq>",
		cell_nick(&x->t, cell_name(&x->t, "carl")));
	X_EXPECT(c, .kind = "iq", .type = "result", .id = "card",
		.has = {"vCard/FN", says});
}

static void accounts_that_change(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = juliet_enters(x);

	I_JOIN(x->carl, t->chan);
	card_of_carl(x, juliet,
		world_text(t->w, "vCard/DESC~Account: %s",
			cell_name(t, "carl")));
	iclient_send(x->carl, "PRIVMSG NickServ :LOGOUT");
	I_EXPECT(x->carl, .command = "901");
	iclient_send(x->carl, "PRIVMSG %s :who am I?", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {"body=who am I?"});
	card_of_carl(x, juliet,
		on(x, " account-notify ") ? "! vCard/DESC~Account: " :
					    "vCard/DESC~Account: ");
}

/* --- sts ------------------------------------------------------------------ */

#define STS_NET "sts.test"

/* Configured as plain text, and yet: 671, a secure connection. */
static void tls_from_now_on(void *ctx)
{
	struct caps_test *x = ctx;
	struct cell *t = &x->t;
	struct xclient *juliet;

	t->number++;
	t->irc = x->sts;
	t->network = STS_NET;
	t->chan = "#t";
	t->room = "#t%" STS_NET "@" GW;
	t->bob = iclient_open(
		t->w, server_port(t->irc, "PLAIN"), cell_name(t, "bob"));
	juliet = cell_joined(t, "juliet");
	iclient_await_online(t->bob, 20, AT);
	iclient_send(t->bob, "WHOIS %s", cell_name(t, "juliet"));
	I_EXPECT(t->bob, .command = "671", .param = cell_name(t, "juliet"));
	/* Renewed at the end, and another user finds it in force. */
	leave(x, juliet, "juliet");
	cell_await_off_irc(t, cell_name(t, "juliet"), AT);
	cell_joined(t, "romeo");
	iclient_send(t->bob, "WHOIS %s", cell_name(t, "romeo"));
	I_EXPECT(t->bob, .command = "671", .param = cell_name(t, "romeo"));
}

/* --- all ------------------------------------------------------------------ */

#define INSPIRCD "inspircd"
#define HYBRID	 "ircd-hybrid"
#define ALL	 INSPIRCD HYBRID "ngircd"

static const struct caps_case {
	const char *name;
	const char *where; /* the servers that know such a thing */
	void (*fn)(struct caps_test *x);
} cases[] = {
	{"away", ALL, away},
	{"prefixes", ALL, prefixes},
	{"hosts in names", ALL, hosts_in_names},
	{"hosts that change", INSPIRCD, hosts_that_change},
	{"invitations of others", ALL, invitations_of_others},
	{"names that change", INSPIRCD, names_that_change},
	{"own name", ALL, own_name},
	{"a name that is refused", INSPIRCD, a_name_that_is_refused},
	{"typing", ALL, typing},
	{"message ids", ALL, message_ids},
	{"echoes", ALL, echoes},
	{"reactions", ALL, reactions},
	{"history", INSPIRCD, history},
	{"programs", INSPIRCD HYBRID, programs},
	{"errors find their messages", ALL, errors_find_their_messages},
	{"no accounts", HYBRID, no_accounts},
	{"accounts at joins", INSPIRCD, accounts_at_joins},
	{"accounts of who speaks", INSPIRCD, accounts_of_who_speaks},
	{"accounts that change", INSPIRCD, accounts_that_change},
	{"contacts", INSPIRCD HYBRID, contacts}, /* elsewhere: by ISON */
};

struct caps_run {
	struct caps_test *x;
	const struct caps_case *c;
};

static void into_channel(struct caps_test *x, unsigned number)
{
	struct cell *t = &x->t;

	t->chan = world_text(t->w, "#t%u", number);
	t->room = world_text(t->w, "%s%%%s@" GW, t->chan, t->network);
}

/* Nobody is in two channels of cases. */
static void run_case(void *ctx)
{
	struct caps_run *run = ctx;
	struct caps_test *x = run->x;
	struct iclient *people[] = {x->t.bob, x->carl, x->robot, x->oper};

	into_channel(x, ++x->channels);
	I_JOIN(x->t.bob, x->t.chan);
	run->c->fn(x);
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		iclient_send(people[i], "PART %s", x->t.chan);
	}
	xclient_sendf(x->juliet, "<presence type='unavailable' to='%s'/>",
		cell_occ(&x->t, cell_name(&x->t, "juliet")));
	xclient_sendf(x->romeo, "<presence type='unavailable' to='%s'/>",
		cell_occ(&x->t, cell_name(&x->t, "romeo")));
}

/* They all log in at once, and the two are in a room that keeps them on IRC. */
static void come(void *ctx)
{
	static const char *const stems[] = {"bob", "carl", "robot", "oper"};
	struct caps_test *x = ctx;
	struct cell *t = &x->t;
	struct iclient **people[] = {&t->bob, &x->carl, &x->robot, &x->oper};

	into_channel(x, 0);
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		*people[i] = iclient_open(t->w, server_port(t->irc, "PLAIN"),
			cell_name(t, stems[i]));
		iclient_keep(*people[i]);
	}
	x->juliet = cell_user(t, "juliet", "balcony");
	x->romeo = cell_user(t, "romeo", "orchard");
	xclient_keep(x->juliet);
	xclient_keep(x->romeo);
	cell_send_join(t, x->juliet, cell_name(t, "juliet"), NULL);
	enter(x, x->romeo, "romeo");
	X_EXPECT(x->juliet, .kind = "message", .type = "groupchat",
		.has = {"subject", "! body"});
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		iclient_await_online(*people[i], 20, AT);
	}
	if (is_kind(x, INSPIRCD) && x->services != NULL) {
		iclient_send(x->carl,
			"PRIVMSG NickServ :REGISTER " PASSWORD
			" carl@example.org");
		I_EXPECT(x->carl, .command = "900");
	}
}

static void go(struct caps_test *x)
{
	iclient_release(x->t.bob);
	iclient_release(x->carl);
	iclient_release(x->robot);
	iclient_release(x->oper);
	xclient_release(x->juliet);
	xclient_release(x->romeo);
	world_sweep(x->t.w);
}

static struct server *server_of(struct caps_test *x, const char *kind)
{
	return x->irc[server_kind(kind) - server_kinds];
}

static void start_gateway(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct gwproc_config config = {
		.component_port = server_port(t->jabber, "COMP"),
		.irc = "\tflood_burst = 1000;",
		.extra = "clients = { lazy_above = 5; };",
	};
	unsigned n = 0;

	for (unsigned i = 0; i < NETS; i++) {
		struct server *s = server_of(x, nets[i].kind);

		if (s == NULL) {
			continue;
		}
		config.networks[n].name = nets[i].name;
		config.networks[n++].settings = world_text(t->w,
			"servers = ( \"127.0.0.1:%u\" ); tls = \"off\"; "
			"connect_burst = 0; %s",
			server_port(s, "PLAIN"),
			nets[i].off != NULL ? nets[i].off : "");
	}
	if (x->sts != NULL) {
		config.networks[n].name = STS_NET;
		config.networks[n++].settings = world_text(t->w,
			"servers = ( \"localhost:%u\" ); tls = \"off\"; "
			"ca_file = \"%s/cert.pem\"; connect_burst = 0;",
			server_port(x->sts, "PLAIN"), server_dir(x->sts));
	}
	t->gw = gwproc_start(t->w, &config);
	gwproc_await_online(t->gw, AT);
}

static void start_irc(struct caps_test *x)
{
	for (unsigned i = 0; i < server_kind_count; i++) {
		if (server_kinds[i].role != SERVER_IRC ||
			!server_installed(&server_kinds[i])) {
			continue;
		}
		x->irc[i] = server_start(x->t.w, &server_kinds[i]);
		if (x->irc[i] == NULL) {
			tap_bail("%s does not start", server_kinds[i].name);
		}
	}
	if (server_of(x, INSPIRCD) != NULL) {
		setenv("STS", "yes", 1);
		x->sts = server_start(x->t.w, server_kind(INSPIRCD));
		unsetenv("STS");
	}
	if (server_of(x, INSPIRCD) != NULL &&
		server_installed(server_kind("anope"))) {
		setenv("LINK",
			world_text(x->t.w, "%u",
				server_port(server_of(x, INSPIRCD), "LINK")),
			1);
		x->services = server_start(x->t.w, server_kind("anope"));
	}
}

static void run_net(struct caps_test *x, const struct caps_net *net)
{
	struct cell *t = &x->t;

	x->net = net;
	t->irc = server_of(x, net->kind);
	t->network = net->name;
	t->number++;
	if (t->irc == NULL) {
		tap_skip(net->label, "not installed");
		return;
	}
	if (!world_try(t->w, come, x)) {
		tap_bail("not everybody gets in on %s", net->label);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (strstr(cases[i].where, net->kind) == NULL) {
			continue;
		}
		if (strncmp(cases[i].name, "accounts", 8) == 0 &&
			x->services == NULL) {
			tap_skip(cases[i].name, "no services");
			continue;
		}
		world_case(t->w, net->label, cases[i].name, run_case,
			&(struct caps_run){x, &cases[i]});
	}
	go(x);
}

static void run(struct world *w)
{
	struct caps_test x = {.t = {.w = w}};

	x.t.jabber = server_must_start(w, "prosody");
	start_irc(&x);
	start_gateway(&x);
	for (size_t i = 0; i < NETS; i++) {
		run_net(&x, &nets[i]);
	}
	if (x.sts != NULL) {
		world_case(w, "InspIRCd with sts", "TLS from now on",
			tls_from_now_on, &x);
	}
	WORLD_CHECK(w, gwproc_running(x.t.gw));
	gwproc_stop(x.t.gw);
	server_stop(x.services);
	server_stop(x.sts);
	for (size_t i = 0; i < KINDS; i++) {
		server_stop(x.irc[i]);
	}
	server_stop(x.t.jabber);
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", NULL};
	static const struct suite suite = {"capabilities", servers, run};

	return suite_main(&suite, argc, argv);
}
