/* SPDX-License-Identifier: MIT */
#include "base/err.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/xmpp_events.h"

/*
 * Promises: any chunking gives the same events (only when a stream that is lost
 * is seen to be so depends on it: libxml2 may wait for more text); after that
 * nothing follows; memory stays below what one stanza may need.
 * First byte: bit 0 a stream header is put in front, bit 1 small limits; the
 * second seeds the chunks.
 */
static void run(struct events *e, const struct scan_limits *limits,
	const uint8_t *data, size_t size, uint32_t seed)
{
	const char *p = (const char *)data + 2;
	size_t len = size - 2;

	events_init(e, limits);
	if (data[0] & 1) {
		parser_feed(e->parser, EVENTS_HEADER, strlen(EVENTS_HEADER));
	}
	while (len > 0) {
		size_t n = len;

		if (seed != 0) {
			seed = seed * 1664525U + 1013904223U;
			n = (seed >> 16) % 29 + 1;
			n = n < len ? n : len;
		}
		parser_feed(e->parser, p, n);
		p += n;
		len -= n;
	}
	must(parser_memory(e->parser) < (4U << 20));
}

static void without_fatal(struct events *e)
{
	static const char line[] = "fatal\n";
	size_t n = sizeof line - 1;

	if (e->fatal[0] != '\0') {
		must(e->log.len >= n);
		must(memcmp(e->log.p + e->log.len - n, line, n) == 0);
		buf_truncate(&e->log, e->log.len - n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct scan_limits small = {300, 5, 64, 4};
	const struct scan_limits *limits;
	struct events whole;
	struct events split;

	if (size < 2) {
		return 0;
	}
	limits = data[0] & 2 ? &small : NULL;
	run(&whole, limits, data, size, 0);
	run(&split, limits, data, size, data[1] + 1U);
	without_fatal(&whole);
	without_fatal(&split);
	must(slice_eq(buf_slice(&whole.log), buf_slice(&split.log)));
	events_finish(&whole);
	events_finish(&split);
	return 0;
}
