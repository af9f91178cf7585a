/* SPDX-License-Identifier: MIT */
#include "mapping/talk/rich.h"

#include <string.h>

#include "base/utf8.h"
#include "irc/ircformat.h"

/* ---- addresses ---- */

static const char *const schemes[] = {
	"http://", "https://", "ftp://", "xmpp:", "irc://", "ircs://",
	"mailto:",
};

/* The length of the scheme that stands here, 0: none. */
static size_t scheme_at(struct slice text, size_t at)
{
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		size_t len = strlen(schemes[i]);

		if (at + len < text.len &&
			slice_is_nocase(slice(text.p + at, len), schemes[i])) {
			return len;
		}
	}
	return 0;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool ends_url(uint32_t cp)
{
	return cp <= ' ' || cp == '<' || cp == '>' || cp == '"' ||
		(cp >= 0x7f && cp <= 0xa0) || cp == 0x2028 || cp == 0x2029 ||
		cp == 0x3000 || cp == UTF8_BAD;
}

static const char pairs[] = "()[]{}";

/* Of each kind of bracket, how many more are opened than closed. */
static void count_brackets(struct slice url, int open[sizeof pairs / 2])
{
	for (size_t i = 0; i < url.len; i++) {
		const char *pair = memchr(pairs, url.p[i], sizeof pairs - 1);

		if (pair != NULL) {
			open[(pair - pairs) / 2] +=
				(pair - pairs) % 2 == 0 ? 1 : -1;
		}
	}
}

/* A closing bracket belongs to it when the opening one does. */
static bool is_loose(char last, int open[sizeof pairs / 2])
{
	const char *pair = memchr(pairs, last, sizeof pairs - 1);

	if (pair == NULL || (pair - pairs) % 2 == 0) {
		return memchr(".,;:!?'*", last, 8) != NULL;
	}
	return open[(pair - pairs) / 2]++ < 0;
}

static size_t url_len(struct slice text, size_t at, size_t scheme)
{
	int open[sizeof pairs / 2] = {0};
	size_t n = scheme;
	size_t size;

	while (at + n < text.len &&
		!ends_url(utf8_decode(text.p + at + n, text.len - at - n,
			&size))) {
		n += size;
	}
	count_brackets(slice(text.p + at, n), open);
	while (n > scheme && is_loose(text.p[at + n - 1], open)) {
		n--;
	}
	return n > scheme ? n : 0;
}

bool rich_find_url(struct slice text, size_t *from, size_t *len)
{
	for (size_t i = *from; i < text.len; i++) {
		size_t scheme;

		if (i > 0 && is_word(text.p[i - 1])) {
			continue;
		}
		scheme = scheme_at(text, i);
		*len = scheme > 0 ? url_len(text, i, scheme) : 0;
		if (*len > 0) {
			*from = i;
			return true;
		}
	}
	return false;
}

/* ---- nodes ---- */

/* In the order in which they are opened when all begin at one place. */
enum what { LINK, BOLD, ITALIC, UNDERLINE, STRIKE, MONO, COLOURS, WHATS };

static const struct {
	const char *name;
	const char *style; /* of a span */
	unsigned flag;
} elements[WHATS] = {
	[LINK] = {"a", NULL, 0},
	[BOLD] = {"strong", NULL, STYLE_BOLD},
	[ITALIC] = {"em", NULL, STYLE_ITALIC},
	[UNDERLINE] = {"span", "text-decoration: underline", STYLE_UNDERLINE},
	[STRIKE] = {"span", "text-decoration: line-through", STYLE_STRIKE},
	[MONO] = {"code", NULL, STYLE_MONO},
	[COLOURS] = {"span", NULL, 0},
};

struct node {
	enum what what;
	struct slice url;
	uint32_t fore;
	uint32_t back;
};

struct nodes {
	struct node list[WHATS];
	unsigned n;
};

static bool same(const struct node *a, const struct node *b)
{
	return a->what == b->what && a->url.p == b->url.p &&
		a->fore == b->fore && a->back == b->back;
}

static bool has(const struct nodes *nodes, const struct node *node)
{
	for (unsigned i = 0; i < nodes->n; i++) {
		if (same(&nodes->list[i], node)) {
			return true;
		}
	}
	return false;
}

/* Reverse of what has no colour is white on black. */
static void add_colours(struct nodes *nodes, struct irc_format f)
{
	struct node node = {.what = COLOURS, .fore = f.fore, .back = f.back};

	if ((f.styles & STYLE_REVERSE) != 0) {
		node.fore = f.back != IRC_NO_COLOUR ? f.back :
						      IRC_RGB | 0xffffff;
		node.back = f.fore != IRC_NO_COLOUR ? f.fore : IRC_RGB;
	}
	if (node.fore != IRC_NO_COLOUR || node.back != IRC_NO_COLOUR) {
		nodes->list[nodes->n++] = node;
	}
}

/* What is to be open around a piece. */
static struct nodes wanted(struct irc_format f, struct slice url)
{
	struct nodes nodes = {.n = 0};

	if (url.len > 0) {
		nodes.list[nodes.n++] = (struct node){.what = LINK, .url = url};
	}
	for (int i = BOLD; i < COLOURS; i++) {
		if ((f.styles & elements[i].flag) != 0) {
			nodes.list[nodes.n++] =
				(struct node){.what = (enum what)i};
		}
	}
	add_colours(&nodes, f);
	return nodes;
}

/* ---- writing ---- */

struct rich {
	struct xw *w;
	struct nodes open;
	struct slice clean; /* the whole text without codes */
	size_t at;          /* in it */
	size_t url_at;      /* the next address: begins here ... */
	size_t url_len;     /* ... 0: there is none */
};

static void write_style(struct xw *w, const struct node *node)
{
	struct buf style;

	buf_init(&style, 100);
	if (node->fore != IRC_NO_COLOUR) {
		buf_addf(&style, "color: #%06x", irc_colour_rgb(node->fore));
	}
	if (node->back != IRC_NO_COLOUR) {
		buf_addf(&style, "%sbackground-color: #%06x",
			style.len > 0 ? "; " : "", irc_colour_rgb(node->back));
	}
	xw_attr_slice(w, "style", buf_slice(&style));
	buf_finish(&style);
}

static void open_node(struct rich *r, const struct node *node)
{
	xw_start(r->w, elements[node->what].name, NS_NONE);
	xw_attr(r->w, "style", elements[node->what].style);
	if (node->what == LINK) {
		xw_attr_slice(r->w, "href", node->url);
	} else if (node->what == COLOURS) {
		write_style(r->w, node);
	}
	r->open.list[r->open.n++] = *node;
}

/* From what is open to what is wanted. */
static void go_to(struct rich *r, const struct nodes *want)
{
	unsigned stay = 0;

	while (stay < r->open.n && has(want, &r->open.list[stay])) {
		stay++;
	}
	for (; r->open.n > stay; r->open.n--) {
		xw_end(r->w);
	}
	for (unsigned i = 0; i < want->n; i++) {
		if (!has(&r->open, &want->list[i])) {
			open_node(r, &want->list[i]);
		}
	}
}

static void write_lines(struct xw *w, struct slice text)
{
	while (text.len > 0) {
		const char *end = memchr(text.p, '\n', text.len);
		size_t n = end ? (size_t)(end - text.p) : text.len;

		xw_text_slice(w, slice(text.p, n));
		if (end != NULL) {
			xw_empty(w, "br", NS_NONE);
			n++;
		}
		text = slice(text.p + n, text.len - n);
	}
}

static void next_url(struct rich *r)
{
	r->url_at = r->at;
	if (!rich_find_url(r->clean, &r->url_at, &r->url_len)) {
		r->url_len = 0;
		r->url_at = r->clean.len;
	}
}

/* A run is cut where an address begins or ends. */
static void write_run(struct rich *r, struct irc_format f, struct slice run)
{
	while (run.len > 0) {
		bool inside = r->url_len > 0 && r->at >= r->url_at;
		size_t end = inside ? r->url_at + r->url_len : r->url_at;
		size_t n = end - r->at < run.len ? end - r->at : run.len;
		struct slice url = inside ?
			slice(r->clean.p + r->url_at, r->url_len) :
			slice(NULL, 0);
		struct nodes want = wanted(f, url);

		go_to(r, &want);
		write_lines(r->w, slice(run.p, n));
		r->at += n;
		run = slice(run.p + n, run.len - n);
		if (inside && r->at == end) {
			next_url(r);
		}
	}
}

bool rich_is(struct slice text)
{
	struct irc_runs runs;
	struct slice run;

	irc_runs_init(&runs, text);
	while (irc_runs_next(&runs, &run)) {
		if (!irc_format_is_plain(runs.format)) {
			return true;
		}
	}
	return false;
}

void rich_write(struct mapping *m, struct xw *w, struct slice front,
	struct slice text)
{
	struct rich r = {.w = w};
	struct nodes none = {.n = 0};
	struct irc_runs runs;
	struct slice run;

	buf_reset(&m->strip, CORE_KEEP_BYTES);
	irc_strip_formats(&m->strip, text);
	r.clean = buf_slice(&m->strip);
	next_url(&r);
	xw_start(w, "html", NS_XHTML_IM);
	xw_start(w, "body", NS_XHTML);
	xw_start(w, "p", NS_NONE);
	write_lines(w, front);
	irc_runs_init(&runs, text);
	while (irc_runs_next(&runs, &run)) {
		write_run(&r, runs.format, run);
	}
	go_to(&r, &none);
	xw_end(w);
	xw_end(w);
	xw_end(w);
}
