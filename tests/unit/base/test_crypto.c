/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/crypto.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha1_has_its_known_values),
		cmocka_unit_test(
			the_handshake_is_the_hash_of_both_parts_together),
		cmocka_unit_test(hmac_has_its_known_values),
		cmocka_unit_test(sha1_in_base64_is_the_ver_of_the_example),
		cmocka_unit_test(random_bytes_are_not_the_same_twice),
	};

	return cmocka_run_group_tests_name("crypto", tests, NULL, NULL);
}
