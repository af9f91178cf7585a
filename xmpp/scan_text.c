/* SPDX-License-Identifier: MIT */
#include "xmpp/scan_private.h"

#include <string.h>

/* What is passed on to the XML parser, and text, up to the limit of a stanza.
 */

/* ---- out ---- */

void scan_flush(struct scan_call *f)
{
	size_t len = (size_t)(f->to - f->from);
	const char *from = f->from;

	f->from = f->to;
	if (len > 0) {
		f->out(f->ctx, from, len);
	}
}

void scan_pass(struct scan_call *f, const char *p, size_t len)
{
	if (len == 0) {
		return;
	}
	if (f->to != p) {
		scan_flush(f);
		f->from = p;
	}
	f->to = p + len;
}

void scan_pass_str(struct scan_call *f, const char *text)
{
	scan_pass(f, text, strlen(text));
}

/* What may lie in the token buffer goes out before that buffer changes. */
void scan_pass_kept(struct scan_call *f, struct slice kept)
{
	scan_pass(f, kept.p, kept.len);
	if (f->s->tag.len > 0) {
		scan_flush(f);
	}
}

/* ---- text, passed on up to the limit ---- */

static bool entity_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '#';
}

void scan_pass_held(struct scan_call *f)
{
	struct scan *s = f->s;

	if (s->tag.len == 0) {
		return;
	}
	if (!scan_leave_out(s)) {
		scan_pass_kept(f, buf_slice(&s->tag));
	}
	buf_reset(&s->tag, TAG_KEEP);
}

/* Holds a character or entity back until it is whole. */
static void hold(struct scan_call *f, const char *p, bool entities)
{
	struct buf *held = &f->s->tag;
	unsigned char c = (unsigned char)*p;
	bool inner = (c & 0xc0) == 0x80;
	bool entity = held->len > 0 && held->p[0] == '&';

	if (entity) {
		buf_add_char(held, *p);
		if (!entity_char(*p) || held->len >= ZONE) {
			scan_pass_held(f);
		}
		return;
	}
	if (held->len > 0 && !inner) {
		scan_pass_held(f); /* not UTF-8: for libxml2 to refuse */
	}
	if (c >= 0xc0 || (c == '&' && entities)) {
		buf_add_char(held, *p);
		f->s->need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		return;
	}
	if (held->len == 0) {
		scan_pass(f, p, 1);
		return;
	}
	buf_add_char(held, *p);
	if (held->len >= f->s->need) {
		scan_pass_held(f);
	}
}

/* A CDATA section that was begun must be ended before no more is passed on. */
static void over_in_text(struct scan_call *f)
{
	struct scan *s = f->s;

	buf_reset(&s->tag, TAG_KEEP);
	if (s->in_cdata) {
		scan_pass_str(f, "]]>");
		s->in_cdata = false;
	}
}

void scan_text(
	struct scan_call *f, const char *p, const char *end, bool entities)
{
	struct scan *s = f->s;
	size_t max = s->limits->stanza_bytes;
	size_t free_of_care = 0;

	if (!scan_in_stanza(s)) {
		scan_pass(f, p, (size_t)(end - p));
		return;
	}
	if (max > s->stanza_bytes + ZONE) {
		free_of_care = max - s->stanza_bytes - ZONE;
	}
	if (scan_leave_out(s) || free_of_care > (size_t)(end - p)) {
		free_of_care = (size_t)(end - p);
	}
	if (!scan_leave_out(s)) {
		scan_pass(f, p, free_of_care);
	}
	scan_count(s, free_of_care);
	for (p += free_of_care; p < end; p++) {
		bool before = scan_leave_out(s);

		scan_count(s, 1);
		if (!scan_leave_out(s)) {
			hold(f, p, entities);
		} else if (!before) {
			over_in_text(f);
		}
	}
}
