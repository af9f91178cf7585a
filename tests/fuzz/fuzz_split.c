/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/utf8.h"
#include "irc/ircformat.h"
#include "irc/ircout.h"
#include "tests/fuzz/fuzz.h"

/*
 * What users type, on its way to IRC. Promises: each line is within the
 * budget, valid UTF-8, without control characters but tab, and in order; all
 * letters arrive; a built line holds no CR, LF or NUL and is within 510 bytes.
 */
struct seen {
	struct irc_split how;
	unsigned lines;
	size_t letters;
};

static size_t letters(struct slice s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		n += s.p[i] > ' ' && s.p[i] < 0x7f;
	}
	return n;
}

static void clean(struct slice s, bool formats)
{
	must(utf8_valid(s));
	for (size_t i = 0; i < s.len; i++) {
		must((unsigned char)s.p[i] >= ' ' || s.p[i] == '\t' ||
			(formats && irc_format_code(slice(s.p + i, s.len - i),
				NULL) > 0));
	}
}

static void on_line(void *ctx, struct slice line, bool joined)
{
	struct seen *seen = ctx;

	must(line.len > 0 || (seen->how.multiline && !joined));
	must(line.len <= seen->how.budget);
	clean(line, seen->how.formats);
	seen->lines++;
	seen->letters += letters(line);
}

static void check_split(struct slice body, size_t budget, int how)
{
	struct seen seen = {
		.how = {budget, 100, (how & 1) != 0, (how & 2) != 0},
	};
	unsigned count = 0;

	if (irc_split(&seen.how, body, on_line, &seen, &count) != ERR_OK) {
		must(seen.lines == 0);
		return;
	}
	must(count == seen.lines && count > 0 && count <= 100);
	must(seen.how.formats || seen.letters == letters(body));
}

static void check_fields(struct slice text)
{
	struct isupport is;
	struct buf line;

	isupport_init(&is);
	buf_init(&line, 20000);
	for (int field = FIELD_NICK; field <= FIELD_SECRET; field++) {
		struct irc_arg args[2] = {
			{(enum irc_field)field, text}, {FIELD_TEXT, text},
		};

		if (irc_build(&is, &line, "X", args, 2) == ERR_OK) {
			must(line.len <= 510);
			must(memchr(line.p, '\r', line.len) == NULL);
			must(memchr(line.p, '\n', line.len) == NULL);
			must(memchr(line.p, '\0', line.len) == NULL);
		}
	}
	buf_finish(&line);
}

static void check_made(struct slice text)
{
	struct isupport is;
	struct buf out;

	isupport_init(&is);
	buf_init(&out, 20000);
	irc_make_nick(&out, text, 9);
	must(irc_field_check(&is, FIELD_NICK, buf_slice(&out), NULL) == ERR_OK);
	must(out.len <= 9);
	buf_reset(&out, SIZE_MAX);
	irc_make_user(&out, text, 10);
	must(irc_field_check(&is, FIELD_USER, buf_slice(&out), NULL) == ERR_OK);
	buf_reset(&out, SIZE_MAX);
	irc_one_line(&out, text, 50);
	must(out.len <= 50);
	clean(buf_slice(&out), false);
	buf_reset(&out, SIZE_MAX);
	irc_strip_formats(&out, text);
	must(out.len <= text.len);
	buf_finish(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text;

	if (size < 1 || size > 10000) {
		return 0;
	}
	text = slice((const char *)data + 1, size - 1);
	for (int how = 0; how < 4; how++) {
		/* Codes that are opened again want their place. */
		check_split(text, (how & 1 ? 40U : 8U) + data[0], how);
	}
	check_fields(text);
	check_made(text);
	return 0;
}
