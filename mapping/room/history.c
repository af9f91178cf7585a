/* SPDX-License-Identifier: MIT */
#include "mapping/room/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/talk/readmark.h"

/*
 * r->past holds one message after the other, oldest first, each a head and its
 * texts. It is small: places are found by walking, but for the usual one, behind
 * all others. Its buffer is larger than what it may hold, so that it is seldom
 * moved.
 */
enum { BUFFER_BYTES = HISTORY_BYTES + HISTORY_BYTES / 4 };

/* Our clock and the server's, and the time that a line takes. */
enum { SLACK_MS = 10000 };

enum { EXACT = 1, MINE = 2, NAMED = 4, MEDIA = 8, TEXTS = 8 };

struct head {
	int64_t at_ms;
	uint32_t size;       /* with the head */
	uint32_t len[TEXTS]; /* in the order of texts_of() */
	uint32_t flags;
	uint32_t number;
};

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

static void texts_of(struct past *p, struct slice *texts[TEXTS])
{
	texts[0] = &p->nick;
	texts[1] = &p->id;
	texts[2] = &p->sid;
	texts[3] = &p->occupant;
	texts[4] = &p->text;
	texts[5] = &p->html;
	texts[6] = &p->xml;
	texts[7] = &p->reply;
}

/* Where the next one begins. */
static size_t read_at(const struct room *r, size_t at, struct past *p)
{
	struct slice *texts[TEXTS];
	const char *from = r->past.p + at;
	struct head h;

	memcpy(&h, from, sizeof h);
	from += sizeof h;
	*p = (struct past){
		.at_ms = h.at_ms,
		.exact = h.flags & EXACT,
		.mine = h.flags & MINE,
		.named = h.flags & NAMED,
		.media = h.flags & MEDIA,
		.number = h.number,
	};
	texts_of(p, texts);
	for (int i = 0; i < TEXTS; i++) {
		*texts[i] = h.len[i] > 0 ? slice(from, h.len[i]) :
					   slice(NULL, 0);
		from += h.len[i];
	}
	return at + h.size;
}

/* ---- as a stanza ---- */

void past_write(struct room *r, const struct past *p, enum past_delay delay)
{
	struct mapping *m = core(r);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", p->nick.len > 0 ? room_occ(r, p->nick) : r->jid->p);
	xw_attr(w, "type", "groupchat");
	if (p->id.len > 0) {
		xw_attr_slice(w, "id", p->id);
	}
	if (p->xml.len > 0) {
		xw_fragment(w, p->xml);
	} else {
		xw_elem(w, "body", NS_NONE, p->text);
		xw_fragment(w, p->html);
		xw_fragment(w, p->reply);
	}
	if (p->media) {
		xw_start(w, "x", NS_X_OOB);
		xw_elem(w, "url", NS_NONE, p->text);
		xw_end(w);
	}
	readmark_write(r->session, w, p->exact && !p->mine);
	xw_start(w, "stanza-id", NS_SID);
	xw_attr(w, "by", r->jid->p);
	xw_attr_slice(w, "id", p->sid);
	xw_end(w);
	if (p->occupant.len > 0) {
		xw_start(w, "occupant-id", NS_OCCUPANT_ID);
		xw_attr_slice(w, "id", p->occupant);
		xw_end(w);
	}
	if (delay == PAST_CACHED) {
		out_delay_cached(m, r->jid->p, p->at_ms);
	} else if (delay == PAST_LATE) {
		out_delay(m, r->jid->p, p->at_ms);
	}
	out_end(m);
}

/* ---- keeping ---- */

static void drop_oldest(struct room *r)
{
	struct past p;
	size_t n = read_at(r, 0, &p);

	buf_consume(&r->past, n);
	r->npast--;
	share_less(&r->past_share, n);
}

/* Others need the place; a buffer that is empty gives its memory back. */
static void on_drop(struct share_place *p)
{
	struct room *r = list_entry(p, struct room, past_share);

	drop_oldest(r);
	if (r->npast == 0) {
		buf_finish(&r->past);
	}
}

void history_init(struct room *r)
{
	buf_init(&r->past, BUFFER_BYTES);
	share_place_init(&r->past_share, &r->session->user->past, on_drop);
}

/* false: it is older than all of a history that is full. */
static bool make_place(struct room *r, const struct past *p, size_t size)
{
	struct past oldest;

	while (r->npast >= HISTORY_LINES ||
		r->past.len + size > HISTORY_BYTES) {
		read_at(r, 0, &oldest);
		if (p->at_ms < oldest.at_ms) {
			return false;
		}
		drop_oldest(r);
	}
	share_make_room(&r->past_share, size);
	return true;
}

/* Behind all that are not later. */
static size_t find_place(const struct room *r, int64_t at_ms)
{
	size_t place = 0;
	size_t at = 0;
	struct past p;

	if (at_ms >= r->past_latest_ms) {
		return r->past.len;
	}
	while (at < r->past.len) {
		at = read_at(r, at, &p);
		if (p.at_ms <= at_ms) {
			place = at;
		}
	}
	return place;
}

static char *open_gap(struct room *r, size_t at, size_t size)
{
	char *to;

	if (buf_reserve(&r->past, size) == NULL) {
		return NULL; /* cannot be: there is place */
	}
	to = r->past.p + at;
	memmove(to + size, to, r->past.len - at);
	r->past.len += size;
	return to;
}

static size_t size_of(struct past *p)
{
	struct slice *texts[TEXTS];
	size_t size = sizeof(struct head);

	texts_of(p, texts);
	for (int i = 0; i < TEXTS; i++) {
		size += texts[i]->len;
	}
	return size;
}

void history_add(struct room *r, const struct past *p)
{
	struct past copy = *p;
	struct slice *texts[TEXTS];
	struct head h = {.at_ms = p->at_ms};
	size_t size = size_of(&copy);
	char *to;

	texts_of(&copy, texts);
	if (size > HISTORY_LINE_BYTES) {
		copy.html = slice(NULL, 0); /* its words are worth more */
		size = size_of(&copy);
	}
	if (size > HISTORY_LINE_BYTES || !make_place(r, p, size)) {
		return;
	}
	h.size = (uint32_t)size;
	h.number = r->past_next++;
	h.flags = (p->exact ? EXACT : 0U) | (p->mine ? MINE : 0U) |
		(p->named ? NAMED : 0U) | (p->media ? MEDIA : 0U);
	to = open_gap(r, find_place(r, p->at_ms), size);
	if (to == NULL) {
		return;
	}
	for (int i = 0; i < TEXTS; i++) {
		h.len[i] = (uint32_t)texts[i]->len;
	}
	memcpy(to, &h, sizeof h);
	to += sizeof h;
	for (int i = 0; i < TEXTS; i++) {
		if (texts[i]->len > 0) {
			memcpy(to, texts[i]->p, texts[i]->len);
			to += texts[i]->len;
		}
	}
	r->npast++;
	if (p->at_ms > r->past_latest_ms) {
		r->past_latest_ms = p->at_ms;
	}
	share_more(&r->past_share, size);
}

bool history_find(const struct room *r, struct slice sid, struct past *out)
{
	size_t at = 0;

	while (at < r->past.len) {
		at = read_at(r, at, out);
		if (slice_eq(out->sid, sid)) {
			return true;
		}
	}
	return false;
}

void history_drop(struct room *r, struct slice sid)
{
	size_t at = 0;

	while (at < r->past.len) {
		struct past p;
		size_t next = read_at(r, at, &p);

		if (!slice_eq(p.sid, sid)) {
			at = next;
			continue;
		}
		memmove(r->past.p + at, r->past.p + next, r->past.len - next);
		buf_truncate(&r->past, r->past.len - (next - at));
		share_less(&r->past_share, next - at);
		r->npast--;
	}
}

void history_forget(struct room *r)
{
	share_less(&r->past_share, r->past.len);
	r->npast = 0;
	r->past_latest_ms = 0;
	buf_finish(&r->past);
}

void history_move(struct room *to, struct room *from)
{
	history_forget(to);
	share_move(&to->past_share, &from->past_share);
	to->past = from->past;
	to->npast = from->npast;
	to->past_next = from->past_next;
	to->past_latest_ms = from->past_latest_ms;
	buf_init(&from->past, BUFFER_BYTES);
	from->npast = 0;
}

/* ---- what is told again ---- */

static bool same_nick(const struct room *r, struct slice a, struct slice b)
{
	return a.len == 0 || b.len == 0 ?
		a.len == b.len :
		casemap_equal(r->session->casemap, a, b);
}

/*
 * Two times of the server are equal or not; ours are near. What we sent in
 * several lines comes back as several.
 */
static bool same(const struct room *r, const struct past *a,
	const struct past *b)
{
	int64_t apart = a->at_ms - b->at_ms;
	bool timely = a->exact && b->exact ?
		apart == 0 :
		apart >= -SLACK_MS && apart <= SLACK_MS;

	if (a->named && b->named) {
		return slice_eq(a->sid, b->sid);
	}
	if (!timely || !same_nick(r, a->nick, b->nick)) {
		return false;
	}
	if (a->mine && b->text.len > 0) {
		return a->text.len > 0 &&
			memmem(a->text.p, a->text.len, b->text.p,
				b->text.len) != NULL;
	}
	return slice_eq(a->text, b->text);
}

bool history_has(const struct room *r, const struct past *p)
{
	size_t at = 0;
	struct past other;

	while (at < r->past.len) {
		at = read_at(r, at, &other);
		if (same(r, &other, p)) {
			return true;
		}
	}
	return false;
}

void history_lost(struct room *r)
{
	size_t at = 0;
	struct past p = {0};

	r->playing = false;
	if (r->chan == NULL) {
		return; /* nothing was shown */
	}
	while (at < r->past.len) {
		at = read_at(r, at, &p);
	}
	r->seen_ms = p.at_ms > 0 ? p.at_ms - SLACK_MS :
				   core(r)->clock->wall_ms - SLACK_MS;
}

bool history_is_news(const struct room *r, const struct past *p)
{
	return p->at_ms >= r->seen_ms && !history_has(r, p);
}

/* ---- what clients want ---- */

static int64_t number(const struct elem *e, const char *name)
{
	return slice_number(slice_str(elem_attr(e, name)), 1000000000);
}

/* The smallest result wins (D.12). */
void history_wish(const struct mapping *m, const struct elem *e,
	struct history_wish *out)
{
	int64_t seconds;

	*out = (struct history_wish){.stanzas = -1, .chars = -1};
	if (e == NULL) {
		return;
	}
	out->stanzas = number(e, "maxstanzas");
	out->chars = number(e, "maxchars");
	out->since_ms = stamp_read(slice_str(elem_attr(e, "since")));
	seconds = number(e, "seconds");
	if (seconds >= 0 &&
		m->clock->wall_ms - seconds * 1000 > out->since_ms) {
		out->since_ms = m->clock->wall_ms - seconds * 1000;
	}
}

/* Of those that are young enough: how many of the last may be shown. */
static unsigned count_wanted(const struct view *v, const size_t *at,
	unsigned first, unsigned n)
{
	const struct history_wish *wish = &v->wish;
	struct room *r = v->room;
	int64_t own = r->own.history;
	int64_t chars = 0;
	unsigned wanted = 0;
	struct past p;

	while (wanted < n - first &&
		(wish->stanzas < 0 || wanted < wish->stanzas) &&
		(own < 0 || wanted < own)) {
		if (wish->chars >= 0) {
			read_at(r, at[n - 1 - wanted], &p);
			past_write(r, &p, PAST_CACHED);
			chars += (int64_t)(core(r)->out.xml.len +
				v->resource->full->len + sizeof " to=''" - 1);
			if (chars > wish->chars) {
				break;
			}
		}
		wanted++;
	}
	return wanted;
}

unsigned history_show(struct view *v)
{
	struct room *r = v->room;
	size_t at[HISTORY_LINES];
	size_t next = 0;
	unsigned n = 0;
	unsigned first = 0;
	unsigned wanted;
	struct past p;

	while (next < r->past.len) {
		at[n] = next;
		next = read_at(r, next, &p);
		if ((int32_t)(p.number - v->past_end) < 0) {
			n++;
			first = p.at_ms < v->wish.since_ms ? n : first;
		}
	}
	wanted = count_wanted(v, at, first, n);
	for (unsigned i = n - wanted; i < n; i++) {
		read_at(r, at[i], &p);
		past_write(r, &p, PAST_CACHED);
		core(r)->out.groupchat = true;
		out_send(core(r), r->session->user, v->resource->full->p);
	}
	return wanted;
}

bool history_waits(struct room *r)
{
	if (r->own.history < 0 || r->seen_ms > 0) {
		return false;
	}
	if (!r->playing) {
		r->playing = true;
		r->play_from = r->past_next;
	}
	return true;
}

void history_played(struct room *r)
{
	size_t at[HISTORY_LINES];
	size_t next = 0;
	size_t n = 0;
	size_t first;
	struct past p;

	while (r->playing && next < r->past.len) {
		at[n] = next;
		next = read_at(r, next, &p);
		n += (int32_t)(p.number - r->play_from) >= 0;
	}
	r->playing = false;
	first = r->own.history >= 0 && n > (size_t)r->own.history ?
		n - (size_t)r->own.history : 0;
	for (size_t i = first; i < n; i++) {
		read_at(r, at[i], &p);
		past_write(r, &p, PAST_CACHED);
		room_broadcast(r);
	}
}
