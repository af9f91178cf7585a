/* SPDX-License-Identifier: MIT */
#include "irc/ircout.h"

#include <string.h>

#include "base/utf8.h"

/*
 * NICKLEN and others are known only after 005: until then a nick may be what
 * any server could allow. Others' nicks may be longer than our NICKLEN.
 */
enum { LEN_UNKNOWN = 64, TARGET_MAX = 512, WORD_MAX_BYTES = 512 };

static enum err bad_at(size_t *bad, size_t i)
{
	if (bad != NULL) {
		*bad = i;
	}
	return ERR_BAD_INPUT;
}

static enum err fits(struct slice value, size_t max, size_t *bad)
{
	if (value.len <= max) {
		return ERR_OK;
	}
	if (bad != NULL) {
		*bad = max;
	}
	return ERR_TOO_BIG;
}

/* None of `chars`, no control character, no blank. */
static enum err word(struct slice value, const char *chars, size_t *bad)
{
	if (value.len == 0) {
		return bad_at(bad, 0);
	}
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];

		/* A tab is no blank to any server; only names go without. */
		if ((c <= ' ' && (c != '\t' || chars[0] != '\0')) ||
			c == 0x7f || strchr(chars, c) != NULL) {
			return bad_at(bad, i);
		}
	}
	return value.p[0] == ':' ? bad_at(bad, 0) : ERR_OK;
}

static enum err nick(const struct isupport *is, struct slice value, size_t max,
	size_t *bad)
{
	enum err err = word(value, ",*?!@", bad);

	if (err != ERR_OK) {
		return err;
	}
	return isupport_is_channel(is, value) ? bad_at(bad, 0)
					      : fits(value, max, bad);
}

/* Blanks, commas and BEL end names on all servers (RFC 1459 1.3). */
static enum err channel(const struct isupport *is, struct slice value,
	size_t *bad)
{
	if (!isupport_is_channel(is, value)) {
		return bad_at(bad, 0);
	}
	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i];

		if (c == '\0' || c == '\r' || c == '\n' || c == ' ' ||
			c == ',' || c == '\a') {
			return bad_at(bad, i);
		}
	}
	return fits(value, is->channellen, bad);
}

static enum err target(const struct isupport *is, struct slice value,
	size_t *bad)
{
	struct slice rest = value;

	if (isupport_is_channel(is, value) &&
		(value.len < 2 || strchr(is->statusmsg, value.p[0]) == NULL ||
			!isupport_is_channel(is, slice(value.p + 1, 1)))) {
		return channel(is, value, bad);
	}
	if (value.len > 1 && value.p[0] != '\0' &&
		strchr(is->statusmsg, value.p[0]) != NULL) {
		rest.p++;
		rest.len--;
		if (isupport_is_channel(is, rest)) {
			return channel(is, rest, bad);
		}
	}
	return nick(is, value, TARGET_MAX, bad);
}

static enum err text(struct slice value, size_t *bad)
{
	size_t size;

	for (size_t i = 0; i < value.len; i += size) {
		uint32_t cp = utf8_decode(value.p + i, value.len - i, &size);

		if (cp == UTF8_BAD || cp == 0 || cp == '\r' || cp == '\n') {
			return bad_at(bad, i);
		}
	}
	return ERR_OK;
}

static enum err utf8_word(struct slice value, const char *chars, size_t max,
	size_t *bad)
{
	enum err err = word(value, chars, bad);

	if (err == ERR_OK) {
		err = text(value, bad);
	}
	return err == ERR_OK ? fits(value, max, bad) : err;
}

enum err irc_field_check(const struct isupport *is, enum irc_field field,
	struct slice value, size_t *bad)
{
	unsigned nicklen = is->seen ? is->nicklen : LEN_UNKNOWN;

	switch (field) {
	case FIELD_NICK:
		return nick(is, value, nicklen, bad);
	case FIELD_PERSON:
		return nick(is, value, TARGET_MAX, bad);
	case FIELD_CHANNEL:
		return channel(is, value, bad);
	case FIELD_TARGET:
		return target(is, value, bad);
	case FIELD_KEY:
		return utf8_word(value, ",",
			is->seen ? is->keylen : LEN_UNKNOWN, bad);
	case FIELD_WORD:
		return utf8_word(value, "", WORD_MAX_BYTES, bad);
	case FIELD_USER:
		return utf8_word(value, "@!,*?", LEN_UNKNOWN, bad);
	case FIELD_TEXT:
		return text(value, bad);
	case FIELD_SECRET:
		return value.len == 0 ? bad_at(bad, 0) : text(value, bad);
	}
	return ERR_BAD_INPUT;
}

static bool is_trailing(const struct irc_arg *args, size_t nargs, size_t i)
{
	return i + 1 == nargs && (args[i].field == FIELD_TEXT ||
		args[i].field == FIELD_SECRET);
}

enum err irc_build(const struct isupport *is, struct buf *line,
	const char *command, const struct irc_arg *args, size_t nargs)
{
	buf_reset(line, SIZE_MAX);
	buf_add_str(line, command);
	for (size_t i = 0; i < nargs; i++) {
		enum err err = irc_field_check(is, args[i].field,
			args[i].value, NULL);

		if (err == ERR_OK && !is_trailing(args, nargs, i) &&
			(args[i].field == FIELD_TEXT ||
				args[i].field == FIELD_SECRET)) {
			err = word(args[i].value, "", NULL);
		}
		if (err != ERR_OK) {
			return err;
		}
		buf_add(line, " :", is_trailing(args, nargs, i) ? 2 : 1);
		buf_add_slice(line, args[i].value);
	}
	return line->overflow || line->len > is->linelen - 2 ? ERR_TOO_BIG
							     : ERR_OK;
}

void irc_one_line(struct buf *out, struct slice from, size_t max)
{
	size_t start = out->len;
	size_t size;
	size_t n;

	for (size_t i = 0; i < from.len; i += size) {
		uint32_t cp = utf8_decode(from.p + i, from.len - i, &size);

		if (cp == '\r' || cp == '\n' || cp == 0x85 || cp == 0x2028 ||
			cp == 0x2029) {
			if (cp != '\n' || i == 0 || from.p[i - 1] != '\r') {
				buf_add_char(out, ' ');
			}
		} else if (cp != UTF8_BAD && (cp >= 0x20 || cp == '\t') &&
			cp != 0x7f) {
			buf_add(out, from.p + i, size);
		}
	}
	n = out->len > start
		? utf8_cut(slice(out->p + start, out->len - start), max)
		: 0;
	if (out->len > start + n) {
		buf_truncate(out, start + n);
	}
}

static bool nick_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= '}') ||
		c == '-';
}

void irc_make_nick(struct buf *out, struct slice from, unsigned nicklen)
{
	size_t start = out->len;
	size_t size;

	for (size_t i = 0; i < from.len; i += size) {
		char c = from.p[i];

		utf8_decode(from.p + i, from.len - i, &size);
		if (out->len == start &&
			((c >= '0' && c <= '9') || c == '-')) {
			buf_add_char(out, '_');
		}
		buf_add_char(out, nick_char((unsigned char)c) ? c : '_');
		if (out->len - start >= nicklen) {
			break;
		}
	}
	if (out->len == start) {
		buf_add_char(out, '_');
	}
	if (out->len - start > nicklen) {
		buf_truncate(out, start + (nicklen ? nicklen : 1));
	}
}

void irc_make_user(struct buf *out, struct slice from, unsigned userlen)
{
	size_t start = out->len;

	for (size_t i = 0; i < from.len && out->len - start < userlen; i++) {
		char c = from.p[i];

		/* ircd-hybrid takes letters and digits only (QUIRKS). */
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			(c >= 'a' && c <= 'z')) {
			buf_add_char(out, c);
		}
	}
	if (out->len == start) {
		buf_add_str(out, "user");
	}
}
