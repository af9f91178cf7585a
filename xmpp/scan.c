/* SPDX-License-Identifier: MIT */
#include "xmpp/scan_private.h"

#include <string.h>

#include "base/err.h"

const struct scan_limits scan_limits_default = {
	.stanza_bytes = 256 * 1024,
	.depth = 64,
	.tag_bytes = 16 * 1024,
	.attributes = 256,
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

/* ---- the states: each reads some bytes and says where it stopped ---- */

static const char *step_text(
	struct scan_call *f, const char *p, const char *end)
{
	const char *lt = memchr(p, '<', (size_t)(end - p));

	scan_text(f, p, lt != NULL ? lt : end, true);
	if (lt == NULL) {
		return end;
	}
	scan_pass_held(f);
	scan_token_begin(f, lt);
	return lt + 1;
}

static const char *step_lt(struct scan_call *f, const char *p, const char *end)
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

static const char *step_tag(struct scan_call *f, const char *p, const char *end)
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
	tag = scan_token(f, p, &total);
	if (s->end_tag) {
		scan_end_tag(f, tag, total);
	} else {
		scan_start_tag(f, tag, total);
	}
	scan_token_end(s);
	return p;
}

static const char *step_bang(
	struct scan_call *f, const char *p, const char *end)
{
	struct scan *s = f->s;

	(void)end;
	if (s->match == 0) {
		s->opening = *p == '[' ? "[CDATA[" : "--";
	}
	if (*p != s->opening[s->match]) {
		if (!scan_leave_out(s)) {
			scan_pass_str(f, "<!DOCTYPE x>");
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
	scan_count(s, sizeof "<![CDATA[" - 1);
	s->in_cdata = !scan_leave_out(s);
	if (s->in_cdata) {
		scan_pass_str(f, "<![CDATA[");
	}
	scan_token_end(s);
	s->state = CDATA;
	return p + 1;
}

/* A declaration: libxml2 has refused it by now, any end will do. */
static const char *step_decl(
	struct scan_call *f, const char *p, const char *end)
{
	const char *gt = memchr(p, '>', (size_t)(end - p));

	if (gt == NULL) {
		return end;
	}
	scan_token_end(f->s);
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

static const char *step_comment(
	struct scan_call *f, const char *p, const char *end)
{
	struct scan *s = f->s;
	const char *after = find_end(s, p, end, '-', 2);
	size_t total;

	if (after == NULL) {
		return end;
	}
	scan_token(f, after, &total);
	scan_count(s, total);
	if (!scan_leave_out(s)) {
		scan_pass_str(f, "<!---->");
	}
	scan_token_end(s);
	return after;
}

static const char *step_pi(struct scan_call *f, const char *p, const char *end)
{
	struct scan *s = f->s;
	const char *after = find_end(s, p, end, '?', 1);
	struct slice pi;
	size_t total;

	if (after == NULL) {
		return end;
	}
	pi = scan_token(f, after, &total);
	scan_count(s, total);
	if (scan_leave_out(s)) {
		/* nothing */
	} else if (pi.len < 6 || memcmp(pi.p, "<?xml", 5) != 0 ||
		   strchr(" \t\r\n?", pi.p[5]) == NULL) {
		scan_pass_str(f, "<?p?>");
	} else if (total > s->limits->tag_bytes) {
		scan_pass_str(f, "<?xml?>");
	} else {
		scan_pass_kept(f, pi);
	}
	scan_token_end(s);
	return after;
}

static const char *step_cdata(
	struct scan_call *f, const char *p, const char *end)
{
	struct scan *s = f->s;
	const char *after = find_end(s, p, end, ']', 2);

	scan_text(f, p, after != NULL ? after : end, false);
	if (after == NULL) {
		return end;
	}
	scan_pass_held(f);
	scan_token_end(s);
	s->in_cdata = false;
	return after;
}

typedef const char *step_fn(
	struct scan_call *f, const char *p, const char *end);

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
	struct scan_call f = {
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
	scan_flush(&f);
	if (s->state != TEXT && s->state != CDATA && s->state != DECL) {
		scan_keep(&f, end);
	}
}
