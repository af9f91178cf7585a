/* SPDX-License-Identifier: MIT */
#include "mapping/room/masks.h"

/* Of equal ones the first stays first: `spare` is as long as `all`. */
static void sort(struct slice *all, struct slice *spare, size_t n,
	enum casemap casemap)
{
	size_t half = n / 2;
	size_t left = 0;
	size_t right = half;

	if (n < 2) {
		return;
	}
	sort(all, spare, half, casemap);
	sort(all + half, spare, n - half, casemap);
	memcpy(spare, all, n * sizeof *all);
	for (size_t i = 0; i < n; i++) {
		bool from_left = right == n ||
			(left < half && casemap_compare(casemap, spare[left],
						spare[right]) <= 0);

		all[i] = spare[from_left ? left++ : right++];
	}
}

static bool make_room(struct masks *out, struct arena *a, enum casemap casemap,
	size_t most)
{
	*out = (struct masks){
		.all = arena_alloc(a, (most + 1) * sizeof *out->all),
		.casemap = casemap,
	};
	return out->all != NULL;
}

static bool put_in_order(struct masks *m, struct arena *a)
{
	struct arena_mark mark = arena_mark(a);
	struct slice *spare = arena_alloc(a, (m->n + 1) * sizeof *spare);
	size_t kept = 0;

	if (spare == NULL) {
		return false;
	}
	sort(m->all, spare, m->n, m->casemap);
	arena_release(a, mark);
	for (size_t i = 0; i < m->n; i++) {
		if (kept == 0 || !casemap_equal(m->casemap, m->all[kept - 1],
					 m->all[i])) {
			m->all[kept++] = m->all[i];
		}
	}
	m->n = kept;
	return true;
}

bool masks_of_lines(struct masks *out, struct arena *a, enum casemap casemap,
	struct slice lines)
{
	size_t most = 1;

	for (size_t i = 0; i < lines.len; i++) {
		most += lines.p[i] == '\n';
	}
	if (!make_room(out, a, casemap, most)) {
		return false;
	}
	while (lines.len > 0) {
		struct slice mask = slice_cut(&lines, '\n');

		if (mask.len > 0) {
			out->all[out->n++] = mask;
		}
	}
	return put_in_order(out, a);
}

bool masks_of_values(struct masks *out, struct arena *a, enum casemap casemap,
	const struct slice *values, size_t n)
{
	if (!make_room(out, a, casemap, n)) {
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		struct slice mask = slice_trim(values[i]);

		if (mask.len > 0) {
			out->all[out->n++] = mask;
		}
	}
	return put_in_order(out, a);
}

struct slice masks_find(const struct masks *m, struct slice mask)
{
	size_t low = 0;
	size_t high = m->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = casemap_compare(m->casemap, m->all[mid], mask);

		if (order == 0) {
			return m->all[mid];
		}
		if (order < 0) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return slice(NULL, 0);
}

bool masks_equal(const struct masks *a, const struct masks *b)
{
	if (a->n != b->n) {
		return false;
	}
	for (size_t i = 0; i < a->n; i++) {
		if (!casemap_equal(a->casemap, a->all[i], b->all[i])) {
			return false;
		}
	}
	return true;
}
