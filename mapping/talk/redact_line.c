/* SPDX-License-Identifier: MIT */
#include "mapping/talk/redact.h"

#include <string.h>

#include "irc/ircout.h"
#include "mapping/out.h"
#include "mapping/room/history.h"
#include "mapping/room/moderate.h"
#include "mapping/room/room.h"
#include "mapping/talk/ids.h"
#include "mapping/text.h"
#include "mapping/user.h"

/*
 * One line of a message that was several on IRC is taken back (PROTOCOL F.2):
 * such messages are the user's own, and what their clients still show must not
 * say more than others see. So the message is corrected (XEP-0308) without the
 * line; where its lines are not known any more the room says it in words.
 */

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

struct shortening {
	struct buf *out;
	unsigned at;   /* this line is left out */
	unsigned line;
};

static void add_line(void *ctx, struct slice line, bool joined)
{
	struct shortening *s = ctx;

	(void)joined;
	if (s->line++ == s->at) {
		return;
	}
	buf_add_str(s->out, s->out->len > 0 ? "\n" : "");
	buf_add_slice(s->out, line);
}

/* What is left of its text, in m->text; false: its lines are not known now. */
static bool shorten(struct room *r, struct slice text, unsigned at,
	unsigned lines)
{
	struct mapping *m = core(r->session);
	struct shortening s = {.out = &m->text, .at = at};
	const struct irc_split how = {
		.budget = ircnet_say_max(r->session->net, IRC_PRIVMSG,
			istr_slice(r->chan->name)),
		.max_lines = REDACT_LINES_MAX,
	};

	buf_reset(&m->text, CORE_KEEP_BYTES);
	return irc_split(&how, text, add_line, &s, NULL) == ERR_OK &&
		s.line == lines && m->text.len > 0;
}

/* XEP-0308, by the user, whose message it is. */
static void show_corrected(struct room *r, const struct past *p)
{
	struct mapping *m = core(r->session);
	char uuid[OUT_UUID];
	struct xw *w;

	out_uuid(m, uuid);
	w = out_begin(m, "message");
	xw_attr(w, "from", room_occ(r, room_nick(r)));
	xw_attr(w, "type", "groupchat");
	xw_attr(w, "id", uuid);
	xw_elem(w, "body", NS_NONE, p->text);
	xw_start(w, "replace", NS_CORRECT);
	xw_attr_slice(w, "id", p->id);
	xw_end(w);
	redact_finish(r, slice_str(uuid));
	xw_start(w, "occupant-id", NS_OCCUPANT_ID);
	xw_attr_slice(w, "id", p->occupant);
	xw_end(w);
	out_end(m);
	room_broadcast(r);
}

static struct slice keep(struct mapping *m, struct slice s)
{
	const char *p = s.len > 0 ? arena_strndup(&m->arena, s.p, s.len) : NULL;

	return slice(p, p != NULL ? s.len : 0);
}

static bool is_action(struct slice text)
{
	return text.len > 4 && memcmp(text.p, "/me ", 4) == 0;
}

/* false: the message, or where its lines end, is not known any more. */
static bool correct(struct room *r, const struct known *k, unsigned at,
	unsigned lines)
{
	struct mapping *m = core(r->session);
	struct past p;

	if (!history_find(r, k->sid, &p) || p.id.len == 0 ||
		p.occupant.len == 0 || is_action(p.text) ||
		!shorten(r, p.text, at, lines)) {
		return false;
	}
	p.text = keep(m, buf_slice(&m->text));
	p.nick = keep(m, p.nick);
	p.id = keep(m, p.id);
	p.sid = keep(m, p.sid);
	p.occupant = keep(m, p.occupant);
	p.reply = keep(m, p.reply);
	p.html = slice(NULL, 0);
	p.xml = slice(NULL, 0);
	show_corrected(r, &p);
	history_drop(r, p.sid);
	history_add(r, &p);
	return true;
}

/* That it was somebody else, why, and what cannot be shown otherwise. */
static void note(struct room *r, const struct irc_text *where, bool corrected)
{
	struct mapping *m = core(r->session);
	const char *lang = user_lang(r->session->user);
	struct slice nick = out_clean(m, where->source.nick);
	struct slice reason = out_clean(m, where->text);
	struct buf b;

	buf_init(&b, 8192);
	if (where->from_me) {
		buf_add_str(&b, text(m, lang, "One line of a message of yours "
			"was taken back on IRC. Others do not see it any "
			"more."));
	} else {
		buf_addf(&b, text(m, lang, "%.*s removed one line of a message "
			"of yours. Others do not see it any more."),
			SLICE_ARG(nick));
	}
	if (reason.len > 0) {
		buf_addf(&b, " (%.*s)", SLICE_ARG(reason));
	}
	if (!corrected || !where->from_me) {
		room_notice(r, buf_cstr(&b));
	}
	buf_finish(&b);
}

static unsigned count_lines(const struct room *r, const struct known *k,
	struct slice msgid, unsigned *at)
{
	struct known line;
	unsigned n = 0;

	while (k->mine && n < REDACT_LINES_MAX && ids_line(&r->ids, k->sid, n, &line)) {
		*at = slice_eq(line.msgid, msgid) ? n : *at;
		n++;
	}
	return n;
}

/* We moderate in this channel: it is all of the message. */
static bool is_moderated(const struct room *r)
{
	list_each(it, &r->session->moderations) {
		const struct moderation *p =
			list_entry(it, struct moderation, link);

		if (p->way == &moderation_redact &&
			p->channel == r->entry.key && !p->answered) {
			return true;
		}
	}
	return false;
}

bool redact_line(struct room *r, const struct irc_text *where,
	struct slice msgid, const struct known *k)
{
	unsigned at = 0;
	unsigned lines = count_lines(r, k, msgid, &at);

	if (lines < 2 || (where->from_me && is_moderated(r))) {
		return false;
	}
	note(r, where, correct(r, k, at, lines));
	ids_line_gone(&r->ids, msgid);
	return true;
}
