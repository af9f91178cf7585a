/* SPDX-License-Identifier: MIT */
#include "mapping/talk/html.h"

#include <string.h>

/* What an element does to the text around it (PROTOCOL G.1). */
enum effect { INLINE, BLOCK, BREAK, HIDDEN, IMAGE, LINK, ITEM, QUOTE };

static const struct {
	const char *name;
	enum effect effect;
} effects[] = {
	{"a", LINK}, {"blockquote", QUOTE}, {"br", BREAK}, {"div", BLOCK},
	{"h1", BLOCK}, {"h2", BLOCK}, {"h3", BLOCK}, {"h4", BLOCK},
	{"h5", BLOCK}, {"h6", BLOCK}, {"head", HIDDEN}, {"img", IMAGE},
	{"li", ITEM}, {"ol", BLOCK}, {"p", BLOCK}, {"pre", BLOCK},
	{"script", HIDDEN}, {"style", HIDDEN}, {"table", BLOCK},
	{"title", HIDDEN}, {"tr", BLOCK}, {"ul", BLOCK},
};

static enum effect effect_of(const struct elem *e)
{
	for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
		if (strcmp(e->name, effects[i].name) == 0) {
			return effects[i].effect;
		}
	}
	return INLINE;
}

static bool at_line_start(const struct buf *b)
{
	return b->len == 0 || b->p[b->len - 1] == '\n';
}

/* Ends the line when something stands in it. */
static void end_line(struct buf *b)
{
	while (b->len > 0 && b->p[b->len - 1] == ' ') {
		buf_truncate(b, b->len - 1);
	}
	if (!at_line_start(b)) {
		buf_add_char(b, '\n');
	}
}

/* Runs of white space are one blank, none at the start of a line. */
static void add_text(struct buf *b, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';

		if (!blank) {
			buf_add_char(b, c);
		} else if (!at_line_start(b) && b->p[b->len - 1] != ' ') {
			buf_add_char(b, ' ');
		}
	}
}

static void add_address(struct buf *b, size_t from, struct slice url)
{
	struct slice shown = slice(b->p ? b->p + from : NULL, b->len - from);

	if (url.len == 0 || slice_eq(shown, url)) {
		return;
	}
	if (shown.len > 0 && b->p[b->len - 1] != ' ') {
		buf_add_char(b, ' ');
	}
	buf_add_str(b, shown.len > 0 ? "<" : "");
	buf_add_slice(b, url);
	buf_add_str(b, shown.len > 0 ? ">" : "");
}

static void walk(struct buf *b, const struct elem *e);

/* An image stands for its alternative text, and both for their address. */
static void add_reference(struct buf *b, const struct elem *e, bool image)
{
	size_t from = b->len;

	if (image) {
		add_text(b, slice_str(elem_attr(e, "alt")));
	}
	walk(b, e);
	add_address(b, from, slice_str(elem_attr(e, image ? "src" : "href")));
}

static void add_block(struct buf *b, const struct elem *e, const char *mark)
{
	end_line(b);
	buf_add_str(b, mark);
	walk(b, e);
	end_line(b);
}

/* No deeper than a stanza may be (A.1). */
static void walk(struct buf *b, const struct elem *e)
{
	for (const struct elem *c = e->first; c != NULL; c = c->next) {
		if (c->name == NULL) {
			add_text(b, c->text);
			continue;
		}
		switch (effect_of(c)) {
		case BREAK:
			buf_add_char(b, '\n');
			break;
		case BLOCK:
			add_block(b, c, "");
			break;
		case ITEM:
			add_block(b, c, "- ");
			break;
		case QUOTE:
			add_block(b, c, "> ");
			break;
		case IMAGE:
		case LINK:
			add_reference(b, c, effect_of(c) == IMAGE);
			break;
		case INLINE:
			walk(b, c);
			break;
		case HIDDEN:
			break;
		}
	}
}

struct slice html_text(struct mapping *m, const struct elem *html)
{
	struct buf *b = &m->text;
	struct slice text;
	const char *copy;

	buf_reset(b, CORE_KEEP_BYTES);
	walk(b, html);
	text = b->overflow ? slice(NULL, 0) : slice_trim(buf_slice(b));
	if (text.len == 0) {
		return slice(NULL, 0);
	}
	copy = arena_strndup(&m->arena, text.p, text.len);
	return slice(copy, copy ? text.len : 0);
}
