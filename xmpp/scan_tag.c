/* SPDX-License-Identifier: MIT */
#include "xmpp/scan_private.h"

#include <string.h>

/* Tokens, which is everything between < and >, and what tags do to a stanza. */

/* Keeps what this chunk holds of a token that goes on in the next. */
void scan_keep(struct scan_call *f, const char *end)
{
	struct scan *s = f->s;
	size_t len = (size_t)(end - f->mark);
	size_t room = s->limits->tag_bytes + 8 - s->tag.len;

	s->token_bytes += len;
	buf_add(&s->tag, f->mark, len < room ? len : room);
	f->mark = end;
}

/*
 * The token that ends before `end`, in *total its size. When it began in this
 * chunk it is lent from there, else as much of it as was kept.
 */
struct slice scan_token(struct scan_call *f, const char *end, size_t *total)
{
	struct scan *s = f->s;

	if (s->token_bytes == 0) {
		*total = (size_t)(end - f->mark);
		return slice(f->mark, *total);
	}
	scan_keep(f, end);
	*total = s->token_bytes;
	return buf_slice(&s->tag);
}

void scan_token_begin(struct scan_call *f, const char *lt)
{
	struct scan *s = f->s;

	f->mark = lt;
	s->token_bytes = 0;
	s->attributes = 0;
	s->match = 0;
	s->quote = '\0';
	s->slash = false;
	s->end_tag = false;
	s->state = LT;
}

void scan_token_end(struct scan *s)
{
	if (s->tag.len > 0) {
		buf_reset(&s->tag, TAG_KEEP);
	}
	s->token_bytes = 0;
	s->match = 0;
	s->need = 0;
	s->state = TEXT;
}

/*
 * The name in a tag, from `at`. One too long to have been passed on whole is
 * called x, in its start tag as in its end tag. One that is missing stays so
 * for libxml2 to refuse, yet the tag must not turn into another kind (`</>`).
 */
static struct slice tag_name(const struct scan *s, struct slice tag, size_t at)
{
	size_t end = at;

	while (end < tag.len && strchr(" \t\r\n/>=\"'", tag.p[end]) == NULL) {
		end++;
	}
	if (end - at > s->limits->tag_bytes - 2) {
		return slice_str("x");
	}
	if (end == at) {
		return slice_str(" ");
	}
	return slice(tag.p + at, end - at);
}

static void pass_reduced(struct scan_call *f, struct slice tag)
{
	struct scan *s = f->s;
	struct slice name = tag_name(s, tag, s->end_tag ? 2 : 1);

	scan_pass_str(f, s->end_tag ? "</" : "<");
	scan_pass_kept(f, name);
	scan_pass_str(f, s->slash && !s->end_tag ? "/>" : ">");
}

static void stanza_done(struct scan_call *f)
{
	scan_flush(f);
	f->stanza(f->ctx, f->s->over);
}

void scan_start_tag(struct scan_call *f, struct slice tag, size_t total)
{
	struct scan *s = f->s;
	bool own = s->depth == 1; /* the stanza's own start tag */
	unsigned over = 0;

	if (total > s->limits->tag_bytes) {
		over |= SCAN_OVER_TAG;
	}
	if (s->attributes > s->limits->attributes) {
		over |= SCAN_OVER_ATTRIBUTES;
	}
	if (own) {
		s->stanza_bytes = 0;
		s->over = 0;
	}
	s->over |= over;
	if (s->depth >= s->limits->depth) {
		s->over |= SCAN_OVER_DEPTH;
	}
	if (own && total > s->limits->stanza_bytes) {
		s->over |= SCAN_OVER_SIZE;
	}
	s->stanza_bytes += own ? total : 0;
	scan_count(s, own ? 0 : total);
	if (scan_leave_out(s)) {
		s->skipped += s->slash ? 0 : 1;
		return;
	}
	if (over != 0) {
		pass_reduced(f, tag);
	} else {
		scan_pass_kept(f, tag);
	}
	if (!s->slash) {
		s->depth++;
	} else if (own) {
		stanza_done(f);
	}
}

void scan_end_tag(struct scan_call *f, struct slice tag, size_t total)
{
	struct scan *s = f->s;

	scan_count(s, total);
	if (s->skipped > 0) {
		s->skipped--;
		return;
	}
	if (total > s->limits->tag_bytes) {
		s->over |= scan_in_stanza(s) ? SCAN_OVER_TAG : 0;
		pass_reduced(f, tag);
	} else {
		scan_pass_kept(f, tag);
	}
	if (s->depth > 0) {
		s->depth--;
	}
	if (s->depth == 1) {
		stanza_done(f);
	}
}
