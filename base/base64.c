/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include <stdint.h>

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct slice in, struct buf *out)
{
	for (size_t i = 0; i < in.len; i += 3) {
		size_t have = in.len - i < 3 ? in.len - i : 3;
		uint32_t bits = 0;
		char group[4] = {'=', '=', '=', '='};

		for (size_t k = 0; k < 3; k++) {
			bits <<= 8;
			bits |= k < have ? (unsigned char)in.p[i + k] : 0;
		}
		for (size_t k = 0; k <= have; k++) {
			group[k] = alphabet[bits >> (18 - 6 * k) & 63];
		}
		buf_add(out, group, sizeof group);
	}
}

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 26;
	}
	if (c >= '0' && c <= '9') {
		return c - '0' + 52;
	}
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters to one to three bytes; `last`: may be padded. */
static size_t decode_group(const char *p, bool last, unsigned char bytes[3])
{
	size_t have = 4;
	uint32_t bits = 0;

	while (last && have > 2 && p[have - 1] == '=') {
		have--;
	}
	for (size_t k = 0; k < 4; k++) {
		int value = k < have ? value_of(p[k]) : 0;

		if (value < 0) {
			return 0;
		}
		bits = bits << 6 | (uint32_t)value;
	}
	for (size_t k = 0; k < 3; k++) {
		bytes[k] = (unsigned char)(bits >> (16 - 8 * k));
	}
	return have - 1;
}

enum err base64_decode(struct slice in, struct buf *out)
{
	size_t before = out->len;
	unsigned char bytes[3];

	if (in.len % 4 != 0) {
		return ERR_BAD_INPUT;
	}
	for (size_t i = 0; i < in.len; i += 4) {
		size_t n = decode_group(in.p + i, i + 4 == in.len, bytes);

		if (n == 0) {
			buf_truncate(out, before);
			return ERR_BAD_INPUT;
		}
		buf_add(out, (const char *)bytes, n);
	}
	return ERR_OK;
}
