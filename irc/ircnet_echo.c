/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * What the server's lines are answers to (PROTOCOL D.4, E).
 *
 * A line of a request with a token waits in the queue with its label in front:
 * `@label=TOKEN PRIVMSG ...`, or `@label=TOKEN-K ...` when K lines of the request
 * follow. With labeled-response it goes out so, and what comes back says the
 * label again: on the line, or on the batch that it is in. So nothing has to be
 * remembered here. Lines of a request that is nothing said (ircnet_label()) are
 * counted upwards instead. Which room a JOIN was for its answers name: its label
 * says only that it is one, `@label=0-K` for the K-th.
 *
 * With echo-message alone the label stays here, and the lines that were written
 * are kept in order: an echo is for the first with its target and its text, or,
 * when the server changed the text, for the first with its target. Lines
 * before that one to the same target were refused: they are forgotten.
 */
enum { LABEL_BASE = 36, LABEL_MAX = 32, ECHOES_MAX = 64 };

static const char label_tag[] = "label=";

struct echo {
	const struct istr *target; /* as it was written */
	uint32_t text;             /* its hash */
	uint32_t len;
	uint64_t token;            /* 0: nobody asks */
	unsigned follow;
	bool notice;
	bool batch; /* several lines: the text is not looked at */
};

struct echoes {
	struct echo all[ECHOES_MAX]; /* oldest first */
	unsigned n;
};

/* ---- labels ---- */

static void add_number(struct buf *out, uint64_t number)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char text[16];
	size_t at = sizeof text;

	do {
		text[--at] = digits[number % LABEL_BASE];
		number /= LABEL_BASE;
	} while (number > 0);
	buf_add(out, text + at, sizeof text - at);
}

static void write_label(struct buf *line, uint64_t token, unsigned count)
{
	buf_add_char(line, '@');
	buf_add_str(line, label_tag);
	add_number(line, token);
	if (count > 0) {
		buf_add_char(line, '-');
		add_number(line, count);
	}
	buf_add_char(line, ' ');
}

void net_add_label(const struct ircnet *n, struct buf *line, uint64_t token,
	unsigned follow)
{
	if (token == 0 || (!caps_on(&n->caps, "labeled-response") &&
		!caps_on(&n->caps, "echo-message"))) {
		return;
	}
	write_label(line, token, follow);
}

/* In front of a line that is built. */
static void put_front(struct buf *line, uint64_t token, unsigned count)
{
	char space[64];
	struct buf front = {.p = space, .cap = sizeof space, .max = 63};

	write_label(&front, token, count);
	if (buf_reserve(line, front.len) != NULL) {
		memmove(line->p + front.len, line->p, line->len);
		memcpy(line->p, front.p, front.len);
		line->len += front.len;
	}
}

void ircnet_label(struct ircnet *n, uint64_t token)
{
	n->label = token;
	n->label_lines = 0;
}

void net_put_label(struct ircnet *n, struct buf *line)
{
	if (n->label != 0 && caps_on(&n->caps, "labeled-response")) {
		put_front(line, n->label, n->label_lines++);
	}
}

void net_label_join(struct ircnet *n, struct buf *line)
{
	if (line->len > 5 && memcmp(line->p, "JOIN ", 5) == 0 &&
		caps_on(&n->caps, "labeled-response")) {
		put_front(line, 0, ++n->join_lines);
	}
}

static bool read_number(struct slice text, uint64_t *out)
{
	uint64_t number = 0;

	if (text.len == 0 || text.len > 12) {
		return false;
	}
	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];
		bool digit = c >= '0' && c <= '9';

		if (!digit && (c < 'a' || c > 'z')) {
			return false;
		}
		number = number * LABEL_BASE +
			(uint64_t)(digit ? c - '0' : c - 'a' + 10);
	}
	*out = number;
	return true;
}

/* 0: it is none of ours. */
static uint64_t read_label(struct slice label, unsigned *follow)
{
	struct slice rest = label;
	struct slice first = slice_cut(&rest, '-');
	uint64_t token = 0;
	uint64_t more = 0;

	if (!read_number(first, &token) ||
		(rest.p != NULL && !read_number(rest, &more)) ||
		more > UINT32_MAX) {
		return 0;
	}
	*follow = (unsigned)more;
	return token;
}

uint64_t net_label(const struct ircmsg *m, unsigned *follow)
{
	return m->ntags > 0 ? read_label(ircmsg_tag(m, "label"), follow) : 0;
}

/* ---- without labels: what was written, in order ---- */

static void drop_echo(struct echoes *e, unsigned i)
{
	istr_unref(e->all[i].target);
	e->n--;
	memmove(e->all + i, e->all + i + 1, (e->n - i) * sizeof *e->all);
}

void net_echoes_clear(struct ircnet *n)
{
	while (n->echoes != NULL && n->echoes->n > 0) {
		drop_echo(n->echoes, n->echoes->n - 1);
	}
	free(n->echoes);
	n->echoes = NULL;
}

static void add_echo(struct ircnet *n, const struct echo *echo)
{
	if (n->echoes == NULL) {
		n->echoes = must_calloc(1, sizeof *n->echoes);
	}
	if (n->echoes->n == ECHOES_MAX) {
		drop_echo(n->echoes, 0);
	}
	n->echoes->all[n->echoes->n++] = *echo;
}

/* PRIVMSG or NOTICE target :text; BATCH +id draft/multiline target */
static void wrote(struct ircnet *n, struct slice line, uint64_t token,
	unsigned follow)
{
	struct slice rest = line;
	struct slice word = slice_cut(&rest, ' ');
	struct slice target = slice_cut(&rest, ' ');
	struct echo echo = {.token = token, .follow = follow};

	echo.notice = slice_is_nocase(word, "NOTICE");
	echo.batch = slice_is_nocase(word, "BATCH") && target.len > 0 &&
		target.p[0] == '+';
	if (echo.batch) {
		slice_cut(&rest, ' ');
		target = rest;
	} else if (!echo.notice && !slice_is_nocase(word, "PRIVMSG")) {
		return;
	}
	if (target.len == 0 || rest.len == 0) {
		return;
	}
	if (rest.p[0] == ':') {
		rest = slice(rest.p + 1, rest.len - 1);
	}
	echo.target = intern(target.p, target.len);
	echo.text = intern_hash(rest.p, rest.len);
	echo.len = (uint32_t)rest.len;
	add_echo(n, &echo);
}

static bool is_to(const struct ircnet *n, const struct echo *e,
	const struct ircmsg *m)
{
	return (e->batch || e->notice == ircmsg_is(m, "NOTICE")) &&
		casemap_equal(n->isupport.casemap, istr_slice(e->target),
			m->params[0]);
}

static bool says(const struct echo *e, struct slice text)
{
	return e->len == text.len &&
		e->text == intern_hash(text.p ? text.p : "", text.len);
}

/* The place of the line that came back; e->n when there is none. */
static unsigned find_echo(const struct ircnet *n, const struct ircmsg *m)
{
	const struct echoes *e = n->echoes;
	unsigned changed = e->n;

	for (unsigned i = 0; i < e->n; i++) {
		if (!is_to(n, &e->all[i], m)) {
			continue;
		}
		if (says(&e->all[i], m->params[1])) {
			return i;
		}
		changed = changed == e->n ? i : changed;
	}
	return changed;
}

uint64_t net_echo_of(struct ircnet *n, const struct ircmsg *m,
	unsigned *follow)
{
	struct echoes *e = n->echoes;
	uint64_t token;
	unsigned at;

	if (e == NULL || e->n == 0) {
		return 0;
	}
	at = find_echo(n, m);
	if (at == e->n) {
		return 0;
	}
	token = e->all[at].token;
	*follow = e->all[at].follow;
	for (unsigned i = at + 1; i-- > 0;) {
		if (is_to(n, &e->all[i], m)) {
			drop_echo(e, i);
		}
	}
	return token;
}

void ircnet_refused(struct ircnet *n, uint64_t token)
{
	for (unsigned i = n->echoes ? n->echoes->n : 0; i-- > 0;) {
		if (n->echoes->all[i].token == token) {
			drop_echo(n->echoes, i);
		}
	}
}

/* ---- out ---- */

/* `@label=x;others`, without the sign: the label cut off the front. */
static struct slice cut_label(struct slice *tags, uint64_t *token,
	unsigned *follow)
{
	size_t skip = sizeof label_tag - 1;
	struct slice label;

	if (tags->len <= skip || memcmp(tags->p, label_tag, skip) != 0) {
		return slice(NULL, 0);
	}
	label = slice_cut(tags, ';');
	*token = read_label(slice(label.p + skip, label.len - skip), follow);
	return label;
}

static void send_with(struct ircnet *n, struct slice tags, struct slice rest)
{
	struct buf line;

	buf_init_secret(&line, IRC_TAGS_MAX + IRC_LINE_MAX);
	buf_add_char(&line, '@');
	buf_add_slice(&line, tags);
	buf_add_char(&line, ' ');
	buf_add_slice(&line, rest);
	net_send(n, buf_slice(&line));
	buf_finish(&line);
}

/* Capabilities may have gone since the line was made: so do its tags. */
void net_send_line(struct ircnet *n, struct slice line)
{
	bool labels = caps_on(&n->caps, "labeled-response");
	struct slice rest = line;
	struct slice tags = slice(NULL, 0);
	struct slice label = slice(NULL, 0);
	uint64_t token = 0;
	unsigned follow = 0;
	bool inside; /* of a batch, which goes as one */
	size_t had;  /* bytes of tags */

	if (line.len > 0 && line.p[0] == '@') {
		tags = slice_cut(&rest, ' ');
		tags = slice(tags.p + 1, tags.len - 1);
		label = cut_label(&tags, &token, &follow);
	}
	had = label.len + tags.len;
	inside = tags.len > 6 && memcmp(tags.p, "batch=", 6) == 0;
	if (!labels && !inside && caps_on(&n->caps, "echo-message")) {
		wrote(n, rest, token, follow);
	}
	label.len = labels ? label.len : 0;
	if (!inside && !caps_on(&n->caps, "message-tags")) {
		tags.len = 0;
	}
	if (label.len + tags.len == 0) {
		net_send(n, rest);
	} else if (label.len + tags.len == had) {
		net_send(n, line);
	} else {
		send_with(n, label.len > 0 ? label : tags, rest);
	}
}
