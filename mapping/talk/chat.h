/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_TALK_CHAT_H
#define MAPPING_TALK_CHAT_H

#include "mapping/addr.h"
#include "mapping/core.h"
#include "mapping/talk/children.h"
#include "mapping/talk/typing.h"

/*
 * One-to-one talk (PROTOCOL C.1, D.7). IRC queries are network-wide, Jabber has
 * two addresses for one person: who wrote to a nick through a room (OCC) last is
 * answered from there, everybody else from NICK. chat.c: what is known of
 * talks; chat_out.c: Jabber to IRC; chat_in.c: IRC to Jabber;
 * chat_typing.c: who is typing; chat_away.c: that somebody is away.
 */

/* One client of the user in a talk; the one that wrote last is the last. */
struct peer {
	const struct istr *full;
	struct view *via;             /* wrote through this room; NULL: by NICK */
	const struct istr *thread;    /* NULL: none */
	const struct istr *composing; /* id of its message: it asked to be told
					 of typing by jabber:x:event; or NULL */
};

enum { CHAT_PEERS = 8 };

struct chat {
	struct map_entry entry;   /* key: folded nick */
	struct session *session;
	const struct istr *nick;  /* as IRC spells it */
	const struct istr *jid;   /* NICK as the user spelled it, or NULL */
	struct peer *peers;
	unsigned npeers;
	uint64_t last_ms;         /* of the last message either way */
	uint64_t wrote_ms;        /* ... of the last peer's */
	uint64_t away_told_until; /* chat_on_away(): not again before */
	bool seen;                /* has been on IRC for sure */
	struct typing typing;     /* of the user */
	struct said said;         /* ... last: correct.h */
	struct readmark read;     /* up to where: readmark.h */
	enum irc_typing shown;    /* what clients are shown of them */
	struct timer shown_timer; /* until that is too old */
	struct ids ids;           /* of the messages either way: ids.h */
};

/* ---- chat.c ---- */

struct chat *chat_find(struct session *s, struct slice nick);
struct chat *chat_get(struct session *s, struct slice nick); /* never NULL */
/* A talk of the last ten minutes: a NOTICE belongs to it (C.1). */
bool chat_is_open(const struct chat *c);
/*
 * This client wrote: by this view of a room or (NULL) by NICK, from where all
 * clients are answered then. Remembers thread and wishes.
 */
void chat_note_peer(struct chat *c, const struct request *q, struct view *via,
	const struct message_parts *p);
/* This folded nick was seen on IRC: a 401 means that it left (C.1). */
bool chat_seen(const struct session *s, const struct istr *folded);
/* Somebody is called otherwise now. */
void chat_on_nick(struct session *s, struct slice old, struct slice now);

/* A view or a room goes: nothing is answered by it any more. */
void chats_drop_view(struct session *s, const struct view *v);
void chats_drop_room(struct session *s, const struct room *r);
void chats_forget(struct session *s);
void chats_destroy(struct session *s);

/* ---- chat_out.c ---- */

/* A message to OCC or NICK. */
void chat_to_person(struct request *q, const struct addr *a);
/* A text to OCC or NICK for an iq of set: the result when it was written. */
void chat_say_iq(struct request *q, const struct addr *a, enum ns ns,
	struct slice text);

/* ---- chat_in.c ---- */

/* PRIVMSG, NOTICE, ACTION to us. */
void chat_on_text(struct session *s, const struct irc_text *t);
/* 718: somebody wrote to the user, who screens messages; true: it was told. */
bool chat_on_screened(struct session *s, int numeric, const struct ircmsg *m);
/*
 * Somebody writes or types to clients that talk to him through rooms: there they
 * have seen him from here on (room_reveal() in mapping/room/lazy.h).
 */
void chat_reveal(const struct chat *c, struct ircuser *u);
/*
 * NICK of somebody as the user spells it; valid until the next name is written.
 * c: the talk with them, NULL when there is none.
 */
const char *chat_jid(struct session *s, const struct chat *c,
	struct slice nick);

/* ---- chat_away.c ---- */

/*
 * 301 answers a message or an INVITE of the user's: whoever sent it is told,
 * unless presence tells it, or the user does not want to know. true: it did.
 */
bool chat_on_away(struct session *s, int numeric, const struct ircmsg *m);

/* ---- chat_typing.c ---- */

/* A client (full JID) types to this nick. */
void chat_tell_typing(struct session *s, struct slice nick, const char *client,
	enum irc_typing typing);
/* +typing to us. */
void chat_on_typing(struct session *s, const struct irc_text *t,
	enum irc_typing typing);
void chat_on_typing_timer(void *ctx); /* of a struct chat */

#endif
