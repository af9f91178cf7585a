/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/buf.h"
#include "base/slice.h"
#include "tests/fuzz/fuzz.h"

/*
 * How libFuzzer changes an input of fuzz_scene: whole lines are said again, in
 * another order or not at all, and a value inside a line (between quotes, tags
 * or blanks) becomes another one, so that most of what arrives still is
 * something. Crossing takes lines of both. A part of the changes are libFuzzer's
 * own, anywhere.
 */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
	unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t alen,
	const uint8_t *b, size_t blen, uint8_t *out, size_t max, unsigned seed);

enum { VALUE_MAX = 2000 };

static unsigned next(unsigned *seed, size_t below)
{
	*seed = *seed * 1103515245U + 12345U;
	return below > 0 ? (unsigned)((*seed >> 8) % below) : 0;
}

/* The line that a place of the text is in, its end included. */
static struct slice line_at(struct slice text, size_t at)
{
	size_t begin = at;
	size_t end = at;

	while (begin > 0 && text.p[begin - 1] != '\n') {
		begin--;
	}
	while (end < text.len && text.p[end] != '\n') {
		end++;
	}
	end += end < text.len;
	return slice(text.p + begin, end - begin);
}

static struct slice some_line(struct slice text, unsigned *seed)
{
	return line_at(text, next(seed, text.len));
}

static bool is_edge(char c)
{
	return c != '\0' && strchr("'<> :\n,=@", c) != NULL;
}

/* What stands between two edges. */
static struct slice some_value(struct slice text, unsigned *seed)
{
	size_t begin = next(seed, text.len);
	size_t end = begin;

	while (begin > 0 && !is_edge(text.p[begin - 1])) {
		begin--;
	}
	while (end < text.len && !is_edge(text.p[end])) {
		end++;
	}
	return slice(text.p + begin, end - begin);
}

/* text without `old`, and with `with` in its place. */
static void splice(struct buf *out, struct slice text, struct slice old,
	struct slice with)
{
	size_t at = (size_t)(old.p - text.p);

	buf_add(out, text.p, at);
	buf_add_slice(out, with);
	buf_add(out, old.p + old.len, text.len - at - old.len);
}

/* Bytes that libFuzzer makes of a value; those that end it become others. */
static struct slice changed(struct slice value, uint8_t space[VALUE_MAX])
{
	size_t n = value.len < VALUE_MAX / 2 ? value.len : VALUE_MAX / 2;

	memcpy(space, value.p, n);
	n = LLVMFuzzerMutate(space, n, VALUE_MAX);
	for (size_t i = 0; i < n; i++) {
		if (is_edge((char)space[i]) || space[i] == '\0') {
			space[i] = '_';
		}
	}
	return slice((const char *)space, n);
}

static void change(struct buf *out, struct slice text, unsigned *seed)
{
	struct slice one = some_line(text, seed);
	struct slice other = some_line(text, seed);
	struct slice value = some_value(text, seed);
	uint8_t space[VALUE_MAX];

	switch (next(seed, 6)) {
	case 0: /* gone */
		splice(out, text, one, slice("", 0));
		break;
	case 1: /* said again, there */
		splice(out, text, slice(other.p, 0), one);
		break;
	case 2: /* in place of another */
		splice(out, text, other, one);
		break;
	case 3: /* another's value */
		splice(out, text, value, some_value(text, seed));
		break;
	default:
		splice(out, text, value, changed(value, space));
		break;
	}
}

static size_t give(struct buf *from, uint8_t *out, size_t max)
{
	size_t n = from->len < max ? from->len : max;

	memcpy(out, buf_slice(from).p, n);
	buf_finish(from);
	return n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
	unsigned seed)
{
	struct buf out;

	if (size == 0 || next(&seed, 8) == 0) {
		return LLVMFuzzerMutate(data, size, max);
	}
	buf_init(&out, 2 * size + VALUE_MAX);
	change(&out, slice((const char *)data, size), &seed);
	return give(&out, data, max);
}

/* Up to five lines of the other, before one of the one. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t alen,
	const uint8_t *b, size_t blen, uint8_t *out, size_t max, unsigned seed)
{
	struct slice one = slice((const char *)a, alen);
	struct slice other = slice((const char *)b, blen);
	struct slice from;
	struct buf made;

	if (alen == 0 || blen == 0) {
		return 0;
	}
	from = some_line(other, &seed);
	for (unsigned n = next(&seed, 5); n > 0; n--) {
		size_t end = (size_t)(from.p - other.p) + from.len;

		if (end < other.len) {
			from.len += line_at(other, end).len;
		}
	}
	buf_init(&made, alen + blen);
	splice(&made, one, slice(some_line(one, &seed).p, 0), from);
	return give(&made, out, max);
}
