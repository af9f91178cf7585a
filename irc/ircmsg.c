/* SPDX-License-Identifier: MIT */
#include "irc/ircmsg.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* The end of the word at p: the next blank, or end. */
static char *word_end(char *p, char *end)
{
	char *blank = memchr(p, ' ', (size_t)(end - p));

	return blank != NULL ? blank : end;
}

static char *skip_blanks(char *p, const char *end)
{
	while (p < end && *p == ' ') {
		p++;
	}
	return p;
}

/* IRCv3 message tags, "Escaping values"; a lone backslash goes. */
static size_t unescape(char *p, size_t len)
{
	size_t n = 0;

	if (memchr(p, '\\', len) == NULL) {
		return len;
	}
	for (size_t i = 0; i < len; i++) {
		if (p[i] != '\\') {
			p[n++] = p[i];
			continue;
		}
		if (++i == len) {
			break;
		}
		switch (p[i]) {
		case ':':
			p[n++] = ';';
			break;
		case 's':
			p[n++] = ' ';
			break;
		case 'r':
			p[n++] = '\r';
			break;
		case 'n':
			p[n++] = '\n';
			break;
		default:
			p[n++] = p[i];
		}
	}
	return n;
}

static struct irctag *tag_slot(struct ircmsg *m, struct slice key)
{
	for (unsigned i = 0; i < m->ntags; i++) {
		if (slice_eq(m->tags[i].key, key)) {
			return &m->tags[i];
		}
	}
	return m->ntags < IRC_TAGS ? &m->tags[m->ntags++] : NULL;
}

/* A value that is no UTF-8 is dropped, never changed (IRCv3 message-tags). */
static void parse_tags(char *p, char *end, struct ircmsg *m)
{
	while (p < end) {
		char *semi = memchr(p, ';', (size_t)(end - p));
		char *stop = semi != NULL ? semi : end;
		char *eq = memchr(p, '=', (size_t)(stop - p));
		char *key_end = eq != NULL ? eq : stop;
		struct irctag *tag = NULL;

		if (key_end > p) {
			tag = tag_slot(m, slice(p, (size_t)(key_end - p)));
		}
		if (tag != NULL) {
			tag->key = slice(p, (size_t)(key_end - p));
			tag->value = slice(NULL, 0);
			if (eq != NULL) {
				tag->value = slice(eq + 1, unescape(eq + 1,
					(size_t)(stop - eq - 1)));
			}
			if (!utf8_valid(tag->value)) {
				tag->value = slice(NULL, 0);
			}
		}
		p = stop + 1;
	}
}

void ircsource_parse(struct slice text, struct ircsource *out)
{
	const char *bang = text.len ? memchr(text.p, '!', text.len) : NULL;
	const char *end;
	const char *at;
	const char *nick_end;

	*out = (struct ircsource){0};
	if (text.p == NULL) {
		return;
	}
	end = text.p + text.len;
	/* The user name may hold "@" on some servers, the host never does. */
	at = bang != NULL ? bang : text.p;
	at = memrchr(at, '@', (size_t)(end - at));
	nick_end = bang != NULL ? bang : at != NULL ? at : end;
	out->nick = slice(text.p, (size_t)(nick_end - text.p));
	if (bang != NULL) {
		out->user = slice(bang + 1,
			(size_t)((at != NULL ? at : end) - bang - 1));
	}
	if (at != NULL) {
		out->host = slice(at + 1, (size_t)(end - at - 1));
	}
}

static void parse_params(char *p, char *end, struct ircmsg *m)
{
	for (p = skip_blanks(p, end); p < end; p = skip_blanks(p, end)) {
		char *stop;

		if (*p == ':') {
			m->params[m->nparams++] =
				slice(p + 1, (size_t)(end - p - 1));
			return;
		}
		if (m->nparams == IRC_PARAMS - 1) {
			m->params[m->nparams++] = slice(p, (size_t)(end - p));
			return;
		}
		stop = word_end(p, end);
		m->params[m->nparams++] = slice(p, (size_t)(stop - p));
		p = stop;
	}
}

static int numeric_of(struct slice command)
{
	long n = command.len == 3 ? slice_number(command, 999) : -1;

	return n > 0 ? (int)n : 0;
}

/* The arrays are not cleared: only the first nparams and ntags count. */
enum err ircmsg_parse(char *line, size_t len, struct ircmsg *m)
{
	char *end = line + len;
	char *p = skip_blanks(line, end);
	char *stop;

	m->source_text = slice(NULL, 0);
	m->source = (struct ircsource){0};
	m->numeric = 0;
	m->nparams = 0;
	m->ntags = 0;
	if (p < end && *p == '@') {
		stop = word_end(p, end);
		parse_tags(p + 1, stop, m);
		p = skip_blanks(stop, end);
	}
	if (p < end && *p == ':') {
		stop = word_end(p, end);
		m->source_text = slice(p + 1, (size_t)(stop - p - 1));
		ircsource_parse(m->source_text, &m->source);
		p = skip_blanks(stop, end);
	}
	stop = word_end(p, end);
	m->command = slice(p, (size_t)(stop - p));
	if (m->command.len == 0) {
		return ERR_BAD_INPUT;
	}
	m->numeric = numeric_of(m->command);
	parse_params(stop, end, m);
	return ERR_OK;
}

struct slice ircmsg_tag(const struct ircmsg *m, const char *key)
{
	for (unsigned i = 0; i < m->ntags; i++) {
		if (slice_is(m->tags[i].key, key)) {
			struct slice value = m->tags[i].value;

			return value.p != NULL ? value : slice("", 0);
		}
	}
	return slice(NULL, 0);
}

struct slice ircmsg_param(const struct ircmsg *m, unsigned i)
{
	return i < m->nparams ? m->params[i] : slice(NULL, 0);
}

struct slice ircmsg_last(const struct ircmsg *m)
{
	return m->nparams ? m->params[m->nparams - 1] : slice(NULL, 0);
}

bool ircmsg_is(const struct ircmsg *m, const char *word)
{
	return slice_is_nocase(m->command, word);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/*
 * On a mismatch go back to the last star only: never exponential, at worst
 * mask times text, both bounded by a line.
 */
bool irc_mask_match(struct slice mask, struct slice text)
{
	size_t m = 0;
	size_t t = 0;
	size_t star = SIZE_MAX;
	size_t resume = 0;

	while (t < text.len) {
		if (m < mask.len && mask.p[m] == '*') {
			star = m++;
			resume = t;
		} else if (m < mask.len && (mask.p[m] == '?' ||
			lower(mask.p[m]) == lower(text.p[t]))) {
			m++;
			t++;
		} else if (star != SIZE_MAX) {
			m = star + 1;
			t = ++resume;
		} else {
			return false;
		}
	}
	while (m < mask.len && mask.p[m] == '*') {
		m++;
	}
	return m == mask.len;
}
