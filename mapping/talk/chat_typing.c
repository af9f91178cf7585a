/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "mapping/out.h"
#include "mapping/room/lazy.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"

/*
 * Who is typing, in one-to-one talk (PROTOCOL C.20, F.2): +typing of IRCv3 on
 * the one side, jabber:x:event or chat states (XEP-0085) on the other. Nothing
 * of it where the server has no message-tags.
 */

void chat_tell_typing(struct session *s, struct slice nick, const char *client,
	enum irc_typing typing)
{
	struct chat *c = chat_find(s, nick);
	const struct istr *full;

	if (!ircnet_cap(s->net, "message-tags")) {
		return;
	}
	if (c == NULL) {
		if (typing != IRC_TYPING_ACTIVE) {
			return; /* nobody was told of a beginning */
		}
		c = chat_get(s, nick);
	}
	full = intern(client, strlen(client));
	typing_tell(&c->typing, full, typing);
	istr_unref(full);
}

/* ---- IRC to Jabber ---- */

static void write_event(struct xw *w, const struct peer *peer,
	enum irc_typing typing)
{
	xw_start(w, "x", NS_X_EVENT);
	if (typing == IRC_TYPING_ACTIVE) {
		xw_empty(w, "composing", NS_NONE);
	}
	xw_elem(w, "id", NS_NONE, istr_slice(peer->composing));
	xw_end(w);
}

static void show_to(struct chat *c, const struct peer *peer,
	enum irc_typing typing)
{
	struct session *s = c->session;
	struct mapping *m = s->user->mapping;
	const char *from = peer->via != NULL ?
		room_occ(peer->via->room, istr_slice(c->nick)) :
		chat_jid(s, c, istr_slice(c->nick));
	struct xw *w = out_begin(m, "message");

	xw_attr(w, "from", from);
	xw_attr(w, "type", "chat");
	if (peer->composing != NULL) {
		write_event(w, peer, typing);
	} else {
		typing_write(w, typing);
	}
	if (peer->via != NULL) {
		xw_empty(w, "x", NS_MUC_USER);
	}
	out_end(m);
	out_send(m, NULL, peer->full->p);
}

/* He left this room and entered again, and nobody has seen him since (D.3). */
static bool is_hidden(const struct chat *c, const struct peer *peer)
{
	return peer->via != NULL && lazy_hides(peer->via->room, c->entry.key);
}

/* To the clients that are in this talk, in the way that each understands. */
static void show(struct chat *c, enum irc_typing typing)
{
	struct mapping *m = c->session->user->mapping;
	enum irc_typing was = c->shown;

	c->shown = typing;
	for (unsigned i = 0; typing != was && i < c->npeers; i++) {
		const struct peer *peer = &c->peers[i];

		/* An event knows typing and its end, no pause between. */
		if (!is_hidden(c, peer) && (peer->composing == NULL ||
				typing == IRC_TYPING_ACTIVE ||
				was == IRC_TYPING_ACTIVE)) {
			show_to(c, peer, typing);
		}
	}
	timer_stop(m->clock, &c->shown_timer);
	if (typing != IRC_TYPING_DONE) {
		timer_start(m->clock, &c->shown_timer,
			typing_lasts_ms(typing));
	}
}

void chat_on_typing(struct session *s, const struct irc_text *t,
	enum irc_typing typing)
{
	struct chat *c = t->source.nick.len <= CASEMAP_NAME_MAX ?
		chat_find(s, t->source.nick) :
		NULL;

	/* Who wrote long ago may not be there any more. */
	if (c == NULL || !chat_is_open(c) || t->from_me || t->history ||
		(typing == IRC_TYPING_DONE && c->shown == IRC_TYPING_NONE)) {
		return;
	}
	if (typing == IRC_TYPING_ACTIVE) {
		chat_reveal(c, t->from);
	}
	show(c, typing);
}

void chat_on_typing_timer(void *ctx)
{
	struct chat *c = ctx;

	arena_reset(&c->session->user->mapping->arena);
	show(c, typing_next(c->shown));
}
