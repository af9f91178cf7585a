/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "tests/support/gwproc.h"
#include "tests/support/iclient.h"
#include "tests/support/ownnet.h"
#include "tests/support/server.h"
#include "tests/support/tap.h"
#include "tests/support/world.h"
#include "tests/support/xclient.h"

/*
 * The clients that the other tests stand on, against each real server, without
 * the gateway: that they see what is there, and that an expectation which is
 * not met fails.
 */
struct fixture {
	struct world *w;
	struct server *server;
	const struct server_kind *kind;
};

static struct xclient *login(
	struct fixture *f, const char *user, const char *resource)
{
	return xclient_login(
		f->w, &(struct xclient_login){server_port(f->server, "C2S"),
			      user, "localhost", resource, "pw"});
}

static void enter(struct xclient *c, const char *occupant)
{
	xclient_sendf(c,
		"<presence to='%s'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		occupant);
}

/* --- Jabber ------------------------------------------------------------- */

static void two_users_talk(void *ctx)
{
	struct fixture *f = ctx;
	struct xclient *juliet = login(f, "juliet", "balcony");
	struct xclient *romeo = login(f, "romeo", "garden");

	xclient_send(juliet, "<presence/>");
	X_SYNC(juliet, "localhost");
	xclient_sendf(romeo,
		"<message to='%s' type='chat' id='m1' xml:lang='en'>"
		"<body>100 %% &lt;hi&gt;</body></message>",
		xclient_jid(juliet));
	X_EXPECT(juliet, .kind = "message", .type = "chat", .id = "m1",
		.from = xclient_full(romeo),
		.has = {"body=100 % <hi>", "body~% <", "@lang=en",
			"! subject"});
	X_SYNC(romeo, "localhost");
}

static void a_cut_client_becomes_unavailable(void *ctx)
{
	struct fixture *f = ctx;
	struct xclient *juliet = login(f, "juliet", "balcony");
	struct xclient *romeo = login(f, "romeo", "garden");

	xclient_send(juliet, "<presence/>");
	xclient_send(romeo, "<presence/>");
	xclient_sendf(juliet, "<presence to='%s'/>", xclient_full(romeo));
	X_EXPECT(romeo, .kind = "presence", .from = xclient_full(juliet));
	xclient_cut(juliet);
	X_EXPECT(romeo, .kind = "presence", .from = xclient_full(juliet),
		.type = "unavailable");
	xclient_reopen(juliet);
	xclient_await_online(juliet, 10, AT);
	X_SYNC(juliet, "localhost");
}

static void expects_the_impossible(void *ctx)
{
	X_EXPECT(ctx, .kind = "message", .seconds = 0.2);
}

static void expects_silence(void *ctx)
{
	X_EXPECT_NO(ctx, .kind = "presence");
}

static void expects_a_wrong_order(void *ctx)
{
	struct xclient *c = ctx;
	const struct xstanza *s = X_EXPECT(c, .kind = "presence");

	X_IN_ORDER(c, s, s);
}

static void a_missing_stanza_fails(void *ctx)
{
	static void (*const fns[])(void *) = {
		expects_the_impossible, expects_silence, expects_a_wrong_order};
	struct fixture *f = ctx;
	struct xclient *juliet = login(f, "juliet", "balcony");
	bool passed = false;
	size_t i;

	xclient_send(juliet, "<presence/>");
	X_SYNC(juliet, "localhost");
	tap_mute(true);
	for (i = 0; i < sizeof(fns) / sizeof(fns[0]); i++) {
		passed = world_try(f->w, fns[i], juliet) || passed;
	}
	tap_mute(false);
	if (passed) {
		tap_bail("an expectation passed that could not be met");
	}
}

static void a_room_by_the_order_of_its_stanzas(void *ctx)
{
	struct fixture *f = ctx;
	struct xclient *juliet = login(f, "juliet", "balcony");
	struct xclient *romeo = login(f, "romeo", "garden");
	const struct xstanza *other;
	const struct xstanza *self;
	const struct xstanza *subject;

	enter(romeo, "garden@conference.localhost/romeo");
	X_EXPECT(romeo, .kind = "presence", .has = {"x/status@code=110"});
	/* A new room is locked until its owner accepts the defaults. */
	xclient_send(romeo,
		"<iq type='set' id='own' to='garden@conference.localhost'>"
		"<query xmlns='http://jabber.org/protocol/muc#owner'>"
		"<x xmlns='jabber:x:data' type='submit'/></query></iq>");
	X_EXPECT(romeo, .kind = "iq", .type = "result", .id = "own");
	enter(juliet, "garden@conference.localhost/juliet");
	other = X_EXPECT(juliet, .kind = "presence",
		.from = "garden@conference.localhost/romeo",
		.has = {"x@xmlns=http://jabber.org/protocol/muc#user",
			"x/item@role", "! x/status@code=110"});
	self = X_EXPECT(juliet, .kind = "presence",
		.from = "garden@conference.localhost/juliet",
		.has = {"x/status@code=110"});
	subject = X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {"subject", "! body"});
	X_IN_ORDER(juliet, other, self);
	X_IN_ORDER(juliet, self, subject);
}

/* --- IRC ---------------------------------------------------------------- */

static void two_nicks_talk(void *ctx)
{
	struct fixture *f = ctx;
	unsigned port = server_port(f->server, "PLAIN");
	struct iclient *bob = iclient_login(f->w, port, "bob");
	struct iclient *carl = iclient_login(f->w, port, "carl");

	I_JOIN(bob, "#garden");
	I_JOIN(carl, "#garden");
	I_EXPECT(bob, .nick = "carl", .command = "JOIN", .target = "#garden");
	iclient_send(carl, "PRIVMSG #garden :hello  there");
	I_EXPECT(bob, .nick = "carl", .command = "PRIVMSG", .target = "#garden",
		.text = "hello  there");
	iclient_send(bob, "KICK #garden carl :out");
	I_EXPECT(carl, .nick = "bob", .command = "KICK", .param = "carl",
		.text = "out");
	I_SYNC(carl);
	I_EXPECT_NO(carl, .command = "PART");
	if (iclient_count(bob, IWANT(.nick = "carl")) != 2) {
		world_fail(f->w, AT, "carl said other than two lines");
	}
}

static void expects_no_line(void *ctx)
{
	I_EXPECT(ctx, .command = "INVITE", .seconds = 0.2);
}

static void a_missing_line_fails(void *ctx)
{
	struct fixture *f = ctx;
	struct iclient *bob =
		iclient_login(f->w, server_port(f->server, "PLAIN"), "bob");
	bool passed;

	tap_mute(true);
	passed = world_try(f->w, expects_no_line, bob);
	tap_mute(false);
	if (passed) {
		tap_bail("a line was found that nobody sent");
	}
}

static void killed_and_back(void *ctx)
{
	struct fixture *f = ctx;
	unsigned port = server_port(f->server, "PLAIN");
	struct iclient *bob = iclient_login(f->w, port, "bob");

	server_kill(f->server);
	I_SYNC(iclient_login(f->w, port, "carl"));
	(void)bob;
}

static bool server_is_up(void *ctx)
{
	return server_state(ctx) != SERVER_STARTING;
}

static void a_killed_server_is_gone_and_comes_back(void *ctx)
{
	struct fixture *f = ctx;
	bool reached;

	tap_mute(true);
	reached = world_try(f->w, killed_and_back, f);
	tap_mute(false);
	if (reached) {
		tap_bail("a killed server still answers");
	}
	server_restart(f->server);
	world_until(f->w, 30, server_is_up, f->server);
	I_SYNC(iclient_login(f->w, server_port(f->server, "PLAIN"), "dora"));
}

/* --- all ---------------------------------------------------------------- */

struct row {
	enum server_role role;
	const char *only; /* NULL: every server of the role */
	const char *name;
	void (*fn)(void *ctx);
};

static const struct row rows[] = {
	{SERVER_JABBER, NULL, "two users talk", two_users_talk},
	{SERVER_JABBER, NULL, "a cut client becomes unavailable",
		a_cut_client_becomes_unavailable},
	{SERVER_JABBER, "prosody", "a room by the order of its stanzas",
		a_room_by_the_order_of_its_stanzas},
	{SERVER_JABBER, "prosody", "a missing stanza fails",
		a_missing_stanza_fails},
	{SERVER_IRC, NULL, "two nicks talk", two_nicks_talk},
	{SERVER_IRC, "ngircd", "a missing line fails", a_missing_line_fails},
	{SERVER_IRC, "ngircd", "a killed server is gone and comes back",
		a_killed_server_is_gone_and_comes_back},
};

static void run(struct world *w, const struct server_kind *kind)
{
	struct fixture f = {w, NULL, kind};
	char group[64];
	char test[96];
	size_t i;

	snprintf(group, sizeof(group), "support %s", kind->short_name);
	snprintf(test, sizeof(test), "%s: starts", group);
	if (!server_installed(kind)) {
		tap_skip(test, "not installed");
		return;
	}
	f.server = server_start(w, kind);
	if (f.server == NULL) {
		tap_not_ok(test);
		return;
	}
	tap_ok(test);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].role == kind->role &&
			(rows[i].only == NULL ||
				strcmp(rows[i].only, kind->name) == 0)) {
			world_case(w, group, rows[i].name, rows[i].fn, &f);
		}
	}
	server_stop(f.server);
}

int main(int argc, char **argv)
{
	struct world *w = world_create();
	unsigned i;
	int status;

	ownnet_enter();
	world_only(w, argv + 1, argc - 1);
	for (i = 0; i < server_kind_count; i++) {
		/* Services need a network of their own: test_login; what a
		 * proxy is for is in test_way. */
		if (server_kinds[i].role == SERVER_JABBER ||
			server_kinds[i].role == SERVER_IRC) {
			run(w, &server_kinds[i]);
		}
	}
	status = tap_end();
	world_destroy(w, status != 0);
	return status;
}
