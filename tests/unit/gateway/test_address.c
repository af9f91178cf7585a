/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "gateway/address.h"

static const struct {
	const char *text;
	bool is_private;
} addresses[] = {
	{"0.0.0.0", true}, {"0.1.2.3", true}, {"9.255.255.255", false},
	{"10.0.0.0", true}, {"10.255.255.255", true}, {"11.0.0.0", false},
	{"100.63.255.255", false}, {"100.64.0.1", true},
	{"100.127.255.255", true}, {"100.128.0.0", false},
	{"127.0.0.1", true}, {"127.255.255.254", true}, {"128.0.0.1", false},
	{"169.253.255.255", false}, {"169.254.169.254", true},
	{"172.15.255.255", false}, {"172.16.0.1", true},
	{"172.31.255.255", true}, {"172.32.0.0", false},
	{"192.0.0.1", true}, {"192.0.1.1", false}, {"192.0.2.1", true},
	{"192.167.255.255", false}, {"192.168.0.1", true},
	{"192.169.0.0", false}, {"198.17.255.255", false},
	{"198.18.0.1", true}, {"198.19.255.255", true},
	{"198.20.0.0", false}, {"198.51.100.7", true}, {"203.0.113.9", true},
	{"223.255.255.255", false}, {"224.0.0.1", true},
	{"239.255.255.255", true}, {"240.0.0.1", true},
	{"255.255.255.255", true}, {"8.8.8.8", false},

	{"::", true}, {"::1", true}, {"::127.0.0.1", true},
	{"::8.8.8.8", true}, {"::ffff:127.0.0.1", true},
	{"::ffff:8.8.8.8", true}, {"64:ff9b::8.8.8.8", false},
	{"64:ff9b::127.0.0.1", true}, {"64:ff9b::10.1.2.3", true},
	{"64:ff9b:1::8.8.8.8", true}, {"100::1", true},
	{"2001::1", true}, {"2001:db8::1", true},
	{"2001:4860:4860::8888", false}, {"2002:0808:0808::1", false},
	{"2002:7f00:0001::1", true}, {"2002:c0a8:0001::1", true},
	{"2a00:1450::1", false}, {"3fff:ffff::1", false}, {"4000::1", true},
	{"fc00::1", true}, {"fd12:3456::1", true}, {"fe80::1", true},
	{"febf::1", true}, {"fec0::1", true}, {"ff02::1", true},
	{"ff0e::1", true},
};

static void strangers_reach_public_addresses_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		union address a;

		assert_true(address_literal(addresses[i].text, 6667, &a));
		if (address_private(&a) != addresses[i].is_private) {
			fail_msg("%s", addresses[i].text);
		}
	}
}

static void only_whole_literals_are_literals(void **state)
{
	static const char *const names[] = {"", "127.1", "2130706433",
		"0x7f000001", "127.0.0.1 ", "[::1]", "::1%lo", "example.com",
		"1.2.3.4.5", "0177.0.0.1"};
	union address a;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (address_literal(names[i], 1, &a)) {
			fail_msg("%s", names[i]);
		}
	}
}

static void text_has_the_port(void **state)
{
	union address a;
	char text[ADDRESS_TEXT];

	(void)state;
	assert_true(address_literal("192.0.2.1", 6697, &a));
	address_text(&a, text);
	assert_string_equal(text, "192.0.2.1:6697");
	assert_true(address_literal("2001:DB8::1", 6697, &a));
	address_text(&a, text);
	assert_string_equal(text, "[2001:db8::1]:6697");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_reach_public_addresses_only),
		cmocka_unit_test(only_whole_literals_are_literals),
		cmocka_unit_test(text_has_the_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
