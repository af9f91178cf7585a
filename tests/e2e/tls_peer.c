/* SPDX-License-Identifier: MIT */
#include "tests/e2e/tls_peer.h"

#include <stdio.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

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

static void extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	if (e == NULL || X509_add_ext(cert, e, -1) != 1) {
		tap_bail("no certificate: %s", value);
	}
	X509_EXTENSION_free(e);
}

static X509 *make(const char *name, X509 *issuer, long from, long until)
{
	static long serial = 1;
	X509 *cert = X509_new();
	X509_NAME *subject = X509_get_subject_name(cert);

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(cert), from);
	X509_gmtime_adj(X509_getm_notAfter(cert), until);
	X509_set_pubkey(cert, pki.key);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
		(const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(cert,
		issuer != NULL ? X509_get_subject_name(issuer) : subject);
	if (issuer == NULL) {
		extend(cert, NID_basic_constraints, "critical,CA:TRUE");
	} else {
		extend(cert, NID_subject_alt_name, "DNS:localhost");
	}
	X509_sign(cert, pki.key, EVP_sha256());
	return cert;
}

static void write_cert(const char *path, X509 *cert)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || PEM_write_X509(f, cert) != 1 || fclose(f) != 0) {
		tap_bail("cannot write %s", path);
	}
}

static void make_pki(struct world *w)
{
	FILE *f;

	pki.key = EVP_EC_gen("P-256");
	pki.ca = make("Peers' authority", NULL, -86400, 86400);
	snprintf(pki.ca_file, sizeof(pki.ca_file), "%s/peer-ca.pem",
		world_dir(w));
	snprintf(pki.key_file, sizeof(pki.key_file), "%s/peer-key.pem",
		world_dir(w));
	write_cert(pki.ca_file, pki.ca);
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
	X509 *cert = make("localhost", pki.ca, kinds[kind].from,
		kinds[kind].until);
	const char *argv[16] = {"openssl", "s_server", "-accept", NULL, "-cert",
		file, "-key", pki.key_file, "-CAfile", ca};
	struct prog *p;

	*port = server_free_port();
	argv[3] = world_text(w, "127.0.0.1:%u", *port);
	for (int i = 0; i < 4; i++) {
		argv[10 + i] = kinds[kind].options[i];
	}
	write_cert(file, cert);
	X509_free(cert);
	p = prog_start(w, kinds[kind].name, argv);
	if (p == NULL) {
		tap_bail("openssl does not start");
	}
	P_EXPECT(p, "ACCEPT");
	return p;
}
