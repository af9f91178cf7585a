/* SPDX-License-Identifier: MIT */
#include "irc/ircformat.h"

#include "base/err.h"

/* 00 to 98 (PROTOCOL G.1); 99 is the reader's own colour. */
static const uint32_t palette[IRC_PALETTE] = {
	0xffffff, 0x000000, 0x00007f, 0x009300, 0xff0000, 0x7f0000, 0x9c009c,
	0xfc7f00, 0xffff00, 0x00fc00, 0x009393, 0x00ffff, 0x0000fc, 0xff00ff,
	0x7f7f7f, 0xd2d2d2,
	0x470000, 0x472100, 0x474700, 0x324700, 0x004700, 0x00472c, 0x004747,
	0x002747, 0x000047, 0x2e0047, 0x470047, 0x47002a,
	0x740000, 0x743a00, 0x747400, 0x517400, 0x007400, 0x007449, 0x007474,
	0x004074, 0x000074, 0x4b0074, 0x740074, 0x740045,
	0xb50000, 0xb56300, 0xb5b500, 0x7db500, 0x00b500, 0x00b571, 0x00b5b5,
	0x0063b5, 0x0000b5, 0x7500b5, 0xb500b5, 0xb5006b,
	0xff0000, 0xff8c00, 0xffff00, 0xb2ff00, 0x00ff00, 0x00ffa0, 0x00ffff,
	0x008cff, 0x0000ff, 0xa500ff, 0xff00ff, 0xff0098,
	0xff5959, 0xffb459, 0xffff71, 0xcfff60, 0x6fff6f, 0x65ffc9, 0x6dffff,
	0x59b4ff, 0x5959ff, 0xc459ff, 0xff66ff, 0xff59bc,
	0xff9c9c, 0xffd39c, 0xffff9c, 0xe2ff9c, 0x9cff9c, 0x9cffdb, 0x9cffff,
	0x9cd3ff, 0x9c9cff, 0xdc9cff, 0xff9cff, 0xff94d3,
	0x000000, 0x131313, 0x282828, 0x363636, 0x4d4d4d, 0x656565, 0x818181,
	0x9f9f9f, 0xbcbcbc, 0xe2e2e2, 0xffffff,
};

enum {
	CODE_BOLD = 0x02,
	CODE_COLOUR = 0x03,
	CODE_HEX = 0x04,
	CODE_RESET = 0x0f,
	CODE_MONO = 0x11,
	CODE_REVERSE = 0x16,
	CODE_ITALIC = 0x1d,
	CODE_STRIKE = 0x1e,
	CODE_UNDERLINE = 0x1f,
};

/* The codes that switch one style on and off. */
static const struct {
	char code;
	unsigned style;
} toggles[] = {
	{CODE_BOLD, STYLE_BOLD}, {CODE_ITALIC, STYLE_ITALIC},
	{CODE_UNDERLINE, STYLE_UNDERLINE}, {CODE_STRIKE, STYLE_STRIKE},
	{CODE_MONO, STYLE_MONO}, {CODE_REVERSE, STYLE_REVERSE},
};

/* ---- reading ---- */

static int digit(char c, bool hex)
{
	char lower = (char)(c | 32);

	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	return hex && lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* N[N] or RRGGBB at `at`: its length, 0 when there is none. */
static size_t read_colour(struct slice text, size_t at, bool hex,
	uint32_t *colour)
{
	size_t most = hex ? 6 : 2;
	uint32_t value = 0;
	size_t n = 0;

	while (n < most && at + n < text.len) {
		int d = digit(text.p[at + n], hex);

		if (d < 0) {
			break;
		}
		value = value * (hex ? 16 : 10) + (uint32_t)d;
		n++;
	}
	if (n == 0 || (hex && n < most)) {
		return 0;
	}
	*colour = hex		      ? IRC_RGB | value :
		value < IRC_PALETTE ? value :
					IRC_NO_COLOUR;
	return n;
}

/* What follows a colour code. Nothing: both colours end. */
static size_t read_colours(struct slice text, bool hex,
	struct irc_format *format)
{
	uint32_t fore = IRC_NO_COLOUR;
	uint32_t back = IRC_NO_COLOUR;
	size_t n = read_colour(text, 1, hex, &fore);
	size_t more = 0;

	if (n > 0 && 1 + n < text.len && text.p[1 + n] == ',') {
		more = read_colour(text, 2 + n, hex, &back);
	}
	format->fore = fore;
	if (n == 0 || more > 0) {
		format->back = back;
	}
	return 1 + n + (more > 0 ? 1 + more : 0);
}

size_t irc_format_code(struct slice text, struct irc_format *format)
{
	struct irc_format ignored = irc_format_plain();

	format = format ? format : &ignored;
	switch (text.p[0]) {
	case CODE_COLOUR:
	case CODE_HEX:
		return read_colours(text, text.p[0] == CODE_HEX, format);
	case CODE_RESET:
		*format = irc_format_plain();
		return 1;
	default:
		break;
	}
	for (size_t i = 0; i < sizeof toggles / sizeof *toggles; i++) {
		if (text.p[0] == toggles[i].code) {
			format->styles ^= toggles[i].style;
			return 1;
		}
	}
	return 0;
}

void irc_runs_init(struct irc_runs *r, struct slice text)
{
	r->rest = text;
	r->format = irc_format_plain();
}

/* Bytes up to the next that may be a code. */
static size_t plain_bytes(struct slice s)
{
	size_t n = 0;

	while (n < s.len && ((unsigned char)s.p[n] >= 0x20 ||
		irc_format_code(slice(s.p + n, s.len - n), NULL) == 0)) {
		n++;
	}
	return n;
}

bool irc_runs_next(struct irc_runs *r, struct slice *text)
{
	while (r->rest.len > 0) {
		size_t n = irc_format_code(r->rest, &r->format);
		bool plain = n == 0;

		if (plain) {
			n = plain_bytes(r->rest);
			*text = slice(r->rest.p, n);
		}
		r->rest = slice(r->rest.p + n, r->rest.len - n);
		if (plain) {
			return true;
		}
	}
	return false;
}

void irc_strip_formats(struct buf *out, struct slice text)
{
	struct irc_runs runs;
	struct slice run;

	irc_runs_init(&runs, text);
	while (irc_runs_next(&runs, &run)) {
		buf_add_slice(out, run);
	}
}

bool irc_has_formats(struct slice text)
{
	return plain_bytes(text) < text.len;
}

/* ---- colours ---- */

uint32_t irc_colour_rgb(uint32_t colour)
{
	must(colour != IRC_NO_COLOUR);
	return colour < IRC_PALETTE ? palette[colour] : colour & 0xffffff;
}

static int32_t channel(uint32_t rgb, unsigned shift)
{
	return (int32_t)(rgb >> shift & 0xff);
}

unsigned irc_colour_nearest(uint32_t rgb)
{
	unsigned best = 0;
	int32_t nearest = INT32_MAX;

	for (unsigned i = 0; i < IRC_PALETTE_SENT; i++) {
		int32_t far = 0;

		for (unsigned shift = 0; shift < 24; shift += 8) {
			int32_t d = channel(rgb, shift) -
				channel(palette[i], shift);

			far += d * d;
		}
		if (far < nearest) {
			nearest = far;
			best = i;
		}
	}
	return best;
}

/* ---- writing ---- */

/* 99 stands for no colour. */
static unsigned number(uint32_t colour)
{
	if (colour == IRC_NO_COLOUR) {
		return IRC_PALETTE;
	}
	return colour < IRC_PALETTE_SENT ?
		colour :
		irc_colour_nearest(irc_colour_rgb(colour));
}

/* Always two digits; nothing that follows may be taken for more of it. */
static void add_colours(struct buf *out, struct irc_format from,
	struct irc_format to, char next)
{
	bool fore = to.fore != IRC_NO_COLOUR;
	bool back = to.back != IRC_NO_COLOUR;

	if (from.fore == to.fore && from.back == to.back) {
		return;
	}
	buf_add_char(out, CODE_COLOUR);
	if (!back && from.back != IRC_NO_COLOUR && fore) {
		buf_add_char(out, CODE_COLOUR); /* the background alone ends */
	}
	if (fore || back) {
		buf_addf(out, "%02u", number(to.fore));
	}
	if (back && from.back != to.back) {
		buf_addf(out, ",%02u", number(to.back));
	}
	if ((next >= '0' && next <= '9') || next == ',') {
		buf_add_char(out, CODE_BOLD);
		buf_add_char(out, CODE_BOLD);
	}
}

void irc_format_add(struct buf *out, struct irc_format from,
	struct irc_format to, char next)
{
	if (irc_format_is_plain(to) && !irc_format_is_plain(from)) {
		buf_add_char(out, CODE_RESET);
		return;
	}
	for (size_t i = 0; i < sizeof toggles / sizeof *toggles; i++) {
		if (((from.styles ^ to.styles) & toggles[i].style) != 0) {
			buf_add_char(out, toggles[i].code);
		}
	}
	add_colours(out, from, to, next);
}

size_t irc_format_skip(struct slice text, const char *begin)
{
	size_t i = 0;

	while (*begin != '\0') {
		size_t code = i < text.len ?
			irc_format_code(slice(text.p + i, text.len - i), NULL) :
			0;

		if (code > 0) {
			i += code;
		} else if (i < text.len && text.p[i] == *begin) {
			i++;
			begin++;
		} else {
			return 0;
		}
	}
	return i;
}

void irc_format_at(struct buf *out, struct slice text, size_t at)
{
	struct irc_runs runs;
	struct slice run;

	irc_runs_init(&runs, slice(text.p, at));
	while (irc_runs_next(&runs, &run)) {
	}
	irc_format_add(out, irc_format_plain(), runs.format,
		at < text.len ? text.p[at] : '\0');
}
