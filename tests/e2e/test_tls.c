/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "tests/e2e/cell.h"
#include "tests/e2e/tls_peer.h"
#include "tests/support/suite.h"
#include "tests/support/tap.h"

/*
 * Connections as operators configure them: TLS on both sides (PROTOCOL A.1,
 * F.5), several servers of a network, servers that users name (B.1). Jabber is
 * an ejabberd whose component port speaks TLS from the first byte; the IRC
 * servers have certificates that they signed themselves, for localhost.
 */
enum { KINDS = 3, ROWS = 11, HEX = 2 * EVP_MAX_MD_SIZE + 1 };

static const char *const kinds[KINDS] = {"ngircd", "inspircd", "ircd-hybrid"};

struct tls_test {
	struct cell t; /* t.network: of the row */
	struct server *irc[KINDS];
	struct gwproc_config config;
	unsigned kind;
	const struct row *row;
};

static const char *cert(const struct tls_test *x, const struct server *s)
{
	return world_text(x->t.w, "%s/cert.pem", server_dir(s));
}

/* SHA-256 of a certificate in hexadecimal digits, as in `pin`. */
static void fingerprint(const char *path, char *hex)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	FILE *f = fopen(path, "re");
	X509 *x509 = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
	unsigned i;

	if (x509 == NULL ||
		X509_digest(x509, EVP_sha256(), digest, &len) != 1) {
		tap_bail("cannot read %s", path);
	}
	for (i = 0; i < len; i++) {
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
	X509_free(x509);
	fclose(f);
}

/* --- networks, each with settings of its own ------------------------------ */

#define ANY_ANSWER "IRC server"

/* What a network is configured with, and what becomes of a join there. */
struct row {
	const char *name; /* first part of the network's name */
	const char *test;
	const char *host;
	const char *port; /* of the IRC server: PLAIN, TLS */
	enum { SYSTEM, OWN_CERT, OTHER_CERT, OWN_PIN, OTHER_PIN,
		TWO_PINS } trust;
	const char *more;    /* settings */
	const char *refused; /* text of the error; NULL: the join works */
};

static const struct row rows[] = {
	{"good", "its own certificate as ca_file is verified", "localhost",
		"TLS", OWN_CERT, "", NULL},
	{"literal", "an address is verified as such", "127.0.0.1", "TLS",
		OWN_CERT, "", NULL},
	{"pinned", "the right pin alone is enough", "localhost", "TLS", OWN_PIN,
		"", NULL},
	{"insecure", "insecure takes any certificate", "localhost", "TLS",
		SYSTEM, "tls = \"insecure\";", NULL},
	{"otherca", "a certificate of another ca_file is refused", "localhost",
		"TLS", OTHER_CERT, "", "signed its certificate itself"},
	{"system", "a certificate that the system does not know is refused",
		"localhost", "TLS", SYSTEM, "", "signed its certificate itself"},
	{"othername", "a certificate for another name is refused",
		"other.localhost", "TLS", OWN_CERT, "allow_private = true;",
		"certificate is for another name"},
	{"nextpin", "one of two pins is enough", "localhost", "TLS", TWO_PINS,
		"", NULL},
	{"otherpin", "another pin is refused", "localhost", "TLS", OTHER_PIN,
		"", "certificate is not the one it had before"},
	/* What the server does then differs, and some say nothing: these two
	 * are in a gateway of their own, which does not wait long. */
	{"plain", "a plain link to a TLS port is answered", "localhost", "TLS",
		SYSTEM, "tls = \"off\";", ANY_ANSWER},
	{"ontoplain", "TLS to a plain port is answered", "localhost", "PLAIN",
		OWN_CERT, "", ANY_ANSWER},
};
_Static_assert(sizeof(rows) / sizeof(rows[0]) == ROWS, "ROWS");

static bool is_silent(const struct row *row)
{
	return row->refused != NULL && strcmp(row->refused, ANY_ANSWER) == 0;
}

static const char *network_of(
	const struct tls_test *x, unsigned kind, const struct row *row)
{
	return world_text(x->t.w, "%s.%s.test", row->name, kinds[kind]);
}

static const char *trust_of(
	const struct tls_test *x, unsigned kind, const struct row *row)
{
	bool own = row->trust == OWN_CERT || row->trust == OWN_PIN;
	const char *file = cert(x, own ? x->irc[kind] : x->t.jabber);
	char hex[HEX];
	char other[HEX];

	switch (row->trust) {
	case OWN_CERT:
	case OTHER_CERT:
		return world_text(x->t.w, "ca_file = \"%s\";", file);
	case OWN_PIN:
	case OTHER_PIN:
		fingerprint(file, hex);
		return world_text(x->t.w, "pin = \"%s\";", hex);
	case TWO_PINS:
		fingerprint(cert(x, x->irc[kind]), hex);
		fingerprint(file, other);
		return world_text(x->t.w, "pin = ( \"%s\", \"%s\" );", other,
			hex);
	default:
		return "";
	}
}

static const char *settings_of(
	const struct tls_test *x, unsigned kind, const struct row *row)
{
	return world_text(x->t.w, "servers = ( \"%s:%u\" ); %s %s", row->host,
		server_port(x->irc[kind], row->port), trust_of(x, kind, row),
		row->more);
}

static void check_row(void *ctx)
{
	struct tls_test *x = ctx;
	const struct row *row = x->row;

	x->t.irc = x->irc[x->kind];
	cell_next(&x->t, network_of(x, x->kind, row));
	if (row->refused == NULL) {
		cell_talks(&x->t);
	} else if (strstr(row->refused, "certificate") != NULL) {
		cell_join_fails(&x->t, "service-unavailable", "502", row->refused, AT);
	} else {
		cell_join_fails(&x->t, NULL, NULL, row->refused, AT);
	}
}

/* --- the gateways -------------------------------------------------------- */

/* With those who never answer; who does must not be given up. */
#define SOON "\tregister_timeout = \"1s\";"

static void start_gateway(struct tls_test *x)
{
	gwproc_stop(x->t.gw);
	x->t.gw = gwproc_start(x->t.w, &x->config);
}

/* Another gateway from here on, which verifies the Jabber server. */
static void begin(struct tls_test *x)
{
	struct cell *t = &x->t;

	x->config = (struct gwproc_config){
		.component_port = server_port(t->jabber, "COMP"),
		.jabber = world_text(t->w,
			"\ttls = \"verify\"; ca_file = \"%s\";",
			cert(x, t->jabber)),
		.irc = "\tregister_timeout = \"3min\";"};
	t->irc = x->irc[0];
}

/* A network without TLS, as the only one. */
static const char *only_plain(struct tls_test *x)
{
	x->config.networks[0].name = "irc.plain.test";
	x->config.networks[0].port = server_port(x->irc[0], "PLAIN");
	return x->config.networks[0].name;
}

static void component_is_verified(void *ctx)
{
	struct tls_test *x = ctx;

	begin(x);
	cell_next(&x->t, only_plain(x));
	start_gateway(x);
	gwproc_await_online(x->t.gw, AT);
	cell_talks(&x->t);
}

/* Says why, and tries again. */
static void component_is_refused(struct tls_test *x, const char *why)
{
	struct world *w = x->t.w;
	unsigned i;

	only_plain(x);
	start_gateway(x);
	for (i = 0; i < 2; i++) {
		if (!gwproc_await_log(x->t.gw, why, 45)) {
			world_fail(w, AT, "its log says only %u times: %s", i,
				why);
		}
	}
	WORLD_CHECK(w, gwproc_running(x->t.gw));
	WORLD_CHECK(w, gwproc_stop(x->t.gw));
	x->t.gw = NULL;
}

static void component_is_unknown(void *ctx)
{
	struct tls_test *x = ctx;

	begin(x);
	x->config.jabber = "\ttls = \"verify\";";
	component_is_refused(x, "certificate");
}

static void component_is_plain(void *ctx)
{
	struct tls_test *x = ctx;

	begin(x);
	x->config.jabber = NULL;
	component_is_refused(x, "component link lost");
}

static void component_is_insecure(void *ctx)
{
	struct tls_test *x = ctx;

	begin(x);
	only_plain(x);
	x->config.jabber = "\ttls = \"insecure\";";
	start_gateway(x);
	gwproc_await_online(x->t.gw, AT);
}

/* --- servers ----------------------------------------------------------------
 */

static void the_second_server_is_used(void *ctx)
{
	struct tls_test *x = ctx;
	struct world *w = x->t.w;
	unsigned shut = server_shut_port();
	const char *tried =
		world_text(w, "connecting host=127.0.0.1 port=%u", shut);

	begin(x);
	x->config.networks[0].name = "irc.two.test";
	x->config.networks[0].settings = world_text(w,
		"servers = ( \"127.0.0.1:%u\", \"127.0.0.1:%u\" ); "
		"tls = \"off\";",
		shut, server_port(x->irc[0], "PLAIN"));
	cell_next(&x->t, "irc.two.test");
	start_gateway(x);
	gwproc_await_online(x->t.gw, AT);
	cell_talks(&x->t);
	if (!gwproc_await_log(x->t.gw, tried, 1)) {
		world_fail(w, AT, "the first was not tried");
	}
}

/* What each of them is refused with, and what the log says besides. */
static const struct {
	const char *network;
	const char *text;
	const char *log;
} peers[PEER_KINDS] = {
	[PEER_EXPIRED] = {"irc.expired.test", "certificate has expired",
		"certificate has expired; its sha256 is "},
	[PEER_EARLY] = {"irc.early.test", "certificate is not valid yet",
		"certificate is not yet valid; its sha256 is "},
	[PEER_OLD] = {"irc.old.test", "only old encryption",
		"too old"},
	[PEER_ALERT] = {"irc.alert.test", "refused the encrypted connection",
		"refused"},
};

static void each_fault_has_its_words(void *ctx)
{
	struct tls_test *x = ctx;
	struct world *w = x->t.w;
	struct prog *p[PEER_KINDS];
	unsigned port;

	begin(x);
	for (unsigned i = 0; i < PEER_KINDS; i++) {
		p[i] = tls_peer_start(w, (enum tls_peer_kind)i, &port);
		x->config.networks[i].name = peers[i].network;
		x->config.networks[i].settings = world_text(w,
			"servers = ( \"localhost:%u\" ); ca_file = \"%s\";",
			port, tls_peer_ca(w));
	}
	start_gateway(x);
	gwproc_await_online(x->t.gw, AT);
	for (unsigned i = 0; i < PEER_KINDS; i++) {
		cell_next(&x->t, peers[i].network);
		cell_join_fails(&x->t, "service-unavailable", "502", peers[i].text, AT);
		if (!gwproc_await_log(x->t.gw, peers[i].log, 1)) {
			world_fail(w, AT, "its log does not say: %s",
				peers[i].log);
		}
		prog_stop(p[i]);
	}
}

/*
 * Connections of which this InspIRCd has read CAP LS and nothing else: its log
 * has `C[1INAAAAAB] I CAP LS 302` for each line.
 */
static unsigned only_asked(const struct tls_test *x)
{
	enum { MOST = 4000, ID = 24 };
	static char ids[MOST][ID];
	static unsigned lines[MOST];
	const char *path = world_text(x->t.w, "%s/input.log",
		server_dir(x->irc[1]));
	FILE *f = fopen(path, "re");
	char line[1024];
	unsigned known = 0;
	unsigned found = 0;

	if (f == NULL) {
		tap_bail("cannot read %s", path);
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		const char *id = strstr(line, "C[");
		size_t len = id != NULL ? strcspn(id, "]") : 0;
		unsigned i = 0;

		if (id == NULL || len >= ID || strncmp(id + len, "] I ", 4) != 0) {
			continue;
		}
		while (i < known && (strncmp(ids[i], id, len) != 0 ||
			ids[i][len] != '\0')) {
			i++;
		}
		if (i == MOST) {
			tap_bail("too many connections in %s", path);
		}
		if (i == known) {
			snprintf(ids[known], ID, "%.*s", (int)len, id);
			lines[known++] = 0;
		}
		/* Another line than CAP LS counts as many. */
		lines[i] += strncmp(id + len, "] I CAP LS 302", 14) ? MOST : 1;
	}
	fclose(f);
	for (unsigned i = 0; i < known; i++) {
		found += lines[i] == 1;
	}
	return found;
}

/*
 * A plain link is left for TLS, and after a restart TLS is where it begins. The
 * last of the three: whoever names localhost comes by TLS from then on.
 */
static void sts_is_followed_and_kept(void *ctx)
{
	struct tls_test *x = ctx;
	struct world *w = x->t.w;
	unsigned plain = server_port(x->irc[1], "PLAIN");
	unsigned tls = server_port(x->irc[1], "TLS");
	const char *wanted = world_text(w, "wants TLS host=localhost port=%u",
		tls);
	const char *straight = world_text(w, "connecting host=localhost port=%u",
		tls);
	unsigned before = only_asked(x);

	begin(x);
	x->t.irc = x->irc[1];
	x->config.storage = world_text(w, "\tfile = \"%s/sts.sqlite\";",
		world_dir(w));
	x->config.networks[0].name = "irc.sts.test";
	x->config.networks[0].settings = world_text(w,
		"servers = ( \"localhost:%u\" ); tls = \"off\"; "
		"ca_file = \"%s\";",
		plain, cert(x, x->irc[1]));
	cell_next(&x->t, "irc.sts.test");
	start_gateway(x);
	gwproc_await_online(x->t.gw, AT);
	cell_talks(&x->t);
	if (!gwproc_await_log(x->t.gw, wanted, 1)) {
		world_fail(w, AT, "the server did not ask for TLS");
	}
	if (only_asked(x) != before + 1) {
		world_fail(w, AT, "more than CAP LS was said without TLS");
	}
	cell_next(&x->t, "irc.sts.test");
	start_gateway(x);
	gwproc_await_online(x->t.gw, AT);
	cell_talks(&x->t);
	if (!gwproc_await_log(x->t.gw, straight, 1)) {
		world_fail(w, AT, "it did not begin with TLS");
	}
	if (gwproc_await_log(x->t.gw, wanted, 0)) {
		world_fail(w, AT, "it began without TLS");
	}
}

static void begin_free_choice(
	struct tls_test *x, const char *extra, const char *irc)
{
	begin(x);
	only_plain(x);
	x->config.irc = irc;
	x->config.extra = extra;
	start_gateway(x);
	gwproc_await_online(x->t.gw, AT);
}

static void users_do_not_reach_private_addresses(void *ctx)
{
	struct tls_test *x = ctx;
	static const char *const hosts[] = {"127.0.0.1", "[\\3a\\3a1]",
		"localhost", "[\\3a\\3affff\\3a127.0.0.1]", "10.0.0.1",
		"169.254.1.1"};
	unsigned port = server_port(x->irc[0], "PLAIN");
	size_t i;

	begin_free_choice(x, "free_choice = true;", "");
	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		cell_next(&x->t, world_text(x->t.w, "%s\\3a%u", hosts[i], port));
		cell_join_fails(&x->t, "forbidden", "403", "may not connect", AT);
	}
}

static void users_servers_are_verified(void *ctx)
{
	struct tls_test *x = ctx;
	struct world *w = x->t.w;

	begin_free_choice(
		x, "free_choice = true; free_choice_private = true;", SOON);
	cell_next(&x->t, world_text(w, "127.0.0.1\\3a%u",
			     server_port(x->irc[0], "PLAIN")));
	cell_join_fails(&x->t, NULL, NULL, ANY_ANSWER, AT);
	begin_free_choice(
		x, "free_choice = true; free_choice_private = true;", "");
	cell_next(&x->t, world_text(w, "127.0.0.1\\3a%u",
			     server_port(x->irc[0], "TLS")));
	cell_join_fails(&x->t, "service-unavailable", "502", "certificate", AT);
	/* RFC 7686: no resolver asks the DNS for it. */
	cell_next(&x->t, "irc.nowhere.onion");
	cell_join_fails(&x->t, "remote-server-not-found", "404", "not known", AT);
}

/* --- all ----------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*fn)(void *ctx);
} cases[] = {
	{"component: its own certificate as ca_file is verified",
		component_is_verified},
	{"component: insecure takes any certificate", component_is_insecure},
	{"component: an unknown certificate is refused, again and again",
		component_is_unknown},
	{"component: a plain link to a TLS port is no end", component_is_plain},
	{"each fault has its words", each_fault_has_its_words},
	{"STS is followed and kept", sts_is_followed_and_kept},
	{"the second server of a network is used", the_second_server_is_used},
	{"users do not reach private addresses",
		users_do_not_reach_private_addresses},
	{"servers that users name are verified", users_servers_are_verified},
};

static void check_rows(struct tls_test *x, bool silent)
{
	char group[64];
	unsigned n = 0;
	unsigned kind;

	begin(x);
	if (silent) {
		x->config.irc = SOON;
	}
	for (kind = 0; kind < KINDS; kind++) {
		for (x->row = rows; x->row < rows + ROWS; x->row++) {
			if (is_silent(x->row) != silent) {
				continue;
			}
			x->config.networks[n].name =
				network_of(x, kind, x->row);
			x->config.networks[n++].settings =
				settings_of(x, kind, x->row);
		}
	}
	start_gateway(x);
	gwproc_await_online(x->t.gw, AT);
	for (x->kind = 0; x->kind < KINDS; x->kind++) {
		snprintf(group, sizeof(group), "tls-%s", kinds[x->kind]);
		for (x->row = rows; x->row < rows + ROWS; x->row++) {
			if (is_silent(x->row) == silent) {
				world_case(x->t.w, group, x->row->test,
					check_row, x);
			}
		}
	}
}

static void run(struct world *w)
{
	struct tls_test x = {.t = {.w = w}};
	size_t i;

	setenv("COMP_TLS", "yes", 1);
	setenv("STS", "yes", 1);
	x.t.jabber = server_must_start(w, "ejabberd");
	for (i = 0; i < KINDS; i++) {
		x.irc[i] = server_must_start(w, kinds[i]);
	}
	check_rows(&x, false);
	check_rows(&x, true);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		world_case(w, "tls", cases[i].name, cases[i].fn, &x);
	}
	gwproc_stop(x.t.gw);
	for (i = 0; i < KINDS; i++) {
		server_stop(x.irc[i]);
	}
	server_stop(x.t.jabber);
}

int main(int argc, char **argv)
{
	static const char *const servers[] = {"ejabberd", "ngircd", "inspircd",
		"ircd-hybrid", NULL};
	static const struct suite suite = {"TLS", servers, run};

	return suite_main(&suite, argc, argv);
}
