/* SPDX-License-Identifier: MIT */
#include "tests/unit/gateway/config_fixture.h"

/* What is wrong in a file, and in which line. */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_line),
		cmocka_unit_test(a_missing_file_or_a_folder),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
