/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/iclient.h"
#include "tests/support/tap.h"
#include "tests/support/world.h"
#include "tests/support/xclient.h"

/*
 * A conversation through a running gateway, shown as each side sees it: juliet
 * and romeo are Jabber users whose accounts exist, bob is on IRC.
 *
 *	play --xmpp-port P --domain localhost --gateway irc.localhost
 *	     --network irc.ngircd.test --irc-port Q --password pw [--color]
 *
 * A line is printed only when it has really been received by the one in whose
 * column it stands. Exit status 0 when all came, 1 at the first that did not.
 */
struct play {
	struct world *w;
	unsigned xmpp_port;
	unsigned irc_port;
	const char *domain;
	const char *gateway;
	const char *network;
	const char *password;
	const char *channel;
	bool color;
	const char *room; /* #garden%network@gateway */
	const char *step; /* what is going on, for the one who asks why */
	struct xclient *juliet;
	struct xclient *romeo;
	struct iclient *bob;
};

enum who { BOB, JULIET, ROMEO };

static const struct {
	const char *name;
	const char *ansi;
} people[] = {
	[BOB] = {"bob", "\033[33m"},
	[JULIET] = {"juliet", "\033[35m"},
	[ROMEO] = {"romeo", "\033[36m"},
};

enum { COLUMN = 26 };

/* --- showing ------------------------------------------------------------ */

static void show(struct play *p, enum who who, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* One line in the column of the one who sees it. */
static void show(struct play *p, enum who who, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int got;

	va_start(args, format);
	got = vasprintf(&text, format, args);
	va_end(args);
	if (got < 0) {
		abort();
	}
	printf("  %*s%s%s%s\n", (int)who * COLUMN, "",
		p->color ? people[who].ansi : "", text,
		p->color ? "\033[0m" : "");
	free(text);
}

static void scene(struct play *p, const char *text)
{
	p->step = text;
	printf("\n%s-- %s%s\n", p->color ? "\033[1m" : "", text,
		p->color ? "\033[0m" : "");
}

static void heads(struct play *p)
{
	printf("  %s%-*s%-*s%-*s%s\n", p->color ? "\033[1m" : "", COLUMN,
		"bob (IRC)", COLUMN, "juliet (Jabber, MUC)", COLUMN,
		"romeo (Jabber, 1.0)", p->color ? "\033[0m" : "");
}

/* --- the people --------------------------------------------------------- */

static const char *occ(struct play *p, const char *nick)
{
	return world_text(p->w, "%s/%s", p->room, nick);
}

static const char *nick_jid(struct play *p, const char *nick)
{
	return world_text(p->w, "%s%%%s@%s", nick, p->network, p->gateway);
}

static struct xclient *client(struct play *p, enum who who)
{
	return who == JULIET ? p->juliet : p->romeo;
}

static struct xclient *log_in(
	struct play *p, const char *user, const char *resource)
{
	struct xclient *c =
		xclient_open(p->w, &(struct xclient_login){p->xmpp_port, user,
					   p->domain, resource, p->password});

	xclient_await_online(c, 15, AT);
	xclient_send(c, "<presence/>");
	return c;
}

/* Sees bob, or another, in the room. */
static void sees_present(struct play *p, enum who who, const char *nick)
{
	X_EXPECT(client(p, who), .kind = "presence", .from = occ(p, nick),
		.seconds = 20);
	show(p, who, "* %s is here", nick);
}

static void sees_gone(struct play *p, enum who who, const char *nick)
{
	X_EXPECT(client(p, who), .kind = "presence", .type = "unavailable",
		.from = occ(p, nick));
	show(p, who, "* %s is gone", nick);
}

static void reads(
	struct play *p, enum who who, const char *from, const char *body)
{
	X_EXPECT(client(p, who), .kind = "message", .type = "groupchat",
		.from = occ(p, from),
		.has = {world_text(p->w, "body=%s", body)});
	if (strncmp(body, "/me ", 4) == 0) {
		show(p, who, "* %s %s", from, body + 4);
	} else {
		show(p, who, "<%s> %s", from, body);
	}
}

static void bob_reads(struct play *p, const char *from, const char *text)
{
	I_EXPECT(p->bob, .nick = from, .command = "PRIVMSG",
		.target = p->channel, .text = text);
	show(p, BOB, "<%s> %s", from, text);
}

static void says(struct play *p, enum who who, const char *body)
{
	xclient_sendf(client(p, who),
		"<message to='%s' type='groupchat' id='%s-%s'>"
		"<body>%s</body></message>",
		p->room, people[who].name, "says", body);
}

/* --- the play ----------------------------------------------------------- */

static void entering(struct play *p)
{
	scene(p, "bob opens the garden on IRC");
	p->bob = iclient_login(p->w, p->irc_port, "bob");
	I_JOIN(p->bob, p->channel);
	show(p, BOB, "* joined %s", p->channel);

	scene(p, "juliet joins by MUC (XEP-0045)");
	p->juliet = log_in(p, "juliet", "balcony");
	xclient_sendf(p->juliet,
		"<presence to='%s'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		occ(p, "juliet"));
	I_EXPECT(p->bob, .nick = "juliet", .command = "JOIN", .seconds = 20);
	show(p, BOB, "* juliet joined");
	sees_present(p, JULIET, "bob");
	sees_present(p, JULIET, "juliet");

	scene(p, "romeo joins as in 2001 (groupchat 1.0)");
	p->romeo = log_in(p, "romeo", "orchard");
	xclient_sendf(p->romeo, "<presence to='%s'/>", occ(p, "romeo"));
	I_EXPECT(p->bob, .nick = "romeo", .command = "JOIN", .seconds = 20);
	show(p, BOB, "* romeo joined");
	sees_present(p, JULIET, "romeo");
	sees_present(p, ROMEO, "bob");
	sees_present(p, ROMEO, "juliet");
	sees_present(p, ROMEO, "romeo");
}

static void talking(struct play *p)
{
	scene(p, "all talk");
	iclient_send(p->bob, "PRIVMSG %s :good evening", p->channel);
	show(p, BOB, "<bob> good evening");
	reads(p, JULIET, "bob", "good evening");
	reads(p, ROMEO, "bob", "good evening");
	says(p, JULIET, "ay me");
	bob_reads(p, "juliet", "ay me");
	reads(p, JULIET, "juliet", "ay me");
	reads(p, ROMEO, "juliet", "ay me");
	says(p, ROMEO, "she speaks");
	bob_reads(p, "romeo", "she speaks");
	reads(p, JULIET, "romeo", "she speaks");
	reads(p, ROMEO, "romeo", "she speaks");

	scene(p, "/me, both ways");
	iclient_send(p->bob, "PRIVMSG %s :\001ACTION bows\001", p->channel);
	reads(p, JULIET, "bob", "/me bows");
	reads(p, ROMEO, "bob", "/me bows");
	says(p, JULIET, "/me smiles");
	I_EXPECT(p->bob, .nick = "juliet", .command = "PRIVMSG",
		.text = "\001ACTION smiles\001");
	show(p, BOB, "* juliet smiles");
	reads(p, JULIET, "juliet", "/me smiles");
	reads(p, ROMEO, "juliet", "/me smiles");

	scene(p, "bob sets the topic");
	iclient_send(p->bob, "TOPIC %s :roses", p->channel);
	X_EXPECT(p->juliet, .kind = "message", .type = "groupchat",
		.from = occ(p, "bob"), .has = {"subject=roses"});
	show(p, JULIET, "topic: roses");
	X_EXPECT(p->romeo, .kind = "message", .type = "groupchat",
		.from = occ(p, "bob"), .has = {"subject=roses"});
	show(p, ROMEO, "topic: roses");
}

static void whispering(struct play *p)
{
	scene(p, "privately, through the room: juliet and bob");
	xclient_sendf(p->juliet,
		"<message to='%s' type='chat'><body>who is he</body>"
		"<x xmlns='http://jabber.org/protocol/muc#user'/></message>",
		occ(p, "bob"));
	I_EXPECT(p->bob, .nick = "juliet", .command = "PRIVMSG",
		.target = "bob", .text = "who is he");
	show(p, BOB, "(juliet) who is he");
	iclient_send(p->bob, "PRIVMSG juliet :a Montague");
	X_EXPECT(p->juliet, .kind = "message", .type = "chat",
		.from = occ(p, "bob"), .has = {"body=a Montague"});
	show(p, JULIET, "(bob) a Montague");

	scene(p, "privately, by the nick's own address: romeo and bob");
	xclient_sendf(p->romeo,
		"<message to='%s' type='chat'><body>help me</body></message>",
		nick_jid(p, "bob"));
	I_EXPECT(p->bob, .nick = "romeo", .command = "PRIVMSG", .target = "bob",
		.text = "help me");
	show(p, BOB, "(romeo) help me");
	iclient_send(p->bob, "PRIVMSG romeo :climb");
	X_EXPECT(p->romeo, .kind = "message", .type = "chat",
		.from = nick_jid(p, "bob"), .has = {"body=climb"});
	show(p, ROMEO, "(bob) climb");
}

static void leaving(struct play *p)
{
	scene(p, "juliet takes another nick");
	xclient_sendf(p->juliet, "<presence to='%s'/>", occ(p, "capulet"));
	I_EXPECT(p->bob, .nick = "juliet", .command = "NICK",
		.target = "capulet");
	show(p, BOB, "* juliet is now capulet");
	X_EXPECT(p->juliet, .kind = "presence", .type = "unavailable",
		.from = occ(p, "juliet"), .has = {"x/status@code=303"});
	sees_present(p, JULIET, "capulet");
	X_EXPECT(p->romeo, .kind = "presence", .type = "unavailable",
		.from = occ(p, "juliet"));
	sees_present(p, ROMEO, "capulet");

	scene(p, "all leave");
	xclient_sendf(p->juliet, "<presence type='unavailable' to='%s'/>",
		occ(p, "capulet"));
	sees_gone(p, JULIET, "capulet");
	sees_gone(p, ROMEO, "capulet");
	I_EXPECT(p->bob, .nick = "capulet", .command = "PART");
	show(p, BOB, "* capulet left");
	iclient_send(p->bob, "PART %s :good night", p->channel);
	sees_gone(p, ROMEO, "bob");
	xclient_sendf(p->romeo, "<presence type='unavailable' to='%s'/>",
		occ(p, "romeo"));
	sees_gone(p, ROMEO, "romeo");
}

static void perform(void *ctx)
{
	struct play *p = ctx;

	entering(p);
	talking(p);
	whispering(p);
	leaving(p);
}

static const struct option options[] = {
	{"xmpp-port", required_argument, NULL, 'x'},
	{"irc-port", required_argument, NULL, 'i'},
	{"domain", required_argument, NULL, 'd'},
	{"gateway", required_argument, NULL, 'g'},
	{"network", required_argument, NULL, 'n'},
	{"password", required_argument, NULL, 'p'},
	{"channel", required_argument, NULL, 'C'},
	{"color", no_argument, NULL, 'c'},
	{NULL, 0, NULL, 0},
};

static bool read_options(struct play *p, int argc, char **argv)
{
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'x':
			p->xmpp_port = (unsigned)atoi(optarg);
			break;
		case 'i':
			p->irc_port = (unsigned)atoi(optarg);
			break;
		case 'd':
			p->domain = optarg;
			break;
		case 'g':
			p->gateway = optarg;
			break;
		case 'n':
			p->network = optarg;
			break;
		case 'p':
			p->password = optarg;
			break;
		case 'C':
			p->channel = optarg;
			break;
		case 'c':
			p->color = true;
			break;
		default:
			return false;
		}
	}
	return p->xmpp_port != 0 && p->irc_port != 0 && optind == argc;
}

int main(int argc, char **argv)
{
	struct play p = {.domain = "localhost",
		.gateway = "irc.localhost",
		.network = "irc.ngircd.test",
		.password = "pw",
		.channel = "#garden"};
	bool all;

	if (!read_options(&p, argc, argv)) {
		fprintf(stderr,
			"usage: play --xmpp-port P --irc-port Q [--domain D] "
			"[--gateway G] [--network N] [--password W] "
			"[--channel C] [--color]\n");
		return 2;
	}
	p.w = world_create();
	p.room = world_text(p.w, "%s%%%s@%s", p.channel, p.network, p.gateway);
	heads(&p);
	all = world_try(p.w, perform, &p);
	if (all) {
		printf("\nEverything arrived.\n");
	} else {
		printf("\nNot everything arrived; it ended at: %s\n",
			p.step != NULL ? p.step : "the beginning");
	}
	world_destroy(p.w, !all);
	return all ? 0 : 1;
}
