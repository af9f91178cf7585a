/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max};
}

void buf_init_secret(struct buf *b, size_t max)
{
	*b = (struct buf){.max = max, .secret = true};
}

/* What stood behind `from` is not needed any more. */
static void wipe(struct buf *b, size_t from)
{
	if (b->secret && b->p != NULL && b->len > from) {
		explicit_bzero(b->p + from, b->len - from);
	}
}

/* Where the memory begins. */
static char *base(const struct buf *b)
{
	return b->p != NULL ? b->p - b->gone : NULL;
}

void buf_finish(struct buf *b)
{
	wipe(b, 0);
	free(base(b));
	*b = (struct buf){.max = b->max, .secret = b->secret};
}

void buf_wipe(struct buf *b)
{
	if (b->p != NULL) {
		explicit_bzero(base(b), b->gone + b->cap);
	}
	buf_finish(b);
}

/* realloc() would leave a copy behind. */
static void grow(struct buf *b, size_t cap)
{
	char *p;

	if (b->secret || b->gone > 0) {
		p = must_alloc(cap);
		if (b->len > 0) {
			memcpy(p, b->p, b->len);
		}
		wipe(b, 0);
		free(base(b));
	} else {
		p = must_realloc(b->p, cap);
	}
	b->p = p;
	b->cap = cap;
	b->gone = 0;
}

/* The bytes move to where the memory begins. */
static void move_back(struct buf *b)
{
	char *from = b->p;

	if (b->gone == 0) {
		return;
	}
	b->p = base(b);
	if (b->len > 0) {
		memmove(b->p, from, b->len);
	}
	b->cap += b->gone;
	if (b->secret) {
		explicit_bzero(b->p + b->len, b->gone);
	}
	b->gone = 0;
}

char *buf_reserve(struct buf *b, size_t len)
{
	size_t cap;

	if (b->overflow || len > b->max || b->len > b->max - len) {
		b->overflow = true;
		return NULL;
	}
	/* Each byte is moved a few times at most, unless nothing else helps. */
	if (b->len + len > b->cap &&
		(b->gone > b->len / 4 || b->gone + b->cap > b->max)) {
		move_back(b);
	}
	if (b->len + len > b->cap) {
		cap = b->cap ? b->cap : 64;
		while (cap < b->len + len) {
			cap *= 2;
		}
		/* One byte more than max, for buf_cstr(). */
		if (cap > b->max + 1) {
			cap = b->max + 1;
		}
		grow(b, cap);
	}
	return b->p + b->len;
}

/* buf_reserve() for the usual case: there is place. */
static inline char *reserve(struct buf *b, size_t len)
{
	return len < b->cap - b->len && !b->overflow ? b->p + b->len :
						       buf_reserve(b, len);
}

void buf_add(struct buf *b, const char *p, size_t len)
{
	char *to;

	if (len == 0) {
		return;
	}
	to = reserve(b, len);
	if (to != NULL) {
		memcpy(to, p, len);
		b->len += len;
	}
}

void buf_add_char(struct buf *b, char c)
{
	char *to = reserve(b, 1);

	if (to != NULL) {
		*to = c;
		b->len++;
	}
}

void buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_add_slice(struct buf *b, struct slice s)
{
	buf_add(b, s.p, s.len);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	char small[256];
	va_list ap;
	va_list again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(small, sizeof small, fmt, ap);
	must(n >= 0);
	if ((size_t)n < sizeof small) {
		buf_add(b, small, (size_t)n);
	} else if (buf_reserve(b, (size_t)n) != NULL) {
		char *large = must_alloc((size_t)n + 1);

		vsnprintf(large, (size_t)n + 1, fmt, again);
		buf_add(b, large, (size_t)n);
		if (b->secret) {
			explicit_bzero(large, (size_t)n);
		}
		free(large);
	}
	if (b->secret) {
		explicit_bzero(small, sizeof small);
	}
	va_end(again);
	va_end(ap);
}

void buf_consume(struct buf *b, size_t n)
{
	must(n <= b->len && n <= UINT32_MAX - b->gone);
	if (n == 0) {
		return;
	}
	if (b->secret) {
		explicit_bzero(b->p, n);
	}
	b->p += n;
	b->len -= n;
	b->cap -= n;
	b->gone += (uint32_t)n;
	if (b->len == 0) {
		move_back(b);
	}
}

void buf_truncate(struct buf *b, size_t len)
{
	must(len <= b->len);
	wipe(b, len);
	b->len = len;
	b->overflow = false;
}

void buf_reset(struct buf *b, size_t keep)
{
	wipe(b, 0);
	b->len = 0;
	b->overflow = false;
	move_back(b);
	if (b->cap > keep) {
		free(b->p);
		b->p = NULL;
		b->cap = 0;
	}
}

const char *buf_cstr(struct buf *b)
{
	if (b->len == 0) {
		return "";
	}
	if (b->len == b->cap) {
		grow(b, b->len + 1);
	}
	b->p[b->len] = '\0';
	return b->p;
}
