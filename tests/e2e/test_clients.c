/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/e2e/cell.h"
#include "tests/support/ownnet.h"
#include "tests/support/prog.h"
#include "tests/support/tap.h"

/*
 * Real clients in a room: nbxmpp (the library of Gajim) and slixmpp, driven by
 * clients/nbxmpp_client.py and slixmpp_client.py, and profanity at the keyboard
 * of a terminal. What
 * they do is looked at from IRC; what IRC does, from them. And irssi at the
 * other end, whose formats are looked at from Jabber.
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

	if (t->gw == NULL) {
		t->gw = gwproc_start(t->w, &config);
		gwproc_await_online(t->gw, AT);
	}
	cell_next(t, t->network);
	t->bob = cell_irc_user(t, "bob");
}

/* At its keyboard, in a terminal of its own; home: a folder for it. */
static struct prog *start_in_terminal(
	struct cell *t, const char *home, const char *name, const char *command)
{
	return prog_start(t->w, name,
		(const char *const[]){"script", "-qefc",
			world_text(t->w,
				"stty cols 200 rows 50; TERM=xterm "
				"LC_ALL=C.UTF-8 HOME=%s XDG_CONFIG_HOME=%s "
				"XDG_DATA_HOME=%s %s",
				home, home, home, command),
			"/dev/null", NULL});
}

static const char *make_home(struct cell *t, const char *user)
{
	const char *home = world_text(t->w, "%s/%s", world_dir(t->w), user);

	mkdir(home, 0700);
	return home;
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

/* ---- slixmpp ---- */

static struct prog *start_slixmpp(struct cell *t, const char *user)
{
	add_user(t, user);
	return prog_start(t->w, "slixmpp",
		(const char *const[]){"/usr/bin/python3",
			world_text(t->w,
				"%s/tests/e2e/clients/slixmpp_client.py",
				server_setting("ISTHMUS_ROOT")),
			world_text(t->w, "%u", server_port(t->jabber, "C2S")),
			user, "pw", t->room, user, NULL});
}

static void slixmpp_reads_and_says(
	struct cell *t, struct prog *p, const char *user)
{
	const char *bob = iclient_nick(t->bob);

	iclient_send(t->bob, "PRIVMSG %s :\002good\002 cousin", t->chan);
	P_EXPECT(p, world_text(t->w, "message %s good cousin True 40 formatted",
			    bob));
	iclient_send(t->bob, "@+typing=active TAGMSG %s", t->chan);
	P_EXPECT(p, world_text(t->w, "typing %s", bob));
	prog_say(p, "answer yes");
	I_EXPECT(t->bob, .nick = user, .command = "PRIVMSG",
		.target = t->chan, .text = "yes");
	prog_say(p, "react +1");
	I_EXPECT(t->bob, .nick = user, .command = "TAGMSG",
		.has = "+draft/react=+1");
	prog_say(p, "say m1 hello word");
	P_EXPECT(p, world_text(t->w, "message %s hello word True 40", user));
	prog_say(p, "correct m1 hello world");
	I_EXPECT(t->bob, .nick = user, .command = "PRIVMSG", .text = "* world");
	P_EXPECT(p, world_text(t->w, "corrected %s hello world True 40", user));
	prog_say(p, "kick %s", bob);
	P_EXPECT(p, "error kick not-allowed Only the operators");
	iclient_send(t->bob, "INVITE %s %s-2", user, t->chan);
	P_EXPECT(p, "invited");
}

/* Its flows find an error by the session alone. */
static void slixmpp_asks_and_commands(struct cell *t, struct prog *p)
{
	const char *bob = iclient_nick(t->bob);
	const char *net = t->network;

	prog_say(p, "card %s/%s", t->room, bob);
	P_EXPECT(p, "card ");
	prog_say(p, "command %s@" GW " whois nick=%s", net, bob);
	P_EXPECT(p, "form See who somebody is FORM_TYPE nick required nick");
	P_EXPECT(p, world_text(t->w, "result %s Real name", bob));
	P_EXPECT(p, "completed whois");
	prog_say(p, "command %s@" GW " whois nick=nobody", net);
	P_EXPECT(p, "error item-not-found Nobody");
	prog_say(p, "command " GW " register -");
	P_EXPECT(p, "form Who you are on IRC FORM_TYPE nick");
	P_EXPECT(p, "completed register");
	/* Registered, the gateway's presence comes. */
	prog_say(p, "caps " GW);
	P_EXPECT(p, "caps irc irc text");
	prog_say(p, "command " GW " edit-network network=%s -", net);
	P_EXPECT(p, "required network");
	P_EXPECT(p, "FORM_TYPE nick altnicks");
	P_EXPECT(p, "completed edit-network");
}

static void slixmpp_sees_what_is_meant(void *ctx)
{
	struct cell *t = ctx;
	const char *user;
	struct prog *p;

	in_room(t);
	user = cell_name(t, "slix");
	iclient_send(t->bob, "CAP REQ :message-tags");
	iclient_send(t->bob, "TOPIC %s :roses", t->chan);
	I_JOIN(t->bob, world_text(t->w, "%s-2", t->chan));
	p = client = start_slixmpp(t, user);
	P_EXPECT(p, "online");
	prog_say(p, "join");
	P_EXPECT(p, world_text(t->w, "here %s admin moderator",
			    iclient_nick(t->bob)));
	P_EXPECT(p, world_text(t->w, "here %s none participant 100 110",
			    user));
	P_EXPECT(p, world_text(t->w, "joined %s roses", iclient_nick(t->bob)));
	slixmpp_reads_and_says(t, p, user);
	slixmpp_asks_and_commands(t, p);
}

/* ---- profanity ---- */

static struct prog *start_profanity(struct cell *t, const char *user)
{
	struct prog *p = client = start_in_terminal(
		t, make_home(t, user), "profanity", "profanity");

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

/* ---- irssi ---- */

/* It would wait two seconds between its lines, as on the open network. */
static void configure_irssi(struct cell *t, const char *home)
{
	const char *path = world_text(t->w, "%s/config", home);
	FILE *f = fopen(path, "we");

	if (f == NULL) {
		world_fail(t->w, AT, "cannot write %s", path);
	}
	fputs("settings = { \"irc/core\" = { cmd_queue_speed = \"10msec\"; };"
	      " };\n",
		f);
	fclose(f);
}

static void irssi_shows_and_types_formats(void *ctx)
{
	struct cell *t = ctx;
	const char *user;
	const char *home;
	struct xclient *juliet;
	struct prog *p;

	in_room(t);
	user = cell_name(t, "irssi");
	home = make_home(t, user);
	configure_irssi(t, home);
	juliet = cell_joined(t, "juliet");
	p = client = start_in_terminal(t, home, "irssi",
		world_text(t->w, "irssi --home=%s -c 127.0.0.1 -p %u -n %s",
			home, server_port(t->irc, "PLAIN"), user));
	P_EXPECT(p, "End of message of the day");
	prog_say(p, "/join %s", t->chan);
	X_EXPECT(juliet, .kind = "presence", .from = cell_occ(t, user),
		.seconds = PATIENCE);
	xclient_sendf(juliet,
		"<message to='%s' type='groupchat'><body>a rose is red</body>"
		"<html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='"
		"http://www.w3.org/1999/xhtml'><p>a <strong>rose</strong> is "
		"<span style='color: red'>red</span></p></body></html>"
		"</message>",
		t->room);
	P_EXPECT(p, "[1mrose");
	P_EXPECT(p, "red");
	/* Its keys: Ctrl-B, Ctrl-_, Ctrl-C with a number. */
	prog_say(p, "by \002any\002 \037other\037 \00304name");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, user), .seconds = PATIENCE,
		.has = {"body=by any other name", "html/body/p/strong=any",
			"html/body/p/span@style=text-decoration: underline",
			"html/body/p/span@style=color: #ff0000"});
	prog_say(p, "/me smiles");
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.from = cell_occ(t, user), .has = {"body=/me smiles"});
	prog_say(p, "/quit");
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, user));
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
	{"slixmpp: join, replies, corrections, forms, caps",
		"/usr/bin/python3 -c 'import slixmpp' > /dev/null 2>&1",
		slixmpp_sees_what_is_meant},
	{"profanity: join, talk, kick, ban",
		"command -v profanity script > /dev/null",
		profanity_talks_and_moderates},
	{"irssi: formats both ways", "command -v irssi script > /dev/null",
		irssi_shows_and_types_formats},
};

int main(int argc, char **argv)
{
	const struct server_kind *prosody = server_kind("prosody");
	const struct server_kind *inspircd = server_kind("inspircd");
	struct cell t = {.w = world_create()};
	bool servers;
	int status;

	ownnet_enter();
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
