/* SPDX-License-Identifier: MIT */
#include "xmpp/scan.h"

#include <string.h>

#include "base/err.h"
#include "base/slice.h"

const struct scan_limits scan_limits_default = {
	.stanza_bytes = 256 * 1024,
	.depth = 64,
	.tag_bytes = 16 * 1024,
	.attributes = 256,
};

/*
 * Text that close to the size limit is passed on by whole characters and
 * entities, so that the cut never falls into one; TAG_KEEP is what the token
 * buffer holds between tokens.
 */
enum { ZONE = 1024, TAG_KEEP = 4096 };

enum state { TEXT, LT, TAG, BANG, COMMENT, PI, CDATA, DECL };

/*
 * One call of scan_feed. Bytes passed on one after the other from the same
 * chunk go out in one call: [from, to) is what has not gone out yet.
 */
struct feed {
	struct scan *s;
	scan_out_fn *out;
	scan_stanza_fn *stanza;
	void *ctx;
	const char *from;
	const char *to;
	const char *mark; /* where the current token begins in this chunk */
};

void scan_init(struct scan *s, const struct scan_limits *limits)
{
	must(limits->depth >= 2 && limits->tag_bytes >= 16);
	*s = (struct scan){.limits = limits};
	/* With a few bytes more a name that is too long is seen as such. */
	buf_init_secret(&s->tag,
		(limits->tag_bytes > ZONE ? limits->tag_bytes : ZONE) + 8);
}

void scan_finish(struct scan *s)
{
	buf_finish(&s->tag);
}

static void flush(struct feed *f)
{
	size_t len = (size_t)(f->to - f->from);
	const char *from = f->from;

	f->from = f->to;
	if (len > 0) {
		f->out(f->ctx, from, len);
	}
}

static void pass(struct feed *f, const char *p, size_t len)
{
	if (len == 0) {
		return;
	}
	if (f->to != p) {
		flush(f);
		f->from = p;
	}
	f->to = p + len;
}

static void pass_str(struct feed *f, const char *text)
{
	pass(f, text, strlen(text));
}

/* What may lie in the token buffer goes out before that buffer changes. */
static void pass_kept(struct feed *f, struct slice kept)
{
	pass(f, kept.p, kept.len);
	if (f->s->tag.len > 0) {
		flush(f);
	}
}

/* Inside a stanza: its start tag has ended, its end tag has not. */
static bool in_stanza(const struct scan *s)
{
	return s->depth >= 2;
}

/* A stanza that is over a limit gets no more text and no more children. */
static bool leave_out(const struct scan *s)
{
	return in_stanza(s) && s->over != 0;
}

static void count(struct scan *s, size_t len)
{
	if (in_stanza(s)) {
		s->stanza_bytes += len;
		if (s->stanza_bytes > s->limits->stanza_bytes) {
			s->over |= SCAN_OVER_SIZE;
		}
	}
}

/* ---- tokens: everything between < and > ---- */

/* Keeps what this chunk holds of a token that goes on in the next. */
static void keep(struct feed *f, const char *end)
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
static struct slice token(struct feed *f, const char *end, size_t *total)
{
	struct scan *s = f->s;

	if (s->token_bytes == 0) {
		*total = (size_t)(end - f->mark);
		return slice(f->mark, *total);
	}
	keep(f, end);
	*total = s->token_bytes;
	return buf_slice(&s->tag);
}

static void token_begin(struct feed *f, const char *lt)
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

static void token_end(struct scan *s)
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

static void pass_reduced(struct feed *f, struct slice tag)
{
	struct scan *s = f->s;
	struct slice name = tag_name(s, tag, s->end_tag ? 2 : 1);

	pass_str(f, s->end_tag ? "</" : "<");
	pass_kept(f, name);
	pass_str(f, s->slash && !s->end_tag ? "/>" : ">");
}

static void stanza_done(struct feed *f)
{
	flush(f);
	f->stanza(f->ctx, f->s->over);
}

static void start_tag(struct feed *f, struct slice tag, size_t total)
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
	count(s, own ? 0 : total);
	if (leave_out(s)) {
		s->skipped += s->slash ? 0 : 1;
		return;
	}
	if (over != 0) {
		pass_reduced(f, tag);
	} else {
		pass_kept(f, tag);
	}
	if (!s->slash) {
		s->depth++;
	} else if (own) {
		stanza_done(f);
	}
}

static void end_tag(struct feed *f, struct slice tag, size_t total)
{
	struct scan *s = f->s;

	count(s, total);
	if (s->skipped > 0) {
		s->skipped--;
		return;
	}
	if (total > s->limits->tag_bytes) {
		s->over |= in_stanza(s) ? SCAN_OVER_TAG : 0;
		pass_reduced(f, tag);
	} else {
		pass_kept(f, tag);
	}
	if (s->depth > 0) {
		s->depth--;
	}
	if (s->depth == 1) {
		stanza_done(f);
	}
}

/* ---- text, passed on up to the limit ---- */

static bool entity_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '#';
}

static void pass_held(struct feed *f)
{
	struct scan *s = f->s;

	if (s->tag.len == 0) {
		return;
	}
	if (!leave_out(s)) {
		pass_kept(f, buf_slice(&s->tag));
	}
	buf_reset(&s->tag, TAG_KEEP);
}

/* Holds a character or entity back until it is whole. */
static void hold(struct feed *f, const char *p, bool entities)
{
	struct buf *held = &f->s->tag;
	unsigned char c = (unsigned char)*p;
	bool inner = (c & 0xc0) == 0x80;
	bool entity = held->len > 0 && held->p[0] == '&';

	if (entity) {
		buf_add_char(held, *p);
		if (!entity_char(*p) || held->len >= ZONE) {
			pass_held(f);
		}
		return;
	}
	if (held->len > 0 && !inner) {
		pass_held(f); /* not UTF-8: for libxml2 to refuse */
	}
	if (c >= 0xc0 || (c == '&' && entities)) {
		buf_add_char(held, *p);
		f->s->need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		return;
	}
	if (held->len == 0) {
		pass(f, p, 1);
		return;
	}
	buf_add_char(held, *p);
	if (held->len >= f->s->need) {
		pass_held(f);
	}
}

/* A CDATA section that was begun must be ended before no more is passed on. */
static void over_in_text(struct feed *f)
{
	struct scan *s = f->s;

	buf_reset(&s->tag, TAG_KEEP);
	if (s->in_cdata) {
		pass_str(f, "]]>");
		s->in_cdata = false;
	}
}

static void text(struct feed *f, const char *p, const char *end, bool entities)
{
	struct scan *s = f->s;
	size_t max = s->limits->stanza_bytes;
	size_t free_of_care = 0;

	if (!in_stanza(s)) {
		pass(f, p, (size_t)(end - p));
		return;
	}
	if (max > s->stanza_bytes + ZONE) {
		free_of_care = max - s->stanza_bytes - ZONE;
	}
	if (leave_out(s) || free_of_care > (size_t)(end - p)) {
		free_of_care = (size_t)(end - p);
	}
	if (!leave_out(s)) {
		pass(f, p, free_of_care);
	}
	count(s, free_of_care);
	for (p += free_of_care; p < end; p++) {
		bool before = leave_out(s);

		count(s, 1);
		if (!leave_out(s)) {
			hold(f, p, entities);
		} else if (!before) {
			over_in_text(f);
		}
	}
}

/* ---- the states: each reads some bytes and says where it stopped ---- */

static const char *step_text(struct feed *f, const char *p, const char *end)
{
	const char *lt = memchr(p, '<', (size_t)(end - p));

	text(f, p, lt != NULL ? lt : end, true);
	if (lt == NULL) {
		return end;
	}
	pass_held(f);
	token_begin(f, lt);
	return lt + 1;
}

static const char *step_lt(struct feed *f, const char *p, const char *end)
{
	struct scan *s = f->s;

	(void)end;
	switch (*p) {
	case '!':
		s->state = BANG;
		return p + 1;
	case '?':
		s->state = PI;
		return p + 1;
	case '/':
		s->end_tag = true;
		s->state = TAG;
		return p + 1;
	default:
		s->state = TAG;
		return p;
	}
}

static const char *step_tag(struct feed *f, const char *p, const char *end)
{
	struct scan *s = f->s;
	struct slice tag;
	size_t total;

	while (p < end) {
		char c = *p++;

		if (s->quote != '\0') {
			p = memchr(p - 1, s->quote, (size_t)(end - p) + 1);
			if (p == NULL) {
				return end;
			}
			p++;
			s->quote = '\0';
		} else if (c == '>') {
			break;
		} else if ((c == '\'' || c == '"') && !s->end_tag) {
			s->quote = c;
			s->attributes++;
			s->slash = false;
		} else {
			s->slash = c == '/';
		}
		if (p == end) {
			return end;
		}
	}
	tag = token(f, p, &total);
	if (s->end_tag) {
		end_tag(f, tag, total);
	} else {
		start_tag(f, tag, total);
	}
	token_end(s);
	return p;
}

static const char *step_bang(struct feed *f, const char *p, const char *end)
{
	struct scan *s = f->s;

	(void)end;
	if (s->match == 0) {
		s->opening = *p == '[' ? "[CDATA[" : "--";
	}
	if (*p != s->opening[s->match]) {
		if (!leave_out(s)) {
			pass_str(f, "<!DOCTYPE x>");
		}
		s->state = DECL;
		return p;
	}
	s->match++;
	if (s->opening[s->match] != '\0') {
		return p + 1;
	}
	s->match = 0;
	if (s->opening[0] == '-') {
		s->state = COMMENT;
		return p + 1;
	}
	count(s, sizeof "<![CDATA[" - 1);
	s->in_cdata = !leave_out(s);
	if (s->in_cdata) {
		pass_str(f, "<![CDATA[");
	}
	token_end(s);
	s->state = CDATA;
	return p + 1;
}

/* A declaration: libxml2 has refused it by now, any end will do. */
static const char *step_decl(struct feed *f, const char *p, const char *end)
{
	const char *gt = memchr(p, '>', (size_t)(end - p));

	if (gt == NULL) {
		return end;
	}
	token_end(f->s);
	return gt + 1;
}

/*
 * Reads to the end of a delimiter made of `n` times c and a >. More of c than
 * needed do no harm ("--->"). NULL: not in this chunk.
 */
static const char *find_end(
	struct scan *s, const char *p, const char *end, char c, unsigned n)
{
	while (p < end) {
		if (s->match == 0) {
			p = memchr(p, c, (size_t)(end - p));
			if (p == NULL) {
				return NULL;
			}
		}
		if (*p == c) {
			s->match += s->match < n ? 1 : 0;
		} else if (*p == '>' && s->match == n) {
			return p + 1;
		} else {
			s->match = 0;
		}
		p++;
	}
	return NULL;
}

static const char *step_comment(struct feed *f, const char *p, const char *end)
{
	struct scan *s = f->s;
	const char *after = find_end(s, p, end, '-', 2);
	size_t total;

	if (after == NULL) {
		return end;
	}
	token(f, after, &total);
	count(s, total);
	if (!leave_out(s)) {
		pass_str(f, "<!---->");
	}
	token_end(s);
	return after;
}

static const char *step_pi(struct feed *f, const char *p, const char *end)
{
	struct scan *s = f->s;
	const char *after = find_end(s, p, end, '?', 1);
	struct slice pi;
	size_t total;

	if (after == NULL) {
		return end;
	}
	pi = token(f, after, &total);
	count(s, total);
	if (leave_out(s)) {
		/* nothing */
	} else if (pi.len < 6 || memcmp(pi.p, "<?xml", 5) != 0 ||
		   strchr(" \t\r\n?", pi.p[5]) == NULL) {
		pass_str(f, "<?p?>");
	} else if (total > s->limits->tag_bytes) {
		pass_str(f, "<?xml?>");
	} else {
		pass_kept(f, pi);
	}
	token_end(s);
	return after;
}

static const char *step_cdata(struct feed *f, const char *p, const char *end)
{
	struct scan *s = f->s;
	const char *after = find_end(s, p, end, ']', 2);

	text(f, p, after != NULL ? after : end, false);
	if (after == NULL) {
		return end;
	}
	pass_held(f);
	token_end(s);
	s->in_cdata = false;
	return after;
}

typedef const char *step_fn(struct feed *f, const char *p, const char *end);

static step_fn *const steps[] = {
	[TEXT] = step_text,
	[LT] = step_lt,
	[TAG] = step_tag,
	[BANG] = step_bang,
	[COMMENT] = step_comment,
	[PI] = step_pi,
	[CDATA] = step_cdata,
	[DECL] = step_decl,
};

void scan_feed(struct scan *s, const char *p, size_t len, scan_out_fn *out,
	scan_stanza_fn *stanza, void *ctx)
{
	struct feed f = {
		.s = s,
		.out = out,
		.stanza = stanza,
		.ctx = ctx,
		.from = p,
		.to = p,
		.mark = p,
	};
	const char *end = p + len;

	while (p < end) {
		p = steps[s->state](&f, p, end);
	}
	flush(&f);
	if (s->state != TEXT && s->state != CDATA && s->state != DECL) {
		keep(&f, end);
	}
}
