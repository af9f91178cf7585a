/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/e2e/caps.h"

/* Who is the same person by the account on IRC: PROTOCOL F.1, F.4. */

/* --- accounts ------------------------------------------------------------- */

/* Who he is in the room, for clients: the same as long as it is he. */
static const char *occupant_id(
	struct caps_test *x, struct xclient *c, const char *nick)
{
	const struct xstanza *s = X_EXPECT(
		c, .kind = "presence", .from = cell_occ(&x->t, nick));

	return cell_value(&x->t, s, "occupant-id@id");
}

/* One account is one person, whatever the nick. */
static void accounts_at_joins(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
	const char *first;
	const char *second;

	I_JOIN(x->carl, t->chan);
	first = occupant_id(x, juliet, cell_name(t, "carl"));
	iclient_send(x->carl, "PART %s", t->chan);
	caps_carl_is(x, "carlos");
	I_JOIN(x->carl, t->chan);
	second = occupant_id(x, juliet, cell_name(t, "carlos"));
	caps_carl_is(x, "carl");
	WORLD_CHECK(t->w,
		(strcmp(first, second) == 0) == caps_on(x, " extended-join "));
}

/* hybrid says "*" of all: that is no account that they share. */
static void no_accounts(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet = caps_juliet(x);
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
	struct xclient *juliet = caps_juliet(x);
	const char *id;

	iclient_send(x->carl, "PRIVMSG %s :it is I", t->chan);
	id = occupant_id(x, juliet, cell_name(t, stem));
	caps_leave(x, juliet, "juliet");
	return id;
}

static void accounts_of_who_speaks(struct caps_test *x)
{
	struct cell *t = &x->t;
	const char *first;
	const char *second;

	caps_enter(x, x->romeo, "romeo");
	I_JOIN(x->carl, t->chan);
	I_JOIN(x->robot, t->chan);
	I_JOIN(x->oper, t->chan);
	first = speaks(x, "carl");
	caps_carl_is(x, "carlos");
	second = speaks(x, "carlos");
	caps_carl_is(x, "carl");
	WORLD_CHECK(t->w,
		(strcmp(first, second) == 0) == caps_on(x, " account-tag "));
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
	struct xclient *juliet = caps_juliet(x);

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
		caps_on(x, " account-notify ") ? "! vCard/DESC~Account: " :
					    "vCard/DESC~Account: ");
}

const struct caps_case caps_accounts[] = {
	{"accounts at joins", INSPIRCD, accounts_at_joins},
	{"no accounts", HYBRID, no_accounts},
	{"accounts of who speaks", INSPIRCD, accounts_of_who_speaks},
	{"accounts that change", INSPIRCD, accounts_that_change},
	{NULL, NULL, NULL},
};
