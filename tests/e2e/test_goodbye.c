/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/e2e/cell.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * The program as its operator sees it, with Prosody and ngIRCd: signals, the
 * check of the configuration, a secret that is wrong (PROTOCOL A.2, A.3, D.9).
 */
#define SECOND "irc.second.test"

/* --- a Jabber server that refuses every component ----------------------- */

struct refuser {
	struct world *w;
	struct source listener;
	struct source caller; /* .fd -1: nobody */
	unsigned port;
	unsigned connections;
	struct gwproc *gw;
};

static const char refusal[] =
	"<?xml version='1.0'?><stream:stream "
	"xmlns='jabber:component:accept' from='irc.localhost' id='r1' "
	"xmlns:stream='http://etherx.jabber.org/streams'><stream:error>"
	"<not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
	"</stream:error></stream:stream>";

/* It has said who it is: refused, and out. */
static void on_header(void *ctx, short revents)
{
	struct refuser *r = ctx;
	char header[4096];

	(void)revents;
	if (recv(r->caller.fd, header, sizeof(header), 0) > 0 &&
		send(r->caller.fd, refusal, sizeof(refusal) - 1, MSG_NOSIGNAL) <
			0) {
		world_log(r->w, "refuser", "--", "%s", strerror(errno));
	}
	world_remove(r->w, &r->caller);
	close(r->caller.fd);
	r->caller.fd = -1;
}

static void on_component(void *ctx, short revents)
{
	struct refuser *r = ctx;
	int fd = accept4(r->listener.fd, NULL, NULL, SOCK_CLOEXEC);

	(void)revents;
	if (fd < 0) {
		return;
	}
	r->connections++;
	world_log(r->w, "refuser", "--", "connection %u", r->connections);
	if (r->caller.fd >= 0) {
		close(fd); /* one at a time is all that is right */
		return;
	}
	r->caller = (struct source){
		.fd = fd, .events = POLLIN, .ready = on_header, .ctx = r};
	world_add(r->w, &r->caller);
}

static void refuser_begin(struct refuser *r, struct world *w, unsigned irc_port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct gwproc_config config = {
		.secret = "wrong", .networks = {{"irc.ngircd.test", irc_port}}};

	r->w = w;
	r->caller.fd = -1;
	r->listener = (struct source){
		.events = POLLIN, .ready = on_component, .ctx = r};
	r->listener.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	do {
		r->port = server_free_port();
		at.sin_port = htons((unsigned short)r->port);
	} while (bind(r->listener.fd, (struct sockaddr *)&at, sizeof(at)) != 0);
	listen(r->listener.fd, 8);
	world_add(w, &r->listener);
	config.component_port = r->port;
	r->gw = gwproc_start(w, &config);
}

static bool refused_twice(void *ctx)
{
	const struct refuser *r = ctx;

	return r->connections >= 2 || !gwproc_running(r->gw);
}

/* A.2: the long delay is 60 s, with jitter; counted from the start. */
static void a_refused_component_tries_again(void *ctx)
{
	struct refuser *r = ctx;

	world_until(r->w, 90, refused_twice, r);
	if (r->connections < 2) {
		world_fail(r->w, AT, "%u connections in 90 s, gateway: %s",
			r->connections, gwproc_end(r->gw));
	}
	if (!gwproc_await_log(r->gw, "not-authorized", 1)) {
		world_fail(r->w, AT, "its log does not say not-authorized");
	}
	WORLD_CHECK(r->w, gwproc_running(r->gw));
}

/* --- signals ------------------------------------------------------------ */

struct goodbye {
	struct cell t;
	struct gwproc_config config;
};

/* A gateway of the case's own, bob and juliet in a room. */
static struct xclient *set_the_table(struct goodbye *g)
{
	struct cell *t = &g->t;

	t->number++;
	t->chan = world_text(t->w, "#t%u", t->number);
	t->room = world_text(t->w, "%s%%%s@" GW, t->chan, t->network);
	/* A case that failed has left its own. */
	gwproc_stop(t->gw);
	t->gw = gwproc_start(t->w, &g->config);
	gwproc_await_online(t->gw, AT);
	t->bob = iclient_login(
		t->w, server_port(t->irc, "PLAIN"), cell_name(t, "bob"));
	I_JOIN(t->bob, t->chan);
	return cell_joined(t, "juliet");
}

static void goodbye_by(struct goodbye *g, int number)
{
	struct cell *t = &g->t;
	struct xclient *juliet = set_the_table(g);
	struct xclient *orchard = cell_user(t, "juliet", "orchard");
	const char *nick = cell_name(t, "juliet");
	uint64_t began;
	bool clean;

	cell_join(t, orchard, nick);
	began = world_now(t->w);
	gwproc_signal(t->gw, number);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick), .seconds = 5,
		.has = {CODE_SELF, "x/status@code=332"});
	X_EXPECT(orchard, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick), .seconds = 5,
		.has = {CODE_SELF, "x/status@code=332"});
	I_EXPECT(t->bob, .nick = nick, .command = "QUIT", .seconds = 5);
	clean = gwproc_await_exit(t->gw, 5);
	if (!clean || world_now(t->w) - began > 5000) {
		world_fail(t->w, AT, "the gateway after %u ms: %s",
			(unsigned)(world_now(t->w) - began), gwproc_end(t->gw));
	}
}

static void sigterm_says_goodbye(void *ctx)
{
	goodbye_by(ctx, SIGTERM);
}

static void sigint_says_goodbye(void *ctx)
{
	goodbye_by(ctx, SIGINT);
}

/* Writes another configuration over the one the gateway was started with. */
static void rewrite(struct goodbye *g, const struct gwproc_config *config)
{
	const char *written = gwproc_write_config(g->t.w, "rewritten", config);

	if (rename(written, gwproc_config_path(g->t.gw)) != 0) {
		world_fail(g->t.w, AT, "rename: %s", strerror(errno));
	}
}

static bool lists_the_second(struct cell *t, struct xclient *c)
{
	static unsigned asked;
	const char *id = world_text(t->w, "items%u", ++asked);
	const struct xstanza *s;

	xclient_sendf(c,
		"<iq type='get' to='" GW "' id='%s'><query "
		"xmlns='http://jabber.org/protocol/disco#items'/></iq>",
		id);
	s = X_EXPECT(c, .kind = "iq", .type = "result", .id = id);
	return xstanza_has(s, "query/item@jid=" SECOND "@" GW);
}

static void sighup_keeps_sessions(void *ctx)
{
	struct goodbye *g = ctx;
	struct cell *t = &g->t;
	struct xclient *juliet = set_the_table(g);
	const char *nick = cell_name(t, "juliet");
	struct gwproc_config config = g->config;
	struct patience patience = world_patience(t->w, 10);
	int pid = gwproc_pid(t->gw);

	WORLD_CHECK(t->w, !lists_the_second(t, juliet));
	config.networks[1].name = SECOND;
	config.networks[1].port = server_port(t->irc, "PLAIN");
	rewrite(g, &config);
	gwproc_signal(t->gw, SIGHUP);
	while (!lists_the_second(t, juliet)) {
		if (!world_patient(t->w, &patience)) {
			world_fail(t->w, AT, "the new network never shows");
		}
	}
	/* All as before: */
	cell_self_ping(t, juliet, nick, true, AT);
	cell_say(t, juliet, "h1", "still here");
	I_EXPECT(t->bob, .nick = nick, .command = "PRIVMSG",
		.text = "still here");
	I_EXPECT_NO(
		t->bob, .nick = nick, .command = "QUIT", .or_command = "PART");
	WORLD_CHECK(t->w, gwproc_running(t->gw) && gwproc_pid(t->gw) == pid);
	WORLD_CHECK(t->w, gwproc_stop(t->gw));
	t->gw = NULL;
}

/* It says so to both sides; the other network is as it was. */
static void sighup_ends_a_removed_network(void *ctx)
{
	struct goodbye *g = ctx;
	struct cell *t = &g->t;
	struct gwproc_config config = g->config;
	struct xclient *juliet;
	struct xclient *romeo;
	const char *nick;
	const char *room;

	g->config.networks[1].name = SECOND;
	g->config.networks[1].port = server_port(t->irc, "PLAIN");
	juliet = set_the_table(g);
	g->config = config;
	nick = cell_name(t, "juliet");
	room = t->room;
	t->room = world_text(t->w, "%s%%" SECOND "@" GW, t->chan);
	romeo = cell_joined(t, "romeo");
	t->room = room;
	config.networks[0].name = SECOND;
	rewrite(g, &config);
	gwproc_signal(t->gw, SIGHUP);
	X_EXPECT(juliet, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, nick),
		.has = {CODE_SELF, "x/status@code=333", "status"});
	I_EXPECT(t->bob, .nick = nick, .command = "QUIT");
	cell_send_join(t, juliet, nick, NULL);
	X_EXPECT(juliet, .kind = "presence", .type = "error", .id = "join",
		.has = {"error/forbidden"});
	t->room = world_text(t->w, "%s%%" SECOND "@" GW, t->chan);
	cell_self_ping(t, romeo, cell_name(t, "romeo"), true, AT);
	X_EXPECT_NO(romeo, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, cell_name(t, "romeo")));
	WORLD_CHECK(t->w, gwproc_stop(t->gw));
	t->gw = NULL;
}

static void sighup_with_a_bad_file_changes_nothing(void *ctx)
{
	struct goodbye *g = ctx;
	struct cell *t = &g->t;
	struct xclient *juliet = set_the_table(g);
	struct gwproc_config config = g->config;
	const char *where = world_text(t->w, "%s:", gwproc_config_path(t->gw));

	config.extra = "no_such_group: { };";
	rewrite(g, &config);
	gwproc_signal(t->gw, SIGHUP);
	if (!gwproc_await_log(t->gw, where, 10)) {
		world_fail(t->w, AT, "its log does not say %s", where);
	}
	cell_self_ping(t, juliet, cell_name(t, "juliet"), true, AT);
	cell_say(t, juliet, "b1", "unmoved");
	I_EXPECT(t->bob, .command = "PRIVMSG", .text = "unmoved");
	WORLD_CHECK(t->w, gwproc_stop(t->gw));
	t->gw = NULL;
}

/* --- the check of the configuration -------------------------------------- */

static const char *write_file(struct world *w, const char *text)
{
	const char *path = world_text(w, "%s/checked.conf", world_dir(w));
	FILE *f = fopen(path, "we");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0) {
		tap_bail("cannot write %s", path);
	}
	return path;
}

#define GOOD_JABBER                                                            \
	"jabber: { component = \"irc.localhost\"; secret = \"s\"; };\n"

struct check {
	const char *what;
	const char *text;
	unsigned line; /* of the fault; 0: there is none */
};

static const struct check checks[] = {
	{"a good file",
		GOOD_JABBER "networks = ( { name = \"irc.a.test\"; } );\n", 0},
	{"an unknown group", GOOD_JABBER "networks = ( );\njaber: { };\n", 3},
	{"an unknown key",
		"jabber: {\n\tcomponent = \"irc.localhost\";\n"
		"\tsecret = \"s\";\n\tsecrte = \"t\";\n};\n",
		4},
	{"an unknown key of a network",
		GOOD_JABBER "networks = (\n\t{ name = \"irc.a.test\";\n"
			    "\t  tsl = \"off\"; }\n);\n",
		4},
	{"a wrong type",
		"jabber: {\n\tcomponent = \"irc.localhost\";\n"
		"\tport = \"5347\";\n\tsecret = \"s\";\n};\n",
		3},
	{"a syntax error", GOOD_JABBER "networks = ((;\n", 2},
};

static void configuration_is_checked(void *ctx)
{
	struct goodbye *g = ctx;
	struct world *w = g->t.w;
	const struct check *c;
	const char *path;
	const char *output;
	const char *where;
	int status;

	for (c = checks; c < checks + sizeof(checks) / sizeof(checks[0]); c++) {
		path = write_file(w, c->text);
		status = gwproc_run(w,
			(const char *const[]){"-n", "-c", path, NULL}, &output);
		where = world_text(w, "%s:%u: ", path, c->line);
		if (status != (c->line != 0)) {
			world_fail(w, AT, "%s: status %d, said: %s", c->what,
				status, output);
		}
		if (c->line != 0 && strstr(output, where) == NULL) {
			world_fail(w, AT, "%s: no `%s` in: %s", c->what, where,
				output);
		}
	}
}

static void a_missing_file_is_said(void *ctx)
{
	struct goodbye *g = ctx;
	struct world *w = g->t.w;
	const char *path = world_text(w, "%s/nowhere.conf", world_dir(w));
	const char *output;
	int status = gwproc_run(
		w, (const char *const[]){"-n", "-c", path, NULL}, &output);

	if (status != 1 || strstr(output, path) == NULL) {
		world_fail(w, AT, "status %d, said: %s", status, output);
	}
}

/* --- a wrong secret, at a real server ------------------------------------ */

static void a_wrong_secret_keeps_it_running(void *ctx)
{
	struct goodbye *g = ctx;
	struct cell *t = &g->t;
	struct gwproc_config config = g->config;

	config.secret = "wrong";
	gwproc_stop(t->gw);
	t->gw = gwproc_start(t->w, &config);
	if (!gwproc_await_log(t->gw, "not-authorized", 20)) {
		world_fail(t->w, AT, "its log does not say not-authorized");
	}
	WORLD_CHECK(t->w, gwproc_running(t->gw));
	/* And it can be told to stop while it waits. */
	WORLD_CHECK(t->w, gwproc_stop(t->gw));
	t->gw = NULL;
}

/* --- all ----------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*fn)(void *ctx);
} rows[] = {
	{"-n accepts a good file and names the line of a fault",
		configuration_is_checked},
	{"-n says which file is missing", a_missing_file_is_said},
	{"SIGTERM says goodbye on both sides", sigterm_says_goodbye},
	{"SIGINT says goodbye on both sides", sigint_says_goodbye},
	{"SIGHUP reloads and keeps sessions", sighup_keeps_sessions},
	{"SIGHUP ends a network that was removed, with a word",
		sighup_ends_a_removed_network},
	{"SIGHUP with a bad file changes nothing",
		sighup_with_a_bad_file_changes_nothing},
	{"a wrong secret keeps it running", a_wrong_secret_keeps_it_running},
};

static void run(struct world *w)
{
	struct goodbye g = {.t = {.w = w, .network = "irc.ngircd.test"}};
	struct refuser refuser = {.port = 0};
	size_t i;

	g.t.jabber = server_start(w, server_kind("prosody"));
	g.t.irc = server_start(w, server_kind("ngircd"));
	if (g.t.jabber == NULL || g.t.irc == NULL) {
		tap_bail("a server does not start");
	}
	g.config = (struct gwproc_config){
		.component_port = server_port(g.t.jabber, "COMP"),
		.networks = {{g.t.network, server_port(g.t.irc, "PLAIN")}},
	};
	/* It waits a minute for its second try: beside the others. */
	refuser_begin(&refuser, w, server_port(g.t.irc, "PLAIN"));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		world_case(w, "goodbye", rows[i].name, rows[i].fn, &g);
	}
	world_case(w, "goodbye", "a refused component tries again",
		a_refused_component_tries_again, &refuser);
	gwproc_stop(g.t.gw);
	gwproc_stop(refuser.gw);
	world_remove(w, &refuser.listener);
	close(refuser.listener.fd);
	server_stop(g.t.irc);
	server_stop(g.t.jabber);
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", "ngircd", NULL};
	static const struct suite suite = {"goodbye", servers, run};

	return suite_main(&suite, argc, argv);
}
