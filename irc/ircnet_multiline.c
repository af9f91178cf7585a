/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdlib.h>
#include <string.h>

#include "irc/ircformat.h"

/*
 * draft/multiline (PROTOCOL G.4): one message as a batch of lines, both ways.
 *
 * In: BATCH +id draft/multiline target keeps what the opening line says (its
 * source and tags) -> each line of the batch is added to the text -> BATCH -id
 * makes one message of both, which goes the way of every other.
 * A batch that is never closed is forgotten with the connection, and there are
 * NET_BATCHES_MAX of them.
 */
enum { TEXT_MAX = 16384, HEAD_MAX = 2 * IRC_LINE_MAX };

struct multiline {
	struct ircmsg msg; /* the message that it becomes */
	struct buf head;   /* what msg points to, but for the text */
	struct buf text;
	size_t line;         /* where its last line begins */
	bool notice;
	bool begun;
};

/* ---- in ---- */

/* There is room: `head` holds a whole line, which all of these come from. */
static struct slice keep(struct buf *head, struct slice s)
{
	size_t at = head->len;

	if (s.p == NULL) {
		return s;
	}
	buf_add_slice(head, s);
	return slice(head->p + at, head->len - at);
}

struct multiline *multiline_open(const struct ircmsg *m)
{
	struct multiline *l = must_calloc(1, sizeof *l);

	buf_init(&l->text, TEXT_MAX);
	buf_init(&l->head, HEAD_MAX);
	must(buf_reserve(&l->head, HEAD_MAX) != NULL); /* it never moves */
	l->msg.source_text = keep(&l->head, m->source_text);
	ircsource_parse(l->msg.source_text, &l->msg.source);
	l->msg.params[0] = keep(&l->head, ircmsg_param(m, 2));
	l->msg.nparams = 2;
	for (unsigned i = 0; i < m->ntags; i++) {
		l->msg.tags[i].key = keep(&l->head, m->tags[i].key);
		l->msg.tags[i].value = keep(&l->head, m->tags[i].value);
	}
	l->msg.ntags = m->ntags;
	return l;
}

void multiline_free(struct multiline *l)
{
	if (l != NULL) {
		buf_finish(&l->head);
		buf_finish(&l->text);
		free(l);
	}
}

/* A format does not go on in the next line of one message either. */
static void add_line_end(struct multiline *l)
{
	struct irc_runs runs;
	struct slice run;

	irc_runs_init(&runs, slice(l->text.p ? l->text.p + l->line : NULL,
		l->text.len - l->line));
	while (irc_runs_next(&runs, &run)) {
	}
	buf_add_str(&l->text,
		irc_format_is_plain(runs.format) ? "\n" : "\x0f\n");
	l->line = l->text.len;
}

/* What is over the limit is cut off; the rest is shown. */
void multiline_add(struct multiline *l, const struct ircmsg *m)
{
	if (l->text.overflow) {
		return;
	}
	if (!l->begun) {
		l->notice = ircmsg_is(m, "NOTICE");
	} else if (ircmsg_tag(m, "draft/multiline-concat").p == NULL) {
		add_line_end(l);
	}
	l->begun = true;
	buf_add_slice(&l->text, ircmsg_param(m, 1));
}

const struct ircmsg *multiline_close(struct multiline *l)
{
	if (!l->begun || l->msg.params[0].len == 0) {
		return NULL;
	}
	l->msg.command = slice_str(l->notice ? "NOTICE" : "PRIVMSG");
	l->msg.params[1] = buf_slice(&l->text);
	return &l->msg;
}

/* ---- out ---- */

/* "max-bytes=4096,max-lines=24": of this key; 0: not said. */
static size_t limit(struct slice value, const char *key)
{
	while (value.len > 0) {
		struct slice token = slice_cut(&value, ',');
		struct slice name = slice_cut(&token, '=');
		long n = slice_number(token, 1000000);

		if (slice_is(name, key) && n > 0) {
			return (size_t)n;
		}
	}
	return 0;
}

bool multiline_limits(const struct ircnet *n, size_t *bytes, unsigned *lines)
{
	struct slice value = caps_value(&n->caps, "draft/multiline");
	size_t most = limit(value, "max-lines");

	*bytes = limit(value, "max-bytes");
	*lines = most > 0 && most < MULTILINE_LINES ? (unsigned)most :
						      MULTILINE_LINES;
	return caps_on(&n->caps, "draft/multiline") &&
		caps_on(&n->caps, "batch") && *bytes > 0;
}
