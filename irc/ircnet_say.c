/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <string.h>

/* Texts on their way out: budget, splitting (PROTOCOL G.4), CTCP (G.2). */
enum { BUDGET_LEAST = 100 };


struct saying {
	struct ircnet *n;
	enum irc_text_kind kind;
	struct slice target;
	uint64_t token;
	unsigned left; /* lines */
	bool first;
};

/* How much longer our lines are when others receive them (PROTOCOL G.4). */
static size_t prefix_len(const struct ircnet *n)
{
	size_t len = sizeof ":!" - 1 + n->me->nick->len;

	if (ircuser_host(n->me) != NULL) {
		return len + ircuser_host(n->me)->len;
	}
	return len + n->isupport.userlen + 1 + 1 + n->isupport.hostlen;
}

static size_t text_budget(const struct ircnet *n, enum irc_text_kind kind,
	struct slice target)
{
	size_t taken = prefix_len(n) + target.len + sizeof "   :\r\n" - 1;
	size_t most = n->isupport.linelen;

	taken += strlen(kind == IRC_NOTICE ? "NOTICE" : "PRIVMSG");
	taken += kind == IRC_ACTION ? sizeof "\x01" "ACTION \x01" - 1 : 0;
	if (target.len > 1 && strchr(n->isupport.statusmsg, target.p[0]) &&
		isupport_is_channel(&n->isupport,
			slice(target.p + 1, target.len - 1))) {
		taken++;
	}
	return taken + BUDGET_LEAST < most ? most - taken : BUDGET_LEAST;
}

/* Fields were checked and there is room: this cannot fail any more. */
static void say_line(void *ctx, struct slice text, bool joined)
{
	struct saying *s = ctx;
	struct buf *line = net_scratch();
	unsigned place = s->first ? SENDQ_FIRST : SENDQ_MIDDLE;

	s->left--;
	net_add_label(s->n, line, s->token, s->left);
	net_add_tags(s->n, line);
	buf_add_str(line, s->kind == IRC_NOTICE ? "NOTICE " : "PRIVMSG ");
	buf_add_slice(line, s->target);
	buf_add_str(line, s->kind == IRC_ACTION ? " :\x01" "ACTION " : " :");
	net_encode(s->n, line, text);
	if (s->kind == IRC_ACTION) {
		buf_add_char(line, '\x01');
	}
	(void)joined;
	s->first = false;
	if (s->left == 0) {
		place |= SENDQ_LAST;
	}
	net_queue(s->n, SENDQ_MESSAGE, buf_slice(line), s->token,
		(enum sendq_place)place);
}

/* ---- budgets in another charset ---- */

struct longest {
	const struct ircnet *n;
	size_t len;
};

static void measure(void *ctx, struct slice text, bool joined)
{
	struct longest *l = ctx;
	struct buf *line = net_scratch();

	(void)joined;
	net_encode(l->n, line, text);
	l->len = line->len > l->len ? line->len : l->len;
}

/*
 * A line may be longer in the server's charset than it is in UTF-8: then all
 * are cut shorter, until the longest of them fits.
 */
static enum err fit(const struct ircnet *n, struct irc_split *how,
	struct slice body, unsigned *lines)
{
	size_t budget = how->budget;
	enum err err = irc_split(how, body, NULL, NULL, lines);

	while (err == ERR_OK && net_encodes(n)) {
		struct longest longest = {n, 0};

		err = irc_split(how, body, measure, &longest, lines);
		if (longest.len <= budget) {
			break;
		}
		if (how->budget <= BUDGET_LEAST / 2) {
			return ERR_TOO_BIG;
		}
		how->budget -= how->budget / 4;
	}
	return err;
}

/* ---- draft/multiline (G.4) ---- */

static void count_bytes(void *ctx, struct slice text, bool joined)
{
	struct longest *l = ctx;
	struct buf *line = net_scratch();

	net_encode(l->n, line, text);
	l->len += line->len + !joined; /* the line feed between two */
}

/* As one message, where the server takes such; false: line by line. */
static bool as_one(const struct ircnet *n, struct irc_split *how,
	struct slice body, unsigned *lines)
{
	struct longest all = {n, 0};
	struct irc_split one = *how;
	unsigned count;
	size_t most;

	if (!multiline_limits(n, &most, &one.max_lines)) {
		return false;
	}
	one.multiline = true;
	if (fit(n, &one, body, &count) != ERR_OK || count < 2 ||
		irc_split(&one, body, count_bytes, &all, NULL) != ERR_OK ||
		all.len > most) {
		return false;
	}
	*how = one;
	*lines = count;
	return true;
}

static void batch_line(void *ctx, struct slice text, bool joined)
{
	struct saying *s = ctx;
	struct buf *line = net_scratch();

	buf_addf(line, "@batch=m%u%s ", s->n->batches_sent,
		joined ? ";draft/multiline-concat" : "");
	buf_add_str(line, s->kind == IRC_NOTICE ? "NOTICE " : "PRIVMSG ");
	buf_add_slice(line, s->target);
	buf_add_str(line, " :");
	net_encode(s->n, line, text);
	sendq_add(&s->n->queue, SENDQ_BATCH, buf_slice(line), s->token,
		SENDQ_MIDDLE);
}

/* All of it at once: nothing may come between. There is room. */
static enum err say_as_one(struct saying *s, const struct irc_split *how,
	struct slice body)
{
	struct buf *line = net_scratch();
	enum err err;

	s->n->batches_sent++;
	net_add_label(s->n, line, s->token, 0);
	net_add_tags(s->n, line);
	buf_addf(line, "BATCH +m%u draft/multiline %.*s", s->n->batches_sent,
		SLICE_ARG(s->target));
	sendq_add(&s->n->queue, SENDQ_BATCH, buf_slice(line), s->token,
		SENDQ_FIRST);
	err = irc_split(how, body, batch_line, s, NULL);
	line = net_scratch();
	buf_addf(line, "BATCH -m%u", s->n->batches_sent);
	sendq_add(&s->n->queue, SENDQ_BATCH, buf_slice(line), s->token,
		SENDQ_LAST);
	net_kick(s->n);
	return err;
}

/* ---- saying ---- */

/* What it becomes; *lines: of a batch two more. */
static enum err plan(struct ircnet *n, const struct saying *s,
	struct slice body, struct irc_split *how, unsigned *lines)
{
	unsigned direct = net_direct(n);
	enum err err;

	how->budget = text_budget(n, s->kind, s->target);
	if (how->budget == BUDGET_LEAST &&
		s->target.len + BUDGET_LEAST + 22 > n->isupport.linelen) {
		return ERR_TOO_BIG;
	}
	if (s->kind != IRC_ACTION && as_one(n, how, body, lines)) {
		return *lines + 2 > sendq_room(&n->queue) ? ERR_FULL : ERR_OK;
	}
	err = fit(n, how, body, lines);
	return err == ERR_OK && *lines > direct &&
			*lines - direct > sendq_room(&n->queue) ?
		ERR_FULL :
		err;
}

static enum err say(struct ircnet *n, enum irc_text_kind kind,
	struct slice target, struct slice body, bool formats, uint64_t token)
{
	struct saying s = {n, kind, target, token, 0, true};
	struct irc_split how = {
		.max_lines = n->max_lines ? n->max_lines : 1,
		.formats = formats,
	};
	enum err err = net_usable(n);

	if (err == ERR_OK) {
		err = irc_field_check(&n->isupport, FIELD_TARGET, target, NULL);
	}
	if (err == ERR_OK) {
		err = plan(n, &s, body, &how, &s.left);
	}
	if (err != ERR_OK) {
		return err;
	}
	net_enter(n);
	err = how.multiline ? say_as_one(&s, &how, body) :
			      irc_split(&how, body, say_line, &s, NULL);
	net_leave(n);
	return err;
}

/* Nothing was sent: its tags are not for the next text. */
static enum err untag(struct ircnet *n, enum err err)
{
	if (err != ERR_OK) {
		buf_finish(&n->tags);
	}
	return err;
}

enum err ircnet_say(struct ircnet *n, enum irc_text_kind kind,
	struct slice target, struct slice body, uint64_t token)
{
	return untag(n, say(n, kind, target, body, false, token));
}

enum err ircnet_say_formatted(struct ircnet *n, enum irc_text_kind kind,
	struct slice target, struct slice body, uint64_t token)
{
	return untag(n, say(n, kind, target, body, true, token));
}

size_t ircnet_say_max(const struct ircnet *n, enum irc_text_kind kind,
	struct slice target)
{
	return n->me != NULL ? text_budget(n, kind, target) : BUDGET_LEAST;
}

bool ircnet_unsay(struct ircnet *n, uint64_t token)
{
	return sendq_drop(&n->queue, token);
}

/* ---- typing ---- */

enum err ircnet_typing(struct ircnet *n, struct slice target,
	enum irc_typing typing)
{
	static const char *const words[] = {
		[IRC_TYPING_ACTIVE] = "active",
		[IRC_TYPING_PAUSED] = "paused",
		[IRC_TYPING_DONE] = "done",
	};
	struct buf *line = net_scratch();
	enum err err = net_usable(n);

	if (err == ERR_OK) {
		err = irc_field_check(&n->isupport, FIELD_TARGET, target, NULL);
	}
	if (err != ERR_OK || typing == IRC_TYPING_NONE ||
		!caps_on(&n->caps, "message-tags") ||
		!isupport_tag_allowed(&n->isupport, "typing")) {
		return err != ERR_OK ? err : ERR_WRONG_STATE;
	}
	/* A word about typing is worth nothing later, and no token of texts. */
	if (sendq_wait(&n->queue, n->clock->now_ms, 1) > 0 ||
		n->queue.lines > 0) {
		return ERR_FULL;
	}
	buf_reset(line, SIZE_MAX);
	buf_addf(line, "@+typing=%s TAGMSG %.*s", words[typing],
		SLICE_ARG(target));
	net_enter(n);
	net_queue(n, SENDQ_LINE, buf_slice(line), 0, SENDQ_ONLY);
	net_leave(n);
	return ERR_OK;
}

/* ---- CTCP ---- */

static enum err ctcp(struct ircnet *n, const char *how, struct slice target,
	struct slice command, struct slice args)
{
	struct irc_arg fields[2] = {{FIELD_TARGET, target}};
	struct buf text;
	enum err err;

	err = irc_field_check(&n->isupport, FIELD_WORD, command, NULL);
	if (err != ERR_OK) {
		return err;
	}
	buf_init(&text, IRC_LINE_MAX);
	buf_add_char(&text, '\x01');
	buf_add_slice(&text, command);
	if (args.len > 0) {
		buf_add_char(&text, ' ');
		irc_one_line(&text, args, 300);
	}
	buf_add_char(&text, '\x01');
	fields[1] = (struct irc_arg){FIELD_TEXT, buf_slice(&text)};
	err = net_request(n, how, fields, 2);
	buf_finish(&text);
	return err;
}

enum err ircnet_ctcp(struct ircnet *n, struct slice target,
	struct slice command, struct slice args)
{
	return ctcp(n, "PRIVMSG", target, command, args);
}

enum err ircnet_ctcp_reply(struct ircnet *n, struct slice target,
	struct slice command, struct slice args)
{
	return ctcp(n, "NOTICE", target, command, args);
}
