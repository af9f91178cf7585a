/* SPDX-License-Identifier: MIT */
#include "mapping/command/raw.h"

#include <stdio.h>
#include <string.h>

#include "mapping/advice.h"
#include "mapping/command/raw_words.h"
#include "mapping/errmap.h"
#include "mapping/out.h"
#include "mapping/room/chanlist.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum {
	TEXT_WINDOW_MS = 10000, /* after the last line */
	FORM_FIRST_MS = 10000,
	FORM_SILENCE_MS = 2000,
	CHANNELS_MAX = 8, /* of one JOIN or PART */
	READERS_MAX = 4,
};

/* ---- reading ---- */

static void show(struct run *r)
{
	if (r->answer.len > 0) {
		run_say(r, slice_trim(buf_slice(&r->answer)));
		buf_reset(&r->answer, 0);
	}
}

static void knocked(struct run *r)
{
	run_done(r, run_text(r, "Those inside were asked to let you in. You "
				"get an invitation when they do."));
}

/* Nothing more is expected. */
static void finish(struct run *r)
{
	if (r->knocks) {
		knocked(r);
	} else if (r->by_text) {
		show(r);
		run_destroy(r);
	} else if (r->nothing) {
		run_donef(r, "%.*s",
			SLICE_ARG(slice_trim(buf_slice(&r->answer))));
	} else if (r->answer.len > 0) {
		run_list(r, run_text(r, "The server answers"),
			slice_trim(buf_slice(&r->answer)));
	} else {
		run_done(r, run_text(r, "It was sent to the IRC server, which "
					"said nothing to it."));
	}
}

void raw_label(struct run *r, struct session *s)
{
	r->label = answer_label(s);
}

/* Nothing of an answer to it can be told from answers to a later line. */
static bool is_open(const struct run *r)
{
	return r->label == 0 || r->elsewhere ||
		!ircnet_cap(r->session->net, "labeled-response");
}

/* Of those that read the oldest makes place for new ones. */
static void make_place(struct session *s, const struct run *r)
{
	struct run *oldest = NULL;
	unsigned n = 0;

	list_each(it, &s->user->runs) {
		struct run *o = list_entry(it, struct run, link);

		if (o != r && o->wait == RUN_READS && o->session == s) {
			oldest = oldest != NULL ? oldest : o;
			n++;
		}
	}
	if (n >= READERS_MAX) {
		finish(oldest);
	}
}

void raw_read(struct run *r, struct session *s)
{
	if (s->reader != NULL && s->reader != r && is_open(s->reader)) {
		finish(s->reader);
	}
	make_place(s, r);
	s->reader = r;
	r->session = s;
	if (r->by_text && r->kind == ADDR_GW) {
		const char *srv = session_srv(s);

		/* What a server says is from it, also when asked through GW. */
		istr_set(&r->asker.to, intern(srv, strlen(srv)));
	}
	r->wait = RUN_READS;
	timer_start(core_of_run(r)->clock, &r->timer,
		r->by_text ? TEXT_WINDOW_MS : FORM_FIRST_MS);
}

void raw_stop(struct run *r)
{
	if (r->session != NULL && r->session->reader == r) {
		r->session->reader = NULL;
	}
	r->session = NULL;
	r->wait = RUN_WAITS_NOT;
}

/* A line that still waits for its turn has no answer yet. */
void raw_on_silence(struct run *r)
{
	if (r->session->net != NULL && ircnet_queued(r->session->net) > 0) {
		raw_read(r, r->session);
	} else {
		finish(r);
	}
}

void raw_on_turn(void *ctx)
{
	struct run *r = ctx;

	arena_reset(&core_of_run(r)->arena);
	if (r->whole || (r->over && !r->by_text)) {
		finish(r);
	} else if (r->by_text) {
		show(r);
	}
}

static void lose(struct run *r)
{
	if (r->knocks || (!r->by_text && r->answer.len == 0)) {
		run_fail(r, E_SESSION_CLOSED, session_lost_text(r->session));
	} else {
		finish(r);
	}
}

void raw_lost(struct session *s)
{
	list_each_safe(it, &s->user->runs) {
		struct run *r = list_entry(it, struct run, link);

		if (r->session == s && r->wait == RUN_READS) {
			lose(r);
		}
	}
}

static void add_line(struct run *r, struct slice line)
{
	if (r->answer.len + line.len + 200 > r->answer.max && r->by_text) {
		show(r);
	}
	buf_add_slice(&r->answer, line);
	buf_add_char(&r->answer, '\n');
}

static void end_turn(struct run *r)
{
	if (!timer_running(&r->turn)) {
		timer_start(core_of_run(r)->clock, &r->turn, 0);
	}
}

/* The turn's lines are shown together; the time for more begins anew. */
static void more(struct run *r, bool last)
{
	r->over = last && is_open(r);
	timer_start(core_of_run(r)->clock, &r->timer,
		r->by_text ? TEXT_WINDOW_MS : FORM_SILENCE_MS);
	end_turn(r);
}

static void add_words(struct run *r, int numeric, const struct ircmsg *m)
{
	struct buf line;

	r->nothing = false;
	buf_init(&line, 2 * IRC_LINE_MAX);
	raw_words(r, numeric, m, r->lines == 1, &line);
	if (line.len > 0) {
		add_line(r, slice_trim(out_clean(core_of_run(r),
			buf_slice(&line))));
	}
	buf_finish(&line);
}

static bool knock_answered(struct run *r, int numeric, const struct ircmsg *m)
{
	struct fault fault = {E_UNDEFINED_CONDITION, NULL};

	if (numeric == 711) {
		knocked(r);
		return true;
	}
	if (!errmap_knock(numeric, &fault) && !(numeric >= 400 && numeric < 600)) {
		return false;
	}
	advise(core_of_run(r), &fault, ADVICE_KNOCK, numeric, ircmsg_last(m));
	run_fault(r, &fault);
	return true;
}

static bool nick_failed(struct run *r, int numeric, const struct ircmsg *m)
{
	struct fault fault;

	if (!r->asks_nick || !errmap_nick(numeric, &fault)) {
		return false;
	}
	advise(core_of_run(r), &fault, ADVICE_NICK, numeric, ircmsg_last(m));
	run_fault(r, &fault);
	return true;
}

static bool hear(struct run *r, int numeric, const struct ircmsg *m)
{
	if (r->knocks) {
		return knock_answered(r, numeric, m);
	}
	if (nick_failed(r, numeric, m)) {
		return true;
	}
	if (++r->lines > RUN_LINES_MAX) {
		if (r->lines == RUN_LINES_MAX + 1) {
			add_line(r, slice_str(run_text(r, "The rest of the "
						"answer is not shown.")));
		}
		more(r, raw_is_last(numeric));
		return true;
	}
	add_words(r, numeric, m);
	more(r, raw_is_last(numeric));
	return true;
}

bool raw_on_numeric(struct session *s, int numeric, const struct ircmsg *m)
{
	struct run *r = s->reader;

	return r != NULL && is_open(r) && hear(r, numeric, m);
}

/* ---- by label ---- */

static struct run *by_label(const struct session *s, uint64_t token)
{
	list_each(it, &s->user->runs) {
		struct run *r = list_entry(it, struct run, link);

		if (token != 0 && r->label == token && r->session == s &&
			r->wait == RUN_READS) {
			return r;
		}
	}
	return NULL;
}

bool raw_typed(const struct session *s, uint64_t token)
{
	return by_label(s, token) != NULL;
}

static void knock_failed(struct run *r, const struct answer *a)
{
	struct fault fault;

	answer_fault(r->session, a, ADVICE_KNOCK, false, &fault);
	run_fault(r, &fault);
}

enum answered raw_on_answer(struct session *s, const struct answer *a)
{
	struct run *r = by_label(s, a->token);

	if (r == NULL) {
		return ANSWER_UNKNOWN;
	}
	if (a->numeric == 0 && r->knocks) {
		knock_failed(r, a);
		return ANSWER_TAKEN;
	}
	return hear(r, a->numeric, a->m) ? ANSWER_TAKEN : ANSWER_PLAIN;
}

void raw_answered(struct session *s, uint64_t token)
{
	struct run *r = by_label(s, token);

	if (r == NULL) {
		return;
	}
	if (r->lines > 0 || r->knocks) {
		r->whole = true;
		end_turn(r);
	} else {
		r->elsewhere = true;
		if (!r->by_text) {
			timer_start(core_of_run(r)->clock, &r->timer,
				FORM_SILENCE_MS);
		}
	}
}

/* ---- what is no numeric ---- */

/* Our own words for what the server did. */
static void add_own(struct run *r, struct slice words)
{
	add_line(r, words);
	r->lines++;
	more(r, true);
}

void raw_on_nick(struct session *s)
{
	struct run *r = s->reader;
	char line[600];

	if (r != NULL && r->asks_nick) {
		r->asks_nick = false;
		snprintf(line, sizeof line,
			run_text(r, "You are called %s now."), s->nick->p);
		add_own(r, out_clean(core_of_run(r), slice_str(line)));
	}
}

void raw_on_topic(struct session *s)
{
	struct run *r = s->reader;

	if (r != NULL && r->asks_topic) {
		r->asks_topic = false;
		add_own(r, slice_str(run_text(r, "The topic is changed.")));
	}
}

/* ---- typed lines that are more than a line ---- */

void raw_refused(struct run *r, enum err err, const char *bad)
{
	static const struct {
		enum err err;
		enum stanza_error error;
		const char *text;
	} rows[] = {
		{ERR_TOO_BIG, E_NOT_ACCEPTABLE, N_(
			"This is too long for IRC. Make it shorter.")},
		{ERR_FULL, E_RESOURCE_CONSTRAINT,
			N_("Too much is waiting for IRC. Try again soon.")},
		{ERR_WRONG_STATE, E_RECIPIENT_UNAVAILABLE,
			N_("You are not connected to this network. Write "
			   "\"connect\" to it first.")},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].err == err) {
			run_fail(r, rows[i].error, rows[i].text);
			return;
		}
	}
	run_fail(r, E_NOT_ACCEPTABLE,
		bad ? bad : N_("This holds something that IRC does not allow. "
			       "Write it on one line, and names without "
			       "blanks."));
}

void raw_nick(struct run *r, struct session *s, struct slice nick)
{
	enum err err;

	raw_label(r, s);
	err = ircnet_nick(s->net, nick);
	answer_labelled(s);
	if (err != ERR_OK) {
		raw_refused(r, err,
			N_("IRC does not allow this nick. Use letters, digits "
			   "and -_[]{}\\|^` without spaces."));
		return;
	}
	r->asks_nick = true;
	raw_read(r, s);
}

void raw_knock(struct run *r, struct session *s, struct slice channel,
	struct slice words)
{
	enum err err;

	raw_label(r, s);
	err = ircnet_command(s->net, "KNOCK", &channel, 1,
		words.len > 0 ? words : slice(NULL, 0));
	answer_labelled(s);
	if (err != ERR_OK) {
		raw_refused(r, err, N_("That is no channel. The name of one "
				       "begins with #, as in #channel."));
		return;
	}
	r->knocks = true;
	raw_read(r, s);
}

/* CHAN of this name, with our nick as the resource. */
static bool occupant(struct run *r, struct session *s, struct slice channel,
	struct addr *a, struct fault *fault)
{
	struct mapping *m = core_of_run(r);
	const char *jid;
	struct buf b;

	buf_init(&b, 4096);
	addr_add_name(m, &b, s->network, channel);
	buf_add_char(&b, '/');
	addr_add_resource(m, &b, s->network, istr_slice(s->nick));
	jid = arena_strndup(&m->arena, buf_slice(&b).p, b.len);
	buf_finish(&b);
	*fault = (struct fault){E_JID_MALFORMED,
		"That is no channel. The name of one begins with #, as in "
		"#channel."};
	return jid != NULL && addr_parse(m, jid, r->user, a, fault) &&
		a->kind == ADDR_OCC;
}

/* The client that typed it; of one whose server does not say, the best. */
static struct resource *typist(const struct run *r, struct fault *fault)
{
	const char *from = r->asker.from->p;
	const struct resource *best;
	struct resource *res;

	if (strchr(from, '/') == NULL) {
		best = user_best(r->user);
		if (best != NULL) {
			return resource_find(r->user, best->full->p);
		}
		*fault = (struct fault){E_BAD_REQUEST,
			"It is not known which of your clients is to enter. "
			"Join the channel as a group chat with your client."};
		return NULL;
	}
	res = resource_get(r->user, from);
	if (res == NULL) {
		*fault = (struct fault){E_RESOURCE_CONSTRAINT,
			"Too many of your clients are here. Leave a room with "
			"one of them first."};
	}
	return res;
}

/* The client enters in the dialect that it spoke so far. */
static bool enter(struct run *r, struct session *s, const struct addr *a,
	struct slice key, struct fault *fault)
{
	struct resource *res = typist(r, fault);
	struct join join = {.addr = a, .password = key};
	struct list *first = res ? list_first(&res->views) : NULL;

	if (res == NULL) {
		return false;
	}
	join.dialect = first ? list_entry(first, struct view, of)->dialect :
			       DIALECT_MUC;
	return room_enter(res, s, &join, fault);
}

static void typed_join(struct run *r, struct session *s, const struct ircmsg *m)
{
	struct slice channels = ircmsg_param(m, 0);
	struct slice keys = ircmsg_param(m, 1);
	struct fault fault = {E_BAD_REQUEST,
		"Say which channel, like JOIN #channel."};
	struct addr a;
	struct buf rooms;
	bool fine = channels.len > 0;

	buf_init(&rooms, 1600);
	for (unsigned n = 0; fine && channels.len > 0 && n < CHANNELS_MAX; n++) {
		fine = occupant(r, s, slice_cut(&channels, ','), &a, &fault) &&
			enter(r, s, &a, slice_cut(&keys, ','), &fault);
		if (fine) {
			buf_addf(&rooms, "%s%s", n > 0 ? ", " : "", a.bare);
		}
	}
	if (fine) {
		run_donef(r, run_text(r, "Joining. If your client opens no "
					 "window for it, join it as a group "
					 "chat: %s"),
			buf_cstr(&rooms));
	} else {
		run_fault(r, &fault);
	}
	buf_finish(&rooms);
}

static void leave(struct room *room, struct slice reason)
{
	struct session *s = room->session;
	const struct istr *name = istr_ref(room->name);
	struct list *first;

	room->kept = false;
	/* The last one to leave takes the room with it. */
	while ((room = session_room(s, istr_slice(name))) != NULL &&
		(first = list_first(&room->views)) != NULL) {
		struct view *v = list_entry(first, struct view, link);

		room_leave(v, reason, view_joined(v));
	}
	rooms_leave_empty(s); /* it had been kept without a client */
	istr_unref(name);
}

static void typed_part(struct run *r, struct session *s, const struct ircmsg *m)
{
	struct slice channels = ircmsg_param(m, 0);
	unsigned n = 0;

	while (channels.len > 0 && n < CHANNELS_MAX) {
		struct room *room =
			session_room(s, slice_cut(&channels, ','));

		if (room != NULL) {
			leave(room, ircmsg_param(m, 1));
			n++;
		}
	}
	if (n == 0) {
		run_fail(r, E_ITEM_NOT_FOUND, "You are not in this room.");
	} else {
		run_done(r, NULL);
	}
}

static void typed_nick(struct run *r, struct session *s, const struct ircmsg *m)
{
	raw_nick(r, s, ircmsg_param(m, 0));
}

static void typed_away(struct run *r, struct session *s, const struct ircmsg *m)
{
	enum err err;

	raw_label(r, s);
	err = session_type_away(s, ircmsg_param(m, 0));
	answer_labelled(s);
	if (err != ERR_OK) {
		raw_refused(r, err, NULL);
		return;
	}
	raw_read(r, s);
}

static void typed_quit(struct run *r, struct session *s, const struct ircmsg *m)
{
	struct slice reason = ircmsg_param(m, 0);

	session_leave(s, reason.len > 0 ? reason : slice_str("Leaving"));
	run_done(r, run_text(r, "You are disconnected from this network."));
}

/* As IRC clients have it: to whom, and all that is left. */
static void typed_msg(struct run *r, struct session *s, struct slice line)
{
	struct slice to;
	enum err err;

	(void)slice_cut(&line, ' ');
	line = slice_trim(line);
	to = slice_cut(&line, ' ');
	line = slice_trim(line);
	if (to.len == 0 || line.len == 0) {
		run_fail(r, E_BAD_REQUEST,
			"Say to whom and what, like MSG NICK TEXT.");
		return;
	}
	err = ircnet_say(s->net, IRC_PRIVMSG, to, line, 0);
	if (err != ERR_OK) {
		raw_refused(r, err, NULL);
		return;
	}
	raw_read(r, s);
}

static const struct {
	const char *word;
	void (*fn)(struct run *r, struct session *s, const struct ircmsg *m);
} typed[] = {
	{"AWAY", typed_away},
	{"JOIN", typed_join},
	{"NICK", typed_nick},
	{"PART", typed_part},
	{"QUIT", typed_quit},
};

/* What ircnet_raw() leaves to the gateway. */
static bool is_own(const struct ircmsg *m)
{
	static const char *const own[] = {"AUTHENTICATE", "CAP", "PASS", "PING",
		"PONG", "PROTOCTL", "USER"};

	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		if (ircmsg_is(m, own[i])) {
			return true;
		}
	}
	return false;
}

static bool is_word(struct slice line, const char *word)
{
	return slice_is_nocase(slice_cut(&line, ' '), word);
}

static void send(struct run *r, struct session *s, struct slice line, bool own)
{
	enum err err;

	raw_label(r, s);
	err = ircnet_raw(s->net, line);
	answer_labelled(s);
	if (err == ERR_OK) {
		if (is_word(line, "LIST")) {
			chanlist_typed(s);
		} else if (is_word(line, "SETNAME")) {
			s->jid_shown = false;
		}
		raw_read(r, s);
		return;
	}
	raw_refused(r, err,
		own ? N_("The gateway logs in and keeps the connection itself; "
			 "this line is not sent.") :
		      N_("This is no line for an IRC server: it begins with "
			 "the command and has no second line."));
}

/* copy: the line, to be taken apart in place. */
static void read_line(struct run *r, struct session *s, struct slice line,
	char *copy)
{
	struct ircmsg m = {0};

	if (line.len == 0 || memchr(line.p, '\n', line.len) != NULL ||
		memchr(line.p, '\r', line.len) != NULL ||
		ircmsg_parse(copy, line.len, &m) != ERR_OK ||
		m.source_text.p != NULL || m.ntags > 0) {
		send(r, s, slice("", 0), false);
		return;
	}
	if (ircmsg_is(&m, "MSG") || ircmsg_is(&m, "QUERY")) {
		typed_msg(r, s, line);
		return;
	}
	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
		if (ircmsg_is(&m, typed[i].word)) {
			typed[i].fn(r, s, &m);
			return;
		}
	}
	send(r, s, line, is_own(&m));
}

void raw_line(struct run *r, struct session *s, struct slice line)
{
	char copy[IRC_LINE_MAX];

	line = slice_trim(line);
	if (line.len > sizeof copy) {
		raw_refused(r, ERR_TOO_BIG, NULL);
		return;
	}
	memcpy(copy, line.p, line.len);
	read_line(r, s, line, copy);
	explicit_bzero(copy, line.len); /* OPER has a password */
}
