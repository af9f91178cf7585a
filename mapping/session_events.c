/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/answer.h"
#include "mapping/room/chanlist.h"
#include "mapping/talk/chat.h"
#include "mapping/command/command.h"
#include "mapping/people/ctcp.h"
#include "mapping/people/contacts.h"
#include "mapping/endfault.h"
#include "mapping/register/identity.h"
#include "mapping/register/realname.h"
#include "mapping/room/invite.h"
#include "mapping/room/knock.h"
#include "mapping/login.h"
#include "mapping/room/moderate.h"
#include "mapping/network.h"
#include "mapping/nick.h"
#include "mapping/newcomer.h"
#include "mapping/people/metaset.h"
#include "mapping/people/online.h"
#include "mapping/out.h"
#include "mapping/people/ownmeta.h"
#include "mapping/people/query.h"
#include "mapping/command/raw.h"
#include "mapping/command/signup.h"
#include "mapping/regain.h"
#include "mapping/room/room.h"
#include "mapping/room/room_way.h"
#include "mapping/talk/react.h"
#include "mapping/talk/readmark.h"
#include "mapping/talk/redact.h"
#include "mapping/talk/sent.h"
#include "mapping/session.h"
#include "mapping/sts.h"
#include "mapping/text.h"
#include "mapping/people/whois.h"

enum { MISREAD_LOGGED = 8 }; /* of one connection */

/* What an ircnet tells: each event to the file that knows what it becomes. */

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static void on_write(void *ctx, const char *p, size_t len)
{
	struct session *s = ctx;

	if (s->link_no != 0) {
		core(s)->ports.link_write(core(s)->ports.ctx, s->link_no, p,
			len);
	}
}

/* ---- beginning and end ---- */

static void on_registered(void *ctx)
{
	struct session *s = ctx;

	s->state = SESSION_UP;
	s->was_up = true;
	s->tries = 0;
	s->no_retry = false;
	s->bot_marked = false;
	session_forget_old(s); /* no room left to come back: no more silence */
	regain_registered(s);
	room_ways_forget(s);
	istr_set(&s->nick,
		intern(ircnet_nick_now(s->net).p, ircnet_nick_now(s->net).len));
	log_info(&s->log, "registered nick=%s", s->nick->p);
	network_slot_free(s);
	identity_registered(s);
	login_on_up(s);
	rooms_request(s);
	sent_release(s, NULL);
	istr_set(&s->away, istr_ref(ircnet_away_said(s->net)));
	session_update_away(s);
	online_up(s);
	contacts_up(s);
	commands_up(s);
}

static void on_capable(void *ctx)
{
	signup_on_capable(ctx);
}

static void on_account(void *ctx, struct slice account)
{
	signup_on_account(ctx, account);
}

static void on_login(void *ctx, enum login_result result, struct slice text)
{
	login_on_result(ctx, result, text);
}

static void on_end(void *ctx, enum ircnet_end why, int numeric,
	struct slice text)
{
	end_on_irc(ctx, why, numeric, text);
}

/*
 * While registering (D.2): an illegal nick is made legal once; a nick in use is
 * a conflict for the walk-in who asked for it. Registered users have others, and
 * a session that comes back takes another one rather than stay away.
 */
static void on_nick_refused(void *ctx, int numeric, struct slice nick,
	struct slice text)
{
	struct session *s = ctx;
	struct buf b;

	(void)text;
	s->refused = numeric;
	buf_init(&b, 256);
	do {
		buf_truncate(&b, 0);
		identity_next_nick(s, numeric, nick, &b);
	} while (b.len > 0 && ircnet_nick(s->net, buf_slice(&b)) != ERR_OK);
	buf_finish(&b);
}

/* ---- rooms ---- */

static void on_sts(void *ctx, const struct sts *offer)
{
	sts_offered(ctx, offer);
}

static void on_join(void *ctx, struct ircchan *c, struct ircuser *u, bool me)
{
	room_on_join(ctx, c, u, me);
}

static void on_complete(void *ctx, struct ircchan *c)
{
	room_on_complete(ctx, c);
}

static void on_leave(void *ctx, struct ircchan *c, struct ircuser *u, bool me,
	const struct irc_leave *leave)
{
	if (leave->kind == LEAVE_QUIT) {
		whois_forget(ctx, istr_slice(u->nick));
	}
	room_on_leave(ctx, c, u, me, leave);
}

static void on_nick(void *ctx, struct ircuser *u, struct slice old, bool me,
	bool asked)
{
	chat_on_nick(ctx, old, istr_slice(u->nick));
	whois_forget(ctx, old);
	room_on_nick(ctx, u, old, me, asked);
	if (me) {
		regain_on_nick(ctx);
		contacts_nick(ctx);
		raw_on_nick(ctx);
		nick_took(ctx, istr_slice(u->nick));
	}
}

static void on_prefix(void *ctx, struct ircchan *c, struct ircuser *u,
	uint32_t was, uint32_t now, const struct ircsource *by)
{
	room_on_prefix(ctx, c, u, was, now, by);
}

static void on_modes(void *ctx, struct ircchan *c, const struct ircsource *by,
	struct slice words, uint64_t was)
{
	(void)ctx;
	room_on_modes(c, by, words, was);
}

static void on_rename(void *ctx, struct ircchan *c)
{
	room_on_rename(ctx, c);
}

static void on_topic(void *ctx, struct ircchan *c, const struct ircsource *by)
{
	room_on_topic(ctx, c, by);
}

static void on_user(void *ctx, struct ircuser *u)
{
	whois_forget(ctx, istr_slice(u->nick));
	room_on_user(ctx, u);
}

static void on_person(void *ctx, struct ircuser *u)
{
	whois_forget(ctx, istr_slice(u->nick));
}

static void on_watched(void *ctx, const struct ircwatched *who)
{
	contacts_on_watched(ctx, who);
	regain_on_watched(ctx, who);
}

/* ---- messages ---- */

static void on_text(void *ctx, const struct irc_text *t)
{
	if ((t->from_me && sent_echoed(ctx, t)) || react_on_text(ctx, t)) {
		return;
	}
	if (t->chan != NULL) {
		room_on_text(t);
	} else {
		chat_on_text(ctx, t);
	}
}

static void on_typing(void *ctx, const struct irc_text *t,
	enum irc_typing typing)
{
	if (t->chan != NULL) {
		room_on_typing(t, typing);
	} else {
		chat_on_typing(ctx, t, typing);
	}
}

static void on_played(void *ctx, struct ircchan *chan)
{
	(void)ctx;
	room_on_played(chan);
}

static void on_tags(void *ctx, const struct irc_text *t)
{
	react_on_tags(ctx, t);
}

static void on_redact(void *ctx, const struct irc_text *where,
	struct slice msgid)
{
	redact_on_irc(ctx, where, msgid);
}

/* Before the end of the MOTD it is early enough then. */
static void on_metadata(void *ctx)
{
	struct session *s = ctx;

	if (s->welcomed) {
		ownmeta_up(s);
	}
}

static void on_chan_meta(void *ctx, struct ircchan *c)
{
	(void)ctx;
	room_on_meta(c);
}

static void on_markread(void *ctx, struct slice target, int64_t time_ms)
{
	readmark_on_irc(ctx, target, time_ms);
}

static void on_ctcp(void *ctx, const struct irc_text *t, struct slice command,
	struct slice args, bool is_reply)
{
	if (is_reply) {
		query_on_reply(ctx, t, command, args);
	} else {
		ctcp_on_query(ctx, t, command, args);
	}
}

static void on_sent(void *ctx, uint64_t token)
{
	sent_written(ctx, token);
}

static void on_left(void *ctx)
{
	patience_left(ctx);
}

static void on_answered(void *ctx, uint64_t token, unsigned follow)
{
	sent_answered(ctx, token, follow);
	raw_answered(ctx, token);
}

static void on_synced(void *ctx, uint64_t token)
{
	if (!sent_synced(ctx, token)) {
		moderation_on_synced(ctx, token);
	}
}

static void on_invite(void *ctx, const struct ircsource *by,
	struct slice target, struct slice channel)
{
	invite_on_irc(ctx, by, target, channel);
}

/* ---- numerics ---- */

static bool motd(struct session *s, int numeric, const struct ircmsg *m)
{
	struct slice line = ircmsg_last(m);

	switch (numeric) {
	case 375:
		buf_reset(&s->motd, 0);
		return true;
	case 372:
		if (!s->motd_shown) {
			if (slice_is(line, "-")) {
				line.len = 0;
			} else if (line.len >= 2 &&
				memcmp(line.p, "- ", 2) == 0) {
				line = slice(line.p + 2, line.len - 2);
			}
			buf_add_slice(&s->motd, line);
			buf_add_char(&s->motd, '\n');
		}
		return true;
	case 376:
		if (!s->motd_shown && s->motd.len > 0) {
			session_headline(s, N_("MOTD"),
				slice_trim(out_clean(core(s),
					buf_slice(&s->motd))));
		}
		s->motd_shown = true;
		buf_finish(&s->motd);
		return true;
	case 422:
		s->motd_shown = true;
		return true;
	default:
		return false;
	}
}

/*
 * A line that the server could not read: the user's own, when the registration
 * has sent some just now; else ours, which is for the log (E).
 */
static bool is_misread(struct session *s, int numeric, const struct ircmsg *m)
{
	static const int misread[] = {409, 411, 412, 413, 414, 451, 461, 462};
	bool known = false;

	for (size_t i = 0; i < sizeof misread / sizeof *misread; i++) {
		known = known || numeric == misread[i];
	}
	if (!known || (s->commands_until > core(s)->clock->now_ms)) {
		return false;
	}
	if (s->misread++ < MISREAD_LOGGED) {
		log_warn(&s->log, "the server did not understand a line of "
				  "ours numeric=%d about=%.*s text=%.*s",
			numeric, SLICE_ARG(ircmsg_param(m, 1)),
			SLICE_ARG(ircmsg_last(m)));
	}
	return true;
}

/* Matched by what it names, in the order of asking. */
static bool numeric_taken(struct session *s, int numeric,
	const struct ircmsg *m)
{
	bool asked = s->reader != NULL && s->motd_shown;

	return (!asked && motd(s, numeric, m)) ||
		room_on_refusal(s, numeric, m) ||
		nick_refused(s, numeric, m) ||
		regain_refused(s, numeric) ||
		query_on_numeric(s, numeric, m) ||
		/* It names a nick alone: a message was rather for it. */
		(numeric == 401 && sent_refused(s, numeric, m)) ||
		moderation_on_numeric(s, numeric, m) ||
		metaset_on_numeric(s, numeric, m) ||
		sent_refused(s, numeric, m) ||
		knock_on_numeric(s, numeric, m) ||
		chat_on_screened(s, numeric, m) ||
		chat_on_away(s, numeric, m) ||
		raw_on_numeric(s, numeric, m);
}

/* By its label, else by what it names. */
static bool numeric_answers(struct session *s, int numeric,
	const struct ircmsg *m)
{
	switch (answer_give(s, numeric, m)) {
	case ANSWER_TAKEN:
		return true;
	case ANSWER_PLAIN:
		return chat_on_away(s, numeric, m);
	default:
		return ircnet_answers_join(s->net, m) ?
			room_on_refusal(s, numeric, m) :
			numeric_taken(s, numeric, m);
	}
}

static void on_numeric(void *ctx, int numeric, const struct ircmsg *m)
{
	struct session *s = ctx;
	struct slice text;

	/* Here 464 is about OPER. */
	if (numeric >= 463 && numeric <= 466 && numeric != 464) {
		end_on_numeric(s, numeric, ircmsg_last(m));
	}
	if (numeric == 376 || numeric == 422) {
		s->welcomed = true;
		chanlist_up(s); /* 005 is known now */
		identity_mark_bot(s);
		ownmeta_up(s);
		realname_follow(s); /* it may have changed meanwhile */
	}
	if (numeric_answers(s, numeric, m)) {
		return;
	}
	if (numeric == 341) {
		sent_invited(s, m);
	}
	if (is_misread(s, numeric, m)) {
		return;
	}
	/* An error that nobody asked for is still worth a word (E). */
	text = out_clean(core(s), ircmsg_last(m));
	if (((numeric >= 400 && numeric < 600 && numeric != 421) ||
		    numeric >= 900) &&
		text.p != NULL) {
		session_headline(s, N_("Error"), text);
	}
}

/* F.3: WARN and NOTE about a channel that clients are in are said there. */
static bool tell_room(struct session *s, const struct ircmsg *m,
	struct slice text)
{
	if (!ircmsg_is(m, "WARN") && !ircmsg_is(m, "NOTE")) {
		return false;
	}
	for (unsigned i = 2; i + 1 < m->nparams; i++) {
		struct room *r = session_room(s, m->params[i]);

		if (r != NULL && r->state == ROOM_COMPLETE &&
			!list_empty(&r->views)) {
			room_notice(r, text.p);
			return true;
		}
	}
	return false;
}

/* By its label, else by what it names: of what is never labelled, first. */
static bool fail_answers(struct session *s, const struct ircmsg *m)
{
	if (answer_give(s, 0, m) != ANSWER_UNKNOWN) {
		return true;
	}
	if (ircnet_answers_join(s->net, m)) {
		return room_on_fail(s, m);
	}
	return readmark_failed(s, m) || metaset_on_fail(s, m) ||
		realname_failed(s, m) || sent_failed(s, m) ||
		moderation_on_fail(s, m) || room_on_fail(s, m);
}

static void on_other(void *ctx, const struct ircmsg *m)
{
	struct session *s = ctx;
	struct slice text;

	if (newcomer_on_fail(s, m) || signup_on_other(s, m)) {
		return;
	}
	if (ircmsg_is(m, "KILL") && ircnet_is_me(s->net, ircmsg_param(m, 0))) {
		end_on_kill(s, ircmsg_last(m));
		return;
	}
	if (ircmsg_is(m, "FAIL") && fail_answers(s, m)) {
		return;
	}
	text = out_clean(core(s), ircmsg_last(m));
	if ((text.p != NULL && tell_room(s, m, text)) || raw_on_reply(s, m)) {
		return;
	}
	if (text.p != NULL &&
		(ircmsg_is(m, "WALLOPS") || ircmsg_is(m, "FAIL") ||
			ircmsg_is(m, "WARN") || ircmsg_is(m, "NOTE"))) {
		session_headline(s, N_("Notice"), text);
	}
}

const struct ircnet_events session_irc_events = {
	.write = on_write,
	.on_end = on_end,
	.on_sts = on_sts,
	.on_capable = on_capable,
	.on_registered = on_registered,
	.on_login = on_login,
	.on_account = on_account,
	.on_nick_refused = on_nick_refused,
	.on_join = on_join,
	.on_complete = on_complete,
	.on_leave = on_leave,
	.on_nick = on_nick,
	.on_prefix = on_prefix,
	.on_modes = on_modes,
	.on_rename = on_rename,
	.on_topic = on_topic,
	.on_user = on_user,
	.on_person = on_person,
	.on_watched = on_watched,
	.on_text = on_text,
	.on_typing = on_typing,
	.on_tags = on_tags,
	.on_redact = on_redact,
	.on_played = on_played,
	.on_markread = on_markread,
	.on_chan_meta = on_chan_meta,
	.on_metadata = on_metadata,
	.on_ctcp = on_ctcp,
	.on_invite = on_invite,
	.on_numeric = on_numeric,
	.on_other = on_other,
	.on_sent = on_sent,
	.on_left = on_left,
	.on_answered = on_answered,
	.on_synced = on_synced,
};
