/* SPDX-License-Identifier: MIT */
#include "mapping/talk/reply.h"

#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/ids.h"

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- Jabber to IRC ---- */

/* Leading lines that quote, when something follows them. */
static struct slice without_quotes(struct slice body)
{
	struct slice rest = body;

	while (rest.len > 0 && rest.p[0] == '>') {
		slice_cut(&rest, '\n');
	}
	if (rest.p == body.p) {
		return body;
	}
	rest = rest.p != NULL ? slice_trim(rest) : rest;
	return rest.len > 0 ? rest : body;
}

void reply_in_talk(struct message_parts *p)
{
	struct slice body;

	if (p->reply == NULL || p->quote_cut) {
		return;
	}
	body = without_quotes(p->body);
	if (!slice_eq(body, p->body)) {
		p->body = body;
		p->coded = slice(NULL, 0); /* its quotes were formatted, too */
	}
}

void reply_names(const struct session *s, const struct ids *ids,
	struct message_parts *p)
{
	struct slice id = slice_str(
		p->reply != NULL ? elem_attr(p->reply, "id") : NULL);
	struct known k;

	if (id.len == 0 || !session_is_up(s) ||
		!(ircnet_tag_allowed(s->net, "reply") ||
			ircnet_tag_allowed(s->net, "draft/reply")) ||
		!ids_find(ids, id, &k) || k.msgid.len == 0) {
		return;
	}
	p->answers = slice(arena_strndup(&core(s)->arena, k.msgid.p,
				   k.msgid.len), k.msgid.len);
}

static struct slice behind(struct mapping *m, struct slice nick,
	struct slice text)
{
	struct slice out;
	struct buf b;

	if (text.p == NULL) {
		return text;
	}
	buf_init(&b, nick.len + 2 + text.len);
	buf_addf(&b, "%.*s: ", SLICE_ARG(nick));
	buf_add_slice(&b, text);
	out = slice(arena_strndup(&m->arena, b.p, b.len), b.len);
	buf_finish(&b);
	return out;
}

/* Who is answered: as the room knows the message, else as the client says. */
static struct slice answered(struct room *r, const struct elem *reply)
{
	const char *to = elem_attr(reply, "to");
	struct slice id = slice_str(elem_attr(reply, "id"));
	struct ircuser *u;
	struct known k;

	if (ids_find(&r->ids, id, &k) && k.nick.len > 0) {
		return k.nick;
	}
	if (to == NULL || r->chan == NULL ||
		strncmp(to, r->jid->p, r->jid->len) != 0 ||
		to[r->jid->len] != '/') {
		return slice(NULL, 0);
	}
	u = addr_find_occupant(r->session, r->net, r->chan,
		slice_str(to + r->jid->len + 1), NULL);
	return u != NULL ? istr_slice(u->nick) : slice(NULL, 0);
}

/* "bob: hello" or "bob, hello" */
static bool is_addressed(const struct room *r, struct slice body,
	struct slice nick)
{
	return body.len > nick.len &&
		(body.p[nick.len] == ':' || body.p[nick.len] == ',') &&
		casemap_equal(r->session->casemap, slice(body.p, nick.len),
			nick);
}

void reply_in_room(struct room *r, struct message_parts *p)
{
	struct slice nick;

	if (p->reply == NULL || p->body.len == 0) {
		return;
	}
	reply_in_talk(p);
	reply_names(r->session, &r->ids, p);
	if (p->answers.len > 0) {
		return;
	}
	nick = answered(r, p->reply);
	if (nick.len == 0 || is_addressed(r, p->body, nick) ||
		casemap_equal(r->session->casemap, nick, room_nick(r)) ||
		(p->body.len >= 4 && memcmp(p->body.p, "/me ", 4) == 0)) {
		return;
	}
	p->body = behind(core(r->session), nick, p->body);
	p->coded = behind(core(r->session), nick, p->coded);
}

/* ---- IRC to Jabber ---- */

static struct slice write(struct mapping *m, struct slice id, const char *to)
{
	struct slice out;
	struct buf b;
	struct xw w;

	buf_init(&b, 8192);
	xw_init(&w, &b, ns_uri(NS_STANZA));
	xw_start(&w, "reply", NS_REPLY);
	xw_attr_slice(&w, "id", id);
	xw_attr(&w, "to", to);
	xw_end(&w);
	out = b.overflow ? slice(NULL, 0) :
			   slice(arena_strndup(&m->arena, b.p, b.len), b.len);
	buf_finish(&b);
	return out;
}

struct slice reply_of_room(struct room *r, const struct irc_text *t)
{
	struct mapping *m = core(r->session);
	struct slice msgid = irc_text_tag(t, "reply");
	struct known k;

	if (msgid.len == 0 || msgid.len > IDS_NAME_MAX) {
		return slice(NULL, 0);
	}
	if (!ids_find_msgid(&r->ids, msgid, &k)) {
		/* Said before we came: the room's name for it is IRC's. */
		k = (struct known){.sid = out_clean(m, msgid)};
	}
	ids_original(&r->ids, &k);
	return k.sid.len == 0 ?
		slice(NULL, 0) :
		write(m, k.sid, k.nick.len > 0 ? room_occ(r, k.nick) : NULL);
}

struct slice reply_of_talk(struct session *s, const struct ids *ids,
	const struct irc_text *t, const char *from)
{
	struct mapping *m = core(s);
	struct slice msgid = irc_text_tag(t, "reply");
	struct known k;
	struct slice id;

	if (msgid.len == 0 || msgid.len > IDS_NAME_MAX) {
		return slice(NULL, 0);
	}
	if (ids == NULL || !ids_find_msgid(ids, msgid, &k)) {
		id = out_clean(m, msgid);
		return id.len > 0 ? write(m, id, NULL) : id;
	}
	ids_original(ids, &k);
	/* XEP-0461 3.2: the origin-id where there is one, else the id. */
	id = k.origin.len > 0 ? k.origin : k.id;
	return id.len > 0 ?
		write(m, id, k.mine ? s->user->entry.key->p : from) :
		slice(NULL, 0);
}
