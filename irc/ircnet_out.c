/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <string.h>

#include "base/utf8.h"

/*
 * Requests: fields are checked, the line is built, then it is sent or queued.
 * On any error nothing of it has been sent.
 */
enum { WORDS_MAX = 15 };

enum err net_usable(const struct ircnet *n)
{
	return n->dead || n->quitting || n->state != NET_REGISTERED
		? ERR_WRONG_STATE : ERR_OK;
}

enum err net_encode_last(const struct ircnet *n, struct buf *line,
	struct slice text)
{
	if (net_encodes(n)) {
		buf_truncate(line, line->len - text.len);
		net_encode(n, line, text);
	}
	return line->overflow || line->len > n->isupport.linelen - 2 ?
		ERR_TOO_BIG :
		ERR_OK;
}

/* One line of typed fields through the queue. */
enum err net_request(struct ircnet *n, const char *command,
	const struct irc_arg *args, size_t nargs)
{
	enum err err = net_usable(n);
	struct buf *line;

	if (err != ERR_OK) {
		return err;
	}
	line = net_scratch();
	err = irc_build(&n->isupport, line, command, args, nargs);
	if (err == ERR_OK && nargs > 0 && args[nargs - 1].field == FIELD_TEXT) {
		err = net_encode_last(n, line, args[nargs - 1].value);
	}
	if (err == ERR_OK) {
		err = sendq_room(&n->queue) == 0 ? ERR_FULL : ERR_OK;
	}
	if (err == ERR_OK) {
		net_put_label(n, line);
		net_enter(n);
		net_queue(n, SENDQ_LINE, buf_slice(line), 0, SENDQ_ONLY);
		net_leave(n);
	}
	return err;
}

/*
 * The same with a last text that is cut to its limit and to the line. An empty
 * one is left out unless `always`.
 */
enum err net_request_text(struct ircnet *n, const char *command,
	struct irc_arg *args, size_t nargs, struct slice text, size_t limit,
	bool always)
{
	size_t taken = strlen(command) + sizeof " :";
	size_t most = n->isupport.linelen - 2;
	struct buf clean;
	enum err err;

	for (size_t i = 0; i < nargs; i++) {
		taken += args[i].value.len + 1;
	}
	if (taken >= most) {
		return ERR_TOO_BIG;
	}
	buf_init(&clean, IRC_LINE_MAX);
	irc_one_line(&clean, text,
		limit < most - taken ? limit : most - taken);
	if (clean.len > 0 || always) {
		args[nargs++] =
			(struct irc_arg){FIELD_TEXT, buf_slice(&clean)};
	}
	err = net_request(n, command, args, nargs);
	if (err == ERR_TOO_BIG && net_encodes(n) && clean.len > 1) {
		/* Longer in the server's charset: half of it never is. */
		clean.len = utf8_cut(buf_slice(&clean), clean.len / 2);
		args[nargs - 1].value = buf_slice(&clean);
		err = net_request(n, command, args, nargs);
	}
	buf_finish(&clean);
	return err;
}

/* ---- channels ---- */

enum err ircnet_topic(struct ircnet *n, struct slice channel, struct slice text)
{
	struct irc_arg args[2] = {{FIELD_CHANNEL, channel}};

	return net_request_text(n, "TOPIC", args, 1, text, n->isupport.topiclen,
		true);
}

enum err ircnet_kick(struct ircnet *n, struct slice channel, struct slice nick,
	struct slice reason)
{
	struct irc_arg args[3] = {
		{FIELD_CHANNEL, channel}, {FIELD_TARGET, nick},
	};

	return net_request_text(n, "KICK", args, 2, reason, n->isupport.kicklen,
		false);
}

enum err ircnet_invite(struct ircnet *n, struct slice nick,
	struct slice channel)
{
	struct irc_arg args[2] = {
		{FIELD_TARGET, nick}, {FIELD_CHANNEL, channel},
	};

	return net_request(n, "INVITE", args, 2);
}

/* Arguments hold no comma; the first word is letters and signs only. */
enum err ircnet_mode(struct ircnet *n, struct slice target, struct slice words)
{
	struct irc_arg args[WORDS_MAX] = {{FIELD_TARGET, target}};
	size_t nargs = 1;

	while (words.len > 0) {
		struct slice word = slice_cut(&words, ' ');

		if (word.len == 0) {
			continue;
		}
		if (memchr(word.p, ',', word.len) != NULL) {
			return ERR_BAD_INPUT;
		}
		for (size_t i = 0; nargs == 1 && i < word.len; i++) {
			if (chan_mode_bit(word.p[i]) == 0 &&
				word.p[i] != '+' && word.p[i] != '-') {
				return ERR_BAD_INPUT;
			}
		}
		if (nargs == WORDS_MAX) {
			return ERR_TOO_BIG;
		}
		args[nargs++] = (struct irc_arg){FIELD_WORD, word};
	}
	return net_request(n, "MODE", args, nargs);
}

enum err ircnet_away(struct ircnet *n, struct slice text)
{
	struct irc_arg args[1];

	return net_request_text(n, "AWAY", args, 0, text, n->isupport.awaylen,
		false);
}

/* ---- people ---- */

enum err ircnet_whois(struct ircnet *n, struct slice nick)
{
	struct irc_arg args[2] = {{FIELD_TARGET, nick}, {FIELD_TARGET, nick}};

	if (isupport_is_channel(&n->isupport, nick)) {
		return ERR_BAD_INPUT;
	}
	return net_request(n, "WHOIS", args, 2);
}

enum err ircnet_whowas(struct ircnet *n, struct slice nick)
{
	struct irc_arg args[2] = {
		{FIELD_TARGET, nick}, {FIELD_WORD, slice_str("1")},
	};

	return net_request(n, "WHOWAS", args, 2);
}

/* ---- anything ---- */

enum err ircnet_command(struct ircnet *n, const char *command,
	const struct slice *words, size_t nwords, struct slice text)
{
	struct irc_arg args[WORDS_MAX + 1];

	if (nwords > WORDS_MAX) {
		return ERR_TOO_BIG;
	}
	for (size_t i = 0; i < nwords; i++) {
		args[i] = (struct irc_arg){FIELD_WORD, words[i]};
	}
	if (text.p != NULL) {
		return net_request_text(n, command, args, nwords, text,
			n->isupport.linelen, true);
	}
	return net_request(n, command, args, nwords);
}

/* What would break our own bookkeeping, or is never right (JOIN 0). */
static bool raw_allowed(const struct ircmsg *m)
{
	static const char *const never[] = {
		"AUTHENTICATE", "CAP", "PASS", "PING", "PONG", "PROTOCTL",
		"USER",
	};

	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
		if (ircmsg_is(m, never[i])) {
			return false;
		}
	}
	if (ircmsg_is(m, "JOIN")) {
		struct slice list = ircmsg_param(m, 0);

		while (list.len > 0) {
			if (slice_is(slice_cut(&list, ','), "0")) {
				return false;
			}
		}
	}
	return true;
}

/* What stands behind " :". */
static struct slice last_text(struct slice line)
{
	const char *colon = memmem(line.p, line.len, " :", 2);

	return colon ? slice(colon + 2, line.len - (size_t)(colon - line.p) - 2) :
		       slice("", 0);
}

enum err ircnet_raw(struct ircnet *n, struct slice line)
{
	enum err err = net_usable(n);
	char copy[IRC_LINE_MAX];
	struct ircmsg m;
	struct buf *raw;

	if (err != ERR_OK) {
		return err;
	}
	if (line.len > n->isupport.linelen - 2) {
		return ERR_TOO_BIG;
	}
	err = irc_field_check(&n->isupport, FIELD_TEXT, line, NULL);
	if (err != ERR_OK || line.len == 0 ||
		chan_mode_bit(line.p[0]) == 0) {
		return ERR_BAD_INPUT;
	}
	memcpy(copy, line.p, line.len);
	if (ircmsg_parse(copy, line.len, &m) != ERR_OK || !raw_allowed(&m)) {
		return ERR_BAD_INPUT;
	}
	if (ircmsg_is(&m, "QUIT")) {
		ircnet_quit(n, ircmsg_param(&m, 0));
		return ERR_OK;
	}
	if (ircmsg_is(&m, "NICK")) {
		return ircnet_nick(n, ircmsg_param(&m, 0));
	}
	if (sendq_room(&n->queue) == 0) {
		return ERR_FULL;
	}
	raw = net_scratch();
	buf_add_slice(raw, line);
	err = net_encode_last(n, raw, last_text(line));
	if (err == ERR_OK) {
		net_put_label(n, raw);
		net_enter(n);
		net_queue(n, SENDQ_LINE, buf_slice(raw), 0, SENDQ_ONLY);
		net_leave(n);
	}
	return err;
}
