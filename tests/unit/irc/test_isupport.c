/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "irc/isupport.h"

static struct isupport after(const char *tokens)
{
	struct slice list = slice_str(tokens);
	struct isupport is;

	isupport_init(&is);
	while (list.len > 0) {
		isupport_token(&is, slice_cut(&list, ' '));
	}
	return is;
}

static void numbers_are_clipped_to_sane_bounds(void **state)
{
	static const struct {
		const char *tokens;
		unsigned nicklen;
		unsigned linelen;
		unsigned topiclen;
	} cases[] = {
		{"", 9, 512, 390},
		{"NICKLEN=31 LINELEN=2048 TOPICLEN=307", 31, 2048, 307},
		{"NICKLEN=0 LINELEN=0 TOPICLEN=0", 9, 512, 390},
		{"NICKLEN=-5 LINELEN=x TOPICLEN=", 9, 512, 390},
		{"NICKLEN=99999999999999999999", 9, 512, 390},
		{"NICKLEN=100000 LINELEN=100000 TOPICLEN=1", 512, 8191, 16},
		{"NICKLEN=31 -NICKLEN LINELEN=2000 -LINELEN", 9, 512, 390},
		{"nicklen=20", 20, 512, 390},
		/* ircu: others have longer ones, from before or by services */
		{"NICKLEN=12 MAXNICKLEN=15", 12, 512, 390},
		{"MAXNICKLEN=15 NICKLEN=12", 12, 512, 390},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct isupport is = after(cases[i].tokens);

		assert_int_equal(is.nicklen, cases[i].nicklen);
		assert_int_equal(is.linelen, cases[i].linelen);
		assert_int_equal(is.topiclen, cases[i].topiclen);
	}
}

/* IRCv3 message-tags, "CLIENTTAGDENY examples", with tags of ours. */
static void what_the_server_denies_is_not_sent(void **state)
{
	static const struct {
		const char *tokens;
		bool typing;
		bool reply;
	} cases[] = {
		{"", true, true},
		{"CLIENTTAGDENY=", true, true},
		{"CLIENTTAGDENY=*", false, false},
		{"CLIENTTAGDENY=*,-typing,-example/bar", true, false},
		{"CLIENTTAGDENY=typing,example/bar", false, true},
		{"CLIENTTAGDENY=example/typing", true, true},
		{"CLIENTTAGDENY=* -CLIENTTAGDENY", true, true},
		/* However long the list is, its end counts. */
		{"CLIENTTAGDENY=*,-draft/channel-context,-draft/react,"
		 "-draft/unreact,-draft/reply,-channel-context,-typing",
			true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct isupport is = after(cases[i].tokens);

		assert_int_equal(isupport_tag_allowed(&is, "typing"),
			cases[i].typing);
		assert_int_equal(isupport_tag_allowed(&is, "reply"),
			cases[i].reply);
	}
}

static void others_may_have_longer_nicks(void **state)
{
	struct isupport is = after("NICKLEN=12 MAXNICKLEN=15");

	(void)state;
	assert_int_equal(isupport_longest_nick(&is), 15);
	is = after("NICKLEN=30");
	assert_int_equal(isupport_longest_nick(&is), 30);
	is = after("NICKLEN=30 MAXNICKLEN=9");
	assert_int_equal(isupport_longest_nick(&is), 30);
	is = after("NICKLEN=12 MAXNICKLEN=15 -MAXNICKLEN");
	assert_int_equal(isupport_longest_nick(&is), 12);
}

static void prefixes_and_modes_follow_the_server(void **state)
{
	struct isupport is = after("PREFIX=(qaohv)~&@%+ "
		"CHANMODES=IXbegw,k,FHJLdfjl,ABCcimnpst");

	(void)state;
	assert_int_equal(isupport_symbol(&is, '~'), 0);
	assert_int_equal(isupport_mode(&is, 'v'), 4);
	assert_int_equal(isupport_symbol(&is, '!'), -1);
	assert_int_equal(isupport_symbol(&is, '\0'), -1);
	assert_int_equal(isupport_mode_kind(&is, 'o'), MODE_PREFIX);
	assert_int_equal(isupport_mode_kind(&is, 'b'), MODE_LIST);
	assert_int_equal(isupport_mode_kind(&is, 'k'), MODE_ALWAYS);
	assert_int_equal(isupport_mode_kind(&is, 'l'), MODE_ON_SET);
	assert_int_equal(isupport_mode_kind(&is, 'm'), MODE_NEVER);
	assert_int_equal(isupport_mode_kind(&is, 'Z'), MODE_NEVER);
	is = after("PREFIX=(ov@+ PREFIX=(ov)@ PREFIX=ov");
	assert_string_equal(is.prefix_modes, "ov");
	is = after("PREFIX=");
	assert_int_equal(isupport_mode(&is, 'o'), -1);
	is = after("PREFIX=(abcdefghijklmnopqrst)abcdefghijklmnopqrst");
	assert_string_equal(is.prefix_modes, "ov");
}

static void words_are_decoded_and_bounded(void **state)
{
	struct isupport is = after("NETWORK=a\\x20b\\x3Dc\\x0 CHANTYPES= "
		"STATUSMSG=@+ CASEMAPPING=ascii BOT=B WHOX UTF8ONLY "
		"TARGMAX=NAMES:1,PRIVMSG:4,JOIN: ELIST=CMNTU UNKNOWN=1 =x");

	(void)state;
	assert_string_equal(is.network, "a b=c\\x0");
	assert_string_equal(is.chantypes, "#&+!");
	assert_string_equal(is.statusmsg, "@+");
	assert_string_equal(is.elist, "CMNTU");
	assert_int_equal(is.casemap, CASEMAP_ASCII);
	assert_int_equal(is.bot, 'B');
	assert_true(is.whox && is.utf8only && is.seen);
	assert_int_equal(is.maxtargets, 4);
	assert_int_equal(is.maxjoins, 100);
	is = after("NETWORK=0123456789012345678901234567890123456789012345678"
		"90123456789012345678901234567890");
	assert_int_equal(strlen(is.network), ISUPPORT_TEXT - 1);
	is = after("draft/ICON=https://x.test/i.png");
	assert_string_equal(is.icon, "https://x.test/i.png");
	is = after("draft/ICON=https://x.test/i.png -draft/ICON");
	assert_string_equal(is.icon, "");
	is = after("draft/ICON=https://x.test/"
		"0123456789012345678901234567890123456789012345678901234567890"
		"0123456789012345678901234567890123456789012345678901234567890"
		"0123456789012345678901234567890123456789012345678901234567890"
		"0123456789012345678901234567890123456789012345678901234567890");
	assert_string_equal(is.icon, "");
	is = after("WHOX -WHOX CASEMAPPING=ascii -CASEMAPPING");
	assert_false(is.whox);
	assert_int_equal(is.casemap, CASEMAP_RFC1459);
}

static void names_fold_by_the_mapping(void **state)
{
	static const struct {
		const char *token;
		const char *a;
		const char *b;
		bool equal;
	} cases[] = {
		{"ascii", "ABCxyz", "abcXYZ", true},
		{"ascii", "[]\\~", "{}|^", false},
		{"rfc1459", "A[]\\~", "a{}|^", true},
		{"rfc1459", "A[]\\^", "a{}|~", true},
		{"strict-rfc1459", "[]\\", "{}|", true},
		{"rfc1459-strict", "^", "~", false},
		{"rfc8265", "A", "a", true},
		{"rfc7613", "[", "{", false},
		{"ascii", "@", "`", false},
		{"ascii", "a", "ab", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum casemap cm = casemap_find(slice_str(cases[i].token));
		struct slice a = slice_str(cases[i].a);
		struct slice b = slice_str(cases[i].b);
		const struct istr *ka = casemap_intern(cm, a);
		const struct istr *kb = casemap_intern(cm, b);

		assert_int_equal(casemap_equal(cm, a, b), cases[i].equal);
		assert_int_equal(ka == kb, cases[i].equal);
		assert_ptr_equal(casemap_lookup(cm, a), ka);
		istr_unref(ka);
		istr_unref(kb);
	}
	assert_int_equal(intern_count(), 0);
}

static void names_above_512_bytes_are_no_names(void **state)
{
	char name[513];

	(void)state;
	memset(name, 'x', sizeof name);
	assert_null(casemap_intern(CASEMAP_ASCII, slice(name, 513)));
	assert_null(casemap_lookup(CASEMAP_ASCII, slice(name, 513)));
	assert_null(casemap_lookup(CASEMAP_ASCII, slice(name, 512)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_clipped_to_sane_bounds),
		cmocka_unit_test(what_the_server_denies_is_not_sent),
		cmocka_unit_test(others_may_have_longer_nicks),
		cmocka_unit_test(prefixes_and_modes_follow_the_server),
		cmocka_unit_test(words_are_decoded_and_bounded),
		cmocka_unit_test(names_fold_by_the_mapping),
		cmocka_unit_test(names_above_512_bytes_are_no_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
