/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "xmpp/jid.h"

static const struct {
	const char *in;
	const char *node;   /* NULL: none */
	const char *domain; /* NULL: not an address */
	const char *resource;
} addresses[] = {
	{"example.com", NULL, "example.com", NULL},
	{"Juliet@Example.COM/Balcony", "juliet", "example.com", "Balcony"},
	{"#chan%irc.test.net@irc.example.com/[Bob]^", "#chan%irc.test.net",
		"irc.example.com", "[Bob]^"},
	{"a@b/c@d/e", "a", "b", "c@d/e"},
	{"b/c@d", NULL, "b", "c@d"},
	{"#c%[\\3a\\3a1]\\3a6667@gw", "#c%[\\3a\\3a1]\\3a6667", "gw", NULL},
	{"a@[::1]/x", "a", "[::1]", "x"},
	{"a@[2001:DB8::1]", "a", "[2001:db8::1]", NULL},
	{"a@b.c.", "a", "b.c", NULL},
	{"a@b_c-d", "a", "b_c-d", NULL},
	{"a@b/ ", "a", "b", " "},
	/* What Prosody does to localparts in transit (PROTOCOL B.3). */
	{"#\xc3\x84@x", "#\xc3\xa4", "x", NULL},
	{"\xef\xbc\x83@x", "#", "x", NULL},
	{"\xef\xac\x81@x", "fi", "x", NULL},
	{"\xc2\xbd@x",
		"1\xe2\x81\x84"
		"2",
		"x", NULL},
	{"\xc3\x9f@x", "ss", "x", NULL},
	{"a\xe2\x80\x8b"
	 "b@x",
		"ab", "x", NULL},
	{"e\xcc\x81@x", "\xc3\xa9", "x", NULL},
	{"a@x/\xef\xbd\x86", "a", "x", "f"},
	{"a@x/a\xc2\xa0"
	 "b",
		"a", "x", "a b"},
	/* Newer than Unicode 3.2: passed (PROTOCOL B.2). */
	{"\xf0\x9f\x98\x80@x/\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "x",
		"\xf0\x9f\x98\x80"},
	{"a@B\xc3\x9c"
	 "CHER.example",
		"a",
		"b\xc3\xbc"
		"cher.example",
		NULL},
	{"a@x\xe3\x80\x82y", "a", "x.y", NULL},
	{"", NULL, NULL, NULL},
	{"@x", NULL, NULL, NULL},
	{"a@", NULL, NULL, NULL},
	{"a@/r", NULL, NULL, NULL},
	{"/r", NULL, NULL, NULL},
	{"a@x/", NULL, NULL, NULL},
	{"a@b@c", NULL, NULL, NULL},
	{"a b@x", NULL, NULL, NULL},
	{"a\"b@x", NULL, NULL, NULL},
	{"a&b@x", NULL, NULL, NULL},
	{"a'b@x", NULL, NULL, NULL},
	{"a:b@x", NULL, NULL, NULL},
	{"a<b@x", NULL, NULL, NULL},
	{"a>b@x", NULL, NULL, NULL},
	{"a\x7f"
	 "b@x",
		NULL, NULL, NULL},
	{"a\x01"
	 "b@x",
		NULL, NULL, NULL},
	{"a@x/\x01", NULL, NULL, NULL},
	{"a\xc2\xa0"
	 "b@x",
		NULL, NULL, NULL}, /* no-break space */
	{"a\xc2\x85"
	 "b@x",
		NULL, NULL, NULL},	       /* a C1 control */
	{"a\xef\xbf\xbd@x", NULL, NULL, NULL}, /* U+FFFD */
	{"\xd7\x90"
	 "a@x",
		NULL, NULL, NULL},	      /* right-to-left and left */
	{"\xef\xbc\xa0@x", NULL, NULL, NULL}, /* becomes @ */
	{"\xc2\xad@x", NULL, NULL, NULL},     /* becomes nothing */
	{"a\xff@x", NULL, NULL, NULL},
	{"a\xc3@x", NULL, NULL, NULL},
	{"a@x..y", NULL, NULL, NULL},
	{"a@.", NULL, NULL, NULL},
	{"a@x y", NULL, NULL, NULL},
	{"a@x:5222", NULL, NULL, NULL},
	{"a@x\xef\xbc\x8fy", NULL, NULL, NULL}, /* becomes / */
	{"a@[::1", NULL, NULL, NULL},
	{"a@[::g]", NULL, NULL, NULL},
	{"a@[]", NULL, NULL, NULL},
};

static void same(const char *what, const char *have, const char *want)
{
	if (want == NULL) {
		assert_null(have);
	} else {
		assert_non_null(have);
		if (strcmp(have, want) != 0) {
			print_error("%s\n", what);
		}
		assert_string_equal(have, want);
	}
}

static void addresses_are_taken_apart_and_prepared(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
		const char *in = addresses[i].in;
		struct arena a;
		struct jid jid;
		enum err err;

		arena_init(&a, 8192);
		err = jid_parse(slice_str(in), &a, &jid);
		if ((err == ERR_OK) != (addresses[i].domain != NULL)) {
			print_error("%s: %s\n", in, err_text(err));
		}
		assert_int_equal(err == ERR_OK, addresses[i].domain != NULL);
		if (err == ERR_OK) {
			same(in, jid.node, addresses[i].node);
			same(in, jid.domain, addresses[i].domain);
			same(in, jid.resource, addresses[i].resource);
		} else {
			assert_int_equal(err, ERR_BAD_INPUT);
		}
		arena_finish(&a);
	}
}

static void the_whole_is_made_of_its_parts(void **state)
{
	struct arena a;
	struct jid jid;

	(void)state;
	arena_init(&a, 8192);
	assert_int_equal(jid_parse(slice_str("A@B/C"), &a, &jid), ERR_OK);
	assert_string_equal(jid.bare, "a@b");
	assert_string_equal(jid.full, "a@b/C");
	assert_int_equal(jid_parse(slice_str("B"), &a, &jid), ERR_OK);
	assert_string_equal(jid.bare, "b");
	assert_string_equal(jid.full, "b");
	arena_finish(&a);
}

static enum err parse_sizes(size_t node, size_t resource, const char *fill)
{
	static char text[8192];
	size_t step = strlen(fill);
	size_t n = 0;
	struct arena a;
	struct jid jid;
	enum err err;

	for (size_t i = 0; i < node; i += step, n += step) {
		memcpy(text + n, fill, step);
	}
	n += (size_t)sprintf(text + n, "@x/");
	for (size_t i = 0; i < resource; i++) {
		text[n++] = 'r';
	}
	arena_init(&a, 16384);
	err = jid_parse(slice(text, n), &a, &jid);
	arena_finish(&a);
	return err;
}

static void a_part_has_1023_bytes_at_most(void **state)
{
	(void)state;
	assert_int_equal(parse_sizes(1023, 1023, "n"), ERR_OK);
	assert_int_equal(parse_sizes(1024, 1023, "n"), ERR_TOO_BIG);
	assert_int_equal(parse_sizes(1023, 1024, "n"), ERR_TOO_BIG);
	assert_int_equal(parse_sizes(1023, 10, "\xe3\x83\x90"), ERR_OK);
	/* A ligature of 3 bytes that prepares to 33: counted afterwards. */
	assert_int_equal(parse_sizes(90, 10, "\xef\xb7\xba"), ERR_BAD_INPUT);
	assert_int_equal(parse_sizes(1023, 10, "\xef\xb7\xba"), ERR_TOO_BIG);
	assert_int_equal(parse_sizes(1023, 10, "\xef\xac\x83"), ERR_OK);
	assert_int_equal(parse_sizes(1023, 10, "\xe2\x85\xa6"), ERR_OK);
}

static void a_full_arena_is_no_address(void **state)
{
	struct arena a;
	struct jid jid;

	(void)state;
	arena_init(&a, 32);
	assert_int_equal(
		jid_parse(slice_str("someone@somewhere.example/r"), &a, &jid),
		ERR_TOO_BIG);
	arena_finish(&a);
}

static const struct {
	const char *name;
	const char *node;
} escapes[] = {
	{"a\\b", "a\\b"},
	{"a\\20b", "a\\5c20b"},
	{"a\\5cb", "a\\5c5cb"},
	{"a\\5Cb", "a\\5c5Cb"},
	{"\\5c20", "\\5c5c20"},
	{"#a@b", "#a\\40b"},
	{"&x", "\\26x"},
	{"##x", "##x"},
	{"+x", "+x"},
	{"!ABCDEx", "!ABCDEx"},
	{"#", "#"},
	{"#50%off", "#50%off"},
	{"#a\\2cb", "#a\\2cb"},
	{"foo[bar]", "foo[bar]"},
	{"foo{bar}", "foo{bar}"},
	{"~foo^", "~foo^"},
	{"#a:b", "#a\\3ab"},
	{"a b", "a\\20b"},
	{"\"'/<>", "\\22\\27\\2f\\3c\\3e"},
	{"\\", "\\"},
	{"\\2", "\\2"},
	{"\\ ", "\\\\20"},
	{"\\2/", "\\2\\2f"},
	{"", ""},
};

static void names_are_escaped_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		struct buf b;

		buf_init(&b, 100);
		jid_escape(&b, slice_str(escapes[i].name));
		assert_string_equal(buf_cstr(&b), escapes[i].node);
		buf_reset(&b, 0);
		jid_unescape(&b, slice_str(escapes[i].node));
		assert_string_equal(buf_cstr(&b), escapes[i].name);
		buf_finish(&b);
	}
}

static void only_the_ten_sequences_are_unescaped(void **state)
{
	static const char in[] = "\\20\\22\\26\\27\\2f\\3a\\3c\\3e\\40\\5c"
				 "\\2F\\5C\\00\\21\\2c\\41\\5d\\7f\\";
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	jid_unescape(&b, slice_str(in));
	assert_string_equal(
		buf_cstr(&b), " \"&'/:<>@\\/\\\\00\\21\\2c\\41\\5d\\7f\\");
	buf_finish(&b);
}

/* Every printable ASCII character, in every position of three. */
static void every_printable_character_comes_back(void **state)
{
	(void)state;
	for (char c = 0x20; c < 0x7f; c++) {
		const char names[3][4] = {
			{c, 'x', 'y'}, {'x', c, 'y'}, {'5', 'c', c}};

		for (size_t i = 0; i < 3; i++) {
			struct buf escaped;
			struct buf back;
			struct arena a;

			buf_init(&escaped, 100);
			buf_init(&back, 100);
			arena_init(&a, 1024);
			jid_escape(&escaped, slice_str(names[i]));
			assert_non_null(
				jid_prepare_node(buf_slice(&escaped), &a));
			jid_unescape(&back, buf_slice(&escaped));
			assert_string_equal(buf_cstr(&back), names[i]);
			buf_finish(&escaped);
			buf_finish(&back);
			arena_finish(&a);
		}
	}
}

static void parts_are_prepared_alone(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1024);
	assert_string_equal(jid_prepare_node(slice_str("#CHAN"), &a), "#chan");
	assert_null(jid_prepare_node(slice_str("a/b"), &a));
	assert_null(jid_prepare_node(slice_str(""), &a));
	assert_string_equal(
		jid_prepare_resource(slice_str("B/o@b"), &a), "B/o@b");
	assert_null(jid_prepare_resource(slice_str("\xef\xbf\xbd"), &a));
	arena_finish(&a);
}

static const struct {
	const char *in;
	const char *out; /* NULL: none */
} hosts[] = {
	{"IRC.Example.COM", "irc.example.com"},
	{"b\xc3\xbc"
	 "cher.DE",
		"xn--bcher-kva.de"},
	{"xn--bcher-kva.de", "xn--bcher-kva.de"},
	{"irc.example.com.", "irc.example.com"},
	{"127.0.0.1", "127.0.0.1"},
	{"::1", "::1"},
	{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7::"},
	{"::", "::"},
	{"[::1]", "[::1]"},
	{"2001:DB8::A", "2001:db8::a"},
	{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
	{"::ffff:127.0.0.1", "::ffff:127.0.0.1"},
	{"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:1.2.3.4"},
	{"localhost", "localhost"},
	{"", NULL},
	{".", NULL},
	{"a..b", NULL},
	{"a b", NULL},
	{"a/b", NULL},
	{"a@b", NULL},
	{"a%b", NULL},
	{":", NULL},
	{":1", NULL},
	{"1:", NULL},
	{":::", NULL},
	{"1::2::3", NULL},
	{"1:2:3:4:5:6:7:8:9", NULL},
	{"1:2:3:4:5:6:7::8", NULL},
	{"1:2:3:4:5:6:7:1.2.3.4", NULL},
	{"::256.0.0.1", NULL},
	{"::12345", NULL},
	{"[::1]x", NULL},
	{"a\xff", NULL},
};

static void hosts_become_what_the_dns_is_asked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		struct buf b;
		enum err err;

		buf_init(&b, 1000);
		err = jid_host_to_ascii(slice_str(hosts[i].in), &b);
		if ((err == ERR_OK) != (hosts[i].out != NULL)) {
			print_error("host %s\n", hosts[i].in);
		}
		assert_int_equal(
			err, hosts[i].out != NULL ? ERR_OK : ERR_BAD_INPUT);
		assert_string_equal(
			buf_cstr(&b), hosts[i].out != NULL ? hosts[i].out : "");
		buf_finish(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_taken_apart_and_prepared),
		cmocka_unit_test(the_whole_is_made_of_its_parts),
		cmocka_unit_test(a_part_has_1023_bytes_at_most),
		cmocka_unit_test(a_full_arena_is_no_address),
		cmocka_unit_test(names_are_escaped_by_the_table),
		cmocka_unit_test(only_the_ten_sequences_are_unescaped),
		cmocka_unit_test(every_printable_character_comes_back),
		cmocka_unit_test(parts_are_prepared_alone),
		cmocka_unit_test(hosts_become_what_the_dns_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
