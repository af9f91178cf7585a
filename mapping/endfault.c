/* SPDX-License-Identifier: MIT */
#include "mapping/endfault.h"

#include <string.h>
#include <strings.h>

#include "mapping/advice.h"
#include "mapping/login.h"
#include "mapping/network.h"
#include "mapping/newcomer.h"
#include "mapping/out.h"
#include "mapping/register/identity.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/uri.h"
#include "mapping/user.h"

enum { BANNED_MS = 3600000, KILL = 1000 /* no numeric */ };

enum {
	EARLY = 1 << 0,    /* while registering only: later it means another thing */
	OPERATOR = 1 << 1, /* of the gateway: he can mend it */
	BANNED = 1 << 2,   /* nothing connects by itself for an hour (E) */
	PASSWORD = 1 << 3, /* ... before the registration changes */
	TOO_FAST = 1 << 4, /* all who go there wait (E) */
	PLAIN = 1 << 5,    /* says nothing that the words do not say */
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- the words of an ERROR ---- */

static const char again[] =
	N_("The IRC server closed the connection. Try again in a minute.");
static const char killed[] =
	N_("An operator or a service of the network has ended your connection. "
	   "Ask there when the words do not tell why.");
static const char not_from_here[] =
	N_("The network has banned the address of the gateway. Tell the "
	   "operator of the gateway, who can ask the network.");
static const char listed[] =
	N_("The network takes nobody from the gateway's address, since a list "
	   "of bad addresses has it. Tell the operator of the gateway.");
static const char flood[] =
	N_("Too much was sent at once for this network. Write a little slower, "
	   "or set more seconds between lines by this form: %s - then connect "
	   "again.");
static const char full[] =
	N_("The network takes no more connections from this gateway now. Try "
	   "again in some minutes, and tell the operator of the gateway, who "
	   "can ask the network for more.");
static const char too_soon[] =
	N_("You came back too soon for this network. Wait a minute, then try "
	   "again.");

/*
 * The first that fits: one of the words is in the server's, in whatever case.
 * numeric: the sentence is that of mapping/advice.c.
 */
static const struct row {
	const char *words[6]; /* NULL behind the last */
	enum stanza_error error;
	unsigned flags;
	int numeric;
	const char *text;
} rows[] = {
	/* An operator's own words follow: they come before all others. */
	{{"killed"}, E_LINK_FAILED, 0, 0, killed},
	{{"too fast", "throttle"}, E_RESOURCE_CONSTRAINT, TOO_FAST, 0,
		too_soon},
	{{"z-line", "z:line", "zline", "d-line", "dline"}, E_FORBIDDEN,
		BANNED | OPERATOR, 0, not_from_here},
	{{"dnsbl", "blacklist", "blocklist", "open proxy"}, E_FORBIDDEN,
		BANNED | OPERATOR, 0, listed},
	{{"k-line", "k:line", "kline", "g-line", "g:line"}, E_FORBIDDEN, BANNED,
		465, NULL},
	{{"gline", "akill", "autokill", "banned"}, E_FORBIDDEN, BANNED, 465,
		NULL},
	{{"no more connections", "too many", "session limit", "is full"},
		E_RESOURCE_CONSTRAINT, OPERATOR, 0, full},
	{{"password"}, E_NOT_AUTHORIZED, EARLY | PASSWORD, 464, NULL},
	{{"authori", "not allowed"}, E_FORBIDDEN, EARLY | BANNED | OPERATOR, 463,
		NULL},
	{{"flood", "recvq"}, E_LINK_FAILED, 0, 0, flood},
};

static const struct row closed = {
	.error = E_LINK_FAILED, .flags = PLAIN, .text = again,
};

/* nick[user@host], (user@host), an address: no word of a sentence. */
static bool names_somebody(const struct session *s, struct slice word)
{
	if (slice_is_nocase(word, s->nick->p)) {
		return true;
	}
	for (size_t i = 1; i + 1 < word.len; i++) {
		if (memchr("[@.:", word.p[i], 4) != NULL) {
			return true;
		}
	}
	return false;
}

struct slice end_reason(const struct session *s, struct slice said)
{
	static const char head[] = "Closing Link: ";
	struct slice rest = said;
	struct slice word;

	if (said.len < sizeof head ||
		strncasecmp(said.p, head, sizeof head - 1) != 0) {
		return said;
	}
	rest = slice(said.p + sizeof head - 1, said.len - sizeof head + 1);
	word = slice_cut(&rest, ' ');
	return rest.len > 0 && (names_somebody(s, word) || rest.p[0] == '(' ||
				       rest.p[0] == '[') ?
		rest : said;
}

static bool has_word(const struct row *row, const char *said)
{
	for (size_t i = 0; i < 6 && row->words[i] != NULL; i++) {
		if (strcasestr(said, row->words[i]) != NULL) {
			return true;
		}
	}
	return false;
}

static const struct row *by_words(const char *said, bool early)
{
	for (size_t i = 0; said && i < sizeof rows / sizeof *rows; i++) {
		if ((early || (rows[i].flags & EARLY) == 0) &&
			has_word(&rows[i], said)) {
			return &rows[i];
		}
	}
	return &closed;
}

/* ---- every way it ends ---- */

/* PROTOCOL D.2, E: what a refused registration is for those who wait. */
static struct row by_numeric(int numeric)
{
	struct row row = {.error = E_CONFLICT, .numeric = numeric};

	switch (numeric) {
	case 432:
		row.error = E_JID_MALFORMED;
		break;
	case 463:
		row.error = E_FORBIDDEN;
		row.flags = BANNED | OPERATOR;
		break;
	case 464:
		row.error = E_NOT_AUTHORIZED;
		row.flags = PASSWORD;
		break;
	case 465:
	case 466:
		row.error = E_FORBIDDEN;
		row.flags = BANNED;
		break;
	default:
		break;
	}
	return row;
}

static struct row find(const struct session *s, enum ircnet_end why,
	int numeric, const char *said)
{
	switch (why) {
	case IRCNET_END_ERROR:
		return *by_words(end_reason(s, slice_str(said)).p,
			!session_is_up(s));
	case IRCNET_END_REFUSED:
		return by_numeric(numeric);
	case IRCNET_END_NICK:
		return by_numeric(s->refused != 0 ? s->refused : numeric);
	case IRCNET_END_REGISTER:
		return (struct row){.error = E_REMOTE_SERVER_TIMEOUT,
			.text = N_("The IRC server took too long to let you "
				   "in. Try again in a minute.")};
	case IRCNET_END_PING:
		return (struct row){.error = E_REMOTE_SERVER_TIMEOUT,
			.text = N_("The IRC server fell silent. Try again in a "
				   "minute.")};
	case IRCNET_END_QUIT:
		return (struct row){.error = E_LINK_FAILED,
			.text = N_("Disconnected from IRC.")};
	default:
		return (struct row){.error = E_LINK_FAILED, .flags = OPERATOR,
			.text = N_("The connection to IRC failed. Tell the "
				   "operator of the gateway.")};
	}
}

/* The form of the registration, where nicks and passwords are. */
static const char *form(struct mapping *m)
{
	const char *uri;
	struct buf b;

	buf_init(&b, 4096);
	uri_add_command(&b, slice_str(m->config->component), "register");
	uri = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	return uri ? uri : m->config->component;
}

static void write_fault(struct session *s, const struct row *row,
	const char *said, struct fault *fault)
{
	struct mapping *m = core(s);
	const char *what = row->text ? row->text :
		advice(ADVICE_CONNECT, row->numeric);

	if (what == NULL) {
		what = again; /* a numeric that is none of ours to end with */
	}
	if (strstr(what, "%s") != NULL) {
		what = text_with(m, what, form(m));
	}
	fault->error = row->error;
	fault->text = said ? text_said(m, what, said) : what;
	if ((row->flags & OPERATOR) != 0) {
		log_warn(&s->log, "wants the operator reason=%s",
			text_whole(m, NULL, fault->text));
	}
}

/* 463 to 466 and their kin: who comes back by itself, and when (D.0, E). */
static void follow(struct session *s, unsigned flags)
{
	if ((flags & (BANNED | PASSWORD)) != 0) {
		s->no_retry = true;
		s->retry_from = (flags & PASSWORD) != 0 ? UINT64_MAX :
			core(s)->clock->now_ms + BANNED_MS;
	}
	if ((flags & TOO_FAST) != 0) {
		network_too_fast(s->network);
	}
}

static void say(struct session *s, const struct row *row, const char *said,
	const struct fault *fault)
{
	const char *body = (row->flags & PLAIN) != 0 ? said :
		text_whole(core(s), user_lang(s->user), fault->text);

	if (body != NULL && session_is_up(s)) {
		session_headline(s, N_("Error"), slice_str(body)); /* C.1 */
	}
}

/* ---- what is told before the end ---- */

void end_forget(struct session *s)
{
	istr_set(&s->told_words, NULL);
	s->told_numeric = 0;
}

static void remember(struct session *s, int numeric, struct slice words)
{
	struct slice clean = out_clean(core(s), words);

	s->told_numeric = numeric;
	istr_set(&s->told_words,
		clean.len > 0 ? intern(clean.p, clean.len) : NULL);
}

void end_on_kill(struct session *s, struct slice words)
{
	if (s->told_numeric == 0) {
		remember(s, KILL, words);
	}
}

void end_on_numeric(struct session *s, int numeric, struct slice words)
{
	follow(s, by_numeric(numeric).flags);
	remember(s, numeric, words);
}

static struct row was_told(const struct session *s)
{
	if (s->told_numeric == KILL) {
		return (struct row){.error = E_LINK_FAILED, .text = killed};
	}
	return by_numeric(s->told_numeric);
}

bool end_was_told(struct session *s, struct fault *fault)
{
	struct row row = was_told(s);

	if (s->told_numeric == 0) {
		return false;
	}
	write_fault(s, &row, istr_slice(s->told_words).p, fault);
	say(s, &row, NULL, fault);
	return true;
}

/* An ERROR that only says that the link is closed adds nothing to a reason. */
static bool is_told(const struct session *s, enum ircnet_end why,
	const struct row *row)
{
	return s->told_numeric != 0 && why != IRCNET_END_QUIT &&
		(why != IRCNET_END_ERROR || (row->flags & PLAIN) != 0);
}

void end_on_irc(struct session *s, enum ircnet_end why, int numeric,
	struct slice words)
{
	const char *said;
	struct row row;
	struct fault fault;

	if (!session_is_up(s)) {
		identity_tell_unsafe(s);
	}
	if (login_on_end(s, why, numeric, words, &fault) ||
		newcomer_on_end(s, why, numeric, &fault, &words)) {
		said = out_clean(core(s), words).p;
		fault.text = said ? text_said(core(s), fault.text, said) :
				    fault.text;
		session_ended(s, &fault);
		return;
	}
	said = out_clean(core(s), words).p;
	row = find(s, why, numeric, said);
	s->no_retry = s->no_retry || why == IRCNET_END_QUIT; /* D.0 */
	if (is_told(s, why, &row)) {
		end_was_told(s, &fault);
	} else {
		write_fault(s, &row, said, &fault);
		follow(s, row.flags);
		if (why == IRCNET_END_ERROR) {
			say(s, &row, said, &fault);
		}
	}
	session_ended(s, &fault);
}
