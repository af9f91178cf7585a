/* SPDX-License-Identifier: MIT */
#include "mapping/people/roll_private.h"

#include <string.h>

#include "base/utf8.h"

/* What is looked for: words as masks, for a server and for ourselves. */

bool roll_has_wildcard(struct slice s)
{
	return s.len > 0 && (memchr(s.p, '*', s.len) != NULL ||
				    memchr(s.p, '?', s.len) != NULL);
}

/* Words become what irc_mask_match() takes: anywhere, if not said otherwise. */
static void add_anywhere(struct buf *out, struct slice words)
{
	bool plain = !roll_has_wildcard(words);

	if (plain) {
		buf_add_char(out, '*');
	}
	buf_add_slice(out, words);
	if (plain) {
		buf_add_char(out, '*');
	}
}

/*
 * What no parameter holds, what separates masks (comma), escapes in them
 * (backslash), tells kinds of them apart (! @ < > and a leading : $) or would
 * make a channel of one (leading # & +).
 */
static bool is_special(char c, bool first)
{
	unsigned char u = (unsigned char)c;

	return u <= 0x20 || u == 0x7f || memchr(",\\!@<>", c, 6) != NULL ||
		(first && memchr(":$#&+-", c, 6) != NULL);
}

bool roll_mask(struct buf *out, struct slice words)
{
	size_t start = out->len;

	words = slice_trim(words);
	if (words.len == 0 || words.len > ROLL_MASK_MAX || !utf8_valid(words)) {
		return false;
	}
	add_anywhere(out, words);
	for (size_t i = start; i < out->len; i++) {
		if (is_special(out->p[i], i == start)) {
			out->p[i] = '?';
		}
	}
	return true;
}

bool roll_wish_keep(struct roll_wish *out, const struct roll_wish *wish,
	struct arena *arena)
{
	*out = *wish;
	for (int i = 0; i < ROLL_FIELDS; i++) {
		struct slice words = slice_trim(wish->fields[i]);
		const char *copy;
		struct buf mask;

		out->fields[i] = slice(NULL, 0);
		if (words.len == 0) {
			continue;
		}
		if (words.len > ROLL_MASK_MAX) {
			return false;
		}
		buf_init(&mask, 2 * ROLL_MASK_MAX);
		if (wish->kind == ROLL_PEOPLE && i == ROLL_CHANNEL) {
			buf_add_slice(&mask, words);
		} else {
			add_anywhere(&mask, words);
		}
		copy = arena_strndup(arena, buf_slice(&mask).p, mask.len);
		out->fields[i] = slice(copy, copy ? mask.len : 0);
		buf_finish(&mask);
	}
	return true;
}

static bool matches(struct slice mask, struct slice text)
{
	return mask.p == NULL ||
		irc_mask_match(mask, text.p ? text : slice("", 0));
}

bool roll_wanted(const struct roll_wish *wish, const struct roll_item *item)
{
	for (int i = 0; i < ROLL_FIELDS; i++) {
		if (!matches(wish->fields[i], item->fields[i])) {
			return false;
		}
	}
	return wish->kind == ROLL_PEOPLE ||
		((wish->min_users < 0 || item->users >= wish->min_users) &&
			(wish->max_users < 0 ||
				item->users <= wish->max_users));
}
