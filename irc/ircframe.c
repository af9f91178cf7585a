/* SPDX-License-Identifier: MIT */
#include "irc/ircmsg.h"

#include <string.h>

/* What one line may take while its end is awaited: tags, message, CRs. */
enum { RAW_MAX = IRC_TAGS_MAX + IRC_LINE_MAX + 2 };

void ircframe_init(struct ircframe *f)
{
	*f = (struct ircframe){0};
	buf_init(&f->pending, RAW_MAX);
}

void ircframe_finish(struct ircframe *f)
{
	buf_finish(&f->pending);
	f->overlong = false;
}

static bool only_blanks(const char *p, size_t len)
{
	while (len > 0 && *p == ' ') {
		p++;
		len--;
	}
	return len == 0;
}

/* Both limits; *line moves on when its tags must go. 0: nothing is left. */
static size_t clip(struct ircframe *f, char **line, size_t len)
{
	size_t head = 0;

	if (**line == '@') {
		char *blank = memchr(*line, ' ', len);

		if (blank == NULL) {
			return len <= IRC_TAGS_MAX ? len : 0;
		}
		head = (size_t)(blank - *line) + 1;
		if (head > IRC_TAGS_MAX) {
			f->cut++;
			*line += head;
			len -= head;
			head = 0;
		}
	}
	if (len - head > IRC_LINE_MAX) {
		f->cut++;
		len = head + IRC_LINE_MAX;
	}
	return len;
}

/* One line without its LF. */
static bool deliver(struct ircframe *f, char *line, size_t len,
	ircframe_fn *fn, void *ctx)
{
	char *cr;

	while (len > 0 && line[len - 1] == '\r') {
		len--;
	}
	if (only_blanks(line, len)) {
		return true;
	}
	if (memchr(line, '\0', len) != NULL) {
		f->nul_dropped++;
		return true;
	}
	for (cr = line; (cr = memchr(cr, '\r', len - (size_t)(cr - line))) !=
		NULL;) {
		*cr = ' ';
	}
	len = clip(f, &line, len);
	return len == 0 || fn(ctx, line, len);
}

/* More of a line that is not complete; past the limit it is thrown away. */
static void keep(struct ircframe *f, const char *p, size_t len)
{
	size_t room = RAW_MAX - f->pending.len;

	if (f->overlong) {
		return;
	}
	if (len > room) {
		f->overlong = true;
		f->cut++;
		len = room;
	}
	buf_add(&f->pending, p, len);
}

/* The end of a line whose beginning is pending. */
static bool finish_pending(struct ircframe *f, ircframe_fn *fn, void *ctx)
{
	struct buf line = f->pending;
	bool go;

	/* Taken out: fn may end in ircframe_finish(). */
	buf_init(&f->pending, RAW_MAX);
	f->overlong = false;
	go = deliver(f, line.p, line.len, fn, ctx);
	buf_finish(&line);
	return go;
}

void ircframe_feed(struct ircframe *f, const char *p, size_t len,
	ircframe_fn *fn, void *ctx)
{
	char line[RAW_MAX];
	const char *lf;

	for (; len > 0 && (lf = memchr(p, '\n', len)) != NULL;) {
		size_t n = (size_t)(lf - p);
		bool go;

		if (f->pending.len > 0 || n > sizeof line) {
			keep(f, p, n);
			go = finish_pending(f, fn, ctx);
		} else {
			memcpy(line, p, n);
			go = deliver(f, line, n, fn, ctx);
		}
		if (!go) {
			return;
		}
		p += n + 1;
		len -= n + 1;
	}
	if (len > 0) {
		keep(f, p, len);
	}
}
