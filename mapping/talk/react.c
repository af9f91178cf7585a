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

static void show_in_room(struct room *r, const struct irc_text *t,
	struct slice id, const struct react *set)
{
	struct mapping *m = core(r->session);
	struct slice sid = message_id(m, t);
	struct slice nick = istr_slice(t->from->nick);
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", room_occ(r, nick));
	xw_attr(w, "type", "groupchat");
	xw_attr_slice(w, "id", sid);
	write_set(w, id, set);
	xw_start(w, "stanza-id", NS_SID);
	xw_attr(w, "by", r->jid->p);
	xw_attr_slice(w, "id", sid);
	xw_end(w);
	room_occupant_id(r, r->net, t->from, nick);
	out_end(m);
	room_broadcast(r);
}

static void on_room(struct room *r, const struct irc_text *t,
	struct slice msgid, struct slice value, bool more)
{
	struct session *s = r->session;
	struct slice who;
	struct react *set;
	struct known k;

	if (t->from == NULL || r->chan != t->chan || t->status != 0) {
		return;
	}
	room_reveal(r, t->from);
	who = t->from_me ? slice("", 0) :
			   room_occupant(r, r->net, t->from,
				   istr_slice(t->from->nick));
	set = react_get(s, r->entry.key, msgid, who, more);
	if (set == NULL) {
		return;
	}
	if (react_change(set, value, more)) { /* not so when ours comes back */
		if (!ids_find_msgid(&r->ids, msgid, &k)) {
			k = (struct known){.sid = out_clean(core(s), msgid)};
		}
		show_in_room(r, t, k.sid, set);
	}
	react_settle(set);
}

/* To those who are answered by the room, or to the user. */
static void show_in_talk(struct chat *c, const struct irc_text *t,
	struct slice id, const struct react *set)
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
		write_set(w, id, set);
		if (via != NULL) {
			xw_empty(w, "x", NS_MUC_USER);
		}
		out_end(m);
		out_send(m, s->user, via != NULL ? c->peers[i].full->p :
						   s->user->entry.key->p);
	}
}

static void on_talk(struct session *s, const struct irc_text *t,
	struct slice msgid, struct slice value, bool more)
{
	struct chat *c = t->source.nick.len <= CASEMAP_NAME_MAX ?
		chat_find(s, t->source.nick) :
		NULL;
	struct react *set;
	struct known k;

	if (c == NULL || t->from_me || t->from_server ||
		!ids_find_msgid(&c->ids, msgid, &k) || k.id.len == 0) {
		return; /* to nothing that a client knows */
	}
	set = react_get(s, c->entry.key, msgid, istr_slice(c->entry.key),
		more);
	if (set == NULL) {
		return;
	}
	if (react_change(set, value, more)) {
		chat_reveal(c, t->from);
		show_in_talk(c, t, k.id, set);
	}
	react_settle(set);
}

void react_on_tags(struct session *s, const struct irc_text *t)
{
	struct slice added = irc_text_tag(t, "react");
	struct slice gone = irc_text_tag(t, "unreact");
	struct slice msgid = irc_text_tag(t, "reply");
	bool more = added.len > 0;
	struct slice value = out_clean(core(s), more ? added : gone);

	if (value.len == 0 || value.len > REACT_BYTES || msgid.len == 0 ||
		msgid.len > IDS_NAME_MAX || t->history || core(s)->congested ||
		memchr(value.p, '\0', value.len) != NULL) {
		return;
	}
	if (t->chan == NULL) {
		on_talk(s, t, msgid, value, more);
	} else if (t->chan->owner != NULL) {
		on_room(t->chan->owner, t, msgid, value, more);
	}
}
