/* SPDX-License-Identifier: MIT */
#include "mapping/talk/ids.h"

#include <string.h>

#include "base/utf8.h"

/*
 * ids->all holds one message after the other, oldest first, each a head and its
 * texts. Most names are the same text (all ids of a message from IRC are its
 * msgid): such a one is kept once, and a flag says of whom it is a copy. The buffer
 * is larger than what it may hold, so that it is seldom moved.
 */
enum { BUFFER_BYTES = IDS_BYTES + IDS_BYTES / 4 };
enum { MSGID, SID, ID, ORIGIN, FIRST, NICK, TEXT, TEXTS };
enum {
	EXACT = 1,
	MINE = 2,
	PART = 4,
	SID_IS_MSGID = 8,
	ID_IS_SID = 16,
	GONE = 32,
};

struct head {
	int64_t at_ms;
	uint16_t size; /* with the head */
	uint16_t flags;
	uint8_t len[TEXTS];
};

static void texts_of(struct known *k, struct slice *texts[TEXTS])
{
	texts[MSGID] = &k->msgid;
	texts[SID] = &k->sid;
	texts[ID] = &k->id;
	texts[ORIGIN] = &k->origin;
	texts[FIRST] = &k->first;
	texts[NICK] = &k->nick;
	texts[TEXT] = &k->text;
}

/* Where the next one begins. */
static size_t read_at(const struct ids *ids, size_t at, struct known *k)
{
	const char *from = ids->all.p + at;
	struct slice *texts[TEXTS];
	struct head h;

	memcpy(&h, from, sizeof h);
	from += sizeof h;
	*k = (struct known){
		.at_ms = h.at_ms,
		.exact = h.flags & EXACT,
		.mine = h.flags & MINE,
		.part = h.flags & PART,
		.gone = h.flags & GONE,
	};
	texts_of(k, texts);
	for (int i = 0; i < TEXTS; i++) {
		*texts[i] = h.len[i] > 0 ? slice(from, h.len[i]) :
					   slice(NULL, 0);
		from += h.len[i];
	}
	if (h.flags & SID_IS_MSGID) {
		k->sid = k->msgid;
	}
	if (h.flags & ID_IS_SID) {
		k->id = k->sid;
	}
	return at + h.size;
}

/* ---- keeping ---- */

static void drop_oldest(struct ids *ids)
{
	struct known k;
	size_t n = read_at(ids, 0, &k);

	buf_consume(&ids->all, n);
	ids->n--;
	share_less(&ids->share, n);
}

/* Others need the place; a buffer that is empty gives its memory back. */
static void on_drop(struct share_place *p)
{
	struct ids *ids = list_entry(p, struct ids, share);

	drop_oldest(ids);
	if (ids->n == 0) {
		buf_finish(&ids->all);
	}
}

static void make_place(struct ids *ids, size_t size)
{
	while (ids->n >= IDS_MESSAGES || ids->all.len + size > IDS_BYTES) {
		drop_oldest(ids);
	}
	share_make_room(&ids->share, size);
}

/* What is not worth its place goes, and what is there twice. */
static unsigned shorten(struct known *k)
{
	struct slice *names[] = {&k->msgid, &k->sid, &k->id, &k->origin,
		&k->first, &k->nick};
	unsigned flags = (k->exact ? EXACT : 0U) | (k->mine ? MINE : 0U) |
		(k->part ? PART : 0U);

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (names[i]->len > IDS_NAME_MAX) {
			*names[i] = slice(NULL, 0);
		}
	}
	if (k->origin.len > 0 && slice_eq(k->origin, k->id)) {
		k->origin = slice(NULL, 0);
	}
	if (k->id.len > 0 && slice_eq(k->id, k->sid)) {
		k->id = slice(NULL, 0);
		flags |= ID_IS_SID;
	}
	if (k->sid.len > 0 && slice_eq(k->sid, k->msgid)) {
		k->sid = slice(NULL, 0);
		flags |= SID_IS_MSGID;
	}
	k->text.len = utf8_cut(k->text, IDS_TEXT);
	return flags;
}

void ids_init(struct ids *ids, struct share_owner *owner)
{
	ids->n = 0;
	buf_init_secret(&ids->all, BUFFER_BYTES); /* what services are told */
	share_place_init(&ids->share, owner, on_drop);
}

void ids_add(struct ids *ids, const struct known *k)
{
	struct known copy = *k;
	unsigned flags = shorten(&copy);
	struct slice *texts[TEXTS];
	struct head h = {.at_ms = k->at_ms, .flags = (uint16_t)flags};
	size_t size = sizeof h;

	texts_of(&copy, texts);
	for (int i = 0; i < TEXTS; i++) {
		size += texts[i]->len;
		h.len[i] = (uint8_t)texts[i]->len;
	}
	make_place(ids, size);
	h.size = (uint16_t)size;
	buf_add(&ids->all, (const char *)&h, sizeof h);
	for (int i = 0; i < TEXTS; i++) {
		buf_add_slice(&ids->all, *texts[i]);
	}
	ids->n++;
	share_more(&ids->share, size);
}

void ids_forget(struct ids *ids)
{
	share_less(&ids->share, ids->all.len);
	ids->n = 0;
	buf_finish(&ids->all);
}

void ids_move(struct ids *to, struct ids *from)
{
	ids_forget(to);
	share_move(&to->share, &from->share);
	to->all = from->all;
	to->n = from->n;
	buf_init_secret(&from->all, BUFFER_BYTES);
	from->n = 0;
}

/* ---- finding ---- */

static bool is_named(const struct known *k, struct slice name)
{
	return !k->part &&
		(slice_eq(k->sid, name) || slice_eq(k->id, name) ||
			slice_eq(k->origin, name));
}

static bool has_msgid(const struct known *k, struct slice name)
{
	return slice_eq(k->msgid, name);
}

static bool find(const struct ids *ids, struct slice name,
	bool (*is)(const struct known *k, struct slice name), struct known *out)
{
	bool found = false;
	size_t at = 0;
	struct known k;

	while (name.len > 0 && at < ids->all.len) {
		at = read_at(ids, at, &k);
		if (is(&k, name)) {
			*out = k;
			found = true;
		}
	}
	return found;
}

/* What has no time of IRC's stands where it came. */
bool ids_find_read(const struct ids *ids, int64_t until_ms, struct known *out,
	bool *last)
{
	bool found = false;
	bool later = false;
	bool untimed = false;
	size_t at = 0;
	struct known k;

	while (at < ids->all.len) {
		at = read_at(ids, at, &k);
		if (k.mine || k.part || k.sid.len == 0) {
			continue;
		}
		if (!k.exact) {
			untimed = true;
		} else if (k.at_ms > until_ms) {
			later = true;
		} else if (!found || k.at_ms >= out->at_ms) {
			*out = k;
			found = true;
			untimed = false;
		}
	}
	*last = !later && !untimed;
	return found;
}

bool ids_find(const struct ids *ids, struct slice name, struct known *out)
{
	return find(ids, name, is_named, out);
}

bool ids_find_msgid(const struct ids *ids, struct slice msgid,
	struct known *out)
{
	return find(ids, msgid, has_msgid, out);
}

void ids_original(const struct ids *ids, struct known *k)
{
	struct known first;

	if (ids_find(ids, k->first, &first)) {
		*k = first;
	}
}

/* ---- what is taken back ---- */

static bool has_sid(const struct known *k, struct slice sid)
{
	return slice_eq(k->sid, sid);
}

static bool is_version(const struct known *k, struct slice first)
{
	return slice_eq(k->sid, first) || slice_eq(k->first, first);
}

static bool line(const struct ids *ids, struct slice sid, unsigned i,
	bool (*is)(const struct known *k, struct slice sid), struct known *out)
{
	size_t at = 0;
	struct known k;

	while (sid.len > 0 && at < ids->all.len) {
		at = read_at(ids, at, &k);
		if (!k.gone && k.msgid.len > 0 && is(&k, sid) && i-- == 0) {
			*out = k;
			return true;
		}
	}
	return false;
}

bool ids_line(const struct ids *ids, struct slice sid, unsigned i,
	struct known *out)
{
	return line(ids, sid, i, has_sid, out);
}

static struct slice first_of(const struct ids *ids, struct slice sid)
{
	struct known k;

	return ids_find(ids, sid, &k) && k.first.len > 0 ? k.first : sid;
}

bool ids_version(const struct ids *ids, struct slice sid, unsigned i,
	struct known *out)
{
	return line(ids, first_of(ids, sid), i, is_version, out);
}

static void mark_gone(struct ids *ids, struct slice name, bool all)
{
	size_t at = 0;

	while (name.len > 0 && at < ids->all.len) {
		struct known k;
		struct head h;
		size_t next = read_at(ids, at, &k);

		if (all ? is_version(&k, name) : has_msgid(&k, name)) {
			memcpy(&h, ids->all.p + at, sizeof h);
			h.flags |= GONE;
			memcpy(ids->all.p + at, &h, sizeof h);
		}
		at = next;
	}
}

void ids_line_gone(struct ids *ids, struct slice msgid)
{
	mark_gone(ids, msgid, false);
}

void ids_gone(struct ids *ids, struct slice sid)
{
	mark_gone(ids, first_of(ids, sid), true);
	mark_gone(ids, sid, true);
}
