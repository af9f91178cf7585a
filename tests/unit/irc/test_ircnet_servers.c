/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"
#include "tests/unit/irc/transcripts.h"

/* What real servers say, in pieces of any size, always means the same. */

static void replay(const char *lines, size_t len, const char *expected)
{
	static const size_t steps[] = {1, 7, 100, 1000000};

	for (size_t i = 0; i < COUNT(steps); i++) {
		struct fixture f;
		const char *joined;

		fixture_init(&f);
		fixture_open(&f);
		for (size_t at = 0; at < len; at += steps[i]) {
			ircnet_input(f.net, lines + at,
				len - at < steps[i] ? len - at : steps[i]);
		}
		assert_non_null(strstr(buf_cstr(&f.told),
			"registered juliet\n"));
		/* Before it: greetings, numbers of users, the MOTD's end. */
		joined = strstr(buf_cstr(&f.told), "join ");
		assert_non_null(joined);
		assert_string_equal(joined, expected);
		assert_int_equal(ircnet_dropped(f.net), 0);
		fixture_close(&f);
	}
}

static void ngircd_means(void **state)
{
	(void)state;
	replay(transcript_ngircd, sizeof transcript_ngircd - 1,
		"join #c juliet me\n"
		"complete #c members=2 topic=the topic\n"
		"modes #c +ml 9 by  key=- limit=9\n"
		"text privmsg bob #c known :hello\n"
		"prefix #c juliet 0 16 by bob\n"
		"nick bob rob\n"
		"ctcp rob VERSION :\n"
		"leave #c juliet kick me by rob :out\n"
		"join #c juliet me\n"
		"complete #c members=2 topic=the topic\n"
		"join #d juliet me\n"
		"complete #d members=1 topic=\n"
		"leave #c rob quit :\"gone\"\n"
		"text notice irc.ngircd.test server -  "
		":Connection statistics: client 0.1 kb, server 2.3 kb.\n"
		"end error 0 \"bye\"\n");
}

static void inspircd_means(void **state)
{
	(void)state;
	replay(transcript_inspircd, sizeof transcript_inspircd - 1,
		"join #c juliet me\n"
		"complete #c members=2 topic=the topic\n"
		"modes #c +lmnt 9 by  key=- limit=9\n"
		"text privmsg bob #c known id :hello\n"
		"prefix #c juliet 0 16 by bob\n"
		"nick bob rob\n"
		"ctcp rob VERSION :\n"
		"leave #c juliet kick me by rob :out\n"
		"join #c juliet me\n"
		"complete #c members=2 topic=the topic\n"
		"join #d juliet me\n"
		"complete #d members=1 topic=\n"
		"leave #c rob quit :Quit: gone\n"
		"end error 0 Closing link: (juliet@127.0.0.1) [Quit: bye]\n");
}

static void hybrid_means(void **state)
{
	(void)state;
	replay(transcript_hybrid, sizeof transcript_hybrid - 1,
		"join #c juliet me\n"
		"complete #c members=2 topic=the topic\n"
		"modes #c +mntl 9 by  key=- limit=9\n"
		"text privmsg bob #c known :hello\n"
		"prefix #c juliet 0 4 by bob\n"
		"nick bob rob\n"
		"ctcp rob VERSION :\n"
		"leave #c juliet kick me by rob :out\n"
		"join #c juliet me\n"
		"complete #c members=2 topic=the topic\n"
		"join #d juliet me\n"
		"modes #d +nt by irc.hybrid.test key=- limit=0\n"
		"complete #d members=1 topic=\n"
		"leave #c rob quit :Quit: gone\n"
		"end error 0 Closing Link: 127.0.0.1 (Quit: bye)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ngircd_means),
		cmocka_unit_test(inspircd_means),
		cmocka_unit_test(hybrid_means),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
