/* SPDX-License-Identifier: MIT */
#include "mapping/out.h"
#include "mapping/room/room.h"
#include "mapping/session.h"
#include "mapping/talk/chat.h"

/*
 * Who is typing, in one-to-one talk (PROTOCOL C.20, F.2): +typing of IRCv3 on
 * the one side, jabber:x:event or chat states (XEP-0085) on the other. Nothing
 * of it where the server has no message-tags.
 */
enum {
	REPEAT_MS = 3000,   /* IRC hears `active` no more often */
	ACTIVE_MS = 6000,   /* then it counts as a pause */
	PAUSED_MS = 30000,  /* and this as the end */
};

void chat_tell_typing(struct session *s, struct slice nick,
	enum irc_typing typing)
{
	struct chat *c = chat_find(s, nick);
	uint64_t now = s->user->mapping->clock->now_ms;

	if (!ircnet_cap(s->net, "message-tags")) {
		return;
	}
	if (c == NULL) {
		if (typing != IRC_TYPING_ACTIVE) {
			return; /* nobody was told of a beginning */
		}
		c = chat_get(s, nick);
	}
	if (typing == c->told ?
			typing != IRC_TYPING_ACTIVE ||
				now - c->told_ms < REPEAT_MS :
			c->told == IRC_TYPING_NONE &&
				typing != IRC_TYPING_ACTIVE) {
		return;
	}
	if (ircnet_typing(s->net, nick, typing) == ERR_OK) {
		c->told = typing;
		c->told_ms = now;
	}
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

static void write_state(struct xw *w, enum irc_typing typing)
{
	static const char *const states[] = {
		[IRC_TYPING_ACTIVE] = "composing",
		[IRC_TYPING_PAUSED] = "paused",
		[IRC_TYPING_DONE] = "active",
	};

	xw_empty(w, states[typing], NS_CHATSTATES);
	xw_empty(w, "no-store", NS_HINTS);
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
		write_state(w, typing);
	}
	if (peer->via != NULL) {
		xw_empty(w, "x", NS_MUC_USER);
	}
	out_end(m);
	out_send(m, NULL, peer->full->p);
}

/* To the clients that are in this talk, in the way that each understands. */
static void show(struct chat *c, enum irc_typing typing)
{
	struct mapping *m = c->session->user->mapping;
	enum irc_typing was = c->shown;

	c->shown = typing;
	for (unsigned i = 0; typing != was && i < c->npeers; i++) {
		/* An event knows typing and its end, no pause between. */
		if (c->peers[i].composing == NULL ||
			typing == IRC_TYPING_ACTIVE ||
			was == IRC_TYPING_ACTIVE) {
			show_to(c, &c->peers[i], typing);
		}
	}
	timer_stop(m->clock, &c->typing);
	if (typing != IRC_TYPING_DONE) {
		timer_start(m->clock, &c->typing,
			typing == IRC_TYPING_ACTIVE ? ACTIVE_MS : PAUSED_MS);
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
	show(c, typing);
}

void chat_on_typing_timer(void *ctx)
{
	struct chat *c = ctx;

	arena_reset(&c->session->user->mapping->arena);
	show(c, c->shown == IRC_TYPING_ACTIVE ? IRC_TYPING_PAUSED :
						IRC_TYPING_DONE);
}
