/* SPDX-License-Identifier: MIT */
#include "tests/unit/irc/net_fixture.h"

/* What lines answer: labels, batches, echoes without labels. */

static void begin(struct fixture *f, const char *caps)
{
	char line[400];

	fixture_init(f);
	f->config.flood_burst = 1000;
	fixture_open(f);
	snprintf(line, sizeof line, ":s CAP * LS :%s\n:s CAP * ACK :%s\n"
		":s 001 juliet :Welcome juliet!j@h\n", caps, caps);
	serve(f, line);
	forget(f);
}

static void say(struct fixture *f, const char *to, const char *text,
	uint64_t token)
{
	assert_int_equal(ircnet_say(f->net, IRC_PRIVMSG, slice_str(to),
		slice_str(text), token), ERR_OK);
}

static void each_line_has_a_label(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "echo-message labeled-response batch");
	say(&f, "bob", "one", 1);
	say(&f, "bob", "two\nlines", 46655);
	say(&f, "bob", "nobody asks", 0);
	ircnet_label(f.net, 7);
	assert_int_equal(ircnet_invite(f.net, slice_str("bob"),
		slice_str("#c")), ERR_OK);
	assert_int_equal(ircnet_invite(f.net, slice_str("bob"),
		slice_str("#c")), ERR_OK);
	expect_out(&f, "@label=1 PRIVMSG bob :one\n"
		"@label=zzz-1 PRIVMSG bob :two\n"
		"@label=zzz PRIVMSG bob :lines\n"
		"PRIVMSG bob :nobody asks\n"
		"@label=7 INVITE bob #c\n@label=7-1 INVITE bob #c\n");
	pass(&f, 0);
	forget(&f);
	serve(&f, "@label=zzz-1 :juliet!j@h PRIVMSG bob :two\n"
		"@label=zzz :juliet!j@h PRIVMSG bob :lines\n"
		"@label=1 :s ACK\n"
		"@label=7 :s 401 juliet bob :No such nick\n"
		"@label=Elsewhere :juliet!j@h PRIVMSG bob :x\n"
		"@label=1-999999999999 :juliet!j@h PRIVMSG bob :x\n"
		"@label= :juliet!j@h PRIVMSG bob :x\n");
	expect_told(&f, "text privmsg juliet self - known :two\n"
		"echo 46655 1\nanswered 46655 1\n"
		"text privmsg juliet self - known :lines\n"
		"echo 46655 0\nanswered 46655 0\n"
		"answered 1 0\n"
		"numeric 401 bob :No such nick\nanswers 7\nanswered 7 0\n"
		"text privmsg juliet self - known :x\n"
		"text privmsg juliet self - known :x\n"
		"text privmsg juliet self - known :x\n");
	fixture_close(&f);
}

static void a_batch_is_one_answer(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "echo-message labeled-response batch");
	say(&f, "bob", "one", 5);
	pass(&f, 0);
	forget(&f);
	serve(&f, "@label=5 :s BATCH +a labeled-response\n"
		"@batch=a :s BATCH +b x/inner\n"
		"@batch=b :s 301 juliet bob :Away\n"
		":zed!z@h PRIVMSG juliet :between\n"
		":s BATCH -b\n"
		"@batch=a :juliet!j@h PRIVMSG bob :one\n"
		":s BATCH -a\n"
		"@batch=a :s 301 juliet bob :Away\n");
	expect_told(&f, "numeric 301 bob :Away\nanswers 5\n"
		"text privmsg zed -  :between\n"
		"text privmsg juliet self - known :one\necho 5 0\n"
		"answered 5 0\n"
		"numeric 301 bob :Away\n");
	fixture_close(&f);
}

/* InspIRCd names us by the new nick when it answers a label. */
static void our_new_nick_may_be_said_by_itself(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "labeled-response batch");
	ircnet_label(f.net, 5);
	assert_int_equal(ircnet_nick(f.net, slice_str("julia")), ERR_OK);
	ircnet_label(f.net, 0);
	expect_out(&f, "@label=5 NICK julia\n");
	serve(&f, ":julia!j@h NICK :julia\n"
		"@label=5 :eve!j@h NICK :julia\n"
		"@label=5 :eve!j@h NICK :eve\n"
		"@label=5 :julia!j@h NICK :julia\n");
	expect_told(&f, "answered 5 0\nanswered 5 0\n"
		"nick juliet julia me asked\nanswered 5 0\n");
	fixture_close(&f);
}

static void echoes_without_labels_are_found_in_order(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "echo-message");
	say(&f, "bob", "one", 1);
	say(&f, "BOB", "two\nthree", 2);
	say(&f, "ann", "two", 3);
	say(&f, "bob", "one", 4);
	expect_out(&f, "PRIVMSG bob :one\nPRIVMSG BOB :two\nPRIVMSG BOB :three\n"
		"PRIVMSG ann :two\nPRIVMSG bob :one\n");
	pass(&f, 0);
	forget(&f);
	serve(&f, ":juliet!j@h PRIVMSG ann :t**\n"
		":juliet!j@h NOTICE bob :one\n"
		":juliet!j@h PRIVMSG bob :two\n" /* the first is refused */
		":juliet!j@h PRIVMSG bob :three\n"
		":juliet!j@h PRIVMSG bob :one\n"
		":juliet!j@h PRIVMSG bob :one\n");
	expect_told(&f, "text privmsg juliet self - known :t**\necho 3 0\n"
		"text notice juliet self - known :one\n"
		"text privmsg juliet self - known :two\necho 2 1\n"
		"text privmsg juliet self - known :three\necho 2 0\n"
		"text privmsg juliet self - known :one\necho 4 0\n"
		"text privmsg juliet self - known :one\n");
	/* What was refused is not what the next echo is of. */
	say(&f, "bob", "five", 5);
	say(&f, "bob", "six", 6);
	ircnet_refused(f.net, 5);
	pass(&f, 0);
	forget(&f);
	serve(&f, ":juliet!j@h PRIVMSG bob :s**\n");
	expect_told(&f, "text privmsg juliet self - known :s**\necho 6 0\n");
	fixture_close(&f);
}

static void a_server_that_never_echoes_costs_little(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "echo-message");
	for (unsigned i = 1; i <= 1000; i++) {
		say(&f, "bob", i == 1000 ? "last" : "x", i);
	}
	pass(&f, 0);
	forget(&f);
	serve(&f, ":juliet!j@h PRIVMSG bob :x\n:juliet!j@h PRIVMSG bob :last\n");
	expect_told(&f, "text privmsg juliet self - known :x\necho 937 0\n"
		"text privmsg juliet self - known :last\necho 1000 0\n");
	fixture_close(&f);
}

static void requests_have_labels_while_they_are_asked_for(void **state)
{
	struct fixture f;
	struct slice chan = slice_str("#c");
	struct slice bob = slice_str("bob");

	(void)state;
	begin(&f, "labeled-response batch");
	ircnet_label(f.net, 36);
	assert_int_equal(ircnet_mode(f.net, chan, slice_str("+b x")), ERR_OK);
	assert_int_equal(ircnet_kick(f.net, chan, bob, slice_str("why")),
		ERR_OK);
	assert_int_equal(ircnet_kick(f.net, chan, slice_str("b b"), bob),
		ERR_BAD_INPUT);
	assert_int_equal(ircnet_raw(f.net, slice_str("WHOIS bob")), ERR_OK);
	assert_int_equal(ircnet_nick(f.net, slice_str("jule")), ERR_OK);
	ircnet_label(f.net, 0);
	assert_int_equal(ircnet_mode(f.net, chan, slice_str("b")), ERR_OK);
	ircnet_label(f.net, 37);
	assert_int_equal(ircnet_whowas(f.net, bob), ERR_OK);
	ircnet_label(f.net, 0);
	expect_out(&f, "@label=10 MODE #c +b x\n@label=10-1 KICK #c bob :why\n"
		"@label=10-2 WHOIS bob\n@label=10-3 NICK jule\nMODE #c b\n"
		"@label=11 WHOWAS bob 1\n");
	forget(&f);
	serve(&f, "@label=10-2 :s 401 juliet bob :No such nick\n");
	expect_told(&f, "numeric 401 bob :No such nick\nanswers 36\n"
		"answered 36 2\n");
	fixture_close(&f);
}

static bool is_requested(struct fixture *f, const char *name)
{
	const struct ircchan *c = ircnet_chan(f->net, slice_str(name));

	return c != NULL && c->state == CHAN_REQUESTED;
}

/* What refuses another request for a channel leaves its JOIN alone. */
static void a_join_is_refused_by_its_own_answer(void **state)
{
	static const int numerics[] = {403, 437, 471, 473, 477};
	struct fixture f;
	char line[200];

	(void)state;
	begin(&f, "labeled-response batch");
	for (unsigned i = 0; i < sizeof numerics / sizeof *numerics; i++) {
		assert_int_equal(ircnet_join(f.net, slice_str("#d"),
			slice("", 0)), ERR_OK);
		pass(&f, 0);
		snprintf(line, sizeof line, "@label=0-%u JOIN #d\n", i + 1);
		expect_out(&f, line);
		snprintf(line, sizeof line, "@label=9 :s %d juliet #d :no\n",
			numerics[i]);
		serve(&f, line);
		assert_true(is_requested(&f, "#d"));
		snprintf(line, sizeof line,
			"@label=0-%u :s BATCH +a labeled-response\n"
			"@batch=a :s %d juliet #d :no\n:s BATCH -a\n", i + 1,
			numerics[i]);
		serve(&f, line);
		assert_false(is_requested(&f, "#d"));
		forget(&f);
	}
	fixture_close(&f);
}

static void labels_go_with_the_capability(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, "labeled-response batch");
	for (unsigned i = 1; i <= 1001; i++) {
		say(&f, "bob", "x", i);
	}
	forget(&f);
	serve(&f, ":s CAP juliet DEL :labeled-response\n");
	pass(&f, 2000);
	expect_out(&f, "PRIVMSG bob :x\n");
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_has_a_label),
		cmocka_unit_test(a_batch_is_one_answer),
		cmocka_unit_test(requests_have_labels_while_they_are_asked_for),
		cmocka_unit_test(a_join_is_refused_by_its_own_answer),
		cmocka_unit_test(our_new_nick_may_be_said_by_itself),
		cmocka_unit_test(echoes_without_labels_are_found_in_order),
		cmocka_unit_test(a_server_that_never_echoes_costs_little),
		cmocka_unit_test(labels_go_with_the_capability),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
