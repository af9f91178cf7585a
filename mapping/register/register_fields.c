/* SPDX-License-Identifier: MIT */
#include "mapping/register/register_fields.h"

#include <string.h>

#include "base/charset.h"
#include "irc/ircout.h"
#include "mapping/addr.h"
#include "mapping/network.h"
#include "mapping/text.h"

enum {
	NICK_BYTES = 30,   /* before a server told its NICKLEN */
	ALTNICKS = 8,
	CHANNELS = 50,
	LINES = 20,
	LINE_BYTES = 400,
	THROTTLE_MAX = 60, /* seconds */
};

/* ---- what a value may be ---- */

static bool is_field(const struct register_rules *r, enum irc_field field,
	struct slice value)
{
	return irc_field_check(r->is, field, value, NULL) == ERR_OK;
}

/* One line of text without control characters. */
static bool check_text(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	(void)r;
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c < 0x20 || c == 0x7f) {
			return false;
		}
	}
	buf_add_slice(out, value);
	return true;
}

/* What would not have to be changed is legal (D.2). */
static bool check_nick(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	size_t start = out->len;

	irc_make_nick(out, value, r->is->seen ? r->is->nicklen : NICK_BYTES);
	return slice_is(value, buf_cstr(out) + start);
}

/* Words, by blanks and commas, one blank between them. */
static bool check_words(const struct register_rules *r, struct slice value,
	struct buf *out, unsigned most, register_check_fn *check)
{
	static const char between[] = " ,\t\r\n";
	unsigned n = 0;
	size_t i = 0;

	while (i < value.len) {
		size_t start = i;

		while (i < value.len &&
			memchr(between, value.p[i], sizeof between - 1) ==
				NULL) {
			i++;
		}
		if (i == start) {
			i++;
			continue;
		}
		if (n++ > 0) {
			buf_add_char(out, ' ');
		}
		if (n > most ||
			!check(r, slice(value.p + start, i - start), out)) {
			return false;
		}
	}
	return true;
}

static bool check_nicks(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	return check_words(r, value, out, ALTNICKS, check_nick);
}

static bool check_channel(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	buf_add_slice(out, value);
	return is_field(r, FIELD_CHANNEL, value) && value.len > 1;
}

static bool check_channels(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	return check_words(r, value, out, CHANNELS, check_channel);
}

static bool check_user(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	buf_add_slice(out, value);
	return is_field(r, FIELD_USER, value);
}

static bool check_account(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	return memchr(value.p, ' ', value.len) == NULL &&
		check_text(r, value, out);
}

static bool check_email(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	const char *at = memchr(value.p, '@', value.len);

	return at != NULL && at > value.p && at + 1 < value.p + value.len &&
		check_account(r, value, out);
}

static bool check_network(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	struct fault fault;
	struct network *n = addr_network(r->core, value, &fault);

	if (n == NULL) {
		return false;
	}
	buf_add_slice(out, istr_slice(n->entry.key));
	return true;
}

static bool check_host(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	(void)r;
	return addr_host(value, out);
}

static bool check_port(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	long port = slice_number(value, 65535);

	(void)r;
	buf_addf(out, "%ld", port);
	return port > 0;
}

/* Of the system's, any that IRC can be written in (G.3). */
static bool check_charset(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	struct charset *charset;

	(void)r;
	if (charset_open(value, &charset) != ERR_OK) {
		return false;
	}
	charset_unref(charset);
	buf_add_slice(out, value);
	return true;
}

static bool check_seconds(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	long seconds = slice_number(value, THROTTLE_MAX);

	(void)r;
	buf_addf(out, "%ld", seconds);
	return seconds >= 0;
}

static bool check_flag(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	bool flag = form_flag(value, false);

	(void)r;
	buf_add_char(out, flag ? '1' : '0');
	return flag == form_flag(value, true);
}

/* Of those that we have words in: English, or another text for the same. */
static bool check_language(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	static const char word[] = "Notice";
	size_t start = out->len;
	struct slice rest;
	const char *tag;

	for (size_t i = 0; i < value.len; i++) {
		char c = value.p[i] == '_' ? '-' : value.p[i];

		if (c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') &&
			(c < 'A' || c > 'Z')) {
			return false;
		}
		buf_add_char(out, c);
	}
	tag = buf_cstr(out) + start;
	rest = slice_str(tag);
	return slice_is_nocase(slice_cut(&rest, '-'), "en") ||
		text(r->core, tag, word) != word;
}

/* Lines for IRC; what ircnet would refuse is found out when they are sent. */
static bool check_lines(const struct register_rules *r, struct slice value,
	struct buf *out)
{
	unsigned n = 0;

	while (value.len > 0) {
		struct slice line = slice_trim(slice_cut(&value, '\n'));
		struct slice rest = line;

		if (line.len > 0 && line.p[0] == '/') {
			line = slice(line.p + 1, line.len - 1);
			rest = line;
		}
		if (line.len == 0) {
			continue;
		}
		if (n++ > 0) {
			buf_add_char(out, '\n');
		}
		if (n > LINES || line.len > LINE_BYTES ||
			slice_is_nocase(slice_cut(&rest, ' '), "quit") ||
			!check_text(r, line, out)) {
			return false;
		}
	}
	return true;
}

/* ---- the fields ---- */

static const struct form_option tls_options[] = {
	{N_("The server's certificate is checked"), "verify"},
	{N_("The server's certificate is not checked"), "insecure"},
};

static const struct form_option offline_options[] = {
	{N_("Leave IRC"), "quit"},
	{N_("Stay, marked as away"), "away"},
	{N_("Stay"), "stay"},
};

static const struct form_option presence_options[] = {
	{N_("As the gateway does it"), "auto"},
	{N_("Everybody"), "full"},
	{N_("Those who speak, operators, people you write to"), "lazy"},
};

#define OPTIONS(list) list, sizeof(list) / sizeof *(list)

/* A value that is one of the options needs no check of its own. */
const struct register_field register_fields[] = {
	{SET_NICK, "nick", "text-single", N_("Nick"), FIELD_NEEDED, NULL, NULL,
		0, check_nick,
		N_("nick: IRC does not allow this nick, or it is too long. Use "
		   "letters, digits and -_[]{}\\|^`, and begin with no digit.")},
	{SET_ALTNICKS, NULL, "text-single",
		N_("Other nicks, when that one is in use"), 0, NULL, NULL, 0,
		check_nicks,
		N_("altnicks: nicks that IRC allows, with spaces between "
		   "them, eight at most.")},
	{SET_USERNAME, "username", "text-single", N_("User name (ident)"), 0,
		NULL, NULL, 0, check_user,
		N_("username: use letters and digits, without spaces.")},
	{SET_NAME, "name", "text-single", N_("Real name, shown by WHOIS"), 0,
		NULL, NULL, 0, check_text,
		N_("name: one line of text, 200 bytes at most.")},
	{SET_PASSWORD, "password", "text-private",
		N_("Password of your account on IRC (empty: as it is)"), 0,
		NULL, NULL, 0, check_text,
		N_("password: one line, 400 bytes at most.")},
	{SET_EMAIL, "email", "text-single",
		N_("E-mail address, only for creating an account on IRC"), 0,
		NULL, NULL, 0, check_email,
		N_("email: that is no e-mail address.")},
	{SET_ACCOUNT, NULL, "text-single",
		N_("Account on IRC, when it is not the nick"), 0, NULL, NULL,
		0, check_account,
		N_("account: one word, 64 bytes at most.")},
	{SET_NETWORK, NULL, "list-single", N_("Default network"), FIELD_ON_GW,
		NULL, NULL, 0, check_network,
		N_("network: there is no IRC network of that name here.")},
	{SET_ADDRESS, NULL, "text-single",
		N_("Server, when it is not the network's name"), FIELD_FREE,
		NULL, NULL, 0, check_host, N_("address: that is no host "
			"name. Look at its spelling.")},
	{SET_PORT, NULL, "text-single", N_("Port"), FIELD_FREE, NULL, NULL, 0,
		check_port, N_("port: a number from 1 to 65535.")},
	{SET_TLS, NULL, "list-single", N_("Encryption"), FIELD_FREE, "verify",
		OPTIONS(tls_options), NULL,
		N_("tls: either verify or insecure.")},
	{SET_SERVER_PASSWORD, NULL, "text-private",
		N_("Password of the server itself (empty: as it is)"), 0, NULL,
		NULL, 0, check_text,
		N_("server_password: one line, 400 bytes at most.")},
	{SET_AUTOCONNECT, NULL, "boolean",
		N_("Connect when you come online"), 0, NULL, NULL, 0,
		check_flag, N_("autoconnect: either 1 or 0.")},
	{SET_AUTOJOIN, NULL, "text-multi",
		N_("Channels to be on while connected"), FIELD_MULTI, NULL,
		NULL, 0, check_channels,
		N_("autojoin: names of channels that begin with #, one on a "
		   "line, 50 at most.")},
	{SET_COMMANDS, NULL, "text-multi",
		N_("IRC lines to be sent after connecting (empty: as they are)"),
		FIELD_MULTI, NULL, NULL, 0, check_lines,
		N_("commands: IRC lines of 400 bytes at most, 20 of them, and "
		   "no QUIT.")},
	{SET_SASL, NULL, "boolean", N_("Log in by SASL"), 0, "1", NULL, 0,
		check_flag, N_("sasl: either 1 or 0.")},
	{SET_SASL_REQUIRED, NULL, "boolean",
		N_("Connect only when the login by SASL works"), 0, "0", NULL,
		0, check_flag, N_("sasl_required: either 1 or 0.")},
	{SET_NICKSERV, NULL, "boolean",
		N_("Log in by NickServ when there is no SASL"), 0, "1", NULL, 0,
		check_flag, N_("nickserv: either 1 or 0.")},
	{SET_THROTTLE, NULL, "text-single",
		N_("Seconds between lines, to be slower than the gateway"), 0,
		"0", NULL, 0, check_seconds,
		N_("throttle: a number of seconds from 0 to 60.")},
	{SET_ENCODING, NULL, "text-single",
		N_("Character set of text on IRC that is not UTF-8"), 0, NULL,
		NULL, 0, check_charset,
		N_("encoding: this gateway does not know that character set. "
		   "Names look like windows-1252, ISO-8859-2 or KOI8-R.")},
	{SET_WHEN_OFFLINE, NULL, "list-single",
		N_("When your last client goes offline"), 0, "quit",
		OPTIONS(offline_options), NULL,
		N_("when_offline: one of quit, away and stay.")},
	{SET_PRESENCE, NULL, "list-single",
		N_("Whom rooms show you, from when you enter them"), 0, "auto",
		OPTIONS(presence_options), NULL,
		N_("presence: one of auto, full and lazy.")},
	{SET_BOT, NULL, "boolean",
		N_("Mark me on IRC as a program (bot)"), 0, "0", NULL, 0,
		check_flag, N_("bot: either 1 or 0.")},
	{SET_AWAY_REPLY, NULL, "boolean",
		N_("Tell me when somebody I write to is away"), 0, "1", NULL, 0,
		check_flag, N_("away_reply: either 1 or 0.")},
	{SET_LANGUAGE, NULL, "text-single",
		N_("Language of the gateway's words (empty: as your client "
		   "says)"),
		FIELD_OF_USER, NULL, NULL, 0, check_language,
		N_("language: the gateway has no words in that language. Write "
		   "en, zh or another of the kind, or leave it empty.")},
};

const size_t register_field_count =
	sizeof register_fields / sizeof *register_fields;

bool register_field_offered(const struct mapping *m,
	const struct register_field *f, const struct network *n)
{
	if ((f->flags & FIELD_ON_GW) != 0) {
		return n == NULL && m->config->fixed_network == NULL;
	}
	if ((f->flags & FIELD_OF_USER) != 0) {
		return n == NULL;
	}
	if ((f->flags & FIELD_FREE) != 0) {
		/* What the operator lists has the operator's servers. */
		return m->config->free_choice &&
			(n == NULL || n->config == &n->own);
	}
	return true;
}

const char *register_inherited(const struct account *a,
	const struct register_field *f, const struct network *n)
{
	const char *value = NULL;

	if (a != NULL && n != NULL) {
		value = account_inherited(a, n, f->setting);
	}
	return value ? value : f->otherwise;
}
