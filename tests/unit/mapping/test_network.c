/* SPDX-License-Identifier: MIT */
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "tests/unit/mapping/fixture.h"

static void join(const char *full)
{
	char xml[1000];

	snprintf(xml, sizeof xml,
		"<presence from='%s' to='#c%%irc.test.net@gw/a'>"
		"<x xmlns='http://jabber.org/protocol/muc'/></presence>",
		full);
	fix_jabber(xml);
}

/* Without irc.test.net, which users may name themselves. */
static struct map_config without_it(void)
{
	struct map_config config = fix.config;

	config.nnetworks = 1;
	config.free_choice = true;
	return config;
}

static void what_left_the_configuration_may_be_named_by_users(void **state)
{
	struct map_config config = without_it();
	struct network *n;

	(void)state;
	mapping_reload(fix.core, &config);
	join("a@home/x");
	n = network_find(fix.core, slice_str("irc.test.net"));
	assert_non_null(n);
	assert_int_equal(n->config->tls, LINK_TLS_VERIFY);
	mapping_reload(fix.core, &fix.config);
}

static void contacts_of_a_network_that_leaves_do_not_bring_it_back(void **state)
{
	struct store_row row = {.user = "a@home", .kind = "contact",
		.scope = "", .key = "bob%irc.test.net@gw",
		.value = slice_str("1")};
	struct map_config config = without_it();

	(void)state;
	mapping_load(fix.core, &row);
	join("a@home/x");
	mapping_reload(fix.core, &config);
	assert_null(network_find(fix.core, slice_str("irc.test.net")));
	assert_true(fix_last_has("service-unavailable"));
	mapping_reload(fix.core, &fix.config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_left_the_configuration_may_be_named_by_users),
		TEST(contacts_of_a_network_that_leaves_do_not_bring_it_back),
	};

	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
