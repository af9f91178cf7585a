/* SPDX-License-Identifier: MIT */
#include "tests/load/xscan.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/load/mem.h"

#define XSCAN_CEILING ((size_t)16 << 20)

void xscan_init(struct xscan *x)
{
	memset(x, 0, sizeof(*x));
}

void xscan_finish(struct xscan *x)
{
	free(x->buf);
	memset(x, 0, sizeof(*x));
}

void xscan_feed(struct xscan *x, const char *bytes, size_t len)
{
	if (x->start > 0) {
		memmove(x->buf, x->buf + x->start, x->len - x->start);
		x->len -= x->start;
		x->pos -= x->start;
		x->start = 0;
	}
	mem_room(&x->buf, &x->cap, x->len + len, 1);
	memcpy(x->buf + x->len, bytes, len);
	x->len += len;
}

/* One past the end of a run that closes with `mark`, or 0. */
static size_t run_end(const char *p, size_t len, const char *mark)
{
	const char *found = memmem(p, len, mark, strlen(mark));

	return found == NULL ? 0 : (size_t)(found - p) + strlen(mark);
}

/* One past the '>' of a tag that begins at p, quotes respected, or 0. */
static size_t tag_end(const char *p, size_t len)
{
	char quote = '\0';

	for (size_t i = 1; i < len; i++) {
		if (quote != '\0') {
			quote = p[i] == quote ? '\0' : quote;
		} else if (p[i] == '"' || p[i] == '\'') {
			quote = p[i];
		} else if (p[i] == '>') {
			return i + 1;
		}
	}
	return 0;
}

/* What begins with '<' but is no tag: the row that fits gives its end. */
static const struct markup {
	const char *begin;
	const char *end;
} markups[] = {
	{"<!--", "-->"},
	{"<![CDATA[", "]]>"},
	{"<?", "?>"},
};

/* Length of the markup at p; 0: not all of it is here. */
static size_t markup_len(const char *p, size_t len, bool *is_tag)
{
	*is_tag = false;
	for (size_t i = 0; i < sizeof(markups) / sizeof(markups[0]); i++) {
		size_t n = strlen(markups[i].begin);

		if (memcmp(p, markups[i].begin, len < n ? len : n) != 0) {
			continue;
		}
		if (len > 1 && len >= n) {
			return run_end(p, len, markups[i].end);
		}
		if (len > 1) {
			return 0;
		}
	}
	*is_tag = true;
	return tag_end(p, len);
}

static enum xscan_event lend(
	struct xscan *x, enum xscan_event event, const char **text, size_t *len)
{
	*text = x->buf + x->start;
	*len = x->pos - x->start;
	x->start = x->pos;
	return event;
}

/* Counts a tag that ends before x->pos. */
static enum xscan_event count_tag(struct xscan *x, const char *tag, size_t size,
	const char **text, size_t *len)
{
	if (tag[1] == '/') {
		if (x->depth == 0) {
			return XSCAN_BAD;
		}
		x->depth--;
		if (x->depth > 1) {
			return XSCAN_MORE;
		}
		return lend(
			x, x->depth == 1 ? XSCAN_STANZA : XSCAN_END, text, len);
	}
	if (tag[size - 2] == '/') {
		return x->depth == 1 ? lend(x, XSCAN_STANZA, text, len)
				     : XSCAN_MORE;
	}
	x->depth++;
	return x->depth == 1 ? lend(x, XSCAN_HEADER, text, len) : XSCAN_MORE;
}

enum xscan_event xscan_next(struct xscan *x, const char **text, size_t *len)
{
	while (x->pos < x->len) {
		char *p = memchr(x->buf + x->pos, '<', x->len - x->pos);
		bool is_tag;
		size_t size;
		enum xscan_event event;

		if (p == NULL) {
			p = x->buf + x->len;
		}
		x->pos = (size_t)(p - x->buf);
		if (x->depth <= 1) {
			x->start = x->pos; /* white space between stanzas */
		}
		if (x->pos == x->len) {
			break;
		}
		size = markup_len(p, x->len - x->pos, &is_tag);
		if (size == 0) {
			break;
		}
		x->pos += size;
		if (!is_tag) {
			continue;
		}
		event = count_tag(x, p, size, text, len);
		if (event != XSCAN_MORE) {
			return event;
		}
	}
	return x->len - x->start > XSCAN_CEILING ? XSCAN_BAD : XSCAN_MORE;
}

static size_t put_utf8(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | (code >> 18 & 7));
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static const struct entity {
	const char *name;
	char value;
} entities[] = {
	{"&amp;", '&'},
	{"&lt;", '<'},
	{"&gt;", '>'},
	{"&quot;", '"'},
	{"&apos;", '\''},
};

/* Reads the reference at p; writes its bytes, returns how much it took. */
static size_t read_reference(const char *p, size_t len, char *out, size_t *put)
{
	char *end;
	unsigned long code;

	for (size_t i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		size_t n = strlen(entities[i].name);

		if (len >= n && memcmp(p, entities[i].name, n) == 0) {
			out[0] = entities[i].value;
			*put = 1;
			return n;
		}
	}
	if (len > 3 && p[1] == '#') {
		code = p[2] == 'x' ? strtoul(p + 3, &end, 16)
				   : strtoul(p + 2, &end, 10);
		if (*end == ';' && code <= 0x10ffff) {
			*put = put_utf8((uint32_t)code, out);
			return (size_t)(end - p) + 1;
		}
	}
	out[0] = *p;
	*put = 1;
	return 1;
}

static bool unescape(const char *p, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len;) {
		char bytes[4] = {p[i]};
		size_t put = 1;

		i += p[i] == '&' ? read_reference(p + i, len - i, bytes, &put)
				 : 1;
		if (n + put >= size) {
			out[0] = '\0';
			return false;
		}
		memcpy(out + n, bytes, put);
		n += put;
	}
	out[n] = '\0';
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool xscan_attr(
	const char *text, size_t len, const char *name, char *out, size_t size)
{
	size_t end = tag_end(text, len);
	size_t want = strlen(name);
	size_t i = 1;

	out[0] = '\0';
	while (i < end && !is_space(text[i])) {
		i++;
	}
	while (i < end) {
		size_t key;
		size_t value;
		char quote;

		while (i < end && is_space(text[i])) {
			i++;
		}
		key = i;
		while (i < end && text[i] != '\'' && text[i] != '"') {
			i++;
		}
		if (i >= end) {
			return false;
		}
		quote = text[i++];
		value = i;
		while (i < end && text[i] != quote) {
			i++;
		}
		if (i - key > want && memcmp(text + key, name, want) == 0 &&
			(text[key + want] == '=' ||
				is_space(text[key + want]))) {
			return unescape(text + value, i - value, out, size);
		}
		i++;
	}
	return false;
}

bool xscan_text(
	const char *text, size_t len, const char *name, char *out, size_t size)
{
	char open[64];
	char close[64];
	int n = snprintf(open, sizeof(open), "<%s", name);
	const char *p = text;
	const char *end = text + len;

	snprintf(close, sizeof(close), "</%s>", name);
	out[0] = '\0';
	while ((p = memmem(p, (size_t)(end - p), open, (size_t)n)) != NULL) {
		size_t tag = tag_end(p, (size_t)(end - p));
		const char *stop;

		if (tag == 0) {
			return false;
		}
		if ((p[n] != '>' && !is_space(p[n])) || p[tag - 2] == '/') {
			p += n;
			continue;
		}
		p += tag;
		stop = memmem(p, (size_t)(end - p), close, strlen(close));
		return stop != NULL &&
		       unescape(p, (size_t)(stop - p), out, size);
	}
	return false;
}

bool xscan_has(
	const char *text, size_t len, const char *attr, const char *value)
{
	char want[256];
	int n = snprintf(want, sizeof(want), "%s='%s'", attr, value);

	if (memmem(text, len, want, (size_t)n) != NULL) {
		return true;
	}
	n = snprintf(want, sizeof(want), "%s=\"%s\"", attr, value);
	return memmem(text, len, want, (size_t)n) != NULL;
}

size_t xscan_escape(const char *text, size_t len, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char *put = NULL;

		for (size_t k = 0; k < sizeof(entities) / sizeof(entities[0]);
			k++) {
			if (entities[k].value == text[i]) {
				put = entities[k].name;
			}
		}
		if (n + 8 > size) {
			break;
		}
		if (put == NULL) {
			out[n++] = text[i];
		} else {
			memcpy(out + n, put, strlen(put));
			n += strlen(put);
		}
	}
	out[n] = '\0';
	return n;
}
