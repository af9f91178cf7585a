/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "base/crypto.h"

/* FIPS 180 and RFC 3174. */
static void sha1_has_its_known_values(void **state)
{
	static const struct {
		const char *text;
		const char *hex;
	} cases[] = {
		{"", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		{"abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			"84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
	};
	char out[SHA1_HEX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		crypto_sha1_hex(slice_str(cases[i].text), slice(NULL, 0), out);
		assert_string_equal(out, cases[i].hex);
		crypto_sha1_hex(slice(NULL, 0), slice_str(cases[i].text), out);
		assert_string_equal(out, cases[i].hex);
	}
}

/* XEP-0114 3: the id and the secret, one after the other. */
static void the_handshake_is_the_hash_of_both_parts_together(void **state)
{
	char apart[SHA1_HEX];
	char together[SHA1_HEX];

	(void)state;
	crypto_sha1_hex(slice_str("3BF96D32"), slice_str("test"), apart);
	crypto_sha1_hex(slice_str("3BF96D32test"), slice_str(""), together);
	assert_string_equal(apart, together);
	assert_string_equal(apart, "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e");
}

/* RFC 4231. */
static void hmac_has_its_known_values(void **state)
{
	static const char twenty[] =
		"\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
		"\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b";
	char out[SHA256_HEX];
	char large[131];

	(void)state;
	crypto_hmac_hex(slice(twenty, 20), slice_str("Hi There"), out);
	assert_string_equal(out,
		"b0344c61d8db38535ca8afceaf0bf12b"
		"881dc200c9833da726e9376c2e32cff7");
	crypto_hmac_hex(slice_str("Jefe"),
		slice_str("what do ya want for nothing?"), out);
	assert_string_equal(out,
		"5bdcc146bf60754e6a042426089575c7"
		"5a003f089d2739839dec58b964ec3843");
	memset(large, 0xaa, sizeof large);
	crypto_hmac_hex(slice(large, sizeof large),
		slice_str("Test Using Larger Than Block-Size Key - "
			  "Hash Key First"),
		out);
	assert_string_equal(out,
		"60e431591ee0b67f0d8a26aacbf5b77f"
		"8e0bc6213728c5140546040f0ee37f54");
}

/* XEP-0115 5.2: the simple generation example. */
static void sha1_in_base64_is_the_ver_of_the_example(void **state)
{
	char out[29];

	(void)state;
	crypto_sha1_base64(
		slice_str("client/pc//Exodus 0.9.1<"
			  "http://jabber.org/protocol/caps<"
			  "http://jabber.org/protocol/disco#info<"
			  "http://jabber.org/protocol/disco#items<"
			  "http://jabber.org/protocol/muc<"),
		out);
	assert_string_equal(out, "QgayPKawpkPSDYmwT/WM94uAlu0=");
}

static void random_bytes_are_not_the_same_twice(void **state)
{
	unsigned char a[32] = {0};
	unsigned char b[32] = {0};
	unsigned seen = 0;

	(void)state;
	crypto_random(a, sizeof a);
	crypto_random(b, sizeof b);
	assert_memory_not_equal(a, b, sizeof a);
	/* All eight values of three bits: missed once in 10^56 runs. */
	for (int i = 0; i < 1000; i++) {
		crypto_random(a, 1);
		seen |= 1U << (a[0] & 7);
	}
	assert_int_equal(seen, 255);
}

/* --- sealing --------------------------------------------------------------- */

static size_t unhex(const char *hex, unsigned char *out)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

		out[i] = (unsigned char)strtoul(byte, NULL, 16);
	}
	return n;
}

#define BYTES(p, n) slice((const char *)(p), n)

/* McGrew and Viega, "The Galois/Counter Mode", test cases 13, 14 and 16. */
static void what_others_sealed_is_unsealed(void **state)
{
	static const struct {
		const char *key;
		const char *name;
		const char *text;
		const char *sealed; /* nonce, ciphertext, tag */
	} cases[] = {
		{"0000000000000000000000000000000000000000000000000000000000000"
		 "000", "", "",
			"000000000000000000000000"
			"530f8afbc74536b9a963b4f1c4cb738b"},
		{"0000000000000000000000000000000000000000000000000000000000000"
		 "000", "", "00000000000000000000000000000000",
			"000000000000000000000000"
			"cea7403d4d606b6e074ec5d3baf39d18"
			"d0d1c8a799996bf0265b98b5d48ab919"},
		{"feffe9928665731c6d6a8f9467308308"
		 "feffe9928665731c6d6a8f9467308308",
			"feedfacedeadbeeffeedfacedeadbeefabaddad2",
			"d9313225f88406e5a55909c5aff5269a"
			"86a7a9531534f7da2e4c303d8a318a72"
			"1c3c0c95956809532fcf0e2449a6b525"
			"b16aedf5aa0de657ba637b39",
			"cafebabefacedbaddecaf888"
			"522dc1f099567d07f47f37a32a84427d"
			"643a8cdcbfe5c0c97598a2bd2555d1aa"
			"8cb08e48590dbb3da7b08b1056828838"
			"c5f61e6393ba7a0abcc9f662"
			"76fc6ece0f4e1768cddf8853bb2d551b"},
	};
	unsigned char key[SEAL_KEY];
	unsigned char name[64];
	unsigned char text[64];
	unsigned char sealed[128];
	unsigned char out[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t named = unhex(cases[i].name, name);
		size_t len = unhex(cases[i].text, text);
		size_t n = unhex(cases[i].sealed, sealed);

		assert_int_equal(unhex(cases[i].key, key), SEAL_KEY);
		assert_int_equal(n, len + SEAL_EXTRA);
		assert_int_equal(crypto_unseal(key, BYTES(name, named),
					 BYTES(sealed, n), out),
			ERR_OK);
		assert_memory_equal(out, text, len);
	}
}

static void what_we_seal_comes_back(void **state)
{
	static const size_t sizes[] = {0, 1, 15, 16, 17, 64, 4096};
	unsigned char key[SEAL_KEY];
	unsigned char text[4096];
	unsigned char sealed[4096 + SEAL_EXTRA];
	unsigned char again[4096 + SEAL_EXTRA];
	unsigned char out[4096];

	(void)state;
	crypto_random(key, sizeof key);
	crypto_random(text, sizeof text);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t n = sizes[i];

		crypto_seal(key, slice_str("a"), BYTES(text, n), sealed);
		assert_int_equal(crypto_unseal(key, slice_str("a"),
					 BYTES(sealed, n + SEAL_EXTRA), out),
			ERR_OK);
		assert_memory_equal(out, text, n);
		/* Another nonce each time. */
		crypto_seal(key, slice_str("a"), BYTES(text, n), again);
		assert_memory_not_equal(again, sealed, n + SEAL_EXTRA);
	}
}

static void what_was_changed_is_not_unsealed(void **state)
{
	static const char text[] = "correct horse";
	enum { LEN = sizeof text - 1 + SEAL_EXTRA };
	unsigned char key[SEAL_KEY] = {1};
	unsigned char other[SEAL_KEY] = {2};
	unsigned char sealed[LEN];
	unsigned char out[sizeof text];
	const struct slice name = slice_str("juliet");
	const struct slice all = BYTES(sealed, LEN);

	(void)state;
	crypto_seal(key, name, slice_str(text), sealed);
	assert_int_equal(crypto_unseal(key, name, all, out), ERR_OK);
	for (size_t i = 0; i < LEN; i++) {
		sealed[i] ^= 0x40;
		assert_int_equal(
			crypto_unseal(key, name, all, out), ERR_BAD_INPUT);
		sealed[i] ^= 0x40;
	}
	for (size_t n = 0; n < LEN; n++) {
		assert_int_equal(
			crypto_unseal(key, name, BYTES(sealed, n), out),
			ERR_BAD_INPUT);
	}
	memset(out, 'x', sizeof out);
	assert_int_equal(crypto_unseal(other, name, all, out), ERR_BAD_INPUT);
	assert_int_equal(out[0], 0); /* not a word of it */
	assert_int_equal(
		crypto_unseal(key, slice_str("romeo"), all, out), ERR_BAD_INPUT);
	assert_int_equal(
		crypto_unseal(key, slice(NULL, 0), all, out), ERR_BAD_INPUT);
}

/* --- PBKDF2 ---------------------------------------------------------------- */

/* SHA-1: RFC 6070; the others by Python's hashlib. */
static void pbkdf2_in_pieces_has_the_known_values(void **state)
{
	static const struct {
		enum digest digest;
		unsigned long rounds;
		const char *key;
	} cases[] = {
		{DIGEST_SHA1, 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"},
		{DIGEST_SHA1, 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"},
		{DIGEST_SHA1, 4096, "4b007901b765489abead49d926f721d065a429c1"},
		{DIGEST_SHA256, 4096,
			"c5e478d59288c841aa530db6845c4c8d"
			"962893a001ce4e11a4963873aa98134a"},
		{DIGEST_SHA512, 4096,
			"d197b1b33db0143e018b12f3d1d1479e"
			"6cdebdcc97c5c0f87f6902e072f457b5"
			"143f30602641b3d55cd335988cb36b84"
			"376060ecd532e039b742a239434af2d5"},
	};
	static const unsigned long pieces[] = {1, 1000, 4095, 10000};
	unsigned char want[DIGEST_MAX];
	unsigned char key[DIGEST_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases) * COUNT(pieces); i++) {
		unsigned long piece = pieces[i % COUNT(pieces)];
		unsigned long rounds = cases[i / COUNT(pieces)].rounds;
		size_t n = unhex(cases[i / COUNT(pieces)].key, want);
		struct pbkdf2 *p = pbkdf2_create(
			cases[i / COUNT(pieces)].digest, slice_str("password"),
			slice_str("salt"), rounds);
		unsigned long steps = 1;

		while (!pbkdf2_step(p, piece, key)) {
			steps++;
		}
		/* The first round is done at the beginning. */
		assert_int_equal(steps,
			rounds == 1 ? 1 : (rounds - 2) / piece + 1);
		assert_memory_equal(key, want, n);
		pbkdf2_destroy(p);
	}
	pbkdf2_destroy(NULL);
}

static void digests_by_name_are_those_in_hex(void **state)
{
	unsigned char out[DIGEST_MAX];
	unsigned char want[DIGEST_MAX];
	char text[SHA256_HEX];

	(void)state;
	assert_int_equal(crypto_digest_size(DIGEST_SHA1), 20);
	assert_int_equal(crypto_digest_size(DIGEST_SHA256), 32);
	assert_int_equal(crypto_digest_size(DIGEST_SHA512), 64);
	crypto_hmac(DIGEST_SHA256, slice_str("key"), slice_str("text"), out);
	crypto_hmac_hex(slice_str("key"), slice_str("text"), text);
	unhex(text, want);
	assert_true(crypto_equal(out, want, 32));
	want[31] ^= 1;
	assert_false(crypto_equal(out, want, 32));
	crypto_digest(DIGEST_SHA1, slice_str("abc"), out);
	unhex("a9993e364706816aba3e25717850c26c9cd0d89d", want);
	assert_memory_equal(out, want, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha1_has_its_known_values),
		cmocka_unit_test(
			the_handshake_is_the_hash_of_both_parts_together),
		cmocka_unit_test(hmac_has_its_known_values),
		cmocka_unit_test(sha1_in_base64_is_the_ver_of_the_example),
		cmocka_unit_test(random_bytes_are_not_the_same_twice),
		cmocka_unit_test(what_others_sealed_is_unsealed),
		cmocka_unit_test(what_we_seal_comes_back),
		cmocka_unit_test(what_was_changed_is_not_unsealed),
		cmocka_unit_test(pbkdf2_in_pieces_has_the_known_values),
		cmocka_unit_test(digests_by_name_are_those_in_hex),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
