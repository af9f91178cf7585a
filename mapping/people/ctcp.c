/* SPDX-License-Identifier: MIT */
#include "mapping/people/ctcp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/utf8.h"
#include "mapping/addr.h"
#include "mapping/out.h"
#include "mapping/people/ask.h"
#include "mapping/talk/chat.h"
#include "mapping/user.h"

enum {
	REPLIES = 3,
	REPLIES_MS = 10000,
	CLIENT_MS = 10000, /* for a client to answer */
	FORWARDS_MAX = 8,
	WORDS_MAX = 100,   /* bytes of one thing that a client says */
	TEXT_MAX = 1024,
};

/*
 * The story of one: the client is asked -> it answers, or an error, or nothing
 * comes -> the next form is asked in the time that is left, or there is none ->
 * the reply goes to IRC and the forward is gone.
 */
struct forward {
	struct list link; /* in session->forwards */
	struct session *session;
	const struct istr *nick; /* who asked, as IRC spells it */
	const struct forward_kind *kind;
	unsigned form;     /* which of the kind's is asked now */
	uint64_t until_ms;
	struct ask *ask;
	const struct istr *client; /* full JID */
};

/* Appends the reply; false: the client said nothing of use. */
typedef bool reply_fn(const struct elem *payload, struct buf *out);

struct form {
	const char *element;
	enum ns ns;
	reply_fn *reply;
};

struct forward_kind {
	const char *ctcp;
	struct form forms[2]; /* element NULL ends */
	void (*own)(const struct session *s, struct buf *out);
};

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- what goes back to IRC ---- */

static void send_reply(struct session *s, struct slice nick, const char *ctcp,
	struct slice args)
{
	enum err err = ircnet_ctcp_reply(s->net, nick, slice_str(ctcp), args);

	if (err != ERR_OK) {
		log_debug(&s->log, "ctcp not answered reason=%s",
			err_text(err));
	}
}

/* ---- VERSION ---- */

static void own_version(const struct session *s, struct buf *out)
{
	(void)s;
	buf_add_str(out, "Isthmus " ISTHMUS_VERSION);
}

static void add_word(struct buf *out, struct slice word)
{
	word = slice_trim(word);
	word.len = utf8_cut(word, WORDS_MAX);
	if (word.len > 0 && out->len > 0) {
		buf_add_char(out, ' ');
	}
	buf_add_slice(out, word);
}

static bool reply_version(const struct elem *e, struct buf *out)
{
	add_word(out, elem_child_text(e, "name", NS_IQ_VERSION));
	add_word(out, elem_child_text(e, "version", NS_IQ_VERSION));
	add_word(out, elem_child_text(e, "os", NS_IQ_VERSION));
	return out->len > 0;
}

static const struct forward_kind version_kind = {
	"VERSION", {{"query", NS_IQ_VERSION, reply_version}}, own_version,
};

/* ---- TIME ---- */

static void own_time(const struct session *s, struct buf *out)
{
	char stamp[OUT_STAMP];

	if (core(s)->config->ctcp_own_time) {
		out_stamp(core(s)->clock->wall_ms, stamp);
		buf_add_str(out, stamp);
	}
}

/* "+01:00" or "Z"; read as part of a date, so that there is one reader. */
static bool read_zone(struct slice zone, int *offset_min)
{
	char text[40];
	struct date d;

	zone.len = zone.len < 8 ? zone.len : 8;
	snprintf(text, sizeof text, "1970-01-01T00:00:00%.*s",
		SLICE_ARG(zone));
	if (!date_read(slice_str(text), &d) || !d.has_zone) {
		return false;
	}
	*offset_min = d.offset_min;
	return true;
}

/* XEP-0202: what the clock on their wall shows, and in which zone. */
static bool reply_time(const struct elem *e, struct buf *out)
{
	struct slice utc = slice_trim(elem_child_text(e, "utc", NS_TIME));
	struct slice zone = slice_trim(elem_child_text(e, "tzo", NS_TIME));
	char stamp[OUT_STAMP];
	struct date d;
	int offset;

	if (!date_read(utc, &d) || !read_zone(zone, &offset)) {
		return false;
	}
	out_stamp((d.local_s + (offset - d.offset_min) * 60) * 1000, stamp);
	buf_addf(out, "%.10s %.8s %c%02d:%02d", stamp, stamp + 11,
		offset < 0 ? '-' : '+', abs(offset) / 60, abs(offset) % 60);
	return true;
}

/* XEP-0090: the words for people. */
static bool reply_time_old(const struct elem *e, struct buf *out)
{
	add_word(out, elem_child_text(e, "display", NS_IQ_TIME));
	if (out->len == 0) {
		add_word(out, elem_child_text(e, "utc", NS_IQ_TIME));
	}
	return out->len > 0;
}

static const struct forward_kind time_kind = {
	"TIME", {{"time", NS_TIME, reply_time},
			{"query", NS_IQ_TIME, reply_time_old}}, own_time,
};

/* ---- asking the user's client ---- */

static void forward_free(struct forward *f)
{
	if (f->ask != NULL) {
		ask_cancel(f->ask);
	}
	list_remove(&f->link);
	istr_unref(f->nick);
	istr_unref(f->client);
	free(f);
}

/* The gateway's own word, when it has one. */
static void answer_own(struct session *s, struct slice nick,
	const struct forward_kind *kind)
{
	struct buf text;

	buf_init(&text, TEXT_MAX);
	kind->own(s, &text);
	if (text.len > 0) {
		send_reply(s, nick, kind->ctcp, buf_slice(&text));
	}
	buf_finish(&text);
}

static void on_answer(void *ctx, const struct stanza *answer);

/* false: nobody is asked. */
static bool ask_client(struct forward *f)
{
	struct mapping *m = core(f->session);
	const struct form *form = &f->kind->forms[f->form];
	struct buf from;

	if (f->form == sizeof f->kind->forms / sizeof *f->kind->forms ||
		form->element == NULL || f->until_ms <= m->clock->now_ms) {
		return false;
	}
	buf_init(&from, 4096);
	addr_add_name(m, &from, f->session->network, istr_slice(f->nick));
	f->ask = ask_send(m, buf_cstr(&from), f->client->p, form->element,
		form->ns, (unsigned)(f->until_ms - m->clock->now_ms),
		on_answer, f);
	buf_finish(&from);
	return f->ask != NULL;
}

static void on_answer(void *ctx, const struct stanza *answer)
{
	struct forward *f = ctx;
	const struct form *form = &f->kind->forms[f->form];
	const struct elem *payload = NULL;
	struct buf text;

	f->ask = NULL;
	if (answer != NULL && stanza_type_is(answer, "result")) {
		payload = elem_child(answer->root, form->element, form->ns);
	}
	buf_init(&text, TEXT_MAX);
	if (payload != NULL && form->reply(payload, &text)) {
		send_reply(f->session, istr_slice(f->nick), f->kind->ctcp,
			buf_slice(&text));
		forward_free(f);
	} else if (f->form++, !ask_client(f)) {
		answer_own(f->session, istr_slice(f->nick), f->kind);
		forward_free(f);
	}
	buf_finish(&text);
}

static unsigned open_forwards(const struct session *s)
{
	unsigned n = 0;

	list_each(it, &s->forwards) {
		n++;
	}
	return n;
}

static void forward(struct session *s, struct slice nick,
	const struct forward_kind *kind)
{
	const struct resource *best = user_best(s->user);
	struct forward *f;

	if (best == NULL || open_forwards(s) >= FORWARDS_MAX) {
		answer_own(s, nick, kind);
		return;
	}
	f = must_calloc(1, sizeof *f);
	f->session = s;
	f->nick = intern(nick.p, nick.len);
	f->client = istr_ref(best->full);
	f->kind = kind;
	f->until_ms = core(s)->clock->now_ms + CLIENT_MS;
	list_init(&f->link);
	list_add(&s->forwards, &f->link);
	if (!ask_client(f)) {
		answer_own(s, nick, kind);
		forward_free(f);
	}
}

/* ---- the queries ---- */

static void do_version(struct session *s, struct slice nick, struct slice args)
{
	(void)args;
	forward(s, nick, &version_kind);
}

static void do_time(struct session *s, struct slice nick, struct slice args)
{
	(void)args;
	forward(s, nick, &time_kind);
}

static void do_ping(struct session *s, struct slice nick, struct slice args)
{
	send_reply(s, nick, "PING", args);
}

static void do_clientinfo(struct session *s, struct slice nick,
	struct slice args)
{
	(void)args;
	send_reply(s, nick, "CLIENTINFO",
		slice_str("ACTION CLIENTINFO PING TIME VERSION"));
}

static void do_userinfo(struct session *s, struct slice nick, struct slice args)
{
	(void)args;
	send_reply(s, nick, "USERINFO", ircnet_nick_now(s->net));
}

static void do_source(struct session *s, struct slice nick, struct slice args)
{
	const char *page = core(s)->config->website;

	(void)args;
	send_reply(s, nick, "SOURCE",
		slice_str(page ? page :
				 "Isthmus, a gateway from Jabber to IRC"));
}

static void do_finger(struct session *s, struct slice nick, struct slice args)
{
	(void)args;
	send_reply(s, nick, "FINGER", ircnet_nick_now(s->net));
}

static const struct known {
	const char *name;
	bool in_channels; /* answered there too, where the operator wants it */
	void (*answer)(struct session *s, struct slice nick, struct slice args);
} queries[] = {
	{"CLIENTINFO", false, do_clientinfo},
	{"FINGER", false, do_finger},
	{"PING", true, do_ping},
	{"SOURCE", false, do_source},
	{"TIME", false, do_time},
	{"USERINFO", false, do_userinfo},
	{"VERSION", true, do_version},
};

static const struct known *find(struct slice command)
{
	for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
		if (slice_is_nocase(command, queries[i].name)) {
			return &queries[i];
		}
	}
	return NULL;
}

/* Three replies in ten seconds (C.19). */
static bool within_guard(struct session *s)
{
	uint64_t now = core(s)->clock->now_ms;

	if (now - s->ctcp_since > REPLIES_MS) {
		s->ctcp_since = now;
		s->ctcp_replies = 0;
	}
	if (s->ctcp_replies == REPLIES) {
		return false;
	}
	s->ctcp_replies++;
	return true;
}

/* G.2: the user reads what no program of theirs could answer. */
static void show(struct session *s, const struct irc_text *t,
	struct slice command, struct slice args)
{
	struct irc_text shown = *t;
	struct buf text;

	buf_init(&text, IRC_LINE_MAX);
	buf_add_str(&text, "CTCP ");
	buf_add_slice(&text, command);
	if (args.len > 0) {
		buf_add_char(&text, ' ');
		buf_add_slice(&text, args);
	}
	shown.kind = IRC_PRIVMSG;
	shown.text = buf_slice(&text);
	chat_on_text(s, &shown);
	buf_finish(&text);
}

void ctcp_on_query(struct session *s, const struct irc_text *t,
	struct slice command, struct slice args)
{
	const struct known *row = find(command);

	/* Neither servers nor our own echo; programs must not talk in rings. */
	if (t->from_server || t->from_me || t->source.nick.len == 0 ||
		(t->from != NULL && ircuser_bot(t->from))) {
		return;
	}
	if (t->chan != NULL && (row == NULL || !row->in_channels ||
				       !core(s)->config->ctcp_channels)) {
		return;
	}
	if (row == NULL) {
		if (core(s)->config->ctcp_show) {
			show(s, t, command, args);
		}
	} else if (within_guard(s)) {
		row->answer(s, t->source.nick, args);
	}
}

void ctcp_init(struct session *s)
{
	list_init(&s->forwards);
}

void ctcp_drop(struct session *s)
{
	list_each_safe(it, &s->forwards) {
		forward_free(list_entry(it, struct forward, link));
	}
}
