/* SPDX-License-Identifier: MIT */
#ifndef IRC_IRCFORMAT_H
#define IRC_IRCFORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/*
 * mIRC formatting (PROTOCOL G.1): bytes below 0x20 inside a text switch styles
 * on and off, colours are named by a number or in hex. Here such a text is read
 * as runs, pieces that look alike, and codes are written. A text begins plain.
 * Any bytes may be read; whatever does not make a code is text.
 */
enum irc_style {
	STYLE_BOLD = 1,
	STYLE_ITALIC = 2,
	STYLE_UNDERLINE = 4,
	STYLE_STRIKE = 8,
	STYLE_MONO = 16,
	STYLE_REVERSE = 32,
};

/* A colour: a number of the palette, IRC_RGB | 0xrrggbb, or none. */
enum { IRC_PALETTE = 99, IRC_PALETTE_SENT = 16 };
#define IRC_RGB 0x1000000U
#define IRC_NO_COLOUR 0xffffffffU

struct irc_format {
	unsigned styles;
	uint32_t fore;
	uint32_t back;
};

static inline struct irc_format irc_format_plain(void)
{
	return (struct irc_format){0, IRC_NO_COLOUR, IRC_NO_COLOUR};
}

static inline bool irc_format_eq(struct irc_format a, struct irc_format b)
{
	return a.styles == b.styles && a.fore == b.fore && a.back == b.back;
}

static inline bool irc_format_is_plain(struct irc_format f)
{
	return irc_format_eq(f, irc_format_plain());
}

/* Reading: `format` is how the piece looks that irc_runs_next() gave. */
struct irc_runs {
	struct slice rest;
	struct irc_format format;
};

void irc_runs_init(struct irc_runs *r, struct slice text);
/* false: nothing is left; `format` is what the end of the text looks like. */
bool irc_runs_next(struct irc_runs *r, struct slice *text);

/*
 * The length of the code at text.p (text.len >= 1), 0 when there is none; what
 * it does is done to *format, which may be NULL.
 */
size_t irc_format_code(struct slice text, struct irc_format *format);

/*
 * The codes that lead from one format to another. `next` is the character that
 * follows: a digit or comma behind a colour is kept apart from it. Colours are
 * written by the sixteen numbers that every client knows.
 */
enum { IRC_CODES_MAX = 24 };
void irc_format_add(struct buf *out, struct irc_format from,
	struct irc_format to, char next);

/* 0xrrggbb of a colour that is one. */
uint32_t irc_colour_rgb(uint32_t colour);
/* The nearest of the sixteen, by distance. */
unsigned irc_colour_nearest(uint32_t rgb);

/* What is left of a text without its codes. */
void irc_strip_formats(struct buf *out, struct slice text);
/*
 * Where a text goes on whose visible part begins so; 0: it begins otherwise.
 * Codes in it stand for nothing.
 */
size_t irc_format_skip(struct slice text, const char *begin);
/* The codes that are in force at this place of a text. */
void irc_format_at(struct buf *out, struct slice text, size_t at);
/* Holds it codes? */
bool irc_has_formats(struct slice text);

#endif
