/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/err.h"
#include "tests/fuzz/fuzz.h"
#include "xmpp/scan.h"

/*
 * Promises: any chunking gives the same output and the same stanza ends; the
 * output scanned again is itself and ends at the same depth (it is balanced
 * where the input was); nothing is held beyond a tag.
 * The first four bytes choose the limits and the chunks.
 */
struct record {
	struct buf out;
	struct buf ends; /* place and bits of each stanza end */
};

static void on_out(void *ctx, const char *p, size_t len)
{
	struct record *r = ctx;

	must(len > 0);
	buf_add(&r->out, p, len);
}

static void on_stanza(void *ctx, unsigned over)
{
	struct record *r = ctx;

	buf_addf(&r->ends, "%zu:%u ", r->out.len, over);
}

static size_t run(struct record *r, const struct scan_limits *limits,
	const char *p, size_t len, uint32_t seed)
{
	struct scan s;
	size_t depth;

	buf_init(&r->out, 64U << 20);
	buf_init(&r->ends, 64U << 20);
	scan_init(&s, limits);
	while (len > 0) {
		size_t n = len;

		if (seed != 0) {
			seed = seed * 1664525U + 1013904223U;
			n = (seed >> 16) % 13 + 1;
			n = n < len ? n : len;
		}
		scan_feed(&s, p, n, on_out, on_stanza, r);
		must(s.tag.cap <= 32 * 1024);
		p += n;
		len -= n;
	}
	depth = s.depth;
	scan_finish(&s);
	return depth;
}

static void finish(struct record *r)
{
	buf_finish(&r->out);
	buf_finish(&r->ends);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct scan_limits generous = {
		1U << 30, 1U << 20, 16 * 1024, 1U << 20};
	struct scan_limits limits = scan_limits_default;
	struct record whole;
	struct record split;
	struct record again;
	const char *p = (const char *)data + 4;
	size_t depth;

	if (size < 4) {
		return 0;
	}
	if (data[0] < 200) {
		limits.stanza_bytes = (size_t)data[0] * 4 + 1;
		limits.depth = data[1] % 16 + 2U;
		limits.tag_bytes = data[2] % 64 + 16U;
		limits.attributes = data[2] / 64;
	}
	depth = run(&whole, &limits, p, size - 4, 0);
	must(run(&split, &limits, p, size - 4, data[3] + 1U) == depth);
	must(slice_eq(buf_slice(&whole.out), buf_slice(&split.out)));
	must(slice_eq(buf_slice(&whole.ends), buf_slice(&split.ends)));
	must(run(&again, &generous, whole.out.p, whole.out.len, 0) == depth);
	must(slice_eq(buf_slice(&whole.out), buf_slice(&again.out)));
	finish(&whole);
	finish(&split);
	finish(&again);
	return 0;
}
