/* SPDX-License-Identifier: MIT */
#include "irc/ircout.h"

#include <string.h>

#include "base/utf8.h"
#include "irc/ircformat.h"

enum { BODY_MAX = 4096, BUDGET_MIN = 8, RESET = 1 };

/* A body on its way into lines. */
struct splitting {
	const struct irc_split *how;
	irc_split_fn *fn;
	void *ctx;
	struct irc_format format; /* at the place that was reached */
	unsigned lines;
	bool visible; /* one of them shows something */
};

static bool is_line_end(uint32_t cp)
{
	return cp == '\r' || cp == '\n' || cp == 0x85 || cp == 0x2028 ||
		cp == 0x2029;
}

/* The length of a code of ours at p; users can write none (PROTOCOL G.5). */
static size_t code_at(const struct splitting *s, const char *p, size_t len)
{
	return s->how->formats && (unsigned char)*p < 0x20 ?
		irc_format_code(slice(p, len), NULL) :
		0;
}

/*
 * Cuts one line off *rest and copies what may be sent of it to out.
 * A user can write neither CTCP nor mIRC codes (PROTOCOL G.5).
 */
static size_t take_line(const struct splitting *s, struct slice *rest,
	char *out)
{
	size_t n = 0;
	size_t i = 0;
	size_t size;

	for (; i < rest->len; i += size) {
		uint32_t cp = (unsigned char)rest->p[i];

		if (cp >= 0x20 && cp < 0x7f) { /* the hot path */
			out[n++] = rest->p[i];
			size = 1;
			continue;
		}
		cp = utf8_decode(rest->p + i, rest->len - i, &size);
		if (is_line_end(cp)) {
			i += size;
			if (cp == '\r' && i < rest->len && rest->p[i] == '\n') {
				i++;
			}
			break;
		}
		if ((cp >= 0x20 && cp != 0x7f) || cp == '\t' ||
			code_at(s, rest->p + i, rest->len - i) > 0) {
			memcpy(out + n, rest->p + i, size);
			n += size;
		}
	}
	rest->p += i;
	rest->len -= i;
	return n;
}

/* Nothing of it would be seen. */
static bool all_blank(const struct splitting *s, struct slice line)
{
	struct irc_runs runs;
	struct slice run;

	if (!s->how->formats) {
		return slice_trim(line).len == 0;
	}
	irc_runs_init(&runs, line);
	while (irc_runs_next(&runs, &run)) {
		if (slice_trim(run).len > 0) {
			return false;
		}
	}
	return true;
}

/* The last code point boundary within n. */
static size_t code_point(struct slice line, size_t n)
{
	size_t at = 0;
	size_t size;

	for (size_t i = 0; i <= n; i += size) {
		at = i;
		utf8_decode(line.p + i, line.len - i, &size);
	}
	return at;
}

/* Where to cut a line that is too long: a blank in the second half, or else. */
static size_t place_to_cut(const struct splitting *s, struct slice line,
	size_t budget)
{
	bool kept = s->how->multiline; /* the blank itself */
	size_t n = kept ? budget - 1 : budget;

	while (n > 0 && line.p[n] != ' ') {
		n--;
	}
	if (n > 0 && n >= budget / 2) {
		return kept ? n + 1 : n;
	}
	n = utf8_cut(line, budget);
	/* 0: one endless cluster; code points at least. */
	return n > 0 ? n : code_point(line, budget);
}

/* Not within a code: before it, or behind one that begins the line. */
static size_t outside_codes(const struct splitting *s, struct slice line,
	size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t code = code_at(s, line.p + i, line.len - i);

		if (code > 1 && i + code > n) {
			return i > 0 ? i : code;
		}
		i += code > 0 ? code : 1;
	}
	return n;
}

static struct irc_format format_after(struct slice part,
	struct irc_format format)
{
	struct irc_runs runs = {part, format};
	struct slice run;

	while (irc_runs_next(&runs, &run)) {
	}
	return runs.format;
}

/* One finished line; what is switched on is switched on again, and off. */
static void give(struct splitting *s, struct slice front, struct slice part,
	bool joined)
{
	struct irc_format after = s->format;
	char place[BODY_MAX + IRC_CODES_MAX + RESET];
	struct buf line = {.p = place, .cap = sizeof place,
		.max = sizeof place};

	s->lines++;
	s->visible |= !all_blank(s, part);
	if (s->how->formats) {
		after = format_after(part, s->format);
	}
	if (part.len > 0 &&
		(front.len > 0 || !irc_format_is_plain(after))) {
		buf_add_slice(&line, front);
		buf_add_slice(&line, part);
		buf_add_str(&line, irc_format_is_plain(after) ? "" : "\x0f");
		part = buf_slice(&line);
	}
	s->format = after;
	if (s->fn != NULL) {
		s->fn(s->ctx, part, joined);
	}
}

/* What it begins with is in force, and written with what was before. */
static struct slice skip_codes(struct splitting *s, struct slice line)
{
	while (s->how->formats && line.len > 0) {
		size_t n = irc_format_code(line, &s->format);

		if (n == 0) {
			break;
		}
		line = slice(line.p + n, line.len - n);
	}
	return line;
}

/* One line of the body, as several where it is too long. */
static void split_line(struct splitting *s, struct slice line)
{
	bool keep_blank = s->how->multiline;
	bool joined = false;

	while (keep_blank ? line.len > 0 || !joined : !all_blank(s, line)) {
		char codes[IRC_CODES_MAX];
		struct buf front = {.p = codes, .cap = sizeof codes,
			.max = sizeof codes};
		size_t budget = s->how->budget;
		size_t n;

		line = skip_codes(s, line);
		if (joined && line.len == 0) {
			break; /* nothing but codes is left */
		}
		n = line.len;
		irc_format_add(&front, irc_format_plain(), s->format,
			line.len > 0 ? line.p[0] : '\0');
		if (s->how->formats) {
			budget = budget > front.len + RESET + BUDGET_MIN ?
				budget - front.len - RESET :
				BUDGET_MIN;
		}
		if (n > budget) {
			n = place_to_cut(s, line, budget);
			n = outside_codes(s, line, n);
		}
		if (keep_blank || !all_blank(s, slice(line.p, n))) {
			give(s, buf_slice(&front), slice(line.p, n), joined);
		}
		/* The blank at the cut is dropped. */
		if (!keep_blank && n < line.len && line.p[n] == ' ') {
			n++;
		}
		line.p += n;
		line.len -= n;
		joined = true;
	}
	if (s->how->formats) {
		s->format = format_after(line, s->format); /* codes alone */
	}
}

static void split_body(struct splitting *s, struct slice body)
{
	char line[BODY_MAX];

	while (body.len > 0) {
		size_t n = take_line(s, &body, line);

		split_line(s, slice(line, n));
	}
}

enum err irc_split(const struct irc_split *how, struct slice body,
	irc_split_fn *fn, void *ctx, unsigned *count)
{
	struct splitting s = {.how = how, .format = irc_format_plain()};

	must(how->budget >= BUDGET_MIN);
	if (body.len > BODY_MAX) {
		return ERR_TOO_BIG;
	}
	if (!utf8_valid(body)) {
		return ERR_BAD_INPUT;
	}
	split_body(&s, body);
	if (!s.visible) {
		return ERR_BAD_INPUT;
	}
	if (s.lines > how->max_lines) {
		return ERR_TOO_BIG;
	}
	if (count != NULL) {
		*count = s.lines;
	}
	if (fn != NULL) {
		s = (struct splitting){.how = how, .fn = fn, .ctx = ctx,
			.format = irc_format_plain()};
		split_body(&s, body);
	}
	return ERR_OK;
}
