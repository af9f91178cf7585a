/* SPDX-License-Identifier: MIT */
#include "irc/ircnet_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/stamp.h"

/*
 * PRIVMSG, NOTICE, CTCP. Where a text belongs is our own decision, by our own
 * nick and the server's CASEMAPPING, CHANTYPES and STATUSMSG (LIBIRCCLIENT 5).
 */

/* ---- batches ---- */

enum { BATCH_ID_MAX = 64, MSGID_MAX = 255, TAG_NAME_MAX = 64 };

static struct batch *find_batch(const struct ircnet *n, struct slice id)
{
	for (unsigned i = 0; i < n->nbatches; i++) {
		if (slice_eq(istr_slice(n->batches[i].id), id)) {
			return &n->batches[i];
		}
	}
	return NULL;
}

/* The batch that a line is in; NULL: none that is known. */
static const struct batch *batch_of(const struct ircnet *n,
	const struct ircmsg *m)
{
	struct slice id;

	if (n->nbatches == 0 || m->ntags == 0) {
		return NULL;
	}
	id = ircmsg_tag(m, "batch");
	return id.len > 0 ? find_batch(n, id) : NULL;
}

enum batch_kind net_batch(const struct ircnet *n, const struct ircmsg *m)
{
	const struct batch *batch = batch_of(n, m);

	return batch != NULL ? batch->kind : BATCH_OTHER;
}

struct slice net_batch_servers(const struct ircnet *n, const struct ircmsg *m,
	enum batch_kind kind)
{
	const struct batch *batch = batch_of(n, m);

	return batch != NULL && batch->kind == kind ?
		istr_slice(batch->servers) : slice(NULL, 0);
}

uint64_t ircnet_answers(const struct ircnet *n, const struct ircmsg *m,
	unsigned *follow)
{
	uint64_t token = net_label(m, follow);
	const struct batch *batch = token == 0 ? batch_of(n, m) : NULL;

	if (batch != NULL) {
		*follow = batch->follow;
		return batch->token;
	}
	return token;
}

bool ircnet_answers_join(const struct ircnet *n, const struct ircmsg *m)
{
	unsigned count = 0;

	return ircnet_answers(n, m, &count) == 0 && count > 0;
}

bool net_answers_other(const struct ircnet *n, const struct ircmsg *m)
{
	unsigned follow;

	return ircnet_answers(n, m, &follow) != 0;
}

void net_batches_clear(struct ircnet *n)
{
	for (unsigned i = 0; i < n->nbatches; i++) {
		istr_unref(n->batches[i].id);
		multiline_free(n->batches[i].lines);
		istr_unref(n->batches[i].servers);
	}
	free(n->batches);
	n->batches = NULL;
	n->nbatches = 0;
}

static void played(struct ircnet *n, const struct istr *target)
{
	struct ircchan *chan = state_chan(n, istr_slice(target));

	if (chan != NULL) {
		EMIT(n, on_played, chan);
	}
}

/* One of several lines becomes the message that it is. */
static void close_batch(struct ircnet *n, struct batch *batch)
{
	struct multiline *lines = batch->lines;
	const struct ircmsg *whole = lines ? multiline_close(lines) : NULL;
	struct batch was = *batch;
	const struct istr *target = istr_ref(batch->servers);

	istr_unref(batch->id);
	istr_unref(batch->servers);
	*batch = n->batches[--n->nbatches];
	if (n->nbatches == 0) {
		net_batches_clear(n);
	}
	if (whole != NULL) {
		handle_text(n, whole);
	}
	multiline_free(lines);
	if (was.kind == BATCH_HISTORY && !was.inner) {
		played(n, target);
	}
	istr_unref(target);
	if (was.labelled) {
		EMIT(n, on_answered, was.token, was.follow);
	}
}

static enum batch_kind kind_of(struct slice type)
{
	if (slice_is(type, "netsplit")) {
		return BATCH_NETSPLIT;
	}
	if (slice_is(type, "netjoin")) {
		return BATCH_NETJOIN;
	}
	if (slice_is(type, "chathistory")) {
		return BATCH_HISTORY;
	}
	return BATCH_OTHER;
}

static struct multiline *lines_of(const struct ircmsg *m)
{
	return slice_is(ircmsg_param(m, 1), "draft/multiline") ?
		multiline_open(m) :
		NULL;
}

/* BATCH +id netsplit hub.example leaf.example: "hub.example leaf.example"; BATCH +id
 * chathistory #channel: "#channel". */
static const struct istr *servers_of(const struct ircmsg *m,
	enum batch_kind kind)
{
	struct slice a = ircmsg_param(m, 2);
	struct slice b = ircmsg_param(m, 3);
	char text[2 * NET_WORD_MAX + 1];

	if (kind == BATCH_HISTORY && a.len > 0 && a.len <= NET_WORD_MAX) {
		return intern(a.p, a.len);
	}
	if ((kind != BATCH_NETSPLIT && kind != BATCH_NETJOIN) || a.len == 0 ||
		b.len == 0 || a.len > NET_WORD_MAX || b.len > NET_WORD_MAX) {
		return intern("", 0);
	}
	memcpy(text, a.p, a.len);
	text[a.len] = ' ';
	memcpy(text + a.len + 1, b.p, b.len);
	return intern(text, a.len + 1 + b.len);
}

/* BATCH +id type ... and BATCH -id; what is inside one inherits its kind. */
void handle_batch(struct ircnet *n, const struct ircmsg *m)
{
	struct slice id = ircmsg_param(m, 0);
	enum batch_kind kind = kind_of(ircmsg_param(m, 1));
	char sign = id.len > 1 ? id.p[0] : '\0';
	const struct batch *outer = batch_of(n, m);
	bool inner = outer != NULL && outer->kind != BATCH_OTHER;
	const struct istr *servers;
	uint64_t token;
	unsigned follow = 0;
	struct batch *batch;

	if ((sign != '+' && sign != '-') || id.len > BATCH_ID_MAX) {
		n->dropped++;
		return;
	}
	id.p++;
	id.len--;
	batch = find_batch(n, id);
	if (sign == '-') {
		if (batch != NULL) {
			close_batch(n, batch);
		}
		return;
	}
	if (slice_is(ircmsg_param(m, 1), "metadata")) {
		meta_batch(n, ircmsg_param(m, 2));
	}
	if (inner) {
		kind = outer->kind;
		servers = istr_ref(outer->servers);
	} else {
		servers = servers_of(m, kind);
	}
	token = ircnet_answers(n, m, &follow);
	if (batch != NULL) { /* an id that is used again */
		multiline_free(batch->lines);
		batch->kind = kind;
		batch->inner = inner;
		batch->lines = lines_of(m);
		istr_set(&batch->servers, servers);
		batch->token = token;
		batch->follow = follow;
		batch->labelled = net_label(m, &follow) != 0;
		return;
	}
	if (n->nbatches == NET_BATCHES_MAX) {
		n->dropped++;
		istr_unref(servers);
		return;
	}
	if (n->batches == NULL) {
		n->batches = must_calloc(NET_BATCHES_MAX, sizeof *n->batches);
	}
	n->batches[n->nbatches++] = (struct batch){
		.id = intern(id.p, id.len),
		.kind = kind,
		.inner = inner,
		.lines = lines_of(m),
		.servers = servers,
		.token = token,
		.follow = follow,
		.labelled = net_label(m, &follow) != 0,
	};
}

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
	const struct batch *batch = batch_of(n, m);

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
