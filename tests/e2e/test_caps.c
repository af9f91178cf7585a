/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/caps.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * Each capability of IRCv3 (PROTOCOL F.1) against a real server that offers it,
 * by what a Jabber user sees of it; and the same on the same server where the
 * operator has switched it off (`caps_off`): there the difference is missing,
 * so that a case cannot pass without the capability.
 *
 * multi-prefix                     InspIRCd, hybrid, ngIRCd: "prefixes"
 * userhost-in-names                InspIRCd, hybrid: "hosts in names"
 * away-notify                      InspIRCd, hybrid: "away"
 * extended-join                    InspIRCd: "accounts at joins"; hybrid knows
 *                                  no accounts without services: "no accounts"
 * account-notify                   InspIRCd: "accounts that change"
 * account-tag                      InspIRCd: "accounts of who speaks"
 * chghost                          InspIRCd: "hosts that change"
 * setname                          InspIRCd: "names that change", "own name",
 *                                  "name of the registration"
 * (inspircd.org/)standard-replies  InspIRCd: "a name that is refused"
 * server-time, batch               InspIRCd: "history"
 * message-tags: +typing            InspIRCd: "typing"
 *   +draft/react                   InspIRCd: "reactions"
 *   msgid                          InspIRCd: "message ids"
 *   bot                            InspIRCd: "programs"
 * invite-notify                    InspIRCd, hybrid: "invitations of others"
 * extended-monitor, MONITOR        InspIRCd, hybrid (MONITOR): "contacts"
 * echo-message                     InspIRCd: "echoes"
 * labeled-response                 InspIRCd: "errors find their messages"
 * sts                              InspIRCd: "TLS from now on"
 * cap-notify, sasl                 InspIRCd with Anope and Atheme: test_login.c
 *
 * No server of Debian offers draft/account-registration, draft/channel-rename,
 * draft/message-redaction, draft/multiline and standard-replies by that name:
 * scenarios prove those.
 */
#define INSPIRCD_CAPS                                                          \
	" account-notify account-tag away-notify batch chghost echo-message"   \
	" extended-join extended-monitor inspircd.org/standard-replies"        \
	" invite-notify labeled-response message-tags multi-prefix"            \
	" server-time setname userhost-in-names "

static const struct caps_net nets[] = {
	{"InspIRCd", "inspircd", "full.test", INSPIRCD_CAPS, NULL},
	{"InspIRCd with all off", "inspircd", "bare.test", " ",
		"caps_off = ( \"account-notify\", \"account-tag\", "
		"\"away-notify\", \"batch\", \"chghost\", "
		"\"echo-message\", \"extended-join\", "
		"\"extended-monitor\", \"inspircd.org/standard-replies\", "
		"\"invite-notify\", \"labeled-response\", "
		"\"message-tags\", \"multi-prefix\", \"server-time\", "
		"\"setname\", \"userhost-in-names\" );"},
	{"ircd-hybrid", "ircd-hybrid", "hybrid.test",
		" account-notify away-notify chghost extended-join"
		" invite-notify multi-prefix userhost-in-names ",
		NULL},
	{"ngIRCd", "ngircd", "ngircd.test", " multi-prefix ", NULL},
};

enum { NETS = sizeof(nets) / sizeof(nets[0]) };

static bool is_kind(const struct caps_test *x, const char *kind)
{
	return strcmp(x->net->kind, kind) == 0;
}

bool caps_on(const struct caps_test *x, const char *cap)
{
	return strstr(x->net->on, cap) != NULL;
}

/* Into the channel of the case. */
struct xclient *caps_enter(
	struct caps_test *x, struct xclient *c, const char *stem)
{
	cell_join(&x->t, c, cell_name(&x->t, stem));
	return c;
}

struct xclient *caps_juliet(struct caps_test *x)
{
	return caps_enter(x, x->juliet, "juliet");
}

void caps_leave(struct caps_test *x, struct xclient *c, const char *stem)
{
	struct cell *t = &x->t;

	xclient_sendf(c, "<presence type='unavailable' to='%s'/>",
		cell_occ(t, cell_name(t, stem)));
	X_EXPECT(c, .kind = "presence", .type = "unavailable",
		.from = cell_occ(t, cell_name(t, stem)), .has = {CODE_SELF});
}

void caps_carl_is(struct caps_test *x, const char *stem)
{
	iclient_send(x->carl, "NICK %s", cell_name(&x->t, stem));
	I_EXPECT(x->carl, .command = "NICK",
		.target = cell_name(&x->t, stem));
}

/* All that the network had to say about bob so far has come: he says this. */
void caps_until_bob_says(
	struct caps_test *x, struct xclient *juliet, const char *text)
{
	struct cell *t = &x->t;

	iclient_send(t->bob, "PRIVMSG %s :%s", t->chan, text);
	X_EXPECT(juliet, .kind = "message", .type = "groupchat",
		.has = {world_text(t->w, "body=%s", text)});
}

/* --- sts ------------------------------------------------------------------ */

#define STS_NET "sts.test"

/* Configured as plain text, and yet: 671, a secure connection. */
static void tls_from_now_on(void *ctx)
{
	struct caps_test *x = ctx;
	struct cell *t = &x->t;
	struct xclient *juliet;

	t->number++;
	t->irc = x->sts;
	t->network = STS_NET;
	t->chan = "#t";
	t->room = "#t%" STS_NET "@" GW;
	t->bob = iclient_open(
		t->w, server_port(t->irc, "PLAIN"), cell_name(t, "bob"));
	juliet = cell_joined(t, "juliet");
	iclient_await_online(t->bob, 20, AT);
	iclient_send(t->bob, "WHOIS %s", cell_name(t, "juliet"));
	I_EXPECT(t->bob, .command = "671", .param = cell_name(t, "juliet"));
	/* Renewed at the end, and another user finds it in force. */
	caps_leave(x, juliet, "juliet");
	cell_await_off_irc(t, cell_name(t, "juliet"), AT);
	cell_joined(t, "romeo");
	iclient_send(t->bob, "WHOIS %s", cell_name(t, "romeo"));
	I_EXPECT(t->bob, .command = "671", .param = cell_name(t, "romeo"));
}

/* --- all ------------------------------------------------------------------ */

struct caps_run {
	struct caps_test *x;
	const struct caps_case *c;
};

static void into_channel(struct caps_test *x, unsigned number)
{
	struct cell *t = &x->t;

	t->chan = world_text(t->w, "#t%u", number);
	t->room = world_text(t->w, "%s%%%s@" GW, t->chan, t->network);
}

/* Nobody is in two channels of cases. */
static void run_case(void *ctx)
{
	struct caps_run *run = ctx;
	struct caps_test *x = run->x;
	struct iclient *people[] = {x->t.bob, x->carl, x->robot, x->oper};

	into_channel(x, ++x->channels);
	I_JOIN(x->t.bob, x->t.chan);
	run->c->fn(x);
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		iclient_send(people[i], "PART %s", x->t.chan);
	}
	xclient_sendf(x->juliet, "<presence type='unavailable' to='%s'/>",
		cell_occ(&x->t, cell_name(&x->t, "juliet")));
	xclient_sendf(x->romeo, "<presence type='unavailable' to='%s'/>",
		cell_occ(&x->t, cell_name(&x->t, "romeo")));
}

/* They all log in at once, and the two are in a room that keeps them on IRC. */
static void come(void *ctx)
{
	static const char *const stems[] = {"bob", "carl", "robot", "oper"};
	struct caps_test *x = ctx;
	struct cell *t = &x->t;
	struct iclient **people[] = {&t->bob, &x->carl, &x->robot, &x->oper};

	into_channel(x, 0);
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		*people[i] = iclient_open(t->w, server_port(t->irc, "PLAIN"),
			cell_name(t, stems[i]));
		iclient_keep(*people[i]);
	}
	x->juliet = cell_user(t, "juliet", "balcony");
	x->romeo = cell_user(t, "romeo", "orchard");
	xclient_keep(x->juliet);
	xclient_keep(x->romeo);
	cell_send_join(t, x->juliet, cell_name(t, "juliet"), NULL);
	caps_enter(x, x->romeo, "romeo");
	X_EXPECT(x->juliet, .kind = "message", .type = "groupchat",
		.has = {"subject", "! body"});
	for (size_t i = 0; i < sizeof(stems) / sizeof(stems[0]); i++) {
		iclient_await_online(*people[i], 20, AT);
	}
	if (is_kind(x, INSPIRCD) && x->services != NULL) {
		iclient_send(x->carl,
			"PRIVMSG NickServ :REGISTER " PASSWORD
			" carl@example.org");
		I_EXPECT(x->carl, .command = "900");
	}
}

static void go(struct caps_test *x)
{
	iclient_release(x->t.bob);
	iclient_release(x->carl);
	iclient_release(x->robot);
	iclient_release(x->oper);
	xclient_release(x->juliet);
	xclient_release(x->romeo);
	world_sweep(x->t.w);
}

static struct server *server_of(struct caps_test *x, const char *kind)
{
	return x->irc[server_kind(kind) - server_kinds];
}

static void start_gateway(struct caps_test *x)
{
	struct cell *t = &x->t;
	struct gwproc_config config = {
		.component_port = server_port(t->jabber, "COMP"),
		.irc = "\tflood_burst = 1000;",
		.extra = "clients = { lazy_above = 5; };",
	};
	unsigned n = 0;

	for (unsigned i = 0; i < NETS; i++) {
		struct server *s = server_of(x, nets[i].kind);

		if (s == NULL) {
			continue;
		}
		config.networks[n].name = nets[i].name;
		config.networks[n++].settings = world_text(t->w,
			"servers = ( \"127.0.0.1:%u\" ); tls = \"off\"; "
			"connect_burst = 0; %s",
			server_port(s, "PLAIN"),
			nets[i].off != NULL ? nets[i].off : "");
	}
	if (x->sts != NULL) {
		config.networks[n].name = STS_NET;
		config.networks[n++].settings = world_text(t->w,
			"servers = ( \"localhost:%u\" ); tls = \"off\"; "
			"ca_file = \"%s/cert.pem\"; connect_burst = 0;",
			server_port(x->sts, "PLAIN"), server_dir(x->sts));
	}
	t->gw = gwproc_start(t->w, &config);
	gwproc_await_online(t->gw, AT);
}

static void start_irc(struct caps_test *x)
{
	for (unsigned i = 0; i < server_kind_count; i++) {
		if (server_kinds[i].role != SERVER_IRC ||
			!server_installed(&server_kinds[i])) {
			continue;
		}
		x->irc[i] = server_start(x->t.w, &server_kinds[i]);
		if (x->irc[i] == NULL) {
			tap_bail("%s does not start", server_kinds[i].name);
		}
	}
	if (server_of(x, INSPIRCD) != NULL) {
		setenv("STS", "yes", 1);
		x->sts = server_start(x->t.w, server_kind(INSPIRCD));
		unsetenv("STS");
	}
	if (server_of(x, INSPIRCD) != NULL &&
		server_installed(server_kind("anope"))) {
		setenv("LINK",
			world_text(x->t.w, "%u",
				server_port(server_of(x, INSPIRCD), "LINK")),
			1);
		x->services = server_start(x->t.w, server_kind("anope"));
	}
}

static void run_cases(struct caps_test *x, const struct caps_case *c)
{
	for (; c->name != NULL; c++) {
		if (strstr(c->where, x->net->kind) == NULL) {
			continue;
		}
		if (strncmp(c->name, "accounts", 8) == 0 &&
			x->services == NULL) {
			tap_skip(c->name, "no services");
			continue;
		}
		world_case(x->t.w, x->net->label, c->name, run_case,
			&(struct caps_run){x, c});
	}
}

static void run_net(struct caps_test *x, const struct caps_net *net)
{
	struct cell *t = &x->t;

	x->net = net;
	t->irc = server_of(x, net->kind);
	t->network = net->name;
	t->number++;
	if (t->irc == NULL) {
		tap_skip(net->label, "not installed");
		return;
	}
	if (!world_try(t->w, come, x)) {
		tap_bail("not everybody gets in on %s", net->label);
	}
	run_cases(x, caps_people);
	run_cases(x, caps_said);
	run_cases(x, caps_accounts);
	go(x);
}

static void run(struct world *w)
{
	struct caps_test x = {.t = {.w = w}};

	x.t.jabber = server_must_start(w, "prosody");
	start_irc(&x);
	start_gateway(&x);
	for (size_t i = 0; i < NETS; i++) {
		run_net(&x, &nets[i]);
	}
	if (x.sts != NULL) {
		world_case(w, "InspIRCd with sts", "TLS from now on",
			tls_from_now_on, &x);
	}
	WORLD_CHECK(w, gwproc_running(x.t.gw));
	gwproc_stop(x.t.gw);
	server_stop(x.services);
	server_stop(x.sts);
	for (size_t i = 0; i < CAPS_KINDS; i++) {
		server_stop(x.irc[i]);
	}
	server_stop(x.t.jabber);
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", NULL};
	static const struct suite suite = {"capabilities", servers, run};

	return suite_main(&suite, argc, argv);
}
