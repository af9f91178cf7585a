/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_ROOM_ROOM_H
#define MAPPING_ROOM_ROOM_H

#include "mapping/addr.h"
#include "mapping/core.h"

/*
 * Rooms: a channel of a session and who of the user's clients is in it
 * (PROTOCOL D). room.c: life of rooms and views; room_enter.c, room_kept.c,
 * room_end.c: how they begin, stay without a client, end; room_show.c: what
 * clients are shown; room_fill.c: whole rooms shown; room_irc.c: what happens on
 * IRC; room_text.c: messages and subject; room_typing.c: who is typing.
 */

/* ---- joining and leaving ---- */

struct join {
	const struct addr *addr; /* of an OCC */
	enum dialect dialect;
	const char *id;        /* of the presence, NULL when none */
	const struct elem *history; /* what of it is wanted (D.12), or NULL */
	struct slice password; /* absent when none */
	struct asker *asker;   /* of an iq; taken over when it may enter */
};

/*
 * D.2: this client enters. The room is made and joined when it is not there
 * yet; the answer comes as presence, now or later. false: *fault.
 */
bool room_enter(struct resource *r, struct session *s, const struct join *join,
	struct fault *fault);
/* Sends all of D.3 again: the client lost track. */
void room_resync(struct view *v, const char *id);
/*
 * The component was away (A.3): stops what was being sent; each view gets all
 * of D.3 when its client acts.
 */
void rooms_make_stale(struct user *u);
void rooms_client_acts(struct resource *r);
/* The client leaves by itself (D.9); `present`: it is told. */
void room_leave(struct view *v, struct slice status, bool present);
/* The client is out without a word to it: it is gone, or was told. */
void view_destroy(struct view *v);

struct view *room_view(const struct room *r, const struct resource *res);
/* Shown as joined to this client: VIEW_FILLING or VIEW_JOINED. */
bool view_joined(const struct view *v);
/*
 * The room that this address means: by the name as typed, by its prepared form,
 * by the JID under which it was entered (B.3). NULL: there is none.
 */
struct room *room_find(struct session *s, const struct addr *a);
/* The sender's view of that room; NULL when it is not joined. */
struct view *room_view_of(const struct request *q, const struct addr *a);

/*
 * Channels that are joined without a client (D.0): room_keep() makes such a room
 * or lets one stay; rooms_unkeep() takes that back from all, and then
 * rooms_leave_empty() leaves those that no client is in. A kept room does not
 * hold the session by itself.
 */
void room_keep(struct session *s, struct slice channel);
void rooms_unkeep(struct session *s);
void rooms_leave_empty(struct session *s);
/* A client is in a room of it. */
bool rooms_hold(const struct session *s);

/* Sends JOIN when the session is up; else it is sent at registration. */
void room_request(struct room *r);
void rooms_request(struct session *s);
/* The link is gone: nothing is joined on IRC any more. */
void rooms_off(struct session *s);
/*
 * Clients are told that they are out: of all rooms, or of those that are not
 * back since the link was lost. Rooms end with it.
 */
void rooms_lost(struct session *s, const struct fault *fault);
void rooms_not_back(struct session *s, const struct fault *fault);
/*
 * The same for auto_return: whoever was in waits for the room and is shown all
 * of it when it is back (D.9).
 */
void rooms_wait_again(struct session *s, const struct fault *fault);
/* The registration was removed: the same for all rooms with 307 (D.9). */
void rooms_removed(struct session *s);
/* The gateway stops: the same for all rooms with 332. */
void rooms_stop(struct session *s);
/*
 * The user, who is alone there, lets the channel end (D.9): it is left, and all
 * clients are told that it was destroyed. venue: where to go now, or NULL.
 */
void room_destroyed(struct room *r, const char *venue, struct slice reason);
/* The user disconnects: the same for all rooms as if the clients had left. */
void rooms_quit(struct session *s);
/* One room ends: waiting clients get the error, others leave. */
void room_fail(struct room *r, const struct fault *fault);
/* We were thrown out of it: the same, and how. */
struct shown;
void room_thrown_out(struct room *r, const struct fault *fault,
	const struct shown *how);
void rooms_destroy(struct session *s);

/*
 * room_move.c: the channel is another one now, by RENAME or where 470 forwards
 * to (D.2, D.9). Clients leave the old room for an invitation to the new one,
 * which is joined on IRC already and waits for them for a minute.
 */
/* 470: does the server take us there? Else the room fails in 5 s. */
void room_forward(struct room *r, struct slice to, const char *why);
void room_forward_over(struct room *r);
/* Our own JOIN: those that were forwarded here move. */
void rooms_forwarded(struct session *s, struct ircchan *c);
void room_on_rename(struct session *s, struct ircchan *c);
/* A room of that name on IRC that clients are sent to. */
struct room *room_expect(struct session *s, struct slice name);
/* Waits for clients. */
bool room_is_expected(const struct room *r);
/* Everything but its clients goes to the other room; then it ends. */
void room_become(struct room *r, struct room *other);
/* Its clients were told: it ends. */
void room_moved(struct room *r);

/* ---- what clients are shown (room_show.c) ---- */

enum { SHOWN_CODES = 6 };

/* One presence from an occupant. */
struct shown {
	bool unavailable;
	bool self;               /* adds 110 */
	const struct view *only; /* one client, else all that are joined */
	const uint32_t *belief;  /* ... and hold this one: storm.h; NULL: all */
	const char *id;
	int codes[SHOWN_CODES];  /* status codes, 0 ends */
	struct slice nick;       /* whose OCC, when not the user's nick now */
	struct slice new_nick;   /* 303 */
	struct slice actor;
	struct slice reason;
	struct slice status;     /* <status/>; absent: the away text */
	bool outcast;            /* affiliation of a banned one */
	bool destroyed;          /* the room is no more, for this reason; */
	const char *venue;       /* ... this one takes its place, or NULL */
};

void room_show(struct room *r, struct ircuser *u, uint32_t bits,
	const struct shown *shown);
/* A client's own leaving presence when there is no ircuser any more. */
void room_show_gone(struct room *r, struct slice nick,
	const struct shown *shown);
/*
 * Everything a joining client receives (D.3), in slices (sliced.h). Asked for
 * again it begins anew.
 */
void room_fill_init(struct view *v);
void room_fill(struct view *v, const char *id);
/* Those without a prefix once more, in the same way: +m changes what they are. */
void room_fill_plain(struct room *r);
/* Nothing of it is shown any more. */
void room_fill_drop(struct view *v);
/* What is left of it at once; of one client, of all. */
void room_fill_finish(struct view *v);
void room_fills_finish(struct room *r);
/* The client's own presence: the end of the list (entering), or the answer to a
 * probe. */
void room_show_self(struct view *v, bool entering);
/*
 * The channel on the new connection takes the place of what is shown; clients
 * get only what changed (D.9: a short loss; room_back.c).
 */
void room_show_differences(struct room *r, struct ircnet *net,
	struct ircchan *now);
/*
 * The subject, to one client or (NULL) to all; id: of the stanza that set it, as
 * of any reflection (D.4); absent or empty: none.
 */
void room_show_subject(struct room *r, const struct view *only,
	struct slice id, bool delayed);

/* The OCC of a nick; valid until the next call. */
const char *room_occ(const struct room *r, struct slice nick);
/* occupant-id of this user of this connection (D.3); valid for a moment. */
struct slice room_occupant(const struct room *r, struct ircnet *net,
	struct ircuser *u, struct slice nick);
/* ... into the stanza. */
void room_occupant_id(const struct room *r, struct ircnet *net,
	struct ircuser *u, struct slice nick);
/* The finished stanza to all that are joined; messages wait for the subject. */
void room_broadcast(struct room *r);
/* D.6: affiliation and role by the highest prefix. Static texts. */
struct room_rank {
	const char *affiliation;
	const char *role;
};
struct room_rank room_rank(const struct room *r, uint32_t bits);
/* NICK/user@host of somebody (D.3); valid until the next call. */
const char *room_item_jid(const struct room *r, const struct ircuser *u,
	struct slice nick);
/* Is user@host of others kept from clients (D.1)? A client is told, all are. */
bool room_is_semianonymous(const struct room *r);
void room_show_anonymity(struct room *r);
void room_show_logging(struct room *r);
/* Our own nick in this room, as clients know it. */
struct slice room_nick(const struct room *r);
/* May we do what only operators do? As far as is known. */
bool room_is_moderator(const struct room *r);
/* Is this resource of an OCC our own nick, or what stands for it (B.4)? */
bool room_nick_is(const struct room *r, struct slice resource);

/* ---- what happens on IRC (room_irc.c) ---- */

void room_on_join(struct session *s, struct ircchan *c, struct ircuser *u,
	bool is_me);
void room_on_complete(struct session *s, struct ircchan *c);
void room_on_leave(struct session *s, struct ircchan *c, struct ircuser *u,
	bool is_me, const struct irc_leave *leave);
void room_on_nick(struct session *s, struct ircuser *u, struct slice old,
	bool is_me, bool asked);
void room_on_prefix(struct session *s, struct ircchan *c, struct ircuser *u,
	uint32_t was, uint32_t now, const struct ircsource *by);
void room_on_meta(struct ircchan *c);
void room_on_modes(struct ircchan *c, const struct ircsource *by,
	struct slice words, uint64_t was);
void room_on_user(struct session *s, struct ircuser *u);
/* Bans among the mode words are remembered; forgotten with the room. */
void room_bans_note(struct room *r, const struct ircsource *by,
	struct slice words);
/* Did he set a ban a moment ago that matches this user? */
bool room_ban_matches(const struct room *r, const struct ircsource *by,
	const struct ircuser *u);
void room_bans_forget(struct room *r);
/* A numeric that refuses a JOIN (D.2). true: it did. */
bool room_on_refusal(struct session *s, int numeric, const struct ircmsg *m);
/* FAIL JOIN CODE #channel (F.3): the same. */
bool room_on_fail(struct session *s, const struct ircmsg *m);

/* ---- messages and subject (room_text.c) ---- */

void room_on_text(const struct irc_text *t);
/* The server has told its history. */
void room_on_played(struct ircchan *c);
void room_on_topic(struct session *s, struct ircchan *c,
	const struct ircsource *by);
/* A groupchat message of a client (D.4, D.5). */
void room_message(struct request *q, const struct addr *a);
/* A line from the room itself: groupchat from CHAN. */
void room_notice(struct room *r, const char *text);

/* ---- who is typing (room_typing.c) ---- */

/* +typing to the channel. */
void room_on_typing(const struct irc_text *t, enum irc_typing typing);
/* This folded nick said something, or left: clients see that by itself. */
void room_typing_over(struct room *r, const struct istr *folded);
/* A client types; the user said something; the client leaves. */
void room_tell_typing(struct view *v, enum irc_typing typing);
void room_typing_said(struct room *r);
void room_typing_left(struct view *v);
void room_typing_free(struct room *r);

#endif
