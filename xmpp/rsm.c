/* SPDX-License-Identifier: MIT */
#include "xmpp/rsm.h"

#include <stdio.h>

enum { NUMBER = 24 };

/* Digits alone; what is larger than any set of ours is as good as the largest. */
static bool number(struct slice text, long *out)
{
	text = slice_trim(text);
	*out = slice_number(text, RSM_NUMBER_MAX);
	if (*out >= 0) {
		return true;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] < '0' || text.p[i] > '9') {
			return false;
		}
	}
	*out = RSM_NUMBER_MAX;
	return text.len > 0;
}

static bool read_max(const struct elem *set, struct rsm *out)
{
	struct slice max = elem_child_text(set, "max", NS_RSM);

	return max.p == NULL || number(max, &out->max);
}

/* At most one place. */
static bool read_place(const struct elem *set, struct rsm *out)
{
	struct slice after = elem_child_text(set, "after", NS_RSM);
	struct slice before = elem_child_text(set, "before", NS_RSM);
	struct slice index = elem_child_text(set, "index", NS_RSM);
	long at = 0;

	if ((after.p != NULL) + (before.p != NULL) + (index.p != NULL) > 1) {
		return false;
	}
	if (after.len > 0) {
		out->from = RSM_AFTER;
		out->id = after;
	} else if (before.p != NULL) {
		out->from = before.len > 0 ? RSM_BEFORE : RSM_END;
		out->id = before;
	} else if (index.p != NULL) {
		out->from = RSM_INDEX;
		if (!number(index, &at)) {
			return false;
		}
		out->index = (size_t)at;
	}
	return true;
}

enum err rsm_read(const struct elem *e, struct rsm *out)
{
	const struct elem *set = elem_child(e, "set", NS_RSM);

	*out = (struct rsm){.max = -1};
	if (set == NULL) {
		return ERR_OK;
	}
	out->present = true;
	return read_max(set, out) && read_place(set, out) ? ERR_OK :
							    ERR_BAD_INPUT;
}

struct rsm_page rsm_page(const struct rsm *r, size_t count, size_t before,
	size_t through, size_t limit)
{
	size_t n = r->max >= 0 && (size_t)r->max < limit ? (size_t)r->max :
							   limit;
	size_t from = 0;
	size_t to = count; /* the page lies in [from, to) */

	switch (r->from) {
	case RSM_START:
		break;
	case RSM_AFTER:
		from = through;
		break;
	case RSM_INDEX:
		from = r->index < count ? r->index : count;
		break;
	case RSM_BEFORE:
		to = before;
		break;
	case RSM_END:
		break;
	}
	if (n > to - from) {
		n = to - from;
	}
	if (r->from == RSM_BEFORE || r->from == RSM_END) {
		from = to - n;
	}
	return (struct rsm_page){from, n};
}

struct rsm_page rsm_shorten(const struct rsm *r, struct rsm_page page,
	size_t n)
{
	if (n >= page.n) {
		return page;
	}
	if (r->from == RSM_BEFORE || r->from == RSM_END) {
		page.at += page.n - n;
	}
	page.n = n;
	return page;
}

void rsm_write(struct xw *w, struct rsm_page page, struct slice first,
	struct slice last, size_t count)
{
	char number[NUMBER];

	xw_start(w, "set", NS_RSM);
	if (page.n > 0) {
		xw_start(w, "first", NS_NONE);
		xw_attr_num(w, "index", (long)page.at);
		xw_text_slice(w, first);
		xw_end(w);
		xw_elem(w, "last", NS_NONE, last);
	}
	snprintf(number, sizeof number, "%zu", count);
	xw_elem(w, "count", NS_NONE, slice_str(number));
	xw_end(w);
}
