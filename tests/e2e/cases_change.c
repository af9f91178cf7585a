/* SPDX-License-Identifier: MIT */
/* Nicks, moderation, leaving: PROTOCOL D.6, D.9, D.0. */
#include <string.h>

#include "tests/e2e/cell.h"

static void irc_user_changes_nick(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	struct iclient *carl = cell_irc_user(t, "carl");
	const char *old = cell_occ(t, cell_name(t, "carl"));
	const char *nick = cell_name(t, "carlos");
	const struct xstanza *gone;
	const struct xstanza *here;

	X_EXPECT(juliet, .kind = "presence", .from = old);
	iclient_send(carl, "NICK %s", nick);
	gone = X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = old,
		.has = {"x/status@code=303",
			world_text(t->w, "x/item@nick=%s", nick),
			"! " CODE_SELF});
	here = X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {"! " CODE_SELF});
	X_IN_ORDER(juliet, gone, here);
}

static void jabber_user_changes_nick(struct cell *t)
{
	const char *old = cell_name(t, "juliet");
	const char *nick = cell_name(t, "giulietta");
	struct xclient *juliet = cell_joined(t, "juliet");
	const struct xstanza *gone;
	const struct xstanza *here;

	xclient_sendf(juliet, "<presence to='%s'/>", cell_occ(t, nick));
	I_EXPECT(t->bob, .nick = old, .command = "NICK", .target = nick);
	gone = X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, old),
		.has = {"x/status@code=303", CODE_SELF,
			world_text(t->w, "x/item@nick=%s", nick)});
	here = X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {CODE_SELF, "! x/status@code=210"});
	X_IN_ORDER(juliet, gone, here);
	cell_say(t, juliet, "n1", "new name");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat", .id = "n1",
		.from = cell_occ(t, nick));
}

static void nick_change_refused(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_sendf(juliet, "<presence to='%s'/>",
		cell_occ(t, iclient_nick(t->bob)));
	X_EXPECT(juliet, .kind = "presence", .type = "error",
		.from = cell_occ(t, nick),
		.has = {"error/conflict", "error@code=409"});
	cell_self_ping(t, juliet, nick, true, AT);
}

static void bob_kicks_juliet(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *clients[2] = {
		cell_joined(t, "juliet"), cell_user(t, "juliet", "orchard")};
	unsigned i;

	cell_join(t, clients[1], nick);
	iclient_send(t->bob, "KICK %s %s :too loud", t->chan, nick);
	for (i = 0; i < 2; i++) {
		X_EXPECT(clients[i], .kind = "presence", .type = "unavailable",
			.from = cell_occ(t, nick),
			.has = {"x/status@code=307", CODE_SELF,
				"x/item@role=none", "x/item@affiliation=none",
				"x/item/reason=too loud",
				world_text(t->w, "x/item/actor@nick=%s",
					iclient_nick(t->bob))});
	}
	cell_self_ping(t, clients[0], nick, false, AT);
}

static void bob_kicks_another(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	const char *nick = cell_name(t, "carl");

	cell_irc_user(t, "carl");
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick));
	iclient_send(t->bob, "KICK %s %s :out", t->chan, nick);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick),
		.has = {"x/status@code=307", "x/item/reason=out",
			"! " CODE_SELF});
}

static void juliet_is_made_operator(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	iclient_send(t->bob, "MODE %s +o %s", t->chan, nick);
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, nick),
		.has = {CODE_SELF, "x/item@role=moderator",
			"x/item@affiliation=admin",
			world_text(t->w, "x/item/actor@nick=%s",
				iclient_nick(t->bob))});
}

/* ircd-hybrid drops the words of who leaves within a second of coming. */
static bool words_are_kept(const struct cell *t)
{
	return strcmp(server_kind_of(t->irc)->name, "ircd-hybrid") != 0;
}

static void irc_users_part_and_quit(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");
	struct iclient *carl = cell_irc_user(t, "carl");
	struct iclient *dora = cell_irc_user(t, "dora");

	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, cell_name(t, "carl")));
	X_EXPECT(juliet, .kind = "presence",
		.from = cell_occ(t, cell_name(t, "dora")));
	iclient_send(carl, "PART %s :so tired", t->chan);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, cell_name(t, "carl")),
		.has = {"x/item@role=none",
			words_are_kept(t) ? "status~so tired" : MUC_USER,
			"! x/status"});
	iclient_send(dora, "QUIT :good bye");
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, cell_name(t, "dora")),
		.has = {"x/item@role=none",
			words_are_kept(t) ? "status~good bye" : MUC_USER,
			"! x/status"});
}

static void juliet_leaves(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_sendf(juliet,
		"<presence type='unavailable' to='%s'>"
		"<status>parting is sorrow</status></presence>",
		cell_occ(t, nick));
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick),
		.has = {CODE_SELF, "x/item@role=none"});
	I_EXPECT(t->bob, .nick = nick, .command = "PART", .target = t->chan,
		.has = words_are_kept(t) ? "parting is sorrow" : NULL);
	/* D.0: it was a walk-in's last room. */
	cell_await_off_irc(t, nick, AT);
}

static void juliet_vanishes(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_cut(juliet);
	I_EXPECT(t->bob, .nick = nick, .command = "PART", .or_command = "QUIT");
	cell_await_off_irc(t, nick, AT);
}

static void juliet_logs_off(struct cell *t)
{
	const char *nick = cell_name(t, "juliet");
	struct xclient *juliet = cell_joined(t, "juliet");

	xclient_close(juliet);
	I_EXPECT(t->bob, .nick = nick, .command = "PART", .or_command = "QUIT");
	cell_await_off_irc(t, nick, AT);
}

const struct cell_case cases_change[] = {
	{"nick change of an IRC user", irc_user_changes_nick},
	{"nick change of a Jabber user", jabber_user_changes_nick},
	{"nick change refused", nick_change_refused},
	{"an operator kicks the Jabber user", bob_kicks_juliet},
	{"an operator kicks another", bob_kicks_another},
	{"the Jabber user is made operator", juliet_is_made_operator},
	{"IRC users part and quit", irc_users_part_and_quit},
	{"leave, and the walk-in is off IRC", juliet_leaves},
	{"the client vanishes", juliet_vanishes},
	{"the client logs off", juliet_logs_off},
	{NULL, NULL},
};
