/* SPDX-License-Identifier: MIT */
#include "tests/unit/unit.h"

#include "irc/ircmsg.h"
#include "tests/unit/irc/vectors_mask.h"
#include "tests/unit/irc/vectors_split.h"
#include "tests/unit/irc/vectors_userhost.h"

static void assert_slice(struct slice got, const char *want)
{
	char text[9000];

	assert_true(got.len < sizeof text);
	if (got.len > 0) {
		memcpy(text, got.p, got.len);
	}
	text[got.len] = '\0';
	assert_string_equal(text, want);
}

/* ---- the public vectors ---- */

static void lines_come_apart_like_the_public_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors_split); i++) {
		const struct vector_split *v = &vectors_split[i];
		char *line = strdup(v->input);
		struct ircmsg m;
		unsigned n = 0;

		assert_int_equal(ircmsg_parse(line, strlen(line), &m), ERR_OK);
		assert_slice(m.command, v->verb);
		assert_int_equal(m.source_text.p != NULL, v->source != NULL);
		if (v->source != NULL) {
			assert_slice(m.source_text, v->source);
		}
		for (n = 0; v->params[n] != NULL; n++) {
			assert_slice(ircmsg_param(&m, n), v->params[n]);
		}
		assert_int_equal(m.nparams, n);
		for (n = 0; v->tags[n][0] != NULL; n++) {
			struct slice tag = ircmsg_tag(&m, v->tags[n][0]);

			assert_non_null(tag.p);
			assert_slice(tag, v->tags[n][1]);
		}
		assert_int_equal(m.ntags, n);
		free(line);
	}
}

static void sources_come_apart_like_the_public_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors_userhost); i++) {
		const struct vector_userhost *v = &vectors_userhost[i];
		struct ircsource source;

		ircsource_parse(slice_str(v->source), &source);
		assert_slice(source.nick, v->nick);
		assert_slice(source.user, v->user);
		assert_slice(source.host, v->host);
	}
}

static void masks_match_like_the_public_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(vectors_mask); i++) {
		const struct vector_mask *v = &vectors_mask[i];

		assert_int_equal(irc_mask_match(slice_str(v->mask),
			slice_str(v->text)), v->matches);
	}
	assert_true(irc_mask_match(slice_str("*"), slice_str("")));
	assert_true(irc_mask_match(slice_str(""), slice_str("")));
	assert_false(irc_mask_match(slice_str(""), slice_str("a")));
	assert_false(irc_mask_match(slice_str("?"), slice_str("")));
	assert_true(irc_mask_match(slice_str("A*z"), slice_str("abcZ")));
}

static void more_parts_than_we_keep_do_no_harm(void **state)
{
	char line[2000] = "";
	struct ircmsg m;
	size_t len;

	(void)state;
	strcat(line, "@");
	for (int i = 0; i < 100; i++) {
		char tag[32];

		snprintf(tag, sizeof tag, "t%d=%d;", i, i);
		strcat(line, tag);
	}
	strcat(line, "t0=again X");
	for (int i = 0; i < 100; i++) {
		strcat(line, " p");
	}
	len = strlen(line);
	assert_int_equal(ircmsg_parse(line, len, &m), ERR_OK);
	assert_int_equal(m.ntags, IRC_TAGS);
	assert_slice(ircmsg_tag(&m, "t0"), "again");
	assert_null(ircmsg_tag(&m, "t99").p);
	assert_int_equal(m.nparams, IRC_PARAMS);
	assert_int_equal(ircmsg_last(&m).len, 2 * (100 - IRC_PARAMS) + 1);
}

/* IRCv3 message-tags: dropped rather than changed. */
static void a_tag_that_is_no_utf8_has_no_value(void **state)
{
	char line[] = "@msgid=a\xff;account=bob;+draft/react=\xf0\x9f\x91;"
		      "+reply=\xf0\x9f\x91\x8d;time=\xc0\x80\\s :a B c";
	struct ircmsg m;

	(void)state;
	assert_int_equal(ircmsg_parse(line, sizeof line - 1, &m), ERR_OK);
	assert_int_equal(m.ntags, 5);
	assert_slice(ircmsg_tag(&m, "msgid"), "");
	assert_slice(ircmsg_tag(&m, "account"), "bob");
	assert_slice(ircmsg_tag(&m, "+draft/react"), "");
	assert_slice(ircmsg_tag(&m, "+reply"), "\xf0\x9f\x91\x8d");
	assert_slice(ircmsg_tag(&m, "time"), "");
}

/* ---- framing ---- */

struct lines {
	char text[40000];
	size_t len;
	unsigned count;
	unsigned stop_after;
};

static bool on_line(void *ctx, char *line, size_t len)
{
	struct lines *l = ctx;

	if (l->len + len + 1 < sizeof l->text) {
		memcpy(l->text + l->len, line, len);
		l->len += len;
		l->text[l->len++] = '|';
		l->text[l->len] = '\0';
	}
	memset(line, 'x', len); /* it is ours to write to */
	return ++l->count != l->stop_after;
}

static const struct {
	const char *bytes;
	size_t len;
	const char *lines;
	unsigned long nul;
	unsigned long cut;
} frames[] = {
#define FRAME(bytes, lines, nul) {bytes, sizeof(bytes) - 1, lines, nul, 0}
	FRAME("A\r\nB\nC\r\r\n", "A|B|C|", 0),
	FRAME("\r\n\n   \r\n\r\r\nA\n", "A|", 0),
	FRAME("A\rB\r\n", "A B|", 0),
	FRAME("hi\rQUIT\n", "hi QUIT|", 0),
	FRAME("A\0B\r\nC\n", "C|", 1),
	FRAME("not yet", "", 0),
	FRAME("\xff\xfe\x01\n", "\xff\xfe\x01|", 0),
};

static void bytes_become_lines_in_any_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(frames); i++) {
		for (size_t step = 1; step <= frames[i].len; step++) {
			struct lines l = {.len = 0};
			struct ircframe f;

			ircframe_init(&f);
			for (size_t at = 0; at < frames[i].len; at += step) {
				size_t n = frames[i].len - at;

				ircframe_feed(&f, frames[i].bytes + at,
					n < step ? n : step, on_line, &l);
			}
			assert_string_equal(l.text, frames[i].lines);
			assert_int_equal(f.nul_dropped, frames[i].nul);
			assert_int_equal(f.cut, frames[i].cut);
			ircframe_finish(&f);
		}
	}
}

static void feed_long(size_t tags, size_t text, size_t step, struct lines *l,
	struct ircframe *f)
{
	size_t len = tags + text + 5;
	char *bytes = malloc(len);
	size_t at = 0;

	if (tags > 0) {
		memset(bytes, 't', tags);
		bytes[0] = '@';
		bytes[tags - 1] = ' ';
		at = tags;
	}
	memset(bytes + at, 'm', text);
	memcpy(bytes + at + text, "\r\nB\r\n", 5);
	*l = (struct lines){.len = 0};
	ircframe_init(f);
	for (at = 0; at < len; at += step) {
		ircframe_feed(f, bytes + at,
			len - at < step ? len - at : step, on_line, l);
	}
	ircframe_finish(f);
	free(bytes);
}

static const struct {
	size_t tags;
	size_t text;
	size_t first; /* bytes of the first line delivered */
	unsigned count;
} lengths[] = {
	{0, 8191, 8191, 2}, {0, 8192, 8191, 2}, {0, 10000, 8191, 2},
	{0, 100000, 8191, 2}, {8191, 8191, 16382, 2}, {8191, 9000, 16382, 2},
	{8192, 100, 100, 2}, {20000, 100, 1, 1},
};

static void long_lines_are_cut_and_the_next_is_whole(void **state)
{
	static const size_t steps[] = {1000000, 4096, 7};

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		for (size_t s = 0; s < COUNT(steps); s++) {
			struct lines l;
			struct ircframe f;
			const char *bar;

			feed_long(lengths[i].tags, lengths[i].text, steps[s],
				&l, &f);
			assert_int_equal(l.count, lengths[i].count);
			bar = strchr(l.text, '|');
			assert_int_equal(bar - l.text, lengths[i].first);
			assert_string_equal(l.text + l.len - 2, "B|");
			assert_int_equal(f.cut > 0, lengths[i].text > 8191 ||
				lengths[i].tags > 8191);
		}
	}
}

static void stopping_drops_the_rest(void **state)
{
	struct lines l = {.stop_after = 2};
	struct ircframe f;

	(void)state;
	ircframe_init(&f);
	ircframe_feed(&f, "A\nB\nC\nD", 7, on_line, &l);
	assert_string_equal(l.text, "A|B|");
	assert_int_equal(f.pending.len, 0);
	ircframe_finish(&f);
}

/* ---- the gate ---- */

enum { DROP = IRCGATE_DROP, OWN = IRCGATE_OWN, LIB = IRCGATE_LIB,
	NONE = 99 /* the parser finds no command */ };

static const struct {
	const char *line;
	int gate;
	const char *canonical;
} gates[] = {
	/* LIBIRCCLIENT 4, DROP */
	{":x", NONE, NULL},
	{":bob ", NONE, NULL},
	{"@a=b", NONE, NULL},
	{": PRIVMSG a :b", DROP, NULL},
	{"N1 a", DROP, NULL},
	{"000 a", DROP, NULL},
	{"0001 a", DROP, NULL},
	{"12 a", DROP, NULL},
	{"ABCDEFGHIJKLMNOPQRSTUVWXY a", DROP, NULL},
	{"NICK foo", DROP, NULL},
	{":a NICK", DROP, NULL},
	{":a NICK :", DROP, NULL},
	{"QUIT :x", DROP, NULL},
	{":a JOIN", DROP, NULL},
	{":a JOIN :", DROP, NULL},
	{":a PART", DROP, NULL},
	{":a MODE #c", DROP, NULL},
	{":a TOPIC #c", DROP, NULL},
	{":a KICK #c", DROP, NULL},
	{":a PRIVMSG b", DROP, NULL},
	{"NOTICE", DROP, NULL},
	{":a NOTICE b", DROP, NULL},
	{":a INVITE b", DROP, NULL},
	{":a privmsg b", DROP, NULL},
	/* OWN */
	{"PING", OWN, NULL},
	{"PING :a", OWN, NULL},
	{"ping a", OWN, NULL},
	{":a PRIVMSG b :\x01" "ACTION x\x01", OWN, NULL},
	{":a NOTICE b \x01", OWN, NULL},
	{":s 005 me A=1 :are", OWN, NULL},
	{"X 1 2 3 4 5 6 7 8 9 10 11", OWN, NULL},
	{"CAP * LS :a", OWN, NULL},
	{"AUTHENTICATE +", OWN, NULL},
	/* LIB */
	{"N", LIB, "N :\r\n"},
	{"433", LIB, "433 :\r\n"},
	{":a QUIT", LIB, ":a QUIT :\r\n"},
	{":a!b@c  privmsg   #d   e", LIB, ":a!b@c PRIVMSG #d :e\r\n"},
	{"@x=y :a PRIVMSG b ::c d ", LIB, ":a PRIVMSG b ::c d \r\n"},
	{":a PRIVMSG b :", LIB, ":a PRIVMSG b :\r\n"},
	{"X 1 2 3 4 5 6 7 8 9 10", LIB, "X 1 2 3 4 5 6 7 8 9 :10\r\n"},
	{"ERROR :Closing", LIB, "ERROR :Closing\r\n"},
	{":s 999 a b", LIB, ":s 999 a :b\r\n"},
	{":a KILL b :c", LIB, ":a KILL b :c\r\n"},
};

static void the_gate_decides_by_its_table(void **state)
{
	struct buf canonical;

	(void)state;
	buf_init(&canonical, IRC_CANONICAL_MAX + 2);
	for (size_t i = 0; i < COUNT(gates); i++) {
		char *line = strdup(gates[i].line);
		struct ircmsg m;
		int got = NONE;

		if (ircmsg_parse(line, strlen(line), &m) == ERR_OK) {
			got = (int)ircgate(&m, &canonical);
		}
		if (got != gates[i].gate) {
			print_message("at %s\n", gates[i].line);
		}
		assert_int_equal(got, gates[i].gate);
		if (gates[i].canonical != NULL) {
			assert_string_equal(buf_cstr(&canonical),
				gates[i].canonical);
		}
		free(line);
	}
	buf_finish(&canonical);
}

static void long_lines_stay_with_us(void **state)
{
	struct buf canonical;

	(void)state;
	buf_init(&canonical, IRC_CANONICAL_MAX + 2);
	for (size_t len = 1010; len < 1030; len++) {
		char line[1100];
		struct ircmsg m;
		enum ircgate gate;

		memset(line, 'x', sizeof line);
		memcpy(line, ":a PRIVMSG b :", 14);
		assert_int_equal(ircmsg_parse(line, len, &m), ERR_OK);
		gate = ircgate(&m, &canonical);
		assert_int_equal(gate,
			len <= IRC_CANONICAL_MAX ? IRCGATE_LIB : IRCGATE_OWN);
		if (gate == IRCGATE_LIB) {
			assert_int_equal(canonical.len, len + 2);
		}
	}
	buf_finish(&canonical);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_apart_like_the_public_vectors),
		cmocka_unit_test(sources_come_apart_like_the_public_vectors),
		cmocka_unit_test(masks_match_like_the_public_vectors),
		cmocka_unit_test(a_tag_that_is_no_utf8_has_no_value),
		cmocka_unit_test(more_parts_than_we_keep_do_no_harm),
		cmocka_unit_test(bytes_become_lines_in_any_pieces),
		cmocka_unit_test(long_lines_are_cut_and_the_next_is_whole),
		cmocka_unit_test(stopping_drops_the_rest),
		cmocka_unit_test(the_gate_decides_by_its_table),
		cmocka_unit_test(long_lines_stay_with_us),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
