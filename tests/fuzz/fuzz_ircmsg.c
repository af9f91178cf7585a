/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "irc/ircmsg.h"
#include "tests/fuzz/fuzz.h"

/*
 * Framing, parser and gate on any bytes. Promises: every slice lies inside the
 * line; what the gate gives out has the form that libircclient may see, and
 * parses to the same message again.
 */
static bool inside(struct slice s, const char *line, size_t len)
{
	return s.p == NULL || (s.p >= line && s.p + s.len <= line + len);
}

static void check_slices(const struct ircmsg *m, const char *line, size_t len)
{
	must(inside(m->source_text, line, len));
	must(inside(m->source.nick, line, len));
	must(inside(m->source.user, line, len));
	must(inside(m->source.host, line, len));
	must(inside(m->command, line, len));
	must(m->nparams <= IRC_PARAMS && m->ntags <= IRC_TAGS);
	for (unsigned i = 0; i < m->nparams; i++) {
		must(inside(m->params[i], line, len));
	}
	for (unsigned i = 0; i < m->ntags; i++) {
		must(inside(m->tags[i].key, line, len));
		must(inside(m->tags[i].value, line, len));
	}
}

static void check_canonical(const struct ircmsg *m, struct buf *canonical)
{
	struct ircmsg again;
	char line[IRC_CANONICAL_MAX + 2];
	size_t len = canonical->len;

	must(len >= 2 && len <= sizeof line);
	memcpy(line, canonical->p, len);
	must(line[len - 2] == '\r' && line[len - 1] == '\n');
	must(memchr(line, '\n', len - 1) == NULL);
	must(memchr(line, '\0', len) == NULL);
	must(ircmsg_parse(line, len - 2, &again) == ERR_OK);
	must(slice_eq(again.source_text, m->source_text));
	must(again.numeric == m->numeric);
	must(again.command.len == m->command.len);
	must(again.nparams == (m->nparams ? m->nparams : 1));
	must(again.nparams <= 10);
	for (unsigned i = 0; i < m->nparams; i++) {
		must(slice_eq(again.params[i], m->params[i]));
	}
}

static bool on_line(void *ctx, char *line, size_t len)
{
	struct buf *canonical = ctx;
	struct ircmsg m;

	must(len > 0 && len <= IRC_TAGS_MAX + IRC_LINE_MAX);
	must(memchr(line, '\0', len) == NULL);
	must(memchr(line, '\r', len) == NULL);
	must(memchr(line, '\n', len) == NULL);
	if (ircmsg_parse(line, len, &m) != ERR_OK) {
		return true;
	}
	check_slices(&m, line, len);
	if (ircgate(&m, canonical) == IRCGATE_LIB) {
		check_canonical(&m, canonical);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ircframe frame;
	struct buf canonical;
	size_t step = size > 0 ? 1 + data[0] : 1;

	buf_init(&canonical, IRC_CANONICAL_MAX + 2);
	ircframe_init(&frame);
	for (size_t at = 0; at < size; at += step) {
		ircframe_feed(&frame, (const char *)data + at,
			size - at < step ? size - at : step, on_line,
			&canonical);
	}
	ircframe_feed(&frame, "\n", 1, on_line, &canonical);
	ircframe_finish(&frame);
	buf_finish(&canonical);
	return 0;
}
