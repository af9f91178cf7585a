/* SPDX-License-Identifier: MIT */
/*
 * The configuration form of a room (PROTOCOL D.13, D.9). What each server does
 * with it differs: InspIRCd takes no key where there is one, and takes it away
 * only for the right one; hybrid shows lists of exceptions to operators only.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/cell.h"

#define OWNER	"http://jabber.org/protocol/muc#owner"
#define ROOM(n) "muc#roomconfig_" n

/* One field with one value. */
static const char *field(struct cell *t, const char *var, const char *value)
{
	return world_text(t->w,
		"<field var='%s'><value>%s</value></field>", var, value);
}

/* Fields, submitted. */
static const char *form(struct cell *t, const char *fields)
{
	return world_text(t->w,
		"<x xmlns='jabber:x:data' type='submit'>%s</x>", fields);
}

static void done(struct cell *t, struct xclient *c, const char *fields,
	const char *at)
{
	cell_done(t, c, OWNER, form(t, fields), at);
}

#define DONE(t, c, var, value)	done((t), (c), field((t), (var), (value)), AT)
#define REFUSED(t, c, error, var, value) \
	cell_refused((t), (c), OWNER, \
		form((t), field((t), (var), (value))), (error), AT)

/* The form is there, and has (or, with "! ", has not) these. */
static void form_has(struct cell *t, struct xclient *c, const char *id,
	const char *one, const char *other, const char *at)
{
	struct xwant want = {.at = at,
		.kind = "iq",
		.type = "result",
		.id = id,
		.from = t->room,
		.has = {"query/x@type=form", one, other},
		.seconds = 20};

	cell_query(t, c, id, "get", OWNER, "");
	xclient_expect(c, &want);
}

static void modes(struct cell *t)
{
	struct xclient *juliet = cell_operator(t);

	form_has(t, juliet, "before", "query/x/field@var=" ROOM("membersonly"),
		"query/x/field@var=irc#exceptions", AT);
	DONE(t, juliet, ROOM("membersonly"), "1");
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan, .has = "+i");
	DONE(t, juliet, ROOM("membersonly"), "1");
	DONE(t, juliet, ROOM("membersonly"), "0");
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan, .has = "-i");
	done(t, juliet,
		world_text(t->w, "%s%s%s",
			field(t, ROOM("publicroom"), "0"),
			field(t, ROOM("maxusers"), "50"),
			field(t, ROOM("roomdesc"), "Set by the form")),
		AT);
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan, .has = "s");
	I_EXPECT(t->bob, .command = "TOPIC", .target = t->chan,
		.text = "Set by the form");
	form_has(t, juliet, "after", "query/x/field/value=Set by the form",
		"query/x/field/value=50", AT);
	done(t, juliet,
		world_text(t->w, "%s%s", field(t, ROOM("publicroom"), "1"),
			field(t, ROOM("maxusers"), "none")),
		AT);
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan, .has = "-");
	form_has(t, juliet, "last", "query/x/field/value=none",
		"! query/x/field/value=50", AT);
	DONE(t, juliet, "irc#modes", "+ntm");
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan, .has = "m");
	DONE(t, juliet, "irc#modes", "+nt");
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan, .has = "-m");
}

static void key(struct cell *t)
{
	struct xclient *juliet = cell_operator(t);

	done(t, juliet,
		world_text(t->w, "%s%s",
			field(t, ROOM("passwordprotectedroom"), "1"),
			field(t, ROOM("roomsecret"), "first")),
		AT);
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan,
		.has = "first");
	form_has(t, juliet, "first", "query/x/field/value=first", NULL, AT);
	DONE(t, juliet, ROOM("roomsecret"), "second");
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan,
		.has = "second");
	form_has(t, juliet, "second", "query/x/field/value=second",
		"! query/x/field/value=first", AT);
	DONE(t, juliet, ROOM("passwordprotectedroom"), "0");
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan, .has = "-k");
}

static const char *masks(struct cell *t, const char *one, const char *other)
{
	return world_text(t->w,
		"<field var='irc#bans'><value>%s</value><value>%s</value>"
		"</field>",
		one, other);
}

static void lists(struct cell *t)
{
	struct xclient *juliet = cell_operator(t);

	done(t, juliet, masks(t, "one!*@*", "two!*@*"), AT);
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan, .has = "+b");
	form_has(t, juliet, "both", "query/x/field/value=one!*@*",
		"query/x/field/value=two!*@*", AT);
	done(t, juliet, masks(t, "two!*@*", "three!*@*"), AT);
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan,
		.has = "one!*@*");
	form_has(t, juliet, "other", "! query/x/field/value=one!*@*",
		"query/x/field/value=three!*@*", AT);
	DONE(t, juliet, "irc#exceptions", "friend!*@*");
	DONE(t, juliet, "irc#invex", "friend!*@*");
	form_has(t, juliet, "friend", "query/x/field/value=friend!*@*",
		"query/x/field/value=two!*@*", AT);
	done(t, juliet,
		"<field var='irc#bans'/><field var='irc#exceptions'/>"
		"<field var='irc#invex'/>",
		AT);
	form_has(t, juliet, "none", "! query/x/field/value=two!*@*",
		"! query/x/field/value=friend!*@*", AT);
}

static void refusals(struct cell *t)
{
	struct xclient *juliet = cell_joined(t, "juliet");

	form_has(t, juliet, "seen", "query/x/field@var=" ROOM("roomname"),
		"query/x/field@var=irc#modes", AT);
	REFUSED(t, juliet, "error/forbidden", ROOM("moderatedroom"), "1");
	REFUSED(t, juliet, "error/forbidden", "irc#bans", "x!*@*");
	REFUSED(t, juliet, "error/not-acceptable", ROOM("maxusers"), "many");
	REFUSED(t, juliet, "error/not-acceptable", ROOM("roomsecret"), "a b");
	REFUSED(t, juliet, "error/not-acceptable", "irc#modes", "+nb x!*@*");
	REFUSED(t, juliet, "error/not-acceptable", "irc#no such", "1");
	cell_query(t, juliet, "end", "set", OWNER, "<destroy/>");
	X_EXPECT(juliet, .kind = "iq", .type = "error", .id = "end",
		.has = {"error/not-allowed"});
	I_EXPECT_NO(t->bob, .command = "MODE", .has = "+m");
}

const struct cell_case cases_config[] = {
	{"the form of a room sets modes", modes},
	{"the form of a room sets the key", key},
	{"the form of a room changes lists", lists},
	{"a form that is refused", refusals},
	{NULL, NULL},
};
