/* SPDX-License-Identifier: MIT */
#include "mapping/room/modeline.h"

/* ARGS_MAX: with the command and the channel RFC 1459 2.3's 15 parameters. */
enum { WORDS_BYTES = 350, ARGS_MAX = 12, LETTERS_MAX = 40 };

struct line {
	struct buf *words;
	struct buf args;
	unsigned nargs;
	unsigned max;
	char sign;
};

static bool fits(const struct line *l, const struct mode_step *s, size_t before)
{
	if (s->sign == 0 || before >= LETTERS_MAX) {
		return false;
	}
	return before == 0 || s->arg.p == NULL ||
	       (l->nargs < l->max &&
		       l->words->len + l->args.len + s->arg.len < WORDS_BYTES);
}

static void add(struct line *l, const struct mode_step *s)
{
	if (s->sign != l->sign) {
		l->sign = s->sign;
		buf_add_char(l->words, s->sign);
	}
	buf_add_char(l->words, s->letter);
	if (s->arg.p != NULL) {
		buf_add_char(&l->args, ' ');
		buf_add_slice(&l->args, s->arg);
		l->nargs++;
	}
}

size_t modeline_words(const struct isupport *is, const struct mode_step *steps,
	size_t n, struct buf *words)
{
	struct line l = {.words = words, .max = is->modes ? is->modes : 1};
	size_t i = 0;

	if (l.max > ARGS_MAX) {
		l.max = ARGS_MAX;
	}
	buf_init_secret(&l.args, 4096); /* keys */
	buf_truncate(words, 0);
	while (i < n && fits(&l, &steps[i], i)) {
		add(&l, &steps[i++]);
	}
	buf_add_slice(words, buf_slice(&l.args));
	buf_finish(&l.args);
	return i;
}

static size_t count_lines(const struct isupport *is,
	const struct mode_step *steps, size_t n, struct buf *words)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; lines++) {
		size_t taken = modeline_words(is, steps + i, n - i, words);

		i += taken ? taken : 1;
	}
	return lines;
}

enum err modeline_send(struct ircnet *net, struct slice channel,
	const struct mode_step *steps, size_t n, size_t room)
{
	const struct isupport *is = ircnet_isupport(net);
	enum err err = ERR_OK;
	struct buf words;
	size_t taken;

	buf_init_secret(&words, 8192);
	if (count_lines(is, steps, n, &words) > room) {
		err = ERR_FULL;
	}
	for (size_t i = 0; i < n && err == ERR_OK; i += taken) {
		taken = modeline_words(is, steps + i, n - i, &words);
		if (taken == 0) {
			taken = 1;
			err = ircnet_kick(
				net, channel, steps[i].arg, steps[i].reason);
		} else {
			err = ircnet_mode(net, channel, buf_slice(&words));
		}
	}
	buf_finish(&words);
	return err;
}
