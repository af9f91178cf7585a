/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/cell.h"
#include "tests/support/prog.h"
#include "tests/support/tap.h"

/*
 * Real clients in a room: nbxmpp (the library of Gajim) driven by
 * clients/nbxmpp_client.py, and profanity at the keyboard of a terminal. What
 * they do is looked at from IRC; what IRC does, from them.
 * Prosody and InspIRCd, the one with the most modes.
 */
enum { PATIENCE = 20 };

static struct prog *client; /* of the running case */

static bool runs(const char *command)
{
	return system(command) == 0;
}

static void in_room(struct cell *t)
{
	struct gwproc_config config = {
		.component_port = server_port(t->jabber, "COMP"),
		.networks = {{t->network, server_port(t->irc, "PLAIN"), NULL}},
		.irc = "\tflood_burst = 20;",
	};

	t->number++;
	if (t->gw == NULL) {
		t->gw = gwproc_start(t->w, &config);
		gwproc_await_online(t->gw, AT);
	}
	t->chan = world_text(t->w, "#t%u", t->number);
	t->room = world_text(t->w, "%s%%%s@" GW, t->chan, t->network);
	t->bob = iclient_login(t->w, server_port(t->irc, "PLAIN"),
		cell_name(t, "bob"));
	I_JOIN(t->bob, t->chan);
}

static void add_user(struct cell *t, const char *user)
{
	struct xclient_login login = {server_port(t->jabber, "C2S"), user,
		"localhost", "any", "pw"};

	WORLD_CHECK(t->w, xclient_register(t->w, &login));
}

/* ---- nbxmpp ---- */

static void nbxmpp_moderates_and_configures(void *ctx)
{
	struct cell *t = ctx;
	const char *user = NULL;
	const char *other = NULL;
	struct iclient *tybalt;
	struct prog *p;

	in_room(t);
	user = cell_name(t, "gajim");
	other = cell_name(t, "tybalt");
	add_user(t, user);
	p = client = prog_start(t->w, "nbxmpp",
		(const char *const[]){"/usr/bin/python3",
			world_text(t->w,
				"%s/tests/e2e/clients/nbxmpp_client.py",
				server_setting("ISTHMUS_ROOT")),
			world_text(t->w, "%u", server_port(t->jabber, "C2S")),
			user, "pw", t->room, user, NULL});
	P_EXPECT(p, "online");
	prog_say(p, "join");
	P_EXPECT(p, world_text(t->w, "here %s admin moderator",
			    iclient_nick(t->bob)));
	P_EXPECT(p, world_text(t->w, "here %s none participant 100 110",
			    user));
	prog_say(p, "say good morrow");
	I_EXPECT(t->bob, .nick = user, .command = "PRIVMSG",
		.target = t->chan, .text = "good morrow");
	P_EXPECT(p, world_text(t->w, "message %s good morrow", user));
	iclient_send(t->bob, "PRIVMSG %s :good cousin", t->chan);
	P_EXPECT(p, "good cousin");
	prog_say(p, "kick %s away", iclient_nick(t->bob));
	P_EXPECT(p, "error kick");

	iclient_send(t->bob, "MODE %s +o %s", t->chan, user);
	P_EXPECT(p, world_text(t->w, "here %s admin moderator", user));
	tybalt = cell_irc_user(t, "tybalt");
	P_EXPECT(p, world_text(t->w, "here %s none participant", other));
	prog_say(p, "kick %s out", other);
	I_EXPECT(tybalt, .command = "KICK", .target = t->chan, .text = "out");
	P_EXPECT(p, world_text(t->w, "gone %s none none 307", other));
	P_EXPECT(p, "done kick");
	I_JOIN(tybalt, t->chan);
	P_EXPECT(p, world_text(t->w, "here %s none participant", other));
	prog_say(p, "ban %s", cell_nick(t, other));
	P_EXPECT(p, world_text(t->w, "gone %s outcast none 301", other));
	P_EXPECT(p, "done ban");
	prog_say(p, "bans");
	P_EXPECT(p, world_text(t->w, "%%%s@" GW, t->network));
	prog_say(p, "config muc#roomconfig_moderatedroom 1");
	I_EXPECT(t->bob, .nick = user, .command = "MODE", .target = t->chan,
		.has = "+m");
	P_EXPECT(p, "done config");
	prog_say(p, "subject roses");
	I_EXPECT(t->bob, .command = "TOPIC", .target = t->chan,
		.text = "roses");
	prog_say(p, "leave");
	I_EXPECT(t->bob, .nick = user, .command = "PART",
		.or_command = "QUIT");
}

/* ---- profanity ---- */

/* At its keyboard, in a terminal of its own. */
static struct prog *start_profanity(struct cell *t, const char *user)
{
	const char *home = world_text(t->w, "%s/%s", world_dir(t->w), user);
	struct prog *p;

	mkdir(home, 0700);
	p = client = prog_start(t->w, "profanity",
		(const char *const[]){"script", "-qefc",
			world_text(t->w,
				"stty cols 200 rows 50; TERM=xterm "
				"LC_ALL=C.UTF-8 HOME=%s XDG_CONFIG_HOME=%s "
				"XDG_DATA_HOME=%s profanity",
				home, home, home),
			"/dev/null", NULL});
	P_EXPECT(p, "Type '/help'");
	prog_say(p, "/connect %s@localhost server 127.0.0.1 port %u tls disable",
		user, server_port(t->jabber, "C2S"));
	P_EXPECT(p, "Enter password:");
	prog_say(p, "pw");
	P_EXPECT(p, "logged in successfully");
	return p;
}

static void profanity_talks_and_moderates(void *ctx)
{
	struct cell *t = ctx;
	const char *user;
	const char *other;
	struct iclient *tybalt;
	struct prog *p;

	in_room(t);
	user = cell_name(t, "prof");
	other = cell_name(t, "tybalt");
	add_user(t, user);
	p = start_profanity(t, user);
	prog_say(p, "/join %s nick %s", t->room, user);
	I_EXPECT(t->bob, .nick = user, .command = "JOIN", .seconds = PATIENCE);
	P_EXPECT(p, "participant");
	prog_say(p, "good morrow");
	I_EXPECT(t->bob, .nick = user, .command = "PRIVMSG",
		.target = t->chan, .text = "good morrow", .seconds = PATIENCE);
	iclient_send(t->bob, "PRIVMSG %s :good-cousin", t->chan);
	P_EXPECT(p, "good-cousin");
	prog_say(p, "/kick %s away", iclient_nick(t->bob));
	P_EXPECT(p, "rror");
	iclient_send(t->bob, "MODE %s +o %s", t->chan, user);
	P_EXPECT(p, "moderator");
	tybalt = cell_irc_user(t, "tybalt");
	P_EXPECT(p, other);
	prog_say(p, "/kick %s out", other);
	I_EXPECT(tybalt, .command = "KICK", .target = t->chan, .text = "out",
		.seconds = PATIENCE);
	I_JOIN(tybalt, t->chan);
	prog_say(p, "/ban %s spam", cell_nick(t, other));
	I_EXPECT(t->bob, .nick = user, .command = "MODE", .target = t->chan,
		.has = "+b", .seconds = PATIENCE);
	prog_say(p, "/close");
	I_EXPECT(t->bob, .nick = user, .command = "PART",
		.or_command = "QUIT", .seconds = PATIENCE);
}

/* ---- all ---- */

static const struct {
	const char *name;
	const char *there; /* a command that succeeds when the client is */
	void (*run)(void *ctx);
} clients[] = {
	{"nbxmpp: join, talk, kick, ban, configure",
		"/usr/bin/python3 -c 'from gi.repository import GLib; import "
		"nbxmpp' > /dev/null 2>&1",
		nbxmpp_moderates_and_configures},
	{"profanity: join, talk, kick, ban",
		"command -v profanity script > /dev/null",
		profanity_talks_and_moderates},
};

int main(int argc, char **argv)
{
	const struct server_kind *prosody = server_kind("prosody");
	const struct server_kind *inspircd = server_kind("inspircd");
	struct cell t = {.w = world_create()};
	bool servers;
	int status;

	world_only(t.w, argv + 1, argc - 1);
	servers = server_installed(prosody) && server_installed(inspircd);
	if (servers) {
		t.jabber = server_start(t.w, prosody);
		t.irc = server_start(t.w, inspircd);
		t.network = inspircd->network;
	}
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		if (t.jabber == NULL || t.irc == NULL ||
			!runs(clients[i].there)) {
			tap_skip(clients[i].name,
				"a server or the client is not here");
		} else {
			world_case(t.w, "clients", clients[i].name,
				clients[i].run, &t);
			prog_stop(client);
			client = NULL;
		}
	}
	if (t.gw != NULL && gwproc_stop(t.gw)) {
		tap_ok("clients: the gateway ends with status 0");
	} else if (t.gw != NULL) {
		tap_not_ok("clients: the gateway ends with status 0");
	}
	server_stop(t.jabber);
	server_stop(t.irc);
	status = tap_end();
	world_destroy(t.w, status != 0);
	return status;
}
