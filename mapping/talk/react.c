/* SPDX-License-Identifier: MIT */
#include "mapping/talk/react.h"

#include <string.h>

#include "mapping/out.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"
#include "mapping/talk/react_set.h"

static struct mapping *core(const struct session *s)
{
	return s->user->mapping;
}

/* ---- IRC to Jabber ---- */

static void write_set(struct xw *w, struct slice id, const struct react *set)
{
	struct slice all = slice(set->set, set->len);

	xw_start(w, "reactions", NS_REACTIONS);
	xw_attr_slice(w, "id", id);
	while (all.len > 0) {
		xw_elem(w, "reaction", NS_NONE, slice_cut(&all, '\0'));
	}
	xw_end(w);
	xw_empty(w, "store", NS_HINTS);
}

/* XEP-0428: for clients without reactions, what IRC shows those without tags. */
static void write_said(struct xw *w, struct slice said)
{
	if (said.len == 0) {
		return;
	}
	xw_elem(w, "body", NS_NONE, said);
	xw_start(w, "fallback", NS_FALLBACK);
	xw_attr(w, "for", ns_uri(NS_REACTIONS));
	xw_empty(w, "body", NS_FALLBACK);
	xw_end(w);
}

static void show_in_room(struct room *r, const struct irc_text *t,
	struct slice id, const struct react *set, struct slice said)
{
	struct mapping *m = core(r->session);
	struct slice sid = message_id(m, t);
	struct slice nick = istr_slice(t->from->nick);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", room_occ(r, nick));
	xw_attr(w, "type", "groupchat");
	xw_attr_slice(w, "id", sid);
	write_said(w, said);
	write_set(w, id, set);
	xw_start(w, "stanza-id", NS_SID);
	xw_attr(w, "by", r->jid->p);
	xw_attr_slice(w, "id", sid);
	xw_end(w);
	room_occupant_id(r, r->net, t->from, nick);
	out_end(m);
	room_broadcast(r);
}

/* What a line says of a message. */
struct change {
	struct slice msgid; /* of the message */
	struct slice value;
	struct slice said;  /* the value, when it is the text, too; or empty */
	bool more;
};

/* false: it is nothing that could be shown. */
static bool on_room(struct room *r, const struct irc_text *t,
	const struct change *c)
{
	struct session *s = r->session;
	struct slice who;
	struct react *set;
	struct known k = {.msgid = c->msgid};

	if (t->from == NULL || r->chan != t->chan || t->status != 0) {
		return false;
	}
	room_reveal(r, t->from);
	who = t->from_me ? slice("", 0) :
			   room_occupant(r, r->net, t->from,
				   istr_slice(t->from->nick));
	if (ids_find_msgid(&r->ids, c->msgid, &k)) {
		ids_original(&r->ids, &k);
	} else {
		k.sid = out_clean(core(s), c->msgid);
	}
	set = react_get(s, r->entry.key, k.msgid, who, c->more);
	if (set == NULL) {
		return false;
	}
	/* Nothing changes when ours comes back. */
	if (react_change(set, c->value, c->more)) {
		show_in_room(r, t, k.sid, set, c->said);
	}
	react_settle(set);
	return true;
}

/* To those who are answered by the room, or to the user. */
static void show_in_talk(struct chat *c, const struct irc_text *t,
	struct slice id, const struct react *set, struct slice said)
{
	struct session *s = c->session;
	struct mapping *m = core(s);
	struct slice own = message_id(m, t);
	bool by_room = false;

	for (unsigned i = 0; i <= c->npeers; i++) {
		struct view *via = i < c->npeers ? c->peers[i].via : NULL;
		struct xw *w;

		if (i < c->npeers ? via == NULL : by_room) {
			continue;
		}
		by_room = true;
		w = out_begin(m, "message");
		xw_attr(w, "from", via != NULL ?
				room_occ(via->room, t->source.nick) :
				chat_jid(s, c, t->source.nick));
		xw_attr(w, "type", "chat");
		xw_attr_slice(w, "id", own);
		write_said(w, said);
		write_set(w, id, set);
		if (via != NULL) {
			xw_empty(w, "x", NS_MUC_USER);
		}
		out_end(m);
		out_send(m, s->user, via != NULL ? c->peers[i].full->p :
						   s->user->entry.key->p);
	}
}

static bool on_talk(struct session *s, const struct irc_text *t,
	const struct change *change)
{
	struct chat *c = t->source.nick.len <= CASEMAP_NAME_MAX ?
		chat_find(s, t->source.nick) :
		NULL;
	struct react *set;
	struct known k;

	if (c == NULL || t->from_me || t->from_server ||
		!ids_find_msgid(&c->ids, change->msgid, &k) || k.id.len == 0) {
		return false; /* to nothing that a client knows */
	}
	ids_original(&c->ids, &k);
	set = react_get(s, c->entry.key, k.msgid,
		istr_slice(c->entry.key), change->more);
	if (set == NULL) {
		return false;
	}
	if (react_change(set, change->value, change->more)) {
		chat_reveal(c, t->from);
		/* XEP-0444 4.2: the origin-id where there is one. */
		show_in_talk(c, t, k.origin.len > 0 ? k.origin : k.id, set,
			change->said);
	}
	react_settle(set);
	return true;
}

static bool change_read(const struct session *s, const struct irc_text *t,
	struct change *c)
{
	struct slice added = irc_text_tag(t, "react");
	struct slice gone = irc_text_tag(t, "unreact");

	c->msgid = irc_text_tag(t, "reply");
	c->more = added.len > 0;
	c->value = out_clean(core(s), c->more ? added : gone);
	c->said = slice(NULL, 0);
	return c->value.len > 0 && c->value.len <= REACT_BYTES &&
		c->msgid.len > 0 && c->msgid.len <= IDS_NAME_MAX &&
		!t->history && !core(s)->congested &&
		memchr(c->value.p, '\0', c->value.len) == NULL;
}

static bool change_show(struct session *s, const struct irc_text *t,
	const struct change *c)
{
	if (t->chan == NULL) {
		return on_talk(s, t, c);
	}
	return t->chan->owner != NULL && on_room(t->chan->owner, t, c);
}

void react_on_tags(struct session *s, const struct irc_text *t)
{
	struct change c;

	if (change_read(s, t, &c)) {
		change_show(s, t, &c);
	}
}

bool react_on_text(struct session *s, const struct irc_text *t)
{
	struct slice text = slice_trim(t->text);
	struct change c;

	if (t->line->ntags == 0 || t->kind != IRC_PRIVMSG || t->from_me ||
		text.len == 0 || text.len > REACT_BYTES ||
		!slice_eq(text, irc_text_tag(t, "react"))) {
		return false;
	}
	if (!change_read(s, t, &c)) {
		return false;
	}
	c.said = c.value;
	return change_show(s, t, &c);
}
