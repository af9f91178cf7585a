/* SPDX-License-Identifier: MIT */
#include "mapping/talk/html_style.h"

#include <string.h>

/* ---- colours ---- */

static const struct {
	const char *name;
	uint32_t rgb;
} names[] = {
	{"aqua", 0x00ffff}, {"black", 0x000000}, {"blue", 0x0000ff},
	{"brown", 0xa52a2a}, {"cyan", 0x00ffff}, {"darkblue", 0x00008b},
	{"darkgray", 0xa9a9a9}, {"darkgreen", 0x006400},
	{"darkgrey", 0xa9a9a9}, {"darkorange", 0xff8c00},
	{"darkred", 0x8b0000}, {"fuchsia", 0xff00ff}, {"gold", 0xffd700},
	{"gray", 0x808080}, {"green", 0x008000}, {"grey", 0x808080},
	{"indigo", 0x4b0082}, {"lightblue", 0xadd8e6},
	{"lightgray", 0xd3d3d3}, {"lightgreen", 0x90ee90},
	{"lightgrey", 0xd3d3d3}, {"lime", 0x00ff00}, {"magenta", 0xff00ff},
	{"maroon", 0x800000}, {"navy", 0x000080}, {"olive", 0x808000},
	{"orange", 0xffa500}, {"pink", 0xffc0cb}, {"purple", 0x800080},
	{"red", 0xff0000}, {"silver", 0xc0c0c0}, {"teal", 0x008080},
	{"violet", 0xee82ee}, {"white", 0xffffff}, {"yellow", 0xffff00},
};

static int hex(char c)
{
	char lower = (char)(c | 32);

	return c >= '0' && c <= '9'	      ? c - '0' :
		lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 :
					       -1;
}

static bool hex_colour(struct slice text, uint32_t *rgb)
{
	uint32_t value = 0;

	if (text.len != 3 && text.len != 6) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		int d = hex(text.p[i]);

		if (d < 0) {
			return false;
		}
		value = value << 4 | (uint32_t)d;
		if (text.len == 3) {
			value = value << 4 | (uint32_t)d;
		}
	}
	*rgb = value;
	return true;
}

/* "r, g, b)", each from 0 to 255 */
static bool rgb_colour(struct slice text, uint32_t *rgb)
{
	uint32_t value = 0;

	for (int i = 0; i < 3; i++) {
		struct slice part = slice_cut(&text, i < 2 ? ',' : ')');
		long n = slice_number(slice_trim(part), 255);

		if (n < 0) {
			return false;
		}
		value = value << 8 | (uint32_t)n;
	}
	*rgb = value;
	return true;
}

bool html_colour(struct slice text, uint32_t *rgb)
{
	if (text.len > 0 && text.p[0] == '#') {
		return hex_colour(slice(text.p + 1, text.len - 1), rgb);
	}
	if (text.len > 4 && slice_is_nocase(slice(text.p, 4), "rgb(")) {
		return rgb_colour(slice(text.p + 4, text.len - 4), rgb);
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (slice_is_nocase(text, names[i].name)) {
			*rgb = names[i].rgb;
			return true;
		}
	}
	return false;
}

static void set_colour(struct slice value, uint32_t *colour)
{
	uint32_t rgb;

	if (html_colour(value, &rgb)) {
		*colour = irc_colour_nearest(rgb);
	}
}

/* ---- properties ---- */

static void font_weight(struct slice value, struct irc_format *f)
{
	long n = slice_number(value, 1000);

	if (slice_is_nocase(value, "bold") ||
		slice_is_nocase(value, "bolder") || n >= 600) {
		f->styles |= STYLE_BOLD;
	} else if (slice_is_nocase(value, "normal") ||
		slice_is_nocase(value, "lighter") || n >= 0) {
		f->styles &= ~(unsigned)STYLE_BOLD;
	}
}

static void font_style(struct slice value, struct irc_format *f)
{
	if (slice_is_nocase(value, "italic") ||
		slice_is_nocase(value, "oblique")) {
		f->styles |= STYLE_ITALIC;
	} else if (slice_is_nocase(value, "normal")) {
		f->styles &= ~(unsigned)STYLE_ITALIC;
	}
}

static void text_decoration(struct slice value, struct irc_format *f)
{
	while (value.len > 0) {
		struct slice word = slice_cut(&value, ' ');

		if (slice_is_nocase(word, "underline")) {
			f->styles |= STYLE_UNDERLINE;
		} else if (slice_is_nocase(word, "line-through")) {
			f->styles |= STYLE_STRIKE;
		}
	}
}

static void font_family(struct slice value, struct irc_format *f)
{
	while (value.len > 0) {
		if (slice_is_nocase(slice_trim(slice_cut(&value, ',')),
			    "monospace")) {
			f->styles |= STYLE_MONO;
		}
	}
}

static void color(struct slice value, struct irc_format *f)
{
	set_colour(value, &f->fore);
}

static void background(struct slice value, struct irc_format *f)
{
	set_colour(value, &f->back);
}

static const struct {
	const char *name;
	void (*fn)(struct slice value, struct irc_format *f);
} properties[] = {
	{"background", background}, {"background-color", background},
	{"color", color}, {"font-family", font_family},
	{"font-style", font_style}, {"font-weight", font_weight},
	{"text-decoration", text_decoration},
	{"text-decoration-line", text_decoration},
};

static void read_style(struct slice style, struct irc_format *f)
{
	while (style.len > 0) {
		struct slice value = slice_cut(&style, ';');
		struct slice name = slice_trim(slice_cut(&value, ':'));

		value = slice_trim(value);
		for (size_t i = 0; i < sizeof properties / sizeof *properties;
			i++) {
			if (slice_is_nocase(name, properties[i].name)) {
				properties[i].fn(value, f);
			}
		}
	}
}

/* ---- elements ---- */

static const struct {
	const char *name;
	unsigned styles;
} elements[] = {
	{"b", STYLE_BOLD}, {"cite", STYLE_ITALIC}, {"code", STYLE_MONO},
	{"del", STYLE_STRIKE}, {"dfn", STYLE_ITALIC}, {"em", STYLE_ITALIC},
	{"i", STYLE_ITALIC}, {"kbd", STYLE_MONO}, {"pre", STYLE_MONO},
	{"s", STYLE_STRIKE}, {"samp", STYLE_MONO}, {"strike", STYLE_STRIKE},
	{"strong", STYLE_BOLD}, {"tt", STYLE_MONO}, {"u", STYLE_UNDERLINE},
	{"var", STYLE_ITALIC},
};

struct irc_format html_format(const struct elem *e, struct irc_format f)
{
	for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
		if (strcmp(e->name, elements[i].name) == 0) {
			f.styles |= elements[i].styles;
		}
	}
	if (strcmp(e->name, "font") == 0) {
		set_colour(slice_trim(slice_str(elem_attr(e, "color"))),
			&f.fore);
	}
	read_style(slice_str(elem_attr(e, "style")), &f);
	return f;
}
