/* SPDX-License-Identifier: MIT */
#include "irc/ircout.h"

#include <string.h>

#include "base/utf8.h"

enum { BODY_MAX = 4096, BUDGET_MIN = 8 };

static bool is_line_end(uint32_t cp)
{
	return cp == '\r' || cp == '\n' || cp == 0x85 || cp == 0x2028 ||
		cp == 0x2029;
}

/*
 * Cuts one line off *rest and copies what may be sent of it to out.
 * A user can write neither CTCP nor mIRC codes (PROTOCOL G.5).
 */
static size_t take_line(struct slice *rest, char *out)
{
	size_t n = 0;
	size_t i = 0;
	size_t size;

	for (; i < rest->len; i += size) {
		uint32_t cp = utf8_decode(rest->p + i, rest->len - i, &size);

		if (is_line_end(cp)) {
			i += size;
			if (cp == '\r' && i < rest->len && rest->p[i] == '\n') {
				i++;
			}
			break;
		}
		if ((cp >= 0x20 || cp == '\t') && cp != 0x7f) {
			memcpy(out + n, rest->p + i, size);
			n += size;
		}
	}
	rest->p += i;
	rest->len -= i;
	return n;
}

static bool all_blank(struct slice s)
{
	return slice_trim(s).len == 0;
}

/* Where to cut a line that is too long: a blank in the second half, or else. */
static size_t place_to_cut(struct slice line, size_t budget)
{
	size_t n = budget;
	size_t size;

	while (n > 0 && line.p[n] != ' ') {
		n--;
	}
	if (n > 0 && n >= budget / 2) {
		return n;
	}
	n = utf8_cut(line, budget);
	if (n > 0) {
		return n;
	}
	/* One endless cluster: code points at least. */
	for (size_t i = 0; i <= budget; i += size) {
		n = i;
		utf8_decode(line.p + i, line.len - i, &size);
	}
	return n;
}

static unsigned split_line(struct slice line, size_t budget, irc_split_fn *fn,
	void *ctx)
{
	unsigned count = 0;

	while (!all_blank(line)) {
		size_t n = line.len;

		if (n > budget) {
			n = place_to_cut(line, budget);
		}
		if (!all_blank(slice(line.p, n))) {
			count++;
			if (fn != NULL) {
				fn(ctx, slice(line.p, n));
			}
		}
		/* The blank at the cut is dropped. */
		if (n < line.len && line.p[n] == ' ') {
			n++;
		}
		line.p += n;
		line.len -= n;
	}
	return count;
}

static unsigned split_body(struct slice body, size_t budget, irc_split_fn *fn,
	void *ctx)
{
	char line[BODY_MAX];
	unsigned count = 0;

	while (body.len > 0) {
		size_t n = take_line(&body, line);

		count += split_line(slice(line, n), budget, fn, ctx);
	}
	return count;
}

enum err irc_split(struct slice body, size_t budget, unsigned max_lines,
	irc_split_fn *fn, void *ctx, unsigned *count)
{
	unsigned lines;

	must(budget >= BUDGET_MIN);
	if (body.len > BODY_MAX) {
		return ERR_TOO_BIG;
	}
	if (!utf8_valid(body)) {
		return ERR_BAD_INPUT;
	}
	lines = split_body(body, budget, NULL, NULL);
	if (lines == 0) {
		return ERR_BAD_INPUT;
	}
	if (lines > max_lines) {
		return ERR_TOO_BIG;
	}
	if (count != NULL) {
		*count = lines;
	}
	if (fn != NULL) {
		split_body(body, budget, fn, ctx);
	}
	return ERR_OK;
}
