/* SPDX-License-Identifier: MIT */
#include "mapping/talk/message.h"

#include <string.h>

#include "base/utf8.h"
#include "mapping/command/command.h"
#include "mapping/out.h"
#include "mapping/people/roster.h"
#include "mapping/presence.h"
#include "mapping/room/invite.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/children.h"
#include "mapping/talk/oob.h"
#include "mapping/talk/rich.h"
#include "mapping/talk/styling.h"
#include "mapping/text.h"
#include "mapping/user.h"

enum { OLD_MS = 10000 };

/* ---- text ---- */

/* What stands before the text: to whom it is, that it is an action, a notice. */
static void add_front(struct mapping *m, struct buf *b,
	const struct irc_text *t)
{
	if (t->status != 0) {
		buf_addf(b, "[%c%.*s] ", t->status,
			t->chan ? (int)t->chan->name->len : 0,
			t->chan ? t->chan->name->p : "");
	}
	if (t->kind == IRC_ACTION) {
		buf_add_str(b, "/me ");
	} else if (t->kind == IRC_NOTICE && t->chan != NULL) {
		buf_add_str(b, m->config->notice_prefix);
	}
}

/* The text with marks for what clients do not show otherwise. */
static struct slice styled(struct mapping *m, struct slice text)
{
	if (!m->config->styling || !rich_is(text)) {
		return text;
	}
	buf_reset(&m->rich, CORE_KEEP_BYTES);
	styling_add(&m->rich, text);
	return m->rich.overflow ? text : buf_slice(&m->rich);
}

struct slice message_body(struct mapping *m, const struct irc_text *t)
{
	struct buf *b = &m->text;
	struct slice clean = out_clean(m, styled(m, t->text));
	const char *copy;

	if (clean.len == 0) {
		return slice(NULL, 0);
	}
	buf_reset(b, CORE_KEEP_BYTES);
	add_front(m, b, t);
	buf_add_slice(b, clean);
	copy = arena_strndup(&m->arena, b->p, b->len);
	return slice(copy, copy ? b->len : 0);
}

struct slice message_id(struct mapping *m, const struct irc_text *t)
{
	struct slice name = t->msgid.len > 0 ? out_clean(m, t->msgid) :
					       slice(NULL, 0);
	char uuid[OUT_UUID];

	if (name.len == 0) {
		out_uuid(m, uuid);
		name = slice_str(uuid);
	}
	return slice(arena_strndup(&m->arena, name.p, name.len), name.len);
}

struct slice message_html(struct mapping *m, const struct irc_text *t)
{
	struct xw w;

	if (!rich_is(t->text) || !utf8_valid(t->text)) {
		return slice(NULL, 0);
	}
	buf_reset(&m->text, CORE_KEEP_BYTES);
	buf_reset(&m->rich, CORE_KEEP_BYTES);
	add_front(m, &m->text, t);
	xw_init(&w, &m->rich, ns_uri(NS_STANZA));
	rich_write(m, &w, buf_slice(&m->text), t->text);
	return m->rich.overflow ? slice(NULL, 0) : buf_slice(&m->rich);
}

bool message_is_old(const struct mapping *m, const struct irc_text *t)
{
	return t->time_ms > 0 &&
		(t->history || t->time_ms + OLD_MS < m->clock->wall_ms);
}

bool message_is_media(const struct mapping *m, const struct irc_text *t,
	struct slice body)
{
	return m->config->oob_from_irc && t->kind == IRC_PRIVMSG &&
		t->status == 0 && oob_is_media(body);
}

void message_add_oob(struct mapping *m, const struct irc_text *t,
	struct slice body)
{
	struct xw *w = &m->out.w;

	if (!message_is_media(m, t, body)) {
		return;
	}
	xw_start(w, "x", NS_X_OOB);
	xw_elem(w, "url", NS_NONE, body);
	xw_end(w);
}

/* ---- dispatch ---- */

static void to_gateway(struct request *q, const struct addr *a)
{
	if (!roster_received(q)) {
		command_message(q, a);
	}
}

static void refuse_group(struct request *q, const struct addr *a)
{
	(void)a;
	out_error(core_of(q), q->stanza, E_SERVICE_UNAVAILABLE,
		"This is no room. Write to it in a chat of its own.");
}

static void refuse_bad(struct request *q, const struct addr *a)
{
	(void)a;
	out_error(core_of(q), q->stanza, E_BAD_REQUEST,
		"This is one person. Write to them in a chat of their own.");
}

/* Somebody's contact, so it seems: a room, and commands, are elsewhere. */
static void tell_it_is_room(struct request *q, const struct addr *a)
{
	struct mapping *m = core_of(q);
	struct buf srv;

	buf_init(&srv, 4096);
	addr_add_srv(m, &srv, a->network);
	out_error(m, q->stanza, E_NOT_ACCEPTABLE,
		text_with(m,
			N_("This is a room: enter it as a group chat and write "
			   "there. Commands go to %s, write \"help\" to it."),
			buf_cstr(&srv)));
	buf_finish(&srv);
}

/* Old clients write to rooms without type (C.1). */
static void plain_to_room(struct request *q, const struct addr *a)
{
	struct view *v = room_view_of(q, a);
	struct message_parts p;

	children_read(q, &p);
	if (invite_message(q, a, &p) || voice_message(q, a)) {
		return;
	}
	if (p.body.p == NULL && p.oob == NULL) {
		return;
	}
	if (v != NULL && v->dialect != DIALECT_MUC &&
		!stanza_type_is(q->stanza, "chat")) {
		room_message(q, a);
		return;
	}
	tell_it_is_room(q, a);
}

static void ignore(struct request *q, const struct addr *a)
{
	(void)q;
	(void)a;
}

typedef void message_fn(struct request *q, const struct addr *a);

enum column { COLUMN_CHAT, COLUMN_GROUPCHAT, COLUMN_HEADLINE, COLUMNS };

static message_fn *const table[ADDR_KINDS][COLUMNS] = {
	[ADDR_GW] = {to_gateway, refuse_group, ignore},
	[ADDR_SRV] = {command_message, refuse_group, ignore},
	[ADDR_CHAN] = {plain_to_room, room_message, room_message},
	[ADDR_OCC] = {chat_to_person, refuse_bad, chat_to_person},
	[ADDR_NICK] = {chat_to_person, refuse_bad, chat_to_person},
};

void handle_message(struct request *q)
{
	struct mapping *m = core_of(q);
	struct addr a;
	struct fault fault;
	enum column column = COLUMN_CHAT;

	if (stanza_type_is(q->stanza, "error")) {
		presence_bounce(q);
		return;
	}
	if (stanza_type_is(q->stanza, "groupchat")) {
		column = COLUMN_GROUPCHAT;
	} else if (stanza_type_is(q->stanza, "headline")) {
		column = COLUMN_HEADLINE;
	}
	/* Who must register first may ask the gateway how that is done. */
	if (!user_is_ours(m, &q->from, &fault) ||
		!addr_parse_for(m, q->stanza->to, q->from.bare, &a, &fault) ||
		(a.kind != ADDR_GW && !user_allowed(m, &q->from, &fault))) {
		out_fault(m, q->stanza, &fault);
		return;
	}
	table[a.kind][column](q, &a);
}
