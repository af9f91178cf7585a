/* SPDX-License-Identifier: MIT */
#include "mapping/talk/fallback.h"

#include "base/utf8.h"

enum { RANGES_MAX = 16 };

#define END_OF_TEXT 1000000000L

struct range {
	long start; /* code points; the end is not part of it */
	long end;
};

struct ranges {
	struct range all[RANGES_MAX];
	unsigned n;
};

static const struct elem *find(const struct elem *root, enum ns of)
{
	const struct elem *e = elem_child(root, "fallback", NS_FALLBACK);

	while (e != NULL) {
		const char *what = elem_attr(e, "for");

		if (what != NULL && strcmp(what, ns_uri(of)) == 0) {
			return e;
		}
		e = elem_next(e, "fallback", NS_FALLBACK);
	}
	return NULL;
}

static long place(const struct elem *e, const char *name, long otherwise)
{
	long n = slice_number(slice_str(elem_attr(e, name)), END_OF_TEXT);

	return n >= 0 ? n : otherwise;
}

/* No child at all: everything is (XEP-0428 2.2). */
static void read(const struct elem *fallback, struct ranges *r)
{
	const struct elem *e = elem_child(fallback, "body", NS_FALLBACK);

	r->n = 0;
	if (elem_first(fallback) == NULL) {
		r->all[r->n++] = (struct range){0, END_OF_TEXT};
	}
	for (; e != NULL && r->n < RANGES_MAX;
		e = elem_next(e, "body", NS_FALLBACK)) {
		r->all[r->n++] = (struct range){place(e, "start", 0),
			place(e, "end", END_OF_TEXT)};
	}
}

static bool is_cut(const struct ranges *r, long at)
{
	for (unsigned i = 0; i < r->n; i++) {
		if (at >= r->all[i].start && at < r->all[i].end) {
			return true;
		}
	}
	return false;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool fallback_has(const struct elem *root, enum ns of)
{
	return find(root, of) != NULL;
}

struct slice fallback_cut(struct mapping *m, const struct elem *root,
	enum ns of, struct slice body)
{
	const struct elem *e = find(root, of);
	char *copy = e != NULL && body.len > 0 ?
		arena_alloc(&m->arena, body.len) :
		NULL;
	struct slice out = slice(copy, 0);
	struct ranges ranges;
	bool first = false;
	bool last = false;
	size_t size;
	long n = 0;

	if (copy == NULL) {
		return body;
	}
	read(e, &ranges);
	for (size_t at = 0; at < body.len; at += size, n++) {
		utf8_decode(body.p + at, body.len - at, &size);
		last = is_cut(&ranges, n);
		first |= last && n == 0;
		if (!last) {
			memcpy(copy + out.len, body.p + at, size);
			out.len += size;
		}
	}
	while (first && out.len > 0 && is_blank(out.p[0])) {
		out = slice(out.p + 1, out.len - 1);
	}
	while (last && out.len > 0 && is_blank(out.p[out.len - 1])) {
		out.len--;
	}
	return out;
}
