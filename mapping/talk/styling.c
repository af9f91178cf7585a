/* SPDX-License-Identifier: MIT */
#include "mapping/talk/styling.h"

#include <string.h>

#include "base/utf8.h"
#include "irc/ircformat.h"

static const struct {
	char mark;
	unsigned style;
} marks[] = {
	{'*', STYLE_BOLD}, {'_', STYLE_ITALIC}, {'~', STYLE_STRIKE},
	{'`', STYLE_MONO},
};

enum {
	MARKS = sizeof marks / sizeof *marks,
	/* What is longer is too long for IRC (G.4), and slow: each mark looks
	 * for its end. */
	BODY_MAX = 4096,
};

static unsigned style_of(char c)
{
	for (size_t i = 0; i < MARKS; i++) {
		if (marks[i].mark == c) {
			return marks[i].style;
		}
	}
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* ---- writing with codes ---- */

struct coder {
	struct buf *out;
	struct irc_format now;
	bool coded; /* something looks other than plain */
};

static void put(struct coder *c, struct slice text, unsigned styles)
{
	struct irc_format want = irc_format_plain();

	if (text.len == 0) {
		return;
	}
	want.styles = styles;
	c->coded |= styles != 0;
	irc_format_add(c->out, c->now, want, text.p[0]);
	c->now = want;
	buf_add_slice(c->out, text);
}

static struct slice finish(struct mapping *m, struct coder *c, bool changed)
{
	const char *copy;

	if (c->out->overflow || (!c->coded && !changed)) {
		return slice(NULL, 0);
	}
	irc_format_add(c->out, c->now, irc_format_plain(), '\0');
	copy = arena_strndup(&m->arena, buf_slice(c->out).p, c->out->len);
	return slice(copy, copy ? c->out->len : 0);
}

static struct coder begin(struct mapping *m)
{
	buf_reset(&m->strip, CORE_KEEP_BYTES);
	return (struct coder){.out = &m->strip, .now = irc_format_plain()};
}

/* ---- XEP-0393: spans ---- */

/*
 * XEP-0393 6.2: at the start, behind white space or behind another opening
 * mark; what follows is no white space.
 */
static bool may_open(struct slice line, size_t at, bool behind_mark)
{
	return (at == 0 || behind_mark || is_blank(line.p[at - 1])) &&
		at + 1 < line.len && !is_blank(line.p[at + 1]);
}

/* The first mark of this kind that may close, 0 when there is none. */
static size_t closing(struct slice line, size_t open)
{
	for (size_t i = open + 2; i < line.len; i++) {
		if (line.p[i] == line.p[open] && !is_blank(line.p[i - 1])) {
			return i;
		}
	}
	return 0;
}

/* No deeper than there are marks: a mark within its own kind ends that. */
static void add_spans(struct coder *c, struct slice line, unsigned styles)
{
	size_t from = 0;

	for (size_t i = 0; i < line.len; i++) {
		unsigned style = style_of(line.p[i]);
		size_t end;

		if (style == 0 || (styles & style) != 0 ||
			!may_open(line, i, styles != 0 && i == 0)) {
			continue;
		}
		end = closing(line, i);
		if (end == 0) {
			continue;
		}
		put(c, slice(line.p + from, i - from), styles);
		if (style == STYLE_MONO) {
			put(c, slice(line.p + i + 1, end - i - 1),
				styles | style);
		} else {
			add_spans(c, slice(line.p + i + 1, end - i - 1),
				styles | style);
		}
		i = end;
		from = end + 1;
	}
	put(c, slice(line.p + from, line.len - from), styles);
}

/* ---- XEP-0393: blocks ---- */

static bool begins_with(struct slice s, const char *what)
{
	size_t len = strlen(what);

	return s.len >= len && memcmp(s.p, what, len) == 0;
}

/* "> " as often as it stands there. */
static size_t quote_len(struct slice line)
{
	size_t n = 0;

	while (n < line.len && line.p[n] == '>') {
		n++;
		while (n < line.len && line.p[n] == ' ') {
			n++;
		}
	}
	return n;
}

struct slice styling_codes(struct mapping *m, struct slice body)
{
	struct coder c = begin(m);
	struct slice rest = body;
	bool fenced = false;
	bool changed = false;
	bool first = true;

	while (body.len <= BODY_MAX && rest.len > 0) {
		struct slice line = slice_cut(&rest, '\n');
		size_t quote = quote_len(line);
		struct slice inner = slice(line.p + quote, line.len - quote);

		if (begins_with(inner, "```") &&
			(!fenced || slice_trim(inner).len == 3)) {
			fenced = !fenced;
			changed = true;
			continue;
		}
		put(&c, slice_str(first ? "" : "\n"), 0);
		first = false;
		if (fenced) {
			put(&c, line, 0);
		} else {
			put(&c, slice(line.p, quote), 0);
			add_spans(&c, inner, 0);
		}
	}
	return first ? slice(NULL, 0) : finish(m, &c, changed);
}

/* ---- XEP-0394 ---- */

enum { SPANS_MAX = 32 };

struct span {
	long start;
	long end;
	unsigned styles;
	bool quote;
};

static unsigned styles_of(const struct elem *span)
{
	static const struct {
		const char *name;
		unsigned style;
	} kinds[] = {
		{"emphasis", STYLE_ITALIC}, {"strong", STYLE_BOLD},
		{"code", STYLE_MONO}, {"deleted", STYLE_STRIKE},
	};
	unsigned styles = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (elem_child(span, kinds[i].name, span->ns) != NULL) {
			styles |= kinds[i].style;
		}
	}
	return styles;
}

static unsigned read_spans(const struct elem *markup,
	struct span spans[SPANS_MAX])
{
	unsigned n = 0;

	for (const struct elem *e = markup->first; e != NULL; e = e->next) {
		struct span s = {
			.start = e->name == NULL ? -1 : slice_number(
				slice_str(elem_attr(e, "start")), 100000),
			.end = e->name == NULL ? -1 : slice_number(
				slice_str(elem_attr(e, "end")), 100000),
		};

		if (s.start < 0 || s.end <= s.start || n == SPANS_MAX) {
			continue;
		}
		s.quote = elem_is(e, "bquote", markup->ns);
		s.styles = elem_is(e, "span", markup->ns) ? styles_of(e) : 0;
		if (s.quote || s.styles != 0) {
			spans[n++] = s;
		}
	}
	return n;
}

struct slice markup_codes(struct mapping *m, const struct elem *markup,
	struct slice body)
{
	struct coder c = begin(m);
	struct span spans[SPANS_MAX];
	unsigned n = read_spans(markup, spans);
	bool line_start = true;
	size_t size;
	long at = 0;

	for (size_t i = 0; i < body.len; i += size, at++) {
		unsigned styles = 0;
		unsigned quotes = 0;

		utf8_decode(body.p + i, body.len - i, &size);
		for (unsigned k = 0; k < n; k++) {
			if (at >= spans[k].start && at < spans[k].end) {
				styles |= spans[k].styles;
				quotes += spans[k].quote;
			}
		}
		for (; line_start && quotes > 0; quotes--) {
			put(&c, slice_str("> "), 0);
		}
		line_start = body.p[i] == '\n';
		put(&c, slice(body.p + i, size), line_start ? 0 : styles);
	}
	return finish(m, &c, n > 0);
}

/* ---- from IRC ---- */

/* Code is read literally: no other mark within it. */
static unsigned marks_for(unsigned styles, char out[MARKS])
{
	unsigned n = 0;

	if ((styles & STYLE_MONO) != 0) {
		out[n++] = '`';
		return n;
	}
	for (size_t i = 0; i < MARKS; i++) {
		if ((styles & marks[i].style) != 0) {
			out[n++] = marks[i].mark;
		}
	}
	return n;
}

static bool holds_mark(struct slice text, const char *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (memchr(text.p, list[i], text.len) != NULL) {
			return true;
		}
	}
	return memchr(text.p, '\n', text.len) != NULL;
}

/* The marks stand inside the blanks that surround what they mark. */
static void add_marked(struct buf *out, struct slice run, unsigned styles)
{
	struct slice inner = slice_trim(run);
	char list[MARKS];
	unsigned n = marks_for(styles, list);
	size_t before = (size_t)(inner.p - run.p);
	bool open = before > 0 || out->len == 0 ||
		is_blank(out->p[out->len - 1]);

	if (inner.len == 0 || n == 0 || !open || holds_mark(inner, list, n)) {
		buf_add_slice(out, run);
		return;
	}
	buf_add(out, run.p, before);
	buf_add(out, list, n);
	buf_add_slice(out, inner);
	while (n > 0) {
		buf_add_char(out, list[--n]);
	}
	buf_add(out, inner.p + inner.len, run.len - before - inner.len);
}

void styling_add(struct buf *out, struct slice text)
{
	struct irc_runs runs;
	struct slice run;

	irc_runs_init(&runs, text);
	while (irc_runs_next(&runs, &run)) {
		add_marked(out, run, runs.format.styles);
	}
}
