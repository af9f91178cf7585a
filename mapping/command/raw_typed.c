/* SPDX-License-Identifier: MIT */
#include "mapping/command/raw.h"

#include <string.h>

#include "mapping/addr.h"
#include "mapping/room/chanlist.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/text.h"
#include "mapping/user.h"

/* What is typed: the lines that are more than a line, and the others. */

enum { CHANNELS_MAX = 8 }; /* of one JOIN or PART */

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
		bad ? bad : N_("This holds something that IRC does not "
			       "allow. Write it on one line, and names "
			       "without spaces."));
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
		run_fail(r, E_ITEM_NOT_FOUND, "You are not in this room. "
			"There is nothing to leave.");
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
