/* SPDX-License-Identifier: MIT */
#include "tests/e2e/cell.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *cell_name(struct cell *t, const char *stem)
{
	return world_text(t->w, "%s%u", stem, t->number);
}

const char *cell_occ(struct cell *t, const char *nick)
{
	return world_text(t->w, "%s/%s", t->room, nick);
}

const char *cell_nick(struct cell *t, const char *nick)
{
	return world_text(t->w, "%s%%%s@" GW, nick, t->network);
}

const char *cell_srv(struct cell *t)
{
	return world_text(t->w, "%s@" GW, t->network);
}

bool cell_is_on(const struct cell *t, const char *name)
{
	return strstr(t->network, name) != NULL;
}

const char *cell_value(
	struct cell *t, const struct xstanza *s, const char *path)
{
	char *value = xstanza_get(s, path);
	const char *copy =
		world_text(t->w, "%s", value != NULL ? value : "none");

	free(value);
	return copy;
}

struct xclient *cell_user(
	struct cell *t, const char *stem, const char *resource)
{
	struct xclient *c = xclient_login(
		t->w, &(struct xclient_login){server_port(t->jabber, "C2S"),
			      cell_name(t, stem), "localhost", resource, "pw"});

	xclient_send(c, "<presence/>");
	return c;
}

void cell_want_roster(struct xclient *c)
{
	xclient_send(c, "<iq type='get' id='roster'>"
			"<query xmlns='jabber:iq:roster'/></iq>");
	X_EXPECT(c, .kind = "iq", .type = "result", .id = "roster");
}

void cell_send_join(struct cell *t, struct xclient *c, const char *nick,
	const char *password)
{
	xclient_sendf(c,
		"<presence to='%s' id='join'><x xmlns='" NS_MUC "'>"
		"%s%s%s</x></presence>",
		cell_occ(t, nick), password != NULL ? "<password>" : "",
		password != NULL ? password : "",
		password != NULL ? "</password>" : "");
}

static void await_joined(struct cell *t, struct xclient *c, const char *nick)
{
	X_EXPECT(c, .kind = "presence", .from = cell_occ(t, nick),
		.has = {CODE_SELF}, .seconds = 20);
	X_EXPECT(c, .kind = "message", .type = "groupchat",
		.has = {"subject", "! body"});
	xclient_forget(c);
}

void cell_join(struct cell *t, struct xclient *c, const char *nick)
{
	cell_send_join(t, c, nick, NULL);
	await_joined(t, c, nick);
}

void cell_join_gc1(struct cell *t, struct xclient *c, const char *nick)
{
	xclient_sendf(c, "<presence to='%s'/>", cell_occ(t, nick));
	await_joined(t, c, nick);
}

struct xclient *cell_joined(struct cell *t, const char *stem)
{
	struct xclient *c = cell_user(t, stem, "balcony");

	cell_join(t, c, cell_name(t, stem));
	return c;
}

struct iclient *cell_irc_user(struct cell *t, const char *stem)
{
	struct iclient *c = iclient_login(
		t->w, server_port(t->irc, "PLAIN"), cell_name(t, stem));

	I_JOIN(c, t->chan);
	return c;
}

void cell_say(
	struct cell *t, struct xclient *c, const char *id, const char *body)
{
	xclient_sendf(c,
		"<message to='%s' type='groupchat' id='%s'>"
		"<body>%s</body></message>",
		t->room, id, body);
}

void cell_bob(struct cell *t, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	iclient_send(t->bob, "%s", line);
	I_SYNC(t->bob);
}

void cell_await_off_irc(struct cell *t, const char *nick, const char *at)
{
	struct patience patience = world_patience(t->w, 10);
	const struct iline *answer;

	do {
		iclient_send(t->bob, "ISON %s", nick);
		answer = I_EXPECT(t->bob, .command = "303");
		if (strstr(answer->params[1], nick) == NULL) {
			return;
		}
	} while (world_patient(t->w, &patience));
	world_fail(t->w, at, "%s is still on IRC", nick);
}

void cell_self_ping(struct cell *t, struct xclient *c, const char *nick,
	bool joined, const char *at)
{
	const char *id = world_text(t->w, "self-%s", nick);
	struct xwant want = {.at = at,
		.kind = "iq",
		.id = id,
		.type = "result",
		.seconds = 25};

	xclient_sendf(c,
		"<iq type='get' to='%s' id='%s'>"
		"<ping xmlns='urn:xmpp:ping'/></iq>",
		cell_occ(t, nick), id);
	if (!joined) {
		want.type = "error";
		want.has[0] = "error/not-acceptable";
		want.has[1] = "error@code=406";
	}
	xclient_expect(c, &want);
}

void cell_next(struct cell *t, const char *network)
{
	t->number++;
	t->network = network;
	t->bob = NULL;
	t->chan = world_text(t->w, "#t%u", t->number);
	t->room = world_text(t->w, "%s%%%s@" GW, t->chan, network);
}

void cell_talks(struct cell *t)
{
	struct xclient *juliet;

	if (t->bob == NULL) {
		t->bob = cell_irc_user(t, "bob");
	}
	juliet = cell_joined(t, "juliet");
	cell_say(t, juliet, "m1", "over there");
	I_EXPECT(t->bob, .nick = cell_name(t, "juliet"), .command = "PRIVMSG",
		.target = t->chan, .text = "over there");
	iclient_send(t->bob, "PRIVMSG %s :and back", t->chan);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {"body=and back"});
}

const struct xstanza *cell_join_fails(struct cell *t, const char *condition,
	const char *code, const char *text, const char *at)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");
	struct xwant want = {.at = at,
		.kind = "presence",
		.type = "error",
		.from = cell_occ(t, nick),
		.id = "join",
		.seconds = 25,
		.has = {world_text(t->w, "error/text~%s", text)}};

	if (condition != NULL) {
		want.has[1] = world_text(t->w, "error/%s", condition);
		want.has[2] = world_text(t->w, "error@code=%s", code);
	}
	cell_send_join(t, juliet, nick, NULL);
	return xclient_expect(juliet, &want);
}

struct xclient *cell_operator(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");

	iclient_send(t->bob, "MODE %s +o %s", t->chan, cell_name(t, "juliet"));
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, cell_name(t, "juliet")),
		.has = {"x/item@affiliation=admin", "x/item@role=moderator"});
	return juliet;
}

void cell_query(struct cell *t, struct xclient *c, const char *id,
	const char *type, const char *ns, const char *inside)
{
	xclient_sendf(c,
		"<iq type='%s' to='%s' id='%s'><query xmlns='%s'>%s</query></iq>",
		type, t->room, id, ns, inside);
}

void cell_done(struct cell *t, struct xclient *c, const char *ns,
	const char *inside, const char *at)
{
	static unsigned number;
	const char *id = world_text(t->w, "done-%u", ++number);
	struct xwant want = {.at = at,
		.kind = "iq",
		.type = "result",
		.id = id,
		.from = t->room,
		.seconds = 20};

	cell_query(t, c, id, "set", ns, inside);
	xclient_expect(c, &want);
}

void cell_refused(struct cell *t, struct xclient *c, const char *ns,
	const char *inside, const char *error, const char *at)
{
	static unsigned number;
	const char *id = world_text(t->w, "refused-%u", ++number);
	struct xwant want = {.at = at,
		.kind = "iq",
		.type = "error",
		.id = id,
		.from = t->room,
		.has = {error, "error@code"},
		.seconds = 20};

	cell_query(t, c, id, "set", ns, inside);
	xclient_expect(c, &want);
}
