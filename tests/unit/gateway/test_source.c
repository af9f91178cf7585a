/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "gateway/source.h"

static struct source_config parsed(const char *text)
{
	struct source_config s;

	if (source_parse(text, &s) != ERR_OK) {
		fail_msg("%s", text);
	}
	return s;
}

static const char *chosen(const struct source_config *list, size_t n,
	int family, unsigned char fill)
{
	static char text[ADDRESS_TEXT];
	unsigned char who[32];
	union address a;

	memset(who, fill, sizeof who);
	if (!source_choose(list, n, family, who, &a)) {
		return "none";
	}
	assert_int_equal(a.sa.sa_family, family);
	address_text(&a, text);
	return text;
}

static void prefixes_are_read(void **state)
{
	static const char *const bad[] = {"", "x", "/64", "2001:db8::1/64",
		"192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "::/0",
		"127.0.0.0/7", "2001:db8::/129", "2001:db8::/-1", "192.0.2"};
	struct source_config s;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (source_parse(bad[i], &s) != ERR_BAD_INPUT) {
			fail_msg("%s", bad[i]);
		}
	}
	assert_int_equal(parsed("127.0.0.0/8").bits, 8);
	assert_int_equal(parsed("2001:db8::7").bits, 128);
	assert_int_equal(parsed("192.0.2.128/25").bits, 25);
}

static void the_hash_fills_the_host_part(void **state)
{
	struct source_config s = parsed("2001:db8:1:2::/64");

	(void)state;
	assert_string_equal(chosen(&s, 1, AF_INET6, 0xab),
		"[2001:db8:1:2:abab:abab:abab:abab]:0");
	assert_string_equal(chosen(&s, 1, AF_INET, 0xab), "none");
	s = parsed("127.0.0.0/8");
	assert_string_equal(chosen(&s, 1, AF_INET, 0x21), "127.33.33.33:0");
	s = parsed("192.0.2.128/25");
	assert_string_equal(chosen(&s, 1, AF_INET, 0x85), "192.0.2.133:0");
	s = parsed("192.0.2.7");
	assert_string_equal(chosen(&s, 1, AF_INET, 0xff), "192.0.2.7:0");
}

static void the_edges_are_left_out(void **state)
{
	struct source_config s = parsed("192.0.2.0/24");

	(void)state;
	assert_string_equal(chosen(&s, 1, AF_INET, 0), "192.0.2.1:0");
	assert_string_equal(chosen(&s, 1, AF_INET, 0xff), "192.0.2.254:0");
	s = parsed("2001:db8::/64");
	assert_string_equal(chosen(&s, 1, AF_INET6, 0), "[2001:db8::1]:0");
	s = parsed("192.0.2.6/31"); /* RFC 3021: both are hosts */
	assert_string_equal(chosen(&s, 1, AF_INET, 0), "192.0.2.6:0");
	assert_string_equal(chosen(&s, 1, AF_INET, 0xff), "192.0.2.7:0");
}

static void of_several_one_is_chosen(void **state)
{
	struct source_config list[] = {parsed("192.0.2.1"),
		parsed("2001:db8::1"), parsed("192.0.2.2"),
		parsed("192.0.2.3")};

	(void)state;
	assert_string_equal(chosen(list, 4, AF_INET, 0), "192.0.2.1:0");
	assert_string_equal(chosen(list, 4, AF_INET, 1), "192.0.2.3:0");
	assert_string_equal(chosen(list, 4, AF_INET, 2), "192.0.2.2:0");
	assert_string_equal(chosen(list, 4, AF_INET6, 9), "[2001:db8::1]:0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_are_read),
		cmocka_unit_test(the_hash_fills_the_host_part),
		cmocka_unit_test(the_edges_are_left_out),
		cmocka_unit_test(of_several_one_is_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
