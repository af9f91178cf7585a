/* SPDX-License-Identifier: MIT */
#include "tests/e2e/tls_peer.h"

#include <stdio.h>

#include "tests/support/pki.h"
#include "tests/support/server.h"
#include "tests/support/tap.h"

static struct {
	EVP_PKEY *key; /* of all of them */
	X509 *ca;
	char ca_file[500];
	char key_file[500];
} pki;

static const struct {
	const char *name;
	long from; /* seconds from now */
	long until;
	const char *options[4]; /* of s_server */
} kinds[PEER_KINDS] = {
	[PEER_EXPIRED] = {"expired", -7200, -3600, {0}},
	[PEER_EARLY] = {"early", 3600, 7200, {0}},
	[PEER_OLD] = {"old", -3600, 3600,
		{"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}},
	[PEER_ALERT] = {"alert", -3600, 3600,
		{"-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"}},
};

static void make_pki(struct world *w)
{
	FILE *f;

	pki.key = EVP_EC_gen("P-256");
	pki.ca = pki_make(pki.key, "Peers' authority", NULL, NULL, -86400,
		86400);
	snprintf(pki.ca_file, sizeof(pki.ca_file), "%s/peer-ca.pem",
		world_dir(w));
	snprintf(pki.key_file, sizeof(pki.key_file), "%s/peer-key.pem",
		world_dir(w));
	pki_write(pki.ca_file, pki.ca);
	f = fopen(pki.key_file, "we");
	if (f == NULL ||
		PEM_write_PrivateKey(f, pki.key, NULL, NULL, 0, NULL, NULL) !=
			1 ||
		fclose(f) != 0) {
		tap_bail("cannot write %s", pki.key_file);
	}
}

const char *tls_peer_ca(struct world *w)
{
	if (pki.key == NULL) {
		make_pki(w);
	}
	return pki.ca_file;
}

struct prog *tls_peer_start(struct world *w, enum tls_peer_kind kind,
	unsigned *port)
{
	const char *ca = tls_peer_ca(w);
	const char *file = world_text(w, "%s/peer-%s.pem", world_dir(w),
		kinds[kind].name);
	X509 *cert = pki_make(pki.key, "localhost", "DNS:localhost", pki.ca,
		kinds[kind].from, kinds[kind].until);
	const char *argv[16] = {"openssl", "s_server", "-accept", NULL, "-cert",
		file, "-key", pki.key_file, "-CAfile", ca};
	struct prog *p;

	*port = server_free_port();
	argv[3] = world_text(w, "127.0.0.1:%u", *port);
	for (int i = 0; i < 4; i++) {
		argv[10 + i] = kinds[kind].options[i];
	}
	pki_write(file, cert);
	X509_free(cert);
	p = prog_start(w, kinds[kind].name, argv);
	if (p == NULL) {
		tap_bail("openssl does not start");
	}
	P_EXPECT(p, "ACCEPT");
	return p;
}
