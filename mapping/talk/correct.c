/* SPDX-License-Identifier: MIT */
#include "mapping/talk/correct.h"

enum {
	KEEP_MAX = 1100,   /* id and text */
	CHANGED_MAX = 3,   /* words that may stand alone */
};

void said_init(struct said *s)
{
	buf_init_secret(&s->last, KEEP_MAX); /* people say passwords to services */
	s->id_len = 0;
}

void said_finish(struct said *s)
{
	buf_finish(&s->last);
	s->id_len = 0;
}

static void note(struct said *s, struct slice id, struct slice text)
{
	buf_truncate(&s->last, 0);
	buf_add_slice(&s->last, id);
	buf_add_slice(&s->last, text);
	s->id_len = id.len;
	if (s->last.overflow || id.len == 0) {
		buf_truncate(&s->last, 0);
		s->id_len = 0;
	}
}

static struct slice last_id(const struct said *s)
{
	return slice(s->last.p, s->id_len);
}

static struct slice last_text(const struct said *s)
{
	return s->id_len > 0 ?
		slice(s->last.p + s->id_len, s->last.len - s->id_len) :
		slice(NULL, 0);
}

/* ---- what changed ---- */

static bool is_one_line(struct slice text)
{
	return text.len > 0 && memchr(text.p, '\n', text.len) == NULL;
}

static unsigned count_words(struct slice text)
{
	unsigned n = 0;

	while (text.len > 0) {
		n += slice_cut(&text, ' ').len > 0;
	}
	return n;
}

/* The bytes both begin with, up to the end of a word of both. */
static size_t same_front(struct slice a, struct slice b)
{
	size_t most = a.len < b.len ? a.len : b.len;
	size_t front = 0;
	size_t i;

	for (i = 0; i < most && a.p[i] == b.p[i]; i++) {
		if (a.p[i] == ' ') {
			front = i + 1;
		}
	}
	return front;
}

static size_t same_back(struct slice a, struct slice b)
{
	size_t most = a.len < b.len ? a.len : b.len;
	size_t back = 0;
	size_t i;

	for (i = 0; i < most && a.p[a.len - 1 - i] == b.p[b.len - 1 - i];
		i++) {
		if (a.p[a.len - 1 - i] == ' ') {
			back = i + 1;
		}
	}
	return back;
}

/*
 * The words of `now` that took the place of others in `was`: a few in a longer
 * line, whose place everybody finds. Absent: it takes the whole text to say it.
 */
static struct slice changed_words(struct slice was, struct slice now)
{
	size_t front;
	size_t back;
	struct slice gone;
	struct slice words;
	unsigned n;

	if (!is_one_line(was) || !is_one_line(now)) {
		return slice(NULL, 0);
	}
	front = same_front(was, now);
	was = slice(was.p + front, was.len - front);
	words = slice(now.p + front, now.len - front);
	back = same_back(was, words);
	gone = slice_trim(slice(was.p, was.len - back));
	words = slice_trim(slice(words.p, words.len - back));
	n = count_words(words);
	/* Fewer than before: what is gone would not be seen to be gone. */
	if (n > CHANGED_MAX || count_words(gone) == 0 ||
		count_words(gone) > n || 2 * n > count_words(now)) {
		return slice(NULL, 0);
	}
	return words;
}

/* ---- as IRC sees it ---- */

static bool is_action(struct slice text)
{
	return text.len >= 4 && memcmp(text.p, "/me ", 4) == 0;
}

static struct slice with_prefix(struct mapping *m, struct slice text)
{
	struct slice prefix = slice_str(m->config->correction_prefix);
	struct slice out;
	struct buf b;

	buf_init(&b, text.len + prefix.len);
	if (is_action(text)) {
		buf_add(&b, text.p, 4);
		text = slice(text.p + 4, text.len - 4);
	}
	buf_add_slice(&b, prefix);
	buf_add_slice(&b, text);
	out = slice(arena_strndup(&m->arena, b.p, b.len), b.len);
	buf_finish(&b);
	return out;
}

struct slice correct_text(struct mapping *m, struct said *last,
	const char *id, const struct elem *replace, struct slice text)
{
	struct slice of = slice_str(replace ? elem_attr(replace, "id") : id);
	struct slice was = slice_eq(of, last_id(last)) ? last_text(last) :
							 slice(NULL, 0);
	struct slice words = slice(NULL, 0);
	struct slice out = text;

	if (replace != NULL && of.len > 0) {
		if (was.p != NULL && slice_eq(was, text)) {
			return slice("", 0);
		}
		if (was.p != NULL && !is_action(text)) {
			words = changed_words(was, text);
		}
		out = with_prefix(m, words.p != NULL ? words : text);
	}
	/* It may be corrected again: by the name of the first. */
	note(last, of, text);
	return out;
}
