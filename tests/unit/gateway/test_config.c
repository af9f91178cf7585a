/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "tests/unit/unit.h"

#include "gateway/config.h"
#include "gateway/config_value.h"

#define JABBER "jabber: { component = \"irc.example.com\"; secret = \"hush\"; };\n"
#define NETS   "networks = ( { name = \"irc.a.test\"; } );\n"
#define NET(x) JABBER "networks = ( { name = \"irc.a.test\"; " x " } );\n"

static char path[64];

static int make_file(void **state)
{
	(void)state;
	snprintf(path, sizeof path, "/tmp/isthmus-conf-XXXXXX");
	close(mkstemp(path));
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static enum err load(const char *text, struct config **out, struct buf *errors)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	buf_init(errors, 65536);
	return config_load(path, out, errors);
}

static struct config *load_good(const char *text)
{
	struct config *c = NULL;
	struct buf errors;

	if (load(text, &c, &errors) != ERR_OK) {
		fail_msg("%s", buf_cstr(&errors));
	}
	assert_int_equal(errors.len, 0);
	buf_finish(&errors);
	return c;
}

/* The faults of one file: each row's line and a part of its message. */
struct faults {
	const char *text;
	struct {
		unsigned line;
		const char *said;
	} want[6];
};

static const struct faults faults[] = {
	{"", {{1, "`jabber` is missing"}, {1, "`networks` is missing"}}},
	{JABBER, {{1, "`networks` is missing"}}},
	{JABBER "networks = ( );\n", {{2, "`networks` is empty"}}},
	{JABBER "networks = ((;\n", {{2, "syntax error"}}},
	{JABBER NETS NETS, {{3, "duplicate"}}},
	{JABBER NETS "jaber: { };\n", {{3, "unknown key `jaber`"}}},
	{"jabber: {\n component = \"irc.a\";\n secrte = \"t\";\n};\n" NETS,
		{{3, "unknown key `secrte` in jabber"},
			{1, "`secret` or `secret_file` is missing"}}},
	{"jabber: { secret = \"t\"; };\n" NETS,
		{{1, "`component` is missing"}}},
	{"jabber: { component = \"a@b\"; secret = \"t\"; };\n" NETS,
		{{1, "`component` must be a domain"}}},
	{"jabber: { component = \"a.b\"; secret = \"t\";\nport = \"5347\"; };\n"
		NETS, {{2, "`port` must be a whole number"}}},
	{"jabber: { component = \"a.b\"; secret = \"t\";\nport = 0; };\n" NETS,
		{{2, "`port` must be from 1 to 65535"}}},
	{"jabber: { component = \"a.b\"; secret = \"t\";\nport = 65536; };\n"
		NETS, {{2, "`port` must be from 1 to 65535"}}},
	{"jabber: { component = \"a.b\"; secret = \"t\";\n"
		"secret_file = \"/dev/null\"; };\n" NETS,
		{{2, "not both"}}},
	{"jabber: { component = \"a.b\";\nsecret_file = \"/nowhere/x\"; };\n"
		NETS, {{2, "/nowhere/x cannot be read: No such file"}}},
	{"jabber: { component = \"a.b\";\nsecret_file = \"/dev/null\"; };\n"
		NETS, {{2, "/dev/null has no first line"}}},
	{"jabber: { component = \"a.b\"; secret = \"t\";\ntls = off; };\n" NETS,
		{{2, "syntax error (strings stand in quotes)"}}},
	{"jabber: { component = \"a.b\"; secret = \"t\";\ntls = \"on\"; };\n"
		NETS, {{2, "`tls` must be \"verify\", \"insecure\""}}},
	{JABBER "networks = ( \"irc.a.test\" );\n",
		{{2, "`networks` must be a group"}}},
	{JABBER "networks = { name = \"irc.a.test\"; };\n",
		{{2, "`networks` must be a list"}}},
	{JABBER "networks = (\n{ title = \"A\"; } );\n",
		{{3, "a network has no `name`"}}},
	{JABBER "networks = (\n{ name = \"irc a\"; },\n{ name = \"-x\"; },\n"
		"{ name = \"a..b\"; },\n{ name = \"a.\"; } );\n",
		{{3, "`name` must be a host name"}, {4, "`name` must be"},
			{5, "`name` must be"}, {6, "`name` must be"}}},
	{JABBER "networks = ( { name = \"a.test\"; },\n"
		"{ name = \"A.TEST\"; } );\n",
		{{3, "two networks have the name `a.test`"}}},
	{JABBER "networks = ( { name = \"a.test\"; aliases = ( \"x\" ); },\n"
		"{ name = \"b.test\";\naliases = ( \"y\",\n\"X\" ); } );\n",
		{{5, "the name `x` is used twice"}}},
	{JABBER "networks = ( { name = \"a.test\"; aliases = ( \"x\",\n\"x\",\n"
		"\"a.test\" ); } );\n",
		{{3, "`x` is used twice"}, {4, "`a.test` is used twice"}}},
	{JABBER "networks = ( { name = \"a.test\"; aliases = ( \"b.test\" ); },"
		"\n{ name = \"b.test\"; } );\n",
		{{3, "two networks have the name `b.test`"}}},
	{NET("aliases = ( );"), {{2, "`aliases` is empty"}}},
	{NET("caps_off = (\n\"echo-message\",\n\"echo\", 3 );"),
		{{4, "`caps_off` must be a capability that Isthmus uses"},
			{4, "`caps_off` must be"}}},
	{NET("servers = ( );"), {{2, "`servers` is empty"}}},
	{NET("servers = (\n\"a:0\",\n\"a:65536\",\n\"[::1\",\n\"[a]\",\n\"a:b\")"
	     ";"),
		{{3, "`servers` must be"}, {4, "`servers` must be"},
			{5, "`servers` must be"}, {6, "`servers` must be"},
			{7, "`servers` must be"}}},
	{NET("pin = \"abc\";"), {{2, "`pin` must be the SHA-256"}}},
	{JABBER NETS "identd = \"localhost\";", {{3, "`identd` must be an"}}},
	{NET("proxy = \"a:b:c\";"), {{2, "`proxy` must be \"host\""}}},
	{NET("source = \"192.0.2.1/24\";"), {{2, "`source` must be an"}}},
	{NET("source = ( \"::1\", 5 );"), {{2, "`source` must be an"}}},
	{NET("proxy = \"tor.test\";\nsource = \"192.0.2.0/24\";"),
		{{3, "`source` has no use with `proxy`"}}},
	{NET("pin = ( \"abc\", 7 );"),
		{{2, "`pin` must be the SHA-256"},
			{2, "`pin` must be a string in quotes"}}},
	{NET("pin = ( \"\", \"\", \"\", \"\", \"\", \"\", \"\", \"\", \"\" );"),
		{{2, "`pin` has more than 8"}}},
	{NET("tsl = \"off\";"), {{2, "unknown key `tsl` in networks"}}},
	{NET("encoding = \"no-such\";"), {{2, "`encoding` must be"}}},
	{NET("allow_private = 1;"), {{2, "`allow_private` must be true or"}}},
	{NET("max_unregistered = 0;"), {{2, "from 1 to 1000"}}},
	{NET("ca_file = \"/nowhere/ca\";"), {{2, "/nowhere/ca cannot be read"}}},
	{NET("password = \"a\\nQUIT\";"), {{2, "has a control character"}}},
	{NET("title = \"\";"), {{2, "1 to 200 bytes"}}},
	{NET("title = \"\\xff\";"), {{2, "is not UTF-8"}}},
	{JABBER NETS "fixed_network = \"irc.b.test\";\n",
		{{3, "no network has the name `irc.b.test`"}}},
	{JABBER NETS "users = ( );\n", {{3, "`users` is empty"}}},
	{JABBER NETS "users = ( \"a b@\" );\n", {{3, "`users` must be"}}},
	{JABBER NETS "users = \"example.com\";\n", {{3, "must be a list"}}},
	{JABBER NETS "admins = ( \"a@b/c\",\n\"b\",\n\"@b\" );\n",
		{{3, "`admins` must be addresses of users"},
			{4, "`admins` must be"}, {5, "`admins` must be"}}},
	{JABBER NETS "website = \"ftp://a.test/\";\n",
		{{3, "`website` must be an address that begins with"}}},
	{JABBER NETS "update_notice = \"\";\n",
		{{3, "`update_notice` must have 1 to 1000 bytes"}}},
	{JABBER NETS "clients: { browse_style = \"item\"; };\n",
		{{3, "`browse_style` must be \"category\" or \"query\""}}},
	{JABBER NETS "clients: { presence = true; };\n",
		{{3, "`presence` must be \"full\" or \"lazy\""}}},
	{JABBER NETS "clients: { presence = \"all\"; };\n",
		{{3, "`presence` must be \"full\" or \"lazy\""}}},
	{JABBER NETS "clients: { error_cdata = 1; };\n",
		{{3, "`error_cdata` must be true or false"}}},
	{JABBER NETS "limits: { stanza = 262144; };\n",
		{{3, "`stanza` must be a size with its unit"}}},
	{JABBER NETS "limits: { stanza = \"256KB\"; };\n",
		{{3, "`stanza` must be a size"}}},
	{JABBER NETS "limits: { stanza = \"2MiB\"; };\n",
		{{3, "`stanza` must be from 16 KiB to 1024 KiB"}}},
	{JABBER NETS "irc: { flood_interval = \"2\"; };\n",
		{{3, "`flood_interval` must be a time with its unit"}}},
	{JABBER NETS "irc: { flood_interval = 2; };\n",
		{{3, "`flood_interval` must be a time"}}},
	{JABBER NETS "irc: { register_timeout = \"99h\"; };\n",
		{{3, "`register_timeout` must be from"}}},
	{JABBER NETS "irc: { reconnect_max = \"10s\";\n"
		"reconnect_min = \"11s\"; };\n",
		{{4, "`reconnect_min` is over `reconnect_max`"}}},
	{JABBER NETS "irc: { expose_jid = \"no\"; };\n",
		{{3, "`expose_jid` must be true or false"}}},
	{JABBER NETS "log: { level = \"loud\"; };\n",
		{{3, "`level` must be \"error\""}}},
	{JABBER NETS "storage: { file = \"\";\nkey_file = 1; };\n",
		{{3, "`file` must have 1 to 4000 bytes"},
			{4, "`key_file` must be a string"}}},
	{JABBER NETS "storage: { file = \"a\";\nkey_file = \"a\"; };\n",
		{{4, "`key_file` is the same as `file`"}}},
	{JABBER NETS "registration = \"required\";\n"
		"storage: { enabled = false; };\n",
		{{3, "with storage off nobody can register"}}},
	{JABBER NETS "core_dumps = 1;\n",
		{{3, "`core_dumps` must be true or false"}}},
	{JABBER NETS "log = \"info\";\n", {{3, "`log` must be a group"}}},
};

static void each_fault_has_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		struct config *c = NULL;
		struct buf errors;
		size_t lines = 0;
		size_t wanted = 0;

		assert_int_equal(load(faults[i].text, &c, &errors),
			ERR_BAD_INPUT);
		assert_null(c);
		for (size_t k = 0; k < errors.len; k++) {
			lines += errors.p[k] == '\n';
		}
		for (; wanted < 6 && faults[i].want[wanted].said; wanted++) {
			char head[100];
			char *at;

			snprintf(head, sizeof head, "%s:%u: ", path,
				faults[i].want[wanted].line);
			at = strstr(buf_cstr(&errors), head);
			while (at != NULL &&
				(strstr(at, faults[i].want[wanted].said) ==
						NULL ||
					strstr(at, faults[i].want[wanted].said) >
						strchr(at, '\n'))) {
				at = strstr(at + 1, head);
			}
			if (at == NULL) {
				fail_msg("no \"%s%s\" for:\n%ssaid:\n%s", head,
					faults[i].want[wanted].said,
					faults[i].text, buf_cstr(&errors));
			}
		}
		if (lines != wanted) {
			fail_msg("%zu faults for:\n%ssaid:\n%s", wanted,
				faults[i].text, buf_cstr(&errors));
		}
		assert_null(strstr(buf_cstr(&errors), "hush"));
		buf_finish(&errors);
	}
}

static void a_missing_file_or_a_folder(void **state)
{
	static const char *const names[] = {"/nowhere/isthmus.conf", "/tmp"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct config *c = NULL;
		struct buf errors;

		buf_init(&errors, 4096);
		assert_int_equal(config_load(names[i], &c, &errors),
			ERR_BAD_INPUT);
		assert_non_null(strstr(buf_cstr(&errors), names[i]));
		buf_finish(&errors);
	}
}

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

static void every_key_lands_in_its_field(void **state)
{
	struct config *c = load_good(
		"jabber: { component = \"IRC.Example.Com\"; host = \"::1\";\n"
		"port = 65535; secret = \"s\"; server = \"jabber.example.com\";\n"
		"tls = \"insecure\"; ca_file = \"/dev/null\"; };\n"
		"users = [ \"a.example\", \"b.example\" ];\n"
		"networks = ( { name = \"IRC.A.Test\"; tls = \"off\";\n"
		" aliases = ( \"A\", \"b\" ); title = \"Ä\";\n"
		" servers = ( \"one.test\", \"two.test:7000\", \"[::1]\",\n"
		"  \"[::1]:7001\", \"192.0.2.1:7002\", \"2001:db8::1\" );\n"
		" ca_file = \"/dev/null\"; password = \"p w\";\n"
		" max_unregistered = 3; connect_burst = 0; semianonymous = true;\n"
		" connect_interval = \"2s\"; encoding = \"windows-1252\";\n"
		" caps_off = ( \"echo-message\", \"sasl\" );\n"
		" webirc_password = \"w\";\n"
		" sts = false; proxy = \"[::1]:9050\"; proxy_user = \"u\";"
		" proxy_password = \"p\"; proxy_isolate = false;"
		" plain_login = true; pin = ( \""
		"ffffffffffffffffffffffffffffffff"
		"00112233445566778899aabbccddeeff\", \""
		"00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:"
		"00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff\" ); },\n"
		" { name = \"b.test\"; servers = ( \"localhost\" );\n"
		" source = ( \"192.0.2.0/24\", \"2001:db8::1\" ); },\n"
		" { name = \"c.test\"; allow_private = true; pin = \""
		"00112233445566778899aabbccddeeff"
		"00112233445566778899AABBCCDDEEFF\"; } );\n"
		"fixed_network = \"b.test\"; free_choice = true;\n"
		"free_choice_proxy = \"tor.test\"; identd = \"[::]\";\n"
		"free_choice_private = true; registration = \"closed\";\n"
		"admins = ( \"Root@a.example\", \"b@b.example\" );\n"
		"update_notice = \"2.0 is there\";\n"
		"website = \"https://a.example/irc\";\n"
		"clients: { browse_style = \"query\"; error_cdata = true;\n"
		" announce_new_rooms = true; presence = \"lazy\";\n"
		" lazy_above = 7; };\n"
		"limits: { sessions = 100000; sessions_per_user = 2;\n"
		" rooms_per_session = 3; resources_per_user = 4;\n"
		" stanza = \"64 KiB\"; };\n"
		"irc: { expose_jid = true; register_timeout = \"1s\";\n"
		" reconnect_min = \"100ms\"; reconnect_max = \"2h\";\n"
		" rejoin_silence = \"0s\"; join_timeout = \"2s\";\n"
		" keep_component = \"1min\"; flood_burst = 1000;\n"
		" flood_interval = \"10ms\"; queue_lines = 1000;\n"
		" quit_message = \"bye\"; logged = true; };\n"
		"messages: { show_modes = false; receipts = true; };\n"
		"log: { level = \"debug\"; };\n"
		"storage: { enabled = false; file = \"rows\";\n"
		" key_file = \"/run/key\"; };\ncore_dumps = true;\n");
	const struct map_config *m = &c->map;
	const struct network_config *n = m->networks;

	(void)state;
	assert_string_equal(m->component, "irc.example.com");
	assert_string_equal(c->jabber_host, "::1");
	assert_int_equal(c->jabber_port, 65535);
	assert_string_equal(c->jabber_secret, "s");
	assert_string_equal(m->server, "jabber.example.com");
	assert_int_equal(c->jabber_tls, LINK_TLS_INSECURE);
	assert_string_equal(c->jabber_ca_file, "/dev/null");
	assert_false(c->storage);
	assert_string_equal(c->storage_file, "rows");
	assert_string_equal(c->storage_key_file, "/run/key");
	assert_true(c->core_dumps);
	assert_int_equal(m->nusers, 2);
	assert_string_equal(m->users[1], "b.example");
	assert_int_equal(m->nnetworks, 3);
	assert_string_equal(n[0].name, "irc.a.test");
	assert_int_equal(n[0].tls, LINK_TLS_OFF);
	assert_int_equal(n[0].naliases, 2);
	assert_string_equal(n[0].aliases[0], "a");
	assert_string_equal(n[0].title, "Ä");
	assert_int_equal(n[0].nservers, 6);
	assert_string_equal(n[0].servers[0].host, "one.test");
	assert_int_equal(n[0].servers[0].port, 6667);
	assert_int_equal(n[0].servers[1].port, 7000);
	assert_string_equal(n[0].servers[2].host, "::1");
	assert_int_equal(n[0].servers[2].port, 6667);
	assert_int_equal(n[0].servers[3].port, 7001);
	assert_string_equal(n[0].servers[4].host, "192.0.2.1");
	assert_int_equal(n[0].servers[4].port, 7002);
	assert_string_equal(n[0].servers[5].host, "2001:db8::1");
	assert_true(n[0].allow_private); /* a literal of the operator's */
	assert_string_equal(n[0].ca_file, "/dev/null");
	assert_string_equal(n[0].password, "p w");
	assert_int_equal(n[0].max_unregistered, 3);
	assert_int_equal(n[0].connect_burst, 0);
	assert_true(n[0].semianonymous && !n[1].semianonymous);
	assert_true(m->announce_new_rooms);
	assert_int_equal(n[0].connect_interval_ms, 2000);
	assert_true(n[0].plain_login);
	assert_true(m->receipts);
	assert_int_equal(n[0].ncaps_off, 2);
	assert_string_equal(n[0].caps_off[0], "echo-message");
	assert_string_equal(n[0].caps_off[1], "sasl");
	assert_int_equal(n[1].ncaps_off, 0);
	assert_true(n[1].allow_private); /* localhost */
	assert_int_equal(n[1].servers[0].port, 6697);
	assert_true(n[2].allow_private);
	assert_string_equal(n[0].webirc_password, "w");
	assert_string_equal(c->identd.host, "::");
	assert_int_equal(c->identd.port, 113);
	assert_true(!n[0].sts && n[1].sts);
	assert_string_equal(n[0].proxy.host, "::1");
	assert_int_equal(n[0].proxy.port, 9050);
	assert_string_equal(n[0].proxy_user, "u");
	assert_string_equal(n[0].proxy_password, "p");
	assert_true(!n[0].proxy_isolate && n[1].proxy_isolate);
	assert_null(n[1].proxy.host);
	assert_int_equal(n[1].nsources, 2);
	assert_true(n[1].sources[1].v6 && n[1].sources[0].bits == 24);
	assert_string_equal(m->free_choice_proxy.host, "tor.test");
	assert_int_equal(m->free_choice_proxy.port, 1080);
	assert_int_equal(n[0].npins, 2);
	assert_string_equal(n[0].pins[1], n[2].pins[0]);
	assert_int_equal(n[2].npins, 1);
	assert_string_equal(n[2].pins[0], "00112233445566778899aabbccddeeff"
					  "00112233445566778899aabbccddeeff");
	assert_string_equal(m->fixed_network, "b.test");
	assert_int_equal(m->registration, REGISTRATION_CLOSED);
	assert_true(m->free_choice && m->free_choice_private && m->expose_jid);
	assert_int_equal(m->nadmins, 2);
	assert_string_equal(m->admins[0], "root@a.example");
	assert_string_equal(m->update_notice, "2.0 is there");
	assert_string_equal(m->website, "https://a.example/irc");
	assert_int_equal(m->browse_style, BROWSE_QUERY);
	assert_true(m->error_cdata);
	assert_true(m->presence_lazy);
	assert_int_equal(m->lazy_above, 7);
	assert_int_equal(m->max_sessions, 100000);
	assert_int_equal(m->max_sessions_per_user, 2);
	assert_int_equal(m->max_rooms, 3);
	assert_int_equal(m->max_resources, 4);
	assert_int_equal(m->max_stanza, 65536);
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
	assert_false(m->show_modes);
	assert_int_equal(c->log_level, LOG_DEBUG);
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

/* --- the files that come with the program --------------------------------- */

static void project_file(char *out, size_t cap, const char *name)
{
	const char *root = getenv("ISTHMUS_ROOT");
	size_t here = strlen(__FILE__) - strlen("/tests/unit/gateway/test_config.c");

	if (root != NULL) {
		snprintf(out, cap, "%s/%s", root, name);
	} else {
		snprintf(out, cap, "%.*s/%s", (int)here, __FILE__, name);
	}
}

static char *read_whole(const char *name)
{
	char file_path[1000];
	FILE *file;
	char *text = calloc(1, 100000);

	project_file(file_path, sizeof file_path, name);
	file = fopen(file_path, "r");
	if (file == NULL) {
		fail_msg("%s", file_path);
	}
	assert_true(fread(text, 1, 99999, file) > 0);
	fclose(file);
	return text;
}

/* Whether a line begins with `name` after blanks and a #, before = or :. */
static bool example_has(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line != NULL;
		line = strchr(line, '\n')) {
		line += strspn(line, "\n\t ");
		line += *line == '#';
		if (strncmp(line, name, len) == 0 &&
			strspn(line + len, " ") < 2 &&
			strchr("=:", line[len + strspn(line + len, " ")])) {
			return true;
		}
	}
	return false;
}

/* Whether an .It Ic line lists it. */
static bool manual_has(const char *text, const char *name)
{
	const char *line = strstr(text, "\n.It Ic ");
	size_t len = strlen(name);

	for (; line != NULL; line = strstr(line + 1, "\n.It Ic ")) {
		const char *end = strchr(line + 1, '\n');
		const char *at = line + 7;

		while ((at = strstr(at, name)) != NULL && at < end) {
			if (at[-1] == ' ' && (at[len] == ' ' || at + len == end)) {
				return true;
			}
			at += len;
		}
	}
	return false;
}

static void the_example_and_the_manual_list_each_key(void **state)
{
	char *example = read_whole("config/isthmus.conf.example");
	char *manual = read_whole("doc/isthmus.conf.5");

	(void)state;
	assert_false(example_has(example, "no_such_key"));
	assert_false(manual_has(manual, "no_such_key"));
	for (size_t i = 0; i < config_key_count; i++) {
		const char *name = config_keys[i].name;

		if (!example_has(example, name)) {
			fail_msg("the example lacks %s", name);
		}
		if (!manual_has(manual, name)) {
			fail_msg("the manual lacks %s", name);
		}
	}
	free(example);
	free(manual);
}

static void the_example_loads_and_shows_the_defaults(void **state)
{
	char name[1000];
	struct config *c = NULL;
	struct config *plain = load_good(JABBER NETS);
	struct buf errors;

	(void)state;
	project_file(name, sizeof name, "config/isthmus.conf.example");
	buf_init(&errors, 65536);
	if (config_load(name, &c, &errors) != ERR_OK) {
		fail_msg("%s", buf_cstr(&errors));
	}
	buf_finish(&errors);
	assert_int_equal(c->map.max_sessions, plain->map.max_sessions);
	assert_int_equal(c->map.max_sessions_per_user,
		plain->map.max_sessions_per_user);
	assert_int_equal(c->map.max_rooms, plain->map.max_rooms);
	assert_int_equal(c->map.max_resources, plain->map.max_resources);
	assert_int_equal(c->map.max_stanza, plain->map.max_stanza);
	assert_int_equal(c->map.register_timeout_ms,
		plain->map.register_timeout_ms);
	assert_int_equal(c->map.reconnect_min_ms, plain->map.reconnect_min_ms);
	assert_int_equal(c->map.reconnect_max_ms, plain->map.reconnect_max_ms);
	assert_int_equal(c->map.rejoin_silence_ms,
		plain->map.rejoin_silence_ms);
	assert_int_equal(c->map.join_timeout_ms, plain->map.join_timeout_ms);
	assert_int_equal(c->map.keep_component_ms,
		plain->map.keep_component_ms);
	assert_int_equal(c->map.flood_burst, plain->map.flood_burst);
	assert_int_equal(c->map.flood_interval_ms,
		plain->map.flood_interval_ms);
	assert_int_equal(c->map.queue_lines, plain->map.queue_lines);
	assert_string_equal(c->map.quit_message, plain->map.quit_message);
	config_free(c);
	config_free(plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_line),
		cmocka_unit_test(a_missing_file_or_a_folder),
		cmocka_unit_test(the_smallest_file_has_defaults),
		cmocka_unit_test(every_key_lands_in_its_field),
		cmocka_unit_test(free_choice_needs_no_networks),
		cmocka_unit_test(the_secret_may_stand_in_a_file),
		cmocka_unit_test(the_key_of_occupants_is_stable),
		cmocka_unit_test(units),
		cmocka_unit_test(the_example_and_the_manual_list_each_key),
		cmocka_unit_test(the_example_loads_and_shows_the_defaults),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
