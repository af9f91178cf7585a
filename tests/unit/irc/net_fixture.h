/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_IRC_NET_FIXTURE_H
#define TESTS_UNIT_IRC_NET_FIXTURE_H

#include "tests/unit/unit.h"

#include "irc/engine.h"
#include "irc/ircnet.h"

/*
 * One ircnet with a recorder on both sides: what it writes is in `out`, what
 * it tells is in `told`, one line an event. The clock is moved by hand.
 */
enum { DESCRIPTOR = 1000 };

static const struct slice none = {NULL, 0};

struct fixture {
	struct clock clock;
	struct ircnet *net;
	struct ircnet_config config;
	struct buf out;
	struct buf told;
	const char *destroy_in; /* name of the event that destroys the net */
	const char *next_nick;  /* answer to on_nick_refused */
	int ends;
};

static void told(struct fixture *f, const char *name, const char *fmt, ...)
	PRINTF(3, 4);

static void told(struct fixture *f, const char *name, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_addf(&f->told, "%s%s%s\n", name, text[0] ? " " : "", text);
	if (f->destroy_in != NULL && f->net != NULL &&
		strcmp(f->destroy_in, name) == 0) {
		struct ircnet *net = f->net;

		f->net = NULL;
		ircnet_destroy(net);
	}
}

static void on_write(void *ctx, const char *p, size_t len)
{
	struct fixture *f = ctx;

	buf_add(&f->out, p, len);
	if (f->destroy_in != NULL && f->net != NULL &&
		strcmp(f->destroy_in, "write") == 0) {
		struct ircnet *net = f->net;

		f->net = NULL;
		ircnet_destroy(net);
	}
}

static const char *kind_name(enum irc_text_kind kind)
{
	static const char *const names[] = {"privmsg", "notice", "action"};

	return names[kind];
}

static void on_end(void *ctx, enum ircnet_end why, int numeric,
	struct slice text)
{
	static const char *const names[] = {"error", "register", "ping",
		"refused", "nick", "quit", "engine", "login"};
	struct fixture *f = ctx;

	f->ends++;
	told(f, "end", "%s %d %.*s", names[why], numeric, SLICE_ARG(text));
}

static void on_capable(void *ctx)
{
	told(ctx, "capable", "%s", "");
}

static void on_registered(void *ctx)
{
	struct fixture *f = ctx;

	told(f, "registered", "%s", ircnet_me(f->net)->nick->p);
}

static void on_login(void *ctx, enum login_result result, struct slice text)
{
	static const char *const names[] = {"ok", "refused", "unsafe",
		"nowhere", "impostor", "timeout", "illegal", "unproven",
		"costly", "certificate", "nothing"};

	told(ctx, "login", "%s :%.*s", names[result], SLICE_ARG(text));
}

static void on_nick_refused(void *ctx, int numeric, struct slice nick,
	struct slice text)
{
	struct fixture *f = ctx;

	told(f, "nick_refused", "%d %.*s %.*s", numeric, SLICE_ARG(nick),
		SLICE_ARG(text));
	if (f->net != NULL && f->next_nick != NULL) {
		assert_int_equal(
			ircnet_nick(f->net, slice_str(f->next_nick)), ERR_OK);
		f->next_nick = NULL;
	}
}

static void on_join(void *ctx, struct ircchan *chan, struct ircuser *who,
	bool is_me)
{
	struct fixture *f = ctx;
	struct slice servers = f->net != NULL ? ircnet_netjoin(f->net) :
						slice(NULL, 0);

	told(ctx, "join", "%s %s%s%s%s%.*s", chan->name->p, who->nick->p,
		is_me ? " me" : "", ircuser_account(who) ? " account" : "",
		servers.p != NULL ? " netjoin " : "", SLICE_ARG(servers));
}

static void on_complete(void *ctx, struct ircchan *chan)
{
	told(ctx, "complete", "%s members=%u topic=%s", chan->name->p,
		chan->members.used, chan->topic);
}

static void on_leave(void *ctx, struct ircchan *chan, struct ircuser *who,
	bool is_me, const struct irc_leave *leave)
{
	static const char *const names[] = {"part", "quit", "kick"};

	assert_non_null(chan_member(chan, who->entry.key, NULL));
	told(ctx, "leave", "%s %s %s%s%s%s%.*s%s%.*s :%.*s", chan->name->p,
		who->nick->p, names[leave->kind], is_me ? " me" : "",
		leave->asked ? " asked" : "",
		leave->netsplit ? " netsplit " : "",
		SLICE_ARG(leave->servers), leave->by.nick.p ? " by " : "",
		SLICE_ARG(leave->by.nick),
		SLICE_ARG(leave->reason));
}

static void on_nick(void *ctx, struct ircuser *who, struct slice old,
	bool is_me, bool asked)
{
	told(ctx, "nick", "%.*s %s%s%s", SLICE_ARG(old), who->nick->p,
		is_me ? " me" : "", asked ? " asked" : "");
}

static void on_prefix(void *ctx, struct ircchan *chan, struct ircuser *who,
	uint32_t was, uint32_t now, const struct ircsource *by)
{
	told(ctx, "prefix", "%s %s %u %u by %.*s", chan->name->p, who->nick->p,
		was, now, SLICE_ARG(by->nick));
}

static void on_modes(void *ctx, struct ircchan *chan,
	const struct ircsource *by, struct slice words, uint64_t was)
{
	(void)was;
	told(ctx, "modes", "%s %.*s by %.*s key=%s limit=%u", chan->name->p,
		SLICE_ARG(words), SLICE_ARG(by->nick),
		chan->key ? chan->key : "-", chan->limit);
}

static void on_topic(void *ctx, struct ircchan *chan,
	const struct ircsource *by)
{
	told(ctx, "topic", "%s %.*s :%s", chan->name->p, SLICE_ARG(by->nick),
		chan->topic);
}

static void tell_user(void *ctx, const char *event, const struct ircuser *who)
{
	told(ctx, event, "%s %s account=%s away=%s", who->nick->p,
		ircuser_host(who) ? ircuser_host(who)->p : "-",
		ircuser_account(who) ? ircuser_account(who)->p : "-",
		ircuser_away(who) ? ircuser_away(who)->p : "-");
}

static void on_user(void *ctx, struct ircuser *who)
{
	tell_user(ctx, "user", who);
}

static void on_person(void *ctx, struct ircuser *who)
{
	tell_user(ctx, "person", who);
}

static void on_watched(void *ctx, const struct ircwatched *who)
{
	static const char *const names[] = {"unknown", "offline", "online"};

	told(ctx, "watched", "%s %s%s%s%s%s%s%s", who->nick->p,
		names[who->state], who->away ? " away=" : "",
		who->away ? who->away->p : "", who->reason ? " reason=" : "",
		who->reason ? who->reason->p : "",
		who->renamed ? " renamed=" : "",
		who->renamed ? who->renamed->p : "");
}

static void on_text(void *ctx, const struct irc_text *text)
{
	told(ctx, "text", "%s %.*s%s%s %s%c%s%s%s :%.*s",
		kind_name(text->kind), SLICE_ARG(text->source.nick),
		text->from_server ? " server" : "",
		text->from_me ? " self" : "",
		text->chan ? text->chan->name->p : "-",
		text->status ? text->status : ' ', text->from ? "known" : "",
		text->history ? " history" : "", text->msgid.p ? " id" : "",
		SLICE_ARG(text->text));
	if (text->token != 0) {
		told(ctx, "echo", "%u %u", (unsigned)text->token,
			text->follow);
	}
}

static void on_answered(void *ctx, uint64_t token, unsigned follow)
{
	told(ctx, "answered", "%u %u", (unsigned)token, follow);
}

static void on_tags(void *ctx, const struct irc_text *text)
{
	struct slice reply = irc_text_tag(text, "reply");
	struct slice react = irc_text_tag(text, "react");

	told(ctx, "tags", "%.*s %s%s reply=%.*s react=%.*s",
		SLICE_ARG(text->source.nick),
		text->chan ? text->chan->name->p : "-",
		text->msgid.p ? " id" : "", SLICE_ARG(reply),
		SLICE_ARG(react));
}

static void on_typing(void *ctx, const struct irc_text *text,
	enum irc_typing typing)
{
	told(ctx, "typing", "%.*s %d", SLICE_ARG(text->source.nick),
		(int)typing);
}

static void on_ctcp(void *ctx, const struct irc_text *text,
	struct slice command, struct slice args, bool is_reply)
{
	told(ctx, "ctcp", "%.*s %.*s%s :%.*s", SLICE_ARG(text->source.nick),
		SLICE_ARG(command), is_reply ? " reply" : "", SLICE_ARG(args));
}

static void on_invite(void *ctx, const struct ircsource *by,
	struct slice target, struct slice channel)
{
	told(ctx, "invite", "%.*s %.*s %.*s", SLICE_ARG(by->nick),
		SLICE_ARG(target), SLICE_ARG(channel));
}

static void on_numeric(void *ctx, int numeric, const struct ircmsg *m)
{
	struct fixture *f = ctx;
	unsigned follow;

	told(ctx, "numeric", "%03d %.*s :%.*s", numeric,
		SLICE_ARG(ircmsg_param(m, 1)), SLICE_ARG(ircmsg_last(m)));
	if (f->net != NULL && ircnet_answers(f->net, m, &follow) != 0) {
		told(ctx, "answers", "%u",
			(unsigned)ircnet_answers(f->net, m, &follow));
	}
}

static void on_other(void *ctx, const struct ircmsg *m)
{
	told(ctx, "other", "%.*s :%.*s", SLICE_ARG(m->command),
		SLICE_ARG(ircmsg_last(m)));
}

static void on_sent(void *ctx, uint64_t token)
{
	told(ctx, "sent", "%u", (unsigned)token);
}

static const struct ircnet_events events = {
	.write = on_write,
	.on_end = on_end,
	.on_capable = on_capable,
	.on_registered = on_registered,
	.on_login = on_login,
	.on_nick_refused = on_nick_refused,
	.on_join = on_join,
	.on_complete = on_complete,
	.on_leave = on_leave,
	.on_nick = on_nick,
	.on_prefix = on_prefix,
	.on_modes = on_modes,
	.on_topic = on_topic,
	.on_user = on_user,
	.on_person = on_person,
	.on_watched = on_watched,
	.on_text = on_text,
	.on_tags = on_tags,
	.on_typing = on_typing,
	.on_ctcp = on_ctcp,
	.on_invite = on_invite,
	.on_numeric = on_numeric,
	.on_other = on_other,
	.on_answered = on_answered,
	.on_sent = on_sent,
};

static inline void fixture_init(struct fixture *f)
{
	*f = (struct fixture){
		.config = {
			.nick = "juliet",
			.user = "juliet",
			.realname = "Juliet C",
			.flood_burst = 5,
			.flood_interval_ms = 2000,
			.queue_lines = 50,
			.register_timeout_ms = 30000,
			.max_lines = 8,
		},
	};
	engine_setup(DESCRIPTOR);
	clock_init(&f->clock, 1000, 1700000000000LL);
	buf_init(&f->out, 1 << 20);
	buf_init(&f->told, 1 << 20);
}

static inline void fixture_open(struct fixture *f)
{
	f->net = ircnet_create(&f->config, &events, f, &f->clock, NULL);
	assert_non_null(f->net);
}

static inline void fixture_close(struct fixture *f)
{
	ircnet_destroy(f->net);
	buf_finish(&f->out);
	buf_finish(&f->told);
	clock_finish(&f->clock);
	assert_int_equal(intern_count(), 0);
	assert_int_equal(engine_traps(), 0);
}

/* Lines of the server; LF becomes CRLF. */
static inline void serve(struct fixture *f, const char *lines)
{
	struct buf crlf;

	buf_init(&crlf, 1 << 20);
	for (; *lines != '\0'; lines++) {
		if (*lines == '\n') {
			buf_add_char(&crlf, '\r');
		}
		buf_add_char(&crlf, *lines);
	}
	if (f->net != NULL) {
		ircnet_input(f->net, crlf.p, crlf.len);
	}
	buf_finish(&crlf);
}

static inline void pass(struct fixture *f, uint64_t ms)
{
	clock_advance(&f->clock, f->clock.now_ms + ms,
		f->clock.wall_ms + (int64_t)ms);
}

/* What was written since the last look: exactly this. */
static inline void expect_out(struct fixture *f, const char *lines)
{
	struct buf lf;

	buf_init(&lf, 1 << 20);
	for (size_t i = 0; i < f->out.len; i++) {
		if (f->out.p[i] != '\r') {
			buf_add_char(&lf, f->out.p[i]);
		}
	}
	assert_string_equal(buf_cstr(&lf), lines);
	buf_finish(&lf);
	buf_reset(&f->out, 0);
}

/* What was told since the last look: exactly this. */
static inline void expect_told(struct fixture *f, const char *lines)
{
	assert_string_equal(buf_cstr(&f->told), lines);
	buf_reset(&f->told, 0);
}

static inline void forget(struct fixture *f)
{
	buf_reset(&f->out, 0);
	buf_reset(&f->told, 0);
}

/* A registered net with PREFIX and CHANMODES of a usual server. */
static inline void fixture_register(struct fixture *f)
{
	fixture_open(f);
	serve(f, ":irc.test CAP * LS :multi-prefix extended-join batch "
		"server-time message-tags\n"
		":irc.test CAP juliet ACK :multi-prefix extended-join "
		"server-time message-tags batch\n"
		":irc.test 001 juliet :Welcome juliet!~j@host.test\n"
		":irc.test 005 juliet CHANTYPES=# PREFIX=(qov)~@+ "
		"CHANMODES=Ibe,k,l,imnpst CASEMAPPING=rfc1459 NICKLEN=20 "
		"STATUSMSG=@+ TOPICLEN=50 :are supported\n");
	pass(f, 0);
	forget(f);
}

/* ... and in a channel with two others, bob an op. */
static inline void fixture_join(struct fixture *f)
{
	fixture_register(f);
	assert_int_equal(ircnet_join(f->net, slice_str("#c"),
		slice(NULL, 0)), ERR_OK);
	pass(f, 0);
	serve(f, ":juliet!~j@host.test JOIN #c * :Juliet\n"
		":irc.test 353 juliet = #c :juliet ~@bob +ann\n"
		":irc.test 366 juliet #c :End\n"
		":irc.test 324 juliet #c +nt\n");
	pass(f, 60000);
	forget(f);
}

#endif
