/* SPDX-License-Identifier: MIT */
#include "tests/unit/gateway/config_fixture.h"

#include "gateway/config_value.h"

/* What a file means: defaults, each key, units, the secret. */

static void the_smallest_file_has_defaults(void **state)
{
	struct config *c = load_good(JABBER NETS);
	const struct network_config *n = &c->map.networks[0];

	(void)state;
	assert_string_equal(c->map.component, "irc.example.com");
	assert_string_equal(c->map.server, "example.com");
	assert_int_equal(c->map.nusers, 1);
	assert_string_equal(c->map.users[0], "example.com");
	assert_string_equal(c->jabber_host, "127.0.0.1");
	assert_int_equal(c->jabber_port, 5347);
	assert_int_equal(c->jabber_tls, LINK_TLS_OFF);
	assert_int_equal(c->log_level, LOG_INFO);
	assert_int_equal(c->map.nnetworks, 1);
	assert_string_equal(n->name, "irc.a.test");
	assert_string_equal(n->title, "irc.a.test");
	assert_int_equal(n->tls, LINK_TLS_VERIFY);
	assert_int_equal(n->nservers, 1);
	assert_string_equal(n->servers[0].host, "irc.a.test");
	assert_int_equal(n->servers[0].port, 6697);
	assert_int_equal(n->max_unregistered, 8);
	assert_int_equal(n->connect_burst, 15);
	assert_int_equal(n->connect_interval_ms, 1200);
	assert_false(n->allow_private);
	assert_false(n->plain_login);
	assert_false(c->map.free_choice);
	assert_int_equal(c->map.registration, REGISTRATION_OPTIONAL);
	assert_null(c->map.fixed_network);
	assert_int_equal(c->map.max_sessions, 10000);
	assert_int_equal(c->map.max_stanza, 256 * 1024);
	assert_int_equal(c->map.reconnect_max_ms, 600000);
	assert_non_null(c->map.quit_message);
	assert_int_equal(c->map.nadmins, 0);
	assert_null(c->map.update_notice);
	assert_null(c->map.website);
	assert_int_equal(c->map.browse_style, BROWSE_CATEGORY);
	assert_false(c->map.error_cdata);
	assert_false(c->map.presence_lazy);
	assert_int_equal(c->map.lazy_above, 2000);
	assert_true(c->map.show_netsplits);
	assert_true(c->storage);
	assert_string_equal(
		c->storage_file, "/var/lib/isthmus/isthmus.sqlite");
	assert_string_equal(
		c->storage_key_file, "/var/lib/isthmus/isthmus.sqlite.key");
	assert_false(c->core_dumps);
	config_free(c);
}

static void keys_of_the_jabber_server_and_of_users(void **state)
{
	struct config *c = load_good(
		"jabber: { component = \"IRC.Example.Com\"; host = \"::1\";\n"
		"port = 65535; secret = \"s\"; server = \"jabber.example.com\";\n"
		"tls = \"insecure\"; ca_file = \"/dev/null\"; };\n"
		"users = [ \"a.example\", \"b.example\" ];\n"
		"admins = ( \"Root@a.example\", \"b@b.example\" );\n"
		"registration = \"closed\"; update_notice = \"2.0 is there\";\n"
		"website = \"https://a.example/irc\";\n"
		"clients: { browse_style = \"query\"; error_cdata = true;\n"
		" announce_new_rooms = true; presence = \"lazy\";\n"
		" lazy_above = 7; };\n"
		"messages: { show_modes = false; receipts = true; };\n"
		NETS);
	const struct map_config *m = &c->map;

	(void)state;
	assert_string_equal(m->component, "irc.example.com");
	assert_string_equal(c->jabber_host, "::1");
	assert_int_equal(c->jabber_port, 65535);
	assert_string_equal(c->jabber_secret, "s");
	assert_string_equal(m->server, "jabber.example.com");
	assert_int_equal(c->jabber_tls, LINK_TLS_INSECURE);
	assert_string_equal(c->jabber_ca_file, "/dev/null");
	assert_int_equal(m->nusers, 2);
	assert_string_equal(m->users[1], "b.example");
	assert_int_equal(m->nadmins, 2);
	assert_string_equal(m->admins[0], "root@a.example");
	assert_int_equal(m->registration, REGISTRATION_CLOSED);
	assert_string_equal(m->update_notice, "2.0 is there");
	assert_string_equal(m->website, "https://a.example/irc");
	assert_int_equal(m->browse_style, BROWSE_QUERY);
	assert_true(m->error_cdata);
	assert_true(m->announce_new_rooms);
	assert_true(m->presence_lazy);
	assert_int_equal(m->lazy_above, 7);
	assert_false(m->show_modes);
	assert_true(m->receipts);
	config_free(c);
}

static void keys_of_a_network(void **state)
{
	struct config *c = load_good(
		NET("title = \"Ä\"; aliases = ( \"A\", \"b\" ); tls = \"off\";\n"
		    "ca_file = \"/dev/null\"; password = \"p w\";\n"
		    "max_unregistered = 3; connect_burst = 0;\n"
		    "connect_interval = \"2s\"; semianonymous = true;\n"
		    "encoding = \"windows-1252\"; webirc_password = \"w\";\n"
		    "caps_off = ( \"echo-message\", \"sasl\" ); sts = false;\n"
		    "plain_login = true; proxy = \"[::1]:9050\";\n"
		    "proxy_user = \"u\"; proxy_password = \"p\";\n"
		    "proxy_isolate = false; }, { name = \"b.test\";\n"
		    "source = ( \"192.0.2.0/24\", \"2001:db8::1\" );"));
	const struct network_config *n = c->map.networks;

	(void)state;
	assert_int_equal(c->map.nnetworks, 2);
	assert_string_equal(n[0].title, "Ä");
	assert_int_equal(n[0].naliases, 2);
	assert_string_equal(n[0].aliases[0], "a");
	assert_int_equal(n[0].tls, LINK_TLS_OFF);
	assert_string_equal(n[0].ca_file, "/dev/null");
	assert_string_equal(n[0].password, "p w");
	assert_int_equal(n[0].max_unregistered, 3);
	assert_int_equal(n[0].connect_burst, 0);
	assert_int_equal(n[0].connect_interval_ms, 2000);
	assert_true(n[0].semianonymous && !n[1].semianonymous);
	assert_string_equal(n[0].encoding, "windows-1252");
	assert_string_equal(n[0].webirc_password, "w");
	assert_int_equal(n[0].ncaps_off, 2);
	assert_string_equal(n[0].caps_off[0], "echo-message");
	assert_string_equal(n[0].caps_off[1], "sasl");
	assert_int_equal(n[1].ncaps_off, 0);
	assert_true(!n[0].sts && n[1].sts);
	assert_true(n[0].plain_login);
	assert_string_equal(n[0].proxy.host, "::1");
	assert_int_equal(n[0].proxy.port, 9050);
	assert_string_equal(n[0].proxy_user, "u");
	assert_string_equal(n[0].proxy_password, "p");
	assert_true(!n[0].proxy_isolate && n[1].proxy_isolate);
	assert_null(n[1].proxy.host);
	assert_int_equal(n[1].nsources, 2);
	assert_true(n[1].sources[1].v6 && n[1].sources[0].bits == 24);
	config_free(c);
}

/* The ways in which a server can be written, and what follows from them. */
static void servers_of_a_network(void **state)
{
	static const struct {
		const char *host;
		unsigned port;
	} servers[] = {{"one.test", 6667}, {"two.test", 7000}, {"::1", 6667},
		{"::1", 7001}, {"192.0.2.1", 7002}, {"2001:db8::1", 6667}};
	struct config *c = load_good(
		JABBER "networks = ( { name = \"IRC.A.Test\"; tls = \"off\";\n"
		" servers = ( \"one.test\", \"two.test:7000\", \"[::1]\",\n"
		"  \"[::1]:7001\", \"192.0.2.1:7002\", \"2001:db8::1\" ); },\n"
		" { name = \"b.test\"; servers = ( \"localhost\" ); },\n"
		" { name = \"c.test\"; allow_private = true; },\n"
		" { name = \"d.test\"; servers = ( \"d.test:1\" ); } );\n");
	const struct network_config *n = c->map.networks;

	(void)state;
	assert_string_equal(n[0].name, "irc.a.test");
	assert_int_equal(n[0].nservers, COUNT(servers));
	for (size_t i = 0; i < COUNT(servers); i++) {
		assert_string_equal(n[0].servers[i].host, servers[i].host);
		assert_int_equal(n[0].servers[i].port, servers[i].port);
	}
	assert_int_equal(n[1].servers[0].port, 6697);
	assert_true(n[0].allow_private); /* a literal of the operator's */
	assert_true(n[1].allow_private); /* localhost */
	assert_true(n[2].allow_private);
	assert_false(n[3].allow_private);
	config_free(c);
}

static void pins_of_a_network(void **state)
{
	struct config *c = load_good(
		NET("pin = ( \"ffffffffffffffffffffffffffffffff"
		    "00112233445566778899aabbccddeeff\", \""
		    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
		    "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\" ); },\n"
		    " { name = \"c.test\"; pin = \""
		    "00112233445566778899aabbccddeeff"
		    "00112233445566778899AABBCCDDEEFF\";"));
	const struct network_config *n = c->map.networks;

	(void)state;
	assert_int_equal(n[0].npins, 2);
	assert_string_equal(n[0].pins[1], n[1].pins[0]);
	assert_int_equal(n[1].npins, 1);
	assert_string_equal(n[1].pins[0], "00112233445566778899aabbccddeeff"
					  "00112233445566778899aabbccddeeff");
	config_free(c);
}

static void keys_of_irc_and_limits(void **state)
{
	struct config *c = load_good(JABBER NETS
		"limits: { sessions = 100000; sessions_per_user = 2;\n"
		" rooms_per_session = 3; resources_per_user = 4;\n"
		" stanza = \"64 KiB\"; };\n"
		"irc: { expose_jid = true; register_timeout = \"1s\";\n"
		" reconnect_min = \"100ms\"; reconnect_max = \"2h\";\n"
		" rejoin_silence = \"0s\"; join_timeout = \"2s\";\n"
		" keep_component = \"1min\"; flood_burst = 1000;\n"
		" flood_interval = \"10ms\"; queue_lines = 1000;\n"
		" quit_message = \"bye\"; logged = true; };\n");
	const struct map_config *m = &c->map;

	(void)state;
	assert_int_equal(m->max_sessions, 100000);
	assert_int_equal(m->max_sessions_per_user, 2);
	assert_int_equal(m->max_rooms, 3);
	assert_int_equal(m->max_resources, 4);
	assert_int_equal(m->max_stanza, 65536);
	assert_true(m->expose_jid);
	assert_int_equal(m->register_timeout_ms, 1000);
	assert_int_equal(m->reconnect_min_ms, 100);
	assert_int_equal(m->reconnect_max_ms, 7200000);
	assert_int_equal(m->rejoin_silence_ms, 0);
	assert_int_equal(m->join_timeout_ms, 2000);
	assert_int_equal(m->keep_component_ms, 60000);
	assert_int_equal(m->flood_burst, 1000);
	assert_int_equal(m->flood_interval_ms, 10);
	assert_int_equal(m->queue_lines, 1000);
	assert_string_equal(m->quit_message, "bye");
	assert_true(m->logged);
	config_free(c);
}

static void keys_of_the_program(void **state)
{
	struct config *c = load_good(JABBER NETS
		"fixed_network = \"irc.a.test\"; free_choice = true;\n"
		"free_choice_proxy = \"tor.test\"; identd = \"[::]\";\n"
		"free_choice_private = true; log: { level = \"debug\"; };\n"
		"storage: { enabled = false; file = \"rows\";\n"
		" key_file = \"/run/key\"; };\ncore_dumps = true;\n");
	const struct map_config *m = &c->map;

	(void)state;
	assert_string_equal(m->fixed_network, "irc.a.test");
	assert_true(m->free_choice && m->free_choice_private);
	assert_string_equal(m->free_choice_proxy.host, "tor.test");
	assert_int_equal(m->free_choice_proxy.port, 1080);
	assert_string_equal(c->identd.host, "::");
	assert_int_equal(c->identd.port, 113);
	assert_int_equal(c->log_level, LOG_DEBUG);
	assert_false(c->storage);
	assert_string_equal(c->storage_file, "rows");
	assert_string_equal(c->storage_key_file, "/run/key");
	assert_true(c->core_dumps);
	config_free(c);
}

static void free_choice_needs_no_networks(void **state)
{
	struct config *c = load_good(JABBER "free_choice = true;\n");

	(void)state;
	assert_int_equal(c->map.nnetworks, 0);
	config_free(c);
}

static void the_secret_may_stand_in_a_file(void **state)
{
	char name[] = "/tmp/isthmus-secret-XXXXXX";
	int fd = mkstemp(name);
	char text[300];
	struct config *c;

	(void)state;
	assert_int_equal(write(fd, "from a file\r\nnot this\n", 22), 22);
	close(fd);
	snprintf(text, sizeof text,
		"jabber: { component = \"irc.a\"; secret_file = \"%s\"; };\n" NETS,
		name);
	c = load_good(text);
	assert_string_equal(c->jabber_secret, "from a file");
	config_free(c);
	unlink(name);
}

/* A restart must not change occupant-ids; another secret or name must. */
static void the_key_of_occupants_is_stable(void **state)
{
	struct config *a = load_good(JABBER NETS);
	struct config *b = load_good(JABBER NETS "log: { level = \"warn\"; };\n");
	struct config *c = load_good(
		"jabber: { component = \"irc.example.com\"; secret = \"x\"; };\n"
		NETS);
	static const unsigned char none[32];

	(void)state;
	assert_memory_equal(a->map.secret, b->map.secret, 32);
	assert_memory_not_equal(a->map.secret, c->map.secret, 32);
	assert_memory_not_equal(a->map.secret, none, 32);
	config_free(a);
	config_free(b);
	config_free(c);
}

static void units(void **state)
{
	static const char *const bad[] = {"", "s", "-1s", "1", "1.5s", "1 m",
		"1sec", "99999999999s", "2147483648ms", "600h"};
	long n;

	(void)state;
	assert_int_equal(config_time("2147483647ms", &n), ERR_OK);
	assert_int_equal(n, 2147483647);
	assert_int_equal(config_size("2048MiB", &n), ERR_BAD_INPUT);
	assert_int_equal(config_size("512B", &n), ERR_OK);
	assert_int_equal(n, 512);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (config_time(bad[i], &n) == ERR_OK) {
			fail_msg("%s", bad[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_smallest_file_has_defaults),
		cmocka_unit_test(keys_of_the_jabber_server_and_of_users),
		cmocka_unit_test(keys_of_a_network),
		cmocka_unit_test(servers_of_a_network),
		cmocka_unit_test(pins_of_a_network),
		cmocka_unit_test(keys_of_irc_and_limits),
		cmocka_unit_test(keys_of_the_program),
		cmocka_unit_test(free_choice_needs_no_networks),
		cmocka_unit_test(the_secret_may_stand_in_a_file),
		cmocka_unit_test(the_key_of_occupants_is_stable),
		cmocka_unit_test(units),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
