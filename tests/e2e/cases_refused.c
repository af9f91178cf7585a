/* SPDX-License-Identifier: MIT */
/* Joins that fail: PROTOCOL D.2, C.9, B.1. */
#include "tests/e2e/cell.h"

/* juliet tries, and gets this and nothing else: <condition/>, code, type. */
static struct xclient *refused(struct cell *t, const char *nick,
	const char *password, const char *condition, const char *code,
	const char *at)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");
	struct xwant want = {.at = at,
		.kind = "presence",
		.type = "error",
		.from = cell_occ(t, nick),
		.id = "join",
		.seconds = 20,
		.has = {world_text(t->w, "error/%s", condition),
			world_text(t->w, "error@code=%s", code),
			"x@xmlns=" NS_MUC, "! x/password"}};

	cell_send_join(t, juliet, nick, password);
	xclient_expect(juliet, &want);
	X_SYNC(juliet, GW);
	X_EXPECT_NO(juliet, .kind = "presence", .from = cell_occ(t, nick));
	return juliet;
}

static void wrong_key(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet;

	cell_bob(t, "MODE %s +k sesame", t->chan);
	juliet = refused(t, nick, "wrong", "not-authorized", "401", AT);
	cell_send_join(t, juliet, nick, "sesame");
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {CODE_SELF}, .seconds = 20);
}

static void missing_key(struct cell *t)
{
	cell_bob(t, "MODE %s +k sesame", t->chan);
	refused(t, cell_name(t, "juliet"), NULL, "not-authorized", "401", AT);
}

static void banned(struct cell *t)
{
	cell_bob(t, "MODE %s +b %s!*@*", t->chan, cell_name(t, "juliet"));
	refused(t, cell_name(t, "juliet"), NULL, "forbidden", "403", AT);
}

static void invite_only(struct cell *t)
{
	cell_bob(t, "MODE %s +i", t->chan);
	refused(t, cell_name(t, "juliet"), NULL, "registration-required", "407",
		AT);
}

static void full(struct cell *t)
{
	cell_bob(t, "MODE %s +l 1", t->chan);
	refused(t, cell_name(t, "juliet"), NULL, "service-unavailable", "503",
		AT);
}

/* Both join while the first of them still connects: all get the answer. */
static void both_resources_are_refused(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *balcony = cell_user(t, "juliet", "balcony");
	struct xclient *orchard = cell_user(t, "juliet", "orchard");

	cell_bob(t, "MODE %s +i", t->chan);
	cell_send_join(t, balcony, nick, NULL);
	cell_send_join(t, orchard, nick, NULL);
	X_EXPECT(balcony, .kind = "presence", .type = "error",
		.from = cell_occ(t, nick), .seconds = 20,
		.has = {"error/registration-required"});
	X_EXPECT(orchard, .kind = "presence", .type = "error",
		.from = cell_occ(t, nick), .seconds = 20,
		.has = {"error/registration-required"});
}

static void comma_in_the_name(struct cell *t)
{
	t->room = world_text(t->w, "%s,b%%%s@" GW, t->chan, t->network);
	refused(t, cell_name(t, "juliet"), NULL, "jid-malformed", "400", AT);
}

static void name_too_long(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_user(t, "juliet", "balcony");
	const struct xstanza *s;

	t->room = world_text(t->w, "#%0300d%%%s@" GW, 1, t->network);
	cell_send_join(t, juliet, nick, NULL);
	s = X_EXPECT(juliet, .kind = "presence", .type = "error",
		.from = cell_occ(t, nick), .id = "join", .seconds = 20);
	/* By our own judgement or by the server's (403, 476, 479). */
	if (!xstanza_has(s, "error/jid-malformed") &&
		!xstanza_has(s, "error/not-allowed")) {
		world_fail(t->w, AT, "other error: %s", s->text);
	}
}

static void no_nick(struct cell *t)
{
	struct xclient *juliet = cell_user(t, "juliet", "balcony");

	xclient_sendf(juliet,
		"<presence to='%s' id='join'><x xmlns='" NS_MUC "'/>"
		"</presence>",
		t->room);
	X_EXPECT(juliet, .kind = "presence", .type = "error", .from = t->room,
		.id = "join", .has = {"error/jid-malformed", "error@code=400"});
}

static void nick_in_use(struct cell *t)
{
	refused(t, iclient_nick(t->bob), NULL, "conflict", "409", AT);
}

static void unknown_network(struct cell *t)
{
	t->room = world_text(t->w, "%s%%nowhere@" GW, t->chan);
	refused(t, cell_name(t, "juliet"), NULL, "item-not-found", "404", AT);
}

static void network_not_permitted(struct cell *t)
{
	t->room = world_text(t->w, "%s%%irc.other.test@" GW, t->chan);
	refused(t, cell_name(t, "juliet"), NULL, "forbidden", "403", AT);
}

const struct cell_case cases_refused[] = {
	{"join refused: wrong key (475), then the right one", wrong_key},
	{"join refused: no key (475)", missing_key},
	{"join refused: banned (474)", banned},
	{"join refused: invite only (473)", invite_only},
	{"join refused: full (471)", full},
	{"join refused: to both resources that ask",
		both_resources_are_refused},
	{"join refused: comma in the name", comma_in_the_name},
	{"join refused: name too long", name_too_long},
	{"join refused: no nick", no_nick},
	{"join refused: nick in use (433)", nick_in_use},
	{"join refused: unknown network", unknown_network},
	{"join refused: network not permitted", network_not_permitted},
	{NULL, NULL},
};
