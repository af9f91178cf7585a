/* SPDX-License-Identifier: MIT */
#include "tests/unit/mapping/fixture.h"

#include "mapping/people/ask.h"

/* Questions to clients, and who has to give way when there are too many. */

struct asker_of_ours {
	struct ask *ask;
	unsigned answers;
	unsigned silences;
};

static void on_answer(void *ctx, const struct stanza *answer)
{
	struct asker_of_ours *a = ctx;

	a->ask = NULL;
	a->answers += answer != NULL;
	a->silences += answer == NULL;
}

static void question(struct asker_of_ours *a, const char *to)
{
	*a = (struct asker_of_ours){0};
	a->ask = ask_send(fix.core, "gw", to, "query", NS_IQ_VERSION, 10000,
		on_answer, a);
	assert_non_null(a->ask);
}

static void answer(const char *from, const char *id)
{
	char text[300];

	snprintf(text, sizeof text,
		"<iq type='result' from='%s' to='gw' id='%s'/>", from, id);
	fix_jabber(text);
}

static void pass(uint64_t ms)
{
	clock_advance(&fix.clock, fix.clock.now_ms + ms,
		fix.clock.wall_ms + (int64_t)ms);
}

static void one_user_takes_no_place_of_others(void **state)
{
	static struct asker_of_ours many[ASKS_MAX];
	struct asker_of_ours juliet[3];
	char to[64];
	char id[64];

	(void)state;
	for (unsigned i = 0; i < ASKS_MAX; i++) {
		/* Many clients and some bots of one user. */
		snprintf(to, sizeof to, "mallory@home/%u", i % 32);
		question(&many[i], to);
	}
	for (int i = 0; i < 3; i++) {
		question(&juliet[i], "juliet@home/balcony");
		/* Never from inside another's question. */
		assert_int_equal(many[i].silences, 0);
	}
	pass(0);
	for (unsigned i = 0; i < ASKS_MAX; i++) {
		assert_int_equal(many[i].silences, i < 3);
	}
	snprintf(id, sizeof id, "%s", ask_id(juliet[1].ask));
	answer("mallory@home/0", id);
	answer("juliet@home/orchard", id);
	assert_int_equal(juliet[1].answers, 0);
	answer("juliet@home/balcony", id);
	assert_int_equal(juliet[1].answers, 1);
	answer("juliet@home/balcony", id);
	assert_int_equal(juliet[1].answers, 1);
	pass(10000);
	assert_int_equal(juliet[0].silences, 1);
	for (unsigned i = 0; i < ASKS_MAX; i++) {
		assert_int_equal(many[i].silences, 1);
	}
}

static void who_asks_most_loses_his_own(void **state)
{
	static struct asker_of_ours many[ASKS_MAX + 10];
	struct asker_of_ours juliet;

	(void)state;
	question(&juliet, "juliet@home");
	for (unsigned i = 0; i < COUNT(many); i++) {
		question(&many[i], "mallory@home/x");
	}
	/* One that is lost already may be taken back. */
	ask_cancel(many[0].ask);
	pass(0);
	assert_int_equal(juliet.silences, 0);
	for (unsigned i = 0; i < COUNT(many); i++) {
		assert_int_equal(many[i].silences, i > 0 && i < 11);
	}
	/* What is open at the end ends without a word. */
	fix_end_core();
	assert_int_equal(juliet.silences, 0);
}

static void nothing_is_asked_while_the_server_is_away(void **state)
{
	struct asker_of_ours a = {0};

	(void)state;
	mapping_offline(fix.core);
	assert_null(ask_send(fix.core, "gw", "juliet@home", "query",
		NS_IQ_VERSION, 10000, on_answer, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_user_takes_no_place_of_others),
		TEST(who_asks_most_loses_his_own),
		TEST(nothing_is_asked_while_the_server_is_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
