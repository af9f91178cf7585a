/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>

#include "tests/unit/unit.h"

#include "irc/engine.h"
#include "irc/ircmsg.h"

/* LIBIRCCLIENT 9, items 2, 3, 5, 6, 8, 9 and 10, on the library itself. */
enum { DESCRIPTOR = 1000, EVENTS = 8 };

struct spy {
	struct engine *engine;
	struct buf out;
	unsigned events;
	enum engine_event event;
	char origin[1100];
	bool has_origin;
	unsigned nparams;
	char params[11][1100];
	bool destroy_in_event;
	bool destroy_in_output;
	const char *answer; /* sent from inside the event */
};

static void on_event(void *ctx, enum engine_event event, const char *origin,
	const char **params, unsigned nparams)
{
	struct spy *spy = ctx;

	spy->events++;
	spy->event = event;
	spy->has_origin = origin != NULL;
	snprintf(spy->origin, sizeof spy->origin, "%s", origin ? origin : "");
	spy->nparams = nparams;
	for (unsigned i = 0; i < nparams; i++) {
		snprintf(spy->params[i], sizeof spy->params[i], "%s",
			params[i]);
	}
	if (spy->answer != NULL) {
		assert_int_equal(engine_send(spy->engine,
			slice_str(spy->answer)), ERR_OK);
	}
	if (spy->destroy_in_event) {
		engine_destroy(spy->engine);
		spy->engine = NULL;
	}
}

static void on_output(void *ctx, const char *p, size_t len)
{
	struct spy *spy = ctx;

	buf_add(&spy->out, p, len);
	if (spy->destroy_in_output && spy->engine != NULL) {
		engine_destroy(spy->engine);
		spy->engine = NULL;
	}
}

static const struct engine_handlers handlers = {on_event, on_output};

static void spy_open(struct spy *spy)
{
	*spy = (struct spy){.events = 0};
	engine_setup(DESCRIPTOR);
	buf_init(&spy->out, 1 << 20);
	spy->engine = engine_create(&handlers, spy);
	assert_non_null(spy->engine);
	assert_int_equal(spy->out.len, 0);
}

static void spy_close(struct spy *spy)
{
	engine_destroy(spy->engine);
	buf_finish(&spy->out);
	assert_int_equal(engine_traps(), 0);
}

/* Through the gate; gives whether the library was to see it. */
static bool through(struct spy *spy, const char *text, size_t len,
	struct ircmsg *m, char *line)
{
	struct buf canonical;
	bool lib;

	memcpy(line, text, len);
	if (ircmsg_parse(line, len, m) != ERR_OK) {
		return false;
	}
	buf_init(&canonical, IRC_CANONICAL_MAX + 2);
	lib = ircgate(m, &canonical) == IRCGATE_LIB;
	spy->events = 0;
	if (lib) {
		assert_int_equal(engine_line(spy->engine,
			buf_slice(&canonical)), ERR_OK);
	}
	buf_finish(&canonical);
	return lib;
}

/* ---- which event ---- */

static const struct {
	const char *line;
	enum engine_event event;
} dispatch[] = {
	{":a!b@c NICK d", ENGINE_NICK},
	{":a!b@c QUIT :x", ENGINE_QUIT},
	{":a!b@c JOIN #c", ENGINE_JOIN},
	{":a!b@c PART #c :x", ENGINE_PART},
	{":a!b@c MODE #c +o d", ENGINE_MODE},
	{":x MODE x +i", ENGINE_MODE},
	{":a!b@c TOPIC #c :x", ENGINE_TOPIC},
	{":a!b@c KICK #c d :x", ENGINE_KICK},
	{":a!b@c PRIVMSG #c :x", ENGINE_MESSAGE},
	{":a!b@c PRIVMSG x :x", ENGINE_MESSAGE},
	{":a!b@c NOTICE #c :x", ENGINE_NOTICE},
	{":a!b@c NOTICE x :x", ENGINE_NOTICE},
	{"NOTICE AUTH :x", ENGINE_NOTICE},
	{":a!b@c INVITE x :#c", ENGINE_INVITE},
	{":s 001 x :hi", ENGINE_NUMERIC},
	{":s 376 x :hi", ENGINE_NUMERIC},
	{"ERROR :x", ENGINE_OTHER},
	{"AWAY", ENGINE_OTHER},
	{":s FAIL JOIN X #c :x", ENGINE_OTHER},
	{":s WALLOPS :x", ENGINE_OTHER},
};

static void each_line_has_one_event(void **state)
{
	struct spy spy;

	(void)state;
	spy_open(&spy);
	for (size_t i = 0; i < COUNT(dispatch); i++) {
		char line[600];
		struct ircmsg m;

		assert_true(through(&spy, dispatch[i].line,
			strlen(dispatch[i].line), &m, line));
		assert_int_equal(spy.events, 1);
		assert_int_equal(spy.event, dispatch[i].event);
	}
	assert_int_equal(spy.out.len, 0);
	spy_close(&spy);
}

/* libircclient has no event for it: ircnet handles it by itself. */
static void kill_has_no_event(void **state)
{
	struct spy spy;
	char line[600];
	struct ircmsg m;

	(void)state;
	spy_open(&spy);
	assert_true(through(&spy, ":a KILL x :y", 12, &m, line));
	assert_int_equal(spy.events, 0);
	spy_close(&spy);
}

/* ---- differential: its view and ours are the same ---- */

static uint32_t random_state = 20260101;

static uint32_t any(uint32_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state % below;
}

static size_t make_line(char *out)
{
	static const char *const words[] = {"NICK", "QUIT", "JOIN", "PART",
		"MODE", "TOPIC", "KICK", "PRIVMSG", "NOTICE", "INVITE", "KILL",
		"001", "353", "433", "376", "999", "FOO", "privmsg"};
	static const char *const parts[] = {"a", "x", "#c", "::", "\x01", "%n",
		"%s%p", " ", "  ", ":", "\xff\xfe", "nick!u@h", "+o", "0",
		"\t", "\x02"};
	size_t n = 0;
	uint32_t count = any(14);

	if (any(4) > 0) {
		n += (size_t)sprintf(out, ":%s ",
			any(2) ? "nick!user@host" : "x");
	}
	n += (size_t)sprintf(out + n, "%s", words[any(COUNT(words))]);
	for (uint32_t i = 0; i < count; i++) {
		n += (size_t)sprintf(out + n, "%s%s", any(3) ? " " : "",
			parts[any(COUNT(parts))]);
	}
	if (any(50) == 0) {
		size_t more = any(1100);

		memset(out + n, 'y', more);
		n += more;
	}
	return n;
}

static bool is_own_mode(const struct spy *spy, const struct ircmsg *m)
{
	return spy->event == ENGINE_MODE && spy->nparams == 1 &&
		m->nparams >= 2;
}

static void compare(const struct spy *spy, const struct ircmsg *m)
{
	unsigned want = m->nparams ? m->nparams : 1;

	assert_int_equal(spy->has_origin, m->source_text.p != NULL);
	assert_true(!spy->has_origin ||
		slice_is(m->source_text, spy->origin));
	if (is_own_mode(spy, m)) {
		/* event_umode: target gone, first word only (LIBIRCCLIENT 5) */
		assert_true(slice_is(m->params[1], spy->params[0]));
		return;
	}
	assert_int_equal(spy->nparams, want);
	for (unsigned i = 0; i < m->nparams; i++) {
		assert_true(slice_is(m->params[i], spy->params[i]));
	}
}

static void the_library_sees_what_the_gate_saw(void **state)
{
	struct spy spy;
	unsigned compared = 0;

	(void)state;
	spy_open(&spy);
	for (unsigned i = 0; i < 50000; i++) {
		char text[3000];
		char line[3000];
		size_t len = make_line(text);
		struct ircmsg m;

		if (!through(&spy, text, len, &m, line)) {
			continue;
		}
		assert_true(spy.events <= 1);
		if (spy.events == 1) {
			compared++;
			compare(&spy, &m);
		} else {
			assert_true(ircmsg_is(&m, "KILL"));
		}
	}
	assert_true(compared > 10000);
	assert_int_equal(spy.out.len, 0);
	spy_close(&spy);
}

/* ---- out ---- */

static void lines_come_out_literally(void **state)
{
	struct spy spy;
	char longest[1030];
	struct buf want;

	(void)state;
	spy_open(&spy);
	assert_int_equal(engine_send(spy.engine,
		slice_str("PASS :%n%s%p%100000d")), ERR_OK);
	assert_string_equal(buf_cstr(&spy.out), "PASS :%n%s%p%100000d\r\n");
	buf_init(&want, 100000);
	buf_reset(&spy.out, 0);
	memset(longest, 'z', sizeof longest);
	for (size_t len = 1015; len < 1030; len++) {
		assert_int_equal(engine_send(spy.engine,
			slice(longest, len)), ERR_OK);
		buf_add(&want, longest, len);
		buf_add(&want, "\r\n", 2);
		assert_true(slice_eq(buf_slice(&spy.out), buf_slice(&want)));
	}
	buf_finish(&want);
	spy_close(&spy);
}

static void bad_lines_are_not_sent(void **state)
{
	static const struct slice bad[] = {
		{"", 0}, {NULL, 0}, {"a\rb", 3}, {"a\nb", 3}, {"a\0b", 3},
		{"\n", 1}, {"a\r\n", 3},
	};
	static char huge[8192];
	struct spy spy;

	(void)state;
	spy_open(&spy);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(engine_send(spy.engine, bad[i]),
			ERR_BAD_INPUT);
	}
	memset(huge, 'x', sizeof huge);
	assert_int_equal(engine_send(spy.engine, slice(huge, sizeof huge)),
		ERR_TOO_BIG);
	assert_int_equal(spy.out.len, 0);
	spy_close(&spy);
}

static void ten_long_commands_in_one_turn_all_arrive(void **state)
{
	struct spy spy;
	char line[400];

	(void)state;
	spy_open(&spy);
	memset(line, 'x', sizeof line);
	for (int i = 0; i < 10; i++) {
		line[0] = (char)('0' + i);
		assert_int_equal(engine_send(spy.engine,
			slice(line, sizeof line)), ERR_OK);
	}
	assert_int_equal(spy.out.len, 4020);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(spy.out.p[i * 402], '0' + i);
	}
	spy_close(&spy);
}

static void answers_from_inside_an_event_go_out(void **state)
{
	struct spy spy;
	char line[100];
	struct ircmsg m;

	(void)state;
	spy_open(&spy);
	spy.answer = "PRIVMSG a :pong";
	for (int i = 0; i < 100; i++) {
		assert_true(through(&spy, ":a PRIVMSG b :ping", 18, &m, line));
	}
	assert_int_equal(spy.out.len, 100 * 17);
	spy_close(&spy);
}

/* ---- life ---- */

static void destroying_inside_a_callback_is_deferred(void **state)
{
	struct spy spy;
	char line[100];
	struct ircmsg m;

	(void)state;
	for (size_t i = 0; i < COUNT(dispatch); i++) {
		spy_open(&spy);
		spy.destroy_in_event = true;
		through(&spy, dispatch[i].line, strlen(dispatch[i].line), &m,
			line);
		assert_null(spy.engine);
		spy_close(&spy);
	}
	spy_open(&spy);
	spy.destroy_in_output = true;
	(void)!engine_send(spy.engine, slice_str("X"));
	assert_null(spy.engine);
	spy_close(&spy);
	spy_open(&spy);
	spy.destroy_in_output = true;
	spy.answer = "X";
	through(&spy, ":a PRIVMSG b :c", 15, &m, line);
	assert_null(spy.engine);
	spy_close(&spy);
}

static void nothing_of_one_engine_reaches_the_next(void **state)
{
	struct spy first;
	struct spy second;

	(void)state;
	spy_open(&first);
	assert_int_equal(engine_send(first.engine,
		slice_str("PRIVMSG NickServ :IDENTIFY secret")), ERR_OK);
	engine_destroy(first.engine);
	first.engine = NULL;
	spy_open(&second);
	assert_int_equal(engine_send(second.engine, slice_str("NICK a")),
		ERR_OK);
	assert_string_equal(buf_cstr(&second.out), "NICK a\r\n");
	spy_close(&second);
	spy_close(&first);
}

/* LIBIRCCLIENT 9.3: no descriptor each, no FD_SETSIZE. */
static void ten_thousand_engines_need_no_descriptor(void **state)
{
	enum { ENGINES = 10000 };
	static struct engine *engines[ENGINES];
	struct rlimit before;
	struct rlimit few;
	struct spy spy;

	(void)state;
	spy_open(&spy);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (size_t i = 0; i < ENGINES; i++) {
		engines[i] = engine_create(&handlers, &spy);
		assert_non_null(engines[i]);
	}
	for (size_t i = 0; i < ENGINES; i++) {
		assert_int_equal(engine_line(engines[i],
			slice_str(":a PRIVMSG b :c\r\n")), ERR_OK);
		assert_int_equal(engine_send(engines[i], slice_str("X")),
			ERR_OK);
	}
	assert_int_equal(spy.events, ENGINES);
	assert_int_equal(spy.out.len, 3 * ENGINES);
	for (size_t i = 0; i < ENGINES; i++) {
		engine_destroy(engines[i]);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	spy_close(&spy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_has_one_event),
		cmocka_unit_test(kill_has_no_event),
		cmocka_unit_test(the_library_sees_what_the_gate_saw),
		cmocka_unit_test(lines_come_out_literally),
		cmocka_unit_test(bad_lines_are_not_sent),
		cmocka_unit_test(ten_long_commands_in_one_turn_all_arrive),
		cmocka_unit_test(answers_from_inside_an_event_go_out),
		cmocka_unit_test(destroying_inside_a_callback_is_deferred),
		cmocka_unit_test(nothing_of_one_engine_reaches_the_next),
		cmocka_unit_test(ten_thousand_engines_need_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
