/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/cell.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * Logging in to accounts on IRC (PROTOCOL F.4): InspIRCd with Anope, with
 * Atheme, and without services; by SASL and by NickServ; over TLS and without.
 * That the login comes before the joins is seen at a channel that lets in
 * registered users only (+R).
 */
enum { SERVICES = 2 };

static const char *const services[SERVICES] = {"anope", "atheme"};

#define PASSWORD "Wherefore1"
#define TLS_NET "tls.test"
#define PLAIN_NET "plain.test"
#define TRUSTED_NET "trusted.test"

struct login_test {
	struct cell t;
};

/* --- the gateway's side --------------------------------------------------- */

/* juliet says at the gateway who she is on IRC. */
static void register_there(struct login_test *x, struct xclient *juliet,
	const char *network, const char *password, const char *more)
{
	xclient_sendf(juliet,
		"<iq type='set' id='reg' to='" GW "'><query "
		"xmlns='jabber:iq:register'><x xmlns='jabber:x:data' "
		"type='submit'><field var='FORM_TYPE'><value>"
		"jabber:iq:register</value></field><field var='nick'>"
		"<value>%s</value></field><field var='password'><value>%s"
		"</value></field><field var='network'><value>%s</value>"
		"</field><field var='autoconnect'><value>0</value></field>%s"
		"</x></query></iq>",
		cell_name(&x->t, "juliet"), password, network, more);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "reg");
}

#define NO_SASL	 "<field var='sasl'><value>0</value></field>"
#define REQUIRED "<field var='sasl_required'><value>1</value></field>"

static struct xclient *begin(struct login_test *x, const char *network,
	const char *password, const char *more)
{
	struct cell *t = &x->t;
	struct xclient *juliet;

	t->number++;
	t->network = network;
	t->chan = world_text(t->w, "#t%u", t->number);
	t->room = world_text(t->w, "%s%%%s@" GW, t->chan, network);
	if (*t->left != '\0') {
		iclient_send(t->bob, "PART %s", t->left);
	}
	snprintf(t->left, sizeof(t->left), "%s", t->chan);
	I_JOIN(t->bob, t->chan);
	juliet = cell_user(t, "juliet", "balcony");
	register_there(x, juliet, network, password, more);
	return juliet;
}

/*
 * What the network says about the login; NULL: not a word, and none from
 * NickServ. The password never gets into the log.
 */
static void told(struct login_test *x, struct xclient *juliet,
	const char *text)
{
	const char *srv = cell_srv(&x->t);

	if (text != NULL) {
		X_EXPECT(juliet, .kind = "message", .from = srv, .type = "*",
			.has = {"subject=Login",
				world_text(x->t.w, "body~%s", text)});
	}
	X_SYNC(juliet, GW);
	X_EXPECT_NO(juliet, .kind = "message", .from = srv, .type = "*",
		.has = {"subject=Login"});
	if (text == NULL) {
		X_EXPECT_NO(juliet, .kind = "message", .type = "*",
			.from = cell_nick(&x->t, "nickserv"));
	}
	if (gwproc_await_log(x->t.gw, PASSWORD, 0)) {
		world_fail(x->t.w, AT, "the password is in the log");
	}
}

/* --- the network's side --------------------------------------------------- */

/* An account with juliet's nick. */
static void account_is_made(struct login_test *x)
{
	struct cell *t = &x->t;
	struct iclient *c;

	/* the number of the case that is about to begin */
	c = iclient_login(t->w, server_port(t->irc, "PLAIN"),
		world_text(t->w, "juliet%u", t->number + 1));
	iclient_send(c, "PRIVMSG NickServ :REGISTER " PASSWORD
		" juliet@example.org");
	I_EXPECT(c, .command = "900");
	iclient_send(c, "QUIT");
	cell_await_off_irc(t, world_text(t->w, "juliet%u", t->number + 1), AT);
}

static void account_seen_by_bob(struct login_test *x, const char *account)
{
	struct cell *t = &x->t;
	const char *nick = cell_name(t, "juliet");

	iclient_send(t->bob, "WHOIS %s", nick);
	I_EXPECT(t->bob, .command = "318", .param = nick);
	if (account != NULL) {
		I_EXPECT(t->bob, .command = "330", .param = account);
	} else {
		I_EXPECT_NO(t->bob, .command = "330");
	}
}

/* In by a way that only who is logged in can take. */
static void gets_in(struct login_test *x, struct xclient *juliet)
{
	struct cell *t = &x->t;

	iclient_send(t->bob, "MODE %s +R", t->chan);
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan);
	cell_join(t, juliet, cell_name(t, "juliet"));
	account_seen_by_bob(x, cell_name(t, "juliet"));
}

/* --- cases ---------------------------------------------------------------- */

static void by_sasl(void *ctx)
{
	struct login_test *x = ctx;
	struct xclient *juliet;

	account_is_made(x);
	juliet = begin(x, TLS_NET, PASSWORD, "");
	gets_in(x, juliet);
	told(x, juliet, NULL);
}

static void by_nickserv(void *ctx)
{
	struct login_test *x = ctx;
	struct xclient *juliet;

	account_is_made(x);
	juliet = begin(x, TLS_NET, PASSWORD, NO_SASL);
	gets_in(x, juliet);
	told(x, juliet, NULL);
}

/* The nick is another one, so NickServ is told both. */
static void by_nickserv_with_account(void *ctx)
{
	struct login_test *x = ctx;
	struct cell *t = &x->t;
	struct xclient *juliet;
	const char *account = world_text(t->w, "juliet%u", t->number + 1);

	account_is_made(x);
	juliet = begin(x, TLS_NET, PASSWORD, NO_SASL);
	xclient_sendf(juliet,
		"<iq type='set' id='reg2' to='" GW "'><query "
		"xmlns='jabber:iq:register'><x xmlns='jabber:x:data' "
		"type='submit'><field var='nick'><value>capulet%u</value>"
		"</field><field var='account'><value>%s</value></field></x>"
		"</query></iq>",
		t->number, account);
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "reg2");
	iclient_send(t->bob, "MODE %s +R", t->chan);
	I_EXPECT(t->bob, .command = "MODE", .target = t->chan);
	cell_join(t, juliet, cell_name(t, "capulet"));
	iclient_send(t->bob, "WHOIS %s", cell_name(t, "capulet"));
	I_EXPECT(t->bob, .command = "330", .param = account);
	told(x, juliet, NULL);
}

static void sasl_refused(void *ctx)
{
	struct login_test *x = ctx;
	struct xclient *juliet;

	account_is_made(x);
	juliet = begin(x, TLS_NET, "wrong", "");
	cell_send_join(&x->t, juliet, cell_name(&x->t, "juliet"), NULL);
	told(x, juliet, "SASL authentication failed");
	account_seen_by_bob(x, NULL);
}

/* Who wants no connection without the login is off IRC until it works. */
static void sasl_required(void *ctx)
{
	struct login_test *x = ctx;
	struct cell *t = &x->t;
	struct xclient *juliet;
	const char *nick;

	account_is_made(x);
	juliet = begin(x, TLS_NET, "wrong", REQUIRED);
	nick = cell_name(t, "juliet");
	cell_send_join(t, juliet, nick, NULL);
	X_EXPECT(juliet, .kind = "presence", .type = "error", .id = "join",
		.from = cell_occ(t, nick),
		.has = {"error/not-authorized", "error@code=401",
			"error/text~(sasl_required), and it did not work",
			"error/text~SASL authentication failed"});
	X_EXPECT(juliet, .kind = "message", .from = cell_srv(t), .type = "*",
		.has = {"subject=Login", "body~SASL authentication failed",
			"body~You are not connected"});
	cell_await_off_irc(t, nick, AT);
	I_EXPECT_NO(t->bob, .command = "JOIN", .nick = nick);
	xclient_send(juliet,
		"<iq type='set' id='right' to='" GW "'><query "
		"xmlns='jabber:iq:register'><password>" PASSWORD
		"</password></query></iq>");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "right");
	gets_in(x, juliet);
}

static void nickserv_refused(void *ctx)
{
	struct login_test *x = ctx;
	struct xclient *juliet;

	account_is_made(x);
	juliet = begin(x, TLS_NET, "wrong", NO_SASL);
	cell_send_join(&x->t, juliet, cell_name(&x->t, "juliet"), NULL);
	told(x, juliet, "assword");
	account_seen_by_bob(x, NULL);
}

static void not_without_tls(void *ctx)
{
	struct login_test *x = ctx;
	struct xclient *juliet;

	account_is_made(x);
	juliet = begin(x, PLAIN_NET, PASSWORD, "");
	cell_send_join(&x->t, juliet, cell_name(&x->t, "juliet"), NULL);
	told(x, juliet, "not encrypted");
	account_seen_by_bob(x, NULL);
}

static void without_tls_when_allowed(void *ctx)
{
	struct login_test *x = ctx;
	struct xclient *juliet;

	account_is_made(x);
	juliet = begin(x, TRUSTED_NET, PASSWORD, "");
	gets_in(x, juliet);
	told(x, juliet, NULL);
}

/* No services: whoever takes the nick gets nothing. */
static void an_impostor(void *ctx)
{
	struct login_test *x = ctx;
	struct cell *t = &x->t;
	struct iclient *evil = iclient_login(t->w,
		server_port(t->irc, "PLAIN"), "NickServ");
	struct xclient *juliet = begin(x, TLS_NET, PASSWORD, "");

	cell_send_join(t, juliet, cell_name(t, "juliet"), NULL);
	X_EXPECT(juliet, .kind = "message", .from = cell_srv(t), .type = "*",
		.has = {"subject=Login", "body~NickServ is not known"});
	I_EXPECT(t->bob, .command = "JOIN", .nick = cell_name(t, "juliet"));
	I_SYNC(evil);
	I_EXPECT_NO(evil, .command = "PRIVMSG");
}

static void nobody_there(void *ctx)
{
	struct login_test *x = ctx;
	struct cell *t = &x->t;
	struct xclient *juliet = begin(x, TLS_NET, PASSWORD, "");

	cell_send_join(t, juliet, cell_name(t, "juliet"), NULL);
	told(x, juliet, "no SASL now");
	I_EXPECT(t->bob, .command = "JOIN", .nick = cell_name(t, "juliet"));
}

/* They link while juliet is on the network: CAP NEW, and SASL. */
static void services_come(void *ctx)
{
	struct login_test *x = ctx;
	struct cell *t = &x->t;
	struct xclient *juliet = begin(x, TLS_NET, PASSWORD, "");
	struct server *late;

	cell_send_join(t, juliet, cell_name(t, "juliet"), NULL);
	X_EXPECT(juliet, .kind = "message", .from = cell_srv(t), .type = "*",
		.has = {"subject=Login", "body~no SASL now"});
	late = server_start(t->w, server_kind("atheme"));
	WORLD_CHECK(t->w, late != NULL);
	/* The account does not exist there: that it is asked for is enough. */
	if (!gwproc_await_log(t->gw, "login result=refused", 15)) {
		world_fail(t->w, AT, "no second try");
	}
	server_stop(late);
	told(x, juliet, NULL);
}

/* --- a certificate -------------------------------------------------------- */

static void write_to(struct xclient *c, const char *to, const char *body)
{
	xclient_sendf(c,
		"<message type='chat' to='%s'><body>%s</body></message>", to,
		body);
}

static void disconnect(struct login_test *x, struct xclient *juliet)
{
	struct cell *t = &x->t;

	write_to(juliet, cell_srv(t), "disconnect");
	X_EXPECT(juliet, .kind = "message", .from = cell_srv(t), .type = "chat",
		.has = {"body~You are disconnected"});
	cell_await_off_irc(t, cell_name(t, "juliet"), AT);
}

/* Made by the gateway, and juliet's services know it: no password any more. */
/* NickServ makes the account, at its server; the gateway hears of it by 900. */
static void account_created(void *ctx)
{
	struct login_test *x = ctx;
	struct cell *t = &x->t;
	struct xclient *juliet = begin(x, TLS_NET, PASSWORD, "");

	cell_send_join(t, juliet, cell_name(t, "juliet"), NULL);
	I_EXPECT(t->bob, .command = "JOIN", .nick = cell_name(t, "juliet"));
	write_to(juliet, cell_srv(t),
		"create-account " PASSWORD " juliet@example.org");
	X_EXPECT(juliet, .kind = "message", .from = cell_srv(t), .type = "chat",
		.has = {"body~It was told your password"});
	X_EXPECT(juliet, .kind = "message", .type = "*",
		.from = cell_nick(t, "nickserv"),
		.has = {world_text(t->w, "body~%s", cell_name(t, "juliet"))});
	account_seen_by_bob(x, cell_name(t, "juliet"));
}

static void forget_password(struct xclient *juliet)
{
	xclient_sendf(juliet,
		"<iq type='set' id='reg2' to='" GW "'><query "
		"xmlns='jabber:iq:register'><x xmlns='jabber:x:data' "
		"type='submit'><field var='clear_password'><value>1</value>"
		"</field></x></query></iq>");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "reg2");
}

static struct xclient *with_certificate(struct login_test *x)
{
	struct cell *t = &x->t;
	struct xclient *juliet;

	account_is_made(x);
	juliet = begin(x, TLS_NET, PASSWORD, "");
	write_to(juliet, cell_srv(t), "certificate make");
	X_EXPECT(juliet, .kind = "message", .from = cell_srv(t), .type = "chat",
		.has = {"body~SHA-256: "});
	cell_join(t, juliet, cell_name(t, "juliet"));
	write_to(juliet, cell_nick(t, "nickserv"), "CERT ADD");
	/* Anope: "FINGERPRINT added to your certificate list." */
	X_EXPECT(juliet, .kind = "message", .from = cell_nick(t, "nickserv"),
		.type = "*", .has = {"body~dded "});
	forget_password(juliet);
	disconnect(x, juliet);
	return juliet;
}

static void by_external(void *ctx)
{
	struct login_test *x = ctx;
	struct xclient *juliet = with_certificate(x);

	gets_in(x, juliet);
	if (!gwproc_await_log(x->t.gw, "login result=ok mechanism=EXTERNAL",
		    5)) {
		world_fail(x->t.w, AT, "logged in by something else");
	}
}

/* NickServ knows the key, and not the certificate. */
static void by_key(void *ctx)
{
	struct login_test *x = ctx;
	struct cell *t = &x->t;
	const char *label = "ECDSA-NIST256P-CHALLENGE: ";
	const struct xstanza *shown;
	struct xclient *juliet;
	char *body;
	char *key;

	account_is_made(x);
	juliet = begin(x, TLS_NET, PASSWORD, "");
	write_to(juliet, cell_srv(t), "certificate make");
	shown = X_EXPECT(juliet, .kind = "message", .from = cell_srv(t),
		.type = "chat", .has = {world_text(t->w, "body~%s", label)});
	body = xstanza_get(shown, "body");
	key = strstr(body, label) + strlen(label);
	key[strcspn(key, "\n")] = '\0';
	cell_join(t, juliet, cell_name(t, "juliet"));
	told(x, juliet, NULL);
	write_to(juliet, cell_nick(t, "nickserv"),
		world_text(t->w, "SET PUBKEY %s", key));
	free(body);
	X_EXPECT(juliet, .kind = "message", .from = cell_nick(t, "nickserv"),
		.type = "*", .has = {"body~ublic key"});
	forget_password(juliet);
	disconnect(x, juliet);
	gets_in(x, juliet);
	if (!gwproc_await_log(x->t.gw,
		    "login result=ok mechanism=ECDSA-NIST256P-CHALLENGE", 5)) {
		world_fail(t->w, AT, "logged in by something else");
	}
}

/* Services see it without SASL; channels are joined after that. */
static void by_certfp(void *ctx)
{
	struct login_test *x = ctx;
	struct xclient *juliet = with_certificate(x);

	xclient_sendf(juliet,
		"<iq type='set' id='reg3' to='" GW "'><query "
		"xmlns='jabber:iq:register'><x xmlns='jabber:x:data' "
		"type='submit'>" NO_SASL "</x></query></iq>");
	X_EXPECT(juliet, .kind = "iq", .type = "result", .id = "reg3");
	gets_in(x, juliet);
}

static const struct {
	const char *name;
	void (*fn)(void *ctx);
} cases[] = {
	{"by SASL, before the joins", by_sasl},
	{"by NickServ, before the joins", by_nickserv},
	{"by NickServ with an account that is not the nick",
		by_nickserv_with_account},
	{"by SASL with a certificate of the gateway's making", by_external},
	{"by a certificate without SASL", by_certfp},
	{"an account is made by NickServ", account_created},
	{"a password that SASL refuses", sasl_refused},
	{"sasl_required: out with a wrong password, in with the right one",
		sasl_required},
	{"a password that NickServ refuses", nickserv_refused},
	{"not without TLS", not_without_tls},
	{"without TLS when the operator allows it", without_tls_when_allowed},
}, alone[] = {
	{"no services: nobody is told the password", nobody_there},
	{"no services: a person called NickServ gets nothing", an_impostor},
	{"services that come later are told", services_come},
};

/* --- all ------------------------------------------------------------------ */

static void start_network(struct login_test *x)
{
	struct cell *t = &x->t;
	struct gwproc_config config = {
		.component_port = server_port(t->jabber, "COMP"),
	};
	const char *plain;

	t->irc = server_must_start(t->w, "inspircd");
	setenv("LINK", world_text(t->w, "%u", server_port(t->irc, "LINK")), 1);
	plain = world_text(t->w,
		"servers = ( \"127.0.0.1:%u\" ); tls = \"off\"; "
		"connect_burst = 0;",
		server_port(t->irc, "PLAIN"));
	config.networks[0].name = TLS_NET;
	config.networks[0].settings = world_text(t->w,
		"servers = ( \"127.0.0.1:%u\" ); ca_file = \"%s/cert.pem\"; "
		"connect_burst = 0;",
		server_port(t->irc, "TLS"), server_dir(t->irc));
	config.networks[1].name = PLAIN_NET;
	config.networks[1].settings = plain;
	config.networks[2].name = TRUSTED_NET;
	config.networks[2].settings =
		world_text(t->w, "%s plain_login = true;", plain);
	t->gw = gwproc_start(t->w, &config);
	gwproc_await_online(t->gw, AT);
	/* For all cases: InspIRCd lets people in once a second. */
	t->bob = iclient_login(t->w, server_port(t->irc, "PLAIN"), "bob");
	iclient_keep(t->bob);
	*t->left = '\0';
}

static void stop_network(struct login_test *x)
{
	iclient_release(x->t.bob);
	world_sweep(x->t.w);
	x->t.bob = NULL;
	gwproc_stop(x->t.gw);
	x->t.gw = NULL;
	server_stop(x->t.irc);
	x->t.irc = NULL;
}

static void with_services(struct login_test *x, const char *kind)
{
	struct server *s;
	size_t i;

	if (!server_installed(server_kind(kind))) {
		tap_skip(kind, "not installed");
		return;
	}
	start_network(x);
	s = server_start(x->t.w, server_kind(kind));
	if (s == NULL) {
		tap_bail("%s does not start", kind);
	}
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world_case(x->t.w, kind, cases[i].name, cases[i].fn, x);
	}
	if (strcmp(kind, "atheme") == 0) {
		world_case(x->t.w, kind,
			"by SASL with the key of a certificate", by_key, x);
	}
	server_stop(s);
	stop_network(x);
}

static void run(struct world *w)
{
	struct login_test x = {.t = {.w = w}};
	size_t i;

	x.t.jabber = server_must_start(w, "prosody");
	for (i = 0; i < SERVICES; i++) {
		with_services(&x, services[i]);
	}
	start_network(&x);
	for (i = 0; i < sizeof(alone) / sizeof(alone[0]); i++) {
		world_case(w, "alone", alone[i].name, alone[i].fn, &x);
	}
	stop_network(&x);
	server_stop(x.t.jabber);
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", "inspircd", NULL};
	static const struct suite suite = {"login", servers, run};

	return suite_main(&suite, argc, argv);
}
