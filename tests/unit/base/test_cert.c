/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/base64.h"
#include "base/cert.h"

enum { NOW = 1767225600 }; /* 2026-01-01 */

static X509 *read_certificate(struct slice text)
{
	const unsigned char *p;
	struct buf der;
	X509 *x;

	buf_init(&der, CERT_DER_MAX);
	assert_int_equal(cert_parts(text, NULL, &der), ERR_OK);
	p = (const unsigned char *)der.p;
	x = d2i_X509(NULL, &p, (long)der.len);
	assert_non_null(x);
	buf_finish(&der);
	return x;
}

static void it_is_signed_by_its_own_key(void **state)
{
	const unsigned char *p;
	struct buf text;
	struct buf key;
	struct buf der;
	EVP_PKEY *pkey;
	X509 *x;

	(void)state;
	buf_init(&text, CERT_TEXT_MAX);
	cert_make(NOW, &text);
	assert_false(text.overflow);
	assert_null(memchr(text.p, '\n', text.len));
	buf_init(&key, CERT_DER_MAX);
	buf_init(&der, CERT_DER_MAX);
	assert_int_equal(cert_parts(buf_slice(&text), &key, &der), ERR_OK);
	p = (const unsigned char *)key.p;
	pkey = d2i_PrivateKey(EVP_PKEY_EC, NULL, &p, (long)key.len);
	assert_non_null(pkey);
	x = read_certificate(buf_slice(&text));
	assert_int_equal(X509_check_private_key(x, pkey), 1);
	assert_int_equal(X509_verify(x, pkey), 1);
	assert_int_equal(X509_get_version(x), 2); /* that is v3 */
	EVP_PKEY_free(pkey);
	X509_free(x);
	buf_finish(&text);
	buf_finish(&key);
	buf_finish(&der);
}

static void it_is_valid_for_long(void **state)
{
	static const struct {
		int64_t at;
		int before; /* of X509_cmp_time(): -1, it was before */
		int after;
	} cases[] = {
		{NOW - 86400 - 10, 1, 1},
		{NOW - 3600, -1, 1},
		{NOW, -1, 1},
		{NOW + (int64_t)19 * 365 * 86400, -1, 1},
		{NOW + (int64_t)21 * 365 * 86400, -1, -1},
	};
	struct buf text;
	X509 *x;

	(void)state;
	buf_init(&text, CERT_TEXT_MAX);
	cert_make(NOW, &text);
	x = read_certificate(buf_slice(&text));
	for (size_t i = 0; i < COUNT(cases); i++) {
		time_t at = (time_t)cases[i].at;

		assert_int_equal(X509_cmp_time(X509_get0_notBefore(x), &at),
			cases[i].before);
		assert_int_equal(X509_cmp_time(X509_get0_notAfter(x), &at),
			cases[i].after);
	}
	X509_free(x);
	buf_finish(&text);
}

static void no_two_are_the_same(void **state)
{
	struct buf a;
	struct buf b;
	X509 *x;
	X509 *y;

	(void)state;
	buf_init(&a, CERT_TEXT_MAX);
	buf_init(&b, CERT_TEXT_MAX);
	cert_make(NOW, &a);
	cert_make(NOW, &b);
	x = read_certificate(buf_slice(&a));
	y = read_certificate(buf_slice(&b));
	assert_int_not_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(x),
		X509_get0_serialNumber(y)), 0);
	assert_int_not_equal(EVP_PKEY_eq(X509_get0_pubkey(x),
		X509_get0_pubkey(y)), 1);
	X509_free(x);
	X509_free(y);
	buf_finish(&a);
	buf_finish(&b);
}

/* The fingerprint is that of OpenSSL: of the certificate alone. */
static void the_fingerprint_is_what_others_compute(void **state)
{
	static const enum digest digests[] = {
		DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512};
	const EVP_MD *mds[] = {EVP_sha1(), EVP_sha256(), EVP_sha512()};
	unsigned char want[EVP_MAX_MD_SIZE];
	struct buf text;
	X509 *x;

	(void)state;
	buf_init(&text, CERT_TEXT_MAX);
	cert_make(NOW, &text);
	x = read_certificate(buf_slice(&text));
	for (size_t i = 0; i < COUNT(digests); i++) {
		char hex[CERT_HEX];
		unsigned len;

		assert_int_equal(X509_digest(x, mds[i], want, &len), 1);
		assert_int_equal(cert_fingerprint(buf_slice(&text), digests[i],
			hex), ERR_OK);
		assert_int_equal(strlen(hex), 2 * len);
		for (unsigned k = 0; k < len; k++) {
			char byte[3] = {hex[2 * k], hex[2 * k + 1], '\0'};

			assert_int_equal(strtoul(byte, NULL, 16), want[k]);
		}
	}
	X509_free(x);
	buf_finish(&text);
}

static void what_is_none_is_refused(void **state)
{
	static const char *const cases[] = {"", ".", "AAAA", "AAAA.", ".AAAA",
		"AAAA.***", "***.AAAA"};
	char hex[CERT_HEX];
	struct buf key;
	struct buf der;

	(void)state;
	buf_init(&key, CERT_DER_MAX);
	buf_init(&der, CERT_DER_MAX);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(cert_parts(slice_str(cases[i]), &key, &der),
			ERR_BAD_INPUT);
	}
	assert_int_equal(cert_fingerprint(slice_str("AAAA.***"), DIGEST_SHA1,
		hex), ERR_BAD_INPUT);
	buf_finish(&key);
	buf_finish(&der);
}

/* ---- the key alone ---- */

/* As Atheme does it: the point is read in its compressed form. */
static EVP_PKEY *read_public(struct slice point)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("group", (char[]){"P-256"}, 0),
		OSSL_PARAM_construct_octet_string("pub", (void *)point.p,
			point.len),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY,
		params), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static int verified(EVP_PKEY *key, struct slice signature, struct slice bytes)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	int yes;

	assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
	yes = EVP_PKEY_verify(ctx, (const unsigned char *)signature.p,
		signature.len, (const unsigned char *)bytes.p, bytes.len);
	EVP_PKEY_CTX_free(ctx);
	return yes;
}

static void what_is_signed_the_public_key_verifies(void **state)
{
	static const char bytes[CERT_SIGNED + 1] =
		"it is the east, and Juliet is su";
	struct slice said = slice(bytes, CERT_SIGNED);
	char other[CERT_SIGNED];
	struct buf text;
	struct buf coded;
	struct buf point;
	struct buf signature;
	EVP_PKEY *key;

	(void)state;
	memcpy(other, bytes, sizeof other);
	other[31] ^= 1;
	for (unsigned i = 0; i < 8; i++) { /* both signs of y */
		buf_init(&text, CERT_TEXT_MAX);
		buf_init(&coded, 100);
		buf_init(&point, 100);
		buf_init(&signature, 100);
		cert_make(NOW, &text);
		assert_int_equal(cert_public(buf_slice(&text), &coded), ERR_OK);
		assert_int_equal(coded.len, 44);
		assert_int_equal(base64_decode(buf_slice(&coded), &point),
			ERR_OK);
		key = read_public(buf_slice(&point));
		assert_int_equal(cert_sign(buf_slice(&text), said, &signature),
			ERR_OK);
		assert_int_equal(verified(key, buf_slice(&signature), said), 1);
		assert_int_not_equal(verified(key, buf_slice(&signature),
			slice(other, sizeof other)), 1);
		EVP_PKEY_free(key);
		buf_finish(&text);
		buf_finish(&coded);
		buf_finish(&point);
		buf_finish(&signature);
	}
}

static void what_is_no_digest_and_no_key_signs_nothing(void **state)
{
	static const char bytes[CERT_SIGNED + 1];
	static const char *const keys[] = {"", ".", "AAAA.AAAA", "AA==.", "*.*"};
	struct buf text;
	struct buf out;

	(void)state;
	buf_init(&text, CERT_TEXT_MAX);
	buf_init(&out, 100);
	cert_make(NOW, &text);
	for (size_t len = 0; len <= CERT_SIGNED + 1; len++) {
		assert_int_equal(cert_sign(buf_slice(&text), slice(bytes, len),
			&out), len == CERT_SIGNED ? ERR_OK : ERR_BAD_INPUT);
	}
	buf_reset(&out, 0);
	for (size_t i = 0; i < COUNT(keys); i++) {
		assert_int_equal(cert_sign(slice_str(keys[i]),
			slice(bytes, CERT_SIGNED), &out), ERR_BAD_INPUT);
		assert_int_equal(cert_public(slice_str(keys[i]), &out),
			ERR_BAD_INPUT);
	}
	assert_int_equal(out.len, 0);
	buf_finish(&text);
	buf_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_signed_by_its_own_key),
		cmocka_unit_test(it_is_valid_for_long),
		cmocka_unit_test(no_two_are_the_same),
		cmocka_unit_test(the_fingerprint_is_what_others_compute),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(what_is_signed_the_public_key_verifies),
		cmocka_unit_test(what_is_no_digest_and_no_key_signs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
