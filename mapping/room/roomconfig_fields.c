/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/room/roomconfig.h"
#include "mapping/text.h"

/* What a channel can be set to, and what it is (PROTOCOL D.13). */

#define ROOM(name) "muc#roomconfig_" name

static const struct roomconfig_field fields[] = {
	{ROOM("roomname"), "fixed", N_("Name of the channel"), CONFIG_NAME, 0,
		0},
	{ROOM("roomdesc"), "text-single", N_("Subject (topic)"), CONFIG_TOPIC,
		0, 0},
	{ROOM("membersonly"), "boolean",
		N_("Only those who are invited may enter"), CONFIG_ON,
		CHANMODE_INVITE_ONLY, 0},
	{ROOM("moderatedroom"), "boolean",
		N_("Only those who have voice may speak"), CONFIG_ON,
		CHANMODE_MODERATED, 0},
	{ROOM("changesubject"), "boolean",
		N_("Everybody may change the subject"), CONFIG_OFF,
		CHANMODE_TOPIC_LOCKED, 0},
	{ROOM("publicroom"), "boolean",
		N_("Listed, and known to those who are not here"),
		CONFIG_PUBLIC, CHANMODE_SECRET, 0},
	{ROOM("persistentroom"), "boolean",
		N_("Stays when the last one has left"), CONFIG_PERSISTENT,
		CHANMODE_PERMANENT, 0},
	{ROOM("allowinvites"), "boolean",
		N_("Everybody who is here may invite"), CONFIG_ON,
		CHANMODE_ALL_INVITE, 0},
	{ROOM("passwordprotectedroom"), "boolean",
		N_("A password is needed to enter"), CONFIG_PROTECTED, 0, 0},
	{ROOM("roomsecret"), "text-private", N_("The password (channel key)"),
		CONFIG_SECRET, 0, 0},
	{ROOM("maxusers"), "list-single", N_("How many people at most"),
		CONFIG_LIMIT, 0, 0},
	{ROOM("whois"), "fixed", N_("Who sees user names and hosts"),
		CONFIG_WHOIS, 0, 0},
	{ROOM("roomadmins"), "jid-multi", N_("Operators who are here"),
		CONFIG_ADMINS, 0, 0},
	{ROOM("roomowners"), "jid-multi", N_("Owners who are here"),
		CONFIG_OWNERS, 0, 0},
	{"irc#noexternal", "boolean",
		N_("Only those who are here may send messages (+n)"), CONFIG_ON,
		CHANMODE_NO_EXTERNAL, 0},
	{"irc#private", "boolean", N_("Private (+p)"), CONFIG_ON,
		CHANMODE_PRIVATE, 0},
	{"irc#registered_only", "boolean",
		N_("Only those with an account may enter"), CONFIG_ON,
		CHANMODE_ACCOUNTS_JOIN, 0},
	{"irc#registered_speak", "boolean",
		N_("Only those with an account may speak"), CONFIG_ON,
		CHANMODE_ACCOUNTS_SPEAK, 0},
	{"irc#tls_only", "boolean", N_("Only those connected by TLS may enter"),
		CONFIG_ON, CHANMODE_TLS_ONLY, 0},
	{"irc#nocolors", "boolean", N_("No colours"), CONFIG_ON,
		CHANMODE_NO_COLORS, 0},
	{"irc#noctcp", "boolean", N_("No CTCP"), CONFIG_ON, CHANMODE_NO_CTCP,
		0},
	{"irc#bans", "text-multi", N_("Banned masks, one on each line"),
		CONFIG_LIST, 0, 'b'},
	{"irc#exceptions", "text-multi",
		N_("Masks that bans do not concern, one on each line"),
		CONFIG_LIST, 0, 'e'},
	{"irc#invex", "text-multi",
		N_("Masks that need no invitation, one on each line"),
		CONFIG_LIST, 0, 'I'},
	{"irc#modes", "text-single",
		N_("All modes as IRC writes them, with their parameters"),
		CONFIG_RAW, 0, 0},
};

static const char lists[CONFIG_LISTS + 1] = "beI";

_Static_assert(sizeof fields / sizeof *fields <= CONFIG_FIELDS_MAX,
	"one wish a field");

const struct roomconfig_field *roomconfig_fields(size_t *n)
{
	*n = sizeof fields / sizeof *fields;
	return fields;
}

static const struct isupport *isupport(const struct room *r)
{
	return ircnet_isupport(r->net);
}

static struct mapping *core(const struct room *r)
{
	return r->session->user->mapping;
}

unsigned roomconfig_list_place(char letter)
{
	return (unsigned)(strchr(lists, letter) - lists);
}

void roomconfig_list_letters(const struct room *r, char out[CONFIG_LISTS + 1])
{
	size_t n = 0;

	for (const char *c = lists; *c != '\0'; c++) {
		if (isupport_mode_kind(isupport(r), *c) == MODE_LIST) {
			out[n++] = *c;
		}
	}
	out[n] = '\0';
}

/* ---- which there are ---- */

bool roomconfig_offered(const struct room *r, const struct roomconfig_field *f)
{
	const struct isupport *is = isupport(r);
	bool known = r->chan->modes_known;

	switch (f->kind) {
	case CONFIG_ON:
	case CONFIG_OFF:
	case CONFIG_PUBLIC:
		return known && chanmode_letter(r->net, f->mode) != 0;
	case CONFIG_PROTECTED:
	case CONFIG_SECRET:
		return known && isupport_mode_kind(is, 'k') == MODE_ALWAYS;
	case CONFIG_LIMIT:
		return known && isupport_mode_kind(is, 'l') == MODE_ON_SET;
	case CONFIG_LIST:
		return isupport_mode_kind(is, f->list) == MODE_LIST;
	case CONFIG_RAW:
	case CONFIG_PERSISTENT:
		return known;
	default:
		return true;
	}
}

/* +P is for IRC operators on most servers: whoever may try has some power. */
bool roomconfig_settable(const struct room *r, const struct roomconfig_field *f)
{
	switch (f->kind) {
	case CONFIG_NAME:
	case CONFIG_WHOIS:
	case CONFIG_ADMINS:
	case CONFIG_OWNERS:
		return false;
	case CONFIG_PERSISTENT:
		return chanmode_letter(r->net, f->mode) != 0 &&
		       room_is_moderator(r);
	default:
		return true;
	}
}

/* ---- what they are ---- */

bool roomconfig_flag(const struct room *r, const struct roomconfig_field *f)
{
	const struct ircchan *c = r->chan;

	switch (f->kind) {
	case CONFIG_ON:
		return chan_has_mode(c, chanmode_letter(r->net, f->mode));
	case CONFIG_OFF:
		return !chan_has_mode(c, chanmode_letter(r->net, f->mode));
	case CONFIG_PUBLIC:
		return !chan_has_mode(c, 's') && !chan_has_mode(c, 'p');
	case CONFIG_PERSISTENT:
		return chanmode_among(r->net, CHANMODE_PERMANENT, c->modes) ||
		       chanmode_among(r->net, CHANMODE_REGISTERED, c->modes);
	case CONFIG_PROTECTED:
		return chan_has_mode(c, 'k');
	default:
		return false;
	}
}

struct slice roomconfig_key(const struct room *r)
{
	if (r->chan->key != NULL) {
		return slice_str(r->chan->key);
	}
	return slice_str(r->key ? r->key : "*");
}

bool roomconfig_is_raw(const struct isupport *is, char letter)
{
	enum mode_kind kind = isupport_mode_kind(is, letter);

	return chan_mode_bit(letter) != 0 && kind != MODE_LIST &&
	       kind != MODE_PREFIX;
}

static struct slice number(const struct room *r, unsigned n)
{
	char digits[16];
	int len = snprintf(digits, sizeof digits, "%u", n);

	return slice_str(arena_strndup(&core(r)->arena, digits, (size_t)len));
}

struct slice roomconfig_param(const struct room *r, char letter)
{
	enum mode_kind kind = isupport_mode_kind(isupport(r), letter);
	struct slice known = slice(NULL, 0);

	if (kind != MODE_ALWAYS && kind != MODE_ON_SET) {
		return known;
	}
	if (letter == 'k') {
		return roomconfig_key(r);
	}
	if (letter == 'l' && r->chan->limit > 0) {
		return number(r, r->chan->limit);
	}
	known = chan_param(r->chan, letter);
	return known.p ? known : slice_str("*");
}

/* "+ntkl key 20" */
static struct slice raw(const struct room *r)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct mapping *m = core(r);
	struct slice clean;
	struct buf words;
	struct buf args;

	buf_init_secret(&words, 32768); /* the key is one */
	buf_init_secret(&args, 32768);
	buf_add_char(&words, '+');
	for (const char *c = letters; *c != '\0'; c++) {
		struct slice arg;

		if (!chan_has_mode(r->chan, *c) ||
			!roomconfig_is_raw(isupport(r), *c)) {
			continue;
		}
		buf_add_char(&words, *c);
		arg = roomconfig_param(r, *c);
		if (arg.p != NULL) {
			buf_add_char(&args, ' ');
			buf_add_slice(&args, arg);
		}
	}
	buf_add_slice(&words, buf_slice(&args));
	clean = out_clean(m, buf_slice(&words));
	buf_finish(&words);
	buf_finish(&args);
	return clean;
}

static struct slice topic(const struct room *r)
{
	struct slice clean = out_clean(core(r), slice_str(r->chan->topic));

	return clean.p ? clean : slice("", 0);
}

static struct slice secret(const struct room *r)
{
	if (!chan_has_mode(r->chan, 'k') || slice_is(roomconfig_key(r), "*")) {
		return slice("", 0);
	}
	return out_clean(core(r), roomconfig_key(r));
}

struct slice roomconfig_value(
	const struct room *r, const struct roomconfig_field *f)
{
	switch (f->kind) {
	case CONFIG_NAME:
		return out_clean(core(r), istr_slice(r->chan->name));
	case CONFIG_TOPIC:
		return topic(r);
	case CONFIG_SECRET:
		return secret(r);
	case CONFIG_LIMIT:
		return r->chan->limit > 0 ? number(r, r->chan->limit)
					  : slice_str("none");
	case CONFIG_WHOIS:
		return slice_str(room_is_semianonymous(r) ? "moderators" :
							   "anyone");
	case CONFIG_RAW:
		return raw(r);
	default:
		return slice_str(roomconfig_flag(r, f) ? "1" : "0");
	}
}

void roomconfig_people(const struct room *r, const char *affiliation,
	void (*fn)(void *ctx, struct slice jid), void *ctx)
{
	struct map_slot *slot;
	uint32_t pos = 0;
	struct buf jid;

	buf_init(&jid, 4096);
	while ((slot = map_next(&r->chan->members, &pos)) != NULL) {
		struct ircuser *u = (struct ircuser *)(void *)slot->entry;

		if (strcmp(room_rank(r, slot->word).affiliation, affiliation) !=
			0) {
			continue;
		}
		buf_truncate(&jid, 0);
		addr_add_name(core(r), &jid, r->session->network,
			istr_slice(u->nick));
		fn(ctx, buf_slice(&jid));
	}
	buf_finish(&jid);
}
