/* SPDX-License-Identifier: MIT */
#include "irc/isupport.h"

#include <stddef.h>
#include <string.h>

#include "base/err.h"

enum { VALUE_MAX = 512, LIST_MOST = 10000 };

/* ---- numbers: one table, clipped to sane bounds ---- */

static const struct number {
	const char *name;
	size_t offset;
	unsigned def;
	unsigned min;
	unsigned max;
} numbers[] = {
	{"AWAYLEN", offsetof(struct isupport, awaylen), 200, 16, 4096},
	{"CHANNELLEN", offsetof(struct isupport, channellen), 200, 8, 512},
	{"HOSTLEN", offsetof(struct isupport, hostlen), 63, 16, 255},
	{"KEYLEN", offsetof(struct isupport, keylen), 23, 1, 256},
	{"KICKLEN", offsetof(struct isupport, kicklen), 255, 16, 4096},
	{"LINELEN", offsetof(struct isupport, linelen), 512, 512, 8191},
	{"MAXNICKLEN", offsetof(struct isupport, maxnicklen), 0, 0, 512},
	{"MAXTARGETS", offsetof(struct isupport, maxtargets), 1, 1, 100},
	{"MODES", offsetof(struct isupport, modes), 3, 1, 100},
	{"NAMELEN", offsetof(struct isupport, namelen), 150, 16, 512},
	{"NICKLEN", offsetof(struct isupport, nicklen), 9, 1, 512},
	{"TOPICLEN", offsetof(struct isupport, topiclen), 390, 16, 4096},
	{"USERLEN", offsetof(struct isupport, userlen), 10, 1, 64},
};

static const struct flag {
	const char *name;
	size_t offset;
} flags[] = {
	{"NAMESX", offsetof(struct isupport, namesx)},
	{"SAFELIST", offsetof(struct isupport, safelist)},
	{"UHNAMES", offsetof(struct isupport, uhnames)},
	{"UTF8ONLY", offsetof(struct isupport, utf8only)},
	{"WHOX", offsetof(struct isupport, whox)},
	{"draft/ACCOUNTREQUIRED", offsetof(struct isupport, account_required)},
};

static const struct word {
	const char *name;
	size_t offset;
	size_t cap;
	const char *def;
	bool never_empty; /* an empty value means the default */
} words[] = {
	{"CHANTYPES", offsetof(struct isupport, chantypes), 16, "#&+!", true},
	{"ACCOUNTEXTBAN", offsetof(struct isupport, account_extban),
		ISUPPORT_TEXT, "", false},
	{"ELIST", offsetof(struct isupport, elist), 16, "", false},
	{"EXTBAN", offsetof(struct isupport, extban), ISUPPORT_TEXT, "", false},
	{"NETWORK", offsetof(struct isupport, network), ISUPPORT_TEXT, "",
		false},
	{"STATUSMSG", offsetof(struct isupport, statusmsg), 16, "", false},
};

#define EACH(i, table) size_t i = 0; i < sizeof(table) / sizeof(table)[0]; i++

static void *field(struct isupport *is, size_t offset)
{
	return (char *)is + offset;
}

static void set_text(char *out, size_t cap, struct slice value)
{
	size_t n = value.len < cap - 1 ? value.len : cap - 1;

	if (n > 0) {
		memcpy(out, value.p, n);
	}
	out[n] = '\0';
}

/* A value that is no number or 0 where 0 makes no sense is the default. */
static void set_number(struct isupport *is, const struct number *row,
	struct slice value)
{
	long n = slice_number(value, 1000000000L);
	unsigned *out = field(is, row->offset);

	if (n < 0 || (n == 0 && row->min > 0)) {
		*out = row->def;
	} else if (n < (long)row->min) {
		*out = row->min;
	} else {
		*out = n > (long)row->max ? row->max : (unsigned)n;
	}
}

/* ---- values with a form of their own ---- */

static void set_prefix(struct isupport *is, struct slice value)
{
	const char *close;
	size_t n;

	if (value.len == 0) {
		is->prefix_modes[0] = '\0';
		is->prefix_symbols[0] = '\0';
		return;
	}
	close = memchr(value.p, ')', value.len);
	if (value.p[0] != '(' || close == NULL) {
		return;
	}
	n = (size_t)(close - value.p) - 1;
	if (n > ISUPPORT_PREFIXES || value.len != 2 * n + 2) {
		return;
	}
	set_text(is->prefix_modes, sizeof is->prefix_modes,
		slice(value.p + 1, n));
	set_text(is->prefix_symbols, sizeof is->prefix_symbols,
		slice(close + 1, n));
}

static void set_chanmodes(struct isupport *is, struct slice value)
{
	for (int i = 0; i < 4; i++) {
		set_text(is->chanmodes[i], ISUPPORT_TEXT,
			slice_cut(&value, ','));
	}
}

/* "NAMES:1,LIST:1,JOIN:,PRIVMSG:4"; no number: without limit. */
static void set_targmax(struct isupport *is, struct slice value)
{
	while (value.len > 0) {
		struct slice one = slice_cut(&value, ',');
		struct slice name = slice_cut(&one, ':');
		long n = slice_number(one, 1000000L);

		if (n <= 0 || n > 100) {
			n = one.len == 0 || n > 100 ? 100 : 1;
		}
		if (slice_is_nocase(name, "PRIVMSG")) {
			is->maxtargets = (unsigned)n;
		} else if (slice_is_nocase(name, "JOIN")) {
			is->maxjoins = (unsigned)n;
		}
	}
}

static void set_casemap(struct isupport *is, struct slice value)
{
	is->casemap = casemap_find(value);
}

/* Half an address leads nowhere: one that is too long is none. */
static void set_icon(struct isupport *is, struct slice value)
{
	set_text(is->icon, sizeof is->icon,
		value.len < sizeof is->icon ? value : slice("", 0));
}

static void set_bot(struct isupport *is, struct slice value)
{
	is->bot = value.len == 1 ? value.p[0] : '\0';
}

/* The client tags that we send: of others nobody asks. */
static const char *const client_tags[] = {
	"channel-context", "draft/react", "draft/reply", "draft/unreact",
	"reply", "typing",
};

enum { CLIENT_TAGS = sizeof client_tags / sizeof *client_tags };

/* "*,-typing": all but typing. */
static bool denies(struct slice list, const char *tag)
{
	bool denied = false;

	while (list.len > 0) {
		struct slice word = slice_cut(&list, ',');

		if (slice_is(word, "*") || slice_is(word, tag)) {
			denied = true;
		} else if (word.len > 0 && word.p[0] == '-' &&
			slice_is(slice(word.p + 1, word.len - 1), tag)) {
			return false;
		}
	}
	return denied;
}

static void set_tags_denied(struct isupport *is, struct slice value)
{
	is->tags_denied = 0;
	for (unsigned i = 0; i < CLIENT_TAGS; i++) {
		if (denies(value, client_tags[i])) {
			is->tags_denied |= 1U << i;
		}
	}
}

/* No number: the list has no limit of its own. */
static unsigned list_limit(struct slice value)
{
	long n = slice_number(value, 1000000000L);

	if (value.len == 0 || n > LIST_MOST) {
		return LIST_MOST;
	}
	return n > 0 ? (unsigned)n : 0;
}

static void set_monitor(struct isupport *is, struct slice value)
{
	is->monitor = list_limit(value);
}

static void set_watch(struct isupport *is, struct slice value)
{
	is->watch = list_limit(value);
}

/* WATCHOPTS=A */
static void set_watch_options(struct isupport *is, struct slice value)
{
	is->watch_away = value.len > 0 &&
		memchr(value.p, 'A', value.len) != NULL;
}

static const struct special {
	const char *name;
	const char *def;
	void (*set)(struct isupport *is, struct slice value);
} specials[] = {
	{"BOT", "", set_bot},
	{"CASEMAPPING", "rfc1459", set_casemap},
	{"CHANMODES", "b,k,l,imnpst", set_chanmodes},
	{"CLIENTTAGDENY", "", set_tags_denied},
	{"MONITOR", "0", set_monitor},
	{"PREFIX", "(ov)@+", set_prefix},
	{"TARGMAX", "PRIVMSG:1,JOIN:10", set_targmax},
	{"WATCH", "0", set_watch},
	{"WATCHOPTS", "", set_watch_options},
	{"draft/ICON", "", set_icon},
};

void isupport_init(struct isupport *is)
{
	*is = (struct isupport){0};
	for (EACH(i, numbers)) {
		*(unsigned *)field(is, numbers[i].offset) = numbers[i].def;
	}
	for (EACH(i, words)) {
		set_text(field(is, words[i].offset), words[i].cap,
			slice_str(words[i].def));
	}
	for (EACH(i, specials)) {
		specials[i].set(is, slice_str(specials[i].def));
	}
}

static int hex(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \xHH is one byte; NUL and line ends are left out. */
static struct slice decode(struct slice value, char out[VALUE_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < value.len && n < VALUE_MAX; i++) {
		int high = -1;
		int low = -1;

		if (value.p[i] == '\\' && value.len - i >= 4 &&
			value.p[i + 1] == 'x') {
			high = hex(value.p[i + 2]);
			low = hex(value.p[i + 3]);
		}
		if (high < 0 || low < 0) {
			out[n++] = value.p[i];
			continue;
		}
		i += 3;
		if (high * 16 + low != 0 && high * 16 + low != '\r' &&
			high * 16 + low != '\n') {
			out[n++] = (char)(high * 16 + low);
		}
	}
	return slice(out, n);
}

static void apply(struct isupport *is, struct slice name, struct slice value,
	bool unset)
{
	for (EACH(i, numbers)) {
		if (slice_is_nocase(name, numbers[i].name)) {
			set_number(is, &numbers[i],
				unset ? slice(NULL, 0) : value);
			return;
		}
	}
	for (EACH(i, flags)) {
		if (slice_is_nocase(name, flags[i].name)) {
			*(bool *)field(is, flags[i].offset) = !unset;
			return;
		}
	}
	for (EACH(i, words)) {
		if (slice_is_nocase(name, words[i].name)) {
			if (unset || (value.len == 0 && words[i].never_empty)) {
				value = slice_str(words[i].def);
			}
			set_text(field(is, words[i].offset), words[i].cap,
				value);
			return;
		}
	}
	for (EACH(i, specials)) {
		if (slice_is_nocase(name, specials[i].name)) {
			specials[i].set(is,
				unset ? slice_str(specials[i].def) : value);
			return;
		}
	}
}

void isupport_token(struct isupport *is, struct slice token)
{
	char decoded[VALUE_MAX];
	struct slice name;
	bool unset = token.len > 0 && token.p[0] == '-';

	is->seen = true;
	if (unset) {
		token.p++;
		token.len--;
	}
	name = slice_cut(&token, '=');
	apply(is, name, decode(token, decoded), unset);
}

bool isupport_tag_allowed(const struct isupport *is, const char *tag)
{
	unsigned i = 0;

	while (i < CLIENT_TAGS && strcmp(client_tags[i], tag) != 0) {
		i++;
	}
	must(i < CLIENT_TAGS);
	return (is->tags_denied & 1U << i) == 0;
}

unsigned isupport_longest_nick(const struct isupport *is)
{
	return is->nicklen > is->maxnicklen ? is->nicklen : is->maxnicklen;
}

bool isupport_is_channel(const struct isupport *is, struct slice name)
{
	return name.len > 0 && name.p[0] != '\0' &&
		strchr(is->chantypes, name.p[0]) != NULL;
}

static int place(const char *in, char c)
{
	const char *at = c != '\0' ? strchr(in, c) : NULL;

	return at != NULL ? (int)(at - in) : -1;
}

int isupport_symbol(const struct isupport *is, char symbol)
{
	return place(is->prefix_symbols, symbol);
}

int isupport_mode(const struct isupport *is, char mode)
{
	return place(is->prefix_modes, mode);
}

enum mode_kind isupport_mode_kind(const struct isupport *is, char mode)
{
	static const enum mode_kind kinds[4] = {
		MODE_LIST, MODE_ALWAYS, MODE_ON_SET, MODE_NEVER,
	};

	if (isupport_mode(is, mode) >= 0) {
		return MODE_PREFIX;
	}
	for (int i = 0; i < 4; i++) {
		if (place(is->chanmodes[i], mode) >= 0) {
			return kinds[i];
		}
	}
	return MODE_NEVER;
}

bool isupport_has_mode(const struct isupport *is, char mode)
{
	for (int i = 0; i < 4; i++) {
		if (place(is->chanmodes[i], mode) >= 0) {
			return true;
		}
	}
	return false;
}
