/* SPDX-License-Identifier: MIT */
#include "mapping/talk/react_set.h"

#include <stdlib.h>

static void react_free(struct react *r)
{
	list_remove(&r->link);
	r->session->nreacts--;
	istr_unref(r->place);
	istr_unref(r->msgid);
	istr_unref(r->who);
	free(r);
}

static struct react *react_of(struct list *link)
{
	return list_entry(link, struct react, link);
}

static struct react *find(const struct session *s, const struct istr *place,
	struct slice msgid, struct slice who)
{
	list_each(it, &s->reacts) {
		struct react *r = react_of(it);

		if (r->place == place &&
			slice_eq(istr_slice(r->msgid), msgid) &&
			slice_eq(istr_slice(r->who), who)) {
			return r;
		}
	}
	return NULL;
}

struct react *react_get(struct session *s, const struct istr *place,
	struct slice msgid, struct slice who, bool make)
{
	struct react *r = find(s, place, msgid, who);

	if (r == NULL && !make) {
		return NULL;
	}
	if (r != NULL) {
		list_remove(&r->link);
		list_add(&s->reacts, &r->link);
		return r;
	}
	if (s->nreacts >= REACT_SETS) {
		react_free(react_of(list_first(&s->reacts)));
	}
	r = must_calloc(1, sizeof *r);
	r->session = s;
	r->place = istr_ref(place);
	r->msgid = intern(msgid.p, msgid.len);
	r->who = intern(who.p, who.len);
	list_init(&r->link);
	list_add(&s->reacts, &r->link);
	s->nreacts++;
	return r;
}

/* Where it stands in the set; its end when it does not. */
static size_t place_of(const struct react *r, struct slice value)
{
	size_t at = 0;

	while (at < r->len) {
		size_t len = strlen(r->set + at);

		if (slice_eq(slice(r->set + at, len), value)) {
			break;
		}
		at += len + 1;
	}
	return at;
}

bool react_has(const struct react *r, struct slice value)
{
	return place_of(r, value) < r->len;
}

bool react_change(struct react *r, struct slice value, bool more)
{
	size_t at = place_of(r, value);
	size_t size = value.len + 1;
	unsigned n = 0;

	if (more == (at < r->len)) {
		return false;
	}
	if (!more) {
		memmove(r->set + at, r->set + at + size, r->len - at - size);
		r->len -= size;
		return true;
	}
	for (size_t i = 0; i < r->len; i++) {
		n += r->set[i] == '\0';
	}
	if (n >= REACT_MAX || value.len > REACT_BYTES) {
		return false;
	}
	memcpy(r->set + r->len, value.p, value.len);
	r->set[r->len + value.len] = '\0';
	r->len += size;
	return true;
}

void react_settle(struct react *r)
{
	if (r->len == 0) {
		react_free(r);
	}
}

/* What IRC has of it is not known: the next set goes whole. */
void react_refused(struct session *s, const struct istr *target)
{
	list_each_safe(it, &s->reacts) {
		struct react *r = react_of(it);

		if (r->place == target && r->who->len == 0) {
			react_free(r);
		}
	}
}

void reacts_forget(struct session *s)
{
	list_each_safe(it, &s->reacts) {
		react_free(react_of(it));
	}
}
