/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

static bool parse(const char *to, struct addr *a, struct fault *fault)
{
	arena_reset(&fix.core->arena);
	return addr_parse(fix.core, to, NULL, a, fault);
}

struct good {
	const char *to;
	enum addr_kind kind;
	const char *network; /* NULL for GW */
	const char *name;
	const char *nick;
};

static const struct network *the_network(void)
{
	struct fault fault;

	return addr_network(fix.core, slice_str("net"), &fault);
}

static void check_good(const struct good *g)
{
	struct addr a;
	struct fault fault = {E_COUNT, ""};

	if (!parse(g->to, &a, &fault)) {
		fail_msg("%s is refused: %s", g->to, fault.text);
	}
	if (a.kind != g->kind) {
		fail_msg("%s is of kind %d", g->to, (int)a.kind);
	}
	if (g->network == NULL) {
		assert_null(a.network);
	} else {
		assert_string_equal(a.network->entry.key->p, g->network);
	}
	if (!slice_is(a.name, g->name ? g->name : "") ||
		!slice_is(a.nick, g->nick ? g->nick : "")) {
		fail_msg("%s means %.*s / %.*s", g->to, SLICE_ARG(a.name),
			SLICE_ARG(a.nick));
	}
}

struct bad {
	const char *to;
	enum stanza_error error;
};

static void check_bad(const struct bad *b)
{
	struct addr a;
	struct fault fault = {E_COUNT, NULL};

	if (parse(b->to, &a, &fault)) {
		fail_msg("%s is taken", b->to);
	}
	if (fault.error != b->error) {
		fail_msg("%s is %s", b->to,
			stanza_error_condition(fault.error));
	}
	assert_non_null(fault.text);
}

/* PROTOCOL B.1, row by row. */
static void every_form_of_address_means_its_entity(void **state)
{
	static const struct good rows[] = {
		{"gw", ADDR_GW, NULL, NULL, NULL},
		{"gw/anything", ADDR_GW, NULL, NULL, NULL},
		{"irc.test.net@gw", ADDR_SRV, "irc.test.net", NULL, NULL},
		{"net@gw", ADDR_SRV, "net", NULL, NULL},
		{"n@gw", ADDR_SRV, "net", NULL, NULL},
		{"N@gw", ADDR_SRV, "net", NULL, NULL},
		{"IRC.Test.Net@gw", ADDR_SRV, "irc.test.net", NULL, NULL},
		{"%net@gw", ADDR_SRV, "net", NULL, NULL},
		{"%net@gw/Nick", ADDR_NICK, "net", "Nick", NULL},
		{"%net@gw/~x:y/z", ADDR_NICK, "net", "~x:y/z", NULL},
		{"#chan%net@gw", ADDR_CHAN, "net", "#chan", NULL},
		{"\\26chan%net@gw", ADDR_CHAN, "net", "&chan", NULL},
		{"+chan%net@gw", ADDR_CHAN, "net", "+chan", NULL},
		{"!ABCDEx%net@gw", ADDR_CHAN, "net", "!ABCDEx", NULL},
		{"#chan%n@gw", ADDR_CHAN, "net", "#chan", NULL},
		{"#chan%net@gw/Nick", ADDR_OCC, "net", "#chan", "Nick"},
		{"#chan%net@gw/a b@c", ADDR_OCC, "net", "#chan", "a b@c"},
		{"nick%net@gw", ADDR_NICK, "net", "nick", NULL},
		{"nick%net@gw/~user@host", ADDR_NICK, "net", "nick", NULL},
		{"Nick%NET@gw", ADDR_NICK, "net", "Nick", NULL},
		{"#50%off%net@gw", ADDR_CHAN, "net", "#50%off", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_good(&rows[i]);
	}
}

static void what_is_no_address_is_refused_with_its_error(void **state)
{
	static const struct bad rows[] = {
		{"#chan@gw", E_ITEM_NOT_FOUND},  /* no default network */
		{"nick@gw", E_ITEM_NOT_FOUND},
		{"#c%nowhere@gw", E_ITEM_NOT_FOUND},
		{"nowhere.example@gw", E_FORBIDDEN},
		{"#c%nowhere.example@gw", E_FORBIDDEN},
		{"host\\3a6697@gw", E_FORBIDDEN},
		{"#c%net\\3a6697@gw", E_FORBIDDEN},
		{"#c%[\\3a\\3a1]\\3a6667@gw", E_FORBIDDEN},
		{"#c%@gw", E_JID_MALFORMED},
		{"%@gw", E_JID_MALFORMED},
		{"#c%host\\3a@gw", E_JID_MALFORMED},
		{"#c%host\\3a0@gw", E_JID_MALFORMED},
		{"#c%host\\3a65536@gw", E_JID_MALFORMED},
		{"#c%host\\3ax@gw", E_JID_MALFORMED},
		{"#c%[\\3a\\3a1@gw", E_JID_MALFORMED},
		{"#c%[\\3a\\3a1]x@gw", E_JID_MALFORMED},
		{"#c%\\3a6667@gw", E_JID_MALFORMED},
		{"#a\\20b%net@gw", E_JID_MALFORMED},
		{"a\\20b%net@gw", E_JID_MALFORMED},
		{"#a,b%net@gw", E_JID_MALFORMED},
		{"a,b%net@gw", E_JID_MALFORMED},
		{"mask!x\\40y%net@gw", E_JID_MALFORMED},
		{"a*%net@gw", E_JID_MALFORMED},
		{"\\3ax%net@gw", E_JID_MALFORMED},
		{"#a\xc2\xa0" "b%net@gw", E_JID_MALFORMED},
		{"#a\xef\xbf\xbd%net@gw", E_JID_MALFORMED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_bad(&rows[i]);
	}
}

/* PROTOCOL B.2: what tests must cover. */
static void escapes_are_those_of_the_table_and_no_others(void **state)
{
	static const struct good rows[] = {
		{"#a\\b%net@gw", ADDR_CHAN, "net", "#a\\b", NULL},
		{"#a\\5c20b%net@gw", ADDR_CHAN, "net", "#a\\20b", NULL},
		{"#a\\5c5cb%net@gw", ADDR_CHAN, "net", "#a\\5cb", NULL},
		{"a\\5c20b%net@gw", ADDR_NICK, "net", "a\\20b", NULL},
		{"\\5c5c20b%net@gw", ADDR_NICK, "net", "\\5c20b", NULL},
		{"#a\\40b%net@gw", ADDR_CHAN, "net", "#a@b", NULL},
		{"#a\\2Fb%net@gw", ADDR_CHAN, "net", "#a/b", NULL},
		{"#a\\3ab%net@gw", ADDR_CHAN, "net", "#a:b", NULL},
		{"#a\\22\\26\\27\\3c\\3e%net@gw", ADDR_CHAN, "net",
			"#a\"&'<>", NULL},
		{"##x%net@gw", ADDR_CHAN, "net", "##x", NULL},
		{"#%net@gw", ADDR_CHAN, "net", "#", NULL},
		{"#a\\2cb%net@gw", ADDR_CHAN, "net", "#a\\2cb", NULL},
		{"foo[bar]%net@gw", ADDR_NICK, "net", "foo[bar]", NULL},
		{"foo{bar}%net@gw", ADDR_NICK, "net", "foo{bar}", NULL},
		{"~foo^%net@gw", ADDR_NICK, "net", "~foo^", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_good(&rows[i]);
	}
}

/* The JID of a name means that name again. */
static void check_round_trip(struct slice name)
{
	struct fault fault;
	struct network *net = addr_network(fix.core, slice_str("net"), &fault);
	struct buf jid;
	struct addr a;

	buf_init(&jid, 4096);
	addr_add_name(fix.core, &jid, net, name);
	if (!parse(buf_cstr(&jid), &a, &fault)) {
		fail_msg("%s is refused: %s", buf_cstr(&jid), fault.text);
	}
	if (!slice_eq(a.name, name)) {
		fail_msg("%s means %.*s", buf_cstr(&jid), SLICE_ARG(a.name));
	}
	assert_string_equal(a.bare, buf_cstr(&jid));
	buf_finish(&jid);
}

static void names_come_back_whole(void **state)
{
	static const char *const names[] = {"#a\\b", "#a\\20b", "#a\\5cb",
		"\\5c20", "#a@b", "&x", "##x", "+x", "#", "#50%off",
		"#a\\2cb", "foo[bar]", "foo{bar}", "~foo^", "#\\", "#\\2",
		"#\xc3\xa9", "\xf0\x9f\x98\x80"};
	char text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		check_round_trip(slice_str(names[i]));
	}
	/* every printable ASCII character, but for what ends a name */
	for (char c = 0x21; c < 0x7f; c++) {
		if (c == ',' || (c >= 'A' && c <= 'Z')) {
			continue;
		}
		check_round_trip(slice(text,
			(size_t)snprintf(text, sizeof text, "#x%cy", c)));
		check_round_trip(slice(text,
			(size_t)snprintf(text, sizeof text, "#%c", c)));
	}
	memset(text, 'x', sizeof text);
	text[0] = '#';
	check_round_trip(slice(text, 200));
}

static void names_go_out_in_lower_case(void **state)
{
	struct fault fault;
	struct network *net = addr_network(fix.core, slice_str("net"), &fault);
	struct buf jid;

	(void)state;
	buf_init(&jid, 4096);
	addr_add_name(fix.core, &jid, net, slice_str("#ABC[x]\\20"));
	assert_string_equal(buf_cstr(&jid), "#abc[x]\\5c20%net@gw");
	buf_truncate(&jid, 0);
	addr_add_srv(fix.core, &jid, net);
	assert_string_equal(buf_cstr(&jid), "net@gw");
	buf_finish(&jid);
}

/* Whatever a server calls somebody: servers take the address (B.4). */
static void every_name_has_a_legal_address(void **state)
{
	static const struct slice names[] = {
		{"a\xc2\xa0z", 4}, {"\xff\xfe", 2}, {"\x81", 1},
		{"a\tb", 3}, {"\x7f", 1}, {"\xe2\x80\xaex", 4},
		{"\xd7\x90z", 3}, {"\xef\xbf\xbd", 3}, {"\x01\x02", 2},
		{" ", 1}, {"", 0},
	};
	char large[512];
	struct fault fault;
	struct network *net = addr_network(fix.core, slice_str("net"), &fault);

	(void)state;
	for (size_t i = 0; i <= COUNT(names) + 1; i++) {
		struct slice name = i < COUNT(names) ? names[i] :
						       slice(large, 512);
		struct buf jid;
		struct jid parsed;

		memset(large, i == COUNT(names) ? '/' : '\xe9', sizeof large);
		buf_init(&jid, 16384);
		addr_add_name(fix.core, &jid, net, name);
		if (jid_parse(buf_slice(&jid), &fix.core->arena, &parsed) !=
			ERR_OK) {
			fail_msg("name %zu: %s", i, buf_cstr(&jid));
		}
		assert_string_equal(parsed.domain, "gw");
		buf_truncate(&jid, 0);
		buf_add_str(&jid, "#c%net@gw/");
		addr_add_resource(fix.core, &jid, the_network(),
			name.len ? name : slice_str("x"));
		if (jid_parse(buf_slice(&jid), &fix.core->arena, &parsed) !=
			ERR_OK) {
			fail_msg("resource %zu: %s", i, buf_cstr(&jid));
		}
		buf_finish(&jid);
	}
}

static void different_names_without_an_address_stay_apart(void **state)
{
	struct buf one;
	struct buf two;

	(void)state;
	buf_init(&one, 4096);
	buf_init(&two, 4096);
	assert_false(addr_add_resource(fix.core, &one, the_network(),
		slice("a\x81", 2)));
	assert_false(addr_add_resource(fix.core, &two, the_network(),
		slice("a\x8d", 2)));
	assert_false(slice_eq(buf_slice(&one), buf_slice(&two)));
	assert_memory_equal(one.p, "a_~", 3);
	buf_finish(&one);
	buf_finish(&two);
}

/* One line from IRC may name thousands (D.6: +m). */
static void naming_people_uses_no_memory_up(void **state)
{
	const struct network *network = the_network();
	struct buf jid;
	size_t before;

	(void)state;
	buf_init(&jid, 4096);
	arena_strndup(&fix.core->arena, "x", 1);
	before = fix.core->arena.used;
	for (int i = 0; i < 1000; i++) {
		buf_truncate(&jid, 0);
		assert_true(addr_add_resource(fix.core, &jid, network,
			slice_str("\xc3\xa9t\xc3\xa9")));
	}
	assert_int_equal(fix.core->arena.used, before);
	buf_finish(&jid);
}

static void names_longer_than_any_are_refused(void **state)
{
	char to[1100];
	struct addr a;
	struct fault fault;

	(void)state;
	memset(to, 'x', sizeof to);
	strcpy(to + 512, "%net@gw");
	assert_true(parse(to, &a, &fault));
	memset(to, 'x', 520);
	strcpy(to + 513, "%net@gw");
	assert_false(parse(to, &a, &fault));
	assert_int_equal(fault.error, E_JID_MALFORMED);
}

static void free_choice_names_any_server(void **state)
{
	static const struct good rows[] = {
		{"#c%some.example@gw", ADDR_CHAN, "some.example", "#c", NULL},
		{"#c%Some.Example@gw", ADDR_CHAN, "some.example", "#c", NULL},
		{"#c%host\\3a6667@gw", ADDR_CHAN, "host:6667", "#c", NULL},
		{"#c%[\\3a\\3a1]\\3a6667@gw", ADDR_CHAN, "[::1]:6667", "#c",
			NULL},
		{"other.example@gw", ADDR_SRV, "other.example", NULL, NULL},
	};
	static const struct bad bads[] = {
		{"#c%nowhere@gw", E_ITEM_NOT_FOUND},
		{"#c%[x]\\3a6667@gw", E_JID_MALFORMED},
		{"#c%a..b@gw", E_JID_MALFORMED},
	};

	(void)state;
	fix.config.free_choice = true;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addr a;
		struct fault fault;

		check_good(&rows[i]);
		assert_true(parse(rows[i].to, &a, &fault));
		assert_int_equal(a.network->config->servers[0].port,
			strstr(rows[i].to, "6667") ? 6667 : 6697);
		assert_false(a.network->config->allow_private);
	}
	for (size_t i = 0; i < COUNT(bads); i++) {
		check_bad(&bads[i]);
	}
}

static void with_a_fixed_network_percent_never_separates(void **state)
{
	static const struct good rows[] = {
		{"gw", ADDR_GW, NULL, NULL, NULL},
		{"#c@gw", ADDR_CHAN, "net", "#c", NULL},
		{"#c%x@gw/N", ADDR_OCC, "net", "#c%x", "N"},
		{"bob@gw", ADDR_NICK, "net", "bob", NULL},
		{"irc.test.net@gw", ADDR_NICK, "net", "irc.test.net", NULL},
	};
	struct fault fault;
	struct buf jid;

	(void)state;
	fix.config.fixed_network = "net";
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_good(&rows[i]);
	}
	buf_init(&jid, 1000);
	addr_add_name(fix.core, &jid,
		addr_network(fix.core, slice_str("net"), &fault),
		slice_str("#C%x"));
	assert_string_equal(buf_cstr(&jid), "#c%x@gw");
	buf_finish(&jid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_form_of_address_means_its_entity),
		TEST(what_is_no_address_is_refused_with_its_error),
		TEST(escapes_are_those_of_the_table_and_no_others),
		TEST(names_come_back_whole),
		TEST(names_go_out_in_lower_case),
		TEST(every_name_has_a_legal_address),
		TEST(different_names_without_an_address_stay_apart),
		TEST(naming_people_uses_no_memory_up),
		TEST(names_longer_than_any_are_refused),
		TEST(free_choice_names_any_server),
		TEST(with_a_fixed_network_percent_never_separates),
	};

	return cmocka_run_group_tests_name("addr", tests, NULL, NULL);
}
