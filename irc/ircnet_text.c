/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdio.h>
#include <string.h>

#include "base/stamp.h"

/*
 * PRIVMSG, NOTICE, CTCP. Where a text belongs is our own decision, by our own
 * nick and the server's CASEMAPPING, CHANTYPES and STATUSMSG (LIBIRCCLIENT 5).
 */
enum { MSGID_MAX = 255, TAG_NAME_MAX = 64 };

/* ---- who, where ---- */

/* The known channel a target means; *status gets its prefix symbol. */
static struct ircchan *find_target(const struct ircnet *n, struct slice target,
	char *status)
{
	const struct isupport *is = &n->isupport;
	const char *marks =
		is->statusmsg[0] != '\0' ? is->statusmsg : is->prefix_symbols;
	struct ircchan *chan = state_chan(n, target);

	*status = '\0';
	if (chan != NULL || target.len < 2 ||
		strchr(marks, target.p[0]) == NULL) {
		return chan;
	}
	chan = state_chan(n, slice(target.p + 1, target.len - 1));
	if (chan != NULL) {
		*status = target.p[0];
	}
	return chan;
}

/* Of a channel that we are not in: nobody could be shown it. */
static bool foreign_channel(const struct ircnet *n, struct slice target)
{
	const struct isupport *is = &n->isupport;

	if (isupport_is_channel(is, target)) {
		return true;
	}
	return target.len > 1 && isupport_symbol(is, target.p[0]) >= 0 &&
		isupport_is_channel(is, slice(target.p + 1, target.len - 1));
}

/* \x01COMMAND args\x01; the closing one may be missing. */
static bool is_ctcp(struct slice *text)
{
	if (text->len == 0 || text->p[0] != '\x01') {
		return false;
	}
	text->p++;
	text->len--;
	if (text->len > 0 && text->p[text->len - 1] == '\x01') {
		text->len--;
	}
	return true;
}

static void deliver(struct ircnet *n, struct irc_text *text, bool notice)
{
	struct slice args;
	struct slice command;

	if (!is_ctcp(&text->text)) {
		EMIT(n, on_text, text);
		return;
	}
	args = text->text;
	command = slice_cut(&args, ' ');
	if (command.len == 0) {
		n->dropped++;
	} else if (slice_is_nocase(command, "ACTION")) {
		text->kind = IRC_ACTION;
		text->text = args.p != NULL ? args : slice("", 0);
		EMIT(n, on_text, text);
	} else {
		EMIT(n, on_ctcp, text, command,
			args.p != NULL ? args : slice("", 0), notice);
	}
}

/* Where it belongs and who says it; false: to a channel that is not ours. */
static bool read_text(struct ircnet *n, const struct ircmsg *m,
	enum irc_text_kind kind, struct irc_text *text)
{
	*text = (struct irc_text){
		.kind = kind,
		.source = m->source,
		.target = m->params[0],
		.from = net_sender(n, m),
		.line = m,
	};
	text->chan = find_target(n, text->target, &text->status);
	if (text->chan == NULL && foreign_channel(n, text->target)) {
		n->dropped++;
		return false;
	}
	text->from_me = net_is_me(n, m->source.nick);
	text->from_server = text->from == NULL && m->source.host.len == 0 &&
		m->source.user.len == 0;
	if (m->ntags > 0) {
		text->msgid = ircmsg_tag(m, "msgid");
		if (text->msgid.len > MSGID_MAX) {
			text->msgid = slice(NULL, 0);
		}
		text->time_ms = stamp_read(ircmsg_tag(m, "time"));
		text->history = net_batch(n, m) == BATCH_HISTORY;
	}
	return true;
}

/* The message of several lines that this is one of; NULL: it is whole. */
static struct multiline *open_message(const struct ircnet *n,
	const struct ircmsg *m)
{
	const struct batch *batch = net_batch_of(n, m);

	return batch != NULL ? batch->lines : NULL;
}

/* Which request of ours this is the echo of. */
static void find_request(struct ircnet *n, const struct ircmsg *m,
	struct irc_text *text)
{
	text->token = ircnet_answers(n, m, &text->follow);
	if (text->token == 0 && !text->history) {
		text->token = net_echo_of(n, m, &text->follow);
	}
}

void handle_text(struct ircnet *n, const struct ircmsg *m)
{
	bool notice = ircmsg_is(m, "NOTICE");
	struct irc_text text;
	struct multiline *whole = open_message(n, m);

	net_sender(n, m);
	if (whole != NULL) {
		multiline_add(whole, m);
		return;
	}
	if (nickserv_text(n, m)) {
		return;
	}
	if (read_text(n, m, notice ? IRC_NOTICE : IRC_PRIVMSG, &text)) {
		text.text = m->params[1];
		if (text.from_me) {
			find_request(n, m, &text);
		}
		deliver(n, &text, notice);
	}
}

/* ---- client tags ---- */

struct slice irc_text_tag(const struct irc_text *text, const char *name)
{
	static const char *const prefixes[] = {"", "draft/"};
	struct slice value = slice(NULL, 0);
	char key[TAG_NAME_MAX];

	for (size_t i = 0; value.p == NULL && i < 2; i++) {
		int len = snprintf(key, sizeof key, "+%s%s", prefixes[i], name);

		must(len > 0 && (size_t)len < sizeof key);
		value = ircmsg_tag(text->line, key);
	}
	return value;
}

static enum irc_typing read_typing(const struct ircmsg *m)
{
	static const struct {
		const char *value;
		enum irc_typing typing;
	} values[] = {
		{"active", IRC_TYPING_ACTIVE},
		{"paused", IRC_TYPING_PAUSED},
		{"done", IRC_TYPING_DONE},
	};
	struct slice value = ircmsg_tag(m, "+typing");

	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		if (slice_is(value, values[i].value)) {
			return values[i].typing;
		}
	}
	return IRC_TYPING_NONE;
}

static bool says_more(const struct ircmsg *m)
{
	for (unsigned i = 0; i < m->ntags; i++) {
		struct slice key = m->tags[i].key;

		if (key.p[0] == '+' && !slice_is(key, "+typing")) {
			return true;
		}
	}
	return false;
}

/* TAGMSG target: client tags alone. */
void handle_tagmsg(struct ircnet *n, const struct ircmsg *m)
{
	enum irc_typing typing = read_typing(m);
	bool more = says_more(m);
	struct irc_text text;

	if (m->nparams < 1 || m->source.nick.len == 0) {
		n->dropped++;
		return;
	}
	if ((!more && typing == IRC_TYPING_NONE) ||
		!read_text(n, m, IRC_PRIVMSG, &text)) {
		return;
	}
	if (more) {
		EMIT(n, on_tags, &text);
	}
	if (typing != IRC_TYPING_NONE) {
		EMIT(n, on_typing, &text, typing);
	}
}

/* REDACT target msgid [:reason] */
void handle_redact(struct ircnet *n, const struct ircmsg *m)
{
	struct slice msgid = ircmsg_param(m, 1);
	struct irc_text text;

	if (msgid.len == 0 || msgid.len > MSGID_MAX || m->source.nick.len == 0) {
		n->dropped++;
		return;
	}
	if (read_text(n, m, IRC_PRIVMSG, &text)) {
		text.text = m->nparams > 2 ? m->params[2] : slice("", 0);
		EMIT(n, on_redact, &text, msgid);
	}
}
