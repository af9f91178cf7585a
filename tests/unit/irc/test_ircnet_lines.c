/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* What a line of the server changes, and what is told of it: one table. */

/* Each line of the server in a fresh channel #c with juliet, ~@bob, +ann. */
static const struct {
	const char *line;
	const char *told;
} cases[] = {
	/* MODE by PREFIX and CHANMODES */
	{":bob!b@h MODE #c +o ann\n", "prefix #c ann 4 6 by bob\n"},
	{":bob!b@h MODE #c +o :ann\n", "prefix #c ann 4 6 by bob\n"},
	{":bob!b@h MODE #c +qo ann ann\n", "prefix #c ann 4 7 by bob\n"},
	{":bob!b@h MODE #c +o-v ann ann\n", "prefix #c ann 4 2 by bob\n"},
	{":bob!b@h MODE #c +o-o ann ann\n", ""},
	{":bob!b@h MODE #c +v ann\n", ""},
	{":bob!b@h MODE #c +o zed\n", ""},
	{":bob!b@h MODE #c +o\n", ""},
	{":bob!b@h MODE #c o ann\n", "prefix #c ann 4 6 by bob\n"},
	{":bob!b@h MODE #c +k sesame\n",
		"modes #c +k sesame by bob key=sesame limit=0\n"},
	{":bob!b@h MODE #c +lk 7 sesame\n",
		"modes #c +lk 7 sesame by bob key=sesame limit=7\n"},
	{":bob!b@h MODE #c +l 7\n:bob!b@h MODE #c -l\n",
		"modes #c +l 7 by bob key=- limit=7\n"
		"modes #c -l by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +k a\n:bob!b@h MODE #c -k *\n",
		"modes #c +k a by bob key=a limit=0\n"
		"modes #c -k * by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +k *\n", "modes #c +k * by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +l x\n", "modes #c +l x by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +b *!*@x\n",
		"modes #c +b *!*@x by bob key=- limit=0\n"},
	{":bob!b@h MODE #c +b\n", ""},
	{":bob!b@h MODE #c +mo-t+v-b ann bob x!*@*\n",
		"prefix #c ann 4 6 by bob\nprefix #c bob 3 7 by bob\n"
		"modes #c +m-tb x!*@* by bob key=- limit=0\n"},
	{":s MODE #c +nZ\n", "modes #c +nZ by s key=- limit=0\n"},
	{":bob!b@h MODE #other +m\n", ""},
	{":juliet MODE juliet +i\n", ""},
	{":s MODE JULIET :+iwx\n", ""},
	{":s 324 juliet #c +mk key\n", "modes #c +mk key by  key=key limit=0\n"
		"numeric 324 #c :key\n"},
	/* JOIN, PART, KICK, QUIT */
	{":zed!z@h JOIN #C acct :Zed\n", "join #c zed account\n"},
	{":zed!z@h JOIN #c * :Zed\n", "join #c zed\n"},
	{":ann!a@h JOIN #c\n", ""},
	{":zed!z@h JOIN #other\n", ""},
	{"JOIN #c\n", ""},
	{":ann!a@h PART #c :bye bye\n", "leave #c ann part :bye bye\n"},
	{":ann!a@h PART #c\n:ann!a@h PRIVMSG #c :x\n",
		"leave #c ann part :\ntext privmsg ann #c  :x\n"},
	{":zed!z@h PART #c\n", ""},
	{":juliet!~j@host.test PART #c :forced\n",
		"leave #c juliet part me :forced\n"},
	{":bob!b@h KICK #c ann :out\n", "leave #c ann kick by bob :out\n"},
	{":bob!b@h KICK #c juliet\n", "leave #c juliet kick me by bob :\n"},
	{":bob!b@h KICK #c zed :out\n", ""},
	{":ann!a@h QUIT :Quit: a.b c.d\n", "leave #c ann quit :Quit: a.b c.d\n"},
	{":ann!a@h QUIT :hub.net leaf.net\n",
		"leave #c ann quit netsplit hub.net leaf.net "
			":hub.net leaf.net\n"},
	{":ann!a@h QUIT :*.net *.split\n",
		"leave #c ann quit netsplit *.net *.split "
			":*.net *.split\n"},
	{":ann!a@h QUIT :http://a.b c.d\n",
		"leave #c ann quit :http://a.b c.d\n"},
	{":ann!a@h QUIT :a.b c.d e.f\n", "leave #c ann quit :a.b c.d e.f\n"},
	{":ann!a@h QUIT :ok bye.\n", "leave #c ann quit :ok bye.\n"},
	{":zed!z@h QUIT :x\n", ""},
	{":juliet!~j@host.test QUIT :x\n", "leave #c juliet quit me :x\n"},
	/* NICK */
	{":ann!a@h NICK eve\n", "nick ann eve\n"},
	{":ann!a@h NICK :ANN\n:bob!b@h MODE #c +o ann\n",
		"nick ann ANN\nprefix #c ANN 4 6 by bob\n"},
	{":ann!a@h NICK eve\n:bob!b@h MODE #c -v eve\n",
		"nick ann eve\nprefix #c eve 4 0 by bob\n"},
	{":juliet!~j@host.test NICK romeo\n:a!b@c PRIVMSG romeo :x\n",
		"nick juliet romeo me\ntext privmsg a -  :x\n"},
	{":ann!a@h NICK juliet\n", ""},
	{":ann!a@h NICK bob\n", "leave #c bob quit :\nnick ann bob\n"},
	{":juliet!j@h NICK bob\n",
		"leave #c bob quit :\nnick juliet bob me\n"},
	{":zed!z@h NICK yod\n", ""},
	/* TOPIC and numerics about it */
	{":bob!b@h TOPIC #c :new topic\n", "topic #c bob :new topic\n"},
	{":bob!b@h TOPIC #c :\n", "topic #c bob :\n"},
	{":bob!b@h TOPIC #other :x\n", ""},
	{":s 332 juliet #c :asked\n", "numeric 332 #c :asked\n"},
	{":s 331 juliet #c :No topic\n", "numeric 331 #c :No topic\n"},
	/* people */
	{":ann!a@h AWAY :gone\n:ann!a@h AWAY\n", "user ann a@h account=- "
		"away=gone\nuser ann a@h account=- away=-\n"},
	{":ann!a@h ACCOUNT acc\n:ann!a@h ACCOUNT *\n",
		"person ann a@h account=acc away=-\n"
		"person ann a@h account=- away=-\n"},
	{":ann!a@h CHGHOST b new.host\n",
		"user ann b@new.host account=- away=-\n"},
	{":ann!a@h SETNAME :Ann\n", "person ann a@h account=- away=-\n"},
	{":s 301 juliet ann :lunch\n", "user ann - account=- away=lunch\n"
		"numeric 301 ann :lunch\n"},
	{":s 352 juliet #c u h.x s ann G* :0 Ann\n",
		"user ann u@h.x account=- away=\nnumeric 352 #c :0 Ann\n"},
	{":s 306 juliet :You are away\n",
		"user juliet ~j@host.test account=- away=\n"
		"numeric 306 You are away :You are away\n"},
	{":s 302 juliet :juliet=+u@new.h ann*=-a@x.y\n"
		":ann MODE #c +o ann\n",
		"user ann a@x.y account=- away=\n"
		"numeric 302 juliet=+u@new.h ann*=-a@x.y :"
		"juliet=+u@new.h ann*=-a@x.y\nprefix #c ann 4 6 by ann\n"},
	{":s 396 juliet new.host :is your host\n",
		"person juliet ~j@new.host account=- away=-\n"
		"numeric 396 new.host :is your host\n"},
	{":ann!a@h INVITE juliet :#d\n", "invite ann juliet #d\n"},
	/* others' questions */
	{":s 353 juliet = #c :juliet ~@bob +ann zed\n",
		"numeric 353 = :juliet ~@bob +ann zed\n"},
	{":s 366 juliet #c :End\n", "numeric 366 #c :End\n"},
	{":s 433 juliet eve :in use\n", "numeric 433 eve :in use\n"},
	{":s 464 juliet :bad\n", "numeric 464 bad :bad\n"},
	{":s 372 juliet :- motd\n", "numeric 372 - motd :- motd\n"},
	{":s 002 juliet :x\n:s 004 juliet x\n", ""},
	{":s KILL juliet :why\n", "other KILL :why\n"},
	{":s WALLOPS :w\n:s FAIL X Y :z\n", "other WALLOPS :w\n"
		"other FAIL :z\n"},
	{"FOO\n", "other FOO :\n"},
	/* text */
	{":bob!b@h PRIVMSG +#c :x\n", "text privmsg bob #c+known :x\n"},
	{":bob!b@h PRIVMSG ~#c :x\n", ""},
	{":bob!b@h PRIVMSG #c :\x01" "ACTION\x01\n",
		"text action bob #c known :\n"},
	{":bob!b@h PRIVMSG #c :\x01\x01\n:bob!b@h PRIVMSG #c :\x01\n", ""},
	{":bob!b@h PRIVMSG #c :\n", "text privmsg bob #c known :\n"},
	{":juliet!~j@host.test PRIVMSG juliet :x\n",
		"text privmsg juliet self - known :x\n"},
	{":s NOTICE $$* :x\n:s NOTICE AUTH :x\nNOTICE x :y\n",
		"text notice s server -  :x\ntext notice s server -  :x\n"
		"text notice  server -  :y\n"},
	/* batches */
	{":s BATCH +1 netsplit a b\n@batch=1 :ann!a@h QUIT :bye\n"
		":s BATCH -1\n@batch=1 :bob!b@h QUIT :bye\n",
		"leave #c ann quit netsplit a b :bye\nleave #c bob quit :bye\n"},
	/* Inside another batch; names of servers, and none. */
	{":s BATCH +1 netjoin a b\n@batch=1 :s BATCH +2 x\n"
		"@batch=2 :zed!z@h JOIN #c\n:s BATCH -2\n"
		"@batch=1 :yan!y@h JOIN #c\n:s BATCH -1\n"
		"@batch=1 :xia!x@h JOIN #c\n",
		"join #c zed netjoin a b\njoin #c yan netjoin a b\n"
		"join #c xia\n"},
	{":s BATCH +1 netjoin\n@batch=1 :zed!z@h JOIN #c\n:s BATCH -1\n",
		"join #c zed netjoin \n"},
	{":s BATCH +1 netsplit a.x b.x\n"
		"@batch=1 :ann!a@h QUIT :c.x d.x\n:s BATCH -1\n",
		"leave #c ann quit netsplit a.x b.x :c.x d.x\n"},
	{":s BATCH +1 chathistory #c\n@batch=1 :bob!b@h PRIVMSG #c :old\n"
		"@batch=1 :bob!b@h PART #c\n@batch=1 :bob!b@h NICK x\n"
		"@batch=1;a :s 366 juliet #c :x\n:s BATCH :-1\n"
		"@batch=1 :bob!b@h PRIVMSG #c :new\n",
		"text privmsg bob #c known history :old\n"
		"text privmsg bob #c known :new\n"},
	{"BATCH +1 chathistory #c\n@batch=1 BATCH +2 foo\n"
		"@batch=2 :bob!b@h PRIVMSG #c :old\n",
		"text privmsg bob #c known history :old\n"},
	{"BATCH\nBATCH 1\nBATCH +\nBATCH -9\n", ""},
};

static void lines_change_what_is_known_by_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;

		fixture_init(&f);
		fixture_join(&f);
		serve(&f, cases[i].line);
		if (strcmp(buf_cstr(&f.told), cases[i].told) != 0) {
			print_message("at %s\n", cases[i].line);
		}
		expect_told(&f, cases[i].told);
		fixture_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_change_what_is_known_by_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
