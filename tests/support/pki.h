/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_PKI_H
#define TESTS_SUPPORT_PKI_H

#include <stdio.h>
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

/*
 * Certificates as tests want them. What cannot be made ends the program.
 * Ownership: X509_free() of the caller's.
 */
static inline void pki_must(int done, const char *what)
{
	if (!done) {
		fprintf(stderr, "no certificate: %s\n", what);
		abort();
	}
}

static inline void pki_extend(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	pki_must(e != NULL && X509_add_ext(cert, e, -1) == 1, value);
	X509_EXTENSION_free(e);
}

/*
 * Of this key, and signed with it. names: such as "DNS:irc.test,IP:127.0.0.1";
 * NULL: it is an authority. issuer NULL: it has signed itself. Valid from and
 * until so many seconds from now.
 */
static inline X509 *pki_make(EVP_PKEY *key, const char *name,
	const char *names, X509 *issuer, long from, long until)
{
	static long serial = 1;
	X509 *cert = X509_new();
	X509_NAME *subject = X509_get_subject_name(cert);

	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	X509_gmtime_adj(X509_getm_notBefore(cert), from);
	X509_gmtime_adj(X509_getm_notAfter(cert), until);
	X509_set_pubkey(cert, key);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
		(const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(cert,
		issuer != NULL ? X509_get_subject_name(issuer) : subject);
	pki_extend(cert, NID_basic_constraints,
		names == NULL ? "critical,CA:TRUE" : "CA:FALSE");
	if (names != NULL) {
		pki_extend(cert, NID_subject_alt_name, names);
	}
	pki_must(X509_sign(cert, key, EVP_sha256()) > 0, name);
	return cert;
}

static inline void pki_write(const char *path, X509 *cert)
{
	FILE *f = fopen(path, "we");

	pki_must(f != NULL && PEM_write_X509(f, cert) == 1 && fclose(f) == 0,
		path);
}

#endif
