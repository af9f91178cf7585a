/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/e2e/cell.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * What was read with another IRC client is displayed for Jabber clients
 * (PROTOCOL F.1, XEP-0490): Prosody and ejabberd as they grant privileges
 * (XEP-0356, A.5). No IRC server of Debian has draft/read-marker: the IRC side
 * is a bouncer that says what is written here.
 */
#define NET "bouncer.test"
#define CHAN "#c"
#define ROOM CHAN "%" NET "@" GW
#define NODE "urn:xmpp:mds:displayed:0"

/* --- the bouncer: one client at a time ----------------------------------- */

struct bouncer {
	struct world *w;
	struct source listener;
	struct source caller; /* .fd -1: nobody */
	unsigned port;
	char nick[64];
	char input[8192];
	size_t len;
};

static void tell(struct bouncer *b, const char *line)
{
	char text[1024];
	int len = snprintf(text, sizeof(text), "%s\r\n", line);

	world_log(b->w, "bouncer", ">>", "%s", line);
	if (send(b->caller.fd, text, (size_t)len, MSG_NOSIGNAL) < 0) {
		world_log(b->w, "bouncer", "--", "cannot send");
	}
}

/* Commands that are answered; %s: the nick. */
static const struct {
	const char *begins;
	const char *answers[4];
} script[] = {
	{"CAP LS",
		{":srv CAP * LS :message-tags server-time draft/read-marker"}},
	{"CAP REQ",
		{":srv CAP * ACK :draft/read-marker message-tags server-time"}},
	{"CAP END", {":srv 001 %s :Welcome",
			    ":srv 005 %s CHANTYPES=# CASEMAPPING=ascii :are "
			    "supported",
			    ":srv 422 %s :No MOTD"}},
	{"JOIN " CHAN, {":%s!u@host JOIN " CHAN,
			       ":srv 353 %s = " CHAN " :@bob %s",
			       ":srv 366 %s " CHAN " :End"}},
	{"MODE " CHAN, {":srv 324 %s " CHAN " +nt"}},
	{"PING", {":srv PONG srv x"}},
};

static void answer(struct bouncer *b, const char *line)
{
	size_t i;
	int k;
	const char *at;
	const char *rest;
	char text[512];

	world_log(b->w, "bouncer", "<<", "%s", line);
	if (strncmp(line, "NICK ", 5) == 0) {
		snprintf(b->nick, sizeof(b->nick), "%s", line + 5);
	}
	for (i = 0; i < sizeof(script) / sizeof(script[0]); i++) {
		if (strncmp(line, script[i].begins,
			    strlen(script[i].begins)) != 0) {
			continue;
		}
		for (k = 0; k < 4 && script[i].answers[k] != NULL; k++) {
			*text = '\0';
			rest = script[i].answers[k];
			while ((at = strstr(rest, "%s")) != NULL) {
				snprintf(text + strlen(text),
					sizeof(text) - strlen(text), "%.*s%s",
					(int)(at - rest), rest, b->nick);
				rest = at + 2;
			}
			snprintf(text + strlen(text),
				sizeof(text) - strlen(text), "%s", rest);
			tell(b, text);
		}
	}
}

static void hang_up(struct bouncer *b)
{
	if (b->caller.fd >= 0) {
		world_remove(b->w, &b->caller);
		close(b->caller.fd);
		b->caller.fd = -1;
	}
}

static void on_lines(void *ctx, short revents)
{
	struct bouncer *b = ctx;
	ssize_t n = recv(b->caller.fd, b->input + b->len,
		sizeof(b->input) - 1 - b->len, 0);
	char *end;

	(void)revents;
	if (n <= 0) {
		hang_up(b);
		return;
	}
	b->len += (size_t)n;
	b->input[b->len] = '\0';
	while ((end = strstr(b->input, "\r\n")) != NULL) {
		*end = '\0';
		answer(b, b->input);
		b->len -= (size_t)(end + 2 - b->input);
		memmove(b->input, end + 2, b->len + 1);
	}
}

static void on_caller(void *ctx, short revents)
{
	struct bouncer *b = ctx;
	int fd = accept4(b->listener.fd, NULL, NULL, SOCK_CLOEXEC);

	(void)revents;
	if (fd >= 0) {
		hang_up(b);
		b->len = 0;
		b->caller = (struct source){.fd = fd,
			.events = POLLIN,
			.ready = on_lines,
			.ctx = b};
		world_add(b->w, &b->caller);
	}
}

static void bouncer_begin(struct bouncer *b, struct world *w)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	b->w = w;
	b->caller.fd = -1;
	b->listener = (struct source){
		.events = POLLIN, .ready = on_caller, .ctx = b};
	b->listener.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	do {
		b->port = server_free_port();
		at.sin_port = htons((unsigned short)b->port);
	} while (bind(b->listener.fd, (struct sockaddr *)&at, sizeof(at)) != 0);
	listen(b->listener.fd, 8);
	world_add(w, &b->listener);
}

static void bouncer_end(struct bouncer *b)
{
	hang_up(b);
	world_remove(b->w, &b->listener);
	close(b->listener.fd);
}

/* --- the cases ------------------------------------------------------------ */

struct displayed {
	struct cell t;
	struct bouncer b;
};

/* bob says m1, m2 ...: a second later each. */
static void said(struct displayed *x, struct xclient *juliet, unsigned n)
{
	char line[256];

	snprintf(line, sizeof(line),
		"@time=2026-01-01T00:00:0%u.000Z;msgid=m%u "
		":bob!b@host PRIVMSG " CHAN " :this is m%u",
		n, n, n);
	tell(&x->b, line);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {world_text(x->t.w, "stanza-id@id=m%u", n)});
}

static void read_until(struct displayed *x, unsigned n)
{
	char line[128];

	snprintf(line, sizeof(line),
		":srv MARKREAD " CHAN " timestamp=2026-01-01T00:00:0%u.000Z",
		n);
	tell(&x->b, line);
}

/* A client that wants to hear of the node, in the room. */
static struct xclient *juliet_enters(struct displayed *x)
{
	struct cell *t = &x->t;
	struct xclient *c;

	t->number++;
	c = xclient_login(t->w,
		&(struct xclient_login){server_port(t->jabber, "C2S"),
			cell_name(t, "juliet"), "localhost", "balcony", "pw"});
	xclient_answers(c, "<query xmlns='http://jabber.org/protocol/"
			   "disco#info'><identity category='client' "
			   "type='pc'/><feature var='" NODE "+notify'/>"
			   "</query>");
	xclient_send(c, "<presence><c xmlns='http://jabber.org/protocol/caps' "
			"hash='sha-1' node='http://e2e.test' "
			"ver='2jmj7l5rSw0yVb/vlWAYkK/YBwk='/></presence>");
	t->network = NET;
	t->chan = CHAN;
	t->room = ROOM;
	cell_join(t, c, cell_name(t, "juliet"));
	return c;
}

static void expect_displayed(struct xclient *juliet, const char *id,
	const char *at)
{
	xclient_expect(juliet,
		&(struct xwant){.kind = "message",
			.type = "*",
			.from = xclient_jid(juliet),
			.has = {"event/items@node=" NODE,
				"event/items/item@id=" ROOM, id},
			.at = at});
}

#define ITEM "event/items/item/displayed/stanza-id@id="

static void prosody_lets_us(void *ctx)
{
	struct displayed *x = ctx;
	struct xclient *juliet = juliet_enters(x);

	said(x, juliet, 1);
	said(x, juliet, 2);
	read_until(x, 1);
	expect_displayed(juliet, ITEM "m1", AT);
	/* juliet's client is further than IRC by now */
	xclient_send(juliet,
		"<iq type='set' id='own'><pubsub "
		"xmlns='http://jabber.org/protocol/pubsub'><publish node='" NODE
		"'><item id='" ROOM "'><displayed xmlns='" NODE "'><stanza-id "
		"xmlns='urn:xmpp:sid:0' by='" ROOM "' id='m2'/></displayed>"
		"</item></publish></pubsub></iq>");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "own");
	expect_displayed(juliet, ITEM "m2", AT);
	said(x, juliet, 3);
	read_until(x, 3);
	expect_displayed(juliet, ITEM "m3", AT);
	X_EXPECT_NO(juliet, .kind = "message", .type = "*",
		.has = {"event/items/item"});
}

/* ejabberd 23.01: rosters and presence, and no iq. */
static void ejabberd_does_not(void *ctx)
{
	struct displayed *x = ctx;
	struct xclient *juliet = juliet_enters(x);

	said(x, juliet, 1);
	read_until(x, 1);
	X_SYNC(juliet, GW);
	xclient_send(juliet,
		"<iq type='get' id='node'><pubsub "
		"xmlns='http://jabber.org/protocol/pubsub'><items node='" NODE
		"'/></pubsub></iq>");
	X_EXPECT(juliet, .kind = "iq", .type = "error", .id = "node",
		.has = {"error/item-not-found"});
}

/* --- all ------------------------------------------------------------------ */

static const struct {
	const char *server;
	const char *grants;
	const char *name;
	void (*fn)(void *ctx);
} rows[] = {
	{"prosody", "server grants roster=set presence=none pubsub=both",
		"Prosody lets us: clients hear what was read on IRC",
		prosody_lets_us},
	{"ejabberd", "server grants roster=set presence=all pubsub=none",
		"ejabberd 23.01 does not know how: nothing is published",
		ejabberd_does_not},
};

static void run_row(struct world *w, size_t i)
{
	struct displayed x = {.t = {.w = w}};
	struct gwproc_config config = {.networks = {{NET, 0}}};

	x.t.jabber = server_start(w, server_kind(rows[i].server));
	if (x.t.jabber == NULL) {
		tap_bail("%s does not start", rows[i].server);
	}
	bouncer_begin(&x.b, w);
	config.component_port = server_port(x.t.jabber, "COMP");
	config.networks[0].port = x.b.port;
	x.t.gw = gwproc_start(w, &config);
	if (gwproc_await_log(x.t.gw, rows[i].grants, 20)) {
		tap_ok(rows[i].grants);
	} else {
		tap_not_ok(rows[i].grants);
	}
	world_case(w, "displayed", rows[i].name, rows[i].fn, &x);
	gwproc_stop(x.t.gw);
	bouncer_end(&x.b);
	server_stop(x.t.jabber);
}

static void run(struct world *w)
{
	setenv("PRIVILEGE", "allow", 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		run_row(w, i);
	}
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", "ejabberd", NULL};
	static const struct suite suite = {"displayed", servers, run};

	return suite_main(&suite, argc, argv);
}
