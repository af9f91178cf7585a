/* SPDX-License-Identifier: MIT */
#include "mapping/talk/html.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "irc/ircformat.h"
#include "mapping/talk/html_style.h"

/* What an element does to the text around it (PROTOCOL G.1). */
enum effect { INLINE, BLOCK, BREAK, HIDDEN, IMAGE, LINK, ITEM, QUOTE, LITERAL };

static const struct {
	const char *name;
	enum effect effect;
} effects[] = {
	{"a", LINK}, {"blockquote", QUOTE}, {"br", BREAK}, {"div", BLOCK},
	{"h1", BLOCK}, {"h2", BLOCK}, {"h3", BLOCK}, {"h4", BLOCK},
	{"h5", BLOCK}, {"h6", BLOCK}, {"head", HIDDEN}, {"img", IMAGE},
	{"li", ITEM}, {"ol", BLOCK}, {"p", BLOCK}, {"pre", LITERAL},
	{"script", HIDDEN}, {"style", HIDDEN}, {"table", BLOCK},
	{"title", HIDDEN}, {"tr", BLOCK}, {"ul", BLOCK},
};

enum { CHANGES_MAX = 256, MARK_MAX = 16 };

/* The text looks like this from here on. */
struct change {
	size_t at;
	struct irc_format format;
};

struct reading {
	struct buf *text;    /* without codes */
	struct change changes[CHANGES_MAX];
	unsigned nchanges;
	bool too_many;       /* changes: then there are no codes at all */
	unsigned quotes;     /* how deep */
	char mark[MARK_MAX]; /* of the item that begins; "" when it has begun */
	bool literal;        /* white space counts */
	struct slice body;   /* what is left of it to be compared ... */
	bool same;           /* ... so far it was what was read */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum effect effect_of(const struct elem *e)
{
	for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
		if (strcmp(e->name, effects[i].name) == 0) {
			return effects[i].effect;
		}
	}
	return INLINE;
}

/* ---- the text ---- */

static bool at_line_start(const struct buf *b)
{
	return b->len == 0 || b->p[b->len - 1] == '\n';
}

static struct irc_format last_format(const struct reading *r)
{
	return r->nchanges > 0 ? r->changes[r->nchanges - 1].format :
				 irc_format_plain();
}

/*
 * Text that is black or white as the client's own window is says nothing, and
 * is not seen in a window of that colour, which nobody here knows (G.1).
 */
static bool is_unseen(struct irc_format f)
{
	enum { WHITE, BLACK };

	return f.back == IRC_NO_COLOUR && (f.fore == WHITE || f.fore == BLACK);
}

static void look(struct reading *r, struct irc_format f)
{
	if (is_unseen(f)) {
		f.fore = IRC_NO_COLOUR;
	}
	if (irc_format_eq(last_format(r), f)) {
		return;
	}
	if (r->nchanges == CHANGES_MAX) {
		r->too_many = true;
		return;
	}
	r->changes[r->nchanges++] = (struct change){r->text->len, f};
}

/* What a line begins with: where it is quoted, the mark of an item. */
static void begin_line(struct reading *r)
{
	if (r->quotes == 0 && r->mark[0] == '\0') {
		return;
	}
	look(r, irc_format_plain());
	for (unsigned i = 0; i < r->quotes; i++) {
		buf_add_str(r->text, "> ");
	}
	buf_add_str(r->text, r->mark);
	r->mark[0] = '\0';
}

static void put(struct reading *r, char c, struct irc_format f)
{
	if (c != '\n' && at_line_start(r->text)) {
		begin_line(r);
	}
	if (c != '\n') {
		look(r, f);
	}
	buf_add_char(r->text, c);
}

static void put_slice(struct reading *r, struct slice s, struct irc_format f)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] >= 0x20) {
			put(r, s.p[i], f);
		}
	}
}

/* Ends the line when something stands in it. */
static void end_line(struct reading *r)
{
	struct buf *b = r->text;

	while (!r->literal && b->len > 0 && b->p[b->len - 1] == ' ') {
		buf_truncate(b, b->len - 1);
	}
	for (unsigned i = r->nchanges; i > 0; i--) {
		if (r->changes[i - 1].at > b->len) {
			r->changes[i - 1].at = b->len;
		}
	}
	if (!at_line_start(b)) {
		buf_add_char(b, '\n');
	}
}

/* Up to white space: is this what the body goes on with? */
static void compare(struct reading *r, char c)
{
	while (r->body.len > 0 && is_blank(r->body.p[0])) {
		r->body = slice(r->body.p + 1, r->body.len - 1);
	}
	if (r->body.len == 0 || r->body.p[0] != c) {
		r->same = false;
	} else {
		r->body = slice(r->body.p + 1, r->body.len - 1);
	}
}

/* Runs of white space are one blank, none at the start of a line. */
static void add_text(struct reading *r, struct slice text, struct irc_format f)
{
	struct buf *b = r->text;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (!is_blank(c)) {
			compare(r, c);
			if ((unsigned char)c >= 0x20) {
				put(r, c, f);
			}
		} else if (r->literal) {
			put(r, c == '\r' ? '\n' : c == '\t' ? ' ' : c, f);
		} else if (!at_line_start(b) && b->p[b->len - 1] != ' ') {
			put(r, ' ', f);
		}
	}
}

/* ---- elements ---- */

static void walk(struct reading *r, const struct elem *e, struct irc_format f);

static void add_address(struct reading *r, size_t from, struct slice url,
	struct irc_format f)
{
	struct buf *b = r->text;
	struct slice shown;
	bool inside;

	/* A block that began inside took away blanks from before it. */
	from = from < b->len ? from : b->len;
	shown = slice(buf_slice(b).p + from, b->len - from);
	if (url.len == 0 || slice_eq(slice_trim(shown), url)) {
		return;
	}
	/* mailto:a@b says no more than a@b. */
	if (url.len > 7 && slice_is_nocase(slice(url.p, 7), "mailto:") &&
		slice_eq(slice_trim(shown), slice(url.p + 7, url.len - 7))) {
		return;
	}
	inside = shown.len > 0;
	if (inside && !is_blank(shown.p[shown.len - 1])) {
		put(r, ' ', f);
	}
	put_slice(r, slice_str(inside ? "<" : ""), f);
	put_slice(r, url, f);
	put_slice(r, slice_str(inside ? ">" : ""), f);
}

/* An image stands for its alternative text, and both for their address. */
static void add_reference(struct reading *r, const struct elem *e,
	struct irc_format f, bool image)
{
	size_t from = r->text->len;

	if (image) {
		bool same = r->same;
		struct slice body = r->body;

		add_text(r, slice_str(elem_attr(e, "alt")), f);
		r->same = same; /* no text of the element's own */
		r->body = body;
	}
	walk(r, e, f);
	add_address(r, from, slice_str(elem_attr(e, image ? "src" : "href")),
		f);
}

static void add_block(struct reading *r, const struct elem *e,
	struct irc_format f)
{
	end_line(r);
	walk(r, e, f);
	end_line(r);
}

/* "- ", or as item n of an <ol/> "3. ". */
static void add_item(struct reading *r, const struct elem *e,
	struct irc_format f, const struct elem *list, unsigned n)
{
	end_line(r);
	snprintf(r->mark, sizeof r->mark, "- ");
	if (strcmp(list->name, "ol") == 0) {
		snprintf(r->mark, sizeof r->mark, "%u. ", n);
	}
	walk(r, e, f);
	end_line(r);
	r->mark[0] = '\0';
}

static void add_elem(struct reading *r, const struct elem *e,
	struct irc_format f, const struct elem *parent, unsigned item)
{
	bool literal = r->literal;
	enum effect effect = effect_of(e);

	switch (effect) {
	case BREAK:
		put(r, '\n', f);
		break;
	case BLOCK:
		add_block(r, e, f);
		break;
	case LITERAL:
		end_line(r);
		r->literal = true;
		walk(r, e, f);
		r->literal = literal;
		end_line(r);
		break;
	case ITEM:
		add_item(r, e, f, parent, item);
		break;
	case QUOTE:
		end_line(r);
		r->quotes++;
		add_block(r, e, f);
		r->quotes--;
		break;
	case IMAGE:
	case LINK:
		add_reference(r, e, f, effect == IMAGE);
		break;
	case INLINE:
		walk(r, e, f);
		break;
	case HIDDEN:
		break;
	}
}

/* No deeper than a stanza may be (A.1). */
static void walk(struct reading *r, const struct elem *e, struct irc_format f)
{
	unsigned items = 0;

	for (const struct elem *c = e->first; c != NULL; c = c->next) {
		if (c->name == NULL) {
			add_text(r, c->text, f);
		} else {
			items += effect_of(c) == ITEM;
			add_elem(r, c, html_format(c, f), e, items);
		}
	}
}

/* ---- the whole ---- */

/* The body in the stanza's language, else the first; without one all of it. */
static const struct elem *pick_body(const struct elem *html, const char *lang)
{
	const struct elem *first = NULL;

	for (const struct elem *c = html->first; c != NULL; c = c->next) {
		if (c->name == NULL || strcmp(c->name, "body") != 0) {
			continue;
		}
		first = first ? first : c;
		for (const struct attr *a = c->attrs; lang && a; a = a->next) {
			if (a->ns == NS_XML && strcmp(a->name, "lang") == 0 &&
				strcasecmp(a->value, lang) == 0) {
				return c;
			}
		}
	}
	return first ? first : html;
}

static bool same_words(struct slice a, struct slice b)
{
	size_t i = 0;
	size_t k = 0;

	for (;;) {
		while (i < a.len && is_blank(a.p[i])) {
			i++;
		}
		while (k < b.len && is_blank(b.p[k])) {
			k++;
		}
		if (i == a.len || k == b.len) {
			return i == a.len && k == b.len;
		}
		if (a.p[i++] != b.p[k++]) {
			return false;
		}
	}
}

static struct slice keep(struct mapping *m, struct slice text)
{
	const char *copy = arena_strndup(&m->arena, text.p, text.len);

	return slice(copy, copy ? text.len : 0);
}

/* The same text with its codes, in m->strip. */
static struct slice add_codes(struct mapping *m, const struct reading *r,
	struct slice text)
{
	struct irc_format now = irc_format_plain();
	size_t before = (size_t)(text.p - r->text->p);
	size_t end = before + text.len;
	size_t at = before;

	buf_reset(&m->strip, CORE_KEEP_BYTES);
	for (unsigned i = 0; i < r->nchanges; i++) {
		const struct change *c = &r->changes[i];
		size_t to = c->at < before ? before : c->at < end ? c->at : end;

		if (i + 1 < r->nchanges && c[1].at <= to) {
			continue; /* the next one is for the same place */
		}
		buf_add(&m->strip, r->text->p + at, to - at);
		at = to;
		if (to < end) {
			irc_format_add(&m->strip, now, c->format,
				r->text->p[to]);
			now = c->format;
		}
	}
	buf_add(&m->strip, r->text->p + at, end - at);
	irc_format_add(&m->strip, now, irc_format_plain(), '\0');
	return buf_slice(&m->strip);
}

void html_read(struct mapping *m, const struct elem *html, const char *lang,
	struct slice body, struct html_text *out)
{
	struct reading r = {.text = &m->text, .body = body, .same = true};
	const struct elem *from = pick_body(html, lang);
	struct slice text;

	*out = (struct html_text){0};
	buf_reset(&m->text, CORE_KEEP_BYTES);
	walk(&r, from, html_format(from, irc_format_plain()));
	text = slice_trim(buf_slice(&m->text));
	if (m->text.overflow || text.len == 0) {
		return;
	}
	out->same = (r.same && slice_trim(r.body).len == 0) ||
		same_words(text, body);
	out->more = !same_words(text, body);
	out->text = keep(m, text);
	if (r.nchanges > 0 && !r.too_many) {
		out->coded = keep(m, add_codes(m, &r, text));
	}
}
