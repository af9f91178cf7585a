/* SPDX-License-Identifier: MIT */
#include "mapping/command/channel_rows.h"

#include "base/charset.h"
#include "mapping/room/history.h"
#include "mapping/text.h"

static bool check_history(struct slice value, struct buf *out)
{
	long n = slice_number(value, HISTORY_LINES);

	buf_addf(out, "%ld", n);
	return n >= 0;
}

static bool check_encoding(struct slice value, struct buf *out)
{
	struct charset *charset;

	if (value.len > CHANNEL_VALUE_MAX ||
		charset_open(value, &charset) != ERR_OK) {
		return false;
	}
	charset_unref(charset);
	buf_add_slice(out, value);
	return true;
}

const char channel_automatic[] = "auto";

const struct channel_row channel_rows[CHANNEL_SETTINGS] = {
	[CHANNEL_PERSISTENT] = {N_("When your last client leaves"),
		{{N_("As the list of channels in your registration says"),
			 channel_automatic},
			{N_("Stay, and join when you connect"), "yes"},
			{N_("Leave"), "no"}},
		NULL, N_("persistent: one of auto, yes and no.")},
	[CHANNEL_HISTORY] = {
		N_("Messages of history shown to a client that enters, at "
		   "most; auto: as many as it asks for"),
		{{NULL, NULL}}, check_history,
		N_("history: a number from 0 to 50, or auto.")},
	[CHANNEL_NOTICES] = {
		N_("Notices, and lines about modes, invitations and netsplits"),
		{{N_("As the gateway does it"), channel_automatic},
			{N_("All notices and lines"), "all"},
			{N_("Notices of people alone"), "people"},
			{N_("No notices, no lines"), "none"}},
		NULL, N_("notices: one of auto, all, people and none.")},
	[CHANNEL_PRESENCE] = {N_("Whom the room shows you"),
		{{N_("As your registration says"), channel_automatic},
			{N_("Everybody"), "full"},
			{N_("Those who speak, operators, people you write to"),
				"lazy"}},
		NULL, N_("presence: one of auto, full and lazy.")},
	[CHANNEL_ENCODING] = {
		N_("Character set of text there that is not UTF-8; auto: as "
		   "everywhere"),
		{{NULL, NULL}}, check_encoding,
		N_("encoding: this gateway does not know that character set. "
		   "Names look like windows-1252, ISO-8859-2 or KOI8-R.")},
};

size_t channel_row_options(const struct channel_row *row)
{
	size_t n = 0;

	while (n < CHANNEL_OPTIONS_MAX && row->options[n].value != NULL) {
		n++;
	}
	return n;
}

bool channel_row_check(const struct channel_row *row, struct slice value,
	struct buf *out)
{
	size_t n = channel_row_options(row);

	if (value.len == 0 || slice_is_nocase(value, channel_automatic)) {
		return true;
	}
	for (size_t i = 0; i < n; i++) {
		if (slice_is_nocase(value, row->options[i].value)) {
			buf_add_str(out, row->options[i].value);
			return true;
		}
	}
	return row->check != NULL && row->check(value, out);
}
