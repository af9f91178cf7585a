/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "mapping/people/caps.h"

static struct disco_info exodus(void)
{
	return (struct disco_info){
		.identities = {{"client", "pc"}},
		.nidentities = 1,
		.name = slice_str("Exodus 0.9.1"),
		.features = {"http://jabber.org/protocol/disco#items",
			"http://jabber.org/protocol/disco#info",
			"http://jabber.org/protocol/muc",
			"http://jabber.org/protocol/caps"},
		.nfeatures = 4,
	};
}

/* XEP-0115 5.2 */
static void the_example_of_the_standard(void **state)
{
	struct disco_info d = exodus();
	char ver[CAPS_VER];

	(void)state;
	caps_ver(&d, ver);
	assert_string_equal(ver, "QgayPKawpkPSDYmwT/WM94uAlu0=");
	assert_string_equal(d.features[0],
		"http://jabber.org/protocol/disco#items");
}

static void everything_counts_but_the_order(void **state)
{
	struct disco_info d = exodus();
	char ver[CAPS_VER];
	char other[CAPS_VER];

	(void)state;
	caps_ver(&d, ver);
	d.features[0] = "http://jabber.org/protocol/disco#info";
	d.features[1] = "http://jabber.org/protocol/disco#items";
	caps_ver(&d, other);
	assert_string_equal(ver, other);
	d.name = slice_str("Exodus<client/pc//");
	caps_ver(&d, other);
	assert_string_not_equal(ver, other);
	d = exodus();
	d.nfeatures = 3;
	caps_ver(&d, other);
	assert_string_not_equal(ver, other);
	d = exodus();
	d.identities[0].type = "web";
	caps_ver(&d, other);
	assert_string_not_equal(ver, other);
}

static void only_its_own_node_is_known(void **state)
{
	static const struct map_config config;
	const struct mapping m = {.config = &config};
	struct disco_info d;
	char ver[CAPS_VER];
	char node[100];

	(void)state;
	disco_describe(&m, ADDR_GW, slice_str("IRC gateway"), NULL, &d);
	assert_int_equal(d.nidentities, 3);
	assert_true(d.nfeatures > 4);
	caps_ver(&d, ver);
	snprintf(node, sizeof node, "urn:isthmus:gateway#%s", ver);
	assert_true(caps_is_node(&d, node));
	node[25]++;
	assert_false(caps_is_node(&d, node));
	assert_false(caps_is_node(&d, "urn:isthmus:gateway"));
	assert_false(caps_is_node(&d, "urn:isthmus:gateway#"));
	assert_false(caps_is_node(&d, "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_standard),
		cmocka_unit_test(everything_counts_but_the_order),
		cmocka_unit_test(only_its_own_node_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
