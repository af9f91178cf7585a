/* SPDX-License-Identifier: MIT */
#include <limits.h>

#include "tests/unit/irc/net_fixture.h"

/* Metadata of people and channels: irc/ircnet_meta.c. */

static void on_chan_meta(void *ctx, struct ircchan *chan)
{
	told(ctx, "chan_meta", "%s", chan->name->p);
}

static int setup(void **state)
{
	*state = must_calloc(1, sizeof(struct fixture));
	fixture_init(*state);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	fixture_close(f);
	free(f);
	return 0;
}

static bool has_written(const struct fixture *f, const char *text)
{
	return f->out.len > 0 &&
		memmem(f->out.p, f->out.len, text, strlen(text)) != NULL;
}

/* Registered on a server with metadata; SUB is answered. */
static void begin(struct fixture *f)
{
	static struct ircnet_events with_meta;

	with_meta = events;
	with_meta.on_chan_meta = on_chan_meta;
	f->config.flood_burst = 100;
	f->net = ircnet_create(&f->config, &with_meta, f, &f->clock, NULL);
	assert_non_null(f->net);
	serve(f, ":irc.test CAP * LS :batch away-notify draft/metadata-2\n"
		":irc.test CAP juliet ACK :batch away-notify "
		"draft/metadata-2\n"
		":irc.test 001 juliet :Welcome juliet!~j@host.test\n"
		":irc.test 770 juliet avatar display-name homepage status "
		"pronouns bot color\n"
		":irc.test 005 juliet CHANTYPES=# PREFIX=(qov)~@+ MONITOR=10 "
		"CHANMODES=Ibe,k,l,imnpst NICKLEN=20 :are supported\n"
		":irc.test 422 juliet :No MOTD\n");
	pass(f, 0);
	assert_true(has_written(f, " SUB avatar "));
	forget(f);
}

static void enter(struct fixture *f, const char *channel)
{
	char lines[600];

	assert_int_equal(ircnet_join(f->net, slice_str(channel),
				 slice(NULL, 0)), ERR_OK);
	pass(f, 0);
	snprintf(lines, sizeof lines,
		":juliet!~j@host.test JOIN %s\n"
		":irc.test 353 juliet = %s :juliet ~@bob +ann\n"
		":irc.test 366 juliet %s :End\n"
		":irc.test 324 juliet %s +nt\n",
		channel, channel, channel, channel);
	serve(f, lines);
	pass(f, 0);
	forget(f);
}

static void assert_says(struct fixture *f, const char *who, enum irc_meta key,
	const char *value)
{
	struct slice is = ircnet_meta_of(f->net, slice_str(who), key);

	if (value == NULL) {
		assert_null(is.p);
	} else {
		assert_true(slice_is(is, value));
	}
}

static void who_leaves_the_last_common_channel_is_forgotten(void **state)
{
	struct fixture *f = *state;

	begin(f);
	enter(f, "#c");
	enter(f, "#d");
	serve(f, ":irc.test METADATA bob pronouns * :he/him\n"
		":irc.test METADATA ann pronouns * :she/her\n"
		":irc.test METADATA #c display-name * :Roses\n"
		":bob!b@h PART #c\n");
	assert_says(f, "bob", META_PRONOUNS, "he/him");
	serve(f, ":bob!b@h PART #d\n:bob!b@h JOIN #d\n");
	assert_says(f, "bob", META_PRONOUNS, NULL);
	assert_says(f, "ann", META_PRONOUNS, "she/her");
	serve(f, ":ann!a@h QUIT :bye\n:ann!a@h JOIN #c\n");
	assert_says(f, "ann", META_PRONOUNS, NULL);
	serve(f, ":juliet!~j@host.test PART #c\n");
	assert_says(f, "#c", META_DISPLAY_NAME, NULL);
	serve(f, ":irc.test METADATA #c display-name * :Roses\n");
	assert_says(f, "#c", META_DISPLAY_NAME, NULL);
}

static void it_goes_with_the_nick_and_the_channel(void **state)
{
	struct fixture *f = *state;

	begin(f);
	enter(f, "#c");
	serve(f, ":irc.test METADATA bob pronouns * :he/him\n"
		":irc.test METADATA ann pronouns * :she/her\n"
		":irc.test METADATA * color * :#000000\n"
		":irc.test METADATA #c display-name * :Roses\n"
		":bob!b@h NICK Robert\n"
		":juliet!~j@host.test NICK jule\n"
		":irc.test RENAME #c #roses :better\n");
	assert_says(f, "bob", META_PRONOUNS, NULL);
	assert_says(f, "ROBERT", META_PRONOUNS, "he/him");
	assert_says(f, "juliet", META_COLOR, NULL);
	assert_says(f, "jule", META_COLOR, "#000000");
	assert_says(f, "#c", META_DISPLAY_NAME, NULL);
	assert_says(f, "#roses", META_DISPLAY_NAME, "Roses");
	/* A nick that we believed taken: that one is gone. */
	serve(f, ":Robert!b@h NICK ann\n");
	assert_says(f, "ann", META_PRONOUNS, "he/him");
	assert_says(f, "robert", META_PRONOUNS, NULL);
}

static void our_own_outlives_another_casemapping(void **state)
{
	struct fixture *f = *state;

	f->config.nick = "jul[et";
	fixture_open(f);
	serve(f, ":irc.test CAP * LS :batch draft/metadata-2\n"
		":irc.test CAP jul[et ACK :batch draft/metadata-2\n"
		":irc.test 001 jul[et :Welcome\n"
		":irc.test METADATA jul[et color * :#000000\n");
	assert_says(f, "jul[et", META_COLOR, "#000000");
	serve(f, ":irc.test 005 jul[et CASEMAPPING=ascii :are supported\n");
	assert_says(f, "jul[et", META_COLOR, "#000000");
	assert_says(f, "jul{et", META_COLOR, NULL);
	pass(f, 0);
}

static void those_who_are_watched_are_believed_while_they_are_there(void **state)
{
	struct fixture *f = *state;
	struct ircwatched *eve;

	begin(f);
	eve = ircnet_watch(f->net, slice_str("eve"));
	assert_non_null(eve);
	pass(f, 0);
	forget(f);
	serve(f, ":irc.test METADATA eve status * :not here yet\n");
	assert_says(f, "eve", META_STATUS, NULL);
	serve(f, ":irc.test 730 juliet :eve!e@h\n"
		":irc.test METADATA eve status * :working\n"
		":irc.test METADATA eve color * :#ffffff\n"
		":irc.test METADATA eve status * :working\n");
	expect_told(f, "watched eve online\nwatched eve online\n");
	assert_says(f, "eve", META_STATUS, "working");
	serve(f, ":irc.test 731 juliet :eve\n");
	assert_says(f, "eve", META_STATUS, NULL);
	serve(f, ":irc.test 730 juliet :eve!e@h\n"
		":irc.test METADATA eve status * :back\n");
	assert_says(f, "eve", META_STATUS, "back");
	/* In a channel of ours, out of it, and not watched any more. */
	enter(f, "#c");
	serve(f, ":eve!e@h JOIN #c\n:eve!e@h PART #c\n");
	assert_says(f, "eve", META_STATUS, "back");
	serve(f, ":eve!e@h JOIN #c\n");
	ircnet_unwatch(f->net, eve);
	assert_says(f, "eve", META_STATUS, "back");
	serve(f, ":eve!e@h PART #c\n");
	assert_says(f, "eve", META_STATUS, NULL);
	pass(f, 0);
}

static void a_status_and_a_program_are_told_once(void **state)
{
	struct fixture *f = *state;

	begin(f);
	enter(f, "#c");
	serve(f, ":irc.test METADATA bob status * :here\n"
		":irc.test METADATA bob status * :here\n"
		":irc.test METADATA bob avatar * :https://x.example\n"
		":irc.test METADATA bob bot * :Bobbot\n"
		":irc.test METADATA bob bot * :Bobbot 2\n"
		":irc.test METADATA bob status *\n");
	expect_told(f, "user bob - account=- away=-\n"
		"user bob - account=- away=-\n"
		"user bob - account=- away=-\n");
	/* A channel's: when the turn is over, once. */
	serve(f, ":irc.test METADATA #c avatar * :https://c.example\n"
		":irc.test METADATA #c homepage * :https://c.example\n");
	expect_told(f, "");
	pass(f, 0);
	expect_told(f, "chan_meta #c\n");
	pass(f, 0);
	expect_told(f, "");
}

static void without_the_capability_nothing_is_kept(void **state)
{
	struct fixture *f = *state;
	unsigned long dropped;

	fixture_register(f);
	dropped = ircnet_dropped(f->net);
	serve(f, ":irc.test METADATA juliet status * :here\n"
		":irc.test 774 juliet juliet 1\n"
		":irc.test BATCH +1 metadata juliet\n"
		":irc.test BATCH -1\n"
		":irc.test FAIL METADATA RATE_LIMITED * avatar 1 :x\n");
	assert_int_equal(ircnet_dropped(f->net), dropped + 1);
	assert_says(f, "juliet", META_STATUS, NULL);
	assert_false(ircnet_metadata(f->net).offered);
	assert_int_equal(ircnet_set_meta(f->net, slice_str("*"), META_STATUS,
				 slice_str("here")), ERR_WRONG_STATE);
	pass(f, 5000);
	expect_out(f, "");
}

static void what_was_known_goes_with_the_capability(void **state)
{
	struct fixture *f = *state;

	begin(f);
	serve(f, ":irc.test METADATA juliet status * :here\n"
		":irc.test 774 juliet juliet 1\n");
	assert_says(f, "juliet", META_STATUS, "here");
	serve(f, ":irc.test CAP juliet DEL :draft/metadata-2\n");
	assert_says(f, "juliet", META_STATUS, NULL);
	pass(f, 5000);
	pass(f, 0);
	expect_out(f, "");
}

/* What was shown of people and channels is shown without it. */
static void it_is_told_that_it_went_with_the_capability(void **state)
{
	struct fixture *f = *state;

	begin(f);
	enter(f, "#c");
	assert_non_null(ircnet_watch(f->net, slice_str("eve")));
	pass(f, 0);
	serve(f, ":irc.test 730 juliet :eve!e@h\n"
		":irc.test METADATA eve status * :there\n"
		":irc.test METADATA bob status * :here\n"
		":irc.test METADATA ann pronouns * :she/her\n"
		":irc.test METADATA #c display-name * :Roses\n");
	pass(f, 0);
	forget(f);
	serve(f, ":irc.test CAP juliet DEL :batch\n");
	expect_told(f, "");
	pass(f, 0);
	expect_told(f, "watched eve online\n"
		"user bob - account=- away=-\n"
		"chan_meta #c\n");
	assert_says(f, "bob", META_STATUS, NULL);
	pass(f, 0);
	expect_told(f, "");
}

/* When all connections together have too much. */
static void what_is_forgotten_for_others_is_told_and_counted(void **state)
{
	enum { PEOPLE = 10 };
	struct fixture *f = *state;
	struct share all;
	struct share_owner owner;

	share_init(&all, 700);
	share_owner_init(&owner, &all);
	f->config.meta_share = &owner;
	begin(f);
	enter(f, "#c");
	serve(f, ":irc.test METADATA ann status * :reading\n");
	forget(f);
	for (int i = 0; i < PEOPLE; i++) {
		char line[200];

		snprintf(line, sizeof line, ":n%d!n@h JOIN #c\n"
			":irc.test METADATA n%d pronouns * :they/them\n", i, i);
		serve(f, line);
	}
	assert_true(all.bytes > 0 && all.bytes <= all.max);
	assert_true(ircnet_meta_forgotten(f->net) >= PEOPLE - 7);
	assert_says(f, "ann", META_STATUS, NULL);
	assert_says(f, "n9", META_PRONOUNS, "they/them");
	buf_reset(&f->told, 4096);
	pass(f, 0);
	expect_told(f, "user ann - account=- away=-\n");
	ircnet_destroy(f->net);
	f->net = NULL;
	assert_int_equal(all.bytes, 0);
}

static unsigned never_lines;

static void on_log(void *ctx, enum log_level level, const char *line)
{
	(void)ctx;
	(void)level;
	never_lines += strstr(line, "metadata never came") != NULL;
}

/* It says so of each channel for ever: a line of the log is enough. */
static void a_server_that_puts_us_off_is_logged_once(void **state)
{
	enum { ROUNDS = 33 };
	struct fixture *f = *state;

	never_lines = 0;
	log_set_sink(on_log, NULL, LOG_INFO);
	begin(f);
	enter(f, "#c");
	/* Said again before we have asked it is no further try. */
	for (int i = 0; i < 100; i++) {
		serve(f, ":irc.test 774 juliet #c 1\n");
	}
	assert_int_equal(never_lines, 0);
	serve(f, ":irc.test BATCH +1 metadata #c\n:irc.test BATCH -1\n");
	for (int i = 0; i < ROUNDS; i++) {
		serve(f, ":irc.test 774 juliet #c 1\n");
		for (int s = 0; s < 20; s++) {
			pass(f, 60000);
			pass(f, 0);
			serve(f, "PING :x\n");
		}
	}
	assert_int_equal(ircnet_metadata(f->net).never, ROUNDS / 11);
	assert_int_equal(never_lines, 1);
	log_set_sink(NULL, NULL, LOG_INFO);
}

/* The time until the next line of ours, in seconds; the server stays alive. */
static unsigned seconds_until_sync(struct fixture *f)
{
	for (unsigned s = 0; s <= 4000; s++) {
		pass(f, 0);
		if (has_written(f, "SYNC")) {
			return s;
		}
		forget(f);
		if (s % 60 == 0) {
			serve(f, "PING :x\n");
		}
		pass(f, 1000);
	}
	return UINT_MAX;
}

static void a_server_that_never_has_time_is_left_alone(void **state)
{
	static const unsigned waits[] = {2, 4, 8, 16, 32, 64, 128, 256, 512,
		1024};
	struct fixture *f = *state;

	begin(f);
	enter(f, "#c");
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		serve(f, ":irc.test 774 juliet #c 1\n");
		assert_int_equal(seconds_until_sync(f), waits[i]);
		expect_out(f, "METADATA #c SYNC\n");
	}
	serve(f, ":irc.test 774 juliet #c 1\n");
	assert_int_equal(seconds_until_sync(f), UINT_MAX);
	/* Done with it, it may say so again; for an hour at most. */
	serve(f, ":irc.test 774 juliet #c 999999\n");
	assert_int_equal(seconds_until_sync(f), 3600);
}

static void a_question_of_ours_waits_for_the_users_lines(void **state)
{
	struct fixture *f = *state;

	begin(f);
	enter(f, "#c");
	for (int i = 0; i < 101; i++) {
		assert_int_equal(ircnet_say(f->net, IRC_PRIVMSG,
					 slice_str("#c"), slice_str("x"), 0),
			ERR_OK);
	}
	serve(f, ":irc.test 774 juliet #c 2\n");
	forget(f);
	pass(f, 2000);
	pass(f, 0);
	assert_false(has_written(f, "SYNC"));
	pass(f, 4000);
	pass(f, 4000);
	assert_true(has_written(f, "SYNC"));
}

/* A channel that is left while its SYNC waits. */
static void who_left_asks_no_more(void **state)
{
	struct fixture *f = *state;

	begin(f);
	enter(f, "#c");
	enter(f, "#d");
	serve(f, ":irc.test 774 juliet #c 5\n:irc.test 774 juliet #d 6\n"
		":irc.test RENAME #d #e :x\n:juliet!~j@host.test PART #c\n");
	forget(f);
	pass(f, 6000);
	pass(f, 0);
	expect_out(f, "METADATA #e SYNC\n");
}

static void values_that_are_set_are_utf8_and_whole(void **state)
{
	struct fixture *f = *state;
	char value[600];

	begin(f);
	memset(value, 'x', sizeof value);
	assert_int_equal(ircnet_set_meta(f->net, slice_str("*"), META_STATUS,
				 slice_str("caf\xc3\xa9 x")), ERR_OK);
	assert_int_equal(ircnet_set_meta(f->net, slice_str("*"), META_STATUS,
				 slice(NULL, 0)), ERR_OK);
	assert_int_equal(ircnet_set_meta(f->net, slice_str("#c"), META_AVATAR,
				 slice_str(":x")), ERR_OK);
	expect_out(f, "METADATA * SET status :caf\xc3\xa9 x\n"
		"METADATA * SET status\n"
		"METADATA #c SET avatar ::x\n");
	assert_int_equal(ircnet_set_meta(f->net, slice_str("*"), META_STATUS,
				 slice(value, sizeof value)), ERR_TOO_BIG);
	assert_int_equal(ircnet_set_meta(f->net, slice_str("*"), META_STATUS,
				 slice_str("caf\xe9")), ERR_BAD_INPUT);
	assert_int_equal(ircnet_set_meta(f->net, slice_str("*"), META_STATUS,
				 slice_str("a\nQUIT")), ERR_BAD_INPUT);
	assert_int_equal(ircnet_set_meta(f->net, slice_str("bob,eve"),
				 META_STATUS, slice_str("x")), ERR_BAD_INPUT);
	expect_out(f, "");
}

/* 100,000 lines about people, channels and keys that nobody knows. */
static void a_hostile_server_makes_us_keep_little(void **state)
{
	enum { LINES = 100000 };
	struct fixture *f = *state;
	size_t before;
	char line[1600];
	char value[1200];

	begin(f);
	enter(f, "#c");
	memset(value, 'v', sizeof value - 1);
	value[sizeof value - 1] = '\0';
	before = intern_count();
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof line,
			":irc.test METADATA n%d status * :s%d\n"
			":irc.test METADATA bob key-%d * :s%d\n"
			":irc.test METADATA #n%d avatar * :s%d\n"
			":irc.test 774 juliet #n%d 1\n",
			i, i, i, i, i, i, i);
		serve(f, line);
	}
	snprintf(line, sizeof line, ":irc.test METADATA bob status * :%s\n"
		":irc.test METADATA bob avatar * :caf\xe9\n", value);
	serve(f, line);
	assert_int_equal(intern_count(), before);
	assert_says(f, "bob", META_STATUS, NULL);
	assert_says(f, "bob", META_AVATAR, NULL);
	pass(f, 2000);
	pass(f, 0);
	expect_out(f, "");
}

/* Subscribed before the welcome: there is nobody yet whom it could be about. */
static void before_the_welcome_nothing_is_believed(void **state)
{
	struct fixture *f = *state;

	fixture_open(f);
	serve(f, ":irc.test CAP * LS :batch draft/metadata-2=before-connect\n"
		":irc.test CAP juliet ACK :batch draft/metadata-2\n"
		":irc.test 774 * * 1\n"
		":irc.test 774 * juliet 1\n"
		":irc.test 761 * * status * :here\n"
		":irc.test 766 * juliet status :not set\n"
		":irc.test METADATA juliet status * :here\n"
		":irc.test BATCH +1 metadata *\n"
		":irc.test BATCH -1\n"
		":irc.test FAIL METADATA RATE_LIMITED * * 1 :x\n");
	forget(f);
	pass(f, 2000);
	pass(f, 0);
	/* The SUB that was too fast: this server takes it before the welcome. */
	expect_out(f, "METADATA * SUB avatar display-name homepage status "
		"pronouns bot color\n");
	serve(f, ":irc.test 001 juliet :Welcome\n");
	assert_says(f, "juliet", META_STATUS, NULL);
	pass(f, 0);
	expect_out(f, "");
}

static void the_owner_may_end_it_in_each_event(void **state)
{
	static const char *const names[] = {"user", "watched", "chan_meta"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct fixture f;

		fixture_init(&f);
		begin(&f);
		enter(&f, "#c");
		assert_non_null(ircnet_watch(f.net, slice_str("bob")));
		pass(&f, 0);
		f.destroy_in = names[i];
		serve(&f, ":irc.test METADATA #c avatar * :x\n"
			":irc.test METADATA bob status * :here\n"
			":irc.test METADATA bob bot * :here\n");
		pass(&f, 0);
		assert_null(f.net);
		fixture_close(&f);
	}
}

/* Whom "*" and 774 are about is not known before 001. */
static void before_the_welcome_nobody_is_meant(void **state)
{
	struct fixture *f = *state;

	f->net = ircnet_create(&f->config, &events, f, &f->clock, NULL);
	assert_non_null(f->net);
	serve(f, ":irc.test CAP * LS :batch "
		"draft/metadata-2=before-connect\n"
		":irc.test CAP * ACK :batch draft/metadata-2\n");
	assert_true(has_written(f, "METADATA * SUB avatar "));
	serve(f, ":irc.test 774 * nobody 5\n"
		":irc.test 774 * * 5\n"
		":irc.test 761 * * avatar * :https://x.test/a\n"
		":irc.test METADATA * avatar * :https://x.test/a\n"
		":irc.test 001 juliet :Welcome juliet!~j@host.test\n");
	pass(f, 0);
	assert_true(ircnet_registered(f->net));
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	static const struct CMUnitTest tests[] = {
		TEST(who_leaves_the_last_common_channel_is_forgotten),
		TEST(it_goes_with_the_nick_and_the_channel),
		TEST(before_the_welcome_nobody_is_meant),
		TEST(our_own_outlives_another_casemapping),
		TEST(those_who_are_watched_are_believed_while_they_are_there),
		TEST(a_status_and_a_program_are_told_once),
		TEST(without_the_capability_nothing_is_kept),
		TEST(what_was_known_goes_with_the_capability),
		TEST(it_is_told_that_it_went_with_the_capability),
		TEST(what_is_forgotten_for_others_is_told_and_counted),
		TEST(a_server_that_puts_us_off_is_logged_once),
		TEST(a_server_that_never_has_time_is_left_alone),
		TEST(a_question_of_ours_waits_for_the_users_lines),
		TEST(who_left_asks_no_more),
		TEST(values_that_are_set_are_utf8_and_whole),
		TEST(a_hostile_server_makes_us_keep_little),
		TEST(before_the_welcome_nothing_is_believed),
		cmocka_unit_test(the_owner_may_end_it_in_each_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
