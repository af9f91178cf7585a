/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "tests/e2e/cell.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * The way to a server (PROTOCOL F.6), as real proxies and IRC servers see it:
 * microsocks, and what WHOIS and WHO of ngIRCd, InspIRCd and ircd-hybrid say of
 * who comes by WEBIRC, from an address of the user's, with an ident. The hashes
 * are computed here once more.
 */
enum { NGIRCD, INSPIRCD, HYBRID, KINDS };
enum { IDENT = 113, DIGEST = 32, HEX = 2 * DIGEST + 1 };

static const char *const kinds[KINDS] = {"ngircd", "inspircd", "ircd-hybrid"};

struct way_test {
	struct cell t;
	struct server *irc[KINDS];
	struct iclient *bob[KINDS]; /* on each; an ident takes a second */
	struct server *proxy; /* of the running case */
	struct gwproc_config config;
	unsigned networks;
};

/* --- the gateways --------------------------------------------------------- */

static void begin(struct way_test *x)
{
	server_stop(x->proxy);
	x->proxy = NULL;
	x->networks = 0;
	x->config = (struct gwproc_config){
		.component_port = server_port(x->t.jabber, "COMP"),
		.irc = "\tregister_timeout = \"3min\";"};
}

/* A network of this server, spoken to without TLS. */
static const char *add_network(struct way_test *x, const char *name,
	const char *host, unsigned port, const char *settings)
{
	unsigned n = x->networks++;

	x->config.networks[n].name = name;
	x->config.networks[n].settings = world_text(x->t.w,
		"servers = ( \"%s:%u\" ); tls = \"off\"; connect_burst = 0; %s",
		host, port, settings);
	return name;
}

/* One for each IRC server, with the same settings: "STEM.ngircd.test" ... */
static void add_networks(
	struct way_test *x, const char *stem, const char *settings)
{
	for (unsigned kind = 0; kind < KINDS; kind++) {
		add_network(x,
			world_text(x->t.w, "%s.%s.test", stem, kinds[kind]),
			"localhost", server_port(x->irc[kind], "PLAIN"),
			world_text(x->t.w, "allow_private = true; %s",
				settings));
	}
}

static void start_gateway(struct way_test *x)
{
	gwproc_stop(x->t.gw);
	x->t.gw = gwproc_start(x->t.w, &x->config);
	gwproc_await_online(x->t.gw, AT);
}

static void next(struct way_test *x, const char *network, unsigned kind)
{
	x->t.irc = x->irc[kind];
	cell_next(&x->t, network);
	x->t.bob = x->bob[kind];
	I_JOIN(x->t.bob, x->t.chan);
}

/* --- hashes --------------------------------------------------------------- */

static void hmac(const void *key, int key_len, const char *text, size_t len,
	unsigned char out[DIGEST])
{
	unsigned n = DIGEST;

	if (HMAC(EVP_sha256(), key, key_len, (const unsigned char *)text, len,
		    out, &n) == NULL) {
		tap_bail("no HMAC-SHA256");
	}
}

/* What a user of this name is called for the purpose, 64 digits. */
static const char *hash_of(
	struct way_test *x, const char *purpose, const char *user)
{
	static const char label[] = "isthmus occupant-id " GW;
	unsigned char key[DIGEST];
	unsigned char digest[DIGEST];
	char text[200];
	char hex[HEX];
	int n = snprintf(text, sizeof(text), "isthmus %s%c%s@localhost",
		purpose, '\0', user);

	hmac("secret", 6, label, sizeof(label) - 1, key);
	hmac(key, DIGEST, text, (size_t)n, digest);
	for (unsigned i = 0; i < DIGEST; i++) {
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
	return world_text(x->t.w, "%s", hex);
}

/* --- proxies -------------------------------------------------------------- */

/* NULL: it asks for neither. A setting of the network that leads there. */
static const char *start_proxy(
	struct way_test *x, const char *user, const char *password)
{
	if (user != NULL) {
		setenv("SOCKS_USER", user, 1);
		setenv("SOCKS_PASSWORD", password, 1);
	}
	x->proxy = server_start(x->t.w, server_kind("microsocks"));
	unsetenv("SOCKS_USER");
	unsetenv("SOCKS_PASSWORD");
	WORLD_CHECK(x->t.w, x->proxy != NULL);
	return world_text(x->t.w, "proxy = \"127.0.0.1:%u\";",
		server_port(x->proxy, "SOCKS"));
}

/* Has it connected anybody to this host, named so, and port? */
static bool has_led_to(struct way_test *x, const char *host, unsigned port)
{
	const char *text = world_text(x->t.w, "connected to %s:%u\n", host, port);
	const char *path =
		world_text(x->t.w, "%s/microsocks.out", server_dir(x->proxy));
	FILE *f = fopen(path, "re");
	char line[300];
	bool found = false;

	if (f == NULL) {
		world_fail(x->t.w, AT, "cannot read %s", path);
	}
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		found = strstr(line, text) != NULL;
	}
	fclose(f);
	return found;
}

/* It reaches nothing by the proxy, and is not told where that is. */
static void proxy_fails(struct way_test *x, const char *network, const char *at)
{
	const struct xstanza *s;

	next(x, network, NGIRCD);
	s = cell_join_fails(&x->t, "service-unavailable", "502", "by a proxy",
		at);
	WORLD_CHECK(x->t.w, !xstanza_has(s, "error/text~127.0.0.1"));
	WORLD_CHECK(x->t.w, !xstanza_has(s, "error/text~localhost"));
}

#define NO_ISOLATION "proxy_isolate = false;"

/* Names go to it as they are; TLS is spoken through it. */
static void by_an_open_proxy(void *ctx)
{
	struct way_test *x = ctx;
	const char *tls = "tls.inspircd.test";
	unsigned n;

	begin(x);
	add_networks(x, "open",
		world_text(x->t.w, "%s " NO_ISOLATION,
			start_proxy(x, NULL, NULL)));
	n = x->networks++;
	x->config.networks[n].name = tls;
	x->config.networks[n].settings = world_text(x->t.w,
		"servers = ( \"localhost:%u\" ); ca_file = \"%s/cert.pem\"; "
		"allow_private = true; proxy = \"127.0.0.1:%u\"; " NO_ISOLATION,
		server_port(x->irc[INSPIRCD], "TLS"),
		server_dir(x->irc[INSPIRCD]), server_port(x->proxy, "SOCKS"));
	start_gateway(x);
	for (unsigned kind = 0; kind < KINDS; kind++) {
		next(x, x->config.networks[kind].name, kind);
		cell_talks(&x->t);
		WORLD_CHECK(x->t.w,
			has_led_to(x, "localhost",
				server_port(x->irc[kind], "PLAIN")));
	}
	next(x, tls, INSPIRCD);
	cell_talks(&x->t);
	WORLD_CHECK(x->t.w,
		has_led_to(x, "localhost",
			server_port(x->irc[INSPIRCD], "TLS")));
}

static void by_the_operators_password(void *ctx)
{
	struct way_test *x = ctx;
	const char *proxy;

	begin(x);
	proxy = start_proxy(x, "mercutio", "a plague");
	add_networks(x, "ours",
		world_text(x->t.w,
			"%s proxy_user = \"mercutio\"; "
			"proxy_password = \"a plague\";",
			proxy));
	add_network(x, "wrong.test", "localhost", 6667,
		world_text(x->t.w,
			"allow_private = true; %s proxy_user = \"mercutio\"; "
			"proxy_password = \"a rose\";",
			proxy));
	add_network(x, "nobody.test", "localhost", 6667,
		world_text(x->t.w, "allow_private = true; %s " NO_ISOLATION,
			proxy));
	start_gateway(x);
	for (unsigned kind = 0; kind < KINDS; kind++) {
		next(x, x->config.networks[kind].name, kind);
		cell_talks(&x->t);
	}
	proxy_fails(x, "wrong.test", AT);
	proxy_fails(x, "nobody.test", AT);
}

/* This proxy knows juliet alone, by her hash and the network's name. */
static void each_user_is_another(void *ctx)
{
	struct way_test *x = ctx;
	struct cell *t = &x->t;
	const char *network = "apart.test";
	struct xclient *romeo;

	begin(x);
	next(x, network, INSPIRCD);
	add_network(x, network, "localhost",
		server_port(t->irc, "PLAIN"),
		world_text(t->w, "allow_private = true; %s",
			start_proxy(x, hash_of(x, "proxy",
					       cell_name(t, "juliet")),
				network)));
	start_gateway(x);
	cell_talks(t);
	romeo = cell_user(t, "romeo", "orchard");
	cell_send_join(t, romeo, cell_name(t, "romeo"), NULL);
	X_EXPECT(romeo, .kind = "presence", .type = "error", .id = "join",
		.has = {"error/service-unavailable", "error@code=502"});
}

/* Whoever is to be kept apart is not let in by one that asks for nothing. */
static void an_open_proxy_keeps_nobody_apart(void *ctx)
{
	struct way_test *x = ctx;

	begin(x);
	add_networks(x, "apart", start_proxy(x, NULL, NULL));
	add_network(x, "gone.test", "localhost", 6667,
		world_text(x->t.w,
			"allow_private = true; proxy = \"127.0.0.1:%u\";",
			server_shut_port()));
	start_gateway(x);
	proxy_fails(x, x->config.networks[NGIRCD].name, AT);
	WORLD_CHECK(x->t.w,
		!has_led_to(x, "localhost",
			server_port(x->irc[NGIRCD], "PLAIN")));
	/* And one that is not there. */
	proxy_fails(x, "gone.test", AT);
}

/* What it says of the server counts as the server's. */
static void what_it_says_of_the_server(void *ctx)
{
	struct way_test *x = ctx;
	const char *proxy;

	begin(x);
	proxy = world_text(x->t.w, "allow_private = true; %s " NO_ISOLATION,
		start_proxy(x, NULL, NULL));
	add_network(x, "shut.test", "127.0.0.1", server_shut_port(), proxy);
	/* It has no word for that: RFC 1928 knows none. */
	add_network(x, "nowhere.test", "irc.nowhere.invalid", 6667, proxy);
	start_gateway(x);
	next(x, "shut.test", NGIRCD);
	cell_join_fails(&x->t, "service-unavailable", "502",
		"connection refused", AT);
	next(x, "nowhere.test", NGIRCD);
	cell_join_fails(&x->t, "service-unavailable", "502",
		"could not connect", AT);
}

/* Literals and localhost are judged here, whoever would look names up. */
static void users_are_not_led_inside(void *ctx)
{
	struct way_test *x = ctx;
	unsigned port = server_port(x->irc[NGIRCD], "TLS");

	begin(x);
	start_proxy(x, NULL, NULL);
	x->config.extra = world_text(x->t.w,
		"free_choice = true; free_choice_proxy = \"127.0.0.1:%u\";",
		server_port(x->proxy, "SOCKS"));
	add_network(x, "fixed.test", "127.0.0.1", port, "");
	start_gateway(x);
	next(x, world_text(x->t.w, "localhost\\3a%u", port), NGIRCD);
	cell_join_fails(&x->t, "forbidden", "403", "may not connect", AT);
	next(x, world_text(x->t.w, "127.0.0.1\\3a%u", port), NGIRCD);
	cell_join_fails(&x->t, "forbidden", "403", "may not connect", AT);
	WORLD_CHECK(x->t.w, !has_led_to(x, "localhost", port));
	WORLD_CHECK(x->t.w, !has_led_to(x, "127.0.0.1", port));
}

/* --- what IRC sees of a user ---------------------------------------------- */

struct seen {
	const char *user;
	const char *host;
};

/* By WHOIS; WHO agrees. */
static struct seen seen_of(struct way_test *x, const char *stem)
{
	struct cell *t = &x->t;
	const char *nick = cell_name(t, stem);
	const struct iline *line;
	struct seen seen;

	iclient_send(t->bob, "WHOIS %s", nick);
	line = I_EXPECT(t->bob, .command = "311", .param = nick);
	seen.user = world_text(t->w, "%s", line->params[2]);
	seen.host = world_text(t->w, "%s", line->params[3]);
	iclient_send(t->bob, "WHO %s", t->chan);
	I_EXPECT(t->bob, .command = "352", .param = nick,
		.has = world_text(t->w, " %s %s ", seen.user, seen.host));
	I_SYNC(t->bob);
	return seen;
}

/* juliet and romeo in a room of this network: neither is taken for the other. */
static void two_users(struct way_test *x, const char *network, unsigned kind,
	struct seen *juliet, struct seen *romeo)
{
	struct cell *t = &x->t;

	next(x, network, kind);
	cell_joined(t, "juliet");
	cell_joined(t, "romeo");
	*juliet = seen_of(x, "juliet");
	*romeo = seen_of(x, "romeo");
	if (strcmp(juliet->host, romeo->host) == 0) {
		world_fail(t->w, AT, "%s: both come from %s", network,
			juliet->host);
	}
}

static void is(struct way_test *x, const char *got, const char *wanted,
	const char *at)
{
	if (strcmp(got, wanted) != 0) {
		world_fail(x->t.w, at, "%s: it is %s, not %s", x->t.network,
			got, wanted);
	}
}

/* An address as it is written today (RFC 5952), whoever wrote it. */
static const char *rewritten(struct way_test *x, const char *address)
{
	struct in6_addr a;
	char text[INET6_ADDRSTRLEN];

	if (inet_pton(AF_INET6, address, &a) != 1) {
		return address;
	}
	return world_text(x->t.w, "%s",
		inet_ntop(AF_INET6, &a, text, sizeof(text)));
}

/* The address of a /64 of the user's own. */
static const char *address_of(struct way_test *x, const char *user)
{
	const char *h = hash_of(x, "webirc address", user);

	return rewritten(x, world_text(x->t.w, "fd%.2s:%.4s:%.4s:%.4s::1", h,
				     h + 2, h + 6, h + 10));
}

/* ircd-hybrid shows the host that it is told, the others the address. */
static void webirc_gives_each_a_host(void *ctx)
{
	struct way_test *x = ctx;
	struct seen juliet;
	struct seen romeo;

	begin(x);
	add_networks(x, "webirc", "webirc_password = \"webpass\";");
	start_gateway(x);
	for (unsigned kind = 0; kind < KINDS; kind++) {
		const char *nick;

		two_users(x, x->config.networks[kind].name, kind, &juliet,
			&romeo);
		nick = cell_name(&x->t, "juliet");
		is(x, rewritten(x, juliet.host),
			kind != HYBRID ? address_of(x, nick) :
				world_text(x->t.w, "%.16s.users." GW,
					hash_of(x, "webirc host", nick)),
			AT);
	}
}

/* A server that refuses the password says so, and nobody gets in. */
static void a_wrong_webirc_password(void *ctx)
{
	struct way_test *x = ctx;

	begin(x);
	add_networks(x, "wrong", "webirc_password = \"nopass\";");
	start_gateway(x);
	next(x, x->config.networks[NGIRCD].name, NGIRCD);
	cell_join_fails(&x->t, NULL, NULL, "IRC server", AT);
}

/* Of a prefix each has an address, the same one to each server. */
static void each_has_an_address(void *ctx)
{
	struct way_test *x = ctx;
	struct seen juliet;
	struct seen romeo;

	begin(x);
	add_networks(x, "source", "source = \"127.0.0.0/8\";");
	start_gateway(x);
	for (unsigned kind = 0; kind < KINDS; kind++) {
		two_users(x, x->config.networks[kind].name, kind, &juliet,
			&romeo);
		WORLD_CHECK(x->t.w, strncmp(juliet.host, "127.", 4) == 0);
		WORLD_CHECK(x->t.w, strncmp(romeo.host, "127.", 4) == 0);
		WORLD_CHECK(x->t.w, strcmp(juliet.host, "127.0.0.1") != 0);
		WORLD_CHECK(x->t.w, strcmp(romeo.host, "127.0.0.1") != 0);
	}
}

/* Whoever may bind that port can be asked by a real server: in a network of the
 * test's own it is always free. */
static bool may_listen(unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_ANY)};
	int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	ok = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	if (fd >= 0) {
		close(fd);
	}
	return ok;
}

/* One that InspIRCd has not asked for, or that was not answered, has a ~. */
static void idents_are_asked_for(void *ctx)
{
	struct way_test *x = ctx;
	struct seen juliet;
	struct seen romeo;

	begin(x);
	x->config.extra = "identd = \"0.0.0.0:113\";";
	add_network(x, "ident.test", "127.0.0.1",
		server_port(x->irc[INSPIRCD], "PLAIN"),
		"source = \"127.0.0.0/8\";");
	start_gateway(x);
	two_users(x, "ident.test", INSPIRCD, &juliet, &romeo);
	is(x, juliet.user, cell_name(&x->t, "juliet"), AT);
	is(x, romeo.user, cell_name(&x->t, "romeo"), AT);
}

static void idents_are_hashes(void *ctx)
{
	struct way_test *x = ctx;
	struct seen juliet;
	const char *hash;

	begin(x);
	x->config.irc = "\tident_hash = true;";
	x->config.extra = "identd = \"0.0.0.0:113\";";
	add_network(x, "hash.test", "127.0.0.1",
		server_port(x->irc[INSPIRCD], "PLAIN"),
		"source = ( \"127.0.0.2\", \"127.0.1.0/24\" );");
	start_gateway(x);
	next(x, "hash.test", INSPIRCD);
	cell_joined(&x->t, "juliet");
	juliet = seen_of(x, "juliet");
	hash = hash_of(x, "ident", cell_name(&x->t, "juliet")) + 1;
	is(x, juliet.user, world_text(x->t.w, "u%.8s", hash), AT);
	WORLD_CHECK(x->t.w, strcmp(juliet.host, "127.0.0.1") != 0);
}

/* --- all ------------------------------------------------------------------ */

static const struct {
	const char *name;
	void (*fn)(void *ctx);
	bool is_asked; /* at port IDENT, which must be ours */
} cases[] = {
	{"by a proxy that asks for nothing", by_an_open_proxy, false},
	{"by a proxy with the operator's password", by_the_operators_password,
		false},
	{"each user is another one to the proxy", each_user_is_another, false},
	{"a proxy that keeps nobody apart is not used",
		an_open_proxy_keeps_nobody_apart, false},
	{"what the proxy says of the server is told",
		what_it_says_of_the_server, false},
	{"a proxy leads no user inside", users_are_not_led_inside, false},
	{"WEBIRC gives each user a host", webirc_gives_each_a_host, false},
	{"a wrong WEBIRC password lets nobody in", a_wrong_webirc_password, false},
	{"each user comes from another address", each_has_an_address, false},
	{"a server asks who it is", idents_are_asked_for, true},
	{"a server asks who it is, and is told a hash", idents_are_hashes, true},
};

static void run(struct world *w)
{
	struct way_test x = {.t = {.w = w}};
	bool asked = may_listen(IDENT);
	char test[100];

	setenv("IDENT", "yes", 1);
	x.t.jabber = server_must_start(w, "prosody");
	for (unsigned i = 0; i < KINDS; i++) {
		x.irc[i] = server_must_start(w, kinds[i]);
		x.bob[i] = iclient_login(
			w, server_port(x.irc[i], "PLAIN"), "bob");
		iclient_keep(x.bob[i]);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(test, sizeof(test), "way: %s", cases[i].name);
		if (cases[i].is_asked && !asked) {
			tap_skip(test, "port 113 is not ours");
			continue;
		}
		world_case(w, "way", cases[i].name, cases[i].fn, &x);
	}
	gwproc_stop(x.t.gw);
	server_stop(x.proxy);
	for (unsigned i = 0; i < KINDS; i++) {
		server_stop(x.irc[i]);
	}
	server_stop(x.t.jabber);
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"prosody", "ngircd", "inspircd",
		"ircd-hybrid", "microsocks", NULL};
	static const struct suite suite = {"the way to a server", servers, run};

	return suite_main(&suite, argc, argv);
}
