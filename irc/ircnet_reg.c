/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <string.h>

/*
 * From the open link to 001.
 * The first lines (ircnet_first.c) go out. Servers with CAP wait for END,
 * which always follows; the others ignore it or say 421, and send 001 by
 * themselves (PROTOCOL F.1, E).
 */
enum { CAP_PATIENCE_MS = 10000 };

/* draft/pre-away: nobody sees us here in between. */
static void say_away(struct ircnet *n)
{
	struct buf text;
	struct irc_arg arg = {FIELD_TEXT, slice(NULL, 0)};
	struct buf *line;
	enum err err;

	buf_init(&text, IRC_LINE_MAX);
	irc_one_line(&text, istr_slice(n->away), n->isupport.awaylen);
	arg.value = buf_slice(&text);
	line = net_scratch();
	err = irc_build(&n->isupport, line, "AWAY", &arg, 1);
	if (err == ERR_OK) {
		err = net_encode_last(n, line, arg.value);
	}
	if (err == ERR_OK) {
		n->away_said = true;
		net_send(n, buf_slice(line));
	}
	buf_finish(&text);
}

void net_cap_send(void *ctx, struct slice line)
{
	struct ircnet *n = ctx;
	bool end = slice_is(line, "CAP END");

	if (end && caps_on(&n->caps, "draft/extended-isupport")) {
		net_send(n, slice_str("ISUPPORT")); /* 005 before 001 */
	}
	if (end && n->away != NULL && caps_on(&n->caps, "draft/pre-away")) {
		say_away(n);
	}
	if (end) {
		meta_cap_end(n);
	}
	net_send(n, line);
}

const struct istr *ircnet_away_said(const struct ircnet *n)
{
	return n->away_said ? n->away : NULL;
}

/* ---- waiting for the server ---- */

static uint64_t register_deadline(const struct ircnet *n)
{
	return n->created_at + n->register_timeout_ms;
}

/* At the next moment when patience about something ends. */
static void arm_state(struct ircnet *n)
{
	uint64_t at = register_deadline(n);

	if (n->dead || n->quitting || n->state != NET_REGISTERING) {
		return;
	}
	if (n->caps.open && !caps_settled(&n->caps) &&
		n->cap_at + CAP_PATIENCE_MS < at) {
		at = n->cap_at + CAP_PATIENCE_MS;
	}
	if (n->held != NULL && net_first_deadline(n) < at) {
		at = net_first_deadline(n);
	}
	timer_start(n->clock, &n->state_timer,
		at > n->clock->now_ms ? at - n->clock->now_ms : 0);
}

void ircnet_patience(struct ircnet *n, unsigned ms)
{
	n->register_timeout_ms =
		(unsigned)(n->clock->now_ms - n->created_at) + ms;
	arm_state(n);
}

void net_state_timer(void *ctx)
{
	struct ircnet *n = ctx;

	net_enter(n);
	if (n->quitting) {
		net_end(n, IRCNET_END_QUIT, 0, slice(NULL, 0));
	} else if (n->state == NET_REGISTERING &&
		n->clock->now_ms >= register_deadline(n)) {
		net_end(n, IRCNET_END_REGISTER, 0, slice(NULL, 0));
	} else if (n->state == NET_REGISTERING) {
		if (n->clock->now_ms >= net_first_deadline(n)) {
			net_first_release(n);
		}
		if (n->clock->now_ms >= n->cap_at + CAP_PATIENCE_MS) {
			caps_give_up(&n->caps, false, net_cap_send, n);
			net_login_caps(n);
		}
		arm_state(n);
	}
	net_leave(n);
}

bool net_register(struct ircnet *n, const struct ircnet_config *c)
{
	bool ok;

	net_enter(n);
	caps_start(&n->caps, net_login_by_sasl(n), c->caps_off, c->ncaps_off);
	n->caps.hold |= c->signup || c->sasl_required;
	ok = net_first(n, c);
	if (ok) {
		arm_state(n);
	}
	net_leave(n);
	return ok;
}

/* ---- what the server says about it ---- */

void handle_cap(struct ircnet *n, const struct ircmsg *m)
{
	struct slice value = caps_offered(m, "sts");
	struct sts sts;
	bool had_meta = n->meta != NULL;

	n->cap_at = n->clock->now_ms;
	if (value.p != NULL) {
		sts = sts_parse(value);
		EMIT(n, on_sts, &sts);
		if (n->dead || n->state == NET_ENDED) {
			return;
		}
	}
	if (caps_listed(m)) {
		net_first_release(n);
	}
	caps_input(&n->caps, m, net_cap_send, n);
	net_login_offer(n, m);
	net_login_caps(n);
	meta_caps(n);
	if (!n->dead) {
		watch_arm(n); /* what told us of others may tell no more */
	}
	arm_state(n);
	if (n->state == NET_REGISTERED && !had_meta && n->meta != NULL &&
		n->events->on_metadata != NULL && !n->dead) {
		n->events->on_metadata(n->ctx);
	}
}

/* 410 421 451: CAP is not known (PROTOCOL E). */
bool num_no_cap(struct ircnet *n, const struct ircmsg *m)
{
	bool about_cap = slice_is_nocase(ircmsg_param(m, 1), "CAP") ||
		/* While nothing else was said, whatever it calls it. */
		(n->held != NULL &&
			!slice_is_nocase(ircmsg_param(m, 1), "WEBIRC"));

	if (!n->caps.open) {
		return about_cap && m->numeric == 451;
	}
	if (m->numeric != 410 && !about_cap) {
		return false;
	}
	net_first_release(n);
	caps_give_up(&n->caps, m->numeric != 410, net_cap_send, n);
	net_login_caps(n);
	return true;
}

/*
 * 513: "To connect, type /QUOTE PONG 1234" (against spoofing). Some servers ask
 * again later, when a PONG went astray: nobody has typed what this answers.
 */
bool num_antispoof(struct ircnet *n, const struct ircmsg *m)
{
	struct slice text = ircmsg_last(m);
	struct slice number = slice(NULL, 0);
	struct buf *line;

	while (text.len > 0) {
		struct slice word = slice_cut(&text, ' ');

		if (word.len < 18 && slice_number(word, UINT32_MAX) >= 0) {
			number = word;
		}
	}
	if (number.len == 0) {
		return false;
	}
	line = net_scratch();
	buf_add_str(line, "PONG ");
	buf_add_slice(line, number);
	net_send(n, buf_slice(line));
	return true;
}

/* The last word of "Welcome to the net nick!user@host", on most servers. */
static void learn_host_from_welcome(struct ircnet *n, struct slice text)
{
	struct ircsource source = {0};

	while (text.len > 0) {
		struct slice word = slice_cut(&text, ' ');

		if (text.len == 0) {
			ircsource_parse(word, &source);
		}
	}
	if (source.user.len > 0 && source.host.len > 0 &&
		net_is_me(n, source.nick)) {
		state_set_host(n, n->me, source.user, source.host);
	}
}

bool num_welcome(struct ircnet *n, const struct ircmsg *m)
{
	struct slice nick = ircmsg_param(m, 0);

	if (n->state != NET_REGISTERING) {
		return true;
	}
	/* Some servers welcome "*": then we are called what we asked for. */
	if (irc_field_check(&n->isupport, FIELD_TARGET, nick, NULL) != ERR_OK ||
		isupport_is_channel(&n->isupport, nick)) {
		nick = istr_slice(n->nick_asked);
	}
	n->me = state_user_add(n, nick);
	if (n->me == NULL) {
		net_end(n, IRCNET_END_REGISTER, 1, ircmsg_last(m));
		return true;
	}
	istr_set(&n->nick_asked, NULL);
	net_first_free(n); /* a server that asks nobody who it is */
	if (n->away_said) {
		state_set(n, n->me, USER_AWAY, slice("", 0));
	}
	learn_host_from_welcome(n, ircmsg_last(m));
	n->state = NET_REGISTERED;
	n->caps.open = false;
	n->registered_at = n->clock->now_ms;
	if (!n->quitting) {
		timer_stop(n->clock, &n->state_timer);
	}
	net_watch(n);
	if (n->watch.map.used > 0) {
		watch_want(n);
	}
	net_login_welcome(n);
	if (n->dead || n->state != NET_REGISTERED) {
		return true; /* not without a login */
	}
	meta_caps(n); /* before the first JOIN */
	if (!n->dead && n->events->on_registered != NULL) {
		n->events->on_registered(n->ctx);
	}
	return true;
}

/* What multi-prefix and userhost-in-names are where there is no CAP. */
static void ask_protoctl(struct ircnet *n)
{
	bool prefixes = n->isupport.namesx && !n->protoctl &&
		caps_wanted(&n->caps, "multi-prefix") &&
		!caps_on(&n->caps, "multi-prefix");
	bool hosts = n->isupport.uhnames && !n->uhnames &&
		caps_wanted(&n->caps, "userhost-in-names") &&
		!caps_on(&n->caps, "userhost-in-names");
	struct buf *line;

	if (!prefixes && !hosts) {
		return;
	}
	n->protoctl |= prefixes;
	n->uhnames |= hosts;
	line = net_scratch();
	buf_add_str(line, "PROTOCTL");
	buf_add_str(line, prefixes ? " NAMESX" : "");
	buf_add_str(line, hosts ? " UHNAMES" : "");
	net_send(n, buf_slice(line));
}

bool num_isupport(struct ircnet *n, const struct ircmsg *m)
{
	enum casemap before = n->isupport.casemap;
	enum casemap after;

	/* 005 me TOKEN ... :are supported by this server */
	for (unsigned i = 1; i + 1 < m->nparams; i++) {
		isupport_token(&n->isupport, m->params[i]);
	}
	after = n->isupport.casemap;
	if (after != before) {
		n->isupport.casemap = before;
		state_casemap(n, after);
	}
	watch_features(n);
	ask_protoctl(n);
	return true;
}

/* 432 433 436 437: before 001 the owner must name another one. */
bool num_nick_refused(struct ircnet *n, const struct ircmsg *m)
{
	const struct istr *refused;

	if (n->state == NET_REGISTERED) {
		if (!isupport_is_channel(&n->isupport, ircmsg_param(m, 1))) {
			istr_set(&n->nick_asked, NULL);
		}
		return false;
	}
	n->nick_given = false;
	refused = istr_ref(n->nick_asked);
	if (++n->nick_tries <= NET_NICK_TRIES) {
		EMIT(n, on_nick_refused, m->numeric, istr_slice(refused),
			ircmsg_last(m));
	}
	istr_unref(refused);
	if (!n->nick_given) {
		net_end(n, IRCNET_END_NICK, m->numeric, ircmsg_last(m));
	}
	return true;
}

/* 463 464 465 466 before 001: there is no way in. */
bool num_refused(struct ircnet *n, const struct ircmsg *m)
{
	if (n->state == NET_REGISTERED) {
		return false;
	}
	net_end(n, IRCNET_END_REFUSED, m->numeric, ircmsg_last(m));
	return true;
}

/* ---- NICK, which belongs to both states ---- */

enum err ircnet_nick(struct ircnet *n, struct slice nick)
{
	struct irc_arg arg = {FIELD_NICK, nick};
	struct buf *line;
	enum err err;

	if (n->dead || n->quitting || n->state == NET_ENDED) {
		return ERR_WRONG_STATE;
	}
	net_enter(n);
	if (n->state == NET_REGISTERING) {
		err = net_first_nick(n, nick);
		n->nick_given = n->nick_given || err == ERR_OK;
		net_leave(n);
		return err;
	}
	line = net_scratch();
	err = irc_build(&n->isupport, line, "NICK", &arg, 1);
	if (err == ERR_OK && sendq_room(&n->queue) == 0) {
		err = ERR_FULL;
	}
	if (err == ERR_OK) {
		istr_set(&n->nick_asked, intern(nick.p, nick.len));
		net_put_label(n, line);
		net_queue(n, SENDQ_LINE, buf_slice(line), 0, SENDQ_ONLY);
	}
	net_leave(n);
	return err;
}
