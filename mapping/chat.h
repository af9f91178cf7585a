/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_CHAT_H
#define MAPPING_CHAT_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * One-to-one talk (PROTOCOL D.7). IRC queries are network-wide, Jabber has two
 * addresses for one person: who wrote to a nick through a room (OCC) last is
 * answered from there, everybody else from NICK.
 */
enum { CHAT_VIAS = 8 };

struct chat {
	struct map_entry entry;    /* key: folded nick */
	const struct istr *jid;    /* NICK as the user spelled it, or NULL */
	struct view *via[CHAT_VIAS]; /* clients that wrote through a room */
	unsigned nvia;
	uint64_t last_ms;          /* of the last message either way */
	bool seen;                 /* has been on IRC for sure */
};

void chat_to_occupant(struct request *q, const struct addr *a);
void chat_to_nick(struct request *q, const struct addr *a);
/* This folded nick was seen on IRC: a 401 means that it left (C.1). */
bool chat_seen(const struct session *s, const struct istr *folded);
/* PRIVMSG, NOTICE, ACTION to us. */
void chat_on_text(struct session *s, const struct irc_text *t);
/* Somebody is called otherwise now. */
void chat_on_nick(struct session *s, struct slice old, struct slice now);

void chats_drop_view(struct session *s, const struct view *v);
void chats_drop_room(struct session *s, const struct room *r);
void chats_forget(struct session *s);
void chats_destroy(struct session *s);

#endif
