/* SPDX-License-Identifier: MIT */
#include "mapping/out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "irc/ircformat.h"
#include "mapping/old/old.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum {
	QUEUE_STANZAS = 100,
	QUEUE_BYTES = 65536,
	KEEP_BYTES = 16384,
	ECHO_BYTES = 8192, /* an error with more payload goes without it */
};

/* One stanza that waits for the component. */
struct queued {
	struct list link;
	bool groupchat;
	size_t len;
	char xml[];
};

static const char ns_outside[] = "jabber:component:accept";

struct xw *out_begin(struct mapping *m, const char *name)
{
	struct out *o = &m->out;

	must(!o->open);
	buf_reset(&o->xml, KEEP_BYTES);
	xw_init(&o->w, &o->xml, ns_outside);
	xw_start(&o->w, name, NS_NONE);
	o->to_at = o->xml.len;
	o->open = true;
	o->delayed = false;
	o->groupchat = false;
	o->error = (struct stanza_error_place){0};
	return &o->w;
}

void out_end(struct mapping *m)
{
	must(m->out.open);
	xw_end(&m->out.w);
	m->out.open = false;
	must(m->out.w.depth == 0);
}

void out_stamp(int64_t wall_ms, char text[OUT_STAMP])
{
	int64_t days = wall_ms / 86400000;
	int64_t rest = wall_ms % 86400000;
	int64_t era;
	int64_t day;
	int64_t year;
	int64_t month;

	/* Days to a civil date in the proleptic Gregorian calendar. */
	days += 719468;
	era = days / 146097;
	day = days % 146097;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	day -= (153 * month + 2) / 5;
	year += era * 400 + (month >= 10);
	month += month < 10 ? 3 : -9;
	rest /= 1000;
	snprintf(text, OUT_STAMP, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year,
		(int)month, (int)day + 1, (int)(rest / 3600),
		(int)(rest / 60 % 60), (int)(rest % 60));
}

static void write_delay(struct xw *w, const char *from, int64_t wall_ms,
	const char *text)
{
	char stamp[OUT_STAMP];
	char old[OUT_STAMP];
	size_t n = 0;

	out_stamp(wall_ms, stamp);
	xw_start(w, "delay", NS_DELAY);
	xw_attr(w, "from", from);
	xw_attr(w, "stamp", stamp);
	xw_end(w);
	/* The old form has neither hyphens nor a zone (XEP-0091). */
	for (const char *p = stamp; *p != '\0'; p++) {
		if (*p != '-' && *p != 'Z') {
			old[n++] = *p;
		}
	}
	old[n] = '\0';
	xw_start(w, "x", NS_X_DELAY);
	xw_attr(w, "from", from);
	xw_attr(w, "stamp", old);
	if (text != NULL) {
		xw_text(w, text);
	}
	xw_end(w);
}

void out_delay(struct mapping *m, const char *from, int64_t wall_ms)
{
	write_delay(&m->out.w, from, wall_ms, NULL);
	m->out.delayed = true;
}

void out_delay_cached(struct mapping *m, const char *from, int64_t wall_ms)
{
	write_delay(&m->out.w, from, wall_ms, "Cached");
	m->out.delayed = true;
}

void out_uuid(struct mapping *m, char text[OUT_UUID])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char b[16];
	char *to = text;

	m->ports.random(m->ports.ctx, b, sizeof b);
	b[6] = (b[6] & 0x0f) | 0x40;
	b[8] = (b[8] & 0x3f) | 0x80;
	for (size_t i = 0; i < sizeof b; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10) {
			*to++ = '-';
		}
		*to++ = digits[b[i] >> 4];
		*to++ = digits[b[i] & 0x0f];
	}
	*to = '\0';
}

/* Printable ASCII: clean as it is. */
static bool is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < 0x20 || s.p[i] >= 0x7f) {
			return false;
		}
	}
	return true;
}

struct slice out_clean(struct mapping *m, struct slice text)
{
	const char *copy;

	if (text.len == 0) {
		return slice(NULL, 0);
	}
	if (!is_ascii(text)) {
		buf_reset(&m->strip, KEEP_BYTES);
		buf_reset(&m->clean, KEEP_BYTES);
		irc_strip_formats(&m->strip, text);
		utf8_add_clean(&m->clean, buf_slice(&m->strip));
		text = buf_slice(&m->clean);
	}
	copy = arena_strndup(&m->arena, text.p, text.len);
	return slice(copy, copy ? text.len : 0);
}

/*
 * What follows the `to`. COMPAT: clients of 2001 show the text that stands
 * directly in <error> (C.9); it is put before the condition.
 */
static void add_rest(struct mapping *m, const char *to)
{
	struct out *o = &m->out;
	size_t from = o->to_at;

	if (o->error.len > 0 && !o->xml.overflow && old_is(m, to)) {
		buf_add(&o->whole, o->xml.p + from, o->error.content - from);
		buf_add(&o->whole, o->xml.p + o->error.words, o->error.len);
		from = o->error.content;
	}
	buf_add(&o->whole, o->xml.p + from, o->xml.len - from);
}

/* The finished stanza with its `to`, in o->whole. */
static bool address(struct mapping *m, const char *to)
{
	struct out *o = &m->out;

	buf_reset(&o->whole, KEEP_BYTES);
	buf_add(&o->whole, o->xml.p, o->to_at);
	buf_add_str(&o->whole, " to='");
	xw_escape(&o->whole, slice_str(to), true);
	buf_add_char(&o->whole, '\'');
	add_rest(m, to);
	if (o->xml.overflow || o->whole.overflow) {
		log_warn(NULL, "stanza dropped to=%s reason=too-big", to);
		return false;
	}
	return true;
}

static void forget(struct user *u, struct queued *q)
{
	list_remove(&q->link);
	u->nqueued--;
	share_less(&u->queued_share, q->len);
	free(q);
}

/* Room messages go first, oldest first (A.3). */
static void make_room(struct user *u)
{
	list_each(it, &u->queue) {
		struct queued *q = list_entry(it, struct queued, link);

		if (q->groupchat) {
			forget(u, q);
			return;
		}
	}
	forget(u, list_entry(list_first(&u->queue), struct queued, link));
}

static void on_drop(struct share_place *p)
{
	struct user *u = list_entry(p, struct user, queued_share);

	make_room(u);
	if (u->nqueued == 0) {
		user_touch(u); /* perhaps that was all it was kept for */
	}
}

void out_init_user(struct user *u)
{
	list_init(&u->queue);
	share_owner_init(&u->queued, &u->mapping->queued);
	share_place_init(&u->queued_share, &u->queued, on_drop);
}

static void keep(struct user *u, struct slice xml, bool groupchat)
{
	struct queued *q;

	if (u->nqueued == QUEUE_STANZAS) {
		make_room(u);
	}
	share_make_room(&u->queued_share, xml.len);
	q = must_alloc(sizeof *q + xml.len);
	q->groupchat = groupchat;
	q->len = xml.len;
	memcpy(q->xml, xml.p, xml.len);
	list_init(&q->link);
	list_add(&u->queue, &q->link);
	u->nqueued++;
	share_more(&u->queued_share, q->len);
}

void out_keep(struct user *u, struct slice held)
{
	if (held.len > 0 && held.len <= QUEUE_BYTES) {
		keep(u, held, true);
	}
}

static void add_delay(struct mapping *m, struct buf *out)
{
	struct xw w;

	xw_init(&w, out, ns_outside);
	write_delay(&w, m->config->component, m->clock->wall_ms, NULL);
}

static void enqueue(struct mapping *m, struct user *u)
{
	static const char end[] = "</message>";
	struct out *o = &m->out;

	if (o->whole.len > QUEUE_BYTES) {
		return;
	}
	if (!o->delayed) {
		/* Put the time before the end tag: it is read later. */
		buf_truncate(&o->whole, o->whole.len - (sizeof end - 1));
		add_delay(m, &o->whole);
		buf_add_str(&o->whole, end);
	}
	keep(u, buf_slice(&o->whole), o->groupchat);
}

void out_send(struct mapping *m, struct user *user, const char *to)
{
	bool message = memcmp(m->out.xml.p, "<message", 8) == 0;
	bool online = m->online;

	must(!m->out.open);
	if (!online && (user == NULL || !message)) {
		return;
	}
	if (!address(m, to)) {
		return;
	}
	if (online) {
		m->ports.xmpp_send(m->ports.ctx, m->out.whole.p,
			m->out.whole.len);
	} else {
		enqueue(m, user);
	}
}

void out_hold(struct mapping *m, const char *to, struct buf *held)
{
	if (address(m, to) && held->max - held->len >= m->out.whole.len) {
		buf_add_slice(held, buf_slice(&m->out.whole));
	}
}

void out_flush(struct user *user)
{
	struct mapping *m = user->mapping;

	list_each_safe(it, &user->queue) {
		struct queued *q = list_entry(it, struct queued, link);

		m->ports.xmpp_send(m->ports.ctx, q->xml, q->len);
		forget(user, q);
	}
}

void out_drop(struct user *user)
{
	list_each_safe(it, &user->queue) {
		forget(user, list_entry(it, struct queued, link));
	}
}

/* ---- answers ---- */

static bool is_secret(const struct elem *e)
{
	return strcmp(e->name, "password") == 0 ||
		strcmp(e->name, "secret") == 0 || e->ns == NS_X_DATA ||
		e->ns == NS_IQ_AUTH;
}

/*
 * What comes back with an error (C.0): nothing that could be a password, and
 * nothing large, which would cost everybody behind it more time than reading it
 * did. left: bytes that may follow, about.
 */
static bool may_echo(const struct elem *e, size_t *left)
{
	size_t size = e->name != NULL ? 2 * strlen(e->name) + 5 : e->text.len;

	for (const struct attr *a = e->attrs; a != NULL; a = a->next) {
		size += strlen(a->name) + strlen(a->value) + 4;
	}
	if (size > *left || (e->name != NULL && is_secret(e))) {
		return false;
	}
	*left -= size;
	for (const struct elem *c = e->first; c != NULL; c = c->next) {
		if (!may_echo(c, left)) {
			return false;
		}
	}
	return true;
}

/*
 * What an iq asks for is told by the first tag of it: clients find by the node
 * and the sessionid of a command what the error is about (XEP-0050 3.4).
 */
static void echo_tag(struct xw *w, const struct elem *e)
{
	const struct elem bare = {.name = e->name, .ns = e->ns,
		.xmlns = e->xmlns, .attrs = e->attrs};
	size_t left = ECHO_BYTES;

	if (!is_secret(e) && may_echo(&bare, &left)) {
		xw_copy(w, &bare);
	}
}

static void echo_payload(struct xw *w, const struct stanza *s)
{
	const struct elem *e;
	size_t left = ECHO_BYTES;

	if (s->kind == STANZA_PRESENCE) {
		e = elem_child(s->root, "x", NS_MUC);
		if (e != NULL) {
			xw_empty(w, "x", NS_MUC);
		}
		return;
	}
	for (e = s->root->first; e != NULL; e = e->next) {
		bool wanted = s->kind == STANZA_IQ ||
			elem_is(e, "body", NS_STANZA) ||
			elem_is(e, "subject", NS_STANZA);

		if (e->name == NULL || !wanted) {
			continue;
		}
		if (may_echo(e, &left)) {
			xw_copy(w, e);
		} else if (s->kind == STANZA_IQ && e == elem_first(s->root)) {
			echo_tag(w, e);
		}
	}
}

static bool may_answer(const struct stanza *s)
{
	if (s->from == NULL || stanza_type_is(s, "error")) {
		return false;
	}
	return s->kind != STANZA_IQ || !stanza_type_is(s, "result");
}

static void write_error(struct mapping *m, const struct stanza *s,
	enum stanza_error e, const char *text, const char *by, bool echo)
{
	struct xw *w = out_begin(m, stanza_kind_name(s->kind));

	xw_attr(w, "from", s->to);
	xw_attr(w, "id", s->id);
	xw_attr(w, "type", "error");
	if (echo) {
		echo_payload(w, s);
	}
	text_error(m, w, e, s->lang, text, by);
	out_end(m);
}

void out_error_by(struct mapping *m, const struct stanza *s,
	enum stanza_error e, const char *text, const char *by)
{
	if (!may_answer(s)) {
		return;
	}
	write_error(m, s, e, text, by, true);
	if (m->out.xml.overflow) {
		/* What was sent is too large to come back with the error. */
		write_error(m, s, e, text, by, false);
	}
	out_send(m, NULL, s->from);
}

void out_error(struct mapping *m, const struct stanza *s, enum stanza_error e,
	const char *text)
{
	out_error_by(m, s, e, text, NULL);
}

void out_fault(struct mapping *m, const struct stanza *s,
	const struct fault *fault)
{
	out_error(m, s, fault->error, fault->text);
}

struct xw *out_result(struct mapping *m, const struct stanza *s)
{
	struct xw *w = out_begin(m, "iq");

	xw_attr(w, "from", s->to);
	xw_attr(w, "id", s->id);
	xw_attr(w, "type", "result");
	return w;
}

bool out_fits(const struct mapping *m, const char *to)
{
	/* Escaped, a character has six bytes at most (`&quot;`). */
	size_t more = sizeof " to=''" + 6 * strlen(to);

	return !m->out.xml.overflow &&
		m->out.whole.max - m->out.xml.len >= more;
}

void out_answer(struct mapping *m, const struct stanza *s)
{
	out_end(m);
	if (!out_fits(m, s->from)) {
		/* Every question has an answer (C.0). */
		out_error(m, s, E_NOT_ACCEPTABLE,
			"The answer is too large to be sent. Ask for less at "
			"once.");
		return;
	}
	out_send(m, NULL, s->from);
}

void out_message(struct mapping *m, struct user *user, const char *from,
	const char *to, const char *type, struct slice subject,
	struct slice body)
{
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", from);
	xw_attr(w, "type", type);
	xw_elem(w, "subject", NS_NONE, subject);
	xw_elem(w, "body", NS_NONE, body);
	out_end(m);
	out_send(m, user, to);
}
