/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "irc/ircout.h"
#include "mapping/command/raw.h"
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/ids.h"
#include "mapping/talk/message.h"
#include "mapping/talk/sent.h"

/*
 * Messages under way where the server has echo-message or labeled-response
 * (PROTOCOL D.4): each is shown once, or its sender is told once that it failed.
 *
 * The happy path: WRITTEN, and the echo of its last line -> sent_show(), gone.
 * No echo: the server's whole answer to the label (on_answered) was no refusal,
 * or nothing was heard for ten seconds, and then the answer to a PING behind it
 * -> it is shown as if there was an echo: servers swallow texts. Refused: by
 * label, or by target in order -> sent_end.c. The link is lost before: nobody
 * knows. A one-to-one message has failed then. One of a room is UNSURE until
 * the room is entered again: when the server tells the room's history, and it is
 * there -> shown; when the server has told all (a PING behind the JOIN), or the
 * room does not come back -> failed.
 */
enum { LINE_MAX_BYTES = 8191 };

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

static struct sent *sent_of(struct list *link)
{
	return list_entry(link, struct sent, link);
}

struct sent *sent_find(const struct session *s, uint64_t token)
{
	list_each(it, &s->sent) {
		struct sent *t = sent_of(it);

		if (t->token == token) {
			return t;
		}
	}
	return NULL;
}

bool sent_holds(const struct session *s)
{
	list_each(it, &s->sent) {
		if (sent_of(it)->awaits) {
			return session_is_up(s);
		}
	}
	return false;
}

static void settle(struct sent *t, const struct sent_echo *e)
{
	sent_show(t, e);
	sent_free(t);
}

/* ---- echoes ---- */

struct comparing {
	struct mapping *m;
	struct slice echo; /* cleaned */
	bool same;
};

static void compare(void *ctx, struct slice line, bool joined)
{
	struct comparing *c = ctx;

	(void)joined;
	c->same = slice_eq(out_clean(c->m, line), c->echo);
}

/* The body for clients, when the server changed what it is to be. */
static struct slice changed_body(const struct sent *t,
	const struct irc_text *text)
{
	struct mapping *m = core(t->session);
	struct comparing c = {.m = m, .echo = out_clean(m, text->text)};
	const struct irc_split how = {
		.budget = LINE_MAX_BYTES,
		.max_lines = 1,
		.formats = t->formats,
	};

	if (irc_split(&how, buf_slice(&t->text), compare, &c, NULL) != ERR_OK ||
		c.same) {
		return slice(NULL, 0);
	}
	return message_body(m, text);
}

static void keep_name(struct sent *t, struct slice msgid)
{
	if (t->echoes++ > 0) {
		buf_add_char(&t->names, '\n');
	}
	buf_add_slice(&t->names, msgid);
}

/* Of a message that is settled: no news when the room's history tells it. */
static void hide(const struct irc_text *text)
{
	struct room *r = text->chan != NULL ? text->chan->owner : NULL;

	if (r != NULL && text->msgid.len > 0) {
		ids_add(&r->ids, &(struct known){
			.msgid = text->msgid,
			.nick = text->source.nick,
			.part = true,
			.mine = true,
		});
	}
}

bool sent_echoed(struct session *s, const struct irc_text *text)
{
	struct sent *t =
		text->token != 0 ? sent_find(s, text->token) : NULL;
	bool typed = t == NULL && raw_typed(s, text->token);
	struct sent_echo e = {.at_ms = text->time_ms, .confirmed = true};

	if (t == NULL && text->token != 0 && !typed) {
		hide(text);
		return true;
	}
	if (t == NULL) {
		return false;
	}
	keep_name(t, text->msgid);
	if (text->follow > 0) {
		return true;
	}
	if (t->state == SENT_WRITTEN && !t->awaits) { /* was shown at once */
		sent_free(t);
		return true;
	}
	if (t->echoes == 1) {
		e.body = changed_body(t, text);
	}
	settle(t, &e);
	return true;
}

void sent_answered(struct session *s, uint64_t token, unsigned follow)
{
	struct sent *t = follow == 0 ? sent_find(s, token) : NULL;

	if (t == NULL || t->state != SENT_WRITTEN) {
		return;
	}
	if (t->awaits) {
		settle(t, &(struct sent_echo){.confirmed = true});
	} else {
		sent_tell_delivered(t);
		sent_free(t);
	}
}

/* ---- a mark behind it ---- */

bool sent_ask(struct sent *t)
{
	uint64_t mark = ++core(t->session)->tokens;

	if (ircnet_sync(t->session->net, mark) != ERR_OK) {
		return false;
	}
	t->mark = mark;
	return true;
}

static void fail_unsure(struct sent *t)
{
	sent_fail(t, &(struct fault){E_REMOTE_SERVER_TIMEOUT,
			     "The connection to IRC was lost before the server "
			     "confirmed this message. Ask whether it arrived "
			     "before you send it again."});
}

bool sent_synced(struct session *s, uint64_t mark)
{
	bool ours = false;

	list_each_safe(it, &s->sent) {
		struct sent *t = sent_of(it);

		if (t->mark != mark) {
			continue;
		}
		ours = true;
		if (t->state == SENT_UNSURE) {
			fail_unsure(t);
		} else {
			settle(t, &(struct sent_echo){0});
		}
	}
	return ours;
}

/* ---- the link was lost ---- */

void sent_lose(struct sent *t, bool may_come_back)
{
	t->awaits = true;
	if (t->as == NULL) {
		t->as = istr_ref(t->session->nick);
	}
	if (!may_come_back || t->kind != SENT_ROOM || t->room == NULL) {
		fail_unsure(t);
		return;
	}
	patience_stop(&t->patience, core(t->session)->clock);
	t->state = SENT_UNSURE;
	list_remove(&t->queued);
	t->mark = 0;
	t->echoes = 0;
	buf_reset(&t->names, 0);
}

void sent_settle(struct session *s, const struct room *r)
{
	uint64_t mark = 0;

	list_each_safe(it, &s->sent) {
		struct sent *t = sent_of(it);

		if (t->state != SENT_UNSURE || t->room != r) {
			continue;
		}
		if (mark != 0) {
			t->mark = mark;
		} else if (sent_ask(t)) {
			mark = t->mark;
		} else {
			fail_unsure(t);
		}
	}
}

/* 2: it is the last line; 1: one before it; 0: none of it. */
static int has_line(const struct sent *t, struct slice line)
{
	struct slice all = slice_trim(
		out_clean(core(t->session), buf_slice(&t->text)));

	line = slice_trim(line);
	if (line.len == 0 || line.len > all.len) {
		return 0;
	}
	if (memcmp(all.p + all.len - line.len, line.p, line.len) == 0) {
		return 2;
	}
	return memmem(all.p, all.len, line.p, line.len) != NULL;
}

bool sent_proven(struct session *s, const struct room *r,
	const struct irc_text *text)
{
	struct slice line = out_clean(core(s), text->text);

	list_each(it, &s->sent) {
		struct sent *t = sent_of(it);
		int place;

		if (t->state != SENT_UNSURE || t->room != r ||
			t->say != text->kind ||
			!casemap_equal(s->casemap, istr_slice(t->as),
				text->source.nick)) {
			continue;
		}
		place = has_line(t, line);
		if (place == 0) {
			continue;
		}
		keep_name(t, text->msgid);
		if (place == 2) {
			settle(t, &(struct sent_echo){
				.at_ms = text->time_ms,
				.late = true,
			});
		}
		return true;
	}
	return false;
}
