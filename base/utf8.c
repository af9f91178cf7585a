/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdio.h>

uint32_t utf8_decode(const char *text, size_t len, size_t *size)
{
	static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text;
	size_t n;
	uint32_t cp;

	*size = 1;
	if (p[0] < 0x80) {
		return p[0];
	}
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n > len) {
		return UTF8_BAD;
	}
	cp = p[0] & (0x7fU >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return UTF8_BAD;
		}
		cp = cp << 6 | (p[i] & 0x3fU);
	}
	if (cp < smallest[n] || cp > 0x10ffff || (cp >= 0xd800 && cp < 0xe000)) {
		return UTF8_BAD;
	}
	*size = n;
	return cp;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

bool utf8_valid(struct slice s)
{
	size_t size;

	for (size_t i = 0; i < s.len; i += size) {
		size = 1;
		if ((s.p[i] & 0x80) != 0 &&
			utf8_decode(s.p + i, s.len - i, &size) == UTF8_BAD) {
			return false;
		}
	}
	return true;
}

size_t utf8_count(struct slice s)
{
	size_t count = 0;
	size_t size;

	for (size_t i = 0; i < s.len; i += size) {
		utf8_decode(s.p + i, s.len - i, &size);
		count++;
	}
	return count;
}

bool utf8_xml_char(uint32_t cp)
{
	if (cp < 0x20) {
		return cp == '\t' || cp == '\n' || cp == '\r';
	}
	return cp <= 0xd7ff || (cp >= 0xe000 && cp <= 0xfffd) ||
		(cp >= 0x10000 && cp <= 0x10ffff);
}

bool utf8_extends(uint32_t cp)
{
	return (cp >= 0x300 && cp <= 0x36f) || cp == 0x200d ||
		(cp >= 0xfe00 && cp <= 0xfe0f) ||
		(cp >= 0x1f3fb && cp <= 0x1f3ff);
}

size_t utf8_cut(struct slice s, size_t max)
{
	size_t cut = 0;
	size_t size;
	uint32_t before = 0;

	if (s.len <= max) {
		return s.len;
	}
	for (size_t i = 0; i <= max; i += size) {
		uint32_t cp = utf8_decode(s.p + i, s.len - i, &size);

		/* A joiner also binds what follows it. */
		if (!utf8_extends(cp) && before != 0x200d) {
			cut = i;
		}
		before = cp;
	}
	return cut;
}

size_t utf8_vprintf(char *out, size_t size, const char *fmt, va_list args)
{
	int whole = vsnprintf(out, size, fmt, args);
	size_t len = size - 1;

	must(whole >= 0 && size > 8);
	if ((size_t)whole <= len) {
		return (size_t)whole;
	}
	/* What stands behind the cut must be seen whole. */
	len = utf8_cut(slice(out, len), len - 4);
	out[len] = '\0';
	return len;
}

size_t utf8_printf(char *out, size_t size, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	len = utf8_vprintf(out, size, fmt, args);
	va_end(args);
	return len;
}

/* windows-1252, 0x80 to 0x9f; 0 is undefined there. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

static uint32_t from_1252(unsigned char c)
{
	if (c < 0x80 || c >= 0xa0) {
		return c;
	}
	return windows_1252[c - 0x80] ? windows_1252[c - 0x80] : 0xfffd;
}

void utf8_add_1252(struct buf *out, struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		char bytes[4];
		size_t n = utf8_encode(from_1252((unsigned char)s.p[i]), bytes);

		buf_add(out, bytes, n);
	}
}

void utf8_add_clean(struct buf *out, struct slice s)
{
	bool valid = utf8_valid(s);
	size_t plain = 0; /* bytes that may be copied as they are */
	size_t size = 1;

	for (size_t i = 0; i < s.len; i += size) {
		uint32_t cp;
		char bytes[4];

		if (valid) {
			cp = utf8_decode(s.p + i, s.len - i, &size);
			if (utf8_xml_char(cp)) {
				plain += size;
				continue;
			}
			buf_add(out, s.p + i - plain, plain);
			plain = 0;
			continue;
		}
		cp = from_1252((unsigned char)s.p[i]);
		if (utf8_xml_char(cp)) {
			buf_add(out, bytes, utf8_encode(cp, bytes));
		}
	}
	buf_add(out, s.p + s.len - plain, plain);
}
